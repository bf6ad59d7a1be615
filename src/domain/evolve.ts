/**
 * Folds recorded entries into the order. Decides nothing and refuses nothing: what was recorded is true.
 */
import {
  copyOf,
  type EscrowOrder,
  isSettled,
  type Milestone,
  type MilestoneStatus,
  type PayoutStatus,
  remaining,
  unreachable,
} from './escrow-order.ts';
import { add, subtract, ZERO } from './money.ts';
import type { OrderEvent, PayoutEvent, RecordedEntry } from './outcomes.ts';

/**
 * The order after `entries`. The argument is left untouched; one copy is made a call, so fold a batch at a time.
 *
 * @throws Error when an entry does not follow the order's version: a gap in the log is a bug, never a case to skip
 */
export function evolve(order: EscrowOrder, entries: readonly RecordedEntry[]): EscrowOrder {
  const next = copyOf(order);
  for (const entry of entries) {
    if (entry.version !== next.version + 1) {
      throw new Error(`Entry ${entry.version} does not follow version ${next.version} of ${order.id}`);
    }
    next.version = entry.version;
    next.lastAt = Math.max(next.lastAt, entry.at);
    applyEntry(next, entry);
  }
  return next;
}

/** Applies one entry to an order that the caller owns ({@link copyOf}), without looking at its version. */
export function applyEntry(order: EscrowOrder, entry: Omit<RecordedEntry, 'version'>): void {
  if (entry.outcome === 'held') {
    if (entry.held) order.held.push({ ...entry.held, cancelled: false });
    return;
  }
  order.held = order.held.filter((held) => held.command.id !== entry.commandId);
  for (const event of entry.events ?? []) applyEvent(order, event, entry.at);
}

function applyEvent(order: EscrowOrder, event: OrderEvent, at: number): void {
  switch (event.type) {
    case 'escrow_order.funded':
      order.funded = add(order.funded, event.amount);
      return;
    case 'escrow_order.completed':
      order.status = 'COMPLETED';
      return;
    case 'escrow_order.refunded':
      order.refunded = add(order.refunded, event.amount);
      order.paidUnallocated = add(order.paidUnallocated, event.amount);
      return;
    case 'escrow_order.cancelled':
      // The milestones' shares are refunded already, by the events before this one.
      order.paidUnallocated = add(order.paidUnallocated, remaining(order));
      order.refunded = add(order.refunded, remaining(order));
      order.status = 'CANCELLED';
      return;
    case 'milestone.created':
      order.milestones.push({ status: 'PENDING', amount: event.amount, ...given('dueAt', event.dueAt) });
      order.allocated = add(order.allocated, event.amount);
      return;
    case 'milestone.completed':
      change(order, event.index, { status: 'COMPLETED', ...given('inspectionEndsAt', event.inspectionEndsAt) });
      return;
    case 'milestone.extended':
      if (event.inspectionEndsAt !== undefined) {
        order.milestones[event.index] = without(milestoneOf(order, event.index), 'reminded');
      }
      change(order, event.index, {
        ...given('dueAt', event.dueAt),
        ...given('inspectionEndsAt', event.inspectionEndsAt),
        ...given('extendedSeconds', event.extendedSeconds),
      });
      return;
    case 'milestone.inspection_ending':
      change(order, event.index, { reminded: true });
      return;
    case 'milestone.overdue':
      order.milestones[event.index] = without(milestoneOf(order, event.index), 'dueAt');
      return;
    case 'milestone.released':
      setStatus(order, event.index, 'RELEASED');
      order.released = add(order.released, event.amount);
      order.refunded = add(order.refunded, event.refundedAmount ?? ZERO);
      return;
    case 'milestone.amended':
      order.milestones[event.index] = {
        ...(event.dueAt === null ? without(milestoneOf(order, event.index), 'dueAt') : milestoneOf(order, event.index)),
        amount: event.amount,
        ...given('dueAt', event.dueAt ?? undefined),
      };
      order.allocated = add(subtract(order.allocated, event.previousAmount), event.amount);
      return;
    case 'milestone.cancelled':
      setStatus(order, event.index, 'CANCELLED');
      order.allocated = subtract(order.allocated, milestoneOf(order, event.index).amount);
      return;
    case 'milestone.reopened':
      order.milestones[event.index] = {
        ...without(
          milestoneOf(order, event.index),
          'inspectionEndsAt',
          'reminded',
          'extendedSeconds',
          ...(event.dueAt === null ? (['dueAt'] as const) : []),
        ),
        status: 'PENDING',
      };
      return;
    case 'milestone.refunded':
      setStatus(order, event.index, 'REFUNDED');
      order.refunded = add(order.refunded, event.amount);
      return;
    case 'dispute.raised': {
      const { milestoneIndex, raisedByRole, endsAt, isOpenEnded } = event;
      order.dispute = { milestoneIndex, raisedByRole, raisedAt: at, endsAt, ...(isOpenEnded && { isOpenEnded }) };
      order.status = 'DISPUTED';
      return;
    }
    case 'dispute.resolved':
      order.dispute = null;
      order.status = 'PENDING';
      if (event.milestoneIndex !== null) return;
      order.released = add(order.released, event.merchantAmount);
      order.refunded = add(order.refunded, event.buyerAmount);
      order.paidUnallocated = add(order.paidUnallocated, add(event.merchantAmount, event.buyerAmount));
      return;
    case 'dispute.withdrawn':
      order.dispute = null;
      order.status = 'PENDING';
      return;
    case 'payout.created':
    case 'payout.retried':
      setPayout(order, event, 'PENDING');
      return;
    case 'payout.paid':
      setPayout(order, event, 'PAID');
      return;
    case 'payout.failed':
      setPayout(order, event, 'FAILED');
      return;
    case 'escrow_order.clock_advanced':
      order.clockOffsetMs += event.seconds * 1_000;
      return;
    case 'command.cancelled':
      order.held = order.held.map((held) =>
        held.command.id === event.commandId ? { ...held, cancelled: true } : held,
      );
      return;
    default:
      unreachable(event);
  }
}

/** A settled milestone keeps what was paid, and nothing that could still expire. */
function setStatus(order: EscrowOrder, index: number, status: MilestoneStatus): void {
  const next = { ...milestoneOf(order, index), status };
  order.milestones[index] = isSettled(next)
    ? without(next, 'dueAt', 'inspectionEndsAt', 'reminded', 'extendedSeconds')
    : next;
}

function change(order: EscrowOrder, index: number, changes: Partial<Milestone>): void {
  order.milestones[index] = { ...milestoneOf(order, index), ...changes };
}

function setPayout(order: EscrowOrder, { milestoneIndex, amount }: PayoutEvent, status: PayoutStatus): void {
  if (milestoneIndex === null) order.restPayout = { status, amount };
  else change(order, milestoneIndex, { payout: { status, amount } });
}

function given<Name extends keyof Milestone>(name: Name, value: Milestone[Name]): Partial<Milestone> {
  return value === undefined ? {} : { [name]: value };
}

type Period = 'dueAt' | 'inspectionEndsAt' | 'reminded' | 'extendedSeconds';

function without(milestone: Milestone, ...names: Period[]): Milestone {
  const rest: Partial<Record<string, unknown>> = { ...milestone };
  for (const name of names) delete rest[name];
  return rest as unknown as Milestone;
}

function milestoneOf(order: EscrowOrder, index: number): Milestone {
  const milestone = order.milestones[index];
  if (!milestone) throw new Error(`The log of ${order.id} changes milestone ${index} before it creates it`);
  return milestone;
}

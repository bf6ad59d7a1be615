/**
 * Folds recorded entries into the order. Decides nothing and refuses nothing: what was recorded is true.
 */
import {
  copyOf,
  type EscrowOrder,
  type Milestone,
  type MilestoneStatus,
  remaining,
  unreachable,
} from './escrow-order.ts';
import { add, subtract, ZERO } from './money.ts';
import type { OrderEvent, RecordedEntry } from './outcomes.ts';

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
export function applyEntry(order: EscrowOrder, entry: Omit<RecordedEntry, 'version' | 'at'>): void {
  if (entry.outcome === 'held') {
    if (entry.held) order.held.push({ ...entry.held, cancelled: false });
    return;
  }
  order.held = order.held.filter((held) => held.command.id !== entry.commandId);
  for (const event of entry.events ?? []) applyEvent(order, event);
}

function applyEvent(order: EscrowOrder, event: OrderEvent): void {
  switch (event.type) {
    case 'escrow_order.funded':
      order.funded = add(order.funded, event.amount);
      return;
    case 'escrow_order.completed':
      order.status = 'COMPLETED';
      return;
    case 'escrow_order.refunded':
      order.refunded = add(order.refunded, event.amount);
      order.refundedUnallocated = add(order.refundedUnallocated, event.amount);
      return;
    case 'escrow_order.cancelled':
      // The milestones' shares are refunded already, by the events before this one.
      order.refundedUnallocated = add(order.refundedUnallocated, remaining(order));
      order.refunded = add(order.refunded, remaining(order));
      order.status = 'CANCELLED';
      return;
    case 'milestone.created':
      order.milestones.push({ status: 'PENDING', amount: event.amount });
      order.allocated = add(order.allocated, event.amount);
      return;
    case 'milestone.completed':
      setStatus(order, event.index, 'COMPLETED');
      return;
    case 'milestone.released':
      setStatus(order, event.index, 'RELEASED');
      order.released = add(order.released, event.amount);
      order.refunded = add(order.refunded, event.refundedAmount ?? ZERO);
      return;
    case 'milestone.amended':
      order.milestones[event.index] = { ...milestoneOf(order, event.index), amount: event.amount };
      order.allocated = add(subtract(order.allocated, event.previousAmount), event.amount);
      return;
    case 'milestone.cancelled':
      setStatus(order, event.index, 'CANCELLED');
      order.allocated = subtract(order.allocated, milestoneOf(order, event.index).amount);
      return;
    case 'milestone.reopened':
      setStatus(order, event.index, 'PENDING');
      return;
    case 'milestone.refunded':
      setStatus(order, event.index, 'REFUNDED');
      order.refunded = add(order.refunded, event.amount);
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

function setStatus(order: EscrowOrder, index: number, status: MilestoneStatus): void {
  order.milestones[index] = { ...milestoneOf(order, index), status };
}

function milestoneOf(order: EscrowOrder, index: number): Milestone {
  const milestone = order.milestones[index];
  if (!milestone) throw new Error(`The log of ${order.id} changes milestone ${index} before it creates it`);
  return milestone;
}

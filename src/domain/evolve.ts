/**
 * Folds recorded entries into the order. Decides nothing and refuses nothing: what was recorded is true.
 */
import { copyOf, type EscrowOrder, type Milestone, type MilestoneStatus, unreachable } from './escrow-order.ts';
import { add, ZERO } from './money.ts';
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
  const milestone: Milestone = order.milestones[index] ?? { status: 'PENDING', amount: ZERO };
  order.milestones[index] = { ...milestone, status };
}

/**
 * The two small forms of an order: a recorded entry without what people wrote, and a snapshot in columns. Both
 * cross a Temporal boundary, whose payloads end at 2 MiB, so their size is part of their contract.
 */
import type { Command, CommandDetails } from './commands.ts';
import type { EscrowOrder, HeldCommand, Milestone, MilestoneStatus } from './escrow-order.ts';
import { ZERO } from './money.ts';
import type { OrderEvent, ProposedEntry, RecordedEntry } from './outcomes.ts';

const STATUS_LETTERS: Record<MilestoneStatus, string> = {
  PENDING: 'P',
  COMPLETED: 'C',
  RELEASED: 'R',
  CANCELLED: 'X',
  REFUNDED: 'F',
};
const STATUS_OF_LETTER = new Map(
  Object.entries(STATUS_LETTERS).map(([status, letter]) => [letter, status as MilestoneStatus]),
);

const CANONICAL_AMOUNT = /^[0-9]+\.[0-9]{2,18}$/;

/** An order without its milestones as objects: one letter and one amount each, about 8 bytes for "300.00". */
export interface OrderSnapshot extends Omit<EscrowOrder, 'milestones'> {
  readonly format: 1;
  /** One letter a milestone, in index order. */
  readonly statuses: string;
  /** Amounts in index order, joined by commas; "" without milestones. */
  readonly amounts: string;
}

export function toSnapshot(order: EscrowOrder): OrderSnapshot {
  const { milestones, held, ...rest } = order;
  return {
    format: 1,
    ...rest,
    held: held.map((one) => ({ ...one, command: withoutDetails(one.command) })),
    statuses: milestones.map(({ status }) => STATUS_LETTERS[status]).join(''),
    amounts: milestones.map(({ amount }) => amount).join(','),
  };
}

/** @throws Error when the snapshot is of a format this code does not know, or its columns differ in length */
export function fromSnapshot(snapshot: OrderSnapshot): EscrowOrder {
  const { format, statuses, amounts, ...rest } = snapshot;
  if (format !== 1) throw new Error(`Unknown snapshot format ${format}`);
  const amountList = amounts === '' ? [] : amounts.split(',');
  if (amountList.length !== statuses.length) throw new Error(`Snapshot of ${rest.id}: columns differ in length`);
  const milestones = amountList.map((amount, index): Milestone => {
    const status = STATUS_OF_LETTER.get(statuses[index] ?? '');
    if (!status) throw new Error(`Snapshot of ${rest.id}: unknown status ${statuses[index]}`);
    if (!CANONICAL_AMOUNT.test(amount)) throw new Error(`Snapshot of ${rest.id}: "${amount}" is no amount`);
    return { status, amount };
  });
  // Histories recorded before there were refunds have snapshots without it.
  const refundedUnallocated = (rest as Partial<EscrowOrder>).refundedUnallocated ?? ZERO;
  return { ...rest, refundedUnallocated, milestones, held: rest.held as HeldCommand[] };
}

/** The compact form of an entry once it is recorded as `version`. */
export function compactEntry(version: number, entry: ProposedEntry): RecordedEntry {
  const { commandId, at, outcome } = entry;
  const base = { version, commandId, at, outcome };
  if (entry.outcome === 'accepted') return { ...base, events: entry.events.map(compactEvent) };
  if (entry.outcome === 'rejected') return base;
  return { ...base, held: { command: withoutDetails(entry.command), until: entry.until } };
}

export function compactEvent(event: OrderEvent): OrderEvent {
  if (!('details' in event)) return event;
  const { details: _, ...rest } = event;
  return rest;
}

export function withoutDetails(command: Command): Command {
  const { details: _, ...rest } = command;
  return rest as Command;
}

/**
 * Puts the details of a command that was held back into the first event it led to, which is where `decide` would
 * have put them had it been accepted at once. (A command that puts them elsewhere is never held.)
 */
export function withDetails(events: readonly OrderEvent[], details: CommandDetails | undefined): OrderEvent[] {
  return events.map((event, position) => (position === 0 && details ? ({ ...event, details } as OrderEvent) : event));
}

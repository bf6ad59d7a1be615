/**
 * The two small forms of an order: a recorded entry without what people wrote, and a snapshot in columns. Both
 * cross a Temporal boundary, whose payloads end at 2 MiB, so their size is part of their contract.
 */
import type { Command, CommandDetails } from './commands.ts';
import type { EscrowOrder, HeldCommand, Milestone, MilestoneStatus, PayoutStatus } from './escrow-order.ts';
import { ZERO } from './money.ts';
import type { OrderEvent, ProposedEntry, RecordedEntry } from './outcomes.ts';
import { DEFAULT_TERMS } from './terms.ts';

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

const PAYOUT_LETTERS: Record<PayoutStatus, string> = { PENDING: 'p', PAID: 'd', FAILED: 'f' };
const PAYOUT_OF_LETTER = new Map(
  Object.entries(PAYOUT_LETTERS).map(([status, letter]) => [letter, status as PayoutStatus]),
);
const NO_PAYOUT = '-';

const CANONICAL_AMOUNT = /^[0-9]+\.[0-9]{2,18}$/;

/**
 * An order without its milestones as objects: columns, in index order, joined by commas where an item can have more
 * than one letter. About 8 bytes a milestone for "300.00", and at most 25 with dates: those are rare, or end soon.
 */
export interface OrderSnapshot extends Omit<EscrowOrder, 'milestones'> {
  readonly format: 1;
  /** One letter a milestone. */
  readonly statuses: string;
  readonly amounts: string;
  /** Due dates in seconds, base 36, "" without; the whole column "" when none has one. */
  readonly dueDates: string;
  /** Ends of inspections in milliseconds, base 36, with "+" and seconds once extended by hand, and a "!" once announced. */
  readonly inspections: string;
  /** One letter a milestone, "-" without a payout; "" when none has one. */
  readonly payouts: string;
  /** Amounts of payouts that are not their milestone's. */
  readonly payoutAmounts: string;
}

export function toSnapshot(order: EscrowOrder): OrderSnapshot {
  const { milestones, held, ...rest } = order;
  const column = (cell: (milestone: Milestone) => string, separator = ',') => {
    const cells = milestones.map(cell);
    return cells.some((one) => one !== '' && one !== NO_PAYOUT) ? cells.join(separator) : '';
  };
  return {
    format: 1,
    ...rest,
    held: held.map((one) => ({ ...one, command: withoutDetails(one.command) })),
    statuses: column(({ status }) => STATUS_LETTERS[status], ''),
    amounts: column(({ amount }) => amount),
    dueDates: column(({ dueAt }) => (dueAt === undefined ? '' : (dueAt / 1_000).toString(36))),
    inspections: column(({ inspectionEndsAt, extendedSeconds, reminded }) =>
      inspectionEndsAt === undefined
        ? ''
        : `${inspectionEndsAt.toString(36)}${extendedSeconds ? `+${extendedSeconds.toString(36)}` : ''}${reminded ? '!' : ''}`,
    ),
    payouts: column(({ payout }) => (payout ? PAYOUT_LETTERS[payout.status] : NO_PAYOUT), ''),
    payoutAmounts: column(({ payout, amount }) => (payout && payout.amount !== amount ? payout.amount : '')),
  };
}

/** What snapshots lack that were recorded by version 0.1.0, and what it meant by that. */
export const LATER_FIELDS = {
  terms: DEFAULT_TERMS,
  paidUnallocated: ZERO,
  dispute: null,
  restPayout: null,
  clockOffsetMs: 0,
} satisfies Partial<EscrowOrder>;

/** @throws Error when the snapshot is of a format this code does not know, or its columns differ in length */
export function fromSnapshot(snapshot: OrderSnapshot): EscrowOrder {
  const { format, statuses, amounts, dueDates, inspections, payouts, payoutAmounts, ...rest } = snapshot;
  if (format !== 1) throw new Error(`Unknown snapshot format ${format}`);
  const cells = (column: string | undefined, separator = ',') => {
    const list = column ? column.split(separator) : [];
    if (list.length > 0 && list.length !== statuses.length) {
      throw new Error(`Snapshot of ${rest.id}: columns differ in length`);
    }
    return (index: number) => list[index] ?? '';
  };
  const [amountAt, dueAt, inspectionAt] = [cells(amounts), cells(dueDates), cells(inspections)];
  const [payoutAt, payoutAmountAt] = [cells(payouts, ''), cells(payoutAmounts)];
  const milestones = Array.from(statuses, (letter, index): Milestone => {
    const status = STATUS_OF_LETTER.get(letter);
    if (!status) throw new Error(`Snapshot of ${rest.id}: unknown status ${letter}`);
    const amount = amountAt(index);
    if (!CANONICAL_AMOUNT.test(amount)) throw new Error(`Snapshot of ${rest.id}: "${amount}" is no amount`);
    // Version 0.3.0 reads a number up to the first sign that is none, and so takes "+" for its end.
    const [period = '', announced] = inspectionAt(index).split('!');
    const [ends, extended] = period.split('+');
    const paid = PAYOUT_OF_LETTER.get(payoutAt(index));
    return {
      status,
      amount,
      ...(dueAt(index) && { dueAt: Number.parseInt(dueAt(index), 36) * 1_000 }),
      ...(ends && { inspectionEndsAt: Number.parseInt(ends, 36) }),
      ...(extended !== undefined && { extendedSeconds: Number.parseInt(extended, 36) }),
      ...(announced !== undefined && { reminded: true }),
      ...(paid && { payout: { status: paid, amount: payoutAmountAt(index) || amount } }),
    };
  });
  return { ...LATER_FIELDS, ...rest, milestones, held: rest.held as HeldCommand[] };
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
 * Puts the details of a command that was held back into the event where `decide` would have put them had it been
 * accepted at once: the first, but where an order is cancelled that one, which follows those of its milestones.
 */
export function withDetails(events: readonly OrderEvent[], details: CommandDetails | undefined): OrderEvent[] {
  const cancelled = events.findIndex(({ type }) => type === 'escrow_order.cancelled');
  const own = Math.max(0, cancelled);
  return events.map((event, position) => (position === own && details ? ({ ...event, details } as OrderEvent) : event));
}

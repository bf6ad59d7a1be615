/**
 * One order against its log: its row, milestones, held commands and events (V2, V4, V5, V6, L8, L9).
 */
import { nextDeadline } from '../domain/deadlines.ts';
import { isClosed } from '../domain/escrow-order.ts';
import { milestoneId } from '../domain/ids.ts';
import { violations } from '../domain/invariants.ts';
import { add, compare, formatAmount } from '../domain/money.ts';
import type { LogWalk } from './log-walk.ts';
import type {
  DisputeRow,
  EventDifference,
  HeldRow,
  IntentRow,
  MilestoneRow,
  OrderRow,
  SequenceRow,
} from './order-pages.ts';
import type { Notes } from './report.ts';

/** V2 and L8: what can be said of the row by itself and its payment intent. */
export function checkMoney(notes: Notes, order: OrderRow, intent: IntentRow | null): void {
  const { id, status, fundedAmount, amount } = order;
  const paidOut = add(order.releasedAmount, order.refundedAmount);
  if (compare(paidOut, fundedAmount) > 0)
    notes.violation('V2_paid_out', id, 'released and refunded', `at most ${formatAmount(fundedAmount)}`, paidOut);
  if (compare(fundedAmount, amount) > 0)
    notes.violation('V2_paid_out', id, 'funded', `at most ${formatAmount(amount)}`, formatAmount(fundedAmount));
  if (isClosed({ status })) notes.equal('V2_closed', id, 'released and refunded', formatAmount(fundedAmount), paidOut);
  const identity = (row: OrderRow | IntentRow) =>
    `${row.merchantId}, ${row.mode}, ${row.currency}, ${formatAmount(row.amount)}`;
  notes.equal('L8_identity', id, 'payment intent', identity(order), intent && identity(intent));
}

/** V4, the row, and L9, its version. */
export function checkRow(notes: Notes, row: OrderRow, { order, broken, lastVersion }: LogWalk): void {
  const { id } = row;
  notes.equal('L9_version', id, 'version', lastVersion, row.version);
  if (broken) return;
  const deadline = nextDeadline(order);
  const columns: [string, unknown, unknown][] = [
    ['status', order.status, row.status],
    ['last_at', new Date(order.lastAt), row.lastAt],
    ['funded_amount', order.funded, formatAmount(row.fundedAmount)],
    ['allocated_amount', order.allocated, formatAmount(row.allocatedAmount)],
    ['released_amount', order.released, formatAmount(row.releasedAmount)],
    ['refunded_amount', order.refunded, formatAmount(row.refundedAmount)],
    ['next_deadline', deadline === null ? null : new Date(deadline), row.nextDeadline],
  ];
  for (const [column, expected, found] of columns) notes.equal('V4_order', id, column, expected, found);
  for (const sentence of violations(order)) notes.violation('V4_invariants', id, 'fold', 'a sound order', sentence);
}

/** V4 and V5, the milestones. */
export function checkMilestones(notes: Notes, orderId: string, rows: readonly MilestoneRow[], walk: LogWalk): void {
  notes.checked.milestones += rows.length;
  checkRowOrder(notes, orderId, rows);
  if (walk.broken) return;
  const found = new Map(rows.map((row) => [row.milestoneIndex, row]));
  for (const [index, facts] of walk.milestones.entries()) {
    const row = found.get(index);
    found.delete(index);
    const { amount = null, status = null } = walk.order.milestones[index] ?? {};
    const id = milestoneId(orderId, index);
    const expected = { id, currency: walk.order.currency, ...facts, status, amount };
    compareColumns(notes, orderId, index, expected, row ? columnsOf(row) : {});
  }
  for (const index of found.keys())
    notes.violation('V4_milestone', orderId, `milestone ${index}`, 'no such milestone', 'a row');
}

/** V5 in the rows alone, whatever the log says. */
function checkRowOrder(notes: Notes, orderId: string, rows: readonly MilestoneRow[]): void {
  let open: number | null = null;
  for (const [position, { milestoneIndex: index, status }] of rows.entries()) {
    if (index !== position) {
      notes.violation('V5_no_gap', orderId, 'next milestone', position, index);
      return;
    }
    if (status === 'RELEASED' && open !== null) {
      const found = `milestone ${open} open before it`;
      notes.violation('V5_release_order', orderId, `milestone ${index}, released`, 'all before it settled', found);
    }
    if (open === null && (status === 'PENDING' || status === 'COMPLETED')) open = index;
  }
}

function compareColumns(
  notes: Notes,
  orderId: string,
  index: number,
  expected: Record<string, unknown>,
  found: Record<string, unknown>,
): void {
  if (Object.keys(found).length === 0) {
    notes.violation('V4_milestone', orderId, `milestone ${index}`, 'a row', 'nothing');
    return;
  }
  for (const [column, value] of Object.entries(expected))
    notes.equal('V4_milestone', orderId, `milestone ${index} ${column}`, value, found[column]);
}

function columnsOf({ orderId: _, milestoneIndex: __, ...row }: MilestoneRow): Record<string, unknown> {
  const { releasedAmount, refundedAmount } = row;
  return {
    ...row,
    amount: formatAmount(row.amount),
    createdAt: row.createdAt.getTime(),
    dueAt: row.dueAt?.getTime(),
    overdueAt: row.overdueAt?.getTime(),
    inspectionEndsAt: row.inspectionEndsAt?.getTime(),
    remindedAt: row.remindedAt?.getTime(),
    completedAt: row.completedAt?.getTime(),
    cancelledAt: row.cancelledAt?.getTime(),
    releasedAt: row.releasedAt?.getTime(),
    releasedAmount: releasedAmount && formatAmount(releasedAmount),
    refundedAmount: refundedAmount && formatAmount(refundedAmount),
  };
}

/** V4, the disputes, open and ended. */
export function checkDisputes(notes: Notes, orderId: string, rows: readonly DisputeRow[], walk: LogWalk): void {
  if (walk.broken) return;
  const found = new Map(rows.map((row) => [row.version, row]));
  for (const dispute of walk.disputes) {
    const row = found.get(dispute.version);
    found.delete(dispute.version);
    const facts = row && {
      version: row.version,
      milestoneIndex: row.milestoneIndex,
      raisedAt: row.raisedAt.getTime(),
      endsAt: row.endsAt.getTime(),
      endedAt: row.endedAt?.getTime() ?? null,
      resolution: row.resolution,
      merchantAmount: row.merchantAmount && formatAmount(row.merchantAmount),
      buyerAmount: row.buyerAmount && formatAmount(row.buyerAmount),
    };
    notes.equal('V4_dispute', orderId, `dispute of entry ${dispute.version}`, dispute, facts);
  }
  for (const version of found.keys())
    notes.violation('V4_dispute', orderId, `dispute of entry ${version}`, 'no such dispute', 'a row');
}

/** V4, the held commands. */
export function checkHeld(notes: Notes, orderId: string, rows: readonly HeldRow[], walk: LogWalk): void {
  notes.checked.heldCommands += rows.length;
  if (walk.broken) return;
  const found = new Map(rows.map(({ commandId, version, command, until }) => [commandId, { version, command, until }]));
  for (const { command, until } of walk.order.held) {
    const expected = { version: walk.heldIn.get(command.id), command, until };
    notes.equal('V4_held', orderId, `held command ${command.id}`, expected, found.get(command.id));
    found.delete(command.id);
  }
  for (const [id, row] of found) notes.violation('V4_held', orderId, `held command ${id}`, null, row);
}

/** V6. */
export function checkEvents(
  notes: Notes,
  { id, eventSequence }: OrderRow,
  sequence: SequenceRow | undefined,
  differences: readonly EventDifference[],
): void {
  const { count = 0, first = 1, last = 0, wrongIds = 0 } = sequence ?? {};
  notes.checked.events += count;
  notes.equal('V6_sequence', id, 'events', dense(eventSequence, 1, eventSequence), dense(count, first, last));
  if (wrongIds > 0) notes.violation('V6_event', id, 'ids of events', 'order and sequence', `${wrongIds} others`);
  for (const { sequence: at, expected, found } of differences)
    notes.violation('V6_event', id, `event ${at}`, expected, found);
}

/** A sequence is unique in an order, so count, first and last say all. */
function dense(count: number, first: number, last: number): string {
  return `${count} from ${first} to ${last}`;
}

/**
 * An order's payouts against its log: one for each release, in the state that its last event left it in (V4, L7).
 */
import { payoutId } from '../domain/ids.ts';
import { formatAmount } from '../domain/money.ts';
import type { LogWalk } from './log-walk.ts';
import type { OrderRow, PayoutRow } from './order-pages.ts';
import type { Notes } from './report.ts';

export function checkPayouts(notes: Notes, order: OrderRow, rows: readonly PayoutRow[], walk: LogWalk): void {
  notes.checked.payouts += rows.length;
  if (walk.broken) return;
  const found = new Map(rows.map((row) => [row.milestoneIndex, row]));
  for (const [index, amount] of walk.releases) {
    const row = found.get(index);
    notes.equal('L7_payout_released', order.id, subjectOf(index), amount, row && formatAmount(row.amount));
  }
  const { merchantId, mode, currency } = order;
  for (const [index, facts] of walk.payouts) {
    const row = found.get(index);
    found.delete(index);
    const expected = { id: payoutId(order.id, index), merchantId, mode, currency, ...facts };
    notes.equal('V4_payout', order.id, subjectOf(index), expected, row && columnsOf(row));
  }
  for (const index of found.keys()) notes.violation('V4_payout', order.id, subjectOf(index), 'no such payout', 'a row');
}

function subjectOf(index: number | null): string {
  return index === null ? 'payout of the rest' : `payout of milestone ${index}`;
}

function columnsOf({ orderId: _, milestoneIndex: __, ...row }: PayoutRow) {
  const { amount, createdAt, paidAt } = row;
  return { ...row, amount: formatAmount(amount), createdAt: createdAt.getTime(), paidAt: paidAt?.getTime() ?? null };
}

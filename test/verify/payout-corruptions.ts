/** Corruptions of payouts. */
import { sql } from 'drizzle-orm';
import { type Corruption, corruption } from './corruption.ts';

export const PAYOUT_CORRUPTIONS: Corruption[] = [
  corruption(
    'a payout that is paid without its posting',
    'underWay',
    ['V2_merchant', 'V4_payout'],
    (id) => sql`UPDATE payouts SET status = 'PAID', paid_at = now() WHERE order_id = ${id}`,
  ),
  corruption(
    'a release whose payout is gone',
    'underWay',
    ['L7_payout_released', 'V2_merchant', 'V4_payout'],
    (id) => sql`DELETE FROM payouts WHERE order_id = ${id}`,
  ),
  corruption(
    'a payout of another amount than its release',
    'underWay',
    ['L7_payout_released', 'V2_merchant', 'V4_payout'],
    (id) => sql`UPDATE payouts SET amount = amount + 1 WHERE order_id = ${id}`,
  ),
  corruption(
    'a failed payout that is pending again without a retry',
    'paid',
    ['V4_payout'],
    (id) => sql`UPDATE payouts SET status = 'PENDING' WHERE order_id = ${id} AND status = 'FAILED'`,
  ),
  corruption(
    'a payout that nothing was released for',
    'waiting',
    ['V2_merchant', 'V4_payout'],
    (id) => sql`
      INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at,
        updated_at)
      SELECT 'payout_forged', id, 0, merchant_id, mode, currency, 1, 'PENDING', 1, now(), now()
      FROM escrow_orders WHERE id = ${id}`,
  ),
];

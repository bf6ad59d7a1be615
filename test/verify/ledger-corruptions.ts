/** Corruptions of ledger transactions, postings and accounts. */
import { sql } from 'drizzle-orm';
import { type Corruption, corruption } from './corruption.ts';

/** The ledger transaction by which `orderId` releases milestone 0. */
const releaseKey = (orderId: string) => sql`(SELECT 'release/' || id FROM milestones
  WHERE order_id = ${orderId} AND milestone_index = 0)`;

export const LEDGER_CORRUPTIONS: Corruption[] = [
  corruption(
    'a changed amount of a posting',
    'underWay',
    ['L1_balanced', 'L6_transaction', 'V3_balance', 'V3_zero_sum'],
    (id) => sql`UPDATE postings SET amount = 999 WHERE transaction_key = 'fund/' || ${id} AND direction = 'credit'`,
  ),
  corruption(
    'a pair of postings raised together',
    'underWay',
    ['L6_transaction', 'V3_balance'],
    (id) => sql`UPDATE postings SET amount = 1001 WHERE transaction_key = 'fund/' || ${id}`,
  ),
  corruption(
    'a posting moved to another account',
    'underWay',
    ['L6_transaction', 'V3_balance'],
    (id) =>
      sql`UPDATE postings SET account_id = 'external/test/USDC' WHERE transaction_key = ${releaseKey(id)} AND leg = 2`,
  ),
  corruption(
    'a deleted posting',
    'underWay',
    ['L1_balanced', 'L6_transaction', 'V3_balance', 'V3_zero_sum'],
    (id) => sql`DELETE FROM postings WHERE transaction_key = ${releaseKey(id)} AND leg = 1`,
  ),
  corruption(
    'a deleted ledger transaction',
    'underWay',
    ['L5_append_only', 'L7_release_posted'],
    (id) => sql`DELETE FROM ledger_transactions WHERE key = ${releaseKey(id)}`,
  ),
  corruption(
    'a deleted ledger transaction with its postings',
    'automatic',
    ['L7_release_posted', 'V3_balance'],
    (id) => [
      sql`DELETE FROM postings WHERE transaction_key = ${releaseKey(id)}`,
      sql`DELETE FROM ledger_transactions WHERE key = ${releaseKey(id)}`,
    ],
  ),
  corruption(
    'a forged ledger transaction whose balances follow',
    'underWay',
    ['L6_transaction', 'V2_escrow', 'V2_merchant'],
    (id) => [
      sql`INSERT INTO ledger_transactions SELECT 'refund/forged', order_id, version, 'refund', mode, currency, at
      FROM ledger_transactions WHERE key = ${releaseKey(id)}`,
      sql`INSERT INTO postings VALUES ('refund/forged', 1, 'escrow/' || ${id}, 'test', 'USDC', 'debit', 1),
      ('refund/forged', 2, 'merchant/merchant_test/test/USDC', 'test', 'USDC', 'credit', 1)`,
      sql`UPDATE ledger_accounts SET balance = balance - 1 WHERE id = 'escrow/' || ${id}`,
      sql`UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 'merchant/merchant_test/test/USDC'`,
      sql`UPDATE merchant_balances SET in_escrow = in_escrow - 1, payout_pending = payout_pending + 1
        WHERE merchant_id = 'merchant_test' AND mode = 'test' AND currency = 'USDC'`,
    ],
  ),
  corruption(
    'a changed balance of an escrow account',
    'underWay',
    ['V2_escrow', 'V3_balance', 'V3_zero_sum'],
    (id) => sql`UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 'escrow/' || ${id}`,
  ),
  corruption(
    'a changed balance of a merchant',
    null,
    ['V2_merchant', 'V3_balance', 'V3_zero_sum'],
    () => sql`UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 'merchant/merchant_test/test/USDC'`,
  ),
  corruption('a merchant below zero', null, ['L2_balance', 'V2_merchant', 'V3_balance', 'V3_zero_sum'], () => [
    sql`ALTER TABLE ledger_accounts DROP CONSTRAINT "L2_balance"`,
    sql`UPDATE ledger_accounts SET balance = -1 WHERE id = 'merchant/merchant_test/test/USDC'`,
  ]),
  corruption(
    'a changed balance over all orders of a merchant',
    null,
    ['V3_balance'],
    () => sql`UPDATE merchant_balances SET paid_out = paid_out + 1`,
  ),
  corruption('a balance over all orders that is gone', null, ['V3_balance'], () => sql`DELETE FROM merchant_balances`),
  corruption(
    'a live posting in a test order',
    'underWay',
    ['L4_mode', 'V3_zero_sum'],
    (id) => sql`UPDATE postings SET mode = 'live' WHERE transaction_key = 'fund/' || ${id} AND leg = 2`,
  ),
  corruption(
    'a test account that turned live',
    'underWay',
    ['L4_mode', 'V3_zero_sum'],
    (id) => sql`UPDATE ledger_accounts SET mode = 'live' WHERE id = 'escrow/' || ${id}`,
  ),
  corruption(
    'a ledger account that is gone',
    'underWay',
    ['L5_append_only', 'L6_transaction', 'V2_escrow', 'V3_zero_sum'],
    (id) => sql`DELETE FROM ledger_accounts WHERE id = 'escrow/' || ${id}`,
  ),
];

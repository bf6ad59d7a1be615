/**
 * What is of no single order: the ledger's sums, accounts that orders share, and rows whose owner is gone.
 */
import { sql } from 'drizzle-orm';
import { formatAmount, isZero, ZERO } from '../domain/money.ts';
import { type AccountRow, checkAccount } from './check-ledger.ts';
import type { Reader } from './order-pages.ts';
import type { Notes } from './report.ts';

const ACCOUNT_PAGE = 200;
/** Lines for one table. Who lost a table's worth of orders does not need one for each. */
const MOST_ORPHANS = 100;

/** V3 over all balances: cheap, and it shows any balance that was changed by itself. */
export async function checkBalanceSums(db: Reader, notes: Notes): Promise<void> {
  const sums = await db.execute<{ owned: string; total: string }>(sql`
    SELECT mode || ' ' || currency AS owned, sum(balance)::text AS total FROM ledger_accounts GROUP BY mode, currency`);
  noteSums(notes, 'balances', sums);
}

/** V3 over all postings. Reads every posting there is. */
export async function checkPostingSums(db: Reader, notes: Notes): Promise<void> {
  const sums = await db.execute<{ owned: string; total: string }>(sql`
    SELECT mode || ' ' || currency AS owned, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END)::text AS total
    FROM postings GROUP BY mode, currency`);
  noteSums(notes, 'postings', sums);
}

function noteSums(notes: Notes, what: string, sums: readonly { owned: string; total: string }[]): void {
  for (const { owned, total } of sums) {
    if (!isZero(total)) notes.violation('V3_zero_sum', null, `sum of ${what}, ${owned}`, ZERO, formatAmount(total));
  }
}

/** Merchants' and external accounts, which many orders share: balance, postings and payouts in one statement. */
export async function checkSharedAccounts(db: Reader, notes: Notes): Promise<void> {
  for (let cursor = ''; ; ) {
    const rows = await db.execute<AccountRow>(sql`
      SELECT a.id, a.kind, a.owner_id AS "ownerId", a.mode, a.currency, a.balance::text AS balance, (
        SELECT coalesce(sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END), 0)::text
        FROM postings WHERE account_id = a.id) AS posted, (
        SELECT coalesce(sum(p.amount), 0)::text FROM payouts p
        WHERE p.merchant_id = a.owner_id AND p.mode = a.mode AND p.currency = a.currency AND p.status <> 'PAID') AS unpaid
      FROM ledger_accounts a WHERE a.id > ${cursor} AND a.id NOT LIKE 'escrow/%' ORDER BY a.id LIMIT ${ACCOUNT_PAGE}`);
    for (const row of rows) checkAccount(notes, row);
    const last = rows.at(-1);
    if (!last || rows.length < ACCOUNT_PAGE) return;
    cursor = last.id;
  }
}

/** V3 of merchants' balances over all their orders. Reads every posting there is. */
export async function checkMerchantBalances(db: Reader, notes: Notes): Promise<void> {
  const off = await db.execute<{ owned: string; expected: string | null; found: string | null }>(sql`
    WITH moved AS (
      SELECT account_id, CASE direction WHEN 'credit' THEN amount ELSE -amount END AS delta,
        CASE direction WHEN 'debit' THEN amount ELSE 0 END AS debit
      FROM postings
    ), posted AS (
      SELECT o.merchant_id, o.mode, o.currency, m.delta AS in_escrow, 0 AS pending, 0 AS paid
      FROM moved m JOIN escrow_orders o ON m.account_id = 'escrow/' || o.id
      UNION ALL
      SELECT a.owner_id, a.mode, a.currency, 0, m.delta, m.debit
      FROM moved m JOIN ledger_accounts a ON a.id = m.account_id WHERE a.kind = 'merchant'
    ), expected AS (
      SELECT merchant_id, mode, currency,
        concat(sum(in_escrow), ' in escrow, ', sum(pending), ' pending, ', sum(paid), ' paid') AS text
      FROM posted GROUP BY merchant_id, mode, currency
    ), found AS (
      SELECT merchant_id, mode, currency,
        concat(in_escrow, ' in escrow, ', payout_pending, ' pending, ', paid_out, ' paid') AS text
      FROM merchant_balances
    )
    SELECT concat_ws(' ', merchant_id, mode, currency) AS owned, e.text AS expected, f.text AS found
    FROM expected e FULL JOIN found f USING (merchant_id, mode, currency)
    WHERE e.text IS DISTINCT FROM f.text ORDER BY owned LIMIT ${MOST_ORPHANS}`);
  for (const { owned, expected, found } of off)
    notes.violation('V3_balance', null, `balance of ${owned}`, expected ?? 'none', found);
}

/** L8: money that was collected is in its order's escrow, or on its way there or back. */
export async function checkFundings(db: Reader, notes: Notes): Promise<void> {
  const expected = 'a collection that goes with its intent';
  const off = await db.execute<{ orderId: string; id: string; found: string }>(sql`
    SELECT f.order_id AS "orderId", f.intent_id AS id, concat(f.status, ' of ', f.amount, ' ', f.currency, ' in ', f.mode,
      ' mode, intent ', i.status, ' of ', i.amount, ' ', i.currency, ' in ', i.mode, ' mode') AS found
    FROM fundings f LEFT JOIN payment_intents i ON i.id = f.intent_id
    WHERE i.id IS NULL OR (f.mode, f.currency, f.amount) IS DISTINCT FROM (i.mode, i.currency, i.amount)
      OR NOT CASE f.status WHEN 'SUBMITTED' THEN i.status <> 'CANCELLED'
        WHEN 'COLLECTED' THEN i.status = 'SUCCEEDED' OR f.open AND i.status = 'INITIATED'
        WHEN 'REFUSED' THEN i.status <> 'SUCCEEDED'
        ELSE i.status = 'CANCELLED' END
    ORDER BY f.intent_id LIMIT ${MOST_ORPHANS}`);
  for (const { orderId, id, found } of off) notes.violation('L8_funding', orderId, `funding of ${id}`, expected, found);
}

/** L5: nothing is ever deleted, so what a row belongs to is there. */
export async function checkOrphans(db: Reader, notes: Notes): Promise<void> {
  for (const table of ['order_log', 'milestones', 'payouts', 'held_commands', 'events', 'ledger_transactions']) {
    const orphans = await db.execute<{ orderId: string; count: number }>(sql`
      SELECT t.order_id AS "orderId", count(*)::integer AS count FROM ${sql.identifier(table)} t
      WHERE t.order_id IS NOT NULL AND NOT EXISTS (SELECT FROM escrow_orders o WHERE o.id = t.order_id)
      GROUP BY t.order_id ORDER BY t.order_id LIMIT ${MOST_ORPHANS}`);
    for (const { orderId, count } of orphans)
      notes.violation('L5_append_only', orderId, `${count} rows of ${table}`, 'their escrow order', 'nothing');
  }
  const postings = await db.execute<{ key: string; count: number }>(sql`
    SELECT p.transaction_key AS key, count(*)::integer AS count FROM postings p
    WHERE NOT EXISTS (SELECT FROM ledger_transactions t WHERE t.key = p.transaction_key)
    GROUP BY p.transaction_key ORDER BY p.transaction_key LIMIT ${MOST_ORPHANS}`);
  for (const { key, count } of postings)
    notes.violation('L5_append_only', null, `${count} postings of ${key}`, 'their ledger transaction', 'nothing');
  const accounts = await db.execute<{ id: string }>(sql`
    SELECT a.id FROM ledger_accounts a WHERE a.id LIKE 'escrow/%'
      AND NOT EXISTS (SELECT FROM escrow_orders o WHERE 'escrow/' || o.id = a.id) ORDER BY a.id LIMIT ${MOST_ORPHANS}`);
  for (const { id } of accounts)
    notes.violation('L5_append_only', null, `account ${id}`, 'its escrow order', 'nothing');
  const intents = await db.execute<{ id: string }>(sql`
    SELECT i.id FROM payment_intents i WHERE i.type = 'DELIVERY_VS_PAYMENT'
      AND NOT EXISTS (SELECT FROM escrow_orders o WHERE o.payment_intent_id = i.id) ORDER BY i.id LIMIT ${MOST_ORPHANS}`);
  for (const { id } of intents)
    notes.violation('L5_append_only', null, `payment intent ${id}`, 'its escrow order', 'nothing');
}

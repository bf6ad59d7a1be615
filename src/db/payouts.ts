/**
 * Statements about payouts. Their status is written by the commit alone (commit-entries.ts); here only what is no
 * fact of the order's log is: how often a pending payout was tried, and what the last try said.
 */
import { and, asc, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { OrderOpening, PayoutStatus } from '../domain/escrow-order.ts';
import { type Amount, type Currency, formatAmount } from '../domain/money.ts';
import type { Database } from './client.ts';
import { type LogEntry, openingColumns } from './order-log.ts';
import type { Owner } from './owner.ts';
import { escrowOrders, merchantBalances, orderLog, paymentIntents, payouts } from './schema.ts';

export type PayoutRow = typeof payouts.$inferSelect;

/** A payout with what its order and intent say about it, which never changes. */
export interface PayoutView extends PayoutRow {
  readonly paymentIntentId: string;
  readonly settlementMethod: string;
  readonly settlementDestination: string;
  readonly order: OrderOpening;
}

const viewColumns = {
  ...getTableColumns(payouts),
  paymentIntentId: escrowOrders.paymentIntentId,
  settlementMethod: paymentIntents.settlementMethod,
  settlementDestination: paymentIntents.settlementDestination,
  order: openingColumns,
};

function views(db: Pick<Database, 'select'>) {
  return db
    .select(viewColumns)
    .from(payouts)
    .innerJoin(escrowOrders, eq(escrowOrders.id, payouts.orderId))
    .innerJoin(paymentIntents, eq(paymentIntents.id, escrowOrders.paymentIntentId));
}

/** A payout as whoever pays it sees it. */
export interface PayablePayout extends PayoutView {
  /**
   * Whether the entry of the order's log that made it what it is says so, and its release is in the ledger. One that is
   * pending without both is a row that somebody made by hand, and is never paid.
   */
  readonly isProven: boolean;
}

/** A payout, whoever owns it; null when there is none. */
export async function findPayout(db: Database, payoutId: string): Promise<PayablePayout | null> {
  const [row] = await db
    .select({ ...viewColumns, isProven: sql<boolean>`${PROVEN}` })
    .from(payouts)
    .innerJoin(escrowOrders, eq(escrowOrders.id, payouts.orderId))
    .innerJoin(paymentIntents, eq(paymentIntents.id, escrowOrders.paymentIntentId))
    .where(eq(payouts.id, payoutId));
  return row ?? null;
}

const PROVEN = sql`(
  EXISTS (
    SELECT FROM ${orderLog} l, jsonb_array_elements(l.events) event
    WHERE l.order_id = ${payouts.orderId} AND l.version = ${payouts.version} AND l.outcome = 'accepted'
      AND event ->> 'type' IN ('payout.created', 'payout.retried')
      AND (event ->> 'milestoneIndex')::integer IS NOT DISTINCT FROM ${payouts.milestoneIndex}
      AND (event ->> 'amount')::numeric = ${payouts.amount})
  AND EXISTS (
    SELECT FROM postings p
    WHERE p.transaction_key = 'release/' || coalesce((
        SELECT m.id FROM milestones m
        WHERE m.order_id = ${payouts.orderId} AND m.milestone_index = ${payouts.milestoneIndex}), ${payouts.orderId})
      AND p.account_id = 'merchant/' || ${escrowOrders.merchantId} || '/' || ${escrowOrders.mode} || '/' || ${escrowOrders.currency}
      AND p.direction = 'credit' AND p.amount = ${payouts.amount})
  AND ${payouts.merchantId} = ${escrowOrders.merchantId} AND ${payouts.mode} = ${escrowOrders.mode}
  AND ${payouts.currency} = ${escrowOrders.currency})`;

/** The owner's payouts, newest first, after `cursor` when one is given. */
export function listPayouts(
  db: Database,
  owner: Owner,
  page: { limit: number; cursor: PayoutRow | null; status: PayoutStatus | null },
): Promise<PayoutView[]> {
  const { limit, cursor, status } = page;
  return views(db)
    .where(
      and(
        eq(payouts.merchantId, owner.merchantId),
        eq(payouts.mode, owner.mode),
        status === null ? undefined : eq(payouts.status, status),
        cursor === null
          ? undefined
          : sql`(${payouts.createdAt}, ${payouts.id}) < (${cursor.createdAt.toISOString()}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(payouts.createdAt), desc(payouts.id))
    .limit(limit);
}

/** Counts one more try of a pending payout. False: it is not pending. */
export async function countAttempt(db: Database, payoutId: string): Promise<boolean> {
  const counted = await db
    .update(payouts)
    .set({ attempts: sql`${payouts.attempts} + 1`, updatedAt: sql`clock_timestamp()` })
    .where(and(eq(payouts.id, payoutId), eq(payouts.status, 'PENDING')))
    .returning({ id: payouts.id });
  return counted.length === 1;
}

/**
 * How often the order's log has a result of a payout as rejected, and for how many milliseconds the last time. Reads
 * the log only where there is one.
 *
 * @param commandId of the first command for this result; those that follow begin with it
 */
export async function rejectedResults(
  db: Database,
  orderId: string,
  commandId: string,
): Promise<{ count: number; sinceMs: number }> {
  const [row] = await db.execute<{ count: number; sinceMs: number }>(sql`
    SELECT count(*)::integer AS count,
      coalesce(extract(epoch FROM now() - max(recorded_at)), 0)::float8 * 1000 AS "sinceMs"
    FROM order_log
    WHERE order_id = ${orderId} AND outcome = 'rejected' AND command_type = 'payout.settle'
      AND (command_id = ${commandId} OR starts_with(command_id, ${commandId} || '/'))
      AND EXISTS (SELECT FROM order_log f
        WHERE f.command_id = ${commandId} AND f.order_id = ${orderId} AND f.outcome = 'rejected')`);
  if (!row) throw new Error('An aggregate answered no row');
  return row;
}

/** Keeps what the last try of a pending payout said. */
export async function keepError(db: Database, payoutId: string, error: string): Promise<void> {
  await db
    .update(payouts)
    .set({ lastError: error })
    .where(and(eq(payouts.id, payoutId), eq(payouts.status, 'PENDING')));
}

/** The last failure of a payout that its order's log has up to `version`. Reads the log: not for hot paths. */
export async function lastFailure(
  db: Database,
  { orderId, milestoneIndex }: Pick<PayoutRow, 'orderId' | 'milestoneIndex'>,
  version: number,
): Promise<LogEntry | null> {
  const { hash: _hash, recordedAt: _recordedAt, ...entryColumns } = getTableColumns(orderLog);
  const [row] = await db
    .select(entryColumns)
    .from(orderLog)
    .where(
      and(
        eq(orderLog.orderId, orderId),
        sql`${orderLog.version} <= ${version}`,
        sql`${orderLog.events} @> ${JSON.stringify([{ type: 'payout.failed', milestoneIndex }])}::jsonb`,
      ),
    )
    .orderBy(desc(orderLog.version))
    .limit(1);
  return row ?? null;
}

export interface Balance {
  readonly currency: Currency;
  readonly inEscrow: Amount;
  readonly payoutPending: Amount;
  readonly paidOut: Amount;
}

/** The owner's money by currency, all of one moment: what the ledger says, and what was paid out of it. */
export async function balancesOf(db: Database, { merchantId, mode }: Owner): Promise<Balance[]> {
  const rows = await db
    .select()
    .from(merchantBalances)
    .where(and(eq(merchantBalances.merchantId, merchantId), eq(merchantBalances.mode, mode)))
    .orderBy(asc(merchantBalances.currency));
  return rows.map(({ currency, inEscrow, payoutPending, paidOut }) => ({
    currency,
    inEscrow: formatAmount(inEscrow),
    payoutPending: formatAmount(payoutPending),
    paidOut: formatAmount(paidOut),
  }));
}

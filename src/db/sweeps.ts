/**
 * Statements by which sweepers take what is due. All sweepers of a database go by its clock and share its rows: what one
 * took, no other takes for a while, which grows with each time.
 *
 * Plans are made without parameters (client.ts), so whatever a partial index is about stands in the text. now() and not
 * clock_timestamp(): only what stays the same during a statement can be looked up in an index. What was taken is an array:
 * it is looked up by key, where a join may be planned as a read of the whole table.
 */
import { sql } from 'drizzle-orm';
import type { OrderOpening } from '../domain/escrow-order.ts';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';

/** A stored command without an outcome. */
export interface PendingCommand {
  readonly commandId: string;
  readonly orderId: string;
  /** As it was stored, by whatever version of the program. */
  readonly payload: unknown;
  readonly proof: Buffer | null;
  readonly isAdopted: boolean;
  readonly opening: OrderOpening | null;
}

/** An order with a deadline, and what its workflow starts with. */
export interface OrderWithDeadline {
  readonly id: string;
  readonly opening: OrderOpening;
}

const OPENING = sql.raw(`jsonb_build_object('merchantId', o.merchant_id, 'mode', o.mode, 'currency', o.currency,
      'amount', o.amount::text, 'status', o.status)`);
/** A command is normally done within milliseconds. Its first wait is the column's default. */
const COMMAND_WAIT_SECONDS = 5;
const COMMAND_WAIT_LAST_SECONDS = 300;
/** Whoever stored a command may take it back until shortly before this (carry-out.ts). */
const WITHDRAWABLE_SECONDS = 3;
const WAKE_WAIT_SECONDS = 30;
const WAKE_WAIT_LAST_SECONDS = 600;

/**
 * Takes open commands whose time has come, and closes those of them that have an outcome or are held.
 *
 * @returns how many were looked at, and those to be sent, the order that they were received in kept for each order
 */
export async function takePendingCommands(
  db: Database,
  limit: number,
): Promise<{ looked: number; pending: PendingCommand[] }> {
  const rows = await db.execute<PendingCommand & { open: boolean } & Record<string, unknown>>(sql`
    WITH due AS MATERIALIZED (
      SELECT command_id FROM commands
      WHERE open AND look_at <= now() AND created_at <= now() - ${WITHDRAWABLE_SECONDS}::integer * interval '1 second'
      ORDER BY look_at LIMIT ${limit}::integer FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE commands c SET attempts = c.attempts + 1,
        look_at = now() + least(${COMMAND_WAIT_SECONDS}::integer * 2 ^ least(c.attempts, 10),
          ${COMMAND_WAIT_LAST_SECONDS}::integer) * interval '1 second',
        open = c.order_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM order_log l WHERE l.command_id = c.command_id AND l.order_id = c.order_id)
      WHERE c.command_id = ANY(ARRAY(SELECT command_id FROM due))
      RETURNING c.command_id, c.order_id, c.payload, c.proof, c.open, c.created_at, stored_command_digest(c) AS digest
    )
    SELECT c.command_id AS "commandId", c.order_id AS "orderId", c.payload, c.proof, c.open,
      EXISTS (SELECT FROM adopted_commands a WHERE a.command_id = c.command_id AND a.digest = c.digest) AS "isAdopted",
      CASE WHEN o.id IS NOT NULL THEN ${OPENING} END AS opening
    FROM taken c LEFT JOIN escrow_orders o ON o.id = c.order_id
    ORDER BY c.created_at, c.command_id`);
  return { looked: rows.length, pending: rows.filter(({ open }) => open) };
}

/**
 * Closes some commands that were sent and have an outcome or are held by now, before their time comes again: an open
 * command counts as pending.
 */
export async function closeRecorded(db: Database, limit: number): Promise<void> {
  await db.execute(sql`
    UPDATE commands SET open = false WHERE command_id = ANY(ARRAY(
      SELECT c.command_id FROM (
        SELECT command_id, order_id FROM commands WHERE open AND look_at > now() AND attempts > 0
        ORDER BY look_at LIMIT ${limit}::integer) c
      WHERE EXISTS (SELECT FROM order_log l WHERE l.command_id = c.command_id AND l.order_id = c.order_id)))`);
}

/** Commands that did not arrive: their wait does not grow. */
export async function lookAgainSoon(db: Database, commandIds: readonly string[]): Promise<void> {
  if (commandIds.length === 0) return;
  await db.execute(sql`
    UPDATE commands SET attempts = 1, look_at = now() + ${COMMAND_WAIT_SECONDS}::integer * interval '1 second'
    WHERE command_id = ANY(${texts(commandIds)})`);
}

/** Takes orders that are late by `lateMs` since their deadline, or since their last wake. */
export async function takeLateOrders(db: Database, lateMs: number, limit: number): Promise<OrderWithDeadline[]> {
  const rows = await db.execute<OrderWithDeadline & Record<string, unknown>>(sql`
    WITH due AS MATERIALIZED (
      SELECT id FROM escrow_orders
      WHERE coalesce(wake_at, next_deadline) <= now() - ${lateMs}::float8 * interval '1 millisecond'
      ORDER BY coalesce(wake_at, next_deadline), id LIMIT ${limit}::integer FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE escrow_orders o SET wakes = o.wakes + 1,
      wake_at = now() + (least(${WAKE_WAIT_SECONDS}::integer * 2 ^ least(o.wakes, 10),
        ${WAKE_WAIT_LAST_SECONDS}::integer) - ${WAKE_WAIT_SECONDS}::integer) * interval '1 second'
    WHERE o.id = ANY(ARRAY(SELECT id FROM due))
    RETURNING o.id, ${OPENING} AS opening`);
  return [...rows];
}

/** Orders whose wake did not arrive: they are as late as before. */
export async function forgetWakes(db: Database, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return;
  await db.execute(sql`UPDATE escrow_orders SET wakes = 0, wake_at = NULL WHERE id = ANY(${texts(orderIds)})`);
}

export interface DeadlineCursor {
  readonly at: string;
  readonly id: string;
}

/** Orders that have a deadline, the earliest first, after `after`. */
export async function ordersWithDeadline(
  db: Database,
  after: DeadlineCursor,
  limit: number,
): Promise<(OrderWithDeadline & DeadlineCursor)[]> {
  const rows = await db.execute<OrderWithDeadline & DeadlineCursor & Record<string, unknown>>(sql`
    SELECT o.id, ${OPENING} AS opening, coalesce(o.wake_at, o.next_deadline)::text AS at FROM escrow_orders o
    WHERE coalesce(o.wake_at, o.next_deadline) IS NOT NULL
      AND (coalesce(o.wake_at, o.next_deadline), o.id) > (${after.at}::timestamptz, ${after.id})
    ORDER BY coalesce(o.wake_at, o.next_deadline), o.id LIMIT ${limit}::integer`);
  return [...rows];
}

export interface PayoutCursor {
  readonly at: string;
  readonly id: string;
}

/**
 * Pending payouts that nothing has happened to for `pendingMs`, after `after`. Also those that seem to be of the future:
 * the clock of their order runs ahead.
 */
export async function pendingPayouts(
  db: Database,
  { after, pendingMs, limit }: { readonly after: PayoutCursor; readonly pendingMs: number; readonly limit: number },
): Promise<PayoutCursor[]> {
  const rows = await db.execute<PayoutCursor & Record<string, unknown>>(sql`
    SELECT id, updated_at::text AS at FROM payouts
    WHERE status = 'PENDING' AND updated_at >= ${after.at}::timestamptz
      AND (updated_at, id) > (${after.at}::timestamptz, ${after.id})
      AND (updated_at <= now() - ${pendingMs}::float8 * interval '1 millisecond' OR updated_at > now())
    ORDER BY updated_at, id LIMIT ${limit}::integer`);
  return [...rows];
}

/** Has everything that is late looked at now, however often that was in vain. */
export async function forgetBackOff(db: Database, lateMs: number): Promise<void> {
  await db.execute(sql`
    UPDATE commands SET look_at = now()
    WHERE open AND look_at > now() AND created_at <= now() - ${lateMs}::float8 * interval '1 millisecond'`);
  await db.execute(sql`
    UPDATE escrow_orders SET wakes = 0, wake_at = NULL
    WHERE next_deadline IS NOT NULL AND next_deadline <= now() - ${lateMs}::float8 * interval '1 millisecond'
      AND wakes > 0`);
}

/** Kinds of what is due at some time. */
export type Due = 'commands' | 'orders' | 'payouts' | 'fundings';
/** Kinds of what is swept; `retention` is what is to be forgotten. */
export type Swept = Due | 'retention';

/** What is due beyond this is told as this many. */
const COUNTED_AT_MOST = 10_000;
/** In the order of an index: otherwise its limit may seem to be as soon reached by reading the whole table. */
const DUE: Record<Due, string> = {
  commands: 'commands WHERE open AND look_at <= now() ORDER BY look_at',
  orders: `escrow_orders WHERE coalesce(wake_at, next_deadline) <= now() - interval '${WAKE_WAIT_SECONDS} seconds'
    ORDER BY coalesce(wake_at, next_deadline)`,
  payouts: `payouts WHERE status = 'PENDING' AND updated_at <= now() - interval '10 seconds' ORDER BY updated_at`,
  fundings: 'fundings WHERE open AND look_at <= now() ORDER BY look_at',
};

/** How much of a kind is due now, at most ten thousand. */
export async function countDue(db: Database, kind: Due): Promise<number> {
  const [row] = await db.execute<{ due: number }>(
    sql.raw(`SELECT count(*)::integer AS due FROM (SELECT FROM ${DUE[kind]} LIMIT ${COUNTED_AT_MOST}) AS due`),
  );
  return row?.due ?? 0;
}

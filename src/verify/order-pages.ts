/**
 * Reads escrow orders for checking: a page of them in one read-only transaction, so that everything about an order is
 * of one moment. Texts that people wrote stay in the database; what has many of them is compared there.
 */
import { asc, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import type { LogEntry } from '../db/order-log.ts';
import { texts } from '../db/parameters.ts';
import { disputes, escrowOrders, milestones, paymentIntents, payouts } from '../db/schema.ts';
import type { Command } from '../domain/commands.ts';
import type { OrderEvent, RecordedEntry } from '../domain/outcomes.ts';
import { grouped } from './grouped.ts';

export type OrderRow = typeof escrowOrders.$inferSelect;
export type IntentRow = typeof paymentIntents.$inferSelect;
export type MilestoneRow = Awaited<ReturnType<typeof milestonesOf>>[number];
/** What reads; a pool or a transaction. */
export type Reader = Pick<Database, 'execute' | 'select'>;

/** A log entry in compact form, and whether its hash follows from it and the hash before it. */
export type LogRow = RecordedEntry & { readonly orderId: string; readonly chained: boolean };

const PAGE_ORDERS = 100;
/** A page ends when its orders have more entries than this together; the last one may be of any size. */
const PAGE_ENTRIES = 5_000;
const LOG_PAGE = 2_000;

/** The next orders to check after `cursor`, in the order of their ids. `also`: orders to check though unchanged. */
export async function nextOrderIds(
  db: Reader,
  cursor: string,
  since: Date | null,
  also: readonly string[],
): Promise<string[]> {
  const changed =
    since === null ? sql`true` : sql`(updated_at >= ${since.toISOString()}::timestamptz OR id = ANY(${texts(also)}))`;
  const rows = await db.execute<{ id: string; version: number }>(
    sql`SELECT id, version FROM escrow_orders WHERE id > ${cursor} AND ${changed} ORDER BY id LIMIT ${PAGE_ORDERS}`,
  );
  let entries = 0;
  const ids: string[] = [];
  for (const { id, version } of rows) {
    if (entries > PAGE_ENTRIES) break;
    entries += version;
    ids.push(id);
  }
  return ids;
}

/** Orders that were not changed since then, but have a ledger transaction that claims to be from then. */
export async function ordersWithTransactionsSince(db: Reader, since: Date): Promise<string[]> {
  const from = since.toISOString();
  const rows = await db.execute<{ id: string }>(sql`
    SELECT DISTINCT o.id FROM ledger_transactions t JOIN escrow_orders o ON o.id = t.order_id
    WHERE t.at >= ${from}::timestamptz AND o.updated_at < ${from}::timestamptz`);
  return rows.map(({ id }) => id);
}

/**
 * Orders whose log grew since then although they were updated before: an order is updated at the instant its last
 * command was judged at, which is when it was received, and that may be long ago when no worker ran meanwhile.
 */
export async function ordersRecordedSince(db: Reader, since: Date): Promise<string[]> {
  const from = since.toISOString();
  const rows = await db.execute<{ id: string }>(sql`
    SELECT DISTINCT o.id FROM order_log l JOIN escrow_orders o ON o.id = l.order_id
    WHERE l.recorded_at >= ${from}::timestamptz AND o.updated_at < ${from}::timestamptz`);
  return rows.map(({ id }) => id);
}

/** Everything about a page of orders but their logs. Each part by order id. */
export interface OrderPage {
  readonly orders: readonly { order: OrderRow; intent: IntentRow | null }[];
  readonly milestones: ReadonlyMap<string, MilestoneRow[]>;
  readonly disputes: ReadonlyMap<string, DisputeRow[]>;
  readonly payouts: ReadonlyMap<string, PayoutRow[]>;
  readonly held: ReadonlyMap<string, HeldRow[]>;
  readonly legs: ReadonlyMap<string, LegRow[]>;
  readonly escrow: ReadonlyMap<string, EscrowRow[]>;
  readonly sequences: ReadonlyMap<string, SequenceRow[]>;
  readonly eventDifferences: ReadonlyMap<string, EventDifference[]>;
}

/**
 * Reads a page and its log, all of one moment.
 *
 * @param onOrders called first, with the page's orders
 * @param onLog called with the entries in the order of ids and versions, some thousand at a time
 */
export function readPage(
  db: Database,
  ids: string[],
  onOrders: (orders: OrderPage['orders']) => void,
  onLog: (rows: LogRow[]) => void,
): Promise<OrderPage> {
  return db.transaction(
    async (tx) => {
      const orders = await ordersOf(tx, ids);
      onOrders(orders);
      await readLog(tx, ids, onLog);
      return {
        orders,
        milestones: byOrder(await milestonesOf(tx, ids)),
        disputes: byOrder(await disputesOf(tx, ids)),
        payouts: byOrder(await payoutsOf(tx, ids)),
        held: byOrder(await heldOf(tx, ids)),
        legs: byOrder(await legsOf(tx, ids)),
        escrow: byOrder(await escrowOf(tx, ids)),
        sequences: byOrder(await sequencesOf(tx, ids)),
        eventDifferences: byOrder(await eventDifferencesOf(tx, ids)),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

function byOrder<Row extends { orderId: string }>(rows: Iterable<Row>): Map<string, Row[]> {
  return grouped(rows, ({ orderId }) => orderId);
}

function ordersOf(tx: Reader, ids: string[]) {
  return tx
    .select({ order: escrowOrders, intent: paymentIntents })
    .from(escrowOrders)
    .leftJoin(paymentIntents, sql`${paymentIntents.id} = ${escrowOrders.paymentIntentId}`)
    .where(sql`${escrowOrders.id} = ANY(${texts(ids)})`)
    .orderBy(asc(escrowOrders.id));
}

async function readLog(tx: Reader, ids: string[], onLog: (rows: LogRow[]) => void): Promise<void> {
  type Row = { [key: string]: unknown } & Pick<LogEntry, 'orderId' | 'version' | 'commandId' | 'outcome'> & {
      at: number;
      held: { command: Command; until: number | null } | null;
      events: OrderEvent[] | null;
      chained: boolean;
    };
  let [orderId, version] = ['', 0];
  for (;;) {
    const rows = await tx.execute<Row>(sql`
      SELECT l.order_id AS "orderId", l.version, l.command_id AS "commandId", l.outcome,
        (extract(epoch FROM l.at) * 1000)::float8 AS at, l.held #- '{command,details}' AS held,
        (SELECT jsonb_agg(e.event - 'details' ORDER BY e.position)
          FROM jsonb_array_elements(l.events) WITH ORDINALITY AS e(event, position)) AS events,
        l.hash = order_log_hash(coalesce(p.hash, ''::bytea), l) AS chained
      FROM order_log l LEFT JOIN order_log p ON p.order_id = l.order_id AND p.version = l.version - 1
      WHERE l.order_id = ANY(${texts(ids)}) AND (l.order_id, l.version) > (${orderId}, ${version}::integer)
      ORDER BY l.order_id, l.version LIMIT ${LOG_PAGE}`);
    onLog(rows.map(({ held, events, ...row }) => ({ ...row, ...(held && { held }), ...(events && { events }) })));
    const last = rows.at(-1);
    if (!last || rows.length < LOG_PAGE) return;
    ({ orderId, version } = last);
  }
}

function milestonesOf(tx: Reader, ids: string[]) {
  const { id, orderId, milestoneIndex, currency, amount, status, version, dueAt, createdAt } = milestones;
  const { completedAt, cancelledAt, releasedAt, releasedAmount, refundedAmount } = milestones;
  const { overdueAt, inspectionEndsAt, remindedAt, extendedSeconds } = milestones;
  return tx
    .select({
      ...{ id, orderId, milestoneIndex, currency, amount, status, version, dueAt, createdAt },
      ...{ completedAt, cancelledAt, releasedAt, releasedAmount, refundedAmount },
      ...{ overdueAt, inspectionEndsAt, remindedAt, extendedSeconds },
    })
    .from(milestones)
    .where(sql`${orderId} = ANY(${texts(ids)})`)
    .orderBy(asc(orderId), asc(milestoneIndex));
}

export type DisputeRow = typeof disputes.$inferSelect;

function disputesOf(tx: Reader, ids: string[]): Promise<DisputeRow[]> {
  return tx
    .select()
    .from(disputes)
    .where(sql`${disputes.orderId} = ANY(${texts(ids)})`)
    .orderBy(asc(disputes.orderId), asc(disputes.version));
}

export type PayoutRow = Awaited<ReturnType<typeof payoutsOf>>[number];

/** Without what is no fact of the log: tries, the last error, the settlement's reference. */
function payoutsOf(tx: Reader, ids: string[]) {
  const { id, orderId, milestoneIndex, merchantId, mode, currency, amount, status, version, createdAt, paidAt } =
    payouts;
  return tx
    .select({ id, orderId, milestoneIndex, merchantId, mode, currency, amount, status, version, createdAt, paidAt })
    .from(payouts)
    .where(sql`${orderId} = ANY(${texts(ids)})`)
    .orderBy(asc(orderId), asc(milestoneIndex));
}

export type HeldRow = {
  orderId: string;
  commandId: string;
  version: number;
  command: Command;
  until: number | null;
};

function heldOf(tx: Reader, ids: string[]): Promise<HeldRow[]> {
  return tx.execute<HeldRow>(sql`
    SELECT order_id AS "orderId", command_id AS "commandId", version, command - 'details' AS command,
      (extract(epoch FROM until) * 1000)::float8 AS until
    FROM held_commands WHERE order_id = ANY(${texts(ids)}) ORDER BY order_id, version`);
}

/** One leg of a ledger transaction; without a leg when the transaction has none. */
export type LegRow = {
  orderId: string;
  key: string;
  version: number;
  kind: string;
  at: number;
  transactionIn: string;
  leg: number | null;
  direction: string | null;
  amount: string | null;
  accountId: string | null;
  postingIn: string | null;
  /** Null: there is no such account. */
  account: string | null;
};

function legsOf(tx: Reader, ids: string[]): Promise<LegRow[]> {
  return tx.execute<LegRow>(sql`
    SELECT t.order_id AS "orderId", t.key, t.version, t.kind, (extract(epoch FROM t.at) * 1000)::float8 AS at,
      t.mode || ' ' || t.currency AS "transactionIn", p.leg, p.direction, p.amount::text AS amount,
      p.account_id AS "accountId", p.mode || ' ' || p.currency AS "postingIn",
      a.kind || ' ' || a.owner_id || ' ' || a.mode || ' ' || a.currency AS account
    FROM ledger_transactions t LEFT JOIN postings p ON p.transaction_key = t.key
      LEFT JOIN ledger_accounts a ON a.id = p.account_id
    WHERE t.order_id = ANY(${texts(ids)}) ORDER BY t.order_id, t.version, t.key, p.leg`);
}

export type EscrowRow = { orderId: string; balance: string; posted: string };

/** By id, as the ledger does: an account that lies about its owner is found where its legs are compared. */
function escrowOf(tx: Reader, ids: string[]): Promise<EscrowRow[]> {
  return tx.execute<EscrowRow>(sql`
    SELECT ids.id AS "orderId", a.balance::text AS balance, (
      SELECT coalesce(sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END), 0)::text
      FROM postings WHERE account_id = a.id) AS posted
    FROM unnest(${texts(ids)}) AS ids(id) JOIN ledger_accounts a ON a.id = 'escrow/' || ids.id`);
}

export type SequenceRow = { orderId: string; count: number; first: number; last: number; wrongIds: number };

function sequencesOf(tx: Reader, ids: string[]): Promise<SequenceRow[]> {
  return tx.execute<SequenceRow>(sql`
    SELECT order_id AS "orderId", count(*)::integer AS count, min(sequence) AS first, max(sequence) AS last,
      (count(*) FILTER (WHERE id <> 'evt_' || regexp_replace(order_id, '^.*_', '') || lpad(sequence::text, 7, '0')))
        ::integer AS "wrongIds"
    FROM events WHERE order_id = ANY(${texts(ids)}) GROUP BY order_id`);
}

export type EventDifference = { orderId: string; sequence: number; expected: string | null; found: string | null };

/**
 * Where outbox and log differ, position by position. Events without a version tell of the order's creation, which is
 * in no log; they come first. Their count is materialized: folded into the query it was counted anew for every event,
 * and an order of 15 000 took 30 s.
 */
function eventDifferencesOf(tx: Reader, ids: string[]): Promise<EventDifference[]> {
  return tx.execute<EventDifference>(sql`
    WITH made AS MATERIALIZED (
      SELECT ids.id, (SELECT count(*) FROM events WHERE order_id = ids.id AND version IS NULL) AS before,
        CASE
          -- Written before intents had events of their status: xid 0.
          WHEN EXISTS (SELECT FROM events WHERE order_id = ids.id AND xid = '0'
            AND type IN ('escrow_order.funded', 'escrow_order.cancelled')) THEN NULL
          WHEN (SELECT funded_amount FROM escrow_orders o WHERE o.id = ids.id) > 0 THEN 'escrow_order.funded'
          ELSE 'escrow_order.cancelled' END AS intent_changed_by
      FROM unnest(${texts(ids)}) AS ids(id)
    ), said AS (
      SELECT l.order_id, l.version, l.at, p.type, p.data, true AS by_log,
        made.before + row_number() OVER (PARTITION BY l.order_id ORDER BY l.version, e.position, p.follows) AS sequence
      FROM made JOIN order_log l ON l.order_id = made.id
        CROSS JOIN LATERAL jsonb_array_elements(l.events) WITH ORDINALITY AS e(event, position)
        CROSS JOIN LATERAL (
          SELECT false AS follows, e.event ->> 'type' AS type, e.event - 'type' AS data
          UNION ALL
          SELECT true, 'payment_intent.status_changed', jsonb_build_object('previousStatus', 'INITIATED', 'status',
            CASE e.event ->> 'type' WHEN 'escrow_order.funded' THEN 'SUCCEEDED' ELSE 'CANCELLED' END)
          WHERE e.event ->> 'type' = made.intent_changed_by) AS p
      WHERE e.event ->> 'type' NOT IN ('command.cancelled', 'escrow_order.clock_advanced')
      UNION ALL
      SELECT order_id, version, created_at, type, data, false, sequence FROM events
      WHERE order_id = ANY(${texts(ids)}) AND version IS NOT NULL
    ), texts AS (
      SELECT order_id, sequence, by_log, concat(type, ' of entry ', version, ' at ', at, ' ', data) AS text FROM said
    ), sides AS (
      SELECT order_id, sequence, max(text) FILTER (WHERE by_log) AS expected, max(text) FILTER (WHERE NOT by_log) AS found
      FROM texts GROUP BY order_id, sequence
    )
    SELECT order_id AS "orderId", sequence::integer, expected, found FROM sides
    WHERE expected IS DISTINCT FROM found ORDER BY order_id, sequence`);
}

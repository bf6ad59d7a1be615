/**
 * Statements about events: the outbox, as subscribers read it.
 */
import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, sql } from 'drizzle-orm';
import type { Actor } from '../domain/commands.ts';
import type { Mode } from '../domain/terms.ts';
import { type ActingKey, actingKey } from './acting-key.ts';
import type { Database } from './client.ts';
import type { Owner } from './owner.ts';
import { texts } from './parameters.ts';
import { escrowOrders, events, paymentIntents, webhookBodies } from './schema.ts';

export type EventRow = typeof events.$inferSelect;
export type NewEvent = Omit<typeof events.$inferInsert, 'xid' | 'recordedAt'>;

/** Of the log's entry that made an event. Looked up by its key for each row of a page. */
const actor = sql<EventView['actor']>`(
  SELECT jsonb_build_object('role', actor_role, 'id', actor_id, 'key', ${actingKey}) FROM order_log
  WHERE order_log.order_id = events.order_id AND order_log.version = events.version)`;

/** What of an event's order and intent never changes. */
const ownerColumns = {
  order: {
    id: escrowOrders.id,
    paymentIntentId: escrowOrders.paymentIntentId,
    amount: escrowOrders.amount,
    currency: escrowOrders.currency,
    releaseType: escrowOrders.releaseType,
    autoReleaseOnProof: escrowOrders.autoReleaseOnProof,
  },
  intentType: paymentIntents.type,
};

/** An event with what it is shown by. */
export interface EventView {
  readonly event: EventRow;
  /** Null: it belongs to no order. */
  readonly order: Pick<
    typeof escrowOrders.$inferSelect,
    'id' | 'paymentIntentId' | 'amount' | 'currency' | 'releaseType' | 'autoReleaseOnProof'
  > | null;
  readonly intentType: typeof paymentIntents.$inferSelect.type | null;
  /** Null: it belongs to no entry of a log. */
  readonly actor: (Actor & { readonly key: ActingKey | null }) | null;
  /** Its bytes, when an endpoint has got them already. */
  readonly body: string | null;
}

function views(db: Pick<Database, 'select'>) {
  return db
    .select({ event: getTableColumns(events), ...ownerColumns, actor, body: webhookBodies.body })
    .from(events)
    .leftJoin(escrowOrders, eq(escrowOrders.id, events.orderId))
    .leftJoin(paymentIntents, eq(paymentIntents.id, escrowOrders.paymentIntentId))
    .leftJoin(webhookBodies, eq(webhookBodies.eventId, events.id));
}

/** An event, whoever owns it; null when there is none. */
export async function findEvent(db: Database, id: string): Promise<EventView | null> {
  const [row] = await views(db).where(eq(events.id, id));
  return row ?? null;
}

export function findEvents(db: Database, ids: readonly string[]): Promise<EventView[]> {
  return views(db).where(sql`${events.id} = ANY(${texts(ids)})`);
}

export interface EventFilter {
  /** As the outbox keeps them; null: all. */
  readonly types: readonly string[] | null;
  readonly orderId: string | null;
  readonly intentId: string | null;
  /** When they happened, on their order's clock: epoch milliseconds. */
  readonly created: Period;
  /** When they were recorded, on the database's clock. */
  readonly recorded: Period;
}

/** Epoch milliseconds, half-open; null: without that bound. */
export interface Period {
  readonly from: number | null;
  readonly before: number | null;
}

export const ALWAYS: Period = { from: null, before: null };

export interface EventPage {
  readonly limit: number;
  readonly cursor: Pick<EventRow, 'xid' | 'id'> | null;
  /**
   * `asc`: the first recorded first, without those that another one may still come before. Whoever goes on from the last
   * one misses none, however late a transaction commits.
   */
  readonly order: 'asc' | 'desc';
}

/** The owner's events in the order of recording, after `cursor` when one is given. */
export function listEvents(db: Database, owner: Owner, page: EventFilter & EventPage): Promise<EventView[]> {
  const { limit, cursor, order } = page;
  const position = cursor && sql`(${cursor.xid}::xid8, ${cursor.id})`;
  const conditions = [ownedBy(owner), matches(owner, page)];
  if (order === 'asc') {
    return views(db)
      .where(and(...conditions, IS_FINAL, position ? sql`(${events.xid}, ${events.id}) > ${position}` : undefined))
      .orderBy(asc(events.xid), asc(events.id))
      .limit(limit);
  }
  return views(db)
    .where(and(...conditions, position ? sql`(${events.xid}, ${events.id}) < ${position}` : undefined))
    .orderBy(desc(events.xid), desc(events.id))
    .limit(limit);
}

/** No transaction that is still running wrote before it. */
const IS_FINAL = sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`;

/** The condition for an owner's events. */
export function ownedBy({ merchantId, mode }: { merchantId: string; mode: Mode }) {
  return and(eq(events.merchantId, merchantId), eq(events.mode, mode));
}

/** The condition for events that a filter lets through. */
export function matches(owner: Owner, { types, orderId, intentId, created, recorded }: EventFilter) {
  return and(
    types === null ? undefined : sql`${events.type} = ANY(${texts(types)})`,
    orderId === null ? undefined : eq(events.orderId, orderId),
    intentId === null
      ? undefined
      : inArray(events.orderId, sql`(SELECT id FROM escrow_orders WHERE payment_intent_id = ${intentId})`),
    created.from === null ? undefined : gte(events.createdAt, new Date(created.from)),
    created.before === null ? undefined : lt(events.createdAt, new Date(created.before)),
    recorded.from === null ? undefined : recordedFrom(owner, recorded.from),
    recorded.before === null ? undefined : recordedBefore(owner, recorded.before),
  );
}

const recordedAt = sql`coalesce(${events.recordedAt}, ${events.createdAt})`;

/**
 * Events are read in the order of their transactions. What was recorded a minute apart was in that order, because no
 * transaction of ours lasts so long: so an event that was recorded a minute earlier bounds how far back a page looks.
 */
const SURELY_APART = sql`interval '1 minute'`;

function recordedFrom({ merchantId, mode }: Owner, from: number) {
  const at = sql`${new Date(from).toISOString()}::timestamptz`;
  return sql`${recordedAt} >= ${at} AND ${events.xid} >= coalesce((
    SELECT e.xid FROM events e WHERE e.merchant_id = ${merchantId} AND e.mode = ${mode} AND e.recorded_at IS NOT NULL
      AND e.recorded_at < ${at} - ${SURELY_APART} ORDER BY e.recorded_at DESC LIMIT 1), '0'::xid8)`;
}

function recordedBefore({ merchantId, mode }: Owner, before: number) {
  const at = sql`${new Date(before).toISOString()}::timestamptz`;
  return sql`${recordedAt} < ${at} AND ${events.xid} <= coalesce((
    SELECT e.xid FROM events e WHERE e.merchant_id = ${merchantId} AND e.mode = ${mode} AND e.recorded_at IS NOT NULL
      AND e.recorded_at > ${at} + ${SURELY_APART} ORDER BY e.recorded_at LIMIT 1), ${LAST_XID}::xid8)`;
}

const LAST_XID = '18446744073709551615';

/** Adds events. Not by the ORM, which names all columns: the application may not set `xid`. */
export async function insertEvents(db: Pick<Database, 'execute'>, rows: readonly NewEvent[]): Promise<void> {
  const json = rows.map(({ id, orderId, sequence, type, version, data, createdAt, merchantId, mode }) => ({
    ...{ id, order_id: orderId, sequence, type, version, data, created_at: createdAt, merchant_id: merchantId, mode },
  }));
  await db.execute(sql`
    INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode)
    SELECT id, order_id, sequence, type, version, data, created_at, merchant_id, mode
    FROM jsonb_populate_recordset(NULL::events, ${JSON.stringify(json)}::jsonb)`);
}

/** Keeps an event's bytes unless they are kept already, and answers those that are. */
export async function keepBody(db: Database, eventId: string, body: string): Promise<string> {
  await db.insert(webhookBodies).values({ eventId, body }).onConflictDoNothing();
  const [kept] = await db.select().from(webhookBodies).where(eq(webhookBodies.eventId, eventId));
  return kept?.body ?? body;
}

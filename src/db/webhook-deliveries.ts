/**
 * Statements about deliveries: how events get to an endpoint's list, what of it is due, and what became of each.
 */
import { and, asc, desc, eq, getTableColumns, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import { type EventFilter, matches } from './events.ts';
import { texts } from './parameters.ts';
import { type DeliveryStatus, events, webhookDeliveries, webhookEndpoints } from './schema.ts';
import type { EndpointRow, Statements } from './webhook-endpoints.ts';

export type DeliveryRow = typeof webhookDeliveries.$inferSelect;

/** A delivery with what its event says about it. */
export interface DeliveryView extends DeliveryRow {
  /** As the outbox keeps it. */
  readonly type: string;
  readonly orderId: string | null;
  readonly sequence: number | null;
}

const viewColumns = {
  ...getTableColumns(webhookDeliveries),
  type: events.type,
  orderId: events.orderId,
  sequence: events.sequence,
};

function views(db: Pick<Database, 'select'>) {
  return db.select(viewColumns).from(webhookDeliveries).innerJoin(events, eq(events.id, webhookDeliveries.eventId));
}

/**
 * Puts the next events of the outbox on an endpoint's list, and moves its cursor behind them: one statement, so a crash
 * does both or neither. It stops before the oldest transaction that is still running, because what that one writes will
 * have to come first; the sequence of one order is kept, since a transaction sees the one before it of its order.
 *
 * @param types those it wants, as the outbox keeps them; null: all
 * @returns how many events were looked at
 */
export async function feedEndpoint(
  db: Database,
  endpointId: string,
  types: readonly string[] | null,
  limit: number,
): Promise<number> {
  const wanted = types === null ? sql`v.type <> 'webhook_endpoint.test'` : sql`v.type = ANY(${texts(types)})`;
  const [row] = await db.execute<{ looked: number }>(sql`
    WITH endpoint AS (
      SELECT id, merchant_id, mode, cursor_xid, cursor_event_id FROM webhook_endpoints
      WHERE id = ${endpointId} AND status = 'enabled' AND deleted_at IS NULL FOR UPDATE
    ), fed AS (
      SELECT v.id, v.xid, v.type FROM endpoint e JOIN LATERAL (
        SELECT id, xid, type FROM events v
        WHERE v.merchant_id = e.merchant_id AND v.mode = e.mode AND (v.xid, v.id) > (e.cursor_xid, e.cursor_event_id)
          AND v.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY v.xid, v.id LIMIT ${limit}::integer) v ON true
    ), added AS (
      INSERT INTO webhook_deliveries (endpoint_id, event_id, next_attempt_at)
      SELECT endpoint.id, v.id, clock_timestamp() FROM fed v, endpoint WHERE ${wanted}
      ON CONFLICT DO NOTHING
    ), moved AS (
      UPDATE webhook_endpoints SET cursor_xid = last.xid, cursor_event_id = last.id
      FROM (SELECT xid, id FROM fed ORDER BY xid DESC, id DESC LIMIT 1) last, endpoint
      WHERE webhook_endpoints.id = endpoint.id
    )
    SELECT count(*)::integer AS looked FROM fed`);
  return row?.looked ?? 0;
}

/** What is due of an endpoint, longest due first, and of one order by sequence. */
export function dueDeliveries(db: Database, endpointId: string, limit: number): Promise<DeliveryView[]> {
  return views(db)
    .where(
      and(
        eq(webhookDeliveries.endpointId, endpointId),
        // In the text, for the index of what is pending; and now(), because a clock that runs is in no index.
        sql`${webhookDeliveries.status} = 'pending'`,
        // What was put on the list just now may be of the next millisecond.
        lte(webhookDeliveries.nextAttemptAt, sql`now() + interval '1 millisecond'`),
      ),
    )
    .orderBy(asc(webhookDeliveries.nextAttemptAt), asc(webhookDeliveries.eventId))
    .limit(limit);
}

/** How much an endpoint is behind. */
export interface Backlog {
  readonly pending: number;
  readonly failed: number;
  /** Epoch milliseconds; null: nothing is pending. */
  readonly nextAttemptAt: number | null;
}

export async function backlogOf(db: Database, endpointId: string): Promise<Backlog> {
  const [row] = await db.execute<{ pending: number; failed: number; next: number | null }>(sql`
    SELECT pending, next,
      (SELECT count(*)::integer FROM webhook_deliveries WHERE endpoint_id = ${endpointId} AND status = 'failed') AS failed
    FROM (SELECT count(*)::integer AS pending, (extract(epoch FROM min(next_attempt_at)) * 1000)::float8 AS next
      FROM webhook_deliveries WHERE endpoint_id = ${endpointId} AND status = 'pending') AS waiting`);
  return { pending: row?.pending ?? 0, failed: row?.failed ?? 0, nextAttemptAt: row?.next ?? null };
}

/** What one attempt said. */
export interface Attempt {
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

type Key = Pick<DeliveryRow, 'endpointId' | 'eventId'>;

function isThis({ endpointId, eventId }: Key) {
  return and(
    eq(webhookDeliveries.endpointId, endpointId),
    eq(webhookDeliveries.eventId, eventId),
    eq(webhookDeliveries.status, 'pending'),
  );
}

function attempted({ statusCode, error, durationMs }: Attempt) {
  return {
    attempts: sql`${webhookDeliveries.attempts} + 1`,
    firstAttemptAt: sql`coalesce(first_attempt_at, clock_timestamp())`,
    lastAttemptAt: sql`clock_timestamp()`,
    lastStatusCode: statusCode,
    lastError: error,
    lastDurationMs: durationMs,
  };
}

/** Records that an event got through, and that its endpoint is well. */
export async function recordDelivered(db: Database, key: Key, attempt: Attempt): Promise<void> {
  await db
    .update(webhookDeliveries)
    .set({
      ...attempted(attempt),
      ...{ status: 'delivered', nextAttemptAt: null, deliveredAt: sql`clock_timestamp()` },
    })
    .where(isThis(key));
  await db
    .update(webhookEndpoints)
    .set({ failingSince: null, lastError: null })
    .where(and(eq(webhookEndpoints.id, key.endpointId), sql`failing_since IS NOT NULL`, sql`deleted_at IS NULL`));
}

/** Records that an event did not get through. `retryInMs` null: that was the last attempt. */
export async function recordFailed(db: Database, key: Key, attempt: Attempt, retryInMs: number | null): Promise<void> {
  await db
    .update(webhookEndpoints)
    .set({ failingSince: sql`coalesce(failing_since, clock_timestamp())`, lastError: attempt.error })
    .where(and(eq(webhookEndpoints.id, key.endpointId), sql`deleted_at IS NULL`));
  await db
    .update(webhookDeliveries)
    .set({
      ...attempted(attempt),
      ...(retryInMs === null
        ? { status: 'failed', nextAttemptAt: null }
        : { nextAttemptAt: sql`clock_timestamp() + ${retryInMs}::float8 * interval '1 millisecond'` }),
    })
    .where(isThis(key));
}

/** Whether nothing has got through to the endpoint since this delivery was first tried. */
export async function hasOnlyFailed(db: Database, { endpointId, eventId }: Key): Promise<boolean> {
  const rows = await db.execute(sql`
    SELECT FROM webhook_endpoints e JOIN webhook_deliveries d ON d.endpoint_id = e.id
    WHERE e.id = ${endpointId} AND d.event_id = ${eventId} AND e.failing_since <= d.first_attempt_at`);
  return rows.length === 1;
}

/** In the text, for the index of what was not delivered. */
const STATUS_IS: Readonly<Record<DeliveryStatus, SQL>> = {
  pending: sql`${webhookDeliveries.status} = 'pending'`,
  failed: sql`${webhookDeliveries.status} = 'failed'`,
  delivered: sql`${webhookDeliveries.status} = 'delivered'`,
};

/** Of an endpoint, newest first, after `cursor` when one is given. */
export function listDeliveries(
  db: Database,
  endpointId: string,
  page: { limit: number; cursor: DeliveryRow | null; status: DeliveryStatus | null },
): Promise<DeliveryView[]> {
  const { limit, cursor, status } = page;
  return views(db)
    .where(
      and(
        eq(webhookDeliveries.endpointId, endpointId),
        status === null ? undefined : STATUS_IS[status],
        cursor === null
          ? undefined
          : sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.eventId}) < (${cursor.createdAt.toISOString()}::timestamptz, ${cursor.eventId})`,
      ),
    )
    .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.eventId))
    .limit(limit);
}

export async function findDelivery(db: Statements, endpointId: string, eventId: string): Promise<DeliveryView | null> {
  const [row] = await views(db).where(
    and(eq(webhookDeliveries.endpointId, endpointId), eq(webhookDeliveries.eventId, eventId)),
  );
  return row ?? null;
}

/**
 * Delivers events of an endpoint's owner to it once more, or for the first time, with a schedule of their own.
 *
 * @returns how many, at most `limit`, the oldest first
 */
export async function replayEvents(
  db: Statements,
  endpoint: EndpointRow,
  filter: EventFilter & { readonly eventId: string | null; readonly limit: number },
): Promise<number> {
  const conditions = and(
    eq(events.merchantId, endpoint.merchantId),
    eq(events.mode, endpoint.mode),
    filter.eventId === null ? sql`${events.type} <> 'webhook_endpoint.test'` : eq(events.id, filter.eventId),
    matches(endpoint, filter),
  );
  const rows = await db.execute(sql`
    INSERT INTO webhook_deliveries AS d (endpoint_id, event_id, next_attempt_at)
    SELECT ${endpoint.id}, events.id, clock_timestamp() FROM events WHERE ${conditions}
    ORDER BY events.xid, events.id LIMIT ${filter.limit}::integer
    ON CONFLICT (endpoint_id, event_id) DO UPDATE SET status = 'pending', attempts = 0, replays = d.replays + 1,
      first_attempt_at = NULL, next_attempt_at = clock_timestamp()
    RETURNING 1`);
  return rows.length;
}

export type ClaimedEndpoint = Pick<EndpointRow, 'id' | 'url'>;

/**
 * Enabled endpoints with something to do, each claimed for `claimMs`: no other dispatcher gets it in that time.
 * `enabled` tells how many there are at all.
 */
export async function claimEndpoints(
  db: Database,
  claimMs: number,
  limit: number,
): Promise<{ claimed: ClaimedEndpoint[]; enabled: number }> {
  const rows = await db.execute<{ id: string | null; url: string; enabled: number }>(sql`
    WITH claimed AS (
      UPDATE webhook_endpoints SET dispatched_until = clock_timestamp() + ${claimMs}::integer * interval '1 millisecond'
      WHERE id IN (
        SELECT e.id FROM webhook_endpoints e
        WHERE e.status = 'enabled' AND e.deleted_at IS NULL
          AND coalesce(e.dispatched_until < clock_timestamp(), true) AND coalesce(e.paused_until < clock_timestamp(), true)
          -- The next one in the order of the index. Asked whether there is any, all events may be read for it.
          AND (coalesce((SELECT true FROM events v
              WHERE v.merchant_id = e.merchant_id AND v.mode = e.mode AND (v.xid, v.id) > (e.cursor_xid, e.cursor_event_id)
                AND v.xid < pg_snapshot_xmin(pg_current_snapshot())
              ORDER BY v.xid, v.id LIMIT 1), false)
            OR EXISTS (SELECT FROM webhook_deliveries d
              WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= now()
              -- Looked up for each endpoint. Otherwise it may be planned as a read of all that is due.
              OFFSET 0))
        LIMIT ${limit}::integer FOR UPDATE SKIP LOCKED)
      RETURNING id, url
    )
    SELECT claimed.id, claimed.url, total.enabled
    FROM (SELECT count(*)::integer AS enabled FROM webhook_endpoints WHERE status = 'enabled' AND deleted_at IS NULL) total
      LEFT JOIN claimed ON true`);
  return { claimed: rows.flatMap(({ id, url }) => (id === null ? [] : { id, url })), enabled: rows[0]?.enabled ?? 0 };
}

/** Keeps dispatchers away while a workflow is at work, and lets them in again (0). */
export async function holdDispatch(db: Database, endpointId: string, holdMs: number): Promise<void> {
  const until = holdMs === 0 ? sql`NULL` : sql`clock_timestamp() + ${holdMs}::integer * interval '1 millisecond'`;
  await db.execute(sql`
    UPDATE webhook_endpoints SET dispatched_until = ${until} WHERE id = ${endpointId} AND deleted_at IS NULL`);
}

/** Sends nothing to an endpoint for a while. */
export async function pauseEndpoint(db: Database, endpointId: string, pauseMs: number): Promise<void> {
  await db.execute(sql`
    UPDATE webhook_endpoints SET paused_until = clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond'
    WHERE id = ${endpointId} AND deleted_at IS NULL`);
}

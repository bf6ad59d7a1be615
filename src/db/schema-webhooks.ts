/** Events, and what becomes of them on their way out. */
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Mode } from '../domain/terms.ts';
import { bytea, instant, xid8 } from './columns.ts';
import { escrowOrders, merchants } from './schema-orders.ts';

/**
 * The outbox: one row per public event of an order, dense in sequence, written in the commit's transaction. Events of
 * a merchant that belong to no order (a webhook endpoint was disabled) have neither order nor sequence.
 *
 * `(xid, id)` is the order in which they are handed on. Whatever has a smaller xid than every running transaction is
 * there for good, so a reader who stops before those misses nothing, although commits overtake each other.
 */
export const events = pgTable(
  'events',
  {
    id: text().primaryKey(),
    orderId: text('order_id'),
    sequence: integer(),
    type: text().notNull(),
    /** The log entry that made it; null for the creation of intent and order, which no command did. */
    version: integer(),
    data: jsonb().notNull(),
    createdAt: instant('created_at').notNull(),
    merchantId: text('merchant_id').notNull(),
    mode: text().$type<Mode>().notNull(),
    /** The transaction that wrote it; 0 for those that were there before this column. The application cannot set it. */
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    /** On the database's clock; null for those that were there before this column. The application cannot set it. */
    recordedAt: instant('recorded_at').default(sql`clock_timestamp()`),
  },
  (table) => [
    unique('events_sequence').on(table.orderId, table.sequence),
    foreignKey({
      name: 'events_order',
      columns: [table.orderId, table.merchantId, table.mode],
      foreignColumns: [escrowOrders.id, escrowOrders.merchantId, escrowOrders.mode],
    }),
    index('events_by_merchant').on(table.merchantId, table.mode, table.xid, table.id),
    index('events_by_recording').on(table.merchantId, table.mode, table.recordedAt).where(sql`recorded_at IS NOT NULL`),
    // Which entries of an order's log are about one milestone: without it, showing one event reads all of the log.
    index('events_of_milestone').on(table.orderId, sql`(data ->> 'index')`, table.version).where(sql`data ? 'index'`),
  ],
);

/** An event's bytes as the first endpoint got them: a later version of the program must not say it differently. */
export const webhookBodies = pgTable('webhook_bodies', {
  eventId: text('event_id')
    .primaryKey()
    .references(() => events.id),
  body: text().notNull(),
});

export type EndpointStatus = 'enabled' | 'disabled';
/** `request`: somebody asked for it; `gone`: it answered 410; `failing`: nothing got through for a whole schedule. */
export type DisabledReason = 'request' | 'gone' | 'failing';

/** Where a merchant wants events to be sent. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: text().primaryKey(),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    url: text().notNull(),
    description: text(),
    /** The published types that it wants; null: all. */
    eventTypes: jsonb('event_types').$type<string[]>(),
    status: text().$type<EndpointStatus>().notNull().default('enabled'),
    disabledReason: text('disabled_reason').$type<DisabledReason>(),
    disabledAt: instant('disabled_at'),
    /** Encrypted (src/webhooks/secrets.ts); null once the endpoint is deleted. */
    secret: bytea(),
    previousSecret: bytea('previous_secret'),
    previousSecretEndsAt: instant('previous_secret_ends_at'),
    /** The last event that was looked at for it: all up to here are among its deliveries, or are not wanted. */
    cursorXid: xid8('cursor_xid').notNull(),
    cursorEventId: text('cursor_event_id').notNull().default(''),
    /** Since when every attempt failed; null after a success. */
    failingSince: instant('failing_since'),
    lastError: text('last_error'),
    /** Nothing is sent to it before this: many attempts in a row failed. */
    pausedUntil: instant('paused_until'),
    /** Its workflow is at work, or was told to be: dispatchers leave it alone until then. */
    dispatchedUntil: instant('dispatched_until'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
    /** That the service wrote its address (src/proofs/endpoint-proofs.ts); null before 0.4.0. */
    proof: bytea(),
  },
  (table) => [index('webhook_endpoints_by_merchant').on(table.merchantId, table.mode, table.createdAt, table.id)],
);

/** Endpoints without a proof that are believed: those from before proofs. Only migrations write here. */
export const adoptedWebhookEndpoints = pgTable('adopted_webhook_endpoints', {
  endpointId: text('endpoint_id').primaryKey(),
  /** What the endpoint was then, as `webhook_endpoint_facts` has it. */
  facts: jsonb().notNull(),
});

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** One event on its way to one endpoint. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id),
    eventId: text('event_id')
      .notNull()
      .references(() => events.id),
    status: text().$type<DeliveryStatus>().notNull().default('pending'),
    /** Of this round: a replay begins anew. */
    attempts: integer().notNull().default(0),
    replays: integer().notNull().default(0),
    firstAttemptAt: instant('first_attempt_at'),
    lastAttemptAt: instant('last_attempt_at'),
    lastStatusCode: integer('last_status_code'),
    lastError: text('last_error'),
    lastDurationMs: integer('last_duration_ms'),
    /** Null unless it is pending. */
    nextAttemptAt: instant('next_attempt_at'),
    deliveredAt: instant('delivered_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.eventId] }),
    index('webhook_deliveries_due').on(table.endpointId, table.nextAttemptAt).where(sql`status = 'pending'`),
    index('webhook_deliveries_by_endpoint').on(table.endpointId, table.createdAt, table.eventId),
    index('webhook_deliveries_open')
      .on(table.endpointId, table.status, table.createdAt, table.eventId)
      .where(sql`status <> 'delivered'`),
    index('webhook_deliveries_done').on(sql`coalesce(last_attempt_at, created_at)`).where(sql`status <> 'pending'`),
  ],
);

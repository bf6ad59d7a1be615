/** Whose money it is, what is agreed about it, and everything that happened to it. */
import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { ActorRole, Command, CommandType, Resolution } from '../domain/commands.ts';
import type { MilestoneStatus, OrderStatus, PayoutStatus, ReleaseType } from '../domain/escrow-order.ts';
import type { Currency } from '../domain/money.ts';
import type { OrderEvent, Reason, RejectionDetail } from '../domain/outcomes.ts';
import type { Mode, Terms } from '../domain/terms.ts';
import { bytea, instant, money } from './columns.ts';

export type PaymentIntentStatus = 'INITIATED' | 'SUCCEEDED' | 'CANCELLED';
export type PaymentIntentType = 'CONSENTED_PULL' | 'DELIVERY_VS_PAYMENT';

export const merchants = pgTable('merchants', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});

/** `keys`: to make, list, rotate and revoke its merchant's keys. */
export type ApiKeyScope = 'keys';

export const apiKeys = pgTable(
  'api_keys',
  {
    /** The public part of the key, by which it is looked up. */
    id: text().primaryKey(),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    role: text().$type<ActorRole>().notNull(),
    /** SHA-256 of the whole key, which is shown once and never stored. */
    hash: bytea().notNull(),
    lastFour: text('last_four').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    name: text(),
    /** The only order that the key may see; null: all of its merchant's. */
    escrowOrderId: text('escrow_order_id').references((): AnyPgColumn => escrowOrders.id),
    /** The key that was made when this one was rotated. */
    replacedBy: text('replaced_by').references((): AnyPgColumn => apiKeys.id),
    /** What the key may do beyond its role. */
    scopes: text().array().$type<ApiKeyScope[]>().notNull().default([]),
    /** The key that asked for this one; null: made on the command line, or before this was noted. */
    createdBy: text('created_by').references((): AnyPgColumn => apiKeys.id),
    /** A minute may pass before a use shows here; null: never used since this is noted. */
    lastUsedAt: instant('last_used_at'),
    /** That the service made this key, as it is (src/proofs/api-key-proofs.ts); null before 0.4.0. */
    proof: bytea(),
  },
  (table) => [index('api_keys_by_merchant').on(table.merchantId, table.mode, table.createdAt, table.id)],
);

/** Keys without a proof that are believed: those from before proofs. Only migrations write here. */
export const adoptedApiKeys = pgTable('adopted_api_keys', {
  keyId: text('key_id').primaryKey(),
  /** What the key was then, as `api_key_facts` has it. */
  facts: jsonb().notNull(),
});

/** What all API processes have counted together. Its columns and their order are those of rate-limiter-flexible. */
export const rateLimits = pgTable('rate_limits', {
  key: text().primaryKey(),
  points: integer().notNull().default(0),
  /** Epoch milliseconds. */
  expire: bigint({ mode: 'number' }),
});

export const paymentIntents = pgTable(
  'payment_intents',
  {
    id: text().primaryKey(),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    type: text().$type<PaymentIntentType>().notNull(),
    status: text().$type<PaymentIntentStatus>().notNull().default('INITIATED'),
    amount: money('amount').notNull(),
    currency: text().$type<Currency>().notNull(),
    settlementMethod: text('settlement_method').notNull(),
    settlementDestination: text('settlement_destination').notNull(),
    description: text(),
    metadata: jsonb().$type<Record<string, string | number | boolean>>().notNull(),
    deliveryPeriod: bigint('delivery_period', { mode: 'number' }),
    expectedDeliveryHash: text('expected_delivery_hash'),
    deliveryOracle: text('delivery_oracle'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('payment_intents_by_merchant').on(table.merchantId, table.mode, table.createdAt, table.id),
    index('payment_intents_by_status').on(table.merchantId, table.mode, table.status, table.createdAt, table.id),
  ],
);

export const escrowOrders = pgTable(
  'escrow_orders',
  {
    id: text().primaryKey(),
    paymentIntentId: text('payment_intent_id')
      .notNull()
      .unique()
      .references(() => paymentIntents.id),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    amount: money('amount').notNull(),
    releaseType: text('release_type').$type<ReleaseType>().notNull(),
    autoReleaseOnProof: boolean('auto_release_on_proof').notNull(),
    terms: jsonb().$type<Terms>().notNull(),
    status: text().$type<OrderStatus>().notNull().default('PENDING'),
    /** Entries in the order log. */
    version: integer().notNull().default(0),
    /** When the last entry was judged. */
    lastAt: instant('last_at').notNull(),
    eventSequence: integer('event_sequence').notNull().default(0),
    fundedAmount: money('funded_amount').notNull().default('0'),
    /** Kept by a trigger; the application cannot write it. */
    allocatedAmount: money('allocated_amount').notNull().default('0'),
    releasedAmount: money('released_amount').notNull().default('0'),
    refundedAmount: money('refunded_amount').notNull().default('0'),
    nextDeadline: instant('next_deadline'),
    /** How often the order was woken because of this deadline. A trigger forgets both when the deadline changes. */
    wakes: integer().notNull().default(0),
    /** Since when the sweeper waits for what its last wake brings; null: for the deadline itself. */
    wakeAt: instant('wake_at'),
    /** How far the order's clock runs ahead of the real one; test mode only. */
    clockOffsetMs: bigint('clock_offset_ms', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    unique('escrow_orders_currency').on(table.id, table.currency),
    unique('escrow_orders_owner').on(table.id, table.merchantId, table.mode),
    index('escrow_orders_by_deadline').on(table.nextDeadline).where(sql`next_deadline is not null`),
    index('escrow_orders_due')
      .on(sql`coalesce(wake_at, next_deadline)`, table.id)
      .where(sql`coalesce(wake_at, next_deadline) is not null`),
  ],
);

/** Append-only. Version 1, 2, 3 … of each order without gap; each row hashes the one before it. */
export const orderLog = pgTable(
  'order_log',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    version: integer().notNull(),
    commandId: text('command_id').notNull(),
    commandType: text('command_type').$type<CommandType | 'unknown'>().notNull(),
    actorRole: text('actor_role').$type<ActorRole>().notNull(),
    actorId: text('actor_id').notNull(),
    outcome: text().$type<'accepted' | 'rejected' | 'held'>().notNull(),
    reason: text().$type<Reason>(),
    detail: jsonb().$type<RejectionDetail>(),
    events: jsonb().$type<OrderEvent[]>(),
    /** Of a held entry: the command as it came, and when its wait ends. */
    held: jsonb().$type<{ command: Command; until: number | null }>(),
    at: instant('at').notNull(),
    recordedAt: instant('recorded_at').notNull().defaultNow(),
    hash: bytea().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.version] }),
    // A command has at most one outcome, and is held at most once. Led by command_id to serve look-ups by it alone.
    uniqueIndex('order_log_one_outcome').on(table.commandId, table.orderId, sql`(outcome = 'held')`),
    // For the running verifier. Rows are only ever added, so a block range index is as good as a tree, and nearly free.
    index('order_log_by_recording').using('brin', table.recordedAt),
  ],
);

export const milestones = pgTable(
  'milestones',
  {
    id: text().primaryKey(),
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    milestoneIndex: integer('milestone_index').notNull(),
    currency: text().$type<Currency>().notNull(),
    description: text(),
    amount: money('amount').notNull(),
    percentage: doublePrecision(),
    dueAt: instant('due_at'),
    /** When it was recorded that the due date passed. */
    overdueAt: instant('overdue_at'),
    metadata: jsonb().$type<Record<string, string>>(),
    status: text().$type<MilestoneStatus>().notNull(),
    /** The entry of the order log that last changed this row. */
    version: integer().notNull(),
    createdAt: instant('created_at').notNull(),
    completedAt: instant('completed_at'),
    completedBy: text('completed_by'),
    completionProof: text('completion_proof'),
    completionProofURI: text('completion_proof_uri'),
    inspectionEndsAt: instant('inspection_ends_at'),
    /** By how much people extended the inspection in all; null: not at all. */
    extendedSeconds: bigint('extended_seconds', { mode: 'number' }),
    /** When the end of the inspection was announced. */
    remindedAt: instant('reminded_at'),
    cancelledAt: instant('cancelled_at'),
    releasedAt: instant('released_at'),
    releasedBy: text('released_by'),
    releasedAmount: money('released_amount'),
    refundedAmount: money('refunded_amount'),
  },
  (table) => [
    unique('milestone_index_taken').on(table.orderId, table.milestoneIndex),
    foreignKey({ columns: [table.orderId, table.currency], foreignColumns: [escrowOrders.id, escrowOrders.currency] }),
  ],
);

/** Disputes, by the entry that raised them. At most one of an order is open. */
export const disputes = pgTable(
  'disputes',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    version: integer().notNull(),
    /** Null: about the whole order. */
    milestoneIndex: integer('milestone_index'),
    reason: text().notNull(),
    raisedBy: text('raised_by').notNull(),
    windowSeconds: bigint('window_seconds', { mode: 'number' }).notNull(),
    raisedAt: instant('raised_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    /** Null while it is open. */
    endedAt: instant('ended_at'),
    resolution: text().$type<Resolution | 'WITHDRAWN'>(),
    resolvedBy: text('resolved_by'),
    merchantAmount: money('merchant_amount'),
    buyerAmount: money('buyer_amount'),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.version] }),
    uniqueIndex('dispute_open').on(table.orderId).where(sql`ended_at is null`),
    index('disputes_by_milestone').on(table.orderId, table.milestoneIndex, table.version),
  ],
);

/** Money on its way from a merchant's account to their settlement destination: one for each release. */
export const payouts = pgTable(
  'payouts',
  {
    id: text().primaryKey(),
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    /** Null: of what a resolution paid beyond milestones. */
    milestoneIndex: integer('milestone_index'),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    amount: money('amount').notNull(),
    status: text().$type<PayoutStatus>().notNull(),
    /** The entry of the order log that last changed this row. */
    version: integer().notNull(),
    /** How often it was tried, over all retries. */
    attempts: integer().notNull().default(0),
    lastError: text('last_error'),
    /** What the settlement calls it. */
    reference: text(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    paidAt: instant('paid_at'),
  },
  (table) => [
    unique('payout_of_release').on(table.orderId, table.milestoneIndex).nullsNotDistinct(),
    index('payouts_by_merchant').on(table.merchantId, table.mode, table.createdAt, table.id),
    index('payouts_by_status').on(table.merchantId, table.mode, table.status, table.createdAt, table.id),
    index('payouts_unpaid').on(table.orderId).where(sql`status <> 'PAID'`),
    index('payouts_pending').on(table.updatedAt).where(sql`status = 'PENDING'`),
    index('payouts_failed').on(table.updatedAt).where(sql`status = 'FAILED'`),
  ],
);

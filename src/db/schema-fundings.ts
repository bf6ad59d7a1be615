/** Buyers' money on its way in. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { FundOrder } from '../domain/commands.ts';
import type { Currency } from '../domain/money.ts';
import type { Mode } from '../domain/terms.ts';
import { bytea, instant, money } from './columns.ts';
import { escrowOrders, paymentIntents } from './schema-orders.ts';

/**
 * SUBMITTED: the port is asked, or was and did not say; the money may be there. COLLECTED: it is there. REFUSED: it is
 * not, and may be asked for again. RETURNING: it may be there, and its intent is cancelled. RETURNED: it was given back.
 */
export type FundingStatus = 'SUBMITTED' | 'COLLECTED' | 'REFUSED' | 'RETURNING' | 'RETURNED';

/** Collections through a funding port, each recorded before its port is asked. */
export const fundings = pgTable(
  'fundings',
  {
    intentId: text('intent_id')
      .primaryKey()
      .references(() => paymentIntents.id),
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    mode: text().$type<Mode>().notNull(),
    currency: text().$type<Currency>().notNull(),
    amount: money('amount').notNull(),
    status: text().$type<FundingStatus>().notNull(),
    /** Tells the order once the money is there: of the request that asked last. */
    command: jsonb().$type<FundOrder>().notNull(),
    /** Both of that request, so that whoever sends the command claims its key. */
    idempotencyKey: text('idempotency_key'),
    fingerprint: bytea(),
    /** That the service wants this command told and this key claimed (src/proofs/stored-proofs.ts). */
    proof: bytea(),
    /** Whether something is left to do. */
    open: boolean().notNull().default(true),
    /** How often the sweeper took it since it was last asked for. */
    attempts: integer().notNull().default(0),
    lastError: text('last_error'),
    /** When the sweeper takes an open one. */
    lookAt: instant('look_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** When its status last changed. */
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [index('fundings_open').on(table.lookAt).where(sql`open`)],
);

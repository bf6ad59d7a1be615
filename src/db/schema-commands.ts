/** Commands on their way: those that wait for their turn, and those that are stored before they are answered. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { ActorRole, Command } from '../domain/commands.ts';
import type { RejectionDetail, TurnReason } from '../domain/outcomes.ts';
import type { Mode } from '../domain/terms.ts';
import { bytea, instant } from './columns.ts';
import { escrowOrders, merchants } from './schema-orders.ts';

/** Commands that wait for their turn, in full: the workflow remembers only what it needs to decide. */
export const heldCommands = pgTable(
  'held_commands',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => escrowOrders.id),
    commandId: text('command_id').notNull(),
    version: integer().notNull(),
    command: jsonb().$type<Command>().notNull(),
    reason: text().$type<TurnReason>().notNull(),
    detail: jsonb().$type<RejectionDetail>().notNull(),
    until: instant('until'),
    heldAt: instant('held_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.commandId] })],
);

/** What a request was answered, without what is secret in it. The body as text, because jsonb would sort its keys. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The command; or, of a request that is none, the intent that it made or its answer, with the API key that asked first
 * where that is known.
 */
export type CommandPayload =
  | Command
  | { readonly paymentIntentId: string }
  | { readonly answer: StoredAnswer; readonly askedBy?: string };

/**
 * Commands stored before they are answered: claims of idempotency keys, and commands answered with 202. An open one
 * has no outcome as far as the sweeper knows; it sends it again.
 */
export const commands = pgTable(
  'commands',
  {
    commandId: text('command_id').primaryKey(),
    merchantId: text('merchant_id')
      .notNull()
      .references(() => merchants.id),
    mode: text().$type<Mode>().notNull(),
    role: text().$type<ActorRole>().notNull(),
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 over the canonical JSON of what was asked; null without an idempotency key. */
    fingerprint: bytea(),
    /** Null for a request that is not a command to an order: its effect and this row commit together. */
    orderId: text('order_id').references(() => escrowOrders.id),
    payload: jsonb().$type<CommandPayload>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    open: boolean().notNull(),
    /** That the service stored this command for this order (src/proofs/stored-proofs.ts); null before 0.4.0. */
    proof: bytea(),
    /** That the service made this claim for its idempotency key, as it is; null without one, and before 0.4.0. */
    claimProof: bytea('claim_proof'),
    /** How often the sweeper took it. Once it did, its maker may not withdraw it. */
    attempts: integer().notNull().default(0),
    /** When the sweeper takes an open one. */
    lookAt: instant('look_at').notNull().default(sql`now() + interval '5 seconds'`),
  },
  (table) => [
    unique('idempotency_key_claimed').on(table.merchantId, table.mode, table.role, table.idempotencyKey),
    index('commands_open').on(table.createdAt).where(sql`open`),
    index('commands_due').on(table.lookAt).where(sql`open`),
    index('commands_open_of_order').on(table.orderId).where(sql`open`),
    index('commands_closed').on(table.createdAt).where(sql`NOT open`),
  ],
);

/** Commands and claims without a proof that are believed: those from before proofs. Only migrations write here. */
export const adoptedCommands = pgTable('adopted_commands', {
  commandId: text('command_id').primaryKey(),
  payload: jsonb().$type<CommandPayload>().notNull(),
  /** Of all that the stored command said then, as `stored_command_digest` has it. */
  digest: bytea(),
});

/** Commands that were taken back before anything came of them, and may not come again. Only a guard writes here. */
export const withdrawnCommands = pgTable(
  'withdrawn_commands',
  {
    commandId: text('command_id').primaryKey(),
    withdrawnAt: instant('withdrawn_at').notNull().defaultNow(),
  },
  (table) => [index('withdrawn_commands_at').on(table.withdrawnAt)],
);

/**
 * The API's statements: its reads, each one statement, and its two writes, idempotency claims and new intents.
 * Everything else about an order is written by the activities alone.
 */
import { and, asc, desc, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm';
import type { ActorRole, Command } from '../domain/commands.ts';
import type { Database } from './client.ts';
import { type DisputeRow, isLatestOfMilestone, itsDispute } from './dispute-queries.ts';
import { insertEvents, type NewEvent } from './events.ts';
import type { LogEntry } from './order-log.ts';
import type { Owner } from './owner.ts';
import {
  type CommandPayload,
  commands,
  escrowOrders,
  milestones,
  orderLog,
  paymentIntents,
  type StoredAnswer,
} from './schema.ts';

export type { StoredAnswer };

export type IntentRow = typeof paymentIntents.$inferSelect;
export type OrderRow = typeof escrowOrders.$inferSelect;
/** A milestone, with the latest dispute about it; a dispute about the whole order is not one. */
export type MilestoneRow = typeof milestones.$inferSelect & { readonly dispute: DisputeRow | null };

const { hash: _hash, recordedAt: _recordedAt, ...entryColumns } = getTableColumns(orderLog);
/** A command may be held and then have an outcome; the outcome speaks. */
const outcomeBeforeHold = sql`${orderLog.outcome} = 'held'`;

const milestoneColumns = { ...getTableColumns(milestones), dispute: itsDispute };

/** A payment intent with its escrow order, whoever owns it; null when there is no such intent. */
export async function findIntent(
  db: Database,
  intentId: string,
): Promise<{ intent: IntentRow; order: OrderRow | null } | null> {
  const [row] = await db
    .select({ intent: paymentIntents, order: escrowOrders })
    .from(paymentIntents)
    .leftJoin(escrowOrders, eq(escrowOrders.paymentIntentId, paymentIntents.id))
    .where(eq(paymentIntents.id, intentId));
  return row ?? null;
}

/** The owner's intents, newest first, after `cursor` when one is given. */
export function listIntents(
  db: Database,
  owner: Owner,
  page: {
    limit: number;
    cursor: IntentRow | null;
    /** The only one to list; null: all. */
    intentId: string | null;
    status: IntentRow['status'] | null;
    /** Epoch milliseconds. */
    createdFrom: number | null;
    createdBefore: number | null;
  },
): Promise<IntentRow[]> {
  const { limit, cursor, intentId, status, createdFrom, createdBefore } = page;
  return db
    .select()
    .from(paymentIntents)
    .where(
      and(
        eq(paymentIntents.merchantId, owner.merchantId),
        eq(paymentIntents.mode, owner.mode),
        intentId === null ? undefined : eq(paymentIntents.id, intentId),
        status === null ? undefined : eq(paymentIntents.status, status),
        createdFrom === null ? undefined : gte(paymentIntents.createdAt, new Date(createdFrom)),
        createdBefore === null ? undefined : lt(paymentIntents.createdAt, new Date(createdBefore)),
        cursor === null
          ? undefined
          : sql`(${paymentIntents.createdAt}, ${paymentIntents.id}) < (${cursor.createdAt.toISOString()}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(paymentIntents.createdAt), desc(paymentIntents.id))
    .limit(limit);
}

/** One milestone by its position; null when it was never created. */
export async function findMilestone(db: Database, orderId: string, index: number): Promise<MilestoneRow | null> {
  const [row] = await db
    .select(milestoneColumns)
    .from(milestones)
    .leftJoin(itsDispute, isLatestOfMilestone)
    .where(and(eq(milestones.orderId, orderId), eq(milestones.milestoneIndex, index)));
  return row ?? null;
}

/** What is recorded for one of the owner's commands: its outcome first, then the entry that held it. */
export function findCommandEntries(
  db: Database,
  owner: Owner,
  commandId: string,
): Promise<{ entry: LogEntry; order: OrderRow; payload: CommandPayload | null }[]> {
  return db
    .select({ entry: entryColumns, order: escrowOrders, payload: commands.payload })
    .from(orderLog)
    .innerJoin(escrowOrders, eq(escrowOrders.id, orderLog.orderId))
    .leftJoin(commands, and(eq(commands.commandId, orderLog.commandId), eq(commands.orderId, orderLog.orderId)))
    .where(
      and(
        eq(orderLog.commandId, commandId),
        eq(escrowOrders.merchantId, owner.merchantId),
        eq(escrowOrders.mode, owner.mode),
      ),
    )
    .orderBy(asc(orderLog.orderId), outcomeBeforeHold);
}

/** A stored command to an order of the owner, whether or not anything is recorded for it. */
export async function findStoredCommand(
  db: Database,
  owner: Owner,
  commandId: string,
): Promise<{ order: OrderRow; payload: Command; proof: Buffer | null; isAdopted: boolean } | null> {
  const [row] = await db
    .select({ order: escrowOrders, payload: commands.payload, proof: commands.proof, isAdopted })
    .from(commands)
    .innerJoin(escrowOrders, eq(escrowOrders.id, commands.orderId))
    .where(
      and(eq(commands.commandId, commandId), eq(commands.merchantId, owner.merchantId), eq(commands.mode, owner.mode)),
    );
  return row && 'type' in row.payload ? { ...row, payload: row.payload } : null;
}

/** Whose key it is: it belongs to the merchant's role, not to the API key, so rotating that does not reopen it. */
export interface KeyScope extends Owner {
  readonly role: ActorRole;
  readonly idempotencyKey: string;
}

export type NewCommand = typeof commands.$inferInsert;

export interface Claim {
  readonly commandId: string;
  readonly fingerprint: Buffer | null;
  readonly payload: CommandPayload;
  /** By the database's clock, which all API processes share. */
  readonly ageMs: number;
  readonly orderId: string | null;
  readonly proof: Buffer | null;
  readonly claimProof: Buffer | null;
  /** Whether it was there, as it is, before there were proofs. */
  readonly isAdopted: boolean;
  /** The outcome, or else the entry that holds the command; null when nothing is recorded yet. */
  readonly entry: LogEntry | null;
}

/** Stores a command; false when its id or idempotency key is there already. */
export async function storeCommand(db: Pick<Database, 'insert'>, command: NewCommand): Promise<boolean> {
  const stored = await db
    .insert(commands)
    .values(command)
    .onConflictDoNothing()
    .returning({ commandId: commands.commandId });
  return stored.length === 1;
}

/** Puts the answer into the claim of a request that is no command to an order. */
export async function storeAnswer(
  db: Pick<Database, 'update'>,
  { commandId, payload, claimProof = null }: Pick<NewCommand, 'commandId' | 'payload' | 'claimProof'>,
): Promise<void> {
  await db.update(commands).set({ payload, claimProof }).where(eq(commands.commandId, commandId));
}

/** The claim of an idempotency key, with what is recorded for its command. */
export async function findClaim(db: Database, scope: KeyScope): Promise<Claim | null> {
  const [row] = await db
    .select({
      commandId: commands.commandId,
      fingerprint: commands.fingerprint,
      payload: commands.payload,
      ageMs: sql<number>`extract(epoch from clock_timestamp() - ${commands.createdAt})::float8 * 1000`,
      orderId: commands.orderId,
      proof: commands.proof,
      claimProof: commands.claimProof,
      isAdopted,
      entry: entryColumns,
    })
    .from(commands)
    .leftJoin(orderLog, and(eq(orderLog.commandId, commands.commandId), eq(orderLog.orderId, commands.orderId)))
    .where(
      and(
        eq(commands.merchantId, scope.merchantId),
        eq(commands.mode, scope.mode),
        eq(commands.role, scope.role),
        eq(commands.idempotencyKey, scope.idempotencyKey),
      ),
    )
    .orderBy(outcomeBeforeHold)
    .limit(1);
  return row ?? null;
}

/** Whether a stored command was there, as it is, before there were proofs. */
export const isAdopted = sql<boolean>`EXISTS (SELECT FROM adopted_commands a
  WHERE a.command_id = ${commands.commandId} AND a.digest = stored_command_digest(${commands}))`;

/** Of an order, those without an entry in its log, the first received first; at most as many as come in one batch. */
export async function openCommandsOf(
  db: Database,
  orderId: string,
): Promise<{ payload: Command; proof: Buffer | null; isAdopted: boolean }[]> {
  const isUnrecorded = sql`NOT EXISTS (SELECT FROM order_log
    WHERE order_log.command_id = ${commands.commandId} AND order_log.order_id = ${commands.orderId})`;
  const rows = await db
    .select({ payload: commands.payload, proof: commands.proof, isAdopted })
    .from(commands)
    // Literally, as the index has it: https://www.postgresql.org/docs/18/indexes-partial.html
    .where(and(sql`open`, eq(commands.orderId, orderId), isUnrecorded))
    .orderBy(sql`(${commands.payload} ->> 'receivedAt')::numeric`)
    .limit(OPEN_COMMANDS_MAX);
  return rows.flatMap((row) => ('type' in row.payload ? [{ ...row, payload: row.payload }] : []));
}

/** In one answer; whoever asks comes again. */
export const OPEN_COMMANDS_MAX = 100;

/** Puts a new command in the place of one whose outcome is not final; false when somebody else was faster. */
export async function replaceCommand(
  db: Database,
  oldCommandId: string,
  { commandId, payload, proof = null, claimProof = null }: NewCommand,
): Promise<boolean> {
  const replaced = await db
    .update(commands)
    .set({
      ...{ commandId, payload, proof, claimProof, open: true, createdAt: sql`clock_timestamp()` },
      ...{ attempts: 0, lookAt: sql`clock_timestamp() + interval '5 seconds'` },
    })
    .where(eq(commands.commandId, oldCommandId))
    .returning({ commandId: commands.commandId });
  return replaced.length === 1;
}

/**
 * Forgets a claim that nobody else can have sent: one younger than `youngerThanMs` that no sweeper took. False when it
 * stays.
 */
export async function withdrawClaim(db: Database, commandId: string, youngerThanMs: number): Promise<boolean> {
  const withdrawn = await db
    .delete(commands)
    .where(
      and(
        eq(commands.commandId, commandId),
        eq(commands.attempts, 0),
        sql`${commands.createdAt} > clock_timestamp() - ${youngerThanMs} * interval '1 millisecond'`,
      ),
    )
    .returning({ commandId: commands.commandId });
  return withdrawn.length === 1;
}

/** Forgets a claim whose retention is over. */
export async function forgetClaim(db: Database, commandId: string, olderThanMs: number): Promise<void> {
  await db
    .delete(commands)
    .where(
      and(
        eq(commands.commandId, commandId),
        lt(commands.createdAt, sql`clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`),
      ),
    );
}

/**
 * Inserts an intent with its escrow order and their events, or nothing at all when its idempotency key is taken.
 *
 * @returns whether it was inserted
 */
export function insertIntent(
  db: Database,
  rows: {
    intent: typeof paymentIntents.$inferInsert;
    order: typeof escrowOrders.$inferInsert | null;
    events: readonly NewEvent[];
    claim: NewCommand | null;
  },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // First, because it decides: a repeat waits here until the first has committed, and then writes nothing.
    if (rows.claim && !(await storeCommand(tx, rows.claim))) return false;
    await tx.insert(paymentIntents).values(rows.intent);
    if (rows.order) {
      await tx.insert(escrowOrders).values(rows.order);
      await insertEvents(tx, rows.events);
    }
    return true;
  });
}

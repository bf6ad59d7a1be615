/**
 * Statements about collections of buyers' money. When an intent succeeds or is cancelled, a trigger closes its funding
 * or sends the money back, in the commit that decided it (the guards of fundings).
 */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { FundOrder } from '../domain/commands.ts';
import { type Amount, type Currency, formatAmount } from '../domain/money.ts';
import type { Mode } from '../domain/terms.ts';
import type { Database } from './client.ts';
import type { NewCommand } from './queries.ts';
import { type FundingStatus, fundings } from './schema-fundings.ts';
import type { PaymentIntentStatus } from './schema-orders.ts';

/** How long an open funding is left to whoever took it: longer than a port may take to answer. */
const LEASE_SECONDS = 15;
const LEASE_MAX_SECONDS = 600;

/**
 * Records that the port is about to be asked for an intent's money, unless the intent is decided. It waits for a commit
 * that decides it, and such a commit waits for it.
 *
 * @param proof that the service wants this (src/proofs/stored-proofs.ts)
 * @returns the command that tells the order, and what proves it: an earlier one's, when this is a repeat under its
 *   idempotency key; null: nothing may be collected
 */
export async function claimFunding(
  db: Database,
  intentId: string,
  command: FundOrder,
  claim: Pick<NewCommand, 'idempotencyKey' | 'fingerprint'> | null,
  proof: Buffer | null = null,
): Promise<{ command: FundOrder; proof: Buffer | null } | null> {
  const isRepeat = sql`fundings.idempotency_key = excluded.idempotency_key
    AND fundings.fingerprint = excluded.fingerprint AND fundings.command #>> '{actor,role}' = excluded.command #>> '{actor,role}'`;
  const [row] = await db.execute<{ command: FundOrder; proof: Buffer | null }>(sql`
    INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, idempotency_key, fingerprint,
      proof, look_at)
    SELECT i.id, o.id, i.mode, i.currency, i.amount, 'SUBMITTED', ${JSON.stringify(command)}::jsonb,
      ${claim?.idempotencyKey ?? null}::text, ${claim?.fingerprint ?? null}::bytea, ${proof}::bytea, ${leaseOf(sql`0`)}
    FROM payment_intents i JOIN escrow_orders o ON o.payment_intent_id = i.id
    WHERE i.id = ${intentId} AND i.status = 'INITIATED' FOR SHARE OF i
    ON CONFLICT (intent_id) DO UPDATE SET open = true, attempts = 0, look_at = excluded.look_at,
      status = CASE fundings.status WHEN 'REFUSED' THEN 'SUBMITTED' ELSE fundings.status END,
      command = CASE WHEN ${isRepeat} THEN fundings.command ELSE excluded.command END,
      proof = CASE WHEN ${isRepeat} THEN fundings.proof ELSE excluded.proof END,
      idempotency_key = excluded.idempotency_key, fingerprint = excluded.fingerprint
    WHERE fundings.status IN ('SUBMITTED', 'REFUSED', 'COLLECTED')
    RETURNING command, proof`);
  return row ?? null;
}

export interface FundingRecord {
  readonly status: FundingStatus;
  readonly open: boolean;
}

/** The collection for an intent; null when there was none. */
export async function findFunding(db: Database, intentId: string): Promise<FundingRecord | null> {
  const { status, open } = fundings;
  const [row] = await db.select({ status, open }).from(fundings).where(eq(fundings.intentId, intentId));
  return row ?? null;
}

/** Records that the money is there. Where it came too late for its intent, it goes back. */
export async function recordCollected(db: Database, intentId: string): Promise<void> {
  const isUndecided = sql`EXISTS (SELECT FROM payment_intents i WHERE i.id = intent_id AND i.status = 'INITIATED')`;
  const collected = await change(db, intentId, ['SUBMITTED', 'REFUSED', 'COLLECTED'], {
    status: 'COLLECTED',
    open: isUndecided,
    lastError: null,
  });
  if (!collected) {
    await change(db, intentId, ['RETURNED'], { status: 'RETURNING', open: true, lookAt: sql`clock_timestamp()` });
  }
}

/** Records that the port refused for good. */
export async function recordRefused(db: Database, intentId: string, error: string): Promise<void> {
  await change(db, intentId, ['SUBMITTED'], { status: 'REFUSED', open: false, lastError: error });
}

/** Records that the money is with the buyer again. */
export async function recordReturned(db: Database, intentId: string): Promise<void> {
  await change(db, intentId, ['RETURNING'], { status: 'RETURNED', open: false, lastError: null });
}

/** Keeps why the port has not done what it was asked. */
export async function keepFundingError(db: Database, intentId: string, error: string): Promise<void> {
  await db.update(fundings).set({ lastError: error }).where(eq(fundings.intentId, intentId));
}

/** Another command in place of one that was refused although the money is there, or that the service did not store. */
export async function replaceFundingCommand(
  db: Database,
  intentId: string,
  command: FundOrder,
  proof: Buffer | null,
): Promise<void> {
  await db.update(fundings).set({ command, proof }).where(eq(fundings.intentId, intentId));
}

/** An open collection with what its next step depends on. */
export interface DueFunding {
  /** The intent's id, under which the port collects. */
  readonly key: string;
  readonly mode: Mode;
  readonly currency: Currency;
  readonly amount: Amount;
  readonly orderId: string;
  readonly merchantId: string;
  readonly status: FundingStatus;
  readonly command: FundOrder;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
  readonly proof: Buffer | null;
  readonly intentStatus: PaymentIntentStatus;
  /** Whether the order's log has its command as rejected. */
  readonly isRejected: boolean;
}

/**
 * Takes open collections whose time has come; nobody else gets them for a while. The while grows with each time, up to
 * ten minutes.
 */
export async function takeDueFundings(db: Database, limit: number): Promise<DueFunding[]> {
  const rows = await db.execute<DueFunding & Record<string, unknown>>(sql`
    UPDATE fundings f SET attempts = f.attempts + 1, look_at = ${leaseOf(sql`f.attempts`)}
    FROM payment_intents i
    WHERE i.id = f.intent_id AND f.intent_id = ANY(ARRAY(
      SELECT intent_id FROM fundings WHERE open AND look_at <= now()
      ORDER BY look_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING f.intent_id AS key, f.order_id AS "orderId", i.merchant_id AS "merchantId", f.mode, f.currency,
      f.amount::text AS amount, f.status, f.command, f.idempotency_key AS "idempotencyKey",
      f.fingerprint, f.proof, i.status AS "intentStatus", EXISTS (SELECT FROM order_log l
        WHERE l.command_id = f.command ->> 'id' AND l.order_id = f.order_id AND l.outcome = 'rejected') AS "isRejected"`);
  return rows.map((row) => ({ ...row, amount: formatAmount(row.amount) }));
}

function leaseOf(attempts: SQL): SQL {
  return sql`clock_timestamp() + least(${LEASE_SECONDS} * 2 ^ least(${attempts}, 10), ${LEASE_MAX_SECONDS}) * interval '1 second'`;
}

async function change(
  db: Database,
  intentId: string,
  from: readonly FundingStatus[],
  to: PgUpdateSetSource<typeof fundings>,
): Promise<boolean> {
  const changed = await db
    .update(fundings)
    .set(to)
    .where(and(eq(fundings.intentId, intentId), inArray(fundings.status, [...from])))
    .returning({ id: fundings.intentId });
  return changed.length === 1;
}

/**
 * Statements about webhook endpoints. What is on its way to them is in webhook-deliveries.ts.
 */
import { and, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import { insertEvents, type NewEvent } from './events.ts';
import type { Owner } from './owner.ts';
import { type DisabledReason, webhookDeliveries, webhookEndpoints } from './schema.ts';

/** A connection, or a transaction on one. */
export type Statements = Pick<Database, 'select' | 'insert' | 'update' | 'execute' | 'transaction' | '$count'>;

export type EndpointRow = typeof webhookEndpoints.$inferSelect;
/** An endpoint, and whether its address is believed without a proof: it was there, as it is, before there were any. */
export type StoredEndpoint = EndpointRow & { readonly isAdopted: boolean };

const isAdopted = sql<boolean>`EXISTS (SELECT FROM adopted_webhook_endpoints a
  WHERE a.endpoint_id = ${webhookEndpoints.id} AND a.facts = webhook_endpoint_facts(${webhookEndpoints}))`;

const exists = isNull(webhookEndpoints.deletedAt);
/** Nothing recorded before is older than this, and whatever is recorded from now on is not. */
const NOW_XID = sql<string>`pg_snapshot_xmin(pg_current_snapshot())`;

/**
 * Adds an endpoint, which gets the events recorded from now on. The database refuses one too many
 * (webhook_endpoints_full).
 */
export async function insertEndpoint(
  db: Statements,
  values: Pick<EndpointRow, 'id' | 'merchantId' | 'mode' | 'url' | 'description' | 'eventTypes' | 'secret' | 'proof'>,
): Promise<EndpointRow> {
  const [row] = await db
    .insert(webhookEndpoints)
    .values({ ...values, cursorXid: NOW_XID })
    .returning();
  if (!row) throw new Error(`Webhook endpoint ${values.id} was not inserted`);
  return row;
}

/**
 * An endpoint, whoever owns it; null when there is none, or none any more.
 *
 * @param options.deleted whether a deleted one counts, too: a page after it can still be asked for
 */
export async function findEndpoint(
  db: Statements,
  id: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<StoredEndpoint | null> {
  const [row] = await db
    .select({ ...getTableColumns(webhookEndpoints), isAdopted })
    .from(webhookEndpoints)
    .where(and(eq(webhookEndpoints.id, id), deleted ? undefined : exists));
  return row ?? null;
}

/** The owner's endpoints, newest first, after `cursor` when one is given. */
export function listEndpoints(
  db: Statements,
  owner: Owner,
  page: { limit: number; cursor: EndpointRow | null },
): Promise<EndpointRow[]> {
  const { limit, cursor } = page;
  return db
    .select()
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.merchantId, owner.merchantId),
        eq(webhookEndpoints.mode, owner.mode),
        exists,
        cursor === null
          ? undefined
          : sql`(${webhookEndpoints.createdAt}, ${webhookEndpoints.id}) < (${cursor.createdAt.toISOString()}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(webhookEndpoints.createdAt), desc(webhookEndpoints.id))
    .limit(limit);
}

export interface EndpointChange extends Partial<Pick<EndpointRow, 'description' | 'eventTypes'>> {
  readonly address?: Pick<EndpointRow, 'url' | 'proof'>;
}

/** Changes an endpoint. Null: there is none any more. */
export async function changeEndpoint(
  db: Statements,
  id: string,
  { address, ...change }: EndpointChange,
): Promise<EndpointRow | null> {
  const [row] = await db
    .update(webhookEndpoints)
    // Another address, another chance.
    .set({ ...change, updatedAt: sql`clock_timestamp()`, ...(address && { ...address, pausedUntil: null }) })
    .where(and(eq(webhookEndpoints.id, id), exists))
    .returning();
  return row ?? null;
}

/**
 * Makes an enabled endpoint get no more. What was on its way to it has failed, and can be replayed.
 *
 * @param event tells the merchant's other endpoints; null where the merchant knows
 * @returns whether it was enabled until now
 */
export function disableEndpoint(
  db: Statements,
  id: string,
  reason: DisabledReason,
  event: NewEvent | null = null,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const disabled = await tx
      .update(webhookEndpoints)
      .set({
        ...{ status: 'disabled', disabledReason: reason },
        ...{ disabledAt: sql`clock_timestamp()`, updatedAt: sql`clock_timestamp()` },
      })
      .where(and(eq(webhookEndpoints.id, id), eq(webhookEndpoints.status, 'enabled'), exists))
      .returning({ id: webhookEndpoints.id });
    if (disabled.length === 0) return false;
    await failPending(tx, id, 'The endpoint was disabled');
    if (event) await insertEvents(tx, [event]);
    return true;
  });
}

/** Makes a disabled endpoint get the events recorded from now on. Those in between are left to a replay. */
export async function enableEndpoint(db: Statements, id: string): Promise<void> {
  await db
    .update(webhookEndpoints)
    .set({
      ...{ status: 'enabled', disabledReason: null, disabledAt: null, failingSince: null, pausedUntil: null },
      ...{ cursorXid: NOW_XID, cursorEventId: '', updatedAt: sql`clock_timestamp()` },
    })
    .where(and(eq(webhookEndpoints.id, id), eq(webhookEndpoints.status, 'disabled'), exists));
}

/** Ends an endpoint for good and forgets its secrets. */
export function deleteEndpoint(db: Statements, id: string): Promise<void> {
  return db.transaction(async (tx) => {
    await tx
      .update(webhookEndpoints)
      .set({ deletedAt: sql`clock_timestamp()`, secret: null, previousSecret: null, previousSecretEndsAt: null })
      .where(and(eq(webhookEndpoints.id, id), exists));
    await failPending(tx, id, 'The endpoint was deleted');
  });
}

/** Gives an endpoint another secret; the one until now stays good for `overlapMs`. */
export async function replaceSecret(
  db: Statements,
  id: string,
  secret: Buffer,
  overlapMs: number,
): Promise<EndpointRow | null> {
  const [row] = await db
    .update(webhookEndpoints)
    .set({
      ...{ secret, previousSecret: webhookEndpoints.secret as never, updatedAt: sql`clock_timestamp()` },
      previousSecretEndsAt: sql`clock_timestamp() + ${overlapMs}::integer * interval '1 millisecond'`,
    })
    .where(and(eq(webhookEndpoints.id, id), exists))
    .returning();
  return row ?? null;
}

/** Ends a pause: somebody wants it tried now. */
export async function endPause(db: Statements, id: string): Promise<void> {
  await db
    .update(webhookEndpoints)
    .set({ pausedUntil: null, dispatchedUntil: null })
    .where(and(eq(webhookEndpoints.id, id), exists));
}

async function failPending(tx: Pick<Database, 'update'>, endpointId: string, lastError: string): Promise<void> {
  await tx
    .update(webhookDeliveries)
    .set({ status: 'failed', nextAttemptAt: null, lastError: sql`coalesce(last_error || '; ', '') || ${lastError}` })
    .where(and(eq(webhookDeliveries.endpointId, endpointId), sql`${webhookDeliveries.status} = 'pending'`));
}

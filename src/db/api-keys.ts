/**
 * The statements of API keys: looked up by each request, made, listed, replaced and revoked.
 */
import { and, desc, eq, getTableColumns, isNull, or, sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import type { Owner } from './owner.ts';
import { texts } from './parameters.ts';
import { apiKeys, escrowOrders, merchants } from './schema.ts';

export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type NewApiKeyRow = typeof apiKeys.$inferInsert;
/** A key, and whether it is believed without a proof (src/proofs/api-key-proofs.ts): it was there, as it is, before there were any. */
export type StoredApiKey = ApiKeyRow & { readonly isAdopted: boolean };
/** A key with the payment intent of the order that it is bound to. */
export type UsableApiKey = StoredApiKey & { readonly boundIntentId: string | null };

const isAdopted = sql<boolean>`EXISTS (SELECT FROM adopted_api_keys a
  WHERE a.key_id = ${apiKeys.id} AND a.facts = api_key_facts(${apiKeys}))`;
const storedKey = { ...getTableColumns(apiKeys), isAdopted };
const usableKey = { ...storedKey, boundIntentId: escrowOrders.paymentIntentId };

/** The key with this public id; null when there is none. Its secret is for the caller to compare. */
export async function findApiKey(db: Database, id: string): Promise<UsableApiKey | null> {
  const [row] = await db
    .select(usableKey)
    .from(apiKeys)
    .leftJoin(escrowOrders, eq(escrowOrders.id, apiKeys.escrowOrderId))
    .where(eq(apiKeys.id, id));
  return row ?? null;
}

/** The keys with these public ids, as many as there are. */
export async function findApiKeys(db: Database, ids: readonly string[]): Promise<UsableApiKey[]> {
  return db
    .select(usableKey)
    .from(apiKeys)
    .leftJoin(escrowOrders, eq(escrowOrders.id, apiKeys.escrowOrderId))
    .where(sql`${apiKeys.id} = ANY(${texts(ids)})`);
}

/** One of the owner's keys; null when they have none of this id. */
export async function findOwnApiKey(db: Database, owner: Owner, id: string): Promise<StoredApiKey | null> {
  const [row] = await db
    .select(storedKey)
    .from(apiKeys)
    .where(and(eq(apiKeys.id, id), ...ownedBy(owner)));
  return row ?? null;
}

/** The owner's keys, newest first, those after `cursor`. */
export function listApiKeys(
  db: Database,
  owner: Owner,
  { limit, cursor }: { limit: number; cursor: ApiKeyRow | null },
): Promise<ApiKeyRow[]> {
  const isAfter = cursor
    ? sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (${cursor.createdAt.toISOString()}::timestamptz, ${cursor.id})`
    : undefined;
  return db
    .select()
    .from(apiKeys)
    .where(and(...ownedBy(owner), isAfter))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(limit);
}

/** Every merchant's keys, or one merchant's, oldest first: for whoever runs the service. */
export function listAllApiKeys(
  db: Database,
  merchantId: string | null,
): Promise<(StoredApiKey & { merchant: string })[]> {
  return db
    .select({ ...storedKey, merchant: merchants.name })
    .from(apiKeys)
    .innerJoin(merchants, eq(merchants.id, apiKeys.merchantId))
    .where(merchantId === null ? undefined : eq(apiKeys.merchantId, merchantId))
    .orderBy(apiKeys.merchantId, apiKeys.createdAt, apiKeys.id);
}

export async function insertApiKey(db: Pick<Database, 'insert'>, key: NewApiKeyRow): Promise<ApiKeyRow> {
  const [row] = await db.insert(apiKeys).values(key).returning();
  if (!row) throw new Error(`API key ${key.id} was not stored`);
  return row;
}

/** Whether there is such an order of the owner. */
export async function ownsOrder(db: Pick<Database, 'select'>, owner: Owner, orderId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: escrowOrders.id })
    .from(escrowOrders)
    .where(
      and(
        eq(escrowOrders.id, orderId),
        eq(escrowOrders.merchantId, owner.merchantId),
        eq(escrowOrders.mode, owner.mode),
      ),
    );
  return row !== undefined;
}

/**
 * Stores a key in another one's place, which from then on lives for the overlap only, or for less when it was to end
 * earlier. Null when the old one has ended or was replaced meanwhile; then nothing is stored.
 */
export function replaceApiKey(
  db: Pick<Database, 'transaction'>,
  oldId: string,
  replacement: NewApiKeyRow,
  overlapSeconds: number,
): Promise<{ old: ApiKeyRow; made: ApiKeyRow } | null> {
  return db.transaction(async (tx) => {
    const [locked] = await tx.select({ id: apiKeys.id }).from(apiKeys).where(isReplaceable(oldId)).for('update');
    if (!locked) return null;
    const made = await insertApiKey(tx, replacement);
    const overlapEnds = sql`now() + ${overlapSeconds} * interval '1 second'`;
    const [old] = await tx
      .update(apiKeys)
      .set({ replacedBy: made.id, expiresAt: sql`least(${apiKeys.expiresAt}, ${overlapEnds})` })
      .where(eq(apiKeys.id, oldId))
      .returning();
    return old ? { old, made } : null;
  });
}

/** Revokes a key. One that is revoked already stays as it is; null when there is no such key. */
export async function revokeApiKey(db: Pick<Database, 'update'>, id: string): Promise<ApiKeyRow | null> {
  const [row] = await db
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
    .where(eq(apiKeys.id, id))
    .returning();
  return row ?? null;
}

/**
 * Notes when keys were used, by id in epoch milliseconds. One that was noted less than a minute earlier is left as it
 * is, and so is one that is being changed: nobody waits for this.
 */
export async function noteKeyUses(db: Pick<Database, 'execute'>, uses: ReadonlyMap<string, number>): Promise<void> {
  const given = JSON.stringify([...uses].map(([id, at]) => ({ id, at: new Date(at).toISOString() })));
  await db.execute(sql`
    WITH used AS (SELECT id, at FROM jsonb_to_recordset(${given}::jsonb) AS used (id text, at timestamptz)),
    due AS (
      SELECT k.id, used.at FROM api_keys k JOIN used USING (id)
      WHERE k.last_used_at IS NULL OR k.last_used_at <= used.at - interval '1 minute'
      ORDER BY k.id FOR UPDATE OF k SKIP LOCKED
    )
    UPDATE api_keys k SET last_used_at = due.at FROM due WHERE k.id = due.id`);
}

function ownedBy({ merchantId, mode }: Owner) {
  return [eq(apiKeys.merchantId, merchantId), eq(apiKeys.mode, mode)];
}

function isReplaceable(id: string) {
  return and(
    eq(apiKeys.id, id),
    isNull(apiKeys.revokedAt),
    isNull(apiKeys.replacedBy),
    or(isNull(apiKeys.expiresAt), sql`${apiKeys.expiresAt} > now()`),
  );
}

/**
 * After a change of SECRETS_KEY: proves API keys anew, so that the key before it can go.
 */
import { and, asc, eq, gt, isNotNull } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { apiKeys } from '../db/schema.ts';
import type { ApiKeyProofs } from '../proofs/api-key-proofs.ts';

const PAGE_ROWS = 500;

/**
 * Proves with the current key what is proven with the previous one. Safe beside others that do the same.
 *
 * @returns how many API keys had such a proof
 */
export async function proveApiKeysAnew(db: Database, proofs: ApiKeyProofs): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const page = await db
      .select()
      .from(apiKeys)
      .where(and(isNotNull(apiKeys.proof), gt(apiKeys.id, after)))
      .orderBy(asc(apiKeys.id))
      .limit(PAGE_ROWS);
    for (const key of page.filter((one) => proofs.isOfPrevious(one))) {
      const proof = proofs.of(key);
      await db.update(apiKeys).set({ proof }).where(eq(apiKeys.id, key.id));
      count++;
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS) return count;
    after = last.id;
  }
}

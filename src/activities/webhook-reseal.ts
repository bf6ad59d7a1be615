/**
 * After a change of SECRETS_KEY: seals the secrets of endpoints and proves their addresses anew, so that the key before it
 * can go.
 */
import { and, asc, gt, isNull, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { webhookEndpoints } from '../db/schema.ts';
import { EndpointProofs } from '../proofs/endpoint-proofs.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { isSealedWithPrevious, openSecret, sealSecret } from '../webhooks/secrets.ts';

const PAGE_ROWS = 200;

/**
 * Seals and proves with the current key what is of the previous one. Safe beside others that do the same, and beside
 * rotations: a secret or an address that has changed meanwhile stays.
 *
 * @returns how many endpoints had something of the previous key
 */
export async function resealSecrets(db: Database, key: SecretsKey): Promise<number> {
  const proofs = new EndpointProofs(key);
  let count = 0;
  for (let after = ''; ; ) {
    const page = await db
      .select()
      .from(webhookEndpoints)
      .where(and(isNull(webhookEndpoints.deletedAt), gt(webhookEndpoints.id, after)))
      .orderBy(asc(webhookEndpoints.id))
      .limit(PAGE_ROWS);
    for (const endpoint of page) {
      const { id, url, ...sealed } = endpoint;
      const anew = (one: Buffer | null) =>
        one && isSealedWithPrevious(key, id, one) ? sealSecret(key, id, openSecret(key, id, one)) : one;
      const [secret, previousSecret] = [anew(sealed.secret), anew(sealed.previousSecret)];
      const proof = proofs.isOfPrevious(endpoint) ? proofs.of(endpoint) : sealed.proof;
      if (secret === sealed.secret && previousSecret === sealed.previousSecret && proof === sealed.proof) continue;
      await db
        .update(webhookEndpoints)
        .set({ secret, previousSecret, proof })
        .where(sql`${webhookEndpoints.id} = ${id} AND url = ${url} AND ${webhookEndpoints.secret} = ${sealed.secret}
          AND ${webhookEndpoints.previousSecret} IS NOT DISTINCT FROM ${sealed.previousSecret}`);
      count++;
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS) return count;
    after = last.id;
  }
}

/**
 * API keys as somebody writes them who holds the application's own login, but not the service's secret: none of them is
 * believed, and none that has ended works again.
 */
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { proveApiKeysAnew } from '../../src/activities/api-key-proving.ts';
import { apiKeyIdOf, createApiKey } from '../../src/api/api-keys.ts';
import { findApiKey } from '../../src/db/api-keys.ts';
import { migrate } from '../../src/db/migrate.ts';
import { apiKeys } from '../../src/db/schema.ts';
import { ApiKeyProofs } from '../../src/proofs/api-key-proofs.ts';
import { readSecretsKey, type SecretsKey } from '../../src/secrets-key.ts';
import { MERCHANT, OTHER_MERCHANT, startApi, unusedGateway } from '../api/api-server.ts';
import { adminOf } from '../support/admin.ts';
import { testApiDependencies } from '../support/api-dependencies.ts';
import { testDatabase } from '../support/database.ts';
import { insertOrder } from '../support/orders.ts';
import { provenKey, SECRETS_KEY, SECRETS_TEXT } from '../support/secrets.ts';
import { newSecret } from '../support/test-log.ts';

const database = await testDatabase();
const { db, url, adminUrl } = database;
const admin = adminOf(database);
const app = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
let unproven = 0;
const { metrics } = testApiDependencies(db, unusedGateway);
const api = await startApi(db, unusedGateway, { metrics: { ...metrics, unproven: () => unproven++ } });

const own = api.keys.own;
const ownId = apiKeyIdOf(own) ?? '';
const orderId = await insertOrder(db, { merchantId: MERCHANT });
const otherOrderId = await insertOrder(db, { merchantId: MERCHANT });

const statusWith = async (key: string) => (await api.send('GET', '/v1/balance', { key })).status;

test('the keys that the service made work, and the ones that it did not make are unknown, logged and counted', async () => {
  expect(await statusWith(own)).toBe(200);
  const { key, ...row } = createApiKey('test', 'operator');
  await db.insert(apiKeys).values({ ...row, merchantId: MERCHANT });
  const answer = await api.send('GET', '/v1/balance', { key });
  expect(answer.status).toBe(403);
  const { key: unknown } = createApiKey('test', 'operator');
  expect(answer.json).toEqual((await api.send('GET', '/v1/balance', { key: unknown })).json);
  await statusWith(key);
  expect(unproven).toBe(1);
});

/** A row that was proven as another one. */
const BORROWED: readonly [string, Partial<typeof apiKeys.$inferInsert>][] = [
  ['with the proof of a key of less power', { role: 'operator' }],
  ['with the proof of another merchant’s', { merchantId: OTHER_MERCHANT }],
  ['with the proof of test mode', { mode: 'live' }],
  ['with the proof of one without scopes', { scopes: ['keys'] }],
  ['with the proof of a bound one, unbound', { escrowOrderId: null }],
  ['with the proof of one bound to another order', { escrowOrderId: otherOrderId }],
  ['with a proof of nothing', { proof: Buffer.alloc(32) }],
  ['with an empty proof', { proof: Buffer.alloc(0) }],
];

test.each(BORROWED)('a key %s is unknown', async (_, change) => {
  const isBound = 'escrowOrderId' in change;
  const { key, ...row } = createApiKey(change.mode ?? 'test', isBound ? 'buyer' : 'merchant');
  const proven = provenKey({ ...row, mode: 'test', merchantId: MERCHANT, ...(isBound && { escrowOrderId: orderId }) });
  await db.insert(apiKeys).values({ ...proven, ...change });
  const found = await findApiKey(db, row.id);
  expect(found && new ApiKeyProofs(SECRETS_KEY).prove(found)).toBe(false);
  expect(await statusWith(key)).toBe(403);
});

test('the proof of another key, or of another secret, proves nothing', async () => {
  const { key, ...row } = createApiKey('test', 'merchant');
  const [{ proof } = { proof: null }] = await db.select().from(apiKeys).where(eq(apiKeys.id, ownId));
  await db.insert(apiKeys).values({ ...row, merchantId: MERCHANT, proof });
  expect(await statusWith(key)).toBe(403);
  const other = readSecretsKey({ SECRETS_KEY: newSecret() }) as SecretsKey;
  const { key: second, ...secondRow } = createApiKey('test', 'merchant');
  await db.insert(apiKeys).values(provenKey({ ...secondRow, merchantId: MERCHANT }, other));
  expect(await statusWith(second)).toBe(403);
});

test('a key that is taken for another one’s row by its hash is unknown', async () => {
  const { key, id, hash, ...row } = createApiKey('test', 'operator');
  await expect(app`UPDATE api_keys SET hash = ${hash} WHERE id = ${ownId}`).rejects.toMatchObject({ code: '42501' });
  expect(row.role).toBe('operator');
  expect(id).not.toBe(ownId);
  expect(await statusWith(key)).toBe(403);
});

test('a forged key gets no replacement that is proven, and no use of it is shown', async () => {
  const { key, ...row } = createApiKey('test', 'merchant');
  await db.insert(apiKeys).values({ ...row, merchantId: MERCHANT });
  const rotated = await api.send('POST', `/v1/api-keys/${row.id}/rotate`);
  expect(rotated.status).toBe(404);
  expect((await api.send('POST', `/v1/api-keys/${row.id}/revoke`)).status).toBe(200);
  expect(await statusWith(key)).toBe(403);
});

/** name | rule | SQLSTATE | statement */
const REFUSED = `
a revoked key in force again      | K1_end      | 23514 | UPDATE api_keys SET revoked_at = NULL WHERE id = :revoked:
a later revocation                | K1_end      | 23514 | UPDATE api_keys SET revoked_at = now() + interval '1 year' WHERE id = :revoked:
an expired key in force again     | K1_end      | 23514 | UPDATE api_keys SET expires_at = NULL WHERE id = :expired:
an expired key for longer         | K1_end      | 23514 | UPDATE api_keys SET expires_at = now() + interval '1 year' WHERE id = :expired:
a key taken away, to come again   |             | 42501 | DELETE FROM api_keys WHERE id = :revoked:
all keys taken away               |             | 42501 | TRUNCATE api_keys CASCADE
another merchant's                |             | 42501 | UPDATE api_keys SET merchant_id = '${OTHER_MERCHANT}' WHERE id = :own:
of live mode                      |             | 42501 | UPDATE api_keys SET mode = 'live' WHERE id = :own:
a scope more                      |             | 42501 | UPDATE api_keys SET scopes = '{keys}' WHERE id = :expired:
bound to another order            |             | 42501 | UPDATE api_keys SET escrow_order_id = '${otherOrderId}' WHERE id = :own:
a row that comes over the old one |             | 42501 | INSERT INTO api_keys SELECT * FROM api_keys WHERE id = :revoked: ON CONFLICT (id) DO UPDATE SET hash = excluded.hash
a copy with another end           | api_keys_pkey | 23505 | INSERT INTO api_keys (id, merchant_id, mode, role, hash, last_four, proof) SELECT id, merchant_id, mode, role, hash, last_four, proof FROM api_keys WHERE id = :expired:
a key that was there before proofs |            | 42501 | INSERT INTO adopted_api_keys SELECT id, api_key_facts(k) FROM api_keys k WHERE id = :revoked:
one of those as another key       |             | 42501 | UPDATE adopted_api_keys SET key_id = :own:
`;

const revoked = await api.addKey({ revokedAt: new Date() });
const expired = await api.addKey({ expiresAt: new Date(Date.now() - 1_000) });

test.each(
  REFUSED.trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim())),
)('%s is refused (%s %s)', async (_, rule = '', code, statement = '') => {
  const ids: Record<string, string | null> = { own: ownId, revoked: apiKeyIdOf(revoked), expired: apiKeyIdOf(expired) };
  const error = await app
    .unsafe(statement.replace(/:(\w+):/g, (_match, name) => `'${ids[name]}'`))
    .then(() => ({ code: 'it was not' }))
    .catch((thrown) => thrown);
  expect(error.code).toBe(code);
  if (rule !== '') expect(error.constraint_name).toBe(rule);
  expect([await statusWith(own), await statusWith(revoked), await statusWith(expired)]).toEqual([200, 403, 403]);
});

test('keys from before proofs are adopted as they are, by the owner alone', async () => {
  const { key, ...row } = createApiKey('test', 'merchant');
  await db.insert(apiKeys).values({ ...row, merchantId: MERCHANT });
  expect(await migrate(adminUrl, adminUrl, ['api-keys'])).toContain(row.id);
  expect((await findApiKey(db, row.id))?.isAdopted).toBe(true);
  expect(await statusWith(key)).toBe(200);
  await admin`ALTER TABLE api_keys DISABLE TRIGGER guard`;
  await admin`UPDATE api_keys SET role = 'operator' WHERE id = ${row.id}`;
  await admin`ALTER TABLE api_keys ENABLE TRIGGER guard`;
  expect((await findApiKey(db, row.id))?.isAdopted).toBe(false);
});

test('after a change of SECRETS_KEY keys are proven anew, and the key before it can go', async () => {
  const [next, later] = [newSecret(), newSecret()];
  const changing = readSecretsKey({ SECRETS_KEY: next, SECRETS_KEY_PREVIOUS: SECRETS_TEXT }) as SecretsKey;
  const { id } = await db
    .insert(apiKeys)
    .values(provenKey({ ...createApiKey('test', 'merchant'), merchantId: MERCHANT }))
    .returning({ id: apiKeys.id })
    .then(([row]) => row as { id: string });
  const isProven = async (key: SecretsKey) => {
    const found = await findApiKey(db, id);
    return found !== null && new ApiKeyProofs(key).prove(found);
  };
  const only = (text: string) => readSecretsKey({ SECRETS_KEY: text }) as SecretsKey;
  expect([await isProven(changing), await isProven(only(next)), await isProven(only(later))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await proveApiKeysAnew(db, new ApiKeyProofs(changing))).toBeGreaterThan(0);
  expect([await isProven(only(next)), await isProven(SECRETS_KEY)]).toEqual([true, false]);
  expect(await proveApiKeysAnew(db, new ApiKeyProofs(changing))).toBe(0);
});

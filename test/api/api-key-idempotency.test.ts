/** Making, rotating and revoking keys under an Idempotency-Key: shown again to a repeat, and yet stored nowhere. */
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { apiKeyIdOf } from '../../src/api/api-keys.ts';
import { apiKeys, commands } from '../../src/db/schema.ts';
import { readSecretsKey } from '../../src/secrets-key.ts';
import { adminOf } from '../support/admin.ts';
import { SECRETS_TEXT } from '../support/secrets.ts';
import { newSecret } from '../support/test-log.ts';
import { startApi, unusedGateway } from './api-server.ts';
import { expectError, startEdge } from './edge.ts';

const edge = await startEdge();
const { api, db } = edge;
const admin = adminOf(edge);
const KEYS = '/v1/api-keys';

let used = 0;
const newKey = () => `key-${++used}`;
const make = (idempotencyKey: string, body: object = { role: 'merchant' }, send = api.send) =>
  send('POST', KEYS, { body, headers: { 'Idempotency-Key': idempotencyKey } });
const act = (action: 'rotate' | 'revoke', id: string, idempotencyKey: string, body: object = {}) =>
  api.send('POST', `${KEYS}/${id}/${action}`, { body, headers: { 'Idempotency-Key': idempotencyKey } });
const statusWith = async (key: string) => (await api.send('GET', '/v1/payment-intents', { key })).status;
const keysMade = async () => (await db.select().from(apiKeys)).length;
const secretOf = (key: string) => key.slice('sk_test_'.length + 16, -8);

/** Every row of every table as text. */
async function everythingStored(): Promise<string> {
  const tables =
    await admin`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  const rows = await Promise.all(
    tables.map(({ relname }) => admin`select to_jsonb(t)::text as row from ${admin(relname)} t`),
  );
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

describe('a repeat', () => {
  test('of making a key shows the same key, which is stored nowhere', async () => {
    const key = newKey();
    const first = await make(key, { role: 'merchant', name: 'Billing' });
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([201, undefined]);
    const before = await keysMade();
    const again = await make(key, { name: 'Billing', role: 'merchant' });
    expect([again.status, again.headers['idempotent-replayed'], again.text]).toEqual([201, 'true', first.text]);
    expect(await keysMade()).toBe(before);
    expect(await statusWith(again.json.data.key)).toBe(200);
    expect(apiKeyIdOf(again.json.data.key)).toBe(first.json.id);
    const stored = await everythingStored();
    expect(stored).toContain(first.json.id);
    expect(stored).not.toContain(secretOf(first.json.data.key));
  });

  test('answers as it was: also when the key was rotated and revoked, or has ended meanwhile', async () => {
    const [makeKey, rotateKey] = [newKey(), newKey()];
    const body = { role: 'merchant', expiresAt: new Date(Date.now() + 4_000).toISOString() };
    const made = await make(makeKey, body);
    const rotated = await act('rotate', made.json.id, rotateKey, { overlapSeconds: 0 });
    expect([made.status, rotated.status]).toEqual([201, 201]);
    await act('revoke', rotated.json.id, newKey());
    await expect.poll(() => Date.now() > Date.parse(body.expiresAt), { timeout: 20_000 }).toBe(true);
    expect((await make(makeKey, body)).text).toBe(made.text);
    expect((await act('rotate', made.json.id, rotateKey, { overlapSeconds: 0 })).text).toBe(rotated.text);
  });

  test('of a rotation rotates once and shows the same key', async () => {
    const { json } = await make(newKey());
    const key = newKey();
    const first = await act('rotate', json.id, key);
    const before = await keysMade();
    const again = await act('rotate', json.id, key, { overlapSeconds: 86_400 });
    expect([again.status, again.headers['idempotent-replayed'], again.text]).toEqual([201, 'true', first.text]);
    expect(await keysMade()).toBe(before);
    expect([await statusWith(json.data.key), await statusWith(first.json.data.key)]).toEqual([200, 200]);
    expect(await everythingStored()).not.toContain(secretOf(first.json.data.key));
  });

  test('of a refused rotation, and of a revocation, answers the same', async () => {
    const { json } = await make(newKey());
    const [revokeKey, rotateKey] = [newKey(), newKey()];
    const revoked = await act('revoke', json.id, revokeKey);
    const refused = await act('rotate', json.id, rotateKey);
    expect([revoked.status, refused.status, refused.headers['error-reason']]).toEqual([200, 400, 'api_key_ended']);
    for (const [first, again] of [
      [revoked, await act('revoke', json.id, revokeKey)],
      [refused, await act('rotate', json.id, rotateKey)],
    ] as const) {
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers['error-reason']).toBe(first.headers['error-reason']);
      expect(again.headers['idempotent-replayed']).toBe('true');
    }
  });

  test('by thirty twins at once makes one key and one answer', async () => {
    const before = await keysMade();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 30 }, () => make(key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length).toBe(1);
    expect(await keysMade()).toBe(before + 1);
  });
});

describe('a repeat by another API key', () => {
  const peers = async () => [
    await api.addKey({ scopes: ['keys'] }),
    await api.addKey({ scopes: ['keys'], expiresAt: new Date(Date.now() + 3_600_000) }),
  ];
  const sendAs =
    (key: string): typeof api.send =>
    (method, path, sent) =>
      api.send(method, path, { ...sent, key });

  test('shows no secret and makes no other key, whether the key was made or rotated', async () => {
    const [makeKey, rotateKey] = [newKey(), newKey()];
    const made = await make(makeKey);
    const rotated = await act('rotate', made.json.id, rotateKey);
    const before = await keysMade();
    const others = await peers();
    for (const key of others) {
      const again = await make(makeKey, { role: 'merchant' }, sendAs(key));
      const turned = await sendAs(key)('POST', `${KEYS}/${made.json.id}/rotate`, {
        body: {},
        headers: { 'Idempotency-Key': rotateKey },
      });
      for (const [answer, id] of [
        [again, made.json.id],
        [turned, rotated.json.id],
      ] as const) {
        expectError(answer, 400, { code: 'invalid_request', message: expect.stringContaining(id) });
        expect(answer.headers['error-reason']).toBe('idempotency_key_refused');
        expect(answer.text).not.toContain('sk_test_');
      }
    }
    expect(await keysMade()).toBe(before + others.length);
    expect((await make(makeKey)).text).toBe(made.text);
  });

  test('shows none either when it arrives at the same time, or when nobody noted who asked first', async () => {
    const [other = ''] = await peers();
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => make(key, { role: 'merchant' }, n % 2 ? sendAs(other) : api.send)),
    );
    const shown = answers.map(({ json }) => json.data?.key).filter((one) => one !== undefined);
    expect([shown.length, new Set(shown).size]).toEqual([10, 1]);
    await admin`update commands set payload = payload - 'askedBy' where idempotency_key = ${key}`;
    expect((await make(key)).headers['error-reason']).toBe('idempotency_key_refused');
  });
});

describe('a key', () => {
  test('that was used for another request is 422', async () => {
    const key = newKey();
    const { json } = await make(key);
    for (const answer of [
      await make(key, { role: 'merchant', name: 'Another' }),
      await act('rotate', json.id, key),
      await act('revoke', json.id, key),
      await api.send('POST', '/v1/payment-intents', {
        body: { ...{ amount: '5', currency: 'USD', type: 'CONSENTED_PULL' }, ...settlement },
        headers: { 'Idempotency-Key': key },
      }),
    ]) {
      expectError(answer, 422, { code: 'idempotency_key_reused' });
    }
  });

  test('is not used up by a request that was refused for its fields', async () => {
    const key = newKey();
    expect((await make(key, { role: 'merchant', expiresAt: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await make(key, { role: 'merchant', escrowOrderId: 'nope' })).status).toBe(400);
    expect((await make(key)).status).toBe(201);
  });

  test('older than thirty days may be used for something else, and then its API key cannot be derived any more', async () => {
    const key = newKey();
    const first = await make(key);
    await admin`update commands set created_at = created_at - interval '31 days' where idempotency_key = ${key}`;
    const fresh = await make(key, { role: 'merchant', name: 'Another' });
    expect([fresh.status, fresh.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect(fresh.json.id).not.toBe(first.json.id);
    expect((await db.select().from(commands).where(eq(commands.idempotencyKey, key))).length).toBe(1);
  });
});

const settlement = { settlementMethod: 'OFF_RAMP_MOCK', settlementDestination: 'bank_account_123' };

describe('SECRETS_KEY', () => {
  test('missing: an Idempotency-Key is refused where a key would be shown, and nothing else is', async () => {
    const bare = await startApi(db, unusedGateway, { secretsKey: null });
    const before = await keysMade();
    const { json } = await bare.send('POST', KEYS, { body: { role: 'merchant' } });
    const rotated = () => bare.send('POST', `${KEYS}/${json.id}/rotate`, { headers: { 'Idempotency-Key': newKey() } });
    for (const answer of [await make(newKey(), { role: 'merchant' }, bare.send), await rotated()]) {
      expectError(answer, 400, { code: 'invalid_request', message: expect.stringContaining('SECRETS_KEY') });
      expect(answer.headers['error-reason']).toBe('idempotency_key_refused');
    }
    // That of this test, and the three that the API was started with.
    expect(await keysMade()).toBe(before + 1);
    const headers = { 'Idempotency-Key': newKey() };
    expect((await bare.send('POST', `${KEYS}/${json.id}/revoke`, { headers })).status).toBe(200);
  });

  test('another one: the repeat says so instead of showing a key that does not work', async () => {
    const secretsKey = readSecretsKey({ SECRETS_KEY: newSecret(), SECRETS_KEY_PREVIOUS: SECRETS_TEXT });
    const other = await startApi(db, unusedGateway, { secretsKey });
    const key = newKey();
    const { json } = await make(key);
    const again = await make(key, { role: 'merchant' }, (method, path, sent) =>
      other.send(method, path, { ...sent, key: api.keys.own }),
    );
    expectError(again, 400, { code: 'invalid_request', message: expect.stringContaining(json.id) });
    expect(again.text).toContain('SECRETS_KEY has changed');
  });
});

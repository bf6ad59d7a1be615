/** How keys are made, shown, rotated and revoked over HTTP, and by whom. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { API_KEY_ROLES, type ApiKeyRole, apiKeyIdOf } from '../../src/api/api-keys.ts';
import { MANAGED_ROLES } from '../../src/api/key-permissions.ts';
import { KeyUse } from '../../src/api/key-use.ts';
import { noteKeyUses } from '../../src/db/api-keys.ts';
import { apiKeys } from '../../src/db/schema.ts';
import { adminOf } from '../support/admin.ts';
import { type ApiAnswer, OTHER_MERCHANT, startApi, unusedGateway } from './api-server.ts';
import { expectError, INTENT, startEdge } from './edge.ts';

const edge = await startEdge();
const { api, db, intentId } = edge;
const admin = adminOf(edge);
const KEYS = '/v1/api-keys';
/** Longer than a row is remembered, shorter than the promised five seconds. */
const NOTICED_MS = 2_500;

/** The one who may make keys of every role. */
const operatorKey = await api.addKey({ role: 'operator' });
const make = (body: object, key = operatorKey) => api.send('POST', KEYS, { body, key });
const rotate = (id: string, body?: object) => api.send('POST', `${KEYS}/${id}/rotate`, { body, key: operatorKey });
const revoke = (id: string) => api.send('POST', `${KEYS}/${id}/revoke`, { key: operatorKey });
const statusWith = async (key: string) => (await api.send('GET', '/v1/payment-intents', { key })).status;
const orderIdOf = async (id: string) => (await api.send('GET', `/v1/payment-intents/${id}/escrow`)).json.id as string;

/** A key of this role that may manage keys, if any of its role may. */
function managerKey(role: ApiKeyRole, merchantId?: string): Promise<string> {
  return api.addKey({ role, scopes: role === 'merchant' ? ['keys'] : [], ...(merchantId && { merchantId }) });
}

async function made(body: object, key?: string): Promise<ApiAnswer['json']> {
  const answer = await make(body, key);
  expect(answer.status).toBe(201);
  return answer.json;
}

describe('making a key', () => {
  test('answers 201 with the key, which works at once and is nowhere else', async () => {
    const { id, object, data } = await made({ role: 'merchant', name: 'Billing' });
    expect(object).toBe('api_key');
    expect(data).toEqual({
      id,
      name: 'Billing',
      mode: 'test',
      role: 'merchant',
      escrowOrderId: null,
      lastFour: data.key.slice(-4),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      expiresAt: null,
      revokedAt: null,
      replacedBy: null,
      scopes: [],
      createdBy: apiKeyIdOf(operatorKey),
      lastUsedAt: null,
      key: expect.stringMatching(/^sk_test_[0-9a-f]{88}$/),
    });
    expect(apiKeyIdOf(data.key)).toBe(id);
    expect(await statusWith(data.key)).toBe(200);
    const secret = data.key.slice('sk_test_'.length + 16, -8);
    const stored = await admin`select to_jsonb(k)::text as row from api_keys k`;
    expect(stored.filter(({ row }) => row.includes(secret))).toEqual([]);
    expect((await api.send('GET', `${KEYS}?limit=100`)).text).not.toContain(secret);
  });

  test('is of the mode of the key in hand', async () => {
    const { data } = await made({ role: 'merchant' }, api.keys.live);
    expect([data.mode, data.key.slice(0, 8)]).toEqual(['live', 'sk_live_']);
  });

  test.each([
    [{}, 'role'],
    [{ role: 'system' }, 'role'],
    [{ role: 'merchant', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ role: 'merchant', expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ role: 'buyer', escrowOrderId: 'escrow_order_nope' }, 'escrowOrderId'],
    [{ role: 'merchant', name: '' }, 'name'],
    [{ role: 'merchant', mode: 'live' }, 'mode'],
  ])('refuses %j', async (body, param) => {
    expectError(await make(body), 400, { code: 'invalid_request', param });
  });

  test('binds only buyers and arbiters, and only to an order of its own merchant and mode', async () => {
    const orderId = await orderIdOf(intentId);
    const bound = await made({ role: 'buyer', escrowOrderId: orderId });
    expect(bound.data.escrowOrderId).toBe(orderId);
    expectError(await make({ role: 'merchant', escrowOrderId: orderId }), 400, { param: 'escrowOrderId' });
    const elsewhere = [
      await api.addKey({ merchantId: OTHER_MERCHANT, role: 'operator' }),
      await api.addKey({ mode: 'live', role: 'operator' }),
    ];
    for (const key of elsewhere) {
      expectError(await make({ role: 'buyer', escrowOrderId: orderId }, key), 400, { param: 'escrowOrderId' });
    }
  });
});

describe('who may manage which keys', () => {
  /** Rows: the key in hand. Columns: the role that it makes, rotates and revokes. */
  const TABLE = `
            merchant buyer arbiter operator
  operator  yes      yes   yes     yes
  merchant  yes      no    no      no
  buyer     no       no    no      no
  arbiter   no       no    no      no`;
  const [head = [], ...rows] = TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  const cells = rows.flatMap(([own = '', ...may]) => may.map((answer, column) => [own, head[column] ?? '', answer]));

  test('the table names every pair of roles', () => {
    expect(cells.map(([own, role]) => `${own} ${role}`).sort()).toEqual(
      API_KEY_ROLES.flatMap((own) => API_KEY_ROLES.map((role) => `${own} ${role}`)).sort(),
    );
    expect(Object.keys(MANAGED_ROLES).sort()).toEqual([...API_KEY_ROLES].sort());
  });

  test.each(cells)('%s manages %s: %s', async (own, role, may) => {
    const key = await managerKey(own as 'merchant');
    const target = apiKeyIdOf(await api.addKey({ role: role as 'merchant' }));
    const answers = [
      await make({ role }, key),
      await api.send('POST', `${KEYS}/${target}/rotate`, { key }),
      await api.send('POST', `${KEYS}/${target}/revoke`, { key }),
    ];
    const statuses = may === 'yes' ? [201, 201, 200] : [403, 403, 403];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    if (may === 'yes') return;
    for (const answer of answers) expectError(answer, 403, { code: 'forbidden' });
    const [row] = await db
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.id, target ?? ''));
    expect([row?.revokedAt, row?.replacedBy]).toEqual([null, null]);
  });

  test("a merchant gets no buyer's key with its own, neither by making nor by rotating one", async () => {
    const strictIntent = await edge.createIntent({ milestoneTerms: { releaseBy: 'buyer' } });
    const orderId = await orderIdOf(strictIntent);
    const buyer = await made({ role: 'buyer', escrowOrderId: orderId });
    const attempts = [
      await make({ role: 'buyer' }, api.keys.own),
      await make({ role: 'buyer', escrowOrderId: orderId }, api.keys.own),
      await api.send('POST', `${KEYS}/${buyer.id}/rotate`),
    ];
    for (const answer of attempts) {
      expectError(answer, 403, { code: 'forbidden', message: expect.stringContaining('role buyer') });
      expect(answer.text).not.toContain('sk_test_');
    }
  });

  test.each(API_KEY_ROLES)('listing is for operators and merchants: %s', async (role) => {
    const { status } = await api.send('GET', KEYS, { key: await managerKey(role) });
    expect(status).toBe(role === 'operator' || role === 'merchant' ? 200 : 403);
  });

  test("another merchant's keys, and those of the other mode, do not exist", async () => {
    const own = apiKeyIdOf(await api.addKey());
    for (const key of [
      api.keys.other,
      api.keys.live,
      await api.addKey({ merchantId: OTHER_MERCHANT, role: 'operator' }),
    ]) {
      for (const action of ['rotate', 'revoke']) {
        expectError(await api.send('POST', `${KEYS}/${own}/${action}`, { key }), 404, { message: 'API key not found' });
      }
      const { json } = await api.send('GET', `${KEYS}?limit=100`, { key });
      expect(json.data.map(({ id }: { id: string }) => id)).not.toContain(own);
      expectError(await api.send('GET', `${KEYS}?starting_after=${own}`, { key }), 400, { param: 'starting_after' });
    }
  });
});

describe('a merchant’s key without the scope `keys`', () => {
  const act = (action: string, id: string | null, key: string) => api.send('POST', `${KEYS}/${id}/${action}`, { key });

  test('makes, lists, rotates and revokes none but itself', async () => {
    const key = await api.addKey();
    const peer = apiKeyIdOf(await api.addKey());
    for (const answer of [
      await make({ role: 'merchant' }, key),
      await api.send('GET', KEYS, { key }),
      await act('rotate', peer, key),
      await act('revoke', peer, key),
    ]) {
      expectError(answer, 403, { code: 'forbidden', message: expect.stringContaining('--scope keys') });
      expect(answer.headers['error-reason']).toBe('api_key_role_not_allowed');
    }
    const rotated = await act('rotate', apiKeyIdOf(key), key);
    expect([rotated.status, rotated.json.data.scopes, rotated.json.data.createdBy]).toEqual([201, [], apiKeyIdOf(key)]);
    expect((await act('revoke', apiKeyIdOf(key), key)).status).toBe(200);
    expect(await statusWith(rotated.json.data.key)).toBe(200);
  });

  test('cannot be given the scope over HTTP, not even by the operator', async () => {
    expectError(await make({ role: 'merchant', scopes: ['keys'] }), 400, { param: 'scopes' });
    const { data } = await made({ role: 'merchant' }, await managerKey('merchant'));
    expect(data.scopes).toEqual([]);
  });

  test('keeps the scope when it has it and is rotated', async () => {
    const key = await managerKey('merchant');
    const rotated = await act('rotate', apiKeyIdOf(key), key);
    expect(rotated.json.data).toMatchObject({ scopes: ['keys'], expiresAt: null });
    expect((await api.send('GET', KEYS, { key: rotated.json.data.key })).status).toBe(200);
  });
});

describe('a key that a merchant’s key makes', () => {
  const DAY_MS = 86_400_000;
  const endOf = ({ data }: ApiAnswer['json']) => Date.parse(data.expiresAt);

  test('ends with its maker, or earlier', async () => {
    const expiresAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000);
    const maker = await api.addKey({ scopes: ['keys'], expiresAt });
    expect(endOf(await made({ role: 'merchant' }, maker))).toBe(expiresAt.getTime());
    const earlier = new Date(expiresAt.getTime() - 60_000).toISOString();
    expect(endOf(await made({ role: 'merchant', expiresAt: earlier }, maker))).toBe(Date.parse(earlier));
    const later = new Date(expiresAt.getTime() + 1_000).toISOString();
    const message = expect.stringContaining(`at most ${expiresAt.toISOString().slice(0, 19)}Z`);
    expectError(await make({ role: 'merchant', expiresAt: later }, maker), 400, { param: 'expiresAt', message });
    const peer = apiKeyIdOf(await api.addKey());
    const rotated = await api.send('POST', `${KEYS}/${peer}/rotate`, { key: maker });
    expect(endOf(rotated.json)).toBe(expiresAt.getTime());
  });

  test('ends after a year at the latest; an operator’s need not', async () => {
    const maker = await managerKey('merchant');
    const end = endOf(await made({ role: 'merchant' }, maker));
    expect(Math.abs(end - Date.now() - 365 * DAY_MS)).toBeLessThan(60_000);
    const later = new Date(Date.now() + 366 * DAY_MS).toISOString();
    expectError(await make({ role: 'merchant', expiresAt: later }, maker), 400, { param: 'expiresAt' });
    expect((await made({ role: 'merchant' })).data.expiresAt).toBeNull();
  });
});

test('when a key was last used is noted in the background, once a minute', async () => {
  const uses: ReadonlyMap<string, number>[] = [];
  const keyUse = new KeyUse(async (used) => {
    uses.push(used);
    await noteKeyUses(db, used);
  });
  const noting = await startApi(db, unusedGateway, { keyUse });
  const key = await api.addKey();
  const id = apiKeyIdOf(key) ?? '';
  const lastUse = async () => (await db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]?.lastUsedAt ?? null;
  for (let count = 0; count < 5; count++) await noting.send('GET', '/v1/payment-intents', { key });
  expect(uses).toEqual([]);
  await expect.poll(lastUse, { timeout: 10_000 }).not.toBeNull();
  const noted = await lastUse();
  expect(Math.abs((noted?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  await noting.send('GET', '/v1/payment-intents', { key });
  await keyUse.flush();
  expect(uses.filter((used) => used.has(id))).toHaveLength(1);
  // Another process, half a minute later, and one that is a minute late.
  await noteKeyUses(db, new Map([[id, (noted?.getTime() ?? 0) + 30_000]]));
  expect(await lastUse()).toEqual(noted);
  await noteKeyUses(db, new Map([[id, (noted?.getTime() ?? 0) + 60_000]]));
  expect((await lastUse())?.getTime()).toBe((noted?.getTime() ?? 0) + 60_000);
  const { json } = await api.send('GET', `${KEYS}?limit=100`, { key: operatorKey });
  const shown = json.data.find((one: { id: string }) => one.id === id).data.lastUsedAt;
  expect(Date.parse(shown)).toBe(Math.floor(((noted?.getTime() ?? 0) + 60_000) / 1_000) * 1_000);
});

test('the list pages through all keys, newest first, and shows the last four only', async () => {
  const ids: string[] = [];
  const merchantKey = await managerKey('merchant', OTHER_MERCHANT);
  for (let count = 0; count < 5; count++) ids.push((await made({ role: 'merchant' }, merchantKey)).id);
  const paged: string[] = [];
  let after = '';
  for (let hasMore = true; hasMore; ) {
    const { json } = await api.send('GET', `${KEYS}?limit=2${after}`, { key: merchantKey });
    for (const { id, data } of json.data) {
      paged.push(id);
      expect(Object.keys(data)).not.toContain('key');
      expect(Object.keys(data)).not.toContain('hash');
    }
    after = `&starting_after=${paged.at(-1)}`;
    hasMore = json.hasMore;
  }
  expect(paged.slice(0, 5)).toEqual(ids.reverse());
  expect(new Set(paged).size).toBe(paged.length);
});

describe('the end of a key', () => {
  test('a revoked key is refused within five seconds by every process, and revoking again answers the same', async () => {
    const second = await startApi(db, unusedGateway);
    const { id, data } = await made({ role: 'merchant' });
    const both = async () => [
      await statusWith(data.key),
      (await second.send('GET', '/v1/payment-intents', { key: data.key })).status,
    ];
    expect(await both()).toEqual([200, 200]);
    const revoked = await revoke(id);
    expect([revoked.status, typeof revoked.json.data.revokedAt]).toEqual([200, 'string']);
    await sleep(NOTICED_MS);
    expect(await both()).toEqual([403, 403]);
    expect((await revoke(id)).text).toBe(revoked.text);
  });

  test('a key ends at its instant', async () => {
    const expiresAt = new Date(Math.ceil(Date.now() / 1_000 + 1) * 1_000);
    const { data } = await made({ role: 'merchant', expiresAt: expiresAt.toISOString() });
    expect(data.expiresAt).toBe(`${expiresAt.toISOString().slice(0, 19)}Z`);
    expect(await statusWith(data.key)).toBe(200);
    await sleep(expiresAt.getTime() - Date.now() + 20);
    expect(await statusWith(data.key)).toBe(403);
  });

  test('rotating makes a key that may do the same, and both work during the overlap', async () => {
    const orderId = await orderIdOf(intentId);
    const old = await made({ role: 'buyer', escrowOrderId: orderId, name: 'Ann' });
    const rotated = await rotate(old.id, { overlapSeconds: 4 });
    expect(rotated.status).toBe(201);
    const { key, ...next } = rotated.json.data;
    expect(next).toMatchObject({ role: 'buyer', escrowOrderId: orderId, name: 'Ann', mode: 'test', expiresAt: null });
    expect([await statusWith(old.data.key), await statusWith(key)]).toEqual([200, 200]);
    const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, old.id));
    expect(row?.replacedBy).toBe(next.id);
    await sleep((row?.expiresAt?.getTime() ?? 0) - Date.now() + 50);
    expect([await statusWith(old.data.key), await statusWith(key)]).toEqual([403, 200]);
  });

  test('the overlap is a day unless told otherwise, and never longer than the key was to live', async () => {
    const endless = await made({ role: 'buyer' });
    await rotate(endless.id);
    const inAnHour = new Date(Date.now() + 3_600_000);
    const limited = await made({ role: 'buyer', expiresAt: inAnHour.toISOString() });
    const { json } = await rotate(limited.id);
    const endOf = async (id: string) =>
      (await db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]?.expiresAt?.getTime() ?? 0;
    expect(Math.abs((await endOf(endless.id)) - Date.now() - 86_400_000)).toBeLessThan(10_000);
    const end = Math.floor(inAnHour.getTime() / 1_000) * 1_000;
    expect([await endOf(limited.id), await endOf(json.id)]).toEqual([end, end]);
  });

  test('of two rotations at once one is done; a key that has ended is not rotated', async () => {
    const { id } = await made({ role: 'buyer' });
    const answers = await Promise.all([1, 2].map(() => rotate(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const revoked = await made({ role: 'buyer' });
    await revoke(revoked.id);
    const refused = await rotate(revoked.id);
    expectError(refused, 400, { code: 'invalid_status' });
    for (const overlapSeconds of [-1, 1.5, '60', 2_592_001]) {
      const answer = await rotate(id, { overlapSeconds });
      expectError(answer, 400, { param: 'overlapSeconds' });
    }
  });
});

describe('an idempotency key', () => {
  const create = (key: string) =>
    api.send('POST', '/v1/payment-intents', { body: INTENT, key, headers: { 'Idempotency-Key': 'same' } });

  test('belongs to merchant, mode and role: nobody else replays it, and a rotated key does', async () => {
    const first = await create(api.keys.own);
    const others = [
      await create(await api.addKey({ role: 'operator' })),
      await create(api.keys.live),
      await create(api.keys.other),
    ];
    for (const answer of [first, ...others]) {
      expect([answer.status, answer.headers['idempotent-replayed']]).toEqual([201, undefined]);
    }
    expect(new Set([first, ...others].map(({ json }) => json.id)).size).toBe(4);
    const again = await create(await api.addKey());
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
  });
});

describe('the database itself', () => {
  test.each([
    ['a key that comes back', 'K1_end', 'set revoked_at = null where revoked_at is not null'],
    [
      'a key that lives longer',
      'K1_end',
      "set expires_at = expires_at + interval '1 day' where expires_at is not null",
    ],
    ['a key that never ends', 'K1_end', 'set expires_at = null where expires_at is not null'],
    ['another role', 'K1_identity', "set role = 'operator' where role = 'buyer'"],
    ['another order', 'K1_identity', 'set escrow_order_id = null where escrow_order_id is not null'],
    ['another secret', 'K1_identity', "set hash = sha256('x')"],
    ['a scope that was not there', 'K1_identity', "set scopes = '{keys}' where role = 'merchant' and scopes = '{}'"],
    ['another maker', 'K1_identity', 'set created_by = id'],
    ['a use that is taken back', 'K1_last_use', 'set last_used_at = null where last_used_at is not null'],
  ])('refuses %s', async (_title, rule, change) => {
    await expect(admin.unsafe(`update api_keys ${change}`)).rejects.toMatchObject({ constraint_name: rule });
  });

  test('refuses a key bound to an order of another merchant, and a bound merchant key', async () => {
    const orderId = await orderIdOf(intentId);
    const insert = (merchantId: string, mode: string, role: string) => admin`
      insert into api_keys (id, merchant_id, mode, role, hash, last_four, escrow_order_id)
      values ('key_x', ${merchantId}, ${mode}, ${role}, 'x', 'abcd', ${orderId})`;
    const attempts = [
      [insert(OTHER_MERCHANT, 'test', 'buyer'), 'K2_bound_order'],
      [insert('merchant_test', 'live', 'buyer'), 'K2_bound_order'],
      [insert('merchant_test', 'test', 'merchant'), 'K2_bound_role'],
    ] as const;
    for (const [attempt, rule] of attempts) await expect(attempt).rejects.toMatchObject({ constraint_name: rule });
  });
});

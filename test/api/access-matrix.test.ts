/**
 * Every documented route against every caller who may not: generated from openapi.json, so that a new route is in it
 * from its first day. Whatever is refused changes nothing, and whatever is answered shows nothing of others.
 */
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { API_KEY_ROLES, type ApiKeyRole, apiKeyIdOf } from '../../src/api/api-keys.ts';
import { DOCUMENTED_ROUTES, type DocumentedRoute } from '../support/documented.ts';
import { testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';
import { type ApiAnswer, MERCHANT, OTHER_MERCHANT, startApi } from './api-server.ts';
import { newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 0, commandWaitMs: 15_000 } });
/** What deletes comes last: the others need it. */
const ROUTES = DOCUMENTED_ROUTES.filter(({ template }) => template.startsWith('/v1/')).sort(
  (a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'),
);

/** What is in the templates, as the test merchant has it. */
let ids: Readonly<Record<string, string>>;
let ownKeys: Readonly<Record<ApiKeyRole, string>>;
let strangers: Readonly<Record<'merchant' | 'mode' | 'bound', string>>;

beforeAll(async () => {
  const order = await newOrder(api, {});
  await order.create(0, '400.00');
  await order.create(1, '500.00');
  await order.complete(0);
  expect((await order.release(0)).status).toBe(200);
  const milestoneId = order.milestoneId(1);
  const held = await order.complete(1, { headers: { Prefer: 'handling=lenient' } });
  const waiting = await order.post(
    '/milestones',
    { milestoneIndex: 5, amount: '1.00' },
    { headers: { Prefer: 'handling=lenient' } },
  );
  expect([held.status, waiting.status]).toEqual([200, 202]);
  const payouts = await until('a payout', async () => {
    const { json } = await api.send('GET', '/v1/payouts');
    return json.data.length > 0 && json.data;
  });
  ownKeys = Object.fromEntries(
    await Promise.all(
      API_KEY_ROLES.map(async (role) => [
        role,
        await api.addKey({ role, scopes: role === 'merchant' ? ['keys'] : [] }),
      ]),
    ),
  );
  const otherOrder = await newOrder(api, {});
  strangers = {
    merchant: await api.addKey({ merchantId: OTHER_MERCHANT, role: 'operator' }),
    mode: await api.addKey({ mode: 'live', role: 'operator' }),
    bound: await api.addKey({ role: 'buyer', escrowOrderId: otherOrder.orderId }),
  };
  const endpoint = await api.send('POST', '/v1/webhook-endpoints', {
    body: { url: 'https://hooks.example.com/tranche' },
    key: ownKeys.operator,
  });
  const events = await api.send('GET', '/v1/events?limit=1');
  ids = {
    endpointId: endpoint.json.id,
    eventId: events.json.data[0].id,
    intentId: order.intentId,
    milestoneId,
    commandId: waiting.json.id,
    payoutId: payouts[0].id,
    keyId: apiKeyIdOf(await api.addKey()) ?? '',
  };
});

function send({ template, method, operation }: DocumentedRoute, key: string | null): Promise<ApiAnswer> {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`The matrix knows no ${name}: give it one of the test merchant's`);
    return id;
  });
  const body = operation.requestBody?.content['application/json'].example;
  return api.send(method, path, { key, ...(body !== undefined && { body }) });
}

/** What a refusal must not change: everything that is counted here, whoever's it is. */
async function effects(): Promise<unknown> {
  const [row] = await db.execute(sql`
    SELECT (SELECT count(*) FROM order_log) AS entries, (SELECT count(*) FROM commands) AS commands,
      (SELECT count(*) FROM payment_intents) AS intents, (SELECT count(*) FROM api_keys) AS keys,
      (SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL) AS revoked,
      (SELECT md5(string_agg(w::text, '' ORDER BY id)) FROM webhook_endpoints w) AS webhooks,
      (SELECT count(*) FROM webhook_deliveries) AS deliveries,
      (SELECT sum(version) FROM escrow_orders) AS versions`);
  return row;
}

async function expectRefused(
  route: DocumentedRoute,
  key: string | null,
  statuses: readonly number[],
  reasons: readonly string[],
): Promise<void> {
  const before = await effects();
  const { status, headers } = await send(route, key);
  expect(statuses).toContain(status);
  expect(reasons).toContain(headers['error-reason']);
  expect(await effects()).toEqual(before);
}

const isOfAnObject = ({ template }: DocumentedRoute) => template.includes('{');

describe.each(ROUTES.map((route) => [`${route.method} ${route.template}`, route] as const))('%s', (_title, route) => {
  test('is for nobody without a key in force', async () => {
    const good = ownKeys.operator;
    const revoked = await api.addKey({ role: 'operator', revokedAt: new Date() });
    const expired = await api.addKey({ role: 'operator', expiresAt: new Date(Date.now() - 1_000) });
    const misspelled = `${good.slice(0, -12)}${good.at(-12) === 'a' ? 'b' : 'a'}${good.slice(-11)}`;
    await expectRefused(route, null, [401], ['authentication_required']);
    for (const bad of ['sk_test_nothing', misspelled, revoked, expired]) {
      await expectRefused(route, bad, [403], ['invalid_api_key']);
    }
  });

  test.each(['merchant', 'mode'] as const)("of another %s's key: shows and changes nothing of ours", async (what) => {
    if (isOfAnObject(route)) {
      const reasons = ['intent_not_owned', ...MISSING];
      await expectRefused(route, strangers[what], what === 'mode' ? [404] : [403, 404], reasons);
      return;
    }
    const answer = await send(route, strangers[what]);
    expect([200, 201]).toContain(answer.status);
    for (const id of [...Object.values(ids), ...(what === 'merchant' ? [MERCHANT] : [])]) {
      expect(answer.text).not.toContain(id);
    }
    // What they make is theirs.
    const location = answer.headers.location;
    if (location) expect([403, 404]).toContain((await api.send('GET', location)).status);
  });

  test("of a key bound to another order: shows and changes nothing of this one's", async () => {
    if (isOfAnObject(route) || !route.operation['x-open-to-bound-keys']) {
      const reasons = ['key_bound_to_order', 'intent_not_owned', ...MISSING];
      await expectRefused(route, strangers.bound, [403, 404], reasons);
      return;
    }
    const answer = await send(route, strangers.bound);
    expect(answer.status).toBe(200);
    for (const id of Object.values(ids)) expect(answer.text).not.toContain(id);
  });

  test('is for the documented roles', async () => {
    const allowed = route.operation['x-roles'] ?? [];
    expect(allowed.length).toBeGreaterThan(0);
    for (const role of API_KEY_ROLES.filter((one) => !allowed.includes(one))) {
      await expectForbidden(route, ownKeys[role]);
    }
    for (const role of API_KEY_ROLES.filter((one) => allowed.includes(one))) {
      const { headers } = await send(route, ownKeys[role]);
      expect(DEPENDS_ON_TERMS.includes(route.operation.operationId) ? [] : ROLE_REASONS).not.toContain(
        headers['error-reason'],
      );
    }
  });
});

const MISSING = [
  'payment_intent_missing',
  'payout_missing',
  'command_missing',
  'api_key_missing',
  'webhook_endpoint_missing',
  'event_missing',
];
const ROLE_REASONS = ['role_not_allowed', 'api_key_role_not_allowed', 'webhook_role_not_allowed'];
/** Who may depends also on the order's terms, on what was decided, or on which key it is about: test/api/roles. */
const DEPENDS_ON_TERMS = ['releaseMilestone', 'resolveDispute', 'withdrawDispute'];

/** A refused command is recorded in its order's log, and changes nothing else. */
async function expectForbidden(route: DocumentedRoute, key: string): Promise<void> {
  const order = async () => (await api.send('GET', `/v1/payment-intents/${ids.intentId}/escrow`)).json.data;
  const before = await order();
  const { status, headers } = await send(route, key);
  expect([status, ROLE_REASONS.includes(String(headers['error-reason']))]).toEqual([403, true]);
  expect({ ...(await order()), version: 0, updatedAt: 0 }).toEqual({ ...before, version: 0, updatedAt: 0 });
}

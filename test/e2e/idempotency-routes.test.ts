/** Every route that changes something keeps the promises of an Idempotency-Key: one table, which no route can miss. */
import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { isKeyed } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { apiKeys } from '../../src/db/schema.ts';
import type { Answer } from '../support/http-client.ts';
import type { OrderOptions } from '../support/http-order.ts';
import { provenKey } from '../support/secrets.ts';
import { MERCHANT_ID, testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { expectRefused } from './expectations.ts';

const { createOrder, db, send } = await testService();
const { key: operatorKey, ...operator } = createApiKey('test', 'operator');
await db.insert(apiKeys).values(provenKey({ ...operator, merchantId: MERCHANT_ID }));

const post = (path: string, body?: object, headers: Record<string, string | string[]> = {}, method = 'POST') =>
  send(method, path, { key: operatorKey, ...(body && { body }), headers });

/** One request, ready to be sent for the first time. */
interface Case {
  readonly path: string;
  readonly body?: object;
  readonly status: number;
  /** Another request to the same path. */
  readonly other?: object;
  /** Changes what was answered, so that a repeat can only be answered from what is recorded. */
  readonly afterwards?: () => Promise<unknown>;
}

const order = (options: OrderOptions = {}) => createOrder({ key: operatorKey, ...options });

/** An order with one milestone of 5.00, taken as far as wanted. */
async function milestone(steps: ('complete' | 'release')[], options: OrderOptions = {}) {
  const made = await order(options);
  const [id = ''] = await made.createAll('5.00');
  const path = `${made.milestonesPath}/${id}`;
  for (const step of steps) {
    const answer = await post(`${path}/${step}`, step === 'complete' ? COMPLETION : {});
    expect([step, answer.status, answer.text]).toEqual([step, 200, answer.text]);
  }
  return { ...made, id, path };
}

const COMPLETION = { completedBy: 'supplier-1' };

const intentBody = (destination: string) => ({
  ...{ amount: '5.00', currency: 'USDC', type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' },
  settlementDestination: destination,
});

async function disputed() {
  const { intentPath } = await order();
  const path = `${intentPath}/escrow/dispute`;
  expect((await post(path, { reason: 'late', raisedBy: 'buyer-7' })).status).toBe(200);
  return path;
}

/** Nobody is there, which a webhook endpoint may be registered for all the same. */
const HOOK_URL = 'https://hooks.tranche.invalid/events';

/** The path of a new webhook endpoint. */
async function endpoint(): Promise<string> {
  const made = await post('/v1/webhook-endpoints', { url: HOOK_URL });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return `/v1/webhook-endpoints/${made.json.id}`;
}

async function apiKey(): Promise<string> {
  return (await post('/v1/api-keys', { role: 'buyer' })).json.id;
}

const INTENT = '/v1/payment-intents/:intentId';
const MILESTONES = `${INTENT}/escrow/milestones`;
const MILESTONE = `${MILESTONES}/:milestoneId`;
const DISPUTE = `${INTENT}/escrow/dispute`;

const CASES: Record<string, () => Promise<Case>> = {
  'POST /v1/payment-intents': async () => ({
    path: '/v1/payment-intents',
    body: intentBody('a'),
    other: intentBody('b'),
    status: 201,
  }),
  [`POST ${INTENT}/confirm`]: async () => {
    const { intentPath, create } = await order({ funded: false });
    const path = `${intentPath}/confirm`;
    return { path, status: 200, other: { signature: '0x' }, afterwards: () => create(0, '1.00') };
  },
  [`POST ${INTENT}/cancel`]: async () => {
    const { intentPath } = await order({ funded: false });
    return { path: `${intentPath}/cancel`, body: { reason: 'a' }, other: { reason: 'b' }, status: 200 };
  },
  [`POST ${INTENT}/escrow/refund`]: async () => {
    const path = `${(await order()).intentPath}/escrow/refund`;
    return { path, body: { amount: '1' }, other: {}, status: 200, afterwards: () => post(path, { amount: '2' }) };
  },
  [`POST ${INTENT}/escrow/cancel`]: async () => ({
    path: `${(await order()).intentPath}/escrow/cancel`,
    other: { reason: 'b' },
    status: 200,
  }),
  [`POST ${INTENT}/escrow/advance-clock`]: async () => {
    const path = `${(await order()).intentPath}/escrow/advance-clock`;
    const body = { seconds: 60 };
    return { path, body, other: { seconds: 61 }, status: 200, afterwards: () => post(path, body) };
  },
  [`POST ${MILESTONES}`]: async () => {
    const { milestonesPath: path, orderId, complete } = await order();
    const body = { milestoneIndex: 0, amount: '5', metadata: { b: '1', a: '2' }, percentage: 1.5 };
    const id = `milestone_${orderId.replace(/^escrow_order_/, '')}_0`;
    return { path, body, other: { ...body, percentage: 2 }, status: 201, afterwards: () => complete(id) };
  },
  [`POST ${MILESTONES}/batch`]: async () => {
    const { milestonesPath, intentPath } = await order();
    const milestones = [0, 1].map((milestoneIndex) => ({ milestoneIndex, amount: '1' }));
    const afterwards = () => post(`${intentPath}/escrow/cancel`);
    const [other] = milestones;
    return {
      path: `${milestonesPath}/batch`,
      body: { milestones },
      other: { milestones: [other] },
      status: 201,
      afterwards,
    };
  },
  [`PATCH ${MILESTONE}`]: async () => {
    const { path } = await milestone([]);
    const afterwards = () => post(path, { amount: '3' }, {}, 'PATCH');
    return { path, body: { amount: '2' }, other: { amount: '2.00' }, status: 200, afterwards };
  },
  [`POST ${MILESTONE}/cancel`]: async () => ({
    path: `${(await milestone([])).path}/cancel`,
    other: { reason: 'b' },
    status: 200,
  }),
  [`POST ${MILESTONE}/reopen`]: async () => {
    const { path } = await milestone(['complete']);
    const afterwards = () => post(`${path}/complete`, COMPLETION);
    return { path: `${path}/reopen`, body: { reason: 'a' }, other: { reason: 'b' }, status: 200, afterwards };
  },
  [`POST ${MILESTONE}/complete`]: async () => {
    const { path } = await milestone([]);
    const afterwards = () => post(`${path}/release`);
    return { path: `${path}/complete`, body: COMPLETION, other: { completedBy: 'x' }, status: 200, afterwards };
  },
  [`POST ${MILESTONE}/release`]: async () => {
    const { path, intentPath } = await milestone(['complete']);
    const afterwards = () => post(`${intentPath}/escrow/cancel`);
    return { path: `${path}/release`, body: { amount: '4.00' }, other: {}, status: 200, afterwards };
  },
  [`POST ${MILESTONE}/extend`]: async () => {
    const { path } = await milestone(['complete'], { milestoneTerms: { inspectionPeriodSeconds: 3_600 } });
    const body = { seconds: 60 };
    const afterwards = () => post(`${path}/extend`, body);
    return { path: `${path}/extend`, body, other: { seconds: 61 }, status: 200, afterwards };
  },
  [`POST ${DISPUTE}`]: async () => {
    const path = `${(await order()).intentPath}/escrow/dispute`;
    const body = { reason: 'late', raisedBy: 'buyer-7' };
    return { path, body, other: { ...body, reason: 'x' }, status: 200, afterwards: () => post(`${path}/withdraw`) };
  },
  [`POST ${DISPUTE}/resolve`]: async () => {
    const body = { resolution: 'PARTIAL_REFUND', merchantAmount: '400.00', buyerAmount: '600.00' };
    return { path: `${await disputed()}/resolve`, body, other: { resolution: 'BUYER_WON' }, status: 200 };
  },
  [`POST ${DISPUTE}/withdraw`]: async () => {
    const path = await disputed();
    const afterwards = () => post(path, { reason: 'again', raisedBy: 'buyer-7' });
    return { path: `${path}/withdraw`, other: { reason: 'b' }, status: 200, afterwards };
  },
  'POST /v1/commands/:commandId/cancel': async () => {
    const { post: create } = await order();
    const held = await create({ milestoneIndex: 3, amount: '1' }, { headers: { Prefer: 'handling=lenient' } });
    return { path: `/v1/commands/${held.json.id}/cancel`, status: 200 };
  },
  'POST /v1/payouts/:payoutId/retry': async () => {
    const { read } = await milestone(['complete', 'release'], { settlementDestination: 'decline' });
    const payout = async () => (await read()).milestones[0].payout;
    const failures = async () => until('the payout to fail', async () => (await payout()).status === 'failed');
    await failures();
    return { path: `/v1/payouts/${(await payout()).id}/retry`, status: 200, afterwards: failures };
  },
  'POST /v1/api-keys': async () => ({
    path: '/v1/api-keys',
    body: { role: 'buyer', name: 'a' },
    other: { role: 'buyer', name: 'b' },
    status: 201,
  }),
  'POST /v1/api-keys/:keyId/rotate': async () => {
    const path = `/v1/api-keys/${await apiKey()}`;
    const afterwards = () => post(`${path}/revoke`);
    return {
      path: `${path}/rotate`,
      body: { overlapSeconds: 5 },
      other: { overlapSeconds: 6 },
      status: 201,
      afterwards,
    };
  },
  'POST /v1/api-keys/:keyId/revoke': async () => ({ path: `/v1/api-keys/${await apiKey()}/revoke`, status: 200 }),
  'POST /v1/webhook-endpoints': async () => ({
    path: '/v1/webhook-endpoints',
    body: { url: HOOK_URL, description: 'a' },
    other: { url: HOOK_URL, description: 'b' },
    status: 201,
  }),
  'PATCH /v1/webhook-endpoints/:endpointId': async () => {
    const path = await endpoint();
    const afterwards = () => post(path, { description: 'c' }, {}, 'PATCH');
    return { path, body: { description: 'a' }, other: { description: 'b' }, status: 200, afterwards };
  },
  'DELETE /v1/webhook-endpoints/:endpointId': async () => ({ path: await endpoint(), status: 200 }),
  'POST /v1/webhook-endpoints/:endpointId/rotate-secret': async () => {
    const path = `${await endpoint()}/rotate-secret`;
    const afterwards = () => post(path);
    return { path, body: { overlapSeconds: 5 }, other: { overlapSeconds: 6 }, status: 200, afterwards };
  },
  'POST /v1/webhook-endpoints/:endpointId/test': async () => ({ path: `${await endpoint()}/test`, status: 202 }),
  'POST /v1/webhook-endpoints/:endpointId/replay': async () => ({
    path: `${await endpoint()}/replay`,
    body: { from: '2026-01-01T00:00:00Z' },
    other: { from: '2026-01-02T00:00:00Z' },
    status: 202,
  }),
  'POST /v1/events/:eventId/replay': async () => {
    await endpoint();
    const events = await send('GET', '/v1/events?limit=1', { key: operatorKey });
    return { path: `/v1/events/${events.json.data[0].id}/replay`, status: 202 };
  },
};

/**
 * What is not as it looks in the fingerprints that are stored already: repeats across a deploy are recognized by them, so
 * none may ever change. Templates of 0.1.0 that are no paths, and what a body that was left out was read as.
 */
const FINGERPRINTED: Readonly<Record<string, { readonly template?: string; readonly body?: object }>> = {
  [`POST ${INTENT}/cancel`]: { template: `${INTENT}/payment_intent.cancel` },
  [`POST ${INTENT}/escrow/cancel`]: { template: `${INTENT}/order.cancel` },
  [`POST ${MILESTONE}/cancel`]: { template: `${MILESTONE}/milestone.cancel` },
  [`POST ${MILESTONE}/reopen`]: { template: `${MILESTONE}/milestone.reopen` },
  [`POST ${DISPUTE}`]: { body: { reason: 'late', raisedBy: 'buyer-7', disputeWindow: '604800' } },
  'POST /v1/webhook-endpoints/:endpointId/replay': { body: { from: Date.parse('2026-01-01T00:00:00Z') } },
};

/** As the service made it in every version, said once more. */
function fingerprintOf(route: string, path: string, sent: object): string {
  const [method = '', template = ''] = route.split(' ');
  const values = path.split('/');
  const ids = template.split('/').flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), values[at]]] : []));
  const { template: known = template, body = sent } = FINGERPRINTED[route] ?? {};
  const asked = canonicalize({ method, route: known, ids: Object.fromEntries(ids), body }) ?? '';
  return createHash('sha256').update(asked).digest('hex');
}

/** These change nothing, whatever they are sent. */
const REFUSING = [`POST ${INTENT}/escrow/delivery-proof`];

/** Whatever a request of somebody's can leave behind. */
async function effects(): Promise<unknown> {
  const [counted] = await db.execute(sql`
    SELECT (SELECT count(*)::int FROM order_log WHERE actor_role <> 'system') AS entries,
      (SELECT count(*)::int FROM payment_intents) AS intents, (SELECT count(*)::int FROM api_keys) AS keys,
      (SELECT jsonb_agg(jsonb_build_array(id, description, secret, deleted_at) ORDER BY id) FROM webhook_endpoints)
        AS endpoints,
      (SELECT count(*)::int FROM commands) AS commands`);
  return counted;
}

const factsOf = ({ status, text, headers }: Answer) => ({ status, text, location: headers.location });

test('the table names every route that could change something', () => {
  const keyed = ROUTES.filter(isKeyed).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...Object.keys(CASES), ...REFUSING].sort()).toEqual(keyed.sort());
});

describe('under one Idempotency-Key', () => {
  test.each(Object.entries(CASES))('%s is done once and answers the same bytes', async (route, prepare) => {
    const method = route.split(' ')[0] as string;
    const { path, body, status, other, afterwards } = await prepare();
    const key = randomUUID();
    const before = await effects();
    for (const bad of [[key, key], '', `"${key}`, 'k'.repeat(256), 'é']) {
      const refused = await post(path, body, { 'Idempotency-Key': bad }, method);
      expect([bad, refused.status, refused.headers['error-reason']]).toEqual([bad, 400, 'idempotency_key_invalid']);
    }
    expect(await effects()).toEqual(before);

    const first = await post(path, body, { 'Idempotency-Key': key }, method);
    expect([first.status, first.headers['idempotent-replayed'], first.text]).toEqual([status, undefined, first.text]);
    expect(await effects()).not.toEqual(before);
    await afterwards?.();
    const after = await effects();

    // As the IETF draft writes it: a string in quotes.
    const again = await post(path, body, { 'Idempotency-Key': `"${key}"` }, method);
    expect(factsOf(again)).toEqual(factsOf(first));
    expect(again.headers['idempotent-replayed']).toBe('true');
    if (other) {
      const refused = await post(path, other, { 'Idempotency-Key': key }, method);
      expectRefused(refused, 422, 'idempotency_key_reused');
    }
    const [claim] = await db.execute<{ fingerprint: string }>(
      sql`SELECT encode(fingerprint, 'hex') AS fingerprint FROM commands WHERE idempotency_key = ${key}`,
    );
    expect(claim?.fingerprint).toBe(fingerprintOf(route, path, body ?? {}));
    const elsewhere = await post('/v1/api-keys', { role: 'merchant' }, { 'Idempotency-Key': key });
    if (path !== '/v1/api-keys') expectRefused(elsewhere, 422, 'idempotency_key_reused');
    expect(await effects()).toEqual(after);
  });

  test('a dry run keeps no key and is judged afresh, and a bad key is refused all the same', async () => {
    const { milestonesPath } = await order();
    const path = `${milestonesPath}/batch`;
    const milestones = [{ milestoneIndex: 0, amount: '1.00' }];
    const key = { 'Idempotency-Key': randomUUID() };
    const dry = () => post(path, { milestones, dryRun: true }, key);
    expect((await dry()).json.data.valid).toBe(true);
    expect((await post(path, { milestones }, key)).status).toBe(201);
    const later = await dry();
    expect([later.json.data.valid, later.headers['idempotent-replayed']]).toEqual([false, undefined]);
    expect((await post(path, { milestones, dryRun: true }, { 'Idempotency-Key': 'a b' })).status).toBe(400);
  });
});

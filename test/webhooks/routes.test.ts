import { eq } from 'drizzle-orm';
import { typeid } from 'typeid-js';
import { expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { apiKeys, webhookEndpoints } from '../../src/db/schema.ts';
import { EVENT_TYPES } from '../../src/domain/published-events.ts';
import { adminOf } from '../support/admin.ts';
import { provenKey } from '../support/secrets.ts';
import { MERCHANT_ID } from '../support/service.ts';
import { until } from '../support/until.ts';
import { startSink } from './sink.ts';
import { outboxOf, required, subscribe, webhookService } from './webhooks.ts';

const service = await webhookService();
const { send, keys, db } = service;

async function keyOf(role: 'buyer' | 'arbiter' | 'operator', escrowOrderId: string | null = null): Promise<string> {
  const { key, ...row } = createApiKey('test', role);
  await db.insert(apiKeys).values(provenKey({ ...row, merchantId: MERCHANT_ID, escrowOrderId }));
  return key;
}

test('an endpoint is made, read, listed, changed and deleted; its secret is shown once and stored encrypted', async () => {
  const sink = await startSink();
  const made = required(
    await send('POST', '/v1/webhook-endpoints', {
      body: { url: sink.url, events: ['payout.paid'], description: 'Shop' },
    }),
    201,
  );
  const { id, data } = made.json;
  expect(data).toMatchObject({ url: sink.url, events: ['payout.paid'], description: 'Shop', status: 'enabled' });
  expect(data.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const path = `/v1/webhook-endpoints/${id}`;
  const { secret, ...rest } = data;
  expect(required(await send('GET', path), 200).json.data).toEqual(rest);
  const listed = required(await send('GET', '/v1/webhook-endpoints?limit=1'), 200).json;
  expect(listed.data[0].data).toEqual(rest);
  const [row] = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id));
  expect(row?.secret?.includes(Buffer.from(secret))).toBe(false);
  expect(JSON.stringify(row)).not.toContain(secret);

  const changed = required(
    await send('PATCH', path, { body: { events: ['*'], description: null, status: 'disabled' } }),
    200,
  );
  expect(changed.json.data).toMatchObject({
    events: ['*'],
    description: null,
    status: 'disabled',
    disabledReason: 'request',
  });
  expect((await send('POST', `${path}/test`)).headers['error-reason']).toBe('webhook_endpoint_disabled');
  required(await send('PATCH', path, { body: { status: 'enabled' } }), 200);
  expect((await send('PATCH', path, { body: {} })).status).toBe(400);
  for (const events of [[], ['*', 'payout.paid'], ['payout.unknown'], 'payout.paid']) {
    expect((await send('PATCH', path, { body: { events } })).json.error.param, JSON.stringify(events)).toMatch(
      /^events/,
    );
  }
  expect(required(await send('DELETE', path), 200).json).toEqual({ object: 'webhook_endpoint', status: 'deleted' });
  expect((await send('GET', path)).status).toBe(404);
  expect((await send('DELETE', path)).status).toBe(404);
  const [deleted] = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id));
  expect([deleted?.secret, deleted?.previousSecret]).toEqual([null, null]);
});

test('other merchants and the other mode meet 404, other roles 403, keys bound to an order 403', async () => {
  const sink = await startSink();
  const endpoint = await subscribe(send, sink.url);
  const order = await service.createOrder({ funded: false });
  const [eventId = ''] = (await outboxOf(service)).slice(-1);
  const routes: [string, string, object?][] = [
    ['GET', endpoint.path],
    ['PATCH', endpoint.path, { status: 'disabled' }],
    ['POST', `${endpoint.path}/rotate-secret`],
    ['POST', `${endpoint.path}/test`],
    ['POST', `${endpoint.path}/replay`, { from: '2026-01-01T00:00:00Z' }],
    ['GET', `${endpoint.path}/deliveries`],
    ['GET', `/v1/events/${eventId}`],
    ['POST', `/v1/events/${eventId}/replay`],
    ['DELETE', endpoint.path],
  ];
  const strangers = [await keyOf('buyer'), await keyOf('arbiter'), await keyOf('buyer', order.orderId)];
  for (const [method, path, body] of routes) {
    const sent = body ? { body } : {};
    for (const key of [keys.other, keys.live]) {
      expect([method, path, (await send(method, path, { ...sent, key })).status]).toEqual([method, path, 404]);
    }
    for (const key of strangers) {
      expect([method, path, (await send(method, path, { ...sent, key })).status]).toEqual([method, path, 403]);
    }
  }
  for (const path of ['/v1/events', '/v1/webhook-endpoints']) {
    for (const key of strangers) expect((await send('GET', path, { key })).status).toBe(403);
    expect((await send('GET', path, { key: keys.live })).json.data).toEqual([]);
    expect((await send('GET', path, { key: keys.other })).json.data).toEqual([]);
    expect((await send('GET', path, { key: await keyOf('operator') })).json.data.length).toBeGreaterThan(0);
  }
  const foreign = await send('POST', `/v1/events/${eventId}/replay`, {
    body: { webhookEndpointId: (await subscribe(send, 'https://hooks.example.com/', {}, keys.live)).id },
  });
  expect(foreign.headers['error-reason']).toBe('webhook_endpoint_missing');
  expect(await endpoint.read()).toMatchObject({ status: 'enabled' });
});

test('events are listed page by page without gap or repeat, filtered by type, time, order and intent', async () => {
  const order = await service.createOrder();
  const [first = ''] = await order.createAll('400.00', '600.00');
  await order.complete(first);
  await order.release(first);
  await until('the payout to be paid', async () =>
    (await outboxOf(service, ['payout.paid'])).length > 0 ? true : null,
  );
  const outbox = (await outboxOf(service)).reverse();
  const paged: string[] = [];
  for (let after = ''; ; ) {
    const page = required(await send('GET', `/v1/events?limit=4${after}`), 200).json;
    paged.push(...page.data.map(({ id }: { id: string }) => id));
    if (!page.hasMore) break;
    after = `&starting_after=${paged.at(-1)}`;
  }
  expect(paged).toEqual(outbox);

  const typesOf = async (query: string): Promise<string[]> =>
    required(await send('GET', `/v1/events?limit=100&${query}`), 200).json.data.map(
      ({ type }: { type: string }) => type,
    );
  const ofOrder = await typesOf(`escrowOrderId=${order.orderId}`);
  expect(ofOrder.reverse()).toEqual([
    ...['payment_intent.created', 'escrow_order.created', 'escrow_order.funded', 'payment_intent.status_changed'],
    ...[
      'milestone.created',
      'milestone.created',
      'milestone.completed',
      'milestone.released',
      'payout.created',
      'payout.paid',
    ],
  ]);
  expect((await typesOf(`paymentIntentId=${order.intentId}`)).reverse()).toEqual(ofOrder);
  expect(await typesOf(`escrowOrderId=${order.orderId}&type=milestone.created`)).toHaveLength(2);
  expect(await typesOf('created[lt]=2020-01-01T00:00:00Z')).toEqual([]);
  expect((await typesOf('created[gte]=2020-01-01T00:00:00Z')).length).toBe(Math.min(outbox.length, 100));
  expect((await send('GET', '/v1/events?starting_after=evt_of_nobody')).json.error.param).toBe('starting_after');

  const [released] = required(await send('GET', `/v1/events?type=milestone.released`), 200).json.data;
  expect(released).toEqual({
    id: expect.any(String),
    object: 'event',
    actor: { role: 'merchant', id: 'merchant_own', via: 'api', keyId: expect.any(String) },
    type: 'milestone.released',
    data: { object: expect.objectContaining({ object: 'milestone', id: first, status: 'RELEASED', amount: '400.00' }) },
    created: expect.any(String),
    recorded: expect.any(String),
    sequence: 8,
    escrowOrderId: order.orderId,
  });
});

const idsOf = async (query: string): Promise<string[]> =>
  required(await send('GET', `/v1/events?limit=100&${query}`), 200).json.data.map(({ id }: { id: string }) => id);

test('events are found by when they were recorded, wherever the clock of their order is', async () => {
  const since = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
  const order = await service.createOrder();
  required(await send('POST', `${order.intentPath}/escrow/advance-clock`, { body: { seconds: 86_400 } }), 200);
  await order.createAll('1000.00');
  const [ahead] = required(await send('GET', `/v1/events?escrowOrderId=${order.orderId}`), 200).json.data;
  expect(Date.parse(ahead.created) - Date.parse(ahead.recorded)).toBeGreaterThan(86_000_000);
  expect(await idsOf(`recorded[gte]=${since}`)).toContain(ahead.id);
  expect(await idsOf(`recorded[lt]=${since}`)).not.toContain(ahead.id);
  const future = new Date(Date.now() + 3_600_000).toISOString();
  expect(await idsOf(`created[gte]=${future}`)).toContain(ahead.id);
  expect(await idsOf(`recorded[gte]=${future}`)).toEqual([]);
});

test('who goes on from the last event, the first recorded first, misses none that is committed late', async () => {
  const admin = adminOf(service);
  const [lateId, earlyId] = [typeid('evt_zz').toString(), typeid('evt_aa').toString()];
  const last = (await idsOf('')).at(0) ?? '';
  const follow = () => idsOf(`order=asc&starting_after=${last}`);
  const write = (sql: typeof admin, id: string) => sql`
    INSERT INTO events (id, type, data, created_at, merchant_id, mode)
    SELECT ${id}, 'webhook_endpoint.test', data, created_at, merchant_id, mode FROM events WHERE id = ${last}`;
  await admin.begin(async (late) => {
    await write(late as unknown as typeof admin, lateId);
    await write(admin, earlyId);
    // It stands behind the late one, so it has to wait for it.
    expect(await idsOf('')).toContain(earlyId);
    expect(await follow()).toEqual([]);
  });
  // Transactions of all databases of the server count.
  await until('both', async () => (await follow()).length === 2);
  expect(await follow()).toEqual([lateId, earlyId]);
  expect((await idsOf('')).slice(0, 2)).toEqual([earlyId, lateId]);
});

test('a page after an endpoint that is deleted meanwhile goes on where it stood', async () => {
  const made: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const body = { url: `https://shop.example.com/${name}` };
    made.unshift(required(await send('POST', '/v1/webhook-endpoints', { body }), 201).json.id);
  }
  const [newest = '', next = '', oldest = ''] = made;
  required(await send('DELETE', `/v1/webhook-endpoints/${newest}`), 200);
  required(await send('DELETE', `/v1/webhook-endpoints/${next}`), 200);
  for (const cursor of [newest, next]) {
    const page = required(await send('GET', `/v1/webhook-endpoints?starting_after=${cursor}`), 200).json;
    expect(page.data[0].id).toBe(oldest);
  }
  const stranger = await send('GET', '/v1/webhook-endpoints?starting_after=webhook_endpoint_of_nobody');
  expect(stranger.json.error.param).toBe('starting_after');
});

test('every published type of event is written by something that happens', async () => {
  const quick = await service.createOrder({ milestoneTerms: { inspectionPeriodSeconds: 172_800 } });
  const dueAt = new Date(Date.now() + 3_600_000).toISOString();
  const create = async (milestoneIndex: number, more: object = {}): Promise<string> =>
    required(await quick.post({ milestoneIndex, amount: '100.00', ...more }), 201).json.id;
  const at = (id: string, verb: string, body: object = {}) =>
    send('POST', `${quick.milestonesPath}/${id}/${verb}`, { body });
  const escrow = (verb: string, body: object = {}) => send('POST', `${quick.intentPath}/escrow/${verb}`, { body });
  const ids = [await create(0), await create(1, { dueAt }), await create(2), await create(3)];
  const [zero = '', one = '', two = '', three = ''] = ids;
  required(await quick.complete(zero), 200);
  required(await at(zero, 'extend', { seconds: 3_600 }), 200);
  required(await at(zero, 'reopen', { reason: 'again' }), 200);
  required(await quick.complete(zero), 200);
  required(await send('PATCH', `${quick.milestonesPath}/${two}`, { body: { amount: '90.00' } }), 200);
  required(await escrow('dispute', { reason: 'late', raisedBy: 'buyer-7', milestoneId: three }), 200);
  required(await escrow('dispute/resolve', { resolution: 'BUYER_WON' }), 200);
  required(await at(two, 'cancel'), 200);
  required(await escrow('refund', { amount: '10.00' }), 200);
  required(await escrow('advance-clock', { seconds: 172_000 }), 200);
  required(await escrow('advance-clock', { seconds: 10_000 }), 200);
  expect(one).not.toBe('');
  required(await escrow('cancel'), 200);
  const failing = await service.createOrder({ settlementDestination: 'decline_1_time' });
  const [paid = ''] = await failing.createAll('1000.00');
  await failing.complete(paid);
  await failing.release(paid);
  const payoutId = await until('the payout to fail', async () => {
    const { data } = (await send('GET', '/v1/payouts?status=failed')).json;
    return data[0]?.id as string | undefined;
  });
  required(await send('POST', `/v1/payouts/${payoutId}/retry`), 200);
  const sink = await startSink(() => 410);
  const endpoint = await subscribe(send, sink.url);
  required(await send('POST', `${endpoint.path}/test`), 202);

  const missing = await until(
    'every type',
    async () => {
      const found: string[] = [];
      for (const type of EVENT_TYPES) {
        const { json } = await send('GET', `/v1/events?limit=1&type=${type}`);
        if (json.data.length === 0) found.push(type);
      }
      return found.length === 0 && found;
    },
    40_000,
  );
  expect(missing).toEqual([]);
});

test('what an endpoint missed while it was disabled is replayed by time, and what it does not want is left out', async () => {
  const sink = await startSink();
  const from = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
  const endpoint = await subscribe(send, sink.url, { events: ['milestone.created'] });
  required(await send('PATCH', endpoint.path, { body: { status: 'disabled' } }), 200);
  const order = await service.createOrder();
  await order.createAll('1.00', '2.00', '3.00');
  required(await send('PATCH', endpoint.path, { body: { status: 'enabled' } }), 200);
  expect(sink.received).toHaveLength(0);
  const replayed = required(await send('POST', `${endpoint.path}/replay`, { body: { from } }), 202).json;
  expect(replayed).toMatchObject({ object: 'webhook_replay', status: 'started', hasMore: false });
  expect(replayed.count).toBeGreaterThanOrEqual(3);
  await until('the three to arrive', () => {
    const mine = sink.taken().filter(({ event }) => event.escrowOrderId === order.orderId);
    return mine.length === 3;
  });
  expect(new Set(sink.taken().map(({ event }) => event.type))).toEqual(new Set(['milestone.created']));

  // The bytes that were sent are the event as it is read.
  const [received] = sink.taken();
  const read = required(await send('GET', `/v1/events/${received?.event.id}`), 200);
  expect(read.text).toBe(received?.body);
  const deliveries = required(await send('GET', `${endpoint.path}/deliveries?limit=2`), 200).json;
  expect(deliveries.data[0]).toMatchObject({
    object: 'webhook_delivery',
    data: { status: 'delivered', lastStatusCode: 200, attempts: 1, lastError: null, nextAttemptAt: null },
  });
  const next = await send('GET', `${endpoint.path}/deliveries?starting_after=${deliveries.data[1].id}`);
  expect(required(next, 200).json.data.map(({ id }: { id: string }) => id)).not.toContain(deliveries.data[0].id);
});

test('a repeat under an idempotency key makes one endpoint and shows the same secret', async () => {
  const sink = await startSink();
  const sent = { body: { url: sink.url }, headers: { 'Idempotency-Key': 'endpoint-1' } };
  const answers = [
    await send('POST', '/v1/webhook-endpoints', sent),
    await send('POST', '/v1/webhook-endpoints', sent),
  ];
  expect(answers.map(({ status, text }) => [status, text])[0]).toEqual([201, answers[1]?.text]);
  expect(answers[1]?.headers['idempotent-replayed']).toBe('true');
});

test('a repeat by another API key than the one that asked shows no secret, of a new endpoint or of a rotation', async () => {
  const sink = await startSink();
  const { key, ...row } = createApiKey('test', 'merchant');
  await db.insert(apiKeys).values(provenKey({ ...row, merchantId: MERCHANT_ID }));
  // Of the same role, so that it meets the same idempotency keys.
  const { key: first, ...firstRow } = createApiKey('test', 'merchant');
  await db.insert(apiKeys).values(provenKey({ ...firstRow, merchantId: MERCHANT_ID }));
  const ask = (path: string, body: object, name: string, by: string) =>
    send('POST', path, { body, headers: { 'Idempotency-Key': name }, key: by });
  const made = required(await ask('/v1/webhook-endpoints', { url: sink.url }, 'secret-1', first), 201);
  const rotation = `/v1/webhook-endpoints/${made.json.id}/rotate-secret`;
  const rotated = required(await ask(rotation, {}, 'secret-2', first), 200);
  for (const answer of [
    await ask('/v1/webhook-endpoints', { url: sink.url }, 'secret-1', key),
    await ask(rotation, {}, 'secret-2', key),
  ]) {
    expect([answer.status, answer.headers['error-reason']]).toEqual([400, 'idempotency_key_refused']);
    expect(answer.text).toContain(made.json.id);
    expect(answer.text).not.toContain('whsec_');
  }
  expect((await ask(rotation, {}, 'secret-2', first)).text).toBe(rotated.text);
});

test('without SECRETS_KEY endpoints are refused and said so, and what is no command works beside workers that have it', async () => {
  const bare = await service.startAnother({ roles: { worker: false }, env: { SECRETS_KEY: '' } });
  const answer = await bare.send('POST', '/v1/webhook-endpoints', { body: { url: 'https://hooks.example.com/' } });
  expect([answer.status, answer.headers['error-reason']]).toEqual([503, 'webhooks_unavailable']);
  expect((await bare.send('GET', '/v1/events')).status).toBe(200);
  expect((await bare.createOrder({ funded: false })).orderId).toBeTruthy();
});

test('a merchant has at most 20 endpoints, also when 50 are asked for at once, with an idempotency key and without', async () => {
  const url = 'https://hooks.example.com/';
  const key = keys.live;
  const { length: before } = (await send('GET', '/v1/webhook-endpoints?limit=100', { key })).json.data;
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      send('POST', '/v1/webhook-endpoints', {
        ...{ body: { url }, key },
        headers: { 'Idempotency-Key': n % 2 ? `one-of-many-${n}` : null },
      }),
    ),
  );
  const reasons = answers.filter(({ status }) => status !== 201).map(({ headers }) => headers['error-reason']);
  expect(new Set(reasons)).toEqual(new Set(['webhook_endpoints_full']));
  const { data } = (await send('GET', '/v1/webhook-endpoints?limit=100', { key })).json;
  expect([data.length, reasons.length]).toEqual([20, 30 + before]);
  const full = await send('POST', '/v1/webhook-endpoints', { body: { url }, key });
  expect([full.status, full.headers['error-reason']]).toEqual([400, 'webhook_endpoints_full']);
});

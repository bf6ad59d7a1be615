import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { eventBody, eventObject } from '../../src/api/event-view.ts';
import { ALWAYS, findEvents } from '../../src/db/events.ts';
import { milestones } from '../../src/db/schema.ts';
import { claimEndpoints, feedEndpoint, replayEvents } from '../../src/db/webhook-deliveries.ts';
import { findEndpoint, insertEndpoint } from '../../src/db/webhook-endpoints.ts';
import { readSecretsKey } from '../../src/secrets-key.ts';
import { RETRY_SCHEDULE_MS, readRetryAfter, retryDelay } from '../../src/webhooks/schedule.ts';
import { newSecret, openSecret, sealSecret } from '../../src/webhooks/secrets.ts';
import { adminOf } from '../support/admin.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { complete, create, fund, release, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const { db } = orders;
const admin = adminOf(orders);

async function newEndpoint() {
  const id = `webhook_endpoint_${randomBytes(8).toString('hex')}`;
  const owner = { merchantId: MERCHANT_ID, mode: 'test' as const };
  return insertEndpoint(db, {
    ...{ id, ...owner, url: 'https://hooks.example.com/', description: null, eventTypes: null },
    ...{ secret: Buffer.from('sealed'), proof: null },
  });
}

async function listOf(endpointId: string): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(
    sql`SELECT event_id AS id FROM webhook_deliveries WHERE endpoint_id = ${endpointId}`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Feeds until the endpoint's list holds as many events: the cursor waits for every transaction of the PostgreSQL server,
 * and other tests have databases of their own on it.
 */
function fedUntil(endpointId: string, count: number): Promise<string[]> {
  return until(`${count} events on the list`, async () => {
    await feedEndpoint(db, endpointId, null, 7);
    const ids = await listOf(endpointId);
    return ids.length >= count && ids.sort();
  });
}

const ARBITER = { role: 'arbiter', id: 'arbiter_test' };

const INSERT = (id: string) => `INSERT INTO events (id, type, data, created_at, merchant_id, mode)
  VALUES ('${id}', 'webhook_endpoint.disabled', '{}', now(), '${MERCHANT_ID}', 'test')`;

test('an event whose transaction commits after a later one’s is not missed', async () => {
  const endpoint = await newEndpoint();
  const connection = await admin.reserve();
  try {
    await connection.unsafe('BEGIN');
    await connection.unsafe(INSERT('evt_slow'));
    await admin.unsafe(INSERT('evt_fast'));
    // The later one is there already; the cursor must not pass the earlier one, which nobody can see yet.
    await feedEndpoint(db, endpoint.id, null, 100);
    expect(await listOf(endpoint.id)).toEqual([]);
    await connection.unsafe('COMMIT');
  } finally {
    connection.release();
  }
  expect(await fedUntil(endpoint.id, 2)).toEqual(['evt_fast', 'evt_slow']);
  expect(await feedEndpoint(db, endpoint.id, null, 100)).toBe(0);
});

test('two workers that feed one endpoint at once list each event once, and an endpoint is claimed by one dispatcher', async () => {
  const endpoint = await newEndpoint();
  const made = Array.from({ length: 30 }, () => `evt_${randomBytes(8).toString('hex')}`).sort();
  for (const id of made) await admin.unsafe(INSERT(id));
  const lists = await Promise.all(Array.from({ length: 6 }, () => fedUntil(endpoint.id, 30)));
  for (const list of lists) expect(list).toEqual(made);
  const claims = await Promise.all(Array.from({ length: 6 }, () => claimEndpoints(db, 60_000, 100)));
  const times = claims.flatMap(({ claimed }) => claimed).filter(({ id }) => id === endpoint.id);
  expect(times).toHaveLength(1);
});

test('an event has the same bytes when its milestone has moved on as right after it', async () => {
  const orderId = await orders.createOrder();
  const bytes = new Map<string, string>();
  const render = async () => {
    const ids = await db.execute<{ id: string }>(sql`SELECT id FROM events WHERE order_id = ${orderId}`);
    const views = await findEvents(
      db,
      ids.map(({ id }) => id),
    );
    for (const view of views) {
      const body = eventBody(await eventObject(db, view));
      expect(bytes.get(view.event.id) ?? body).toBe(body);
      bytes.set(view.event.id, body);
    }
  };
  const steps = [
    ...[fund(), create(0, { amount: '400.00' }), create(1, { amount: '600.00' }), complete(0)],
    ...[command('milestone.reopen', { milestoneIndex: 0, details: { reason: 'pages are missing' } }), complete(0)],
    ...[command('milestone.amend', { milestoneIndex: 1, amount: '500.00' } as never), release(0), complete(1)],
    ...[command('dispute.raise', { milestoneIndex: 1, details: { reason: 'late' } } as never)],
    ...[command('dispute.resolve', { resolution: 'MERCHANT_WON', actor: ARBITER } as never), command('order.cancel')],
  ];
  for (const step of steps) {
    expect([step.type, wordFor(await orders.submit(orderId, step))]).toEqual([step.type, 'accepted']);
    await render();
  }
  expect(bytes.size).toBeGreaterThanOrEqual(14);
  const said = [...bytes.values()].join();
  for (const word of ['"reason":"pages are missing"', '"previousAmount":"600.00"', '"resolution":"MERCHANT_WON"']) {
    expect(said).toContain(word);
  }
  expect(await db.$count(milestones)).toBeGreaterThan(1);
});

const REFUSED: readonly (readonly [what: string, state: string, statement: string])[] = [
  ['other bytes of an event', '42501', `UPDATE webhook_bodies SET body = 'x'`],
  ['an endpoint gone', '42501', 'DELETE FROM webhook_endpoints'],
  ['an endpoint of somebody else', '42501', `UPDATE webhook_endpoints SET merchant_id = 'merchant_other'`],
  ['a delivery gone that is not done', '23514', 'DELETE FROM webhook_deliveries'],
  ['a delivery of another event', '42501', `UPDATE webhook_deliveries SET event_id = 'evt_slow'`],
  [
    'an event of another transaction',
    '42501',
    `INSERT INTO events (id, type, data, created_at, merchant_id, mode, xid) VALUES ('evt_x', 'x', '{}', now(), 'm', 'test', '1')`,
  ],
  [
    'an event of an order of somebody else',
    '23503',
    `INSERT INTO events (id, order_id, sequence, type, data, created_at, merchant_id, mode) SELECT 'evt_y', id, 99, 'x', '{}', now(), merchant_id, 'live' FROM escrow_orders LIMIT 1`,
  ],
  [
    'an event with an order and no number',
    '23514',
    `INSERT INTO events (id, order_id, type, data, created_at, merchant_id, mode) SELECT 'evt_z', id, 'x', '{}', now(), merchant_id, mode FROM escrow_orders LIMIT 1`,
  ],
  ['an endpoint that is disabled for no reason', '23514', `UPDATE webhook_endpoints SET status = 'disabled'`],
  ['a deleted endpoint with a secret', '23514', 'UPDATE webhook_endpoints SET deleted_at = now()'],
  ['a delivery that is done and due', '23514', `UPDATE webhook_deliveries SET status = 'delivered'`],
];

test.each(REFUSED)('the database refuses the application %s (%s)', async (_, state, statement) => {
  const refusal = await db.execute(sql.raw(statement)).then(
    () => null,
    (error: Error) => (error.cause as { code?: string }).code,
  );
  expect(refusal).toBe(state);
});

test('an event of another merchant is never put on an endpoint’s list', async () => {
  const endpoint = await newEndpoint();
  await admin`INSERT INTO merchants (id, name) VALUES ('merchant_strange', 'x')`;
  await admin`INSERT INTO events (id, type, data, created_at, merchant_id, mode)
    VALUES ('evt_strange', 'webhook_endpoint.disabled', '{}', now(), 'merchant_strange', 'test')`;
  const deliver = db.execute(sql`INSERT INTO webhook_deliveries (endpoint_id, event_id, next_attempt_at)
    VALUES (${endpoint.id}, 'evt_strange', now())`);
  await expect(deliver.catch((error: Error) => Promise.reject(error.cause))).rejects.toMatchObject({
    constraint_name: 'V10_delivery',
  });
  const stored = await findEndpoint(db, endpoint.id);
  const none = { types: null, orderId: null, intentId: null, created: ALWAYS, recorded: ALWAYS };
  expect(stored && (await replayEvents(db, stored, { ...none, eventId: 'evt_strange', limit: 1 }))).toBe(0);
});

test('a sealed secret opens with its key and for its endpoint only, and not after a change', () => {
  const keyOf = () => readSecretsKey({ SECRETS_KEY: randomBytes(32).toString('base64') });
  const [key, other] = [keyOf(), keyOf()];
  if (!key || !other) throw new Error('no key');
  const secret = newSecret();
  const sealed = sealSecret(key, 'webhook_endpoint_a', secret);
  expect(openSecret(key, 'webhook_endpoint_a', sealed)).toBe(secret);
  expect(sealSecret(key, 'webhook_endpoint_a', secret).equals(sealed)).toBe(false);
  expect(() => openSecret(other, 'webhook_endpoint_a', sealed)).toThrow();
  expect(() => openSecret(key, 'webhook_endpoint_b', sealed)).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSecret(key, 'webhook_endpoint_a', changed), `byte ${at}`).toThrow();
  }
});

test('the schedule is as published, ends after three days, and is made longer by Retry-After alone', () => {
  const waits = RETRY_SCHEDULE_MS.map((_, attempt) => retryDelay(RETRY_SCHEDULE_MS, attempt + 1, null, () => 0.5));
  expect(waits.slice(0, 5)).toEqual([60_000, 300_000, 1_800_000, 7_200_000, 21_600_000]);
  const total = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
  expect(total / 86_400_000).toBeGreaterThan(2.9);
  expect(total / 86_400_000).toBeLessThanOrEqual(3);
  expect(retryDelay(RETRY_SCHEDULE_MS, RETRY_SCHEDULE_MS.length + 1, null)).toBeNull();
  expect([0, 1].map((random) => retryDelay([1_000], 1, null, () => random))).toEqual([900, 1_100]);
  expect(retryDelay([1_000], 1, 30_000)).toBe(30_000);
  expect(retryDelay([60_000], 1, 1)).toBeGreaterThan(50_000);
  expect(retryDelay([1_000], 1, 1e12)).toBe(86_400_000);
  expect(readRetryAfter('120', 0)).toBe(120_000);
  expect(readRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000);
  expect([readRetryAfter('soon', 0), readRetryAfter(undefined, 0)]).toEqual([null, null]);
});

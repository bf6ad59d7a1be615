/** What no promise needs any more is forgotten, in portions and by all workers together, and nothing else is. */
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { sweepRetention } from '../../src/activities/retention-sweep.ts';
import { startSweeper } from '../../src/activities/sweeper.ts';
import { readConfig } from '../../src/config.ts';
import { storeCommand } from '../../src/db/queries.ts';
import { tableSizes } from '../../src/db/retention.ts';
import { merchants } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { insertOrder, MERCHANT_ID } from '../support/orders.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const database = await testDatabase();
const { db } = database;
const admin = adminOf(database);
await db.insert(merchants).values({ id: MERCHANT_ID, name: 'Test merchant' });
const orderId = await insertOrder(db, { merchantId: MERCHANT_ID });
const KEPT = { commandDays: 30, deliveryDays: 30 };
const ENDPOINTS = ['endpoint_a', 'endpoint_b'];
for (const id of ENDPOINTS) {
  await admin`INSERT INTO webhook_endpoints (id, merchant_id, mode, url, secret, cursor_xid)
    VALUES (${id}, ${MERCHANT_ID}, 'test', 'https://example.com', 'x', '0')`;
}

beforeEach(async () => {
  await admin`DELETE FROM commands`;
  await admin`UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL`;
  await admin`DELETE FROM webhook_deliveries`;
  await admin`DELETE FROM webhook_bodies`;
});

const named = (prefix: string) => `${prefix}_${randomBytes(6).toString('hex')}`;

/** A command that was stored so many hours ago. */
async function command(hours: number, fields: { open?: boolean } = {}): Promise<string> {
  const id = named('cmd');
  await admin`INSERT INTO commands (command_id, merchant_id, mode, role, payload, created_at, open)
    VALUES (${id}, ${MERCHANT_ID}, 'test', 'merchant', '{"answer": {}}', now() - ${hours}::float8 * interval '1 hour',
      ${fields.open ?? false})`;
  return id;
}

/** An event whose bytes were sent. */
async function event(): Promise<string> {
  const id = named('evt');
  await admin`INSERT INTO events (id, type, data, created_at, merchant_id, mode)
    VALUES (${id}, 'webhook_endpoint.disabled', '{}', now(), ${MERCHANT_ID}, 'test')`;
  await admin`INSERT INTO webhook_bodies (event_id, body) VALUES (${id}, '{}')`;
  return id;
}

/** A delivery of it that was put on the list 99 days ago, and last tried so many hours ago; null: never. */
async function delivery(endpointId: string, eventId: string, status: string, hours: number | null): Promise<void> {
  await admin`INSERT INTO webhook_deliveries (endpoint_id, event_id, status, next_attempt_at, delivered_at, created_at,
      last_attempt_at)
    VALUES (${endpointId}, ${eventId}, ${status}, ${status === 'pending' ? new Date() : null},
      ${status === 'delivered' ? new Date() : null}, now() - interval '99 days',
      now() - ${hours}::float8 * interval '1 hour')`;
}

const idsOf = async (table: 'commands' | 'webhook_bodies', column: string): Promise<string[]> =>
  (await admin.unsafe<{ id: string }[]>(`SELECT ${column} AS id FROM ${table} ORDER BY 1`)).map(({ id }) => id);
const commandIds = () => idsOf('commands', 'command_id');
const DAY = 24;

test('a stored command is kept for its days, and forgotten after them; one without an outcome never is', async () => {
  const kept = [await command(30 * DAY - 0.1), await command(1), await command(99 * DAY, { open: true })];
  await command(30 * DAY + 0.1);
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 1, left: 0 });
  expect(await commandIds()).toEqual(kept.sort());
  expect(await sweepRetention({ db }, { ...KEPT, commandDays: 31 })).toEqual({ done: 0, left: 0 });
});

test('a delivery is kept for its days since it was last tried, and the bytes until no delivery is left', async () => {
  const [shared, old, replayed, waiting, never] = await Promise.all([event(), event(), event(), event(), event()]);
  await delivery('endpoint_a', shared, 'delivered', 31 * DAY);
  await delivery('endpoint_b', shared, 'failed', 29 * DAY);
  await delivery('endpoint_a', old, 'failed', 30 * DAY + 0.1);
  await delivery('endpoint_a', replayed, 'delivered', 30 * DAY - 0.1);
  await delivery('endpoint_a', waiting, 'pending', 99 * DAY);
  await delivery('endpoint_a', never, 'failed', null);
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 3, left: 0 });
  expect(await idsOf('webhook_bodies', 'event_id')).toEqual([shared, replayed, waiting].sort());
  expect(await db.execute(sql`SELECT FROM webhook_deliveries`)).toHaveLength(3);
  expect(await sweepRetention({ db }, { ...KEPT, deliveryDays: 28 })).toEqual({ done: 2, left: 0 });
  expect(await idsOf('webhook_bodies', 'event_id')).toEqual([waiting]);
});

test('that a command was taken back is remembered until its age alone speaks against it', async () => {
  await admin`INSERT INTO withdrawn_commands (command_id, withdrawn_at)
    SELECT 'cmd_' || days, now() - days * interval '1 day' FROM unnest(ARRAY[1, 44, 46, 99]) days`;
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 2, left: 0 });
  const left = await admin`DELETE FROM withdrawn_commands RETURNING command_id AS id`;
  expect(left.map(({ id }) => id).sort()).toEqual(['cmd_1', 'cmd_44']);
  const received = (days: number) => Date.now() - days * 86_400_000;
  const store = (days: number, type: string) => {
    const payload = { id: `cmd_${type}_${days}`, type, receivedAt: received(days) } as unknown as Command;
    const row = { merchantId: MERCHANT_ID, mode: 'test', role: 'merchant', orderId, open: true } as const;
    return storeCommand(db, { ...row, commandId: payload.id, payload });
  };
  expect(await store(39, 'milestone.create')).toBe(true);
  expect(await store(99, 'order.fund')).toBe(true);
  await expect(store(41, 'milestone.create')).rejects.toMatchObject({ cause: { constraint_name: 'K3_stale' } });
});

async function manyCommands(count: number): Promise<void> {
  await admin`INSERT INTO commands (command_id, merchant_id, mode, role, payload, created_at, open)
    SELECT 'cmd_many_' || n, ${MERCHANT_ID}, 'test', 'merchant', '{"answer": {}}', now() - interval '40 days', false
    FROM generate_series(1, ${count}) n`;
}

test('a sweep forgets ten thousand and no more, and tells what it left', async () => {
  await manyCommands(10_000);
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 10_000, left: 0 });
  await manyCommands(10_001);
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 10_000, left: 1 });
  expect(await sweepRetention({ db }, KEPT)).toEqual({ done: 1, left: 0 });
});

test('several workers share it', async () => {
  await manyCommands(3_000);
  const swept = await Promise.all([1, 2, 3].map(() => sweepRetention({ db }, KEPT)));
  expect(swept.reduce((sum, { done }) => sum + done, 0)).toBe(3_000);
  expect(await commandIds()).toEqual([]);
});

test('the sweeper of a worker does it at once, and counts it', async () => {
  await command(40 * DAY);
  const sent = async () => 'sent' as const;
  const sweeper = startSweeper({
    ...{ db, log: testLog(), proofs: null, signals: { send: sent, wake: sent, start: sent } },
    retention: KEPT,
  });
  await until('it to be forgotten', () => sweeper.counts.done.retention === 1);
  await sweeper.stop();
  expect(await commandIds()).toEqual([]);
});

test.each([
  ['a delivery that is not done', 'webhook_deliveries'],
  ['the bytes of a delivery that is kept', 'webhook_bodies'],
])('the database refuses to forget %s', async (_, table) => {
  await delivery('endpoint_a', await event(), 'pending', null);
  const refused = db.execute(sql.raw(`DELETE FROM ${table}`)).catch((error: Error) => Promise.reject(error.cause));
  await expect(refused).rejects.toMatchObject({ code: '23514', constraint_name: 'W1_forgotten' });
});

test('an idempotency key is kept for its thirty days at least, whatever is set', () => {
  expect(readConfig({})).toMatchObject({ RETENTION_COMMAND_DAYS: 30, RETENTION_DELIVERY_DAYS: 30 });
  expect(() => readConfig({ RETENTION_COMMAND_DAYS: '29' })).toThrow('RETENTION_COMMAND_DAYS=29');
  expect(() => readConfig({ RETENTION_DELIVERY_DAYS: '6' })).toThrow('RETENTION_DELIVERY_DAYS=6');
});

test('the sizes of all tables are told', async () => {
  const sizes = await tableSizes(db);
  expect(Object.keys(sizes)).toEqual(expect.arrayContaining(['commands', 'events', 'order_log', 'webhook_bodies']));
  expect(Math.min(...Object.values(sizes))).toBeGreaterThan(0);
});

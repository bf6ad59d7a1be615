/** What a client still finds once its stored command is forgotten, and what nobody finds any more. */
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sweepRetention } from '../../src/activities/retention-sweep.ts';
import { commands } from '../../src/db/schema.ts';
import { adminOf } from '../support/admin.ts';
import { testOrders } from '../support/orders.ts';
import { startApi } from './api-server.ts';
import { newOrder } from './order-client.ts';

const orders = await testOrders();
const { db, gateway } = orders;
const admin = adminOf(orders);
const api = await startApi(db, gateway, { config: { turnWaitMs: 500, commandWaitMs: 15_000 } });
const KEPT = { commandDays: 30, deliveryDays: 30 };

const claimsOf = (key: string) => db.select().from(commands).where(eq(commands.idempotencyKey, key));

/** Days pass for one claim, and a worker sweeps. */
async function sweepAfter(days: number, key: string): Promise<void> {
  await db
    .update(commands)
    .set({ open: false, createdAt: sql`clock_timestamp() - ${days}::integer * interval '1 day'` })
    .where(eq(commands.idempotencyKey, key));
  await sweepRetention({ db }, KEPT);
}

test('a repeat is answered the same for thirty days; then the key is free, and the command is still found', async () => {
  const order = await newOrder(api);
  const key = 'a-create';
  const create = () => order.create(0, '100.00', { headers: { 'Idempotency-Key': key } });
  const made = await create();
  const id = made.headers['command-id'];
  const before = await api.send('GET', `/v1/commands/${id}`);
  await sweepAfter(29, key);
  expect((await create()).text).toBe(made.text);
  await sweepAfter(31, key);
  expect(await claimsOf(key)).toEqual([]);

  const after = await api.send('GET', `/v1/commands/${id}`);
  expect([after.status, after.json.data.status]).toEqual([200, 'ACCEPTED']);
  expect(after.json.data.result).toEqual(before.json.data.result);
  const again = await create();
  expect([again.status, again.headers['error-reason']]).toEqual([400, 'milestone_index_taken']);
});

test('a command that still waits when its claim is forgotten is carried out when its turn comes', async () => {
  const order = await newOrder(api);
  const headers = { 'Idempotency-Key': 'a-held-create', Prefer: 'handling=lenient' };
  const held = await order.create(1, '100.00', { headers });
  expect(held.status).toBe(202);
  await sweepAfter(31, headers['Idempotency-Key']);
  expect(await claimsOf(headers['Idempotency-Key'])).toEqual([]);
  expect((await api.send('GET', `/v1/commands/${held.json.id}`)).json.data.status).toBe('HELD');
  expect((await order.create(0)).status).toBe(201);
  expect((await api.send('GET', `/v1/commands/${held.json.id}`)).json.data.status).toBe('ACCEPTED');
});

test('of a request that made an API key nothing is left that the key could be derived from, and the key works on', async () => {
  const key = 'an-api-key';
  const made = await api.send('POST', '/v1/api-keys', {
    body: { role: 'merchant' },
    headers: { 'Idempotency-Key': key },
  });
  expect(made.status).toBe(201);
  const [claim] = await claimsOf(key);
  if (!claim) throw new Error('It left no claim');
  // As the migration that brought proofs notes a claim that was there before.
  await admin`INSERT INTO adopted_commands (command_id, payload) VALUES (${claim.commandId}, 'null')`;
  await sweepAfter(31, key);
  const left = await admin`
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
  for (const { relname } of left) {
    const rows = await admin`SELECT FROM ${admin(relname)} t WHERE to_jsonb(t)::text LIKE ${`%${claim.commandId}%`}`;
    expect([relname, rows.length]).toEqual([relname, 0]);
  }
  const secret: string = made.json.data.key ?? made.json.data.secret;
  expect((await api.send('GET', '/v1/payment-intents', { key: secret })).status).toBe(200);
});

/** A worker that starts, or stops, with very many open orders that have a deadline: others are served all along. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { startProcess } from '../support/api-process.ts';
import { testDatabase } from '../support/database.ts';
import { httpClient } from '../support/http-client.ts';
import { newOrder, type TestOrder } from '../support/http-order.ts';
import { addMerchants } from '../support/service.ts';

const ORDERS = 20_000;
const READY_WITHIN_MS = 10_000;
const STOPPED_WITHIN_MS = 5_000;
const WATCHED_MS = 30_000;
const DAY_MS = 86_400_000;
/** When a worker is told to stop, after it said that it has started. */
const STOPPED_AFTER_MS = [0, 300, 3_000];

const database = await testDatabase();
const admin = adminOf(database);
const keys = await addMerchants(database.db);
const env = { TEMPORAL_TASK_QUEUE: 'cold-start' };
const api = await startProcess('api', database.url, env);
const send = httpClient(api.port, keys.own);

/** Orders like this one, without guards, as a restore would put them there. */
async function copy({ orderId, intentId }: TestOrder, count: number): Promise<void> {
  const connection = await admin.reserve();
  await connection`SET session_replication_role = replica`;
  const copyOf = async (table: string, column: string, id: string, changes: string) => {
    await connection.unsafe(`INSERT INTO ${table} SELECT c.* FROM ${table} t, generate_series(1, ${count}) n,
      LATERAL jsonb_populate_record(t, jsonb_build_object(${changes})) c WHERE t.${column} = '${id}'`);
  };
  await copyOf('payment_intents', 'id', intentId, `'id', 'intent_copy_' || n`);
  await copyOf('escrow_orders', 'id', orderId, `'id', 'order_copy_' || n, 'payment_intent_id', 'intent_copy_' || n`);
  await copyOf('milestones', 'order_id', orderId, `'id', 'milestone_copy_' || n, 'order_id', 'order_copy_' || n`);
  await copyOf('order_log', 'order_id', orderId, `'order_id', 'order_copy_' || n, 'command_id', 'cmd_copy_' || n`);
  await connection`RESET session_replication_role`;
  connection.release();
  await admin`ANALYZE`;
}

test(`with ${ORDERS} open orders a worker is ready, and stops, in seconds, and creates are 201 meanwhile`, async () => {
  const first = await startProcess('worker', database.url, env);
  const model = await newOrder(send, { funded: false, milestoneTerms: { onOverdue: 'event' } });
  const dueAt = new Date(Date.now() + 30 * DAY_MS).toISOString();
  expect((await model.post({ milestoneIndex: 0, amount: '1.00', dueAt })).status).toBe(201);
  await first.end();
  await copy(model, ORDERS);
  const [count] = await admin`SELECT count(*)::integer AS open FROM escrow_orders WHERE next_deadline > now()`;
  expect(count?.open).toBe(ORDERS + 1);

  for (const afterMs of STOPPED_AFTER_MS) {
    const worker = await startProcess('worker', database.url, env);
    await sleep(afterMs);
    const { code, ms } = await worker.end();
    console.info(`SIGTERM ${afterMs} ms after the start: ended with ${code} in ${Math.round(ms)} ms`);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(STOPPED_WITHIN_MS);
  }

  const startedAt = performance.now();
  await startProcess('worker', database.url, env);
  const order = await newOrder(send, { funded: false });
  const times: number[] = [];
  for (let index = 0; performance.now() - startedAt < WATCHED_MS; index++) {
    const before = performance.now();
    const answer = await order.create(index, '0.01');
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    times.push(performance.now() - before);
    if (index === 0) {
      const readyMs = performance.now() - startedAt;
      console.info(`the first create was answered ${Math.round(readyMs)} ms after the worker was started`);
      expect(readyMs).toBeLessThan(READY_WITHIN_MS);
    }
  }
  console.info(`${times.length} creates, the latest in ${Math.round(Math.max(...times))} ms`);
}, 300_000);

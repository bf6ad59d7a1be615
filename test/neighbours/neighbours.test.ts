/**
 * Two merchants in the same processes, with the published limits of live mode: one does everything it may, and what it
 * may not, at its full rate, and has two thousand milestones that are overdue at once; the other creates milestones, and is
 * answered as if it were alone.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { type ApiKeyRole, createApiKey } from '../../src/api/api-keys.ts';
import { apiKeys, orderLog } from '../../src/db/schema.ts';
import { BATCH_MAX_MILESTONES } from '../../src/domain/commands.ts';
import { startProcesses } from '../support/api-process.ts';
import { testDatabase } from '../support/database.ts';
import type { Answered, GreedyOrder } from '../support/greedy-merchant.ts';
import { httpClient } from '../support/http-client.ts';
import { newOrder, type TestOrder } from '../support/http-order.ts';
import { provenKey } from '../support/secrets.ts';
import { addMerchants, MERCHANT_ID } from '../support/service.ts';

const SETTINGS = {
  LOG_LEVEL: 'info',
  RATE_LIMIT_TEST_PER_MINUTE: '1000',
  RATE_LIMIT_TEST_PER_HOUR: '10000',
};
const GREEDY = fileURLToPath(new URL('../support/greedy-merchant.ts', import.meta.url));
const LOOPS = 12;
const ORDERS = 10;
const LARGE_ORDER = 600;
/** Of one order, due at once while the greedy merchant is at work, each of them to be refunded. */
const DUE_AT_ONCE = 2_000;
/** Below the limit of creates, so that the quiet merchant is never refused for its own sake. */
const PACE_MS = 75;
const MILESTONES_MAX = 300;
const SECONDS = { preparing: 5, warmUp: 5, quiet: 20, greedy: 60 };

const { db, url } = await testDatabase();
const api = await startProcesses(url, SETTINGS);

const { own: greedyKey, other: quietKey } = await addMerchants(db);

async function addKey(role: ApiKeyRole, escrowOrderId: string | null = null): Promise<string> {
  const { key, ...row } = createApiKey('test', role);
  await db.insert(apiKeys).values(provenKey({ ...row, merchantId: MERCHANT_ID, escrowOrderId }));
  return key;
}

/** The orders of the greedy merchant, the first of them large already, and the one whose milestones are overdue at once. */
async function greedyOrders(): Promise<{ readonly orders: readonly TestOrder[]; readonly late: TestOrder }> {
  const send = httpClient(api.port, greedyKey);
  const orders: TestOrder[] = [];
  for (let made = 0; made < ORDERS; made++) orders.push(await newOrder(send, { amount: '100000.00' }));
  await fill(orders[0], LARGE_ORDER, {});
  const late = await newOrder(send, { amount: '100000.00', milestoneTerms: { onOverdue: 'refund' } });
  const dueAt = new Date(
    Date.now() + 1_000 * (SECONDS.preparing + SECONDS.warmUp + SECONDS.quiet + SECONDS.greedy / 4),
  );
  await fill(late, DUE_AT_ONCE, { dueAt: dueAt.toISOString() });
  return { orders, late };
}

async function fill(order: TestOrder | undefined, count: number, changes: object): Promise<void> {
  const send = httpClient(api.port, greedyKey);
  for (let first = 0; first < count; first += BATCH_MAX_MILESTONES) {
    const milestones = Array.from({ length: BATCH_MAX_MILESTONES }, (_, at) => ({
      ...{ milestoneIndex: first + at, amount: '0.01', ...changes },
    }));
    expect((await send('POST', `${order?.milestonesPath}/batch`, { body: { milestones } })).status).toBe(201);
  }
}

/** Answers how to end it, and what it was answered until then. */
async function startGreedyMerchant(orders: readonly TestOrder[]): Promise<() => Promise<Answered>> {
  const child = fork(GREEDY, { execArgv: ['--import', 'tsx'] });
  const order: GreedyOrder = {
    port: api.port,
    keys: {
      ...{ merchant: greedyKey, buyer: await addKey('buyer'), arbiter: await addKey('arbiter') },
      ...{ operator: await addKey('operator'), bound: await addKey('buyer', orders[0]?.orderId) },
    },
    intentIds: orders.map(({ intentId }) => intentId),
    loops: LOOPS,
  };
  child.send(order);
  return async () => {
    const said = once(child, 'message');
    child.send('end');
    const [answered] = await said;
    return answered as Answered;
  };
}

/** Creates milestones, one after the other, and answers how long each took, in milliseconds. */
async function createFor(seconds: number): Promise<number[]> {
  const send = httpClient(api.port, quietKey);
  const times: number[] = [];
  let order: TestOrder | undefined;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    const index = times.length % MILESTONES_MAX;
    if (index === 0) order = await newOrder(send);
    const startedAt = performance.now();
    const answer = await order?.create(index, '0.01');
    times.push(performance.now() - startedAt);
    expect([answer?.status, answer?.text]).toEqual([201, answer?.text]);
    await sleep(Math.max(0, startedAt + PACE_MS - performance.now()));
  }
  return times;
}

const percentile = (times: readonly number[], percent: number) =>
  [...times].sort((a, b) => a - b)[Math.floor((times.length * percent) / 100)] ?? Number.NaN;

test('a merchant is served as if it were alone while another one does all that it may', async () => {
  const { orders, late } = await greedyOrders();
  // What runs for the first time is compiled first.
  await createFor(SECONDS.warmUp);
  const quiet = await createFor(SECONDS.quiet);
  const end = await startGreedyMerchant(orders);
  const beside = await createFor(SECONDS.greedy);
  const answered = await end();
  const figures = (times: readonly number[]) =>
    `p50 ${percentile(times, 50).toFixed(1)} ms, p99 ${percentile(times, 99).toFixed(1)} ms, max ${Math.max(...times).toFixed(1)} (${times.length})`;
  console.info(
    `alone: ${figures(quiet)}; beside the greedy one: ${figures(beside)}; that was answered ${JSON.stringify(answered)}`,
  );
  expect(percentile(beside, 99)).toBeLessThan(3 * percentile(quiet, 99));
  const overdue = await db.$count(
    orderLog,
    and(eq(orderLog.orderId, late.orderId), eq(orderLog.commandType, 'milestone.expire')),
  );
  expect(overdue).toBe(DUE_AT_ONCE);
}, 200_000);

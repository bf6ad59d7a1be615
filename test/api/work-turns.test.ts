/** What one merchant has under way works a few at a time, beside what others have. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { createOrderGateway } from '../../src/api/order-gateway.ts';
import { OutcomeWaiters } from '../../src/api/outcome-waiters.ts';
import { WorkTurns } from '../../src/api/work-turns.ts';
import type { OrderSignals } from '../../src/temporal/order-signals.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { command } from '../support/orders.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';
import { startApi, unusedGateway } from './api-server.ts';

const AT_WORK_MAX = 2;
const ORDERS_AT_WORK_MAX = 2;

test('in the order in which it came, and what shares a place begins together', async () => {
  const turns = new WorkTurns<string>(2);
  const begun: string[] = [];
  const enter = async (merchantId: string, subject: string) => {
    await turns.enter(merchantId, subject);
    begun.push(`${merchantId}/${subject}`);
  };
  const settled = () => new Promise(setImmediate);
  void enter('quiet', 'first');
  for (const subject of ['a', 'b', 'c', 'd', 'a', 'c']) void enter('greedy', subject);
  void enter('quiet', 'q');
  await settled();
  expect(begun.splice(0)).toEqual(['quiet/first', 'greedy/a', 'greedy/b', 'greedy/a', 'quiet/q']);
  turns.leave('greedy', 'a');
  await settled();
  // Another one is still at work on the same.
  expect(begun).toEqual([]);
  turns.leave('greedy', 'a');
  await settled();
  expect(begun.splice(0)).toEqual(['greedy/c', 'greedy/c']);
  // What waited for something goes on beside those that took its place, and then there is none for others.
  turns.resume('greedy', 'a');
  turns.leave('greedy', 'b');
  await settled();
  expect(begun).toEqual([]);
  turns.leave('greedy', 'a');
  await settled();
  expect(begun).toEqual(['greedy/d']);
});

test('a merchant that is alone works on all at once, and on a few from when another one comes', async () => {
  const turns = new WorkTurns<number>(2);
  const enter = (subject: number) => turns.enter('only', subject);
  expect([enter(1), enter(2), enter(3)]).toEqual([undefined, undefined, undefined]);
  turns.enter('other', 0);
  turns.leave('other', 0);
  const waiting = enter(4);
  expect(waiting).toBeInstanceOf(Promise);
  for (const subject of [1, 2]) turns.leave('only', subject);
  await waiting;
  const last = enter(5);
  expect(last).toBeInstanceOf(Promise);
  await sleep(1_050);
  expect(enter(6)).toBe(undefined);
  turns.leave('only', 6);
  await last;
});

test('a merchant’s requests ask the database a few at a time, and others’ beside them', async () => {
  const database = await testDatabase();
  const admin = adminOf(database);
  const api = await startApi(database.db, unusedGateway);
  const waiting = async () => {
    const [row] = await admin`SELECT count(*)::integer AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row?.count;
  };
  const locking = await admin.reserve();
  await locking.unsafe('BEGIN; LOCK TABLE merchant_balances IN ACCESS EXCLUSIVE MODE');
  expect((await api.send('GET', '/v1/payment-intents', { key: api.keys.other })).status).toBe(200);
  const greedy = Array.from({ length: 3 * AT_WORK_MAX }, () => api.send('GET', '/v1/balance'));
  await until('as many as may', async () => (await waiting()) === AT_WORK_MAX);
  expect((await api.send('GET', '/v1/payment-intents', { key: api.keys.other })).status).toBe(200);
  expect(await waiting()).toBe(AT_WORK_MAX);
  await locking.unsafe('COMMIT');
  locking.release();
  for (const { status } of await Promise.all(greedy)) expect(status).toBe(200);
});

test('commands go to a few orders of a merchant at a time, and to others’ beside them', async () => {
  const sent: string[] = [];
  const signals = {
    send: async (orderId: string) => {
      sent.push(orderId);
      return 'sent';
    },
  } as unknown as OrderSignals;
  const waiters = new OutcomeWaiters(async () => [], testLog());
  const gateway = createOrderGateway({ client: {} as Client, signals, waiters });
  const submit = (merchantId: string, orderId: string) =>
    gateway.submit(orderId, command('order.fund'), { merchantId, waitMs: 60_000, untilHeld: false, send: true });
  const orderIds = Array.from({ length: ORDERS_AT_WORK_MAX + 2 }, (_, number) => `order_${number}`);
  const submitted = [submit('quiet', 'order_quiet')];
  submitted.push(...[...orderIds, 'order_0'].map((orderId) => submit('greedy', orderId)));
  await new Promise(setImmediate);
  expect([...new Set(sent)]).toEqual(['order_quiet', ...orderIds.slice(0, ORDERS_AT_WORK_MAX)]);
  // What waits for long, for its turn for example, makes room.
  await until('the other orders', () => new Set(sent).size === orderIds.length + 1);
  waiters.close();
  for (const each of submitted) expect(await each).toEqual({ kind: 'unclear' });
});

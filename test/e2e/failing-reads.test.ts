/**
 * One merchant's reads break off in the middle of their rows, by the hundred. Everybody else's answers stay true: no key
 * becomes invalid, no order is missing, nothing is null.
 */
import { afterAll, expect, test } from 'vitest';
import { startFaultyPostgres } from '../support/faulty-postgres.ts';
import { httpClient } from '../support/http-client.ts';
import { newOrder } from '../support/http-order.ts';
import { startServiceOn, testService } from '../support/service.ts';

/** More rows than any answer to the other merchant has. */
const MANY = 40;
const CLIENTS = 12;
const ROUNDS = 40;

const service = await testService();
const proxy = await startFaultyPostgres(service.url);
const faulty = await startServiceOn(proxy.url, service.keys.own, service.taskQueue, {
  roles: { api: true, worker: false },
});
afterAll(async () => {
  await faulty.stop();
  await proxy.close();
});

test('answers to others stay true while large reads break off', async () => {
  const large = await service.createOrder();
  await large.createAll(...Array.from({ length: MANY }, () => '1.00'));
  const others = httpClient(service.port, service.keys.other);
  const order = await newOrder(others);
  await order.createAll('10.00', '20.00', '30.00');
  const sendOther = httpClient(faulty.port, service.keys.other);
  const paths = [
    order.intentPath,
    `${order.intentPath}/escrow`,
    order.milestonesPath,
    `${order.intentPath}/escrow/timeline`,
  ];
  const truth = new Map<string, string>();
  for (const path of paths) truth.set(path, (await others('GET', path)).text);

  proxy.judge(({ type, rows }) => (type === 'D' && rows === MANY / 2 ? 'fail' : 'pass'));
  const broken = new Map<number, number>();
  const wrong: unknown[] = [];
  let isOver = false;
  const flood = Array.from({ length: CLIENTS }, async () => {
    while (!isOver) {
      const { status } = await faulty.send('GET', `${large.milestonesPath}?limit=100`);
      broken.set(status, (broken.get(status) ?? 0) + 1);
    }
  });
  const ask = async (path: string) => {
    const { status, text } = await sendOther('GET', path);
    if (status !== 200 || text !== truth.get(path)) wrong.push([path, status, text.slice(0, 200)]);
  };
  for (let round = 0; round < ROUNDS; round++) await Promise.all(paths.map(ask));
  const key = { 'Idempotency-Key': 'made-meanwhile' };
  const made = await sendOther('POST', order.milestonesPath, {
    body: { milestoneIndex: 3, amount: '1.00' },
    headers: key,
  });
  const again = await sendOther('POST', order.milestonesPath, {
    body: { milestoneIndex: 3, amount: '1.00' },
    headers: key,
  });
  isOver = true;
  await Promise.all(flood);

  expect(wrong).toEqual([]);
  expect([made.status, again.status, again.text]).toEqual([201, 201, made.text]);
  expect([...broken.keys()]).toEqual([503]);
  expect(proxy.faults).toBeGreaterThan(100);
});

import { expect, onTestFinished, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { sendProven } from '../support/raw-signals.ts';
import { complete, create, fund, outcomeOf, release } from '../support/steps.ts';

const orders = await testOrders({ worker: false });

/** Signals of four kinds, none of which waits for its turn: any other order would reject some of them. */
const life = (milestones: number): Command[] => [
  fund(),
  ...upTo(milestones).flatMap((index) => [create(index), complete(index), release(index)]),
];

test('signals that wait for a worker are carried out in the order they were sent, across all kinds', async () => {
  const orderId = await orders.createOrder();
  const sent = life(30);
  for (const one of sent) await sendProven(orders, orderId, one);

  const worker = await orders.startWorker();
  onTestFinished(() => worker.stop());
  await outcomeOf(orders, orderId, sent.at(-1) as Command);

  const log = await orders.logOf(orderId);
  expect(log.map(({ commandId }) => commandId)).toEqual(sent.map(({ id }) => id));
  expect(new Set(log.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('signals that arrive while a worker is busy keep their order too', async () => {
  const worker = await orders.startWorker();
  onTestFinished(() => worker.stop());
  const orderId = await orders.createOrder();
  const sent = life(30);
  // Not waiting for outcomes: each finds the workflow somewhere else in its loop.
  for (const one of sent) await sendProven(orders, orderId, one);
  await outcomeOf(orders, orderId, sent.at(-1) as Command);
  const log = await orders.logOf(orderId);
  expect(log.map(({ commandId }) => commandId)).toEqual(sent.map(({ id }) => id));
  expect(new Set(log.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
});

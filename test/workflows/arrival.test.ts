import { expect, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { historyOf, restingHistoryOf, typeOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { complete, create, hold, release, tally, wordFor } from '../support/steps.ts';
import { shuffled, until } from '../support/until.ts';

const orders = await testOrders();

const waiting = { turnWaitMs: 5_000 };

async function tallyOf(orderId: string, commands: readonly Command[]): Promise<Record<string, number>> {
  return tally((await Promise.all(commands.map((one) => orders.submit(orderId, one)))).map(wordFor));
}

async function createdIndexes(orderId: string): Promise<number[]> {
  const log = await orders.logOf(orderId);
  return log.flatMap(({ events }) =>
    (events ?? []).flatMap((event) => (event.type === 'milestone.created' ? [event.index] : [])),
  );
}

test('a hundred creates that arrive in any order are recorded in strict index order, in few batches', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const before = await restingHistoryOf(orders, orderId);
  const start = performance.now();

  const outcomes = await tallyOf(
    orderId,
    shuffled(upTo(100)).map((index) => create(index, waiting)),
  );
  const tookMs = Math.round(performance.now() - start);

  expect(outcomes).toEqual({ accepted: 100 });
  expect(await createdIndexes(orderId)).toEqual(upTo(100));
  const burst = (await restingHistoryOf(orders, orderId)).slice(before.length).map(typeOf);
  console.info(`100 shuffled creates: ${burst.length} history events, ${tookMs} ms`);
  expect(burst.length).toBeLessThanOrEqual(20);
  expect(burst.filter((type) => type === 'markerRecorded').length).toBeLessThanOrEqual(4);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a lone command costs five history events, and starting an order with loading it six', async () => {
  const orderId = await orders.createOrder();
  await orders.signals.wake(orderId);
  await until('the order to load', async () =>
    (await historyOf(orders, orderId)).map(typeOf).includes('markerRecorded'),
  );
  const started = await restingHistoryOf(orders, orderId);
  for (const index of upTo(5)) await orders.submit(orderId, create(index));
  const after = await restingHistoryOf(orders, orderId);
  console.info(`start and load: ${started.length} events, a lone command: ${(after.length - started.length) / 5}`);
  expect(started.length).toBeLessThanOrEqual(6);
  expect((after.length - started.length) / 5).toBeLessThanOrEqual(5);
});

test('what an order is found by costs one event when it changes, and nothing when it does not', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const cost = async (one: Command): Promise<number> => {
    const before = (await restingHistoryOf(orders, orderId)).length;
    await hold(orders, orderId, one);
    return (await restingHistoryOf(orders, orderId)).length - before;
  };
  const held = create(5, { turnWaitMs: null });
  const costs = {
    create: await cost(create(0)),
    complete: await cost(complete(0)),
    refused: await cost(create(0)),
    'release, which moves its position': await cost(release(0)),
    'hold without end': await cost(held),
    'withdrawal of it': await cost(command('command.cancel', { targetCommandId: held.id })),
    'dispute, with the timer of its end': await cost(
      command('dispute.raise', { windowSeconds: 604_800, details: { reason: 'x', raisedBy: 'y' } }),
    ),
    'end of the dispute': await cost(command('dispute.withdraw')),
  };
  expect(costs).toEqual({
    create: 5,
    complete: 5,
    refused: 5,
    'release, which moves its position': 6,
    'hold without end': 6,
    'withdrawal of it': 6,
    'dispute, with the timer of its end': 7,
    'end of the dispute': 6,
  });
});

test('of two concurrent creates of one index one is accepted, and the other hears that the index is taken', async () => {
  const orderId = await orders.createOrder();
  for (const index of upTo(10)) {
    expect(await tallyOf(orderId, [create(index), create(index, { amount: '2.00' })])).toEqual({
      accepted: 1,
      milestone_index_taken: 1,
    });
  }
  expect(await createdIndexes(orderId)).toEqual(upTo(10));
});

test('concurrent creates beyond the total never exceed it', async () => {
  const orderId = await orders.createOrder({ amount: '1000.00' });
  // Three rivals for each of 30 indexes, of which the first ten fill the order.
  const large = { amount: '100.00', turnWaitMs: 5_000 };
  const rivals = upTo(30).flatMap((index) => [create(index, large), create(index, large), create(index, large)]);
  const counts = await tallyOf(orderId, shuffled(rivals));
  expect(counts.accepted).toBe(10);
  expect((counts.milestone_index_taken ?? 0) + (counts.total_exceeds_order ?? 0)).toBe(80);
  expect(await createdIndexes(orderId)).toEqual(upTo(10));
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('of fifty concurrent completes one is accepted, and the milestone is released once', async () => {
  const orderId = await orders.createOrder({ funded: true, autoReleaseOnProof: true });
  await orders.submit(orderId, create(0));
  const completes = upTo(50).map(() => complete(0));
  expect(await tallyOf(orderId, completes)).toEqual({ accepted: 1, milestone_already_released: 49 });
  // The audit compares the ledger with the log, release by release.
  expect(await releases(orderId)).toBe(1);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('of fifty concurrent releases one is accepted, and the ledger moves the money once', async () => {
  const orderId = await orders.createOrder({ funded: true });
  for (const step of [create(0), create(1), complete(0)]) await orders.submit(orderId, step);
  const rivals = upTo(50).map(() => release(0));
  expect(await tallyOf(orderId, rivals)).toEqual({ accepted: 1, milestone_already_released: 49 });
  expect(await releases(orderId)).toBe(1);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

async function releases(orderId: string): Promise<number> {
  const log = await orders.logOf(orderId);
  return log.flatMap(({ events }) => events ?? []).filter(({ type }) => type === 'milestone.released').length;
}

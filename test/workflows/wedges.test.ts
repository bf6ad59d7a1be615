/** One test for each way in which the prototype of the protocol was wedged or broken (docs/ARCHITECTURE.md). */
import { expect, onTestFinished, test } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import { adminOf } from '../support/admin.ts';
import { batchFor } from '../support/batches.ts';
import { historyOf, restingHistoryOf, runsOf } from '../support/history.ts';
import { faultsOf } from '../support/order-audit.ts';
import { passingOrder, testOrders } from '../support/orders.ts';
import { sendProven, sendRaw } from '../support/raw-signals.ts';
import { restoreTo } from '../support/restore.ts';
import { cancel, complete, create, fund, hold, outcomeOf, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const admin = adminOf(orders);

async function say(orderId: string, one: Command): Promise<string> {
  return wordFor(await orders.submit(orderId, one));
}

const newOrder = (options?: Parameters<typeof orders.createOrder>[0]) => passingOrder(orders, options);

test('one command twice in a batch makes one entry, held or not', async () => {
  const orderId = await newOrder();
  const [first, held] = [create(0), create(2, WITHOUT_END)];
  // The first signal starts the workflow, so its arguments are one batch.
  await sendProven(orders, orderId, first, held, first, held);
  // A worker that is slow to start would take the next signal into the same batch, and hold nothing.
  await until('both are recorded', async () => (await orders.logOf(orderId)).length === 2);
  expect(await say(orderId, create(1))).toBe('accepted');
  expect((await orders.logOf(orderId)).map(({ outcome }) => outcome)).toEqual([
    'accepted',
    'held',
    'accepted',
    'accepted',
  ]);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a repeat is answered from the log by a workflow that never saw the command', async () => {
  const orderId = await newOrder();
  const [done, refused] = [create(0), create(7)];
  const answers = [await orders.submit(orderId, done), await orders.submit(orderId, refused)];
  await orders.workflow(orderId).terminate('forgets everything');
  for (const [position, one] of [done, refused].entries()) {
    await sendProven(orders, orderId, one);
    expect(wordFor(await orders.submit(orderId, one))).toBe(wordFor(answers[position] as never));
  }
  expect(await say(orderId, create(1))).toBe('accepted');
  expect(await orders.logOf(orderId)).toHaveLength(3);
});

test('a repeat of a held command by a workflow that loaded it leaves it held once', async () => {
  const orderId = await newOrder();
  const held = create(1, WITHOUT_END);
  await hold(orders, orderId, held);
  await orders.workflow(orderId).terminate('forgets everything');
  await sendProven(orders, orderId, held, held);
  expect(await say(orderId, create(0))).toBe('accepted');
  expect((await orders.logOf(orderId)).map(({ outcome }) => outcome)).toEqual(['held', 'accepted', 'accepted']);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('several changes of one milestone in one batch all take effect', async () => {
  const orderId = await newOrder({ funded: true });
  expect(await say(orderId, create(0))).toBe('accepted');
  // Held, so that all of them are carried out in the batch of the last one.
  for (const step of [
    release(1, WITHOUT_END),
    complete(1, WITHOUT_END),
    release(0, WITHOUT_END),
    create(1),
    complete(0),
  ]) {
    await hold(orders, orderId, step);
  }
  expect((await readOrder(orders.db, orderId))?.milestones.map(({ status }) => status)).toEqual([
    'RELEASED',
    'RELEASED',
  ]);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a signal without arguments is recorded as malformed, and the order goes on', async () => {
  const orderId = await newOrder();
  for (const signal of ['createMilestone', 'fundOrder', 'cancelCommand']) await sendRaw(orders, orderId, signal);
  expect(await say(orderId, create(0))).toBe('accepted');
  const log = await orders.logOf(orderId);
  expect(log.map(({ reason }) => reason)).toEqual([...Array(3).fill('invalid_command'), null]);
  expect(new Set(log.map(({ commandId }) => commandId)).size).toBe(4);
});

test('an overdue deadline is used up by its outcome, once, and the order comes to rest', async () => {
  const own = await testOrders({ worker: false });
  const start = Date.now() - 60_000;
  const orderId = await own.createOrder({ lastAt: new Date(start), createdAt: new Date(start) });
  const order = await readOrder(own.db, orderId);
  const held = [1, 2, 3].map((index) => create(index, { receivedAt: start, turnWaitMs: 3_000 }));
  // Held a minute ago by a worker that is gone, as is its timer.
  const { commitEntries } = createOrderActivities({ db: own.db, log: own.log, onRecorded: () => {} });
  expect(await commitEntries(batchFor(order as EscrowOrder, held, start))).toMatchObject({ asProposed: true });

  const worker = await own.startWorker();
  onTestFinished(() => worker.stop());
  await own.signals.wake(orderId);
  for (const one of held) expect(await outcomeOf(own, orderId, one)).toMatchObject({ at: new Date(start + 3_000) });
  const resting = await restingHistoryOf(own, orderId);
  expect(wordFor(await own.submit(orderId, create(0)))).toBe('accepted');

  // A loop around a deadline that stays would have gone on here.
  const costOfOne = (await restingHistoryOf(own, orderId)).length - resting.length;
  expect(costOfOne).toBeLessThanOrEqual(5);
  expect((await own.logOf(orderId)).map(({ outcome }) => outcome)).toEqual([
    ...Array(3).fill('held'),
    ...Array(3).fill('rejected'),
    'accepted',
  ]);
});

test('an order whose database was restored to an earlier state goes on from that state', async () => {
  const orderId = await newOrder({ funded: true });
  const lost = [create(1), create(2)];
  for (const step of [create(0), complete(0), ...lost]) expect(await say(orderId, step)).toBe('accepted');
  await restoreTo(admin, orderId, 3);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);

  // The workflow is at version 5 and would answer "taken".
  const again = create(1);
  expect(await say(orderId, again)).toBe('accepted');
  for (const [index, step] of lost.entries()) {
    expect(await say(orderId, step)).toBe(index === 0 ? 'milestone_index_taken' : 'accepted');
  }
  expect((await orders.logOf(orderId)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
  // It found out at the first try, and did not spin until a new run loaded the order.
  expect(await runsOf(orders, orderId)).toHaveLength(1);
  expect((await historyOf(orders, orderId)).length).toBeLessThan(70);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a cancellation from the UI loses no command: not what waits, not what comes', async () => {
  const orderId = await newOrder();
  const [held, late] = [create(2, WITHOUT_END), create(9, { turnWaitMs: 300 })];
  await hold(orders, orderId, held);
  await hold(orders, orderId, late);
  await orders.workflow(orderId).cancel();
  const burst = [create(0), create(1)];
  const words = await Promise.all(burst.map((one) => orders.submit(orderId, one).then(wordFor)));
  await orders.workflow(orderId).cancel();
  expect(words).toEqual(['accepted', 'accepted']);
  expect(await outcomeOf(orders, orderId, held)).toMatchObject({ outcome: 'accepted' });
  expect(await outcomeOf(orders, orderId, late)).toMatchObject({ reason: 'previous_milestone_missing' });
  expect(await say(orderId, cancel(held.id))).toBe('command_not_held');
  expect((await orders.workflow(orderId).describe()).status.name).toBe('RUNNING');
});

test('a cancellation before the first task loses nothing either', async () => {
  const own = await testOrders({ worker: false });
  const orderId = await own.createOrder();
  const early = [fund(), create(0), complete(0)];
  for (const one of early) await own.signals.send(orderId, [one]);
  await own.workflow(orderId).cancel();
  const worker = await own.startWorker();
  onTestFinished(() => worker.stop());
  for (const one of early) expect(await outcomeOf(own, orderId, one)).toMatchObject({ outcome: 'accepted' });
  expect(wordFor(await own.submit(orderId, release(0)))).toBe('accepted');
  expect((await historyOf(own, orderId)).length).toBeLessThan(20);
});

import { expect, onTestFinished, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { currentRunOf, historyOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { cancel, complete, create, fund, hold, outcomeOf, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();

async function heldUntil(orderId: string, held: Command): Promise<number> {
  const submission = await hold(orders, orderId, held);
  expect(wordFor(submission)).toBe('held');
  return submission.kind === 'recorded' ? (submission.entry.held?.until ?? Number.NaN) : Number.NaN;
}

async function say(orderId: string, one: Command): Promise<string> {
  return wordFor(await orders.submit(orderId, one));
}

test('a wait that runs out ends in the recorded rejection, at the instant it was to end, and for good', async () => {
  const orderId = await orders.createOrder();
  const early = create(1, { turnWaitMs: 1_000 });
  const deadline = await heldUntil(orderId, early);

  const outcome = await outcomeOf(orders, orderId, early);

  expect(outcome).toMatchObject({ outcome: 'rejected', reason: 'previous_milestone_missing', detail: { index: 0 } });
  expect(outcome.at.getTime()).toBe(deadline);
  expect(await say(orderId, create(0))).toBe('accepted');
  expect((await orders.logOf(orderId)).map((entry) => entry.outcome)).toEqual(['held', 'rejected', 'accepted']);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a command whose turn comes in time is accepted then, in index order and with what it said', async () => {
  const orderId = await orders.createOrder();
  const early = [3, 1, 2].map((index) =>
    create(index, { turnWaitMs: 20_000, details: { description: `milestone ${index}` } }),
  );
  for (const one of early) await heldUntil(orderId, one);
  expect(await say(orderId, create(0))).toBe('accepted');
  const log = (await orders.logOf(orderId)).slice(3);
  expect(log.map(({ events }) => events?.[0])).toMatchObject([
    { index: 0 },
    { index: 1, details: { description: 'milestone 1' } },
    { index: 2, details: { description: 'milestone 2' } },
    { index: 3, details: { description: 'milestone 3' } },
  ]);
  expect((await readOrder(orders.db, orderId))?.held).toEqual([]);
});

test('a command held without end has no deadline and follows whenever its turn comes', async () => {
  const orderId = await orders.createOrder();
  const chain = [release(0, WITHOUT_END), complete(0, WITHOUT_END)];
  expect(await say(orderId, fund())).toBe('accepted');
  for (const one of chain) expect((await hold(orders, orderId, one)).kind).toBe('recorded');
  const { nextDeadline } = (await orders.workflow(orderId).query('order')) as { nextDeadline: string | null };
  expect(nextDeadline).toBeNull();
  expect(await say(orderId, create(0))).toBe('accepted');
  for (const one of chain) expect((await outcomeOf(orders, orderId, one)).outcome).toBe('accepted');
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a withdrawn command is rejected as cancelled and never carried out', async () => {
  const orderId = await orders.createOrder();
  const held = create(1, WITHOUT_END);
  await heldUntil(orderId, held);
  expect(await say(orderId, cancel(held.id))).toBe('accepted');
  expect(await outcomeOf(orders, orderId, held)).toMatchObject({ outcome: 'rejected', reason: 'command_cancelled' });
  expect(await say(orderId, create(0))).toBe('accepted');
  expect((await readOrder(orders.db, orderId))?.milestones).toHaveLength(1);
  expect(await say(orderId, cancel(held.id))).toBe('command_not_held');
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('commands that are held when the order closes are rejected, and its workflow ends', async () => {
  const orderId = await orders.createOrder({ amount: '1.00', funded: true });
  const held = [complete(5, WITHOUT_END), release(7, WITHOUT_END), complete(9, { turnWaitMs: 60_000 })];
  for (const one of held) await heldUntil(orderId, one);
  for (const step of [create(0), complete(0), release(0)]) expect(await say(orderId, step)).toBe('accepted');
  for (const one of held) expect(await outcomeOf(orders, orderId, one)).toMatchObject({ reason: 'order_closed' });
  await until('the workflow to end', async () => {
    return (await orders.workflow(orderId).describe()).status.name === 'COMPLETED';
  });
  expect(await readOrder(orders.db, orderId)).toMatchObject({ status: 'COMPLETED', held: [] });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a closed order answers later commands, each by a workflow that ends again', async () => {
  const orderId = await orders.createOrder({ amount: '1.00', funded: true });
  const [first, ...rest] = [create(0), complete(0), release(0)] as const;
  for (const step of [first, ...rest]) await orders.submit(orderId, step);
  expect(await say(orderId, create(1))).toBe('order_closed');
  expect(await say(orderId, first)).toBe('accepted');
  await until('the workflow to end', async () => {
    return (await orders.workflow(orderId).describe()).status.name === 'COMPLETED';
  });
  expect(await orders.logOf(orderId)).toHaveLength(5);
});

test('the thousand-and-first command that would wait is refused, until there is room again', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const held = upTo(1_000).map((index) => complete(index, WITHOUT_END));
  for (let from = 0; from < held.length; from += 100) {
    await orders.signals.send(orderId, held.slice(from, from + 100) as [Command, ...Command[]]);
  }
  await until('all to be held', async () => (await orders.logOf(orderId)).length === 1_001);
  expect(wordFor(await hold(orders, orderId, complete(1_000, WITHOUT_END)))).toBe('held_commands_full');
  expect(await say(orderId, cancel(held[500]?.id ?? ''))).toBe('accepted');
  expect(wordFor(await hold(orders, orderId, complete(1_001, WITHOUT_END)))).toBe('held');
  expect((await readOrder(orders.db, orderId))?.held).toHaveLength(1_000);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a deadline survives continue-as-new and the worker that set it', async () => {
  const own = await testOrders({ worker: false });
  const first = await own.startWorker();
  const orderId = await own.createOrder();
  const early = create(900, { turnWaitMs: 4_000 });
  const submission = await hold(own, orderId, early);
  const deadline = submission.kind === 'recorded' ? Number(submission.entry.held?.until) : Number.NaN;
  const firstRun = await currentRunOf(own, orderId);
  for (let index = 0; (await currentRunOf(own, orderId)) === firstRun; index++) {
    expect(wordFor(await own.submit(orderId, create(index)))).toBe('accepted');
  }
  await first.stop();
  const second = await own.startWorker();
  onTestFinished(() => second.stop());

  const outcome = await outcomeOf(own, orderId, early);

  expect(outcome).toMatchObject({ outcome: 'rejected', reason: 'previous_milestone_missing', at: new Date(deadline) });
  expect(await faultsOf(own.db, orderId)).toEqual([]);
});

test('a command received before a deadline counts, though no worker ran until long after it', async () => {
  const own = await testOrders({ worker: false });
  const start = Date.now() - 60_000;
  const orderId = await own.createOrder({ lastAt: new Date(start), createdAt: new Date(start) });
  const at = (index: number, afterMs: number) => create(index, { receivedAt: start + afterMs, turnWaitMs: 300 });
  const [inTime, tooLate, just, late] = [at(1, 0), at(3, 0), at(0, 300), at(2, 301)];
  for (const one of [inTime, tooLate, just, late]) await own.signals.send(orderId, [one]);

  const worker = await own.startWorker();
  onTestFinished(() => worker.stop());

  for (const one of [just, inTime, late]) {
    expect(await outcomeOf(own, orderId, one)).toMatchObject({ outcome: 'accepted' });
  }
  expect(await outcomeOf(own, orderId, tooLate)).toMatchObject({
    reason: 'previous_milestone_missing',
    at: new Date(start + 300),
  });
  expect((await historyOf(own, orderId)).length).toBeLessThan(20);
  expect(await faultsOf(own.db, orderId)).toEqual([]);
});

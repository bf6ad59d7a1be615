import { expect, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { currentRunOf } from '../support/history.ts';
import { faultsOf } from '../support/order-audit.ts';
import { MERCHANT_ID, passingOrder, testOrders } from '../support/orders.ts';
import { sendProven } from '../support/raw-signals.ts';
import { cancel, complete, create, fund, hold, outcomeOf, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();

const newOrder = (options?: Parameters<typeof orders.createOrder>[0]) => passingOrder(orders, options);

const repeat = (orderId: string, ...commands: [Command, ...Command[]]) => sendProven(orders, orderId, ...commands);

async function say(orderId: string, one: Command): Promise<string> {
  const options = { merchantId: MERCHANT_ID, waitMs: 5_000, untilHeld: false, send: true };
  return wordFor(await orders.gateway.submit(orderId, one, options));
}

/** The order takes further commands, nothing is recorded twice, and `ids` have these outcomes and no other. */
async function expectSound(orderId: string, next: Command, outcomes: [Command, string][]): Promise<void> {
  expect(await say(orderId, next)).toBe('accepted');
  const log = await orders.logOf(orderId);
  for (const [{ id }, word] of outcomes) {
    const settled = log.filter((entry) => entry.commandId === id && entry.outcome !== 'held');
    expect(settled.map(({ outcome, reason }) => reason ?? outcome)).toEqual([word]);
  }
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
}

test('a command twice in one signal is carried out once', async () => {
  const orderId = await newOrder();
  const one = create(0);
  await repeat(orderId, one, one, create(1), one);
  await expectSound(orderId, create(2), [[one, 'accepted']]);
  expect(await orders.logOf(orderId)).toHaveLength(3);
});

test('a command in many signals at once is carried out once', async () => {
  const orderId = await newOrder();
  const one = create(0);
  await Promise.all(Array.from({ length: 20 }, () => repeat(orderId, one)));
  await expectSound(orderId, create(1), [[one, 'accepted']]);
});

test('a repeat after the outcome changes nothing, however often and in whatever company', async () => {
  const orderId = await newOrder({ funded: true });
  const steps = [create(0), complete(0), release(0)] as const;
  for (const step of steps) expect(await say(orderId, step)).toBe('accepted');
  for (const step of steps) await repeat(orderId, step);
  await repeat(orderId, steps[0], create(1), steps[0]);
  await expectSound(
    orderId,
    create(2),
    steps.map((step) => [step, 'accepted']),
  );
});

test('repeats of a held command, alone or among others, leave it held once and carry it out once', async () => {
  const orderId = await newOrder();
  const held = create(1, WITHOUT_END);
  await hold(orders, orderId, held);
  await repeat(orderId, held);
  await repeat(orderId, held, create(5), held);
  await until('the others', async () => (await orders.logOf(orderId)).length === 2);
  expect(await say(orderId, create(0))).toBe('accepted');
  await repeat(orderId, held);
  await expectSound(orderId, create(2), [[held, 'accepted']]);
});

test('a repeat of a command whose wait ran out keeps its rejection', async () => {
  const orderId = await newOrder();
  const late = create(1, { turnWaitMs: 100 });
  expect(await say(orderId, late)).toBe('previous_milestone_missing');
  await repeat(orderId, late);
  await expectSound(orderId, create(0), [[late, 'previous_milestone_missing']]);
});

test('a rejected command stays rejected when its repeat could be accepted', async () => {
  const orderId = await newOrder({ funded: true });
  const early = complete(1);
  for (const step of [create(0), create(1)]) expect(await say(orderId, step)).toBe('accepted');
  expect(await say(orderId, early)).toBe('previous_milestone_open');
  expect(await say(orderId, complete(0))).toBe('accepted');
  await repeat(orderId, early);
  await expectSound(orderId, release(0), [[early, 'previous_milestone_open']]);
});

test('a rejected command stays rejected when its repeat could be held, and the order goes on', async () => {
  const orderId = await newOrder();
  const early = complete(3, WITHOUT_END);
  expect(await say(orderId, early)).toBe('order_not_funded');
  expect(await say(orderId, fund())).toBe('accepted');
  await repeat(orderId, early);
  for (const index of [0, 1, 2, 3]) expect(await say(orderId, create(index))).toBe('accepted');
  for (const index of [0, 1, 2]) expect(await say(orderId, complete(index))).toBe('accepted');
  await expectSound(orderId, release(0), [[early, 'order_not_funded']]);
});

test('a repeated withdrawal, and a repeat of what was withdrawn, change nothing', async () => {
  const orderId = await newOrder();
  const held = create(1, WITHOUT_END);
  await hold(orders, orderId, held);
  const withdrawal = cancel(held.id);
  await repeat(orderId, withdrawal, withdrawal);
  await outcomeOf(orders, orderId, held);
  await repeat(orderId, held);
  await repeat(orderId, withdrawal);
  await expectSound(orderId, create(0), [
    [held, 'command_cancelled'],
    [withdrawal, 'accepted'],
  ]);
});

test('of two commands with one id the first counts', async () => {
  const orderId = await newOrder({ funded: true });
  const one = create(0);
  await repeat(orderId, one, { ...create(1), id: one.id });
  await repeat(orderId, { ...complete(0), id: one.id });
  await expectSound(orderId, create(1), [[one, 'accepted']]);
});

test('a repeat after continue-as-new changes nothing', async () => {
  const orderId = await newOrder();
  const [first, held] = [create(0), create(800, WITHOUT_END)];
  expect(await say(orderId, first)).toBe('accepted');
  await hold(orders, orderId, held);
  const firstRun = await currentRunOf(orders, orderId);
  for (let index = 1; (await currentRunOf(orders, orderId)) === firstRun; index++) {
    expect(await say(orderId, create(index))).toBe('accepted');
  }
  await repeat(orderId, first, held, first, held);
  const { length } = (await orders.logOf(orderId)).filter(({ outcome }) => outcome === 'accepted');
  await expectSound(orderId, create(length), [[first, 'accepted']]);
});

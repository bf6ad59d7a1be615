import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import { adminOf } from '../support/admin.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { sendProven } from '../support/raw-signals.ts';
import { complete, create, fund, hold, outcomeOf, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const admin = adminOf(orders);
// A rule that the domain knows nothing of: what a bug in one of the two looks like.
await admin`ALTER TABLE milestones ADD CONSTRAINT superstition CHECK (amount <> 13.00 OR status <> 'PENDING')`;
await admin`ALTER TABLE milestones ADD CONSTRAINT unpayable CHECK (amount <> 17.00 OR status <> 'RELEASED')`;

const unlucky = { amount: '13.00' };

async function say(orderId: string, one: Command): Promise<string> {
  return wordFor(await orders.submit(orderId, one));
}

test('the database refuses one command of a burst: it alone is rejected, the others are accepted', async () => {
  const orderId = await orders.createOrder();
  const culprit = create(7, unlucky);
  const others = [...upTo(7), 7, 8, 9, 10].map((index) => create(index));
  const burst = [...others.slice(0, 7), culprit, ...others.slice(7)];
  await sendProven(orders, orderId, ...burst);

  for (const one of others) expect(await outcomeOf(orders, orderId, one)).toMatchObject({ outcome: 'accepted' });
  expect(await outcomeOf(orders, orderId, culprit)).toMatchObject({ outcome: 'rejected', reason: 'internal_conflict' });
  expect(await orders.logOf(orderId)).toHaveLength(burst.length);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('several culprits in one burst are each rejected, and none of the others', async () => {
  const orderId = await orders.createOrder();
  const burst = upTo(20).map((position) => create(Math.floor(position / 2), position % 2 === 0 ? unlucky : {}));
  await sendProven(orders, orderId, ...burst);
  for (const [position, one] of burst.entries()) {
    const { outcome, reason } = await outcomeOf(orders, orderId, one);
    expect([outcome, reason]).toEqual(position % 2 === 0 ? ['rejected', 'internal_conflict'] : ['accepted', null]);
  }
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a held command that is refused when its turn comes is rejected, and held no more', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const [held, behind] = [create(1, { ...unlucky, ...WITHOUT_END }), create(2, WITHOUT_END)];
  for (const one of [held, behind]) await hold(orders, orderId, one);
  expect(await say(orderId, create(0))).toBe('accepted');
  expect(await outcomeOf(orders, orderId, held)).toMatchObject({ reason: 'internal_conflict' });
  expect(await say(orderId, create(1))).toBe('accepted');
  expect(await outcomeOf(orders, orderId, behind)).toMatchObject({ outcome: 'accepted' });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a refused payment moves no money and leaves its milestone as it was', async () => {
  const orderId = await orders.createOrder();
  for (const step of [fund(), create(0, { amount: '17.00' }), create(1), complete(0)]) {
    expect(await say(orderId, step)).toBe('accepted');
  }
  expect(await say(orderId, release(0))).toBe('internal_conflict');
  expect(await say(orderId, complete(1))).toBe('accepted');
  expect(await say(orderId, release(1))).toBe('previous_milestone_unreleased');
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a deadline that the database refuses parks its order, which says so and goes on when the cause is gone', async () => {
  await admin`ALTER TABLE milestones DROP CONSTRAINT IF EXISTS unreleasable`;
  await admin`ALTER TABLE milestones ADD CONSTRAINT unreleasable CHECK (amount <> 19.00 OR status <> 'RELEASED')`;
  const inspected = { funded: true, terms: { ...DEFAULT_TERMS, inspectionPeriodSeconds: 1 } };
  const orderId = await orders.createOrder(inspected);
  for (const step of [create(0, { amount: '19.00' }), create(1), complete(0)]) {
    expect(await say(orderId, step)).toBe('accepted');
  }
  const trouble = async () => (await orders.workflow(orderId).describe()).searchAttributes.TrancheTrouble;
  await until('trouble', async () => (await trouble())?.[0] === 'deadline refused');
  const before = await orders.logOf(orderId);
  const statements = orders.statements().length;
  const waiting = complete(1);
  await orders.signals.send(orderId, [waiting]);
  await setTimeout(4_000);
  expect(await orders.logOf(orderId)).toEqual(before);
  const tries = orders
    .statements()
    .slice(statements)
    .filter((text) => text.includes('INSERT INTO order_log'));
  expect(tries.length).toBeLessThanOrEqual(4);
  expect(await say(await orders.createOrder(), create(0))).toBe('accepted');

  await admin`ALTER TABLE milestones DROP CONSTRAINT unreleasable`;
  expect(await outcomeOf(orders, orderId, waiting)).toMatchObject({ outcome: 'accepted' });
  const log = await orders.logOf(orderId);
  expect(log.slice(before.length, before.length + 2).map(({ commandType, outcome }) => [commandType, outcome])).toEqual(
    [
      ['milestone.release', 'accepted'],
      ['milestone.complete', 'accepted'],
    ],
  );
  await until('no trouble', async () => ((await trouble())?.[0] ?? null) === null);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('after a refusal an order soon records whole batches again', async () => {
  const orderId = await orders.createOrder();
  expect(await say(orderId, create(0, unlucky))).toBe('internal_conflict');
  const before = orders.statements().length;
  await sendProven(orders, orderId, ...upTo(50).map((index) => create(index)));
  const [last] = upTo(51).slice(-1);
  expect(await say(orderId, create(last ?? 50))).toBe('accepted');
  const commits = orders
    .statements()
    .slice(before)
    .filter((text) => text.includes('INSERT INTO order_log'));
  expect(commits.length).toBeLessThanOrEqual(3);
});

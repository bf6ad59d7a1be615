/** Lists: every item once, in order, whatever is written meanwhile. */
import { expect, test } from 'vitest';
import { testClient } from '../support/client.ts';

const { tranche, createOrder, proxy } = await testClient();

test('milestones of many pages come once and in order while more are created', async () => {
  const { intentId } = await createOrder();
  const plan = Array.from({ length: 23 }, (_, milestoneIndex) => ({ milestoneIndex, amount: '1.00' }));
  await tranche.milestones.createBatch(intentId, plan);
  proxy.failNext();
  const seen: number[] = [];
  for await (const { milestoneIndex } of tranche.milestones.list(intentId, { pageSize: 5 })) {
    seen.push(milestoneIndex);
    if (milestoneIndex % 4 === 0 && milestoneIndex < 23) {
      await tranche.milestones.create(intentId, { milestoneIndex: 23 + milestoneIndex / 4, amount: '1.00' });
    }
  }
  expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => index));
  expect(proxy.seen.filter(({ method }) => method === 'GET').length).toBe(6);
});

test('intents, the latest first, come once while newer ones are created, and a lost page is asked for again', async () => {
  const made: string[] = [];
  for (let count = 0; count < 8; count++) made.unshift((await createOrder({ funded: false })).intentId);
  proxy.failNext('cut-after');
  const seen: string[] = [];
  for await (const { id } of tranche.paymentIntents.list({ pageSize: 3, status: 'INITIATED' })) {
    seen.push(id);
    await createOrder({ funded: false });
  }
  expect(seen).toEqual(made);
});

test('a list may begin after an item, and ends when its reader has enough', async () => {
  const { intentId } = await createOrder();
  const plan = Array.from({ length: 6 }, (_, milestoneIndex) => ({ milestoneIndex, amount: '1.00' }));
  const milestones = await tranche.milestones.createBatch(intentId, plan);
  proxy.failNext();
  const seen: string[] = [];
  for await (const { id } of tranche.milestones.list(intentId, { pageSize: 2, startingAfter: milestones[1]?.id })) {
    seen.push(id);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual(milestones.slice(2, 4).map(({ id }) => id));
  expect(proxy.seen.length).toBe(1);
});

test('an empty list has no items', async () => {
  const { intentId } = await createOrder();
  for await (const milestone of tranche.milestones.list(intentId)) throw new Error(`There is no ${milestone.id}`);
});

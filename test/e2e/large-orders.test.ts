/** Orders with more milestones than one answer carries. */
import { expect, test } from 'vitest';
import { PAGE_MAX } from '../../src/api/paging.ts';
import type { TestOrder } from '../support/http-order.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';

const service = await testService();
const { send } = service;
const REST = 3;

/** Milestones of 0.01 up to this index. */
async function createUpTo(order: TestOrder, from: number, to: number): Promise<string[]> {
  const milestones = Array.from({ length: to - from }, (_, at) => ({ milestoneIndex: from + at, amount: '0.01' }));
  const made = await send('POST', `${order.milestonesPath}/batch`, { body: { milestones } });
  expect(made.status).toBe(201);
  return made.json.data.map(({ id }: { id: string }) => id);
}

test('an order shows its first hundred milestones and where the others are', async () => {
  const order = await service.createOrder();
  const ids = await createUpTo(order, 0, PAGE_MAX);
  expect(await order.read()).not.toHaveProperty('moreMilestones');
  ids.push(...(await createUpTo(order, PAGE_MAX, PAGE_MAX + REST)));
  const { milestones, moreMilestones } = await order.read();
  const rest = await send('GET', moreMilestones);
  expect([rest.status, rest.json.hasMore]).toEqual([200, false]);
  const found = [...milestones, ...rest.json.data.map(({ data }: { data: object }) => data)];
  expect(milestones).toHaveLength(PAGE_MAX);
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(found.map(({ milestoneIndex }) => milestoneIndex)).toEqual(ids.map((_, index) => index));
});

test('what an order shows of its milestones is about all of them, not only about those that it carries', async () => {
  const order = await service.createOrder({ amount: '2.00' });
  const ids = [...(await createUpTo(order, 0, PAGE_MAX)), ...(await createUpTo(order, PAGE_MAX, PAGE_MAX + REST))];
  const [paid = '', cancelled = '', open = ''] = ids.slice(PAGE_MAX);
  for (const id of ids.slice(0, PAGE_MAX)) {
    expect((await send('POST', `${order.milestonesPath}/${id}/cancel`, { body: {} })).status).toBe(200);
  }
  // All that it carries is settled, but one that it does not carry is open.
  expect(await order.read()).toMatchObject({ orderStatus: 'PENDING', settlementStatus: 'NONE' });
  expect(await order.read()).not.toHaveProperty('unallocatedAmount');
  expect((await order.complete(paid)).status).toBe(200);
  expect((await order.release(paid)).status).toBe(200);
  await until('the payout', async () => (await order.read()).settlementStatus === 'EXECUTED');
  expect((await send('POST', `${order.milestonesPath}/${cancelled}/cancel`, { body: {} })).status).toBe(200);
  expect((await order.complete(open)).status).toBe(200);
  expect((await order.release(open)).status).toBe(200);
  expect(await order.read()).toMatchObject({ orderStatus: 'PENDING', unallocatedAmount: '1.98' });
  expect((await send('POST', `${order.intentPath}/escrow/refund`, { body: {} })).status).toBe(200);
  const done = await until('the last payout', async () => {
    const data = await order.read();
    return data.settlementStatus === 'CONFIRMED' && data;
  });
  const last = await send('GET', `${order.milestonesPath}/${open}`);
  expect(done).toMatchObject({ orderStatus: 'COMPLETED', releasedAt: last.json.data.releasedAt });
  expect(done).not.toHaveProperty('unallocatedAmount');
});

/**
 * What can happen to an order besides the straight way: amended, cancelled, reopened, partly released, refunded.
 */
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { ledgerAccounts } from '../../src/db/schema.ts';
import { testOrders } from '../support/orders.ts';
import { startApi } from './api-server.ts';
import { expectRefusal, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 2_000, commandWaitMs: 15_000 } });

async function orderWith(amounts: string[], options: { funded?: boolean } = {}) {
  const order = await newOrder(api, options);
  for (const [index, amount] of amounts.entries()) expect((await order.create(index, amount)).status).toBe(201);
  const { data } = (await order.escrow()).json;
  const path = `/v1/payment-intents/${order.intentId}/escrow`;
  const milestone = (index: number) => `${path}/milestones/${data.milestones[index].id}`;
  const post = (to: string, body?: object) => api.send('POST', to, body ? { body } : {});
  return {
    ...order,
    orderId: data.id as string,
    amend: (index: number, body: object, headers = {}) => api.send('PATCH', milestone(index), { body, headers }),
    cancelMilestone: (index: number, body?: object) => post(`${milestone(index)}/cancel`, body),
    reopen: (index: number, body: object = { reason: 'pages are missing' }) => post(`${milestone(index)}/reopen`, body),
    releaseOf: (index: number, amount: string) => post(`${milestone(index)}/release`, { amount }),
    refund: (body?: object) => post(`${path}/refund`, body),
    cancelOrder: (body?: object) => post(`${path}/cancel`, body),
    cancelIntent: () => post(`/v1/payment-intents/${order.intentId}/cancel`),
    money: async () => {
      const now = (await order.escrow()).json.data;
      const { fundedAmount, allocatedAmount, releasedAmount, refundedAmount, remainingAmount, orderStatus } = now;
      return [orderStatus, fundedAmount, allocatedAmount, releasedAmount, refundedAmount, remainingAmount].join(' ');
    },
    inEscrow: async () => {
      const [account] = await db
        .select()
        .from(ledgerAccounts)
        .where(eq(ledgerAccounts.id, `escrow/${data.id}`));
      return Number(account?.balance);
    },
  };
}

describe('amending', () => {
  test('changes what is given and keeps the rest; the log keeps old and new', async () => {
    const order = await orderWith(['100.00']);
    const answer = await order.amend(0, { amount: '250', description: 'More pages' });
    expect(answer.status).toBe(200);
    expect(answer.json.data).toMatchObject({ amount: '250.00', description: 'More pages', percentage: null });
    expect((await order.show(0)).text).toBe(answer.text);
    expect(await order.money()).toBe('PENDING 1000.00 250.00 0.00 0.00 1000.00');
    expect((await order.amend(0, { description: null })).json.data).toMatchObject({
      amount: '250.00',
      description: null,
    });
  });

  test('keeps to the sum of the order, exactly', async () => {
    const order = await orderWith(['600.00', '100.00']);
    const tooMuch = await order.amend(1, { amount: '400.01' });
    expectRefusal(
      tooMuch,
      400,
      'invalid_request',
      'Total milestone amounts exceed escrow order amount',
      'total_exceeds_order',
    );
    expect((await order.amend(1, { amount: '400.00' })).status).toBe(200);
  });

  test('is refused once the milestone is completed, and for an empty change', async () => {
    const order = await orderWith(['100.00']);
    expect((await order.amend(0, {})).status).toBe(400);
    await order.complete(0);
    const late = await order.amend(0, { amount: '1.00' });
    expectRefusal(late, 400, 'invalid_request', 'Milestone already completed', 'milestone_already_completed');
  });

  test('repeated with its key answers the same bytes, though the milestone has changed since', async () => {
    const order = await orderWith(['100.00']);
    const headers = { 'Idempotency-Key': `amend-${order.orderId}` };
    const first = await order.amend(0, { amount: '120.00' }, headers);
    await order.amend(0, { amount: '130.00', description: 'later' });
    await order.complete(0);
    const repeat = await order.amend(0, { amount: '120.00' }, headers);
    expect(repeat.text).toBe(first.text);
    expect(repeat.headers['idempotent-replayed']).toBe('true');
  });
});

describe('cancelling a milestone', () => {
  test('frees its amount, never its index, and does not jam its successors', async () => {
    const order = await orderWith(['300.00', '400.00', '300.00']);
    const cancelled = await order.cancelMilestone(1, { reason: 'not needed' });
    expect(cancelled.json.data).toMatchObject({ status: 'CANCELLED', cancelledAt: expect.any(String) });
    expect(await order.money()).toBe('PENDING 1000.00 600.00 0.00 0.00 1000.00');
    expect((await order.create(1)).json.error.message).toBe('Milestone with index 1 already exists');
    for (const index of [0, 2]) expect((await order.complete(index)).status).toBe(200);
    for (const index of [0, 2]) expect((await order.release(index)).status).toBe(200);
    expect((await order.create(3, '400.00')).status).toBe(201);
    expectRefusal(await order.complete(1), 400, 'invalid_request', 'Milestone is cancelled', 'milestone_cancelled');
  });
});

describe('reopening', () => {
  test('takes a completion back with a reason, and the work can be completed again', async () => {
    const order = await orderWith(['100.00']);
    await order.complete(0);
    expect((await order.reopen(0, {})).json.error.param).toBe('reason');
    const reopened = await order.reopen(0);
    expect(reopened.json.data.status).toBe('PENDING');
    expect(reopened.json.data).not.toHaveProperty('completedAt');
    expect((await order.release(0)).status).toBe(400);
    expect((await order.complete(0)).status).toBe(200);
  });

  test('is refused while a later one is completed, and after the release', async () => {
    const order = await orderWith(['100.00', '100.00']);
    await order.complete(0);
    await order.complete(1);
    expect((await order.reopen(0)).headers['error-reason']).toBe('later_milestone_completed');
    expect((await order.reopen(1)).status).toBe(200);
    await order.release(0);
    expect((await order.reopen(0)).headers['error-reason']).toBe('milestone_already_released');
  });
});

describe('money that goes back to the buyer', () => {
  test('a partial release pays the rest of the milestone back', async () => {
    const order = await orderWith(['300.00']);
    await order.complete(0);
    expect((await order.releaseOf(0, '300.01')).headers['error-reason']).toBe('release_exceeds_milestone');
    const released = await order.releaseOf(0, '120.00');
    expect(released.json.data).toMatchObject({
      status: 'RELEASED',
      releasedAmount: '120.00',
      refundedAmount: '180.00',
    });
    expect(await order.money()).toBe('PENDING 1000.00 300.00 120.00 180.00 700.00');
    expect(await order.inEscrow()).toBe(700);
  });

  test('a refund takes what no milestone is allocated, and what it took can not be allocated again', async () => {
    const order = await orderWith(['300.00']);
    expect((await order.refund({ amount: '700.01' })).headers['error-reason']).toBe('refund_exceeds_unallocated');
    expect((await order.refund({ amount: '500.00' })).json).toEqual({
      object: 'refund',
      status: 'refunded',
      amount: '500.00',
    });
    expect((await order.create(1, '200.01')).headers['error-reason']).toBe('total_exceeds_order');
    expect((await order.create(1, '200.00')).status).toBe(201);
    expect((await order.refund()).headers['error-reason']).toBe('nothing_to_refund');
    expect(await order.inEscrow()).toBe(500);
  });

  test('an order completes by itself when a refund takes the last of it', async () => {
    const order = await orderWith(['300.00']);
    await order.complete(0);
    await order.release(0);
    expect(await order.money()).toBe('PENDING 1000.00 300.00 300.00 0.00 700.00');
    await order.refund();
    expect(await order.money()).toBe('COMPLETED 1000.00 300.00 300.00 700.00 0.00');
  });
});

describe('cancelling an order', () => {
  test('pays everything that was not released back and closes the order', async () => {
    const order = await orderWith(['300.00', '200.00', '100.00']);
    for (const index of [0, 1]) await order.complete(index);
    await order.release(0);
    const cancelled = await order.cancelOrder({ reason: 'agreed' });
    expect(cancelled.json).toEqual({ object: 'escrow_order', status: 'cancelled', refundedAmount: '700.00' });
    const { data } = (await order.escrow()).json;
    expect(data.milestones.map(({ status }: { status: string }) => status)).toEqual([
      'RELEASED',
      'REFUNDED',
      'CANCELLED',
    ]);
    expect(await order.money()).toBe('CANCELLED 1000.00 500.00 300.00 700.00 0.00');
    expect(await order.inEscrow()).toBe(0);
    expectRefusal(
      await order.create(3),
      400,
      'invalid_status',
      'Cannot create milestone: order is already cancelled',
      'order_closed',
    );
    expect((await order.cancelOrder()).headers['error-reason']).toBe('order_closed');
  });

  test('an unfunded intent is cancelled with its order, a funded one is not', async () => {
    const unfunded = await orderWith(['300.00'], { funded: false });
    expect((await unfunded.cancelIntent()).json).toMatchObject({ object: 'payment_intent', status: 'CANCELLED' });
    expect((await unfunded.intent()).json.status).toBe('CANCELLED');
    expect((await unfunded.confirm()).status).toBe(400);
    const funded = await orderWith([]);
    const refusal = await funded.cancelIntent();
    expect(refusal.json.error).toMatchObject({
      code: 'invalid_state_transition',
      message: 'Cannot cancel payment intent in status: SUCCEEDED',
    });
  });
});

test('thirds that do not add up leave the order open, and it says with what and how to end it', async () => {
  const order = await newOrder(api);
  const read = async () => (await order.escrow()).json.data;
  for (const index of [0, 1, 2]) await order.create(index, '333.33');
  for (const index of [0, 1, 2]) await order.complete(index);
  for (const index of [0, 1, 2]) {
    expect(await read()).not.toHaveProperty('unallocatedAmount');
    await order.release(index);
  }
  expect(await read()).toMatchObject({ orderStatus: 'PENDING', remainingAmount: '0.01', unallocatedAmount: '0.01' });
  expect((await order.post('/refund')).status).toBe(200);
  const ended = await read();
  expect(ended).toMatchObject({ orderStatus: 'COMPLETED', refundedAmount: '0.01' });
  expect(ended).not.toHaveProperty('unallocatedAmount');
});

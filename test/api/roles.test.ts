/** Who may do what, as keys of each role meet it. */
import { describe, expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { type ApiAnswer, startApi } from './api-server.ts';
import { expectForbidden, type NewOrderOptions, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 500, commandWaitMs: 15_000 } });
const keys = {
  merchant: api.keys.own,
  buyer: await api.addKey({ role: 'buyer' }),
  arbiter: await api.addKey({ role: 'arbiter' }),
  operator: await api.addKey({ role: 'operator' }),
};
type Role = keyof typeof keys;
const ROLES = Object.keys(keys) as Role[];

async function completedOrder(options: NewOrderOptions = {}) {
  const order = await newOrder(api, options);
  await order.create(0, '400.00');
  await order.create(1, '600.00');
  await order.complete(0);
  return {
    ...order,
    disputed: () =>
      order.post('/dispute', { reason: 'x', raisedBy: 'y', milestoneId: order.milestoneId(0) }, { key: keys.buyer }),
    resolve: (role: Role, resolution: string) => {
      const split = resolution === 'PARTIAL_REFUND' && { merchantAmount: '100.00', buyerAmount: '300.00' };
      return order.post('/dispute/resolve', { resolution, ...split }, { key: keys[role] });
    },
  };
}

describe('a dispute', () => {
  test('can be raised by anybody, and taken back by who raised it or the operator alone', async () => {
    const order = await completedOrder();
    const raise = async (role: Role) => {
      const raised = await order.post('/dispute', { reason: 'x', raisedBy: role }, { key: keys[role] });
      expect(raised.status).toBe(200);
    };
    const withdraw = (role: Role) => order.post('/dispute/withdraw', undefined, { key: keys[role] });
    for (const role of ROLES) {
      await raise(role);
      for (const other of ROLES.filter((one) => one !== role && one !== 'operator')) {
        expectForbidden(await withdraw(other), other, 'withdraw dispute');
      }
      expect((await withdraw(role)).status).toBe(200);
    }
    await raise('buyer');
    expect((await withdraw('operator')).status).toBe(200);
  });

  test.each<[Role, string]>([
    ['merchant', 'MERCHANT_WON'],
    ['merchant', 'PARTIAL_REFUND'],
    ['buyer', 'BUYER_WON'],
    ['buyer', 'PARTIAL_REFUND'],
  ])('is not for the %s to resolve as %s', async (role, resolution) => {
    const order = await completedOrder();
    await order.disputed();
    expectForbidden(await order.resolve(role, resolution), role, 'resolve dispute');
    expect((await order.escrow()).json.data.orderStatus).toBe('DISPUTED');
  });

  test.each<[Role, string, string]>([
    ['merchant', 'BUYER_WON', 'REFUNDED'],
    ['buyer', 'MERCHANT_WON', 'RELEASED'],
    ['arbiter', 'MERCHANT_WON', 'RELEASED'],
    ['arbiter', 'BUYER_WON', 'REFUNDED'],
    ['arbiter', 'PARTIAL_REFUND', 'RELEASED'],
    ['operator', 'PARTIAL_REFUND', 'RELEASED'],
  ])('is resolved by the %s as %s', async (role, resolution, status) => {
    const order = await completedOrder();
    await order.disputed();
    expect((await order.resolve(role, resolution)).status).toBe(200);
    expect(await order.statuses()).toBe(`${status} PENDING`);
  });
});

describe('a release', () => {
  test('is for the buyer alone where the terms say so', async () => {
    const order = await completedOrder({ milestoneTerms: { releaseBy: 'buyer' } });
    for (const role of ['merchant', 'arbiter'] as const) {
      expectForbidden(await order.release(0, { key: keys[role] }), role, 'release milestone');
    }
    expect(await order.statuses()).toBe('COMPLETED PENDING');
    expect((await order.release(0, { key: keys.buyer })).status).toBe(200);
    await order.complete(1);
    expect((await order.release(1, { key: keys.operator })).status).toBe(200);
  });

  test('is for either party by default', async () => {
    const order = await completedOrder();
    expectForbidden(await order.release(0, { key: keys.arbiter }), 'arbiter', 'release milestone');
    expect((await order.release(0, { key: keys.buyer })).status).toBe(200);
    await order.complete(1);
    expect((await order.release(1)).status).toBe(200);
  });
});

describe('a part of a milestone', () => {
  test('is not for the buyer to release: the rest would be its own', async () => {
    const order = await completedOrder();
    const part = (role: Role) => order.release(0, { key: keys[role], body: { amount: '100.00' } });
    const refused = await part('buyer');
    expect([refused.status, refused.headers['error-reason'], refused.json.error.param]).toEqual([
      ...[403, 'role_not_allowed', 'amount'],
    ]);
    expect(await order.statuses()).toBe('COMPLETED PENDING');
    expect((await part('merchant')).json.data).toMatchObject({ releasedAmount: '100.00', refundedAmount: '300.00' });
    const whole = await completedOrder();
    const all = await whole.release(0, { key: keys.buyer, body: { amount: '400' } });
    expect(all.json.data).toMatchObject({ releasedAmount: '400.00', refundedAmount: '0.00' });
    const reserved = await completedOrder({ milestoneTerms: { releaseBy: 'buyer' } });
    const least = { body: { amount: '0.01' } };
    expect((await reserved.release(0, { key: keys.buyer, ...least })).status).toBe(403);
    expect((await reserved.release(0, { key: keys.operator, ...least })).status).toBe(200);
  });
});

describe('a held command', () => {
  const lenient = { headers: { Prefer: 'handling=lenient' } };
  const cancel = async (id: string, role: Role) => api.send('POST', `/v1/commands/${id}/cancel`, { key: keys[role] });

  test.each<[string, Role, (order: Awaited<ReturnType<typeof completedOrder>>) => Promise<ApiAnswer>]>([
    ['a release', 'buyer', (order) => order.release(1, { key: keys.buyer, ...lenient })],
    ['a release', 'merchant', (order) => order.release(1, lenient)],
    [
      'a decision',
      'arbiter',
      async (order) => {
        await order.post('/dispute', { reason: 'x', raisedBy: 'y', milestoneId: order.milestoneId(1) });
        const body = { resolution: 'PARTIAL_REFUND', merchantAmount: '500.00', buyerAmount: '100.00' };
        return api.send('POST', `/v1/payment-intents/${order.intentId}/escrow/dispute/resolve`, {
          ...{ body, key: keys.arbiter, ...lenient },
        });
      },
    ],
  ])('%s of the %s is cancelled by that role or the operator alone', async (_, owner, send) => {
    const order = await completedOrder();
    for (const canceller of [owner, 'operator'] as const) {
      const held = await send(order);
      expect([held.status, held.json.data.status]).toEqual([202, 'HELD']);
      for (const other of ROLES.filter((role) => role !== owner && role !== 'operator')) {
        const refused = await cancel(held.json.id, other);
        expect([refused.status, refused.headers['error-reason'], refused.json.error.message]).toEqual([
          ...[403, 'role_not_allowed'],
          `A key of role ${other} may not cancel command: a key of role ${owner} sent it, and only such a key or the operator’s may`,
        ]);
        expect((await api.send('GET', `/v1/commands/${held.json.id}`)).json.data.status).toBe('HELD');
      }
      expect((await cancel(held.json.id, canceller)).status).toBe(200);
      if (owner === 'arbiter') await order.post('/dispute/withdraw');
    }
  });
});

test('a buyer’s release that waits is of what its milestone was worth, whatever the merchant makes of it', async () => {
  const order = await newOrder(api, { milestoneTerms: { releaseBy: 'buyer' } });
  await order.create(0, '100.00');
  const lenient = { headers: { Prefer: 'handling=lenient' } };
  const held = await order.release(0, { key: keys.buyer, ...lenient });
  expect(held.status).toBe(202);
  const path = `/v1/payment-intents/${order.intentId}/escrow/milestones/${order.milestoneId(0)}`;
  expect((await api.send('PATCH', path, { body: { amount: '900.00' } })).status).toBe(200);
  await order.complete(0);
  expect(await order.statuses()).toBe('COMPLETED');
  const { data } = (await api.send('GET', `/v1/commands/${held.json.id}`)).json;
  expect([data.status, data.reason]).toEqual(['REJECTED', 'milestone_amended']);
});

describe('the merchant’s work', () => {
  test('is not for buyer and arbiter to create or complete', async () => {
    const order = await newOrder(api);
    for (const role of ['buyer', 'arbiter'] as const) {
      expectForbidden(await order.create(0, '1.00', { key: keys[role] }), role, 'create milestone');
    }
    expect((await order.create(0, '1.00', { key: keys.operator })).status).toBe(201);
    for (const role of ['buyer', 'arbiter'] as const) {
      expectForbidden(await order.complete(0, { key: keys[role] }), role, 'complete milestone');
      expectForbidden(await order.post('/cancel', undefined, { key: keys[role] }), role, 'cancel order');
    }
    expect((await order.complete(0, { key: keys.operator })).status).toBe(200);
  });

  test('gets more time for inspection from either party, not from the arbiter', async () => {
    const order = await completedOrder({ milestoneTerms: { inspectionPeriodSeconds: 3_600 } });
    expectForbidden(await order.extend(0, 60, { key: keys.arbiter }), 'arbiter', 'extend milestone');
    for (const role of ['merchant', 'buyer', 'operator'] as const) {
      expect((await order.extend(0, 60, { key: keys[role] })).status).toBe(200);
    }
  });
});

test('the role counts before the state of the order, and the owner before the role', async () => {
  const order = await completedOrder();
  await order.post('/cancel');
  expectForbidden(await order.resolve('merchant', 'MERCHANT_WON'), 'merchant', 'resolve dispute');
  const foreign = await api.addKey({ role: 'operator', merchantId: 'merchant_other' });
  const answer: ApiAnswer = await order.post('/dispute/resolve', { resolution: 'BUYER_WON' }, { key: foreign });
  expect([answer.status, answer.headers['error-reason']]).toEqual([403, 'intent_not_owned']);
});

test('an idempotency key is its role’s own', async () => {
  const order = await completedOrder();
  await order.disputed();
  const headers = { 'Idempotency-Key': `resolve-${order.intentId}` };
  const resolve = (role: Role) =>
    order.post('/dispute/resolve', { resolution: 'MERCHANT_WON' }, { key: keys[role], headers });
  const refused = await resolve('merchant');
  expectForbidden(refused, 'merchant', 'resolve dispute');
  expect((await resolve('arbiter')).status).toBe(200);
  const repeat = await resolve('merchant');
  expect([repeat.text, repeat.headers['idempotent-replayed']]).toEqual([refused.text, 'true']);
});

test.each<[Role, number]>([
  ['merchant', 201],
  ['operator', 201],
  ['buyer', 403],
  ['arbiter', 403],
])('a payment intent made with a key of role %s: %i', async (role, status) => {
  const answer = await api.send('POST', '/v1/payment-intents', {
    key: keys[role],
    body: {
      amount: '10.00',
      currency: 'USD',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
    },
  });
  expect(answer.status).toBe(status);
  if (status === 403) expectForbidden(answer, role, 'create payment intents');
});

/** Intents and their escrow orders as they are created. */
import { describe, expect, test } from 'vitest';
import { expectError, INTENT, startEdge } from './edge.ts';

const { api, createIntent } = await startEdge();

describe('intents and their orders', () => {
  test('a new intent has the published envelope, and its order every published key', async () => {
    const body = { ...INTENT, description: 'Order #1', deliveryPeriod: 2_592_000, autoRelease: true };
    const created = await api.send('POST', '/v1/payment-intents', { body });
    expect(created.status).toBe(201);
    expect(Object.keys(created.json)).toEqual(['id', 'object', 'status', 'data', 'created', 'updated']);
    expect(created.json).toMatchObject({ object: 'payment_intent', status: 'INITIATED' });
    expect(created.json.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(created.headers.location).toBe(`/v1/payment-intents/${created.json.id}`);
    expect((await api.send('GET', created.headers.location as string)).text).toBe(created.text);

    const { json } = await api.send('GET', `/v1/payment-intents/${created.json.id}/escrow`);
    expect(json.object).toBe('escrow_order');
    expect(json.data).toEqual({
      id: json.id,
      paymentIntentId: created.json.id,
      orderId: json.id,
      merchantId: 'merchant_test',
      amount: '1000.00',
      currency: 'USDC',
      contractAddress: null,
      buyerAddress: null,
      tokenAddress: null,
      deliveryPeriod: 2_592_000,
      deliveryDeadline: null,
      expectedDeliveryHash: null,
      actualDeliveryHash: null,
      deliveryOracle: null,
      releaseType: 'MILESTONE_LOCKED',
      autoReleaseOnProof: true,
      orderStatus: 'PENDING',
      settlementStatus: 'NONE',
      disputeWindow: '604800',
      disputeRaisedAt: null,
      disputeReason: null,
      disputeRaisedBy: null,
      releasedAt: null,
      createdAt: created.json.created,
      updatedAt: created.json.created,
      milestones: [],
      fundedAmount: '0.00',
      allocatedAmount: '0.00',
      releasedAmount: '0.00',
      refundedAmount: '0.00',
      remainingAmount: '0.00',
      version: 0,
    });
  });

  test('an intent that is not delivery versus payment has no escrow and cannot be confirmed', async () => {
    const pulled = await createIntent({ type: 'CONSENTED_PULL' });
    const escrow = await api.send('GET', `/v1/payment-intents/${pulled}/escrow`);
    expectError(escrow, 400, { message: 'Payment intent is not of type DELIVERY_VS_PAYMENT' });
    expectError(await api.send('POST', `/v1/payment-intents/${pulled}/confirm`), 400, { code: 'invalid_request' });
  });

  test('in live mode an intent can be made but not confirmed', async () => {
    const live = await createIntent({}, api.keys.live);
    const answer = await api.send('POST', `/v1/payment-intents/${live}/confirm`, { key: api.keys.live });
    expectError(answer, 400, { code: 'invalid_request' });
    expect(answer.headers['error-reason']).toBe('live_funding_unavailable');
  });

  test('metadata.autoRelease counts like autoRelease, and the release type has a default', async () => {
    const orderOf = async (fields: object) =>
      (await api.send('GET', `/v1/payment-intents/${await createIntent(fields)}/escrow`)).json.data;
    expect(await orderOf({ metadata: { autoRelease: true } })).toMatchObject({
      autoReleaseOnProof: true,
      releaseType: 'DELIVERY_PROOF',
    });
    expect(await orderOf({ metadata: { autoRelease: false }, autoRelease: false })).toMatchObject({
      autoReleaseOnProof: false,
    });
  });
});

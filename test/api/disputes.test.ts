/** Disputes: raised, resolved, withdrawn, and what reads show of them. */
import { describe, expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { type ApiAnswer, startApi } from './api-server.ts';
import { expectRefusal, type NewOrderOptions, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 500, commandWaitMs: 15_000 } });
const decider = await api.addKey({ role: 'operator' });

const RAISE = { reason: 'Pages are missing', raisedBy: 'buyer-7' };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Milestones of 300.00, 400.00 and 300.00. */
async function orderWithThree(options: NewOrderOptions = {}) {
  const order = await newOrder(api, options);
  for (const [index, amount] of ['300.00', '400.00', '300.00'].entries()) await order.create(index, amount);
  const dispute = (body: object = RAISE, sent = {}) => order.post('/dispute', body, sent);
  return {
    ...order,
    dispute,
    disputeMilestone: (index: number) => dispute({ ...RAISE, milestoneId: order.milestoneId(index) }),
    resolve: (body: object, sent = {}) => order.post('/dispute/resolve', body, { key: decider, ...sent }),
    withdraw: (body?: object, sent = {}) => order.post('/dispute/withdraw', body, sent),
    timeline: async () =>
      (await api.send('GET', `/v1/payment-intents/${order.intentId}/escrow/timeline?limit=100`)).json.data.map(
        ({ data }: { data: object }) => data,
      ),
    read: async () => (await order.escrow()).json.data,
  };
}

describe('raising', () => {
  test('answers as published, and the order shows who raised what', async () => {
    const order = await orderWithThree();
    const raised = await order.dispute({ ...RAISE, disputeWindow: '864000' });
    expect([raised.status, raised.text]).toEqual([200, '{"object":"dispute","status":"raised"}']);
    expect(await order.read()).toMatchObject({
      orderStatus: 'DISPUTED',
      disputeWindow: '864000',
      disputeRaisedAt: expect.stringMatching(INSTANT),
      disputeReason: 'Pages are missing',
      disputeRaisedBy: 'buyer-7',
    });
    expect((await order.show(0)).json.data).not.toHaveProperty('dispute');
  });

  test('about a milestone shows there, and nowhere else', async () => {
    const order = await orderWithThree();
    expect((await order.disputeMilestone(1)).status).toBe(200);
    const { dispute } = (await order.show(1)).json.data;
    expect(dispute).toEqual({
      reason: 'Pages are missing',
      raisedBy: 'buyer-7',
      raisedAt: expect.stringMatching(INSTANT),
      endsAt: expect.stringMatching(INSTANT),
    });
    // Both ends are cut to whole seconds.
    expect(Date.parse(dispute.endsAt) - Date.parse(dispute.raisedAt)).toBe(604_800_000);
    const { milestones } = await order.read();
    expect(milestones.map((one: object) => 'dispute' in one)).toEqual([false, true, false]);
    expect((await order.list()).json.data.map(({ data }: { data: object }) => 'dispute' in data)).toEqual([
      ...[false, true, false],
    ]);
  });

  test('is refused as published while one is open, and once the order is completed', async () => {
    const order = await orderWithThree();
    await order.dispute();
    const twice = await order.dispute();
    const already = 'Dispute already raised for this order';
    expectRefusal(twice, 400, 'invalid_request', already, 'dispute_already_raised');
    await order.resolve({ resolution: 'BUYER_WON' });
    const late = 'Cannot raise dispute: order is already completed';
    expectRefusal(await order.dispute(), 400, 'invalid_status', late, 'order_closed');
  });

  test('is refused where there is nothing to dispute', async () => {
    const unfunded = await orderWithThree({ funded: false });
    const message = 'Escrow order is not funded';
    expectRefusal(await unfunded.dispute(), 400, 'invalid_status', message, 'order_not_funded');
    const order = await orderWithThree();
    for (const milestoneId of [order.milestoneId(3), unfunded.milestoneId(0), 'milestone_x', '']) {
      const missing = await order.dispute({ ...RAISE, milestoneId });
      expectRefusal(missing, 404, 'resource_missing', 'Milestone not found', 'milestone_missing');
    }
    await order.complete(0);
    await order.release(0);
    const released = await order.disputeMilestone(0);
    expectRefusal(released, 400, 'invalid_request', 'Milestone already released', 'milestone_already_released');
    const pulled = await api.send('POST', '/v1/payment-intents', {
      body: {
        ...{ amount: '1', currency: 'USDC', type: 'CONSENTED_PULL' },
        ...{ settlementMethod: 'OFF_RAMP_MOCK', settlementDestination: 'x' },
      },
    });
    const path = `/v1/payment-intents/${pulled.json.id}/escrow/dispute`;
    const none = await api.send('POST', path, { body: RAISE });
    expectRefusal(none, 404, 'resource_missing', 'Escrow order not found', 'escrow_order_missing');
    const nobody = await api.send('POST', '/v1/payment-intents/intent_x/escrow/dispute', { body: RAISE });
    expectRefusal(nobody, 404, 'resource_missing', 'Payment intent not found', 'payment_intent_missing');
  });

  test('an order of another release type can be disputed as a whole', async () => {
    const order = await newOrder(api, { releaseType: 'DELIVERY_PROOF' });
    expect((await order.post('/dispute', RAISE)).status).toBe(200);
    const resolved = await order.post('/dispute/resolve', { resolution: 'MERCHANT_WON' }, { key: decider });
    expect(resolved.json).toMatchObject({ merchantAmount: '1000.00', buyerAmount: '0.00' });
    expect((await order.escrow()).json.data).toMatchObject({
      orderStatus: 'COMPLETED',
      releasedAmount: '1000.00',
      releasedAt: expect.stringMatching(INSTANT),
    });
  });
});

describe('the window of a dispute', () => {
  test('belongs to the order’s terms: who raises it may lengthen it, and only the operator may shorten it', async () => {
    const day = 86_400;
    const order = await orderWithThree({ milestoneTerms: { disputeWindowSeconds: 30 * day } });
    const buyer = await api.addKey({ role: 'buyer' });
    const arbiter = await api.addKey({ role: 'arbiter' });
    for (const sent of [{}, { key: buyer }, { key: arbiter }]) {
      const short = await order.dispute({ ...RAISE, disputeWindow: String(30 * day - 1) }, sent);
      const message = 'disputeWindow must be from 2592000 to 7776000 seconds here, got 2591999';
      expectRefusal(short, 400, 'invalid_request', message, 'dispute_window_refused', 'disputeWindow');
    }
    const version = await order.version();
    expect((await order.dispute({ ...RAISE, disputeWindow: String(40 * day) }, { key: buyer })).status).toBe(200);
    expect(await order.read()).toMatchObject({ version: version + 1, disputeWindow: String(40 * day) });
    await order.withdraw(undefined, { key: buyer });
    expect((await order.dispute(RAISE)).status).toBe(200);
    expect(await order.read()).toMatchObject({
      disputeWindow: String(30 * day),
      milestoneTerms: { disputeWindowSeconds: 30 * day },
    });
    await order.withdraw();
    expect((await order.dispute({ ...RAISE, disputeWindow: '1' }, { key: decider })).status).toBe(200);
    expect(await order.read()).toMatchObject({ disputeWindow: '1' });
  });

  test('is a day at least in live mode, and a minute where the operator chooses', async () => {
    const key = await api.addKey({ mode: 'live' });
    const intent = (milestoneTerms: object) =>
      api.send('POST', '/v1/payment-intents', {
        key,
        body: {
          ...{ amount: '1', currency: 'USDC', type: 'DELIVERY_VS_PAYMENT', milestoneTerms },
          ...{ settlementMethod: 'OFF_RAMP_MOCK', settlementDestination: 'x' },
        },
      });
    const short = await intent({ disputeWindowSeconds: 86_399 });
    const message =
      'milestoneTerms.disputeWindowSeconds must be an integer from 86400 to 7776000 in live mode, got 86399';
    const param = 'milestoneTerms.disputeWindowSeconds';
    expectRefusal(short, 400, 'invalid_request_error', message, 'payment_intent_invalid', param);
    expect((await intent({ disputeWindowSeconds: 86_400 })).status).toBe(201);
  });
});

describe('a default that would pay who raised the dispute', () => {
  test.each([
    ['buyer', 'BUYER_WON'],
    ['merchant', 'MERCHANT_WON'],
  ] as const)('never applies: a %s’s dispute under %s waits for a decision', async (role, disputeDefault) => {
    const order = await orderWithThree({ milestoneTerms: { disputeDefault } });
    const key = await api.addKey({ role });
    expect((await order.dispute({ ...RAISE, milestoneId: order.milestoneId(0) }, { key })).status).toBe(200);
    const open = { orderStatus: 'DISPUTED', disputeDefaultApplies: false, disputeEndsAt: null, disputeEndedAt: null };
    expect(await order.read()).toMatchObject(open);
    await order.advance(400 * 86_400);
    expect(await order.read()).toMatchObject({ ...open, releasedAmount: '0.00', refundedAmount: '0.00' });
    const [raised] = (await order.timeline()).filter(({ type }: { type: string }) => type === 'dispute.raise');
    expect(raised.events[0]).toMatchObject({ type: 'dispute.raised', defaultApplies: false });
    await order.resolve({ resolution: disputeDefault });
    expect(await order.read()).toMatchObject({
      ...{ orderStatus: 'PENDING', disputeDefaultApplies: null, disputeEndsAt: null },
      ...{ disputeEndedAt: expect.stringMatching(INSTANT), disputeResolution: disputeDefault },
    });
  });

  test('applies to disputes that others raised, and the order says when', async () => {
    const order = await orderWithThree();
    await order.disputeMilestone(0);
    const { disputeRaisedAt, disputeEndsAt, ...open } = await order.read();
    expect(open).toMatchObject({ disputeDefaultApplies: true, disputeEndedAt: null, disputeResolution: null });
    expect(Date.parse(disputeEndsAt) - Date.parse(disputeRaisedAt)).toBe(604_800_000);
    await order.advance(604_801);
    expect(await order.read()).toMatchObject({ disputeResolution: 'BUYER_WON', refundedAmount: '300.00' });
  });

  test('nor does it once somebody has decided, and the decision waits for its turn', async () => {
    const order = await orderWithThree();
    await order.disputeMilestone(1);
    const split = { resolution: 'PARTIAL_REFUND', merchantAmount: '100.00', buyerAmount: '300.00' };
    const held = await order.resolve(split, { headers: { Prefer: 'handling=lenient' } });
    expect(held.status).toBe(202);
    expect(await order.read()).toMatchObject({ disputeDefaultApplies: false, disputeEndsAt: null });
    const withdrawn = await order.withdraw();
    const message = 'The dispute is decided: the decision waits for its turn';
    expectRefusal(withdrawn, 400, 'invalid_status', message, 'dispute_decided');
    await order.advance(400 * 86_400);
    expect(await order.read()).toMatchObject({ orderStatus: 'DISPUTED', refundedAmount: '0.00' });
    await order.complete(0);
    await order.release(0);
    expect(await order.read()).toMatchObject({ releasedAmount: '400.00', refundedAmount: '300.00' });
  });

  test('a withdrawn dispute has its end on the order, too', async () => {
    const order = await orderWithThree();
    await order.dispute();
    await order.withdraw();
    expect(await order.read()).toMatchObject({
      ...{ disputeReason: 'Pages are missing', disputeRaisedAt: expect.stringMatching(INSTANT) },
      ...{ disputeEndedAt: expect.stringMatching(INSTANT), disputeResolution: 'WITHDRAWN' },
    });
    const ended = (await order.timeline()).at(-1);
    expect(ended.events[0]).toMatchObject({ type: 'dispute.withdrawn', resolution: 'WITHDRAWN' });
  });
});

describe('what a dispute stops', () => {
  test('its milestone and those after it, not those before', async () => {
    const order = await orderWithThree();
    await order.disputeMilestone(1);
    expect((await order.complete(0)).status).toBe(200);
    expect((await order.release(0)).status).toBe(200);
    const message = 'Milestone (index 1) is disputed: its dispute must be resolved first';
    for (const index of [1, 2]) {
      expectRefusal(await order.complete(index), 400, 'invalid_status', message, 'milestone_disputed');
    }
    await order.withdraw();
    expect((await order.complete(1)).status).toBe(200);
  });

  test('about the order: new milestones, refunds and the order’s end', async () => {
    const order = await newOrder(api);
    await order.create(0, '300.00');
    await order.post('/dispute', RAISE);
    const attempts: [what: string, answer: ApiAnswer][] = [
      ['create milestone', await order.create(1)],
      ['complete milestone', await order.complete(0)],
      ['refund order', await order.post('/refund')],
      ['cancel order', await order.post('/cancel')],
    ];
    for (const [what, answer] of attempts) {
      expectRefusal(answer, 400, 'invalid_status', `Cannot ${what}: order is disputed`, 'order_disputed');
    }
    await order.post('/dispute/withdraw');
    expect((await order.post('/cancel')).status).toBe(200);
  });

  test('a command that waits says what for, also when that changes while it waits', async () => {
    const order = await orderWithThree();
    const lenient = { headers: { Prefer: 'handling=lenient' } };
    const held = await order.complete(1, lenient);
    const waitingFor = async () => (await api.send('GET', held.headers.location as string)).json.data.waitingFor;
    expect(await waitingFor()).toBe('milestone 0 to be completed');
    await order.disputeMilestone(1);
    expect(await waitingFor()).toBe('the dispute of milestone 1 to be resolved');
    await order.withdraw();
    expect(await waitingFor()).toBe('milestone 0 to be completed');
    await order.dispute();
    expect(await waitingFor()).toBe('the dispute of the order to be resolved');
    await order.withdraw();
    await order.complete(0);
    expect((await api.send('GET', held.headers.location as string)).json.data.status).toBe('ACCEPTED');
    expect(await order.statuses()).toBe('COMPLETED COMPLETED PENDING');
  });
});

describe('resolving', () => {
  test.each([
    ['MERCHANT_WON', {}, '300.00', '0.00', 'RELEASED'],
    ['BUYER_WON', {}, '0.00', '300.00', 'REFUNDED'],
    ['PARTIAL_REFUND', { merchantAmount: '100', buyerAmount: '200.00' }, '100.00', '200.00', 'RELEASED'],
  ])('%s settles the milestone, and the later ones go on', async (resolution, amounts, merchant, buyer, status) => {
    const order = await orderWithThree();
    await order.disputeMilestone(0);
    const resolved = await order.resolve({ resolution, ...amounts, reason: 'as agreed' });
    expect([resolved.status, resolved.json]).toEqual([
      200,
      { object: 'dispute', status: 'resolved', resolution, merchantAmount: merchant, buyerAmount: buyer },
    ]);
    expect((await order.show(0)).json.data).toMatchObject({
      status,
      dispute: { resolution, endedAt: expect.stringMatching(INSTANT) },
    });
    expect(await order.read()).toMatchObject({
      orderStatus: 'PENDING',
      disputeReason: 'Pages are missing',
      releasedAmount: merchant,
      refundedAmount: buyer,
    });
    for (const index of [1, 2]) expect((await order.complete(index)).status).toBe(200);
    for (const index of [1, 2]) expect((await order.release(index)).status).toBe(200);
    expect(await order.read()).toMatchObject({ orderStatus: 'COMPLETED', remainingAmount: '0.00' });
  });

  test('a dispute about the order splits all that is left, and ends it', async () => {
    const order = await orderWithThree();
    await order.complete(0);
    await order.release(0);
    await order.dispute();
    const wrong = await order.resolve({ resolution: 'PARTIAL_REFUND', merchantAmount: '500', buyerAmount: '200.01' });
    const sum = 'merchantAmount and buyerAmount must add up to 700.00';
    expectRefusal(wrong, 400, 'invalid_request', sum, 'split_mismatch');
    const split = { resolution: 'PARTIAL_REFUND', merchantAmount: '500', buyerAmount: '200' };
    expect((await order.resolve(split)).status).toBe(200);
    expect(await order.statuses()).toBe('RELEASED CANCELLED CANCELLED');
    expect(await order.read()).toMatchObject({
      orderStatus: 'COMPLETED',
      releasedAmount: '800.00',
      refundedAmount: '200.00',
      remainingAmount: '0.00',
    });
  });

  test('what pays the merchant waits for its turn', async () => {
    const order = await orderWithThree();
    await order.disputeMilestone(1);
    const early = await order.resolve({ resolution: 'MERCHANT_WON' });
    const message = 'Previous milestone (index 0) must be released first';
    expectRefusal(early, 400, 'invalid_request', message, 'previous_milestone_unreleased');
    const held = await order.resolve({ resolution: 'MERCHANT_WON' }, { headers: { Prefer: 'handling=lenient' } });
    expect([held.status, held.json.data.waitingFor]).toEqual([202, 'milestone 0 to be released']);
    await order.complete(0);
    await order.release(0);
    expect(await order.statuses()).toBe('RELEASED RELEASED PENDING');
    const shown = await api.send('GET', held.headers.location as string);
    expect(shown.json.data.result).toMatchObject({ object: 'dispute', status: 'resolved', merchantAmount: '400.00' });
  });

  test('and withdrawing need an open dispute, on an open order', async () => {
    const order = await orderWithThree();
    const message = 'There is no open dispute on this order';
    const attempts = [() => order.resolve({ resolution: 'BUYER_WON' }), () => order.withdraw()];
    for (const attempt of attempts) {
      expectRefusal(await attempt(), 400, 'invalid_status', message, 'dispute_missing');
    }
    await order.post('/cancel');
    const [resolve, withdraw] = await Promise.all(attempts.map((attempt) => attempt()));
    const closed = (verb: string) => `Cannot ${verb} dispute: order is already cancelled`;
    if (resolve) expectRefusal(resolve, 400, 'invalid_status', closed('resolve'), 'order_closed');
    if (withdraw) expectRefusal(withdraw, 400, 'invalid_status', closed('withdraw'), 'order_closed');
  });
});

describe('withdrawing', () => {
  test('the milestone keeps the dispute, and changes of it answer what it shows', async () => {
    const order = await orderWithThree();
    await order.disputeMilestone(0);
    const withdrawn = await order.withdraw({ reason: 'found them' });
    expect([withdrawn.status, withdrawn.text]).toEqual([200, '{"object":"dispute","status":"withdrawn"}']);
    const path = `/v1/payment-intents/${order.intentId}/escrow/milestones/${order.milestoneId(0)}`;
    const amended = await api.send('PATCH', path, { body: { description: 'All pages' } });
    expect(amended.json.data.dispute).toMatchObject({ resolution: 'WITHDRAWN' });
    expect((await order.show(0)).text).toBe(amended.text);
    expect(await order.read()).toMatchObject({ orderStatus: 'PENDING', disputeRaisedBy: 'buyer-7' });
  });

  test('a later dispute takes its place, and the answer from before it stays as it was', async () => {
    const order = await orderWithThree();
    const path = `/v1/payment-intents/${order.intentId}/escrow/milestones/${order.milestoneId(0)}`;
    const amend = () =>
      api.send('PATCH', path, { body: { description: 'x' }, headers: { 'Idempotency-Key': `a-${order.intentId}` } });
    await order.disputeMilestone(0);
    await order.withdraw();
    const before = await amend();
    await order.dispute({ ...RAISE, reason: 'Again', milestoneId: order.milestoneId(0) });
    expect((await order.show(0)).json.data.dispute).toMatchObject({ reason: 'Again' });
    expect(await order.read()).toMatchObject({ disputeReason: 'Again' });
    const repeat = await amend();
    expect([repeat.text, repeat.headers['idempotent-replayed']]).toEqual([before.text, 'true']);
  });
});

test('a repeat with its key answers the same bytes, whatever became of the dispute', async () => {
  const order = await orderWithThree();
  const keyed = (name: string) => ({ headers: { 'Idempotency-Key': `${name}-${order.intentId}` } });
  const sent = {
    raise: () => order.dispute(RAISE, keyed('raise')),
    withdraw: () => order.withdraw(undefined, keyed('withdraw')),
    again: () => order.dispute({ ...RAISE, milestoneId: order.milestoneId(0) }, keyed('again')),
    refused: () => order.dispute(RAISE, keyed('refused')),
    resolve: () => order.resolve({ resolution: 'BUYER_WON' }, keyed('resolve')),
  };
  const first = [];
  for (const send of Object.values(sent)) first.push(await send());
  expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 400, 200]);
  const version = await order.version();
  for (const [position, send] of Object.values(sent).entries()) {
    const repeat = await send();
    expect([repeat.status, repeat.text]).toEqual([first[position]?.status, first[position]?.text]);
    expect(repeat.headers['idempotent-replayed']).toBe('true');
  }
  expect(await order.version()).toBe(version);
  const other = await order.dispute({ ...RAISE, reason: 'Another' }, keyed('raise'));
  expect([other.status, other.headers['error-reason']]).toEqual([422, 'idempotency_key_reused']);
});

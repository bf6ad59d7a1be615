/** Payouts as a client meets them: what the settlement does is told by the settlement destination. */
import { expect, test } from 'vitest';
import { createMockSettlement, mockFunding, referenceOf } from '../../src/settlement/mock.ts';
import { verify } from '../../src/verify/verify.ts';
import type { Answer } from '../support/http-client.ts';
import type { OrderOptions, TestOrder } from '../support/http-order.ts';
import { OTHER_MERCHANT_ID, testService } from '../support/service.ts';
import { until } from '../support/until.ts';

const mock = createMockSettlement();
const service = await testService({
  outside: {
    settlement: { test: mock },
    funding: { live: mockFunding },
    payoutTries: { attempts: 3, initialMs: 30, coefficient: 2, maximumMs: 200, timeoutMs: 1_000 },
  },
});
const { send } = service;

interface Released {
  readonly order: TestOrder;
  readonly payoutId: string;
  /** The answer to the release. */
  readonly answer: Answer;
  readonly key?: string;
}

/** An order of 1000.00 whose first milestone, of 400.00, is released. */
async function released(settlementDestination: string, options: OrderOptions = {}): Promise<Released> {
  const order = await service.createOrder({ settlementDestination, ...options });
  const [id = ''] = await order.createAll('400.00');
  await order.complete(id);
  const answer = await order.release(id);
  expect(answer.status).toBe(200);
  const { payout } = (await order.read()).milestones[0];
  return { order, payoutId: payout.id, answer, ...(options.key !== undefined && { key: options.key }) };
}

const show = (payoutId: string, key?: string) =>
  send('GET', `/v1/payouts/${payoutId}`, key === undefined ? {} : { key });

const retry = (payoutId: string, sent = {}) => send('POST', `/v1/payouts/${payoutId}/retry`, sent);

/** The payout's data once it is in this status. */
function inStatus({ payoutId, key }: Pick<Released, 'payoutId' | 'key'>, status: string) {
  return until(`payout ${payoutId} to be ${status}`, async () => {
    const { json } = await show(payoutId, key);
    return json.data.status === status && json.data;
  });
}

async function verified(): Promise<void> {
  const lines: string[] = [];
  await verify(service.db, { log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
}

test('what is released is paid out to the settlement destination, once', async () => {
  const { order, payoutId, answer } = await released('bank_account_123');

  const data = await inStatus({ payoutId }, 'paid');

  expect((await show(payoutId)).json).toEqual({ id: payoutId, object: 'payout', data });
  expect(data).toEqual({
    id: payoutId,
    escrowOrderId: order.orderId,
    paymentIntentId: order.intentId,
    milestoneId: answer.json.id,
    amount: '400.00',
    currency: 'USDC',
    status: 'paid',
    attempts: 1,
    lastError: null,
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    reference: referenceOf(payoutId),
    createdAt: answer.json.data.releasedAt,
    paidAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect([mock.callsOf(payoutId), mock.paymentsOf(payoutId)]).toEqual([1, 1]);
  await verified();
});

test('reads show the payout and the sum of them, the answer to the release never does', async () => {
  const order = await service.createOrder();
  expect((await order.read()).settlementStatus).toBe('NONE');
  const [first = '', last = ''] = await order.createAll('400.00', '600.00');
  await order.complete(first);
  const headers = { 'Idempotency-Key': `release-${order.intentId}` };
  const answer = await order.release(first, { headers });
  expect(answer.json.data).not.toHaveProperty('payout');
  const { payout } = (await order.read()).milestones[0];
  await inStatus({ payoutId: payout.id }, 'paid');

  const paid = { id: payout.id, status: 'paid', attempts: 1, paidAt: expect.any(String) };
  const read = await order.read();
  expect(read).toMatchObject({ settlementStatus: 'EXECUTED', orderStatus: 'PENDING' });
  expect(read.milestones[0].payout).toEqual(paid);
  expect(read.milestones[1]).not.toHaveProperty('payout');
  expect((await send('GET', `${order.milestonesPath}/${first}`)).json.data.payout).toEqual(paid);
  const [listed] = (await send('GET', order.milestonesPath)).json.data;
  expect(listed.data.payout).toEqual(paid);
  expect((await order.release(first, { headers })).text).toBe(answer.text);

  await order.complete(last);
  await order.release(last);
  const { payout: second } = (await order.read()).milestones[1];
  await inStatus({ payoutId: second.id }, 'paid');
  expect(await order.read()).toMatchObject({ settlementStatus: 'CONFIRMED', orderStatus: 'COMPLETED' });
});

test('a cancelled order without payouts has its settlement cancelled', async () => {
  const order = await service.createOrder();
  await send('POST', `${order.intentPath}/escrow/cancel`);
  expect((await order.read()).settlementStatus).toBe('CANCELLED');
});

test('a settlement that fails for the moment is asked again', async () => {
  const { payoutId } = await released('fail_2_times');
  expect(await inStatus({ payoutId }, 'paid')).toMatchObject({ attempts: 3, lastError: null });
  expect([mock.callsOf(payoutId), mock.paymentsOf(payoutId)]).toEqual([3, 1]);
});

test('a settlement that fails all the time makes the payout fail after the last try', async () => {
  const { order, payoutId } = await released('fail_always');
  expect(await inStatus({ payoutId }, 'failed')).toMatchObject({
    attempts: 3,
    lastError: 'The mock failed (fail_always, call 3)',
    reference: null,
    paidAt: null,
  });
  expect((await order.read()).settlementStatus).toBe('SCHEDULED');
  expect(mock.paymentsOf(payoutId)).toBe(0);
  await verified();
});

test('a settlement that does not answer is asked again', async () => {
  const { payoutId } = await released('hang_1_time');
  const pending = await until('the first try to be given up', async () => {
    const { data } = (await show(payoutId)).json;
    return data.lastError !== null && data;
  });
  expect(pending).toMatchObject({ status: 'pending', lastError: 'The settlement did not answer within 0.8 s' });
  expect(await inStatus({ payoutId }, 'paid')).toMatchObject({ attempts: 2, lastError: null });
});

test('a payment whose answer was lost is asked for again and not made again', async () => {
  const { payoutId } = await released('answer_twice');
  expect(await inStatus({ payoutId }, 'paid')).toMatchObject({ attempts: 2, reference: referenceOf(payoutId) });
  expect([mock.callsOf(payoutId), mock.paymentsOf(payoutId)]).toEqual([2, 1]);
  await verified();
});

test('a declined payout fails at once, and is paid when it is retried', async () => {
  const { payoutId } = await released('decline_1_time');
  const lastError = 'The mock declined the payment (decline_1_time)';
  const failed = await inStatus({ payoutId }, 'failed');
  expect(failed).toMatchObject({ attempts: 1, lastError });

  const headers = { 'Idempotency-Key': `retry-${payoutId}` };
  const answer = await retry(payoutId, { headers });

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ id: payoutId, object: 'payout', data: { ...failed, status: 'pending' } });
  expect(await inStatus({ payoutId }, 'paid')).toMatchObject({ attempts: 2, lastError: null });
  const repeated = await retry(payoutId, { headers });
  expect([repeated.text, repeated.headers['idempotent-replayed']]).toEqual([answer.text, 'true']);
  expect([mock.callsOf(payoutId), mock.paymentsOf(payoutId)]).toEqual([2, 1]);
  await verified();
});

test('only a failed payout can be retried', async () => {
  const { payoutId } = await released('bank_account_123');
  await inStatus({ payoutId }, 'paid');
  const refused = await retry(payoutId);
  expect([refused.status, refused.headers['error-reason'], refused.json.error.code]).toEqual([
    400,
    'payout_not_failed',
    'invalid_status',
  ]);
  const unknown = await retry(payoutId, { body: { force: true } });
  expect([unknown.status, unknown.json.error.param]).toEqual([400, 'force']);
});

test('payouts of an order that has closed are paid, and retried, like any other', async () => {
  const order = await service.createOrder({ settlementDestination: 'decline_1_time' });
  const [id = ''] = await order.createAll('1000.00');
  await order.complete(id);
  await order.release(id);
  const { orderStatus, milestones } = await order.read();
  expect(orderStatus).toBe('COMPLETED');
  const { id: payoutId } = milestones[0].payout;
  await inStatus({ payoutId }, 'failed');
  expect((await retry(payoutId)).status).toBe(200);
  await inStatus({ payoutId }, 'paid');
  expect((await order.read()).settlementStatus).toBe('CONFIRMED');
  await verified();
});

test('in live mode a payout fails with a clear error, because no adapter is configured', async () => {
  const { payoutId, key } = await released('bank_account_123', { key: service.keys.live });
  expect(await inStatus({ payoutId, key: key ?? '' }, 'failed')).toMatchObject({
    attempts: 1,
    lastError: 'No settlement adapter is configured for live mode',
  });
  expect(mock.callsOf(payoutId)).toBe(0);
  expect((await show(payoutId)).status).toBe(404);
});

test('payouts are listed newest first, by page and by status', async () => {
  const ids: string[] = [];
  for (const destination of ['a', 'decline', 'b']) {
    const { payoutId } = await released(destination, { key: service.keys.other });
    await inStatus({ payoutId, key: service.keys.other }, destination === 'decline' ? 'failed' : 'paid');
    ids.unshift(payoutId);
  }
  const list = async (query: string) => {
    const { status, json } = await send('GET', `/v1/payouts${query}`, { key: service.keys.other });
    return status === 200 ? [json.data.map(({ id }: { id: string }) => id), json.hasMore] : json.error.param;
  };
  expect(await list('')).toEqual([ids, false]);
  expect(await list('?limit=2')).toEqual([ids.slice(0, 2), true]);
  expect(await list(`?limit=2&starting_after=${ids[1]}`)).toEqual([ids.slice(2), false]);
  expect(await list('?status=failed')).toEqual([[ids[1]], false]);
  expect(await list('?status=PAID')).toBe('status');
  const { payoutId } = await released('mine');
  expect(await list(`?starting_after=${payoutId}`)).toBe('starting_after');
});

test("another merchant's payout, and one of the other mode, are not there", async () => {
  const { payoutId } = await released('bank_account_123');
  for (const key of [service.keys.other, service.keys.live]) {
    for (const answer of [await show(payoutId, key), await retry(payoutId, { key })]) {
      expect([answer.status, answer.json.error]).toEqual([
        404,
        { code: 'resource_missing', message: 'Payout not found', type: 'invalid_request_error' },
      ]);
    }
  }
  expect((await show('payout_nope')).status).toBe(404);
});

test('the balance tells what is in escrow, what waits to be paid out, and what was paid', async () => {
  const { json } = await send('GET', '/v1/balance', { key: service.keys.other });
  // Three orders of 1000.00 with 400.00 released each; one of the payouts was declined.
  const usdc = { currency: 'USDC', inEscrow: '1800.00', payoutPending: '400.00', paidOut: '800.00' };
  expect(json).toEqual({ id: OTHER_MERCHANT_ID, object: 'balance', data: [usdc] });
});

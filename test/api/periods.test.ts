/** What time does to an order, tried with the test clock: inspections, due dates, a dispute in the middle of it. */
import { and, eq, isNotNull } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import { milestones } from '../../src/db/schema.ts';
import { insertOrder, testOrders } from '../support/orders.ts';
import { MERCHANT, startApi } from './api-server.ts';
import { expectRefusal, type NewOrderOptions, newOrder } from './order-client.ts';

const { db, gateway, logOf } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 500, commandWaitMs: 30_000 } });
const arbiter = await api.addKey({ role: 'arbiter' });

const DAY = 86_400;
const TEN_YEARS = 10 * 366 * DAY;
const inspected = (inspectionPeriodSeconds: number) => ({ milestoneTerms: { inspectionPeriodSeconds } });

async function orderOf(amounts: string[], options: NewOrderOptions = {}) {
  const order = await newOrder(api, options);
  for (const [index, amount] of amounts.entries()) expect((await order.create(index, amount)).status).toBe(201);
  const instantOf = async (index: number, key: string) => Date.parse((await order.show(index)).json.data[key]);
  return {
    ...order,
    clock: (seconds: unknown, sent = {}) => order.post('/advance-clock', { seconds }, sent),
    inspectionEndsAt: (index: number) => instantOf(index, 'inspectionEndsAt'),
    read: async () => (await order.escrow()).json.data,
  };
}

describe('an inspection', () => {
  test('of thirty days releases by itself when the clock has passed it, not before', async () => {
    const order = await orderOf(['400.00', '600.00'], inspected(30 * DAY));
    const completedAt = Date.now();
    await order.complete(0);
    const endsAt = await order.inspectionEndsAt(0);
    expect(Math.abs(endsAt - completedAt - 30 * DAY * 1_000)).toBeLessThan(10_000);
    await order.advance(29 * DAY);
    expect(await order.statuses()).toBe('COMPLETED PENDING');
    await order.advance(DAY);
    expect(await order.statuses()).toBe('RELEASED PENDING');
    const { data } = (await order.show(0)).json;
    expect(data).toMatchObject({ releasedBy: 'system', releasedAmount: '400.00' });
    expect(Date.parse(data.releasedAt)).toBe(endsAt);
    // The announcement of its end and the release: nobody asked for them, so they are nobody's commands.
    const log = await logOf(order.orderId);
    const bySystem = log.filter(({ actorRole }) => actorRole === 'system');
    expect(bySystem.map(({ commandType }) => commandType)).toEqual(['milestone.remind', 'milestone.release']);
    for (const { commandId } of bySystem) {
      expect((await api.send('GET', `/v1/commands/${encodeURIComponent(commandId)}`)).status).toBe(404);
    }
  });

  test('is extended by 90 days in all, as the database remembers', async () => {
    const order = await orderOf(['400.00'], inspected(DAY));
    await order.complete(0);
    expect((await order.extend(0, 89 * DAY)).status).toBe(200);
    expect((await readOrder(db, order.orderId))?.milestones[0]?.extendedSeconds).toBe(89 * DAY);
    const refused = await order.extend(0, DAY + 1);
    const message = 'seconds must be at most 86400, got 86401: an inspection is extended by at most 90 days in all';
    expectRefusal(refused, 400, 'invalid_request', message, 'extension_too_long', 'seconds');
    expect((await order.extend(0, DAY)).status).toBe(200);
  });

  test('extended answers the milestone as it is shown, and ends that much later', async () => {
    const order = await orderOf(['400.00'], inspected(DAY));
    await order.complete(0);
    const before = await order.inspectionEndsAt(0);
    const extended = await order.extend(0, 3_600);
    expect([extended.status, extended.text]).toEqual([200, (await order.show(0)).text]);
    expect(await order.inspectionEndsAt(0)).toBe(before + 3_600_000);
    await order.advance(DAY);
    expect(await order.statuses()).toBe('COMPLETED');
    await order.advance(3_600);
    expect(await order.statuses()).toBe('RELEASED');
  });

  test('is extended once under one key, and the repeat answers the same bytes', async () => {
    const order = await orderOf(['400.00'], inspected(DAY));
    await order.complete(0);
    const sent = { headers: { 'Idempotency-Key': `extend-${order.intentId}` } };
    const first = await order.extend(0, 60, sent);
    await order.extend(0, 60);
    const repeat = await order.extend(0, 60, sent);
    expect([repeat.text, repeat.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
  });

  test('can only be extended while it runs', async () => {
    const order = await orderOf(['400.00', '100.00'], inspected(DAY));
    const message = 'Milestone has no running inspection period';
    expectRefusal(await order.extend(0, 60), 400, 'invalid_status', message, 'inspection_not_running');
    const missing = await order.extend(7, 60);
    expectRefusal(missing, 404, 'resource_missing', 'Milestone not found', 'milestone_missing');
    await order.complete(0);
    await order.post('/dispute', { reason: 'x', raisedBy: 'y' });
    const disputed = 'Cannot extend milestone: order is disputed';
    expectRefusal(await order.extend(0, 60), 400, 'invalid_status', disputed, 'order_disputed');
    const held = await order.extend(0, 60, { headers: { Prefer: 'handling=lenient' } });
    expect(held.json.data.waitingFor).toBe('the dispute of the order to be resolved');
    await order.post('/dispute/withdraw');
    const shown = await api.send('GET', held.headers.location as string);
    expect(shown.json.data).toMatchObject({ status: 'ACCEPTED', result: { object: 'milestone' } });
    await order.release(0);
    const released = 'Milestone already released';
    expectRefusal(await order.extend(0, 60), 400, 'invalid_request', released, 'milestone_already_released');
  });

  test.each([0, -1, 1.5, '60', null, undefined, TEN_YEARS + 1])('is not extended by %j', async (seconds) => {
    const order = await orderOf(['400.00'], inspected(DAY));
    await order.complete(0);
    const version = await order.version();
    for (const answer of [await order.extend(0, seconds), await order.clock(seconds)]) {
      expect([answer.status, answer.json.error.param]).toEqual([400, 'seconds']);
    }
    expect(await order.version()).toBe(version);
  });
});

describe('a dispute in the last seconds of an inspection', () => {
  test('stops it; resolved, the milestones after it go on and end by themselves', async () => {
    const order = await orderOf(['300.00', '700.00'], inspected(30 * DAY));
    await order.complete(0);
    await order.complete(1);
    // The clock also runs by itself: ten seconds are for slow machines.
    await order.advance(30 * DAY - 10);
    const raised = await order.post('/dispute', {
      ...{ reason: 'Pages are missing', raisedBy: 'buyer-7', disputeWindow: String(10 * DAY) },
      milestoneId: order.milestoneId(0),
    });
    expect(raised.status).toBe(200);
    await order.advance(9 * DAY);
    expect(await order.statuses()).toBe('COMPLETED COMPLETED');
    const split = { resolution: 'PARTIAL_REFUND', merchantAmount: '200.00', buyerAmount: '100.00' };
    expect((await order.post('/dispute/resolve', split, { key: arbiter })).status).toBe(200);
    expect(await order.statuses()).toBe('RELEASED COMPLETED');
    // The second inspection gets back what was left of it when the dispute was raised.
    await order.advance(10);
    expect(await order.statuses()).toBe('RELEASED RELEASED');
    expect(await order.read()).toMatchObject({
      orderStatus: 'COMPLETED',
      releasedAmount: '900.00',
      refundedAmount: '100.00',
    });
  });

  test('withdrawn, it takes no time from the inspection', async () => {
    const order = await orderOf(['300.00'], inspected(DAY));
    await order.complete(0);
    await order.advance(DAY - 20);
    const before = await order.inspectionEndsAt(0);
    await order.post('/dispute', { reason: 'x', raisedBy: 'y' });
    await order.advance(3 * DAY);
    await order.post('/dispute/withdraw');
    const after = await order.inspectionEndsAt(0);
    expect(after - before).toBeGreaterThanOrEqual(3 * DAY * 1_000);
    expect(after - before).toBeLessThan(3 * DAY * 1_000 + 20_000);
    await order.advance(20);
    expect(await order.statuses()).toBe('RELEASED');
  });

  test.each([
    ['BUYER_WON', 'REFUNDED'],
    ['MERCHANT_WON', 'RELEASED'],
  ])('that nobody resolves ends with the order’s default %s', async (disputeDefault, status) => {
    const order = await orderOf(['300.00', '700.00'], { milestoneTerms: { disputeDefault } });
    // A default pays nobody who raised the dispute.
    const key = await api.addKey({ role: disputeDefault === 'BUYER_WON' ? 'merchant' : 'buyer' });
    await order.post('/dispute', { reason: 'x', raisedBy: 'y', milestoneId: order.milestoneId(0) }, { key });
    await order.advance(604_799 - 10);
    expect(await order.read()).toMatchObject({ orderStatus: 'DISPUTED' });
    await order.advance(11);
    expect(await order.statuses()).toBe(`${status} PENDING`);
    expect((await order.show(0)).json.data.dispute.resolution).toBe(disputeDefault);
  });
});

describe('a due date', () => {
  const dueIn = (days: number) => new Date(Date.now() + days * DAY * 1_000).toISOString();

  test('that passes refunds the milestone where the terms say so', async () => {
    const order = await orderOf([], { milestoneTerms: { onOverdue: 'refund' } });
    await order.send({ milestoneIndex: 0, amount: '400.00', dueAt: dueIn(10) });
    await order.create(1, '600.00');
    await order.advance(9 * DAY);
    expect((await order.show(0)).json.data).not.toHaveProperty('overdueAt');
    await order.advance(DAY);
    const { data } = (await order.show(0)).json;
    expect(data).toMatchObject({ status: 'REFUNDED', refundedAmount: '400.00', overdueAt: data.dueAt });
    expect(await order.read()).toMatchObject({ orderStatus: 'PENDING', refundedAmount: '400.00' });
    await order.complete(1);
    await order.release(1);
    expect(await order.read()).toMatchObject({ orderStatus: 'COMPLETED', releasedAmount: '600.00' });
  });

  test('that has passed is refused where it would refund at once: in a creation, a batch and an amendment', async () => {
    const order = await orderOf([], { milestoneTerms: { onOverdue: 'refund' } });
    const path = `/v1/payment-intents/${order.intentId}/escrow/milestones/${order.milestoneId(0)}`;
    const refused = (answer: object, param: string) =>
      expect(answer).toMatchObject({
        ...{ status: 400, headers: { 'error-reason': 'due_date_passed' } },
        json: {
          error: { param, message: expect.stringMatching(/^dueAt must be after \S+, .+, got \S+: with onOverdue/) },
        },
      });
    refused(await order.send({ milestoneIndex: 0, amount: '1.00', dueAt: dueIn(-1) }), 'dueAt');
    const items = [dueIn(1), dueIn(-1)].map((dueAt, milestoneIndex) => ({ milestoneIndex, amount: '1.00', dueAt }));
    refused(await order.post('/milestones/batch', { milestones: items }), 'milestones[1].dueAt');
    const dry = await order.post('/milestones/batch', { milestones: items, dryRun: true });
    expect(dry.json.data.items[1].error.param).toBe('milestones[1].dueAt');
    expect((await order.send({ milestoneIndex: 0, amount: '1.00', dueAt: dueIn(10) })).status).toBe(201);
    refused(await api.send('PATCH', path, { body: { dueAt: dueIn(-1) } }), 'dueAt');
    // What is past is said by the order's clock, which may run ahead.
    await order.advance(5 * DAY);
    refused(await api.send('PATCH', path, { body: { dueAt: dueIn(4) } }), 'dueAt');
    expect((await api.send('PATCH', path, { body: { dueAt: dueIn(6) } })).status).toBe(200);
    expect(await order.statuses()).toBe('PENDING');
  });

  test('that passes while a creation waits for its turn refuses it when its turn has come', async () => {
    const order = await orderOf([], { milestoneTerms: { onOverdue: 'refund' } });
    const lenient = { headers: { Prefer: 'handling=lenient' } };
    const path = `/v1/payment-intents/${order.intentId}/escrow/milestones`;
    const held = await api.send('POST', path, {
      body: { milestoneIndex: 1, amount: '1.00', dueAt: dueIn(1) },
      ...lenient,
    });
    expect(held.status).toBe(202);
    await order.advance(2 * DAY);
    expect((await order.create(0, '1.00')).status).toBe(201);
    const { data } = (await api.send('GET', `/v1/commands/${held.json.id}`)).json;
    expect([data.status, data.reason, data.error.param]).toEqual(['REJECTED', 'due_date_passed', 'dueAt']);
    expect(await order.statuses()).toBe('PENDING');
  });

  test('is gone once the buyer rejects work that was handed in before it, and so are those after it', async () => {
    const order = await orderOf([], { milestoneTerms: { onOverdue: 'refund' } });
    const key = await api.addKey({ role: 'buyer' });
    const items = [10, 11].map((days, milestoneIndex) => ({ milestoneIndex, amount: '1.00', dueAt: dueIn(days) }));
    expect((await order.post('/milestones/batch', { milestones: items })).status).toBe(201);
    await order.complete(0);
    const reopened = await order.post(`/milestones/${order.milestoneId(0)}/reopen`, { reason: 'no' }, { key });
    expect(reopened.json.data).not.toHaveProperty('dueAt');
    expect((await order.show(1)).json.data).not.toHaveProperty('dueAt');
    await order.advance(30 * DAY);
    expect(await order.statuses()).toBe('PENDING PENDING');
    expect(await order.read()).toMatchObject({ refundedAmount: '0.00' });
  });

  test('is only an event by default, and a later one takes the mark away', async () => {
    const order = await orderOf([]);
    await order.send({ milestoneIndex: 0, amount: '400.00', dueAt: dueIn(1) });
    await order.advance(DAY);
    expect((await order.show(0)).json.data).toMatchObject({ status: 'PENDING', overdueAt: expect.any(String) });
    const path = `/v1/payment-intents/${order.intentId}/escrow/milestones/${order.milestoneId(0)}`;
    const amended = await api.send('PATCH', path, { body: { dueAt: dueIn(9) } });
    expect(amended.json.data).not.toHaveProperty('overdueAt');
    expect((await order.show(0)).text).toBe(amended.text);
  });
});

describe('the test clock', () => {
  test('answers how far and to when, and the same to a repeat, which advances no further', async () => {
    const order = await orderOf([]);
    const sent = { headers: { 'Idempotency-Key': `clock-${order.intentId}` } };
    const first = await order.clock(3_600, sent);
    expect(first.json).toEqual({
      ...{ object: 'clock', status: 'advanced', seconds: 3_600 },
      advancedTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(Math.abs(Date.parse(first.json.advancedTo) - Date.now() - 3_600_000)).toBeLessThan(10_000);
    const version = await order.version();
    const repeat = await order.clock(3_600, sent);
    expect([repeat.text, repeat.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect(await order.version()).toBe(version);
  });

  test('all that ends by it has ended when it answers, also more than one commit takes', async () => {
    const order = await orderOf([]);
    const dueAt = new Date(Date.now() + DAY * 1_000).toISOString();
    for (let from = 0; from < 600; from += 100) {
      const milestones = Array.from({ length: 100 }, (_, each) => ({
        milestoneIndex: from + each,
        amount: '1',
        dueAt,
      }));
      expect((await order.post('/milestones/batch', { milestones })).status).toBe(201);
    }
    await order.advance(2 * DAY);
    const overdue = and(eq(milestones.orderId, order.orderId), isNotNull(milestones.overdueAt));
    expect(await db.$count(milestones, overdue)).toBe(600);
  });

  test('does not run in live mode, nor on a closed order, nor beyond the year 9999', async () => {
    const live = await insertOrder(db, { mode: 'live', merchantId: MERCHANT });
    const path = `/v1/payment-intents/${live.replace('escrow_order', 'intent')}/escrow/advance-clock`;
    const refused = await api.send('POST', path, { key: api.keys.live, body: { seconds: 1 } });
    const message = 'The clock can be advanced in test mode only';
    expectRefusal(refused, 400, 'invalid_request', message, 'test_mode_only');
    const order = await orderOf([]);
    await order.post('/cancel');
    const closed = 'Cannot advance the clock: order is already cancelled';
    expectRefusal(await order.clock(1), 400, 'invalid_status', closed, 'order_closed');
    const far = await insertOrder(db, { merchantId: MERCHANT, clockOffsetMs: Date.UTC(9990, 0, 1) - Date.now() });
    const farPath = `/v1/payment-intents/${far.replace('escrow_order', 'intent')}/escrow/advance-clock`;
    const beyond = await api.send('POST', farPath, { body: { seconds: TEN_YEARS } });
    const end = 'seconds would take the clock beyond the year 9999';
    expectRefusal(beyond, 400, 'invalid_request', end, 'invalid_command', 'seconds');
  });
});

test('an order shows the terms that were agreed, and no others', async () => {
  const order = await orderOf([], { milestoneTerms: { inspectionPeriodSeconds: 60, releaseBy: 'buyer' } });
  expect((await order.read()).milestoneTerms).toEqual({
    ...{ inspectionPeriodSeconds: 60, releaseBy: 'buyer', onOverdue: 'event', disputeDefault: 'BUYER_WON' },
    disputeWindowSeconds: 604_800,
  });
  expect(await (await orderOf([])).read()).not.toHaveProperty('milestoneTerms');
});

/**
 * The published family end to end: HTTP, Temporal, PostgreSQL and back.
 */
import { describe, expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { type Sent, startApi } from './api-server.ts';
import { expectRefusal, newOrder } from './order-client.ts';

const { db, gateway, statements } = await testOrders();
const api = await startApi(db, gateway, { config: { turnWaitMs: 2_000, commandWaitMs: 15_000 } });

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('creating', () => {
  test('answers 201 with exactly the published keys in their order', async () => {
    const order = await newOrder(api);
    const body = { milestoneIndex: 0, description: 'Initial payment - 30%', amount: '300', percentage: 30 };
    const answer = await order.send(body);
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.json)).toEqual(['id', 'object', 'data']);
    expect(Object.keys(answer.json.data)).toEqual([
      ...['id', 'escrowOrderId', 'paymentIntentId', 'milestoneIndex', 'description', 'amount', 'percentage'],
      ...['status', 'createdAt'],
    ]);
    expect(answer.json.data).toMatchObject({
      id: answer.json.id,
      paymentIntentId: order.intentId,
      description: 'Initial payment - 30%',
      amount: '300.00',
      percentage: 30,
      status: 'PENDING',
      createdAt: expect.stringMatching(INSTANT),
    });
    const shown = await api.send('GET', answer.headers.location as string);
    expect(shown.text).toBe(answer.text);
    expect((await order.create(1)).json.data).toMatchObject({ description: null, percentage: null });
  });

  test('echoes dueAt and metadata when they are given', async () => {
    const order = await newOrder(api);
    const body = {
      milestoneIndex: 0,
      amount: '1',
      dueAt: '2030-01-01T00:00:00.5+01:00',
      metadata: { zed: '1', a: 'é' },
    };
    const answer = await order.send(body);
    expect(answer.json.data).toMatchObject({ dueAt: '2029-12-31T23:00:00Z', metadata: { a: 'é', zed: '1' } });
    expect((await order.show(0)).text).toBe(answer.text);
  });

  test('refuses a taken index, too large a sum and a gap as published', async () => {
    const order = await newOrder(api);
    await order.create(0, '600');
    expectRefusal(
      await order.create(0),
      400,
      'invalid_request',
      'Milestone with index 0 already exists',
      'milestone_index_taken',
    );
    const tooMuch = 'Total milestone amounts exceed escrow order amount';
    expectRefusal(await order.create(1, '400.000001'), 400, 'invalid_request', tooMuch, 'total_exceeds_order');
    expect((await order.create(1, '400')).status).toBe(201);
    const gap = 'Previous milestone (index 2) must be created first';
    const strict = { headers: { Prefer: 'handling=strict' } };
    const refused = await (await newOrder(api)).create(3, '1', strict);
    expectRefusal(refused, 400, 'invalid_request', gap, 'previous_milestone_missing');
  });

  test('takes a hundred shuffled creates at once', async () => {
    const order = await newOrder(api);
    const indexes = Array.from({ length: 100 }, (_, index) => (index * 37) % 100);
    const answers = await Promise.all(indexes.map((index) => order.create(index, '10')));
    expect(answers.map(({ status }) => status)).toEqual(indexes.map(() => 201));
    const { json } = await order.escrow();
    expect(json.data.milestones.map(({ milestoneIndex }: { milestoneIndex: number }) => milestoneIndex)).toEqual(
      [...indexes].sort((a, b) => a - b),
    );
    expect(json.data).toMatchObject({ allocatedAmount: '1000.00', remainingAmount: '1000.00' });
    const page = await order.list('?limit=100&status=PENDING');
    expect([page.json.data.length, page.json.hasMore]).toEqual([100, false]);
  });

  test('of a known order costs no statement before the signal, and one with an idempotency key', async () => {
    const order = await newOrder(api);
    await order.create(0, '1');
    const textsOf = async (sent: Sent, index: number) => {
      const before = statements().length;
      await order.create(index, '1', sent);
      return statements().slice(before);
    };
    // Without the worker's, the poller's, and a key's row, which is read anew every two seconds.
    const isRequest = (text: string) => !/WITH target|= any\(|from "api_keys"/.test(text);
    expect((await textsOf({}, 1)).filter(isRequest).length).toBe(0);
    expect((await textsOf({ headers: { 'Idempotency-Key': 'a' } }, 2)).filter(isRequest).length).toBe(1);
  });
});

describe('the life of an order', () => {
  test('runs from funding over completion to release and its end', async () => {
    const order = await newOrder(api, { funded: false });
    await order.create(0, '300');
    expectRefusal(await order.complete(0), 400, 'invalid_status', 'Escrow order is not funded', 'order_not_funded');
    const confirmed = await order.confirm();
    expect([confirmed.status, confirmed.json.status, confirmed.json.data.status]).toEqual([
      200,
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect((await order.intent()).text).toBe(confirmed.text);
    const again = 'Cannot confirm payment intent in status: SUCCEEDED';
    expectRefusal(await order.confirm(), 400, 'invalid_state_transition', again, 'order_already_funded');

    const completed = await order.complete(0, {
      body: { completedBy: '0x7', completionProof: 'p', completionProofURI: 'u' },
    });
    expect([completed.status, completed.text]).toEqual([200, '{"object":"milestone","status":"completed"}']);
    expectRefusal(
      await order.complete(0),
      400,
      'invalid_request',
      'Milestone already completed',
      'milestone_already_completed',
    );

    const released = await order.release(0, {
      body: { releasedBy: 'clerk' },
      headers: { 'Idempotency-Key': 'release-0' },
    });
    expect(released.status).toBe(200);
    expect(Object.keys(released.json.data).slice(8)).toEqual([
      ...['createdAt', 'completedAt', 'completedBy', 'completionProof', 'completionProofURI'],
      ...['releasedAt', 'releasedBy', 'releasedAmount', 'refundedAmount'],
    ]);
    expect(released.json.data).toMatchObject({ status: 'RELEASED', releasedBy: 'clerk', releasedAmount: '300.00' });
    // A read goes on to tell of the payout; the answer may not, because a repeat must have the same bytes.
    const { payout, ...shown } = (await order.show(0)).json.data;
    expect(JSON.stringify(shown)).toBe(JSON.stringify(released.json.data));
    expect(payout).toMatchObject({ status: 'pending', attempts: 0 });
    expectRefusal(
      await order.release(0),
      400,
      'invalid_request',
      'Milestone already released',
      'milestone_already_released',
    );
    expectRefusal(
      await order.complete(0),
      400,
      'invalid_request',
      'Milestone already released',
      'milestone_already_released',
    );

    await order.create(1, '700');
    await order.complete(1);
    expect((await order.release(1)).json.data.releasedBy).toBe('merchant_test');
    const { data } = (await order.escrow()).json;
    expect(data).toMatchObject({
      orderStatus: 'COMPLETED',
      fundedAmount: '1000.00',
      releasedAmount: '1000.00',
      remainingAmount: '0.00',
      releasedAt: expect.stringMatching(INSTANT),
    });
    const replay = await order.release(0, {
      body: { releasedBy: 'clerk' },
      headers: { 'Idempotency-Key': 'release-0' },
    });
    expect([replay.text, replay.headers['idempotent-replayed']]).toEqual([released.text, 'true']);
    const closed = await order.create(2, '1');
    expect([closed.status, closed.headers['error-reason']]).toEqual([400, 'order_closed']);
  });

  test('completion releases by itself where autoRelease is set', async () => {
    const order = await newOrder(api, { autoRelease: true });
    await order.create(0, '1000');
    expect((await order.complete(0)).text).toBe('{"object":"milestone","status":"completed"}');
    expect((await order.show(0)).json.data).toMatchObject({ status: 'RELEASED', releasedBy: 'system' });
    expect((await order.escrow()).json.data.orderStatus).toBe('COMPLETED');
  });

  test('milestones are listed in index order, page by page', async () => {
    const order = await newOrder(api);
    for (let index = 0; index < 5; index++) await order.create(index, '1');
    const first = (await order.list('?limit=3')).json;
    const second = (await order.list(`?limit=3&starting_after=${first.data[2].id}`)).json;
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
    const seen = [...first.data, ...second.data].map(({ data }) => data.milestoneIndex);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});

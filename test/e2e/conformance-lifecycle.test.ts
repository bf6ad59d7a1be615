/** PENDING → COMPLETED → RELEASED, in index order, and what the order shows of it. */
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { TestOrder } from '../support/http-order.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testService } from '../support/service.ts';
import { expectRefusal, INSTANT } from './expectations.ts';

const { createOrder, db, send } = await testService();

const COMPLETED = '{"object":"milestone","status":"completed"}';

/** Releases in the ledger, by amount. */
async function releasesOf({ orderId }: TestOrder): Promise<string[]> {
  const rows = await db.execute<{ amount: string }>(sql`
    SELECT p.amount::text FROM ledger_transactions t JOIN postings p ON p.transaction_key = t.key
    WHERE t.order_id = ${orderId} AND t.kind = 'release' AND p.direction = 'credit' ORDER BY t.version`);
  return rows.map(({ amount }) => amount);
}

describe('completing', () => {
  test('answers 200 with the published body', async () => {
    const order = await createOrder();
    const [first = ''] = await order.createAll('300.00');
    const answer = await order.complete(first, {
      body: { completedBy: '0x742d35', completionProof: 'p', completionProofURI: 'https://proofs.invalid/0' },
    });
    expect([answer.status, answer.text]).toEqual([200, COMPLETED]);
    const { json } = await send('GET', `${order.milestonesPath}/${first}`);
    expect(json.data).toMatchObject({
      status: 'COMPLETED',
      completedAt: expect.stringMatching(INSTANT),
      completedBy: '0x742d35',
      completionProof: 'p',
      completionProofURI: 'https://proofs.invalid/0',
    });
  });

  test('out of turn names the immediate predecessor', async () => {
    const order = await createOrder();
    const [first = '', second = '', third = ''] = await order.createAll('1.00', '1.00', '1.00');
    const refusal = (index: number) => `Previous milestone (index ${index}) must be completed first`;
    expectRefusal(await order.complete(second), 400, 'invalid_request', refusal(0));
    expectRefusal(await order.complete(third), 400, 'invalid_request', refusal(1));
    expect((await order.complete(first)).status).toBe(200);
    expectRefusal(await order.complete(third), 400, 'invalid_request', refusal(1));
    expect((await order.complete(second)).text).toBe(COMPLETED);
  });

  test('twice, or after the release, is refused as published', async () => {
    const order = await createOrder();
    const [first = ''] = await order.createAll('1.00');
    await order.complete(first);
    expectRefusal(await order.complete(first), 400, 'invalid_request', 'Milestone already completed');
    expect((await order.release(first)).status).toBe(200);
    expectRefusal(await order.complete(first), 400, 'invalid_request', 'Milestone already released');
  });

  test('an unknown milestone, or one of another intent, is 404', async () => {
    const order = await createOrder();
    await order.createAll('1.00');
    const [theirs = ''] = await (await createOrder()).createAll('1.00');
    const next = (await order.read()).milestones[0].id.replace(/0000$/, '0001');
    for (const id of [theirs, next, 'milestone_xyz789', 'milestone_', '0', '%2e%2e', order.orderId]) {
      expectRefusal(await order.complete(id), 404, 'resource_missing', 'Milestone not found');
      expectRefusal(await order.release(id), 404, 'resource_missing', 'Milestone not found');
      const shown = await send('GET', `${order.milestonesPath}/${id}`);
      expectRefusal(shown, 404, 'resource_missing', 'Milestone not found');
    }
  });

  test('needs a funded order, and works once it is', async () => {
    const order = await createOrder({ funded: false });
    const [first = ''] = await order.createAll('1.00');
    expectRefusal(await order.complete(first), 400, 'invalid_status', 'Escrow order is not funded');
    const confirmed = await order.confirm();
    expect([confirmed.status, confirmed.json.status]).toEqual([200, 'SUCCEEDED']);
    const again = 'Cannot confirm payment intent in status: SUCCEEDED';
    expectRefusal(await order.confirm(), 400, 'invalid_state_transition', again);
    expect((await order.complete(first)).text).toBe(COMPLETED);
  });
});

describe('releasing', () => {
  test('follows completion and index order, once', async () => {
    const order = await createOrder();
    const [first = '', second = ''] = await order.createAll('300.00', '700.00');
    const pending = await order.release(first);
    expect([pending.status, pending.headers['error-reason']]).toEqual([400, 'milestone_not_completed']);
    await order.complete(first);
    await order.complete(second);
    const early = await order.release(second);
    expect([early.status, early.headers['error-reason']]).toEqual([400, 'previous_milestone_unreleased']);
    const released = await order.release(first, { body: { releasedBy: 'clerk' } });
    expect(released.json.data).toMatchObject({ status: 'RELEASED', releasedBy: 'clerk', releasedAmount: '300.00' });
    expectRefusal(await order.release(first), 400, 'invalid_request', 'Milestone already released');
    expect(await releasesOf(order)).toEqual(['300.00']);
  });

  test('follows completion by itself where autoRelease is set, down to the end of the order', async () => {
    const order = await createOrder({ autoRelease: true });
    const [first = '', second = ''] = await order.createAll('300.00', '700.00');
    expect((await order.complete(first)).text).toBe(COMPLETED);
    expect(await order.read()).toMatchObject({ orderStatus: 'PENDING', releasedAmount: '300.00' });
    expect((await order.complete(second)).text).toBe(COMPLETED);
    expect(await order.read()).toMatchObject({
      orderStatus: 'COMPLETED',
      releasedAmount: '1000.00',
      remainingAmount: '0.00',
      releasedAt: expect.stringMatching(INSTANT),
    });
    expect(await releasesOf(order)).toEqual(['300.00', '700.00']);
    expect(await faultsOf(db, order.orderId)).toEqual([]);
  });
});

describe('the order as it is read', () => {
  test('has the published keys in their order, and ours after them', async () => {
    const order = await createOrder();
    const answer = await send('GET', `${order.intentPath}/escrow`);
    expect(Object.keys(answer.json)).toEqual(['id', 'object', 'data']);
    expect([answer.json.id, answer.json.object]).toEqual([answer.json.data.id, 'escrow_order']);
    expect(Object.keys(answer.json.data)).toEqual([
      ...['id', 'paymentIntentId', 'orderId', 'merchantId', 'amount', 'currency', 'contractAddress', 'buyerAddress'],
      ...['tokenAddress', 'deliveryPeriod', 'deliveryDeadline', 'expectedDeliveryHash', 'actualDeliveryHash'],
      ...['deliveryOracle', 'releaseType', 'autoReleaseOnProof', 'orderStatus', 'settlementStatus', 'disputeWindow'],
      ...['disputeRaisedAt', 'disputeReason', 'disputeRaisedBy', 'releasedAt', 'createdAt', 'updatedAt', 'milestones'],
      ...['fundedAmount', 'allocatedAmount', 'releasedAmount', 'refundedAmount', 'remainingAmount', 'version'],
    ]);
  });

  test('shows the life of each milestone, by index', async () => {
    const order = await createOrder();
    const lenient = { headers: { Prefer: 'handling=lenient' } };
    // Sent in reverse: the order shows them by index all the same.
    await order.create(2, '200.00', lenient);
    await order.create(1, '500.00', lenient);
    const [first = ''] = await order.createAll('300.00');
    const shown = async () => {
      const { milestones, ...sums } = await order.read();
      const lives = milestones.map((one: Record<string, unknown>) => [one.milestoneIndex, one.amount, one.status]);
      return [lives, [sums.allocatedAmount, sums.releasedAmount, sums.remainingAmount]];
    };
    const later = [
      [1, '500.00', 'PENDING'],
      [2, '200.00', 'PENDING'],
    ];
    expect(await shown()).toEqual([
      [[0, '300.00', 'PENDING'], ...later],
      ['1000.00', '0.00', '1000.00'],
    ]);
    await order.complete(first);
    expect(await shown()).toEqual([
      [[0, '300.00', 'COMPLETED'], ...later],
      ['1000.00', '0.00', '1000.00'],
    ]);
    await order.release(first);
    expect(await shown()).toEqual([
      [[0, '300.00', 'RELEASED'], ...later],
      ['1000.00', '300.00', '700.00'],
    ]);
    expect(await faultsOf(db, order.orderId)).toEqual([]);
  });

  test('adds keys to a milestone only as things happen to it', async () => {
    const order = await createOrder();
    const [first = ''] = await order.createAll('1.00');
    const keysSince = async () => Object.keys((await order.read()).milestones[0]).slice(9);
    expect(await keysSince()).toEqual([]);
    await order.complete(first);
    expect(await keysSince()).toEqual(['completedAt', 'completedBy']);
    await order.release(first);
    expect(await keysSince()).toEqual([
      ...['completedAt', 'completedBy', 'releasedAt', 'releasedBy', 'releasedAmount', 'refundedAmount', 'payout'],
    ]);
  });
});

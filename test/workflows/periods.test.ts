/** Time that passes by itself: inspections, due dates and disputes end with nobody sending anything. */
import { expect, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import { commands } from '../../src/db/schema.ts';
import { DEFAULT_TERMS, type Terms } from '../../src/domain/terms.ts';
import { verify } from '../../src/verify/verify.ts';
import { adminOf } from '../support/admin.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { complete, create, fund, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const DAY_SECONDS = 24 * 60 * 60;
const orders = await testOrders();

async function orderWith(terms: Partial<Terms>, fields: { funded?: boolean } = {}): Promise<string> {
  return orders.createOrder({ funded: true, terms: { ...DEFAULT_TERMS, ...terms }, ...fields });
}

async function say(orderId: string, ...commands: Parameters<typeof orders.submit>[1][]): Promise<void> {
  for (const one of commands) expect(wordFor(await orders.submit(orderId, one))).toBe('accepted');
}

const statusesOf = async (orderId: string) =>
  (await readOrder(orders.db, orderId))?.milestones.map(({ status }) => status);

const soundly = async () => expect((await verify(orders.db)).violations).toEqual([]);

test('an inspection that ends releases the milestone, and the next one in its turn', async () => {
  const orderId = await orderWith({ inspectionPeriodSeconds: 1 });
  await say(orderId, create(0), create(1), complete(0), complete(1));
  expect(await statusesOf(orderId)).toEqual(['COMPLETED', 'COMPLETED']);
  await until('both to be released', async () => (await statusesOf(orderId))?.every((one) => one === 'RELEASED'));
  const log = await orders.logOf(orderId);
  expect(log.slice(-4).map(({ commandType, actorRole }) => [commandType, actorRole])).toEqual([
    ['milestone.remind', 'system'],
    ['milestone.release', 'system'],
    ['milestone.remind', 'system'],
    ['milestone.release', 'system'],
  ]);
  await soundly();
});

test('a stored command that was received before a deadline is decided before it, though nobody has sent it', async () => {
  const orderId = await orderWith({ inspectionPeriodSeconds: 2 });
  await say(orderId, create(0), create(1), complete(0));
  const actor = { role: 'buyer', id: 'buyer_1' } as const;
  const details = { reason: 'late', raisedBy: 'buyer@example.com' };
  const dispute = command('dispute.raise', { milestoneIndex: 0, details, actor });
  const forged = command('milestone.cancel', { milestoneIndex: 1, details: {} });
  const late = command('milestone.amend', { milestoneIndex: 1, amount: '2.00', receivedAt: Date.now() + 60_000 });
  for (const one of [dispute, forged, late]) {
    await orders.db.insert(commands).values({
      ...{ commandId: one.id, merchantId: MERCHANT_ID, mode: 'test', role: one.actor.role, orderId, payload: one },
      ...{ open: true, proof: one === forged ? null : orders.proofs.of(orderId, one) },
    });
  }
  await until('the dispute', async () => (await readOrder(orders.db, orderId))?.status === 'DISPUTED');
  expect(await statusesOf(orderId)).toEqual(['COMPLETED', 'PENDING']);
  expect((await orders.logOf(orderId)).slice(-1)).toMatchObject([{ commandId: dispute.id, outcome: 'accepted' }]);
  await soundly();
});

test('an inspection ends although workflow and worker are gone when it does', async () => {
  const own = await testOrders({ worker: false });
  const first = await own.startWorker();
  const orderId = await own.createOrder({ funded: true, terms: { ...DEFAULT_TERMS, inspectionPeriodSeconds: 1 } });
  for (const one of [create(0), complete(0)]) expect(wordFor(await own.submit(orderId, one))).toBe('accepted');
  await first.stop();
  await own.workflow(orderId).terminate('wiped');
  const second = await own.startWorker();
  await own.signals.wake(orderId);
  await until('the release', async () => (await readOrder(own.db, orderId))?.milestones[0]?.status === 'RELEASED');
  await second.stop();
});

test('a due date that passes gives the money back where the order says so, and jams nothing', async () => {
  const orderId = await orderWith({ onOverdue: 'refund' });
  const dueAt = Math.ceil(Date.now() / 1_000 + 2) * 1_000;
  await say(orderId, create(0, { dueAt } as never), create(1));
  await until('the refund', async () => (await statusesOf(orderId))?.[0] === 'REFUNDED');
  await say(orderId, complete(1), command('milestone.release', { milestoneIndex: 1 }));
  expect(await readOrder(orders.db, orderId)).toMatchObject({ released: '1.00', refunded: '1.00' });
  await soundly();
});

test('a dispute that nobody resolves ends by the default of the order', async () => {
  const orderId = await orderWith({ disputeDefault: 'MERCHANT_WON', disputeWindowSeconds: 1 });
  const details = { reason: 'late', raisedBy: 'buyer@example.com' };
  const actor = { role: 'buyer', id: 'buyer_1' } as const;
  await say(orderId, create(0), create(1));
  await say(orderId, command('dispute.raise', { milestoneIndex: 1, details, actor }));
  // It would pay milestone 1, whose turn has not come.
  await say(orderId, complete(0), command('order.advance_clock', { seconds: 5 }));
  expect(await readOrder(orders.db, orderId)).toMatchObject({ status: 'DISPUTED' });
  await say(orderId, command('milestone.release', { milestoneIndex: 0 }));
  await until('the default', async () => (await statusesOf(orderId))?.[1] === 'RELEASED');
  expect(await readOrder(orders.db, orderId)).toMatchObject({ status: 'PENDING', dispute: null, released: '2.00' });
  await soundly();
});

test('thirty days pass at once on the clock of a test order, and only there', async () => {
  const orderId = await orderWith({ inspectionPeriodSeconds: 30 * DAY_SECONDS });
  await say(orderId, create(0), complete(0));
  await say(orderId, command('order.advance_clock', { seconds: 30 * DAY_SECONDS - 60 }));
  expect(await statusesOf(orderId)).toEqual(['COMPLETED']);
  await say(orderId, command('order.advance_clock', { seconds: 60 }));
  expect(await statusesOf(orderId)).toEqual(['RELEASED']);
  const { nextDeadline } = (await orders.workflow(orderId).query('order')) as { nextDeadline: string | null };
  expect(nextDeadline).toBeNull();
  const live = await orders.createOrder({ mode: 'live' });
  expect(wordFor(await orders.submit(live, command('order.advance_clock', { seconds: 60 })))).toBe('test_mode_only');
  await say(live, fund());
  await soundly();
});

test('work that is rejected after its due date is not refunded for it', async () => {
  const orderId = await orderWith({ onOverdue: 'refund' });
  const dueAt = Math.ceil(Date.now() / 1_000) * 1_000 + DAY_SECONDS * 1_000;
  await say(orderId, create(0, { dueAt } as never), complete(0));
  await say(orderId, command('order.advance_clock', { seconds: 2 * DAY_SECONDS }));
  await say(orderId, command('milestone.reopen', { milestoneIndex: 0, details: { reason: 'pages are missing' } }));
  await say(orderId, command('order.advance_clock', { seconds: DAY_SECONDS }));
  expect(await readOrder(orders.db, orderId)).toMatchObject({
    refunded: '0.00',
    milestones: [{ status: 'PENDING', amount: '1.00' }],
  });
  await soundly();
});

test('a run that still expects a default to pay who raised the dispute loads anew, and waits for a decision', async () => {
  const admin = adminOf(orders);
  const orderId = await orderWith({ disputeDefault: 'MERCHANT_WON', disputeWindowSeconds: 60 });
  const actor = { role: 'buyer', id: 'buyer_1' } as const;
  await say(orderId, create(0), complete(0));
  await say(orderId, command('dispute.raise', { details: { reason: 'late', raisedBy: 'buyer' }, actor }));
  // The run loaded its order under other rules than the database knows now, as one of before this rule did.
  await admin.begin(async (sql) => {
    await sql`SET LOCAL session_replication_role = replica`;
    await sql`UPDATE escrow_orders SET terms = terms || '{"disputeDefault": "BUYER_WON"}' WHERE id = ${orderId}`;
  });
  await say(orderId, command('order.advance_clock', { seconds: 3_600 }));
  const { nextDeadline } = (await orders.workflow(orderId).query('order')) as { nextDeadline: string | null };
  expect(nextDeadline).toBeNull();
  expect(await readOrder(orders.db, orderId)).toMatchObject({ status: 'DISPUTED', released: '0.00', refunded: '0.00' });
  expect((await orders.logOf(orderId)).filter(({ commandType }) => commandType === 'dispute.resolve')).toEqual([]);
  await say(orderId, command('dispute.resolve', { resolution: 'MERCHANT_WON', actor }));
  expect(await readOrder(orders.db, orderId)).toMatchObject({ status: 'COMPLETED', released: '1000.00' });
});

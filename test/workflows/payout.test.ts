import { expect, onTestFinished, test } from 'vitest';
import { FIRST_PAYOUT, sweepPayouts } from '../../src/activities/payout-sweep.ts';
import { createPayoutActivities } from '../../src/activities/payouts.ts';
import { startSweeper } from '../../src/activities/sweeper.ts';
import type { Database } from '../../src/db/client.ts';
import { type PayoutOutcome, settleCommand } from '../../src/domain/payouts.ts';
import { createMockSettlement, referenceOf } from '../../src/settlement/mock.ts';
import type { SettlementPort } from '../../src/settlement/ports.ts';
import { createPayoutStarts } from '../../src/temporal/payout-starts.ts';
import { verify } from '../../src/verify/verify.ts';
import { escrowOrderWorkflowId, payoutIdOfWorkflow, payoutWorkflowId } from '../../src/workflows/messages.ts';
import { adminOf } from '../support/admin.ts';
import { losingRows } from '../support/losing-rows.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { payoutRow, postingsOf, QUICK_TRIES, releasedPayout } from '../support/payouts.ts';
import { wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const mock = createMockSettlement();
/** By payout: another destination than the order's own. */
const destinations = new Map<string, string>();
const settlement: SettlementPort = {
  pay: (payment, signal) =>
    mock.pay({ ...payment, destination: destinations.get(payment.key) ?? payment.destination }, signal),
};
/** Statements that the payouts' activities will fail with. */
let failuresLeft = 0;

const orders = await testOrders({ worker: false });
const admin = adminOf(orders);
const db = new Proxy(orders.db, {
  get(target, property) {
    if (property === 'update' && failuresLeft-- > 0) throw new Error('no connection');
    return Reflect.get(target, property);
  },
}) as Database;
await orders.startWorker({ settlement, db });
const starts = createPayoutStarts(orders.client, orders.taskQueue, QUICK_TRIES);
const handleOf = (id: string) => orders.client.workflow.getHandle(payoutWorkflowId(id));

const inStatus = (id: string, status: string) =>
  until(`${id} to be ${status}`, async () => {
    const row = await payoutRow(orders, id);
    return row.status === status && row;
  });

const PAID_ONCE = [`debit merchant/${MERCHANT_ID}/test/USDC 100`, 'credit external/test/USDC 100'];

test('the id of a payout’s workflow tells its payout, and no other workflow’s does', () => {
  expect(payoutIdOfWorkflow(payoutWorkflowId('payout_1'))).toBe('payout_1');
  expect(payoutIdOfWorkflow(escrowOrderWorkflowId('payout_1'))).toBeNull();
});

test('a started payout is paid, recorded by its order, and says so to operators', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  expect(await starts.start(payoutId)).toBe(true);
  const row = await inStatus(payoutId, 'PAID');
  expect(row).toMatchObject({ attempts: 1, reference: referenceOf(payoutId), lastError: null });
  const [created, paid] = (await orders.logOf(orderId)).slice(-2);
  expect(paid).toMatchObject({
    commandId: `payout/${payoutId}/${created?.version}/paid`,
    actorRole: 'system',
    events: [{ type: 'payout.paid', milestoneIndex: 0, amount: '100.00' }],
  });
  expect(await postingsOf(orders, payoutId)).toEqual(PAID_ONCE);
  await handleOf(payoutId).result();
  expect(await (await handleOf(payoutId).describe()).staticSummary()).toBe(
    'Pays out to the merchant what was released',
  );
});

test('a payout that is paid is never asked for again', async () => {
  const { payoutId } = await releasedPayout(orders);
  await starts.start(payoutId);
  await handleOf(payoutId).result();
  await starts.start(payoutId);
  await handleOf(payoutId).result();
  expect(mock.callsOf(payoutId)).toBe(1);
});

test('a result that is sent twice, and one that comes late, make one posting', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  const { version } = await payoutRow(orders, payoutId);
  const settle = (outcome: PayoutOutcome) =>
    settleCommand({ payoutId, version, outcome }, { milestoneIndex: 0, attempts: 1 }, Date.now());
  const paid = settle({ result: 'PAID', reference: 'r' });
  await orders.signals.send(orderId, [paid]);
  await orders.signals.send(orderId, [paid]);
  expect(wordFor(await orders.submit(orderId, settle({ result: 'FAILED', error: 'late' })))).toBe('payout_not_pending');
  const entries = (await orders.logOf(orderId)).filter(({ commandId }) => commandId === paid.id);
  expect(entries).toHaveLength(1);
  expect(await postingsOf(orders, payoutId)).toEqual(PAID_ONCE);
});

test('starting a payout many times at once pays it once', async () => {
  const { payoutId } = await releasedPayout(orders);
  await Promise.all(Array.from({ length: 8 }, () => starts.start(payoutId)));
  await inStatus(payoutId, 'PAID');
  expect(mock.callsOf(payoutId)).toBe(1);
});

test('a payout whose start was lost is started by the sweep once it is old enough', async () => {
  const { payoutId } = await releasedPayout(orders);
  const deps = { db: orders.db, payouts: starts };
  const nothing = { done: 0, left: 0, after: FIRST_PAYOUT };
  expect(await sweepPayouts(deps, { pendingMs: 60_000, after: FIRST_PAYOUT })).toEqual(nothing);
  expect(await sweepPayouts(deps, { pendingMs: 0, after: FIRST_PAYOUT })).toEqual({ ...nothing, done: 1 });
  await inStatus(payoutId, 'PAID');
});

test('an order whose clock runs ahead does not hide its payout from the sweep', async () => {
  const { payoutId } = await releasedPayout(orders, { clockAheadSeconds: 86_400 });
  await sweepPayouts({ db: orders.db, payouts: starts }, { pendingMs: 60_000, after: FIRST_PAYOUT });
  await inStatus(payoutId, 'PAID');
});

test('the sweep goes on where its last page ended', async () => {
  const ids: string[] = [];
  for (let made = 0; made < 3; made++) ids.push((await releasedPayout(orders)).payoutId);
  const started: string[] = [];
  const deps = { db: orders.db, payouts: { start: async (id: string) => started.push(id) } };
  const page = await sweepPayouts(deps, { pendingMs: 0, after: FIRST_PAYOUT, limit: 2 });
  expect(page).toMatchObject({ done: 2 });
  expect(started).toEqual(ids.slice(0, 2));
  const next = await sweepPayouts(deps, { pendingMs: 0, after: page.after, limit: 2 });
  expect(next).toMatchObject({ done: 1, left: 0, after: FIRST_PAYOUT });
  expect(started).toEqual(ids);
});

test('a payout whose workflow was terminated in the middle of a try is started again by the sweeper', async () => {
  const { payoutId } = await releasedPayout(orders);
  destinations.set(payoutId, 'hang_1_time');
  await createPayoutStarts(orders.client, orders.taskQueue, { ...QUICK_TRIES, timeoutMs: 60_000 }).start(payoutId);
  await until('the settlement to be asked', () => mock.callsOf(payoutId) === 1);
  await handleOf(payoutId).terminate('wiped');

  const sweeper = startSweeper({ ...orders, payouts: starts });
  onTestFinished(() => sweeper.stop());

  expect(await inStatus(payoutId, 'PAID')).toMatchObject({ attempts: 2 });
  expect(await postingsOf(orders, payoutId)).toEqual(PAID_ONCE);
});

test('a retry is a new command with a result of its own, also when it fails like the try before', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  destinations.set(payoutId, 'decline_2_times');
  await starts.start(payoutId);
  for (const [tries, status] of [
    [1, 'FAILED'],
    [2, 'FAILED'],
    [3, 'PAID'],
  ] as const) {
    await until(`${status} after ${tries} tries`, async () => {
      const row = await payoutRow(orders, payoutId);
      return row.status === status && row.attempts === tries;
    });
    if (status === 'PAID') break;
    expect(wordFor(await orders.submit(orderId, command('payout.retry', { milestoneIndex: 0 })))).toBe('accepted');
    // At once, while the run that saw it fail is still about to end.
    starts.startRecorded((await orders.logOf(orderId)).slice(-1));
  }
  const results = (await orders.logOf(orderId)).filter(({ commandType }) => commandType === 'payout.settle');
  const types = results.map(({ events }) => events?.[0]?.type);
  expect(types).toEqual(['payout.failed', 'payout.failed', 'payout.paid']);
  expect(new Set(results.map(({ commandId }) => commandId)).size).toBe(3);
});

test('a database that is away uses up no tries', async () => {
  const { payoutId } = await releasedPayout(orders);
  failuresLeft = 2;
  await createPayoutStarts(orders.client, orders.taskQueue, { ...QUICK_TRIES, attempts: 1 }).start(payoutId);
  expect(await inStatus(payoutId, 'PAID')).toMatchObject({ attempts: 1 });
  expect(failuresLeft).toBeLessThan(0);
});

test('a settlement that never answers makes the payout fail, whether or not it heeds that nobody waits any more', async () => {
  const { payoutId } = await releasedPayout(orders);
  const lost = new Promise<never>(() => {});
  const deaf = await orders.startWorker({ settlement: { pay: () => lost }, taskQueue: `${orders.taskQueue}-deaf` });
  onTestFinished(() => deaf.stop());
  const deafStarts = createPayoutStarts(orders.client, `${orders.taskQueue}-deaf`, { ...QUICK_TRIES, timeoutMs: 500 });
  await deafStarts.start(payoutId);
  const row = await inStatus(payoutId, 'FAILED');
  expect(row).toMatchObject({ attempts: 3, lastError: 'The settlement did not answer within 0.4 s' });
});

test('after all this the books are in order', async () => {
  const lines: string[] = [];
  await verify(orders.db, { log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
});

test('a payout whose record the database refused for a while becomes PAID once it does not, and is paid once', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  const rejections = async () => (await orders.logOf(orderId)).filter(({ reason }) => reason === 'internal_conflict');
  await admin`ALTER TABLE payouts ADD CONSTRAINT for_a_while CHECK (status <> 'PAID') NOT VALID`;
  try {
    await starts.start(payoutId);
    await until('two rejections', async () => (await rejections()).length === 2, 30_000);
    // Ever more rarely: each is an entry of the log.
    const [first, second] = await rejections();
    expect(Number(second?.recordedAt) - Number(first?.recordedAt)).toBeGreaterThanOrEqual(990);
  } finally {
    await admin`ALTER TABLE payouts DROP CONSTRAINT for_a_while`;
  }
  expect(await payoutRow(orders, payoutId)).toMatchObject({ status: 'PENDING' });
  await inStatus(payoutId, 'PAID');
  expect(new Set((await rejections()).map(({ commandId }) => commandId)).size).toBeGreaterThanOrEqual(2);
  expect(mock.callsOf(payoutId)).toBe(1);
  expect(await postingsOf(orders, payoutId)).toEqual(PAID_ONCE);
  expect((await verify(orders.db)).violations).toEqual([]);
});

test('a payout that one read did not find is looked for again', async () => {
  const { payoutId } = await releasedPayout(orders);
  const { loadPayout } = createPayoutActivities({ ...orders, db: losingRows(orders.db), settlement });
  await expect(loadPayout(payoutId)).rejects.toThrow(/loadPayout failed/);
  expect(await loadPayout('payout_none')).toBeNull();
});

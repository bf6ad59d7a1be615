/** A call ends when its caller says so, wherever it is, with the caller's own reason. */
import { expect, test } from 'vitest';
import { testClient, thrownBy } from '../support/client.ts';
import { until } from '../support/until.ts';

const { newTranche, createOrder, proxy } = await testClient();
/** Without its caller's signal it would outlast the test. */
const tranche = newTranche({ retry: { timeoutMs: 600_000, totalMs: 1_200_000 } });

const REASON = new Error('The caller has left');
const milestone = { milestoneIndex: 0, amount: '300.00' };

test('nothing is sent when the signal has come before', async () => {
  proxy.failNext();
  expect(await thrownBy(tranche.payouts.balance({ signal: AbortSignal.abort(REASON) }))).toBe(REASON);
  expect(proxy.seen).toEqual([]);
});

test('a request that hangs ends', async () => {
  const { intentId } = await createOrder();
  proxy.failNext('hang');
  const leaving = new AbortController();
  const call = tranche.milestones.create(intentId, milestone, { signal: leaving.signal });
  await until('the request to be sent', () => proxy.seen.length === 1);
  leaving.abort(REASON);
  expect(await thrownBy(call)).toBe(REASON);
  expect(proxy.seen.length).toBe(1);
});

test('waiting for the next try ends', async () => {
  proxy.failNext({ status: 429, headers: { 'Retry-After': '600', 'Error-Reason': 'rate_limit_exceeded' } });
  const leaving = new AbortController();
  const call = tranche.payouts.balance({ signal: leaving.signal });
  await until('the request to be sent', () => proxy.seen.length === 1);
  leaving.abort(REASON);
  expect(await thrownBy(call)).toBe(REASON);
});

test('waiting for a command ends, and the command stays', async () => {
  const { intentId } = await createOrder();
  const leaving = new AbortController();
  proxy.failNext();
  const early = { milestoneIndex: 1, amount: '300.00' };
  const call = tranche.milestones.create(intentId, early, { turn: 'hold', signal: leaving.signal });
  await until('the client to wait', () => proxy.seen.some(({ url }) => url.startsWith('/v1/commands/')));
  leaving.abort(REASON);
  expect(await thrownBy(call)).toBe(REASON);
  await tranche.milestones.create(intentId, milestone);
  expect((await tranche.escrowOrders.get(intentId)).milestones.length).toBe(2);
});

test('a list ends', async () => {
  const { intentId, createAll } = await createOrder();
  await createAll('1.00', '1.00', '1.00');
  const leaving = new AbortController();
  const read: number[] = [];
  const call = (async () => {
    for await (const { milestoneIndex } of tranche.milestones.list(intentId, { pageSize: 1, signal: leaving.signal })) {
      read.push(milestoneIndex);
      leaving.abort(REASON);
    }
  })();
  expect(await thrownBy(call)).toBe(REASON);
  expect(read).toEqual([0]);
});

test('a time limit of the caller’s is a signal like any other', async () => {
  proxy.failNext('hang');
  const error = await thrownBy(tranche.payouts.balance({ signal: AbortSignal.timeout(200) }));
  expect(error).toMatchObject({ name: 'TimeoutError' });
});

/** Whatever happens to a request on its way, what it asked for is done once. */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testClient, thrownBy } from '../support/client.ts';
import type { Fault } from '../support/faulty-http.ts';

const { tranche, newTranche, createOrder, proxy, db } = await testClient();

const milestone = { milestoneIndex: 0, amount: '300.00' };
const limited: Fault = { status: 429, headers: { 'Retry-After': '1', 'Error-Reason': 'rate_limit_exceeded' } };
const unavailable: Fault = { status: 503, headers: { 'Error-Reason': 'database_unavailable' } };
const inProgress: Fault = { status: 409, headers: { 'Error-Reason': 'idempotency_in_progress' } };

/** How many entries an order's log has of a type of command, and how many commands are stored for it. */
async function effects(orderId: string, type: string): Promise<{ entries: number; commands: number }> {
  const [row] = await db.execute<{ entries: number; commands: number }>(sql`
    SELECT (SELECT count(*)::int FROM order_log WHERE order_id = ${orderId} AND command_type = ${type}) AS entries,
           (SELECT count(*)::int FROM commands WHERE order_id = ${orderId} AND payload->>'type' = ${type}) AS commands`);
  if (!row) throw new Error('A count has a row');
  return row;
}

test.for<[string, Fault[]]>([
  ['the connection is cut before the request gets there', ['cut-before']],
  ['the connection is cut after the request was carried out', ['cut-after', 'cut-after']],
  ['the connection is cut within the answer', ['cut-within']],
  ['the service is unavailable', [unavailable, { status: 502, body: 'Bad gateway' }]],
  ['the key’s first request is still at work', ['cut-after', inProgress]],
  ['all of it, one after the other', ['cut-after', unavailable, 'cut-within', inProgress]],
])('a milestone is created once when %s', async ([, faults]) => {
  const { intentId, orderId } = await createOrder();
  proxy.failNext(...faults);
  const created = await tranche.milestones.create(intentId, milestone);
  expect(proxy.seen.length).toBe(faults.length + 1);
  expect(new Set(proxy.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(await effects(orderId, 'milestone.create')).toEqual({ entries: 1, commands: 1 });
  expect((await tranche.escrowOrders.get(intentId)).milestones).toEqual([created]);
});

test('money is released once when every answer but the last is lost', async () => {
  const order = await createOrder();
  const [id = ''] = await order.createAll('300.00');
  await order.complete(id);
  proxy.failNext('cut-after', 'cut-within', 'cut-after');
  expect((await tranche.milestones.release(order.intentId, id)).status).toBe('RELEASED');
  expect(await effects(order.orderId, 'milestone.release')).toEqual({ entries: 1, commands: 1 });
  expect((await tranche.escrowOrders.get(order.intentId)).releasedAmount).toBe('300.00');
});

test('an intent, an amendment and a key are made once when the answer is lost', async () => {
  const { intentId, createAll } = await createOrder();
  const [id = ''] = await createAll('300.00');
  proxy.failNext('cut-after');
  await tranche.milestones.amend(intentId, id, { amount: '200.00' });
  expect(proxy.seen[1]?.headers['idempotency-key']).toBe(proxy.seen[0]?.headers['idempotency-key']);
  proxy.failNext('cut-after');
  const { id: keyId } = await tranche.apiKeys.create({ role: 'merchant', name: 'made once' });
  const keys = [];
  for await (const key of tranche.apiKeys.list()) if (key.name === 'made once') keys.push(key.id);
  expect(keys).toEqual([keyId]);
});

test('a try that hangs is given up, and the next one gets what it did', async () => {
  const { intentId, orderId } = await createOrder();
  proxy.failNext('hang');
  const impatient = newTranche({ retry: { timeoutMs: 8_000, backoffMs: 20 } });
  await impatient.milestones.create(intentId, milestone);
  expect(proxy.seen.length).toBeGreaterThan(1);
  expect(await effects(orderId, 'milestone.create')).toEqual({ entries: 1, commands: 1 });
});

test('Retry-After is waited for, and a random time on top of it', async () => {
  proxy.failNext(limited, limited);
  await tranche.payouts.balance();
  const [first, second, third] = proxy.seen.map(({ at }) => at);
  if (!first || !second || !third) throw new Error('There were three tries');
  expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(1_000);
});

test('tries are bounded, and the last refusal is what is thrown', async () => {
  proxy.failNext(...Array.from({ length: 10 }, () => unavailable));
  const stubborn = newTranche({ retry: { tries: 3, backoffMs: 1 } });
  expect(await thrownBy(stubborn.payouts.balance())).toMatchObject({ reason: 'database_unavailable', status: 503 });
  expect(proxy.seen.length).toBe(3);
});

test('what asks for more time than there is left is not waited for', async () => {
  proxy.failNext({ status: 429, headers: { 'Retry-After': '3600', 'Error-Reason': 'rate_limit_exceeded' } });
  const error = await thrownBy(tranche.payouts.balance());
  expect(error).toMatchObject({ reason: 'rate_limit_exceeded', retryAfter: 3_600 });
  expect(proxy.seen.length).toBe(1);
});

test('a service that is not there is "connection_failed", one that does not answer is "timed_out"', async () => {
  const nowhere = newTranche({ baseUrl: 'http://127.0.0.1:1', retry: { tries: 2, backoffMs: 1 } });
  const change = nowhere.milestones.create('intent_any', milestone, { idempotencyKey: 'mine' });
  expect(await thrownBy(change)).toMatchObject({ reason: 'connection_failed', status: null, idempotencyKey: 'mine' });
  proxy.failNext('hang', 'hang');
  const impatient = newTranche({ retry: { tries: 2, timeoutMs: 200, backoffMs: 1 } });
  expect(await thrownBy(impatient.payouts.balance())).toMatchObject({ reason: 'timed_out', status: null });
  expect(proxy.seen.length).toBe(2);
});

test.for([400, 401, 403, 404, 422, 500])('an answer %i is not asked for again', async (status) => {
  proxy.failNext({ status, headers: { 'Error-Reason': 'anything' } });
  expect(await thrownBy(tranche.payouts.balance())).toMatchObject({ reason: 'anything', status });
  expect(proxy.seen.length).toBe(1);
});

test('a call with a key of its own is repeated without a second effect', async () => {
  const { intentId, orderId } = await createOrder();
  const options = { idempotencyKey: 'order-17/milestone-0' };
  const first = await tranche.milestones.create(intentId, milestone, options);
  expect(await tranche.milestones.create(intentId, milestone, options)).toEqual(first);
  expect(await effects(orderId, 'milestone.create')).toEqual({ entries: 1, commands: 1 });
});

test('a change by its path has an idempotency key, too', async () => {
  const { intentId, orderId } = await createOrder();
  proxy.failNext('cut-after');
  const { response } = await tranche.http.POST('/v1/payment-intents/{intentId}/escrow/milestones', {
    params: { path: { intentId } },
    body: milestone,
  });
  expect(response.status).toBe(201);
  expect(await effects(orderId, 'milestone.create')).toEqual({ entries: 1, commands: 1 });
});

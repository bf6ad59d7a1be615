/** What the client throws, told apart by reason. */
import { expect, test } from 'vitest';
import { ERROR_REASONS, isTrancheError, TrancheError } from '../../clients/typescript/src/index.ts';
import { testClient, thrownBy } from '../support/client.ts';

const { tranche, newTranche, createOrder, keys, proxy } = await testClient();

test('a refusal tells its reason, status, code, type and request', async () => {
  const { intentId } = await createOrder();
  await tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '300.00' });
  const error = await thrownBy(
    tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '300.00' }, { idempotencyKey: 'taken' }),
  );
  expect(error).toBeInstanceOf(TrancheError);
  expect({ ...(error as TrancheError) }).toEqual({
    name: 'TrancheError',
    reason: 'milestone_index_taken',
    status: 400,
    code: 'invalid_request',
    type: 'invalid_request_error',
    param: null,
    requestId: expect.stringMatching(/./),
    retryAfter: null,
    idempotencyKey: 'taken',
    command: null,
  });
  expect((error as TrancheError).message).toBe('Milestone with index 0 already exists');
});

test('a field at fault is named', async () => {
  const { intentId } = await createOrder();
  const error = await thrownBy(tranche.milestones.create(intentId, { milestoneIndex: 0, amount: '1e3' }));
  expect(error).toMatchObject({ reason: 'field_invalid', param: 'amount', status: 400 });
});

test('reasons tell whose fault it is: key, owner, missing object', async () => {
  const { intentId } = await createOrder();
  const reasonOf = async (call: Promise<unknown>) => ((await thrownBy(call)) as TrancheError).reason;
  expect(await reasonOf(newTranche({ apiKey: 'sk_test_nonsense' }).payouts.balance())).toBe('invalid_api_key');
  expect(await reasonOf(newTranche({ apiKey: keys.other }).escrowOrders.get(intentId))).toBe('intent_not_owned');
  expect(await reasonOf(tranche.escrowOrders.get('intent_missing'))).toBe('payment_intent_missing');
  expect(await reasonOf(tranche.milestones.get(intentId, 'milestone_missing'))).toBe('milestone_missing');
});

test('isTrancheError tells reasons apart, and knows other errors from its own', async () => {
  const error: unknown = await thrownBy(tranche.payouts.get('payout_missing'));
  expect(isTrancheError(error)).toBe(true);
  expect(isTrancheError(error, 'payout_missing')).toBe(true);
  expect(isTrancheError(error, 'milestone_missing', 'payout_missing')).toBe(true);
  expect(isTrancheError(error, 'milestone_missing')).toBe(false);
  expect(isTrancheError(new Error('payout_missing'))).toBe(false);
  expect(ERROR_REASONS).toContain('payout_missing');
});

test('an answer that is not Tranche’s is an error of its own', async () => {
  proxy.failNext({ status: 418, headers: { 'Content-Type': 'text/html' }, body: '<h1>teapot</h1>' });
  expect(await thrownBy(tranche.payouts.balance())).toMatchObject({ reason: 'answer_not_understood', status: 418 });
  proxy.failNext({ status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>welcome</h1>' });
  expect(await thrownBy(tranche.payouts.balance())).toMatchObject({ reason: 'answer_not_understood' });
});

test('a redirect is not followed, so the key goes nowhere else', async () => {
  proxy.failNext({ status: 307, headers: { Location: `${proxy.baseUrl}/elsewhere` } });
  expect(await thrownBy(tranche.payouts.balance())).toMatchObject({ reason: 'answer_not_understood', status: 307 });
  expect(proxy.seen.map(({ url }) => url)).toEqual(['/v1/balance']);
});

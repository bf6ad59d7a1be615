/** An order's whole life through the TypeScript client. */
import { expect, test } from 'vitest';
import { TrancheError } from '../../clients/typescript/src/index.ts';
import { testClient, thrownBy } from '../support/client.ts';
import { until } from '../support/until.ts';

const { tranche } = await testClient();

async function newIntent() {
  return tranche.paymentIntents.create({
    amount: '1000.00',
    currency: 'USDC',
    type: 'DELIVERY_VS_PAYMENT',
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    metadata: { releaseType: 'MILESTONE_LOCKED' },
  });
}

test('an order is created, funded, worked off and paid', async () => {
  const intent = await newIntent();
  expect(intent).toMatchObject({ status: 'INITIATED', amount: '1000.00' });
  expect((await tranche.paymentIntents.confirm(intent.id)).status).toBe('SUCCEEDED');

  for (const [milestoneIndex, amount] of ['300.00', '500.00', '200.00'].entries()) {
    const milestone = await tranche.milestones.create(intent.id, { milestoneIndex, amount });
    expect(milestone).toMatchObject({ milestoneIndex, amount, status: 'PENDING' });
    expect(await tranche.milestones.complete(intent.id, milestone.id, { completedBy: 'designer-12' })).toEqual({
      object: 'milestone',
      status: 'completed',
    });
    const released = await tranche.milestones.release(intent.id, milestone.id);
    expect(released).toMatchObject({ id: milestone.id, status: 'RELEASED', releasedAmount: amount });
  }

  expect(await tranche.escrowOrders.get(intent.id)).toMatchObject({
    orderStatus: 'COMPLETED',
    releasedAmount: '1000.00',
    remainingAmount: '0.00',
  });
  await until('all payouts to be paid', async () => {
    const paid = [];
    for await (const payout of tranche.payouts.list({ status: 'paid' })) paid.push(payout.amount);
    return paid.length === 3;
  });
  const movements = [];
  for await (const { type } of tranche.escrowOrders.ledger(intent.id, { pageSize: 2 })) movements.push(type);
  expect(movements.sort()).toEqual(['fund', 'payout', 'payout', 'payout', 'release', 'release', 'release']);
  expect(await tranche.payouts.balance()).toContainEqual(
    expect.objectContaining({ currency: 'USDC', paidOut: '1000.00' }),
  );
});

test('plans change: batches, amendments, disputes, refunds and the end of an order', async () => {
  const { id } = await newIntent();
  await tranche.paymentIntents.confirm(id);
  const plan = ['400.00', '300.00'].map((amount, milestoneIndex) => ({ milestoneIndex, amount }));
  expect((await tranche.milestones.judgeBatch(id, [...plan, { milestoneIndex: 0, amount: '1.00' }])).valid).toBe(false);
  const [first, second] = await tranche.milestones.createBatch(id, plan);
  if (!first || !second) throw new Error('The batch has two milestones');
  expect((await tranche.milestones.amend(id, second.id, { amount: '250.00' })).amount).toBe('250.00');
  expect((await tranche.milestones.cancel(id, second.id)).status).toBe('CANCELLED');
  await tranche.milestones.complete(id, first.id, { completedBy: 'designer-12' });
  expect((await tranche.milestones.reopen(id, first.id, { reason: 'The logo is missing' })).status).toBe('PENDING');
  await tranche.disputes.raise(id, { reason: 'Late', raisedBy: 'buyer-7', milestoneId: first.id });
  expect((await tranche.disputes.withdraw(id)).status).toBe('withdrawn');
  expect((await tranche.milestones.get(id, first.id)).status).toBe('PENDING');
  expect((await tranche.escrowOrders.advanceClock(id, 60)).seconds).toBe(60);
  expect((await tranche.escrowOrders.refund(id, { amount: '100.00' })).amount).toBe('100.00');
  expect((await tranche.escrowOrders.cancel(id)).refundedAmount).toBe('900.00');
  const outcomes = [];
  for await (const { outcome } of tranche.escrowOrders.timeline(id)) outcomes.push(outcome);
  expect(outcomes).toEqual(outcomes.map(() => 'accepted'));
  expect(outcomes.length).toBeGreaterThan(8);
});

test('an intent without money is cancelled, and a route without a method is within reach', async () => {
  const { id } = await newIntent();
  expect((await tranche.paymentIntents.cancel(id, { reason: 'The buyer changed their mind' })).status).toBe(
    'CANCELLED',
  );
  expect((await tranche.paymentIntents.get(id)).status).toBe('CANCELLED');
  const { data, response } = await tranche.http.GET('/version');
  expect([response.status, data]).toEqual([200, { version: expect.any(String) }]);
});

test('keys are made, replaced and ended', async () => {
  const made = await tranche.apiKeys.create({ role: 'merchant', name: 'Shop' });
  const replaced = await tranche.apiKeys.rotate(made.id);
  expect(replaced.key).not.toBe(made.key);
  expect((await tranche.apiKeys.revoke(replaced.id)).revokedAt).toEqual(expect.any(String));
  const listed = [];
  for await (const key of tranche.apiKeys.list()) listed.push(key.id);
  expect(listed).toEqual(expect.arrayContaining([made.id, replaced.id]));
  expect(await thrownBy(tranche.apiKeys.revoke('key_missing'))).toBeInstanceOf(TrancheError);
});

/** The README's journey with a client that @hey-api/openapi-ts generated. Environment: BASE_URL, API_KEY. */
import assert from 'node:assert/strict';
import { client } from './client/client.gen.ts';
import * as tranche from './client/sdk.gen.ts';

client.setConfig({ baseUrl: process.env.BASE_URL, auth: (scheme) => (scheme.name ? process.env.API_KEY : undefined) });

const intent = await tranche.createPaymentIntent({
  throwOnError: true,
  body: {
    amount: '1000.00',
    currency: 'USDC',
    type: 'DELIVERY_VS_PAYMENT',
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    metadata: { releaseType: 'MILESTONE_LOCKED' },
  },
});
const path = { intentId: intent.data.id };
await tranche.confirmPaymentIntent({ path, body: {}, throwOnError: true });

const { data: first } = await tranche.createMilestone({
  path,
  throwOnError: true,
  body: { milestoneIndex: 0, amount: '333.00', percentage: 33.3 },
});
assert(first.object === 'milestone');
assert.equal(first.data.percentage, 33.3);
const at = { ...path, milestoneId: first.id };
const completed = await tranche.completeMilestone({
  path: at,
  body: { completedBy: 'designer-12' },
  throwOnError: true,
});
assert(completed.data.object === 'milestone');
assert.equal(completed.data.status, 'completed');
const released = await tranche.releaseMilestone({ path: at, body: {}, throwOnError: true });
assert(released.data.object === 'milestone');
assert.equal(released.data.data.status, 'RELEASED');
const order = await tranche.getEscrowOrder({ path, throwOnError: true });
assert.equal(order.data.data.releasedAmount, '333.00');

const twice = await tranche.createMilestone({ path, body: { milestoneIndex: 0, amount: '1.00' } });
assert.equal(twice.response?.headers.get('Error-Reason'), 'milestone_index_taken');
assert.equal(twice.error?.error.type, 'invalid_request_error');

// Out of turn: a command instead of a milestone.
const { data: held } = await tranche.createMilestone({
  path,
  throwOnError: true,
  headers: { Prefer: 'handling=lenient' },
  body: { milestoneIndex: 2, amount: '100.00' },
});
assert(held.object === 'command');
assert.equal(held.data.status, 'HELD');
await tranche.createMilestone({ path, body: { milestoneIndex: 1, amount: '100.00' }, throwOnError: true });
const command = await tranche.getCommand({ path: { commandId: held.id }, throwOnError: true });
assert.equal(command.data.data.status, 'ACCEPTED');

const page = await tranche.listMilestones({ path, query: { limit: '2' }, throwOnError: true });
assert.deepEqual([page.data.data.length, page.data.hasMore], [2, true]);

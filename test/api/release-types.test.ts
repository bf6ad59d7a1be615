/** Orders that Tranche stores and does not execute: they can be read, and say so when asked for more. */
import { describe, expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { type ApiAnswer, startApi } from './api-server.ts';
import { expectRefusal, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway);

describe('an order of another release type', () => {
  test.each(['DELIVERY_PROOF', 'TIME_LOCKED', 'AUTO_RELEASE'])(
    '%s: reads work, milestones do not',
    async (releaseType) => {
      const order = await newOrder(api, { releaseType });
      expect((await order.escrow()).json.data).toMatchObject({ releaseType, orderStatus: 'PENDING', milestones: [] });
      expect((await order.list()).json).toEqual({ object: 'list', data: [], hasMore: false });
      expectRefusal(await order.show(0), 404, 'resource_missing', 'Milestone not found', 'milestone_missing');
      const milestones = [{ milestoneIndex: 0, amount: '1.00' }];
      const path = `/milestones/${order.milestoneId(0)}`;
      const refused: [verb: string, answer: ApiAnswer][] = [
        ['create', await order.create(0)],
        ['create', await order.post('/milestones/batch', { milestones })],
        ['create', await order.post('/milestones/batch', { milestones, dryRun: true })],
        ['complete', await order.complete(0)],
        ['release', await order.release(0)],
        ['extend', await order.extend(0, 60)],
        ['cancel', await order.post(`${path}/cancel`)],
        ['reopen', await order.post(`${path}/reopen`, { reason: 'x' })],
      ];
      for (const [verb, answer] of refused) {
        const message = `Cannot ${verb} milestone for order with release type: ${releaseType}`;
        expectRefusal(answer, 400, 'invalid_request', message, 'order_not_milestone_locked');
      }
    },
  );

  test('a proof of delivery is refused for any, each with its reason', async () => {
    const proof = { proofHash: '0xabc', submittedBy: 'seller' };
    const locked = await newOrder(api);
    const published = 'Cannot submit delivery proof for order with release type: MILESTONE_LOCKED';
    const refused = await locked.post('/delivery-proof', proof);
    expectRefusal(refused, 400, 'invalid_request', published, 'delivery_proof_not_needed');
    const proven = await newOrder(api, { releaseType: 'DELIVERY_PROOF' });
    const message =
      'Cannot submit delivery proof: orders with release type DELIVERY_PROOF are stored, but Tranche executes MILESTONE_LOCKED only';
    const unexecuted = await proven.post('/delivery-proof', proof);
    expectRefusal(unexecuted, 400, 'invalid_request', message, 'release_type_not_executed');
    const foreign = await proven.post('/delivery-proof', proof, { key: api.keys.other });
    expect(foreign.status).toBe(403);
    const missing = await api.send('POST', '/v1/payment-intents/intent_x/escrow/delivery-proof', { body: proof });
    expectRefusal(missing, 404, 'resource_missing', 'Payment intent not found', 'payment_intent_missing');
  });
});

/** Timeline and events name the key that acted, and not only whose it is. */
import { expect, test } from 'vitest';
import { renderActor } from '../../src/api/actor-view.ts';
import { createApiKey } from '../../src/api/api-keys.ts';
import { apiKeys } from '../../src/db/schema.ts';
import { sendRaw } from '../support/raw-signals.ts';
import { provenKey } from '../support/secrets.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';

const service = await testService();
const { createOrder, db, send } = service;

async function keyFor(
  role: 'merchant' | 'buyer' | 'arbiter' | 'operator',
  name: string | null,
  escrowOrderId?: string,
) {
  const { key, ...row } = createApiKey('test', role);
  await db
    .insert(apiKeys)
    .values(provenKey({ ...row, merchantId: 'merchant_own', name, escrowOrderId: escrowOrderId ?? null }));
  return { key, id: row.id };
}

test('each entry and event tells role, holder, way and key of its actor', async () => {
  const order = await createOrder();
  const shop = await keyFor('merchant', 'shop');
  const buyer = await keyFor('buyer', 'ann', order.orderId);
  const operator = await keyFor('operator', null);
  const [first = ''] = await order.createAll('10.00');
  await order.complete(first, { key: shop.key });
  const body = { reason: 'late', raisedBy: 'ann' };
  expect((await send('POST', `${order.intentPath}/escrow/dispute`, { body, key: buyer.key })).status).toBe(200);
  const withdrawn = await send('POST', `${order.intentPath}/escrow/dispute/withdraw`, { body: {}, key: operator.key });
  expect(withdrawn.status).toBe(200);
  await sendRaw({ client: service.temporal, taskQueue: service.taskQueue }, order.orderId, 'createMilestone', {
    milestoneIndex: 1,
    amount: '1.00',
  });
  const path = `${order.intentPath}/escrow/timeline?limit=100`;
  const read = async (key?: string) => (await send('GET', path, key === undefined ? {} : { key })).json.data;
  const entries = await until('the signal to be recorded', async () => {
    const all = await read();
    return all.length === 6 && all;
  });
  const byApi = { role: 'merchant', id: 'merchant_own', via: 'api', keyId: expect.any(String) };
  const actors = [
    byApi,
    byApi,
    { ...byApi, keyId: shop.id, keyName: 'shop' },
    { role: 'buyer', id: buyer.id, via: 'api', keyId: buyer.id, keyName: 'ann' },
    { role: 'operator', id: operator.id, via: 'api', keyId: operator.id },
    { role: 'operator', id: 'temporal', via: 'temporal' },
  ];
  expect(entries.map(({ data }: { data: { actor: object } }) => data.actor)).toEqual(actors);

  const seen = await read(buyer.key);
  expect(seen[2].data.actor).toEqual({ ...byApi, keyId: shop.id });

  const events = (await send('GET', `/v1/events?escrowOrderId=${order.orderId}&limit=100`)).json.data;
  type Seen = { data: { object: { object: string; status: string } }; actor?: object };
  const actorOf = (kind: string, status: string) =>
    events.find(({ data: { object } }: Seen) => object.object === kind && object.status === status)?.actor;
  expect(actorOf('dispute', 'raised')).toEqual(actors[3]);
  expect(actorOf('dispute', 'withdrawn')).toEqual(actors[4]);
  expect(actorOf('milestone', 'COMPLETED')).toEqual(actors[2]);
});

test('entries that name no key are shown as they are', () => {
  expect(renderActor({ role: 'merchant', id: 'merchant_own' }, null)).toEqual({ role: 'merchant', id: 'merchant_own' });
  expect(renderActor({ role: 'system', id: 'deadline' }, null)).toEqual({
    role: 'system',
    id: 'deadline',
    via: 'system',
  });
});

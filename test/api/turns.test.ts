/** What a command sent too early gets: refused at once, held for a while, or held without end. */
import { expect, test } from 'vitest';
import { testOrders } from '../support/orders.ts';
import { startApi } from './api-server.ts';
import { expectRefusal, newOrder } from './order-client.ts';

const { db, gateway } = await testOrders();
const api = await startApi(db, gateway);

test('a create that comes too early is answered 201 when its turn comes', async () => {
  const order = await newOrder(api);
  const early = order.create(1, '1', { headers: { Prefer: 'wait=10' } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await order.create(0, '1')).status).toBe(201);
  expect((await early).status).toBe(201);
});

test('a create whose time runs out is refused, and its later turn does not bring it back', async () => {
  const order = await newOrder(api);
  const message = 'Previous milestone (index 0) must be created first';
  const brief = { headers: { Prefer: 'wait=1' } };
  expectRefusal(await order.create(1, '1', brief), 400, 'invalid_request', message, 'previous_milestone_missing');
  await order.create(0, '1');
  expect((await order.list()).json.data.length).toBe(1);
});

test('a lenient command is held without end, shown, and becomes accepted', async () => {
  const order = await newOrder(api);
  const lenient = { headers: { Prefer: 'handling=lenient', 'Idempotency-Key': 'lenient-create' } };
  const held = await order.create(1, '1.00', lenient);
  expect(held.status).toBe(202);
  expect(Object.keys(held.json.data)).toEqual([
    ...['id', 'type', 'status', 'waitingFor', 'escrowOrderId', 'paymentIntentId', 'createdAt'],
  ]);
  expect(held.json.data).toMatchObject({
    type: 'milestone.create',
    status: 'HELD',
    waitingFor: 'milestone 0 to be created',
    paymentIntentId: order.intentId,
  });
  const path = held.headers.location as string;
  expect(path).toBe(`/v1/commands/${held.json.id}`);
  expect((await api.send('GET', path)).text).toBe(held.text);
  const repeated = await order.create(1, '1.00', lenient);
  expect([repeated.status, repeated.text]).toEqual([202, held.text]);

  await order.create(0, '1');
  const created = await order.create(1, '1.00', lenient);
  expect([created.status, created.headers['idempotent-replayed']]).toEqual([201, 'true']);
  const shown = await api.send('GET', path);
  expect(shown.json.data).toEqual({
    id: held.json.id,
    type: 'milestone.create',
    status: 'ACCEPTED',
    escrowOrderId: held.json.data.escrowOrderId,
    paymentIntentId: order.intentId,
    createdAt: held.json.data.createdAt,
    result: created.json,
  });
  for (const key of [api.keys.other, api.keys.live]) {
    expect((await api.send('GET', path, { key })).status).toBe(404);
  }
});

test('a held command can be withdrawn once', async () => {
  const order = await newOrder(api);
  const held = await order.create(1, '1', { headers: { Prefer: 'handling=lenient' } });
  const cancelPath = `${held.headers.location}/cancel`;
  expect((await api.send('POST', cancelPath, { key: api.keys.other })).status).toBe(404);
  const keyed = { headers: { 'Idempotency-Key': 'cancel-once' } };
  const cancelled = await api.send('POST', cancelPath, keyed);
  expect(cancelled.status).toBe(200);
  expect(cancelled.json.data).toMatchObject({
    id: held.json.id,
    status: 'REJECTED',
    error: { code: 'invalid_status', message: 'Command was cancelled while it waited for its turn' },
    reason: 'command_cancelled',
  });
  expect((await api.send('POST', cancelPath, keyed)).text).toBe(cancelled.text);
  expect((await api.send('POST', cancelPath)).headers['error-reason']).toBe('command_not_held');
  await order.create(0, '1');
  expect((await order.list()).json.data.length).toBe(1);
});

test('completing and releasing out of turn is refused at once, or held when lenient', async () => {
  const order = await newOrder(api);
  await order.create(0);
  await order.create(1);
  const open = 'Previous milestone (index 0) must be completed first';
  expectRefusal(await order.complete(1), 400, 'invalid_request', open, 'previous_milestone_open');
  const unreleased = 'Previous milestone (index 0) must be released first';
  expectRefusal(await order.release(1), 400, 'invalid_request', unreleased, 'previous_milestone_unreleased');
  expectRefusal(await order.complete(7), 404, 'resource_missing', 'Milestone not found', 'milestone_missing');
  const held = await order.complete(1, { headers: { Prefer: 'handling=lenient' } });
  expect(held.json.data).toMatchObject({ status: 'HELD', waitingFor: 'milestone 0 to be completed' });
  await order.complete(0);
  const shown = await api.send('GET', held.headers.location as string);
  expect(shown.json.data).toMatchObject({ status: 'ACCEPTED', result: { object: 'milestone', status: 'completed' } });
});

/** Who is let in, and who sees what. */
import { describe, expect, test } from 'vitest';
import { testService } from '../support/service.ts';
import { expectRefusal, expectRefused } from './expectations.ts';

const { createOrder, keys, send } = await testService();
const order = await createOrder();
const [milestoneId = ''] = await order.createAll('1.00');

const BODY = { milestoneIndex: 1, amount: '1.00' };
const NOT_YOURS = 'You do not have access to this payment intent';

describe('the main route', () => {
  test('asks for a key', async () => {
    const answer = await order.post(BODY, { key: null });
    expectRefusal(answer, 401, 'authentication_required', 'API key is required', 'authentication_error');
  });

  const changed = keys.own.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const secretless = `${keys.own.slice(0, 'sk_test_'.length + 16)}${keys.other.slice('sk_test_'.length + 16)}`;
  test.each([
    ['made up', 'sk_test_your_key_here'],
    ['mistyped in one letter', changed],
    ['with the secret of another one', secretless],
    ['of the right form in the wrong mode', keys.own.replace('sk_test_', 'sk_live_')],
    ['without its prefix', keys.own.slice('sk_test_'.length)],
  ])('refuses a key %s', async (_title, key) => {
    const answer = await order.post(BODY, { key });
    expectRefusal(answer, 403, 'forbidden', 'Invalid API key', 'authentication_error');
  });

  test('takes the key in either header, and the same one in both', async () => {
    const Authorization = `Bearer ${keys.own}`;
    const { post } = await createOrder();
    const index = (milestoneIndex: number) => ({ ...BODY, milestoneIndex });
    expect((await post(index(0), { key: null, headers: { Authorization } })).status).toBe(201);
    expect((await post(index(1), { headers: { Authorization } })).status).toBe(201);
  });

  test('refuses two different keys, even when both are valid', async () => {
    const answer = await order.post(BODY, { headers: { Authorization: `Bearer ${keys.other}` } });
    expectRefused(answer, 400, 'invalid_request');
    expectRefused(
      await order.post(BODY, { key: null, headers: { 'X-API-Key': [keys.own, keys.other] } }),
      400,
      'invalid_request',
    );
  });
});

describe('every route of an order', () => {
  const routes = (): [string, string, object?][] => [
    ['GET', order.intentPath],
    ['POST', `${order.intentPath}/confirm`],
    ['GET', `${order.intentPath}/escrow`],
    ['GET', order.milestonesPath],
    ['POST', order.milestonesPath, BODY],
    ['GET', `${order.milestonesPath}/${milestoneId}`],
    ['POST', `${order.milestonesPath}/${milestoneId}/complete`, { completedBy: 'x' }],
    ['POST', `${order.milestonesPath}/${milestoneId}/release`],
  ];

  test('is closed to another merchant', async () => {
    for (const [method, path, body] of routes()) {
      const answer = await send(method, path, { key: keys.other, body });
      expectRefusal(answer, 403, 'forbidden', NOT_YOURS, 'authentication_error');
    }
  });

  test('does not exist in another mode, not even for its own merchant', async () => {
    for (const [method, path, body] of routes()) {
      const answer = await send(method, path, { key: keys.live, body });
      expectRefusal(answer, 404, 'resource_missing', 'Payment intent not found');
    }
  });

  test('was not changed by any of it', async () => {
    const { milestones, version } = await order.read();
    expect([milestones.length, milestones[0].status, version]).toEqual([1, 'PENDING', 2]);
  });
});

test('a command is visible to its merchant alone, in its mode', async () => {
  const { create } = await createOrder();
  const held = await create(1, '1.00', { headers: { Prefer: 'handling=lenient' } });
  const path = held.headers.location ?? '';
  expect((await send('GET', path)).status).toBe(200);
  for (const key of [keys.other, keys.live]) {
    expectRefusal(await send('GET', path, { key }), 404, 'resource_missing', 'Command not found');
    expectRefusal(await send('POST', `${path}/cancel`, { key }), 404, 'resource_missing', 'Command not found');
  }
  expect((await send('GET', path)).json.data.status).toBe('HELD');
});

test('every answer carries a request id, refusals and unknown routes too', async () => {
  const ids = new Set<unknown>();
  for (const path of ['/livez', '/v1/payment-intents', '/v1/nothing', '/nothing']) {
    ids.add((await send('GET', path)).headers['x-request-id']);
  }
  expect(ids.size).toBe(4);
  expect([...ids].every((id) => typeof id === 'string' && id.length > 10)).toBe(true);
});

/** What the sender of a signal says became of it, when its answer is lost or it cannot be sent at all. */
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { PAYLOAD_MAX_BYTES } from '../../src/domain/payload-limits.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { startLosingProxy } from '../support/losing-proxy.ts';
import { command, SECRETS_KEY, testOrders } from '../support/orders.ts';
import { outcomeOf } from '../support/steps.ts';

const orders = await testOrders();

async function throughProxy() {
  const proxy = await startLosingProxy(inject('temporalAddress'));
  const client = connectClient(proxy.address, 'default');
  onTestFinished(async () => {
    await client.connection.close();
    await proxy.close();
  });
  return { proxy, signals: createOrderSignals(client, orders.taskQueue, { secretsKey: SECRETS_KEY }) };
}

test('a signal whose answer comes is sent', async () => {
  const { signals } = await throughProxy();
  const [orderId, fund] = [await orders.createOrder(), command('order.fund')];
  expect(await signals.send(orderId, [fund])).toBe('sent');
  expect((await outcomeOf(orders, orderId, fund)).outcome).toBe('accepted');
});

test('a signal that got through is unclear, not unreachable, when its repetition is refused', async () => {
  const { proxy, signals } = await throughProxy();
  const [orderId, fund] = [await orders.createOrder(), command('order.fund')];
  proxy.loseNextAnswer('reset');
  expect(await signals.send(orderId, [fund])).toBe('unclear');
  expect(proxy.lost).toBe(1);
  expect((await outcomeOf(orders, orderId, fund)).outcome).toBe('accepted');
  // A later one surely does not get there.
  expect(await signals.send(orderId, [command('order.fund')])).toBe('unreachable');
});

test('a signal that got through is unclear when its connection is cut', async () => {
  const { proxy, signals } = await throughProxy();
  const [orderId, fund] = [await orders.createOrder(), command('order.fund')];
  proxy.loseNextAnswer('cut');
  expect(await signals.send(orderId, [fund])).toBe('unclear');
  expect((await outcomeOf(orders, orderId, fund)).outcome).toBe('accepted');
});

test('a signal that is too large is unclear, and nobody takes it for a missing search attribute', async () => {
  const searchAttributes = { isUsable: () => true, refused: vi.fn() };
  const signals = createOrderSignals(orders.client, orders.taskQueue, { secretsKey: SECRETS_KEY, searchAttributes });
  const large = command('order.cancel', { details: { reason: 'x'.repeat(PAYLOAD_MAX_BYTES) } });
  expect(await signals.send(await orders.createOrder(), [large])).toBe('unclear');
  expect(searchAttributes.refused).not.toHaveBeenCalled();
});

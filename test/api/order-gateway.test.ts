/** How long a request waits for its outcome when Temporal's answer to its signal was lost. */
import { expect, inject, onTestFinished, test } from 'vitest';
import { createOrderGateway, PENDING_MAX_COMMANDS } from '../../src/api/order-gateway.ts';
import { OutcomeWaiters } from '../../src/api/outcome-waiters.ts';
import { entriesOf } from '../../src/db/order-log.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { startLosingProxy } from '../support/losing-proxy.ts';
import { command, MERCHANT_ID, SECRETS_KEY, testOrders } from '../support/orders.ts';

const orders = await testOrders();
const unattended = await testOrders({ worker: false });
const PATIENT = { merchantId: MERCHANT_ID, waitMs: 10_000, untilHeld: false, send: true };

/** A gateway that will not hear what Temporal answers to its next signal. */
async function deafGateway({ db, log, taskQueue }: Pick<typeof orders, 'db' | 'log' | 'taskQueue'>) {
  const proxy = await startLosingProxy(inject('temporalAddress'));
  const client = connectClient(proxy.address, 'default');
  const waiters = new OutcomeWaiters((ids) => entriesOf(db, ids), log);
  const gateway = createOrderGateway({
    client,
    signals: createOrderSignals(client, taskQueue, { secretsKey: SECRETS_KEY }),
    waiters,
  });
  onTestFinished(async () => {
    await gateway.close();
    await proxy.close();
  });
  proxy.loseNextAnswer('cut');
  return { gateway, proxy };
}

test('a command that arrived although its signal is unclear is answered with its outcome', async () => {
  const { gateway, proxy } = await deafGateway(orders);
  const submission = await gateway.submit(await orders.createOrder(), command('order.fund'), PATIENT);
  expect(proxy.lost).toBe(1);
  expect(submission).toMatchObject({ kind: 'recorded', entry: { outcome: 'accepted' } });
});

test('a command whose signal is unclear is not waited for longer than two seconds', async () => {
  const { gateway, proxy } = await deafGateway(unattended);
  const startedAt = performance.now();
  const submission = await gateway.submit(await unattended.createOrder(), command('order.fund'), PATIENT);
  const waitedMs = performance.now() - startedAt;
  expect(proxy.lost).toBe(1);
  expect(submission).toEqual({ kind: 'unclear' });
  expect(waitedMs).toBeGreaterThan(1_900);
  // Far from the ten seconds that it would wait for a command that surely was sent, also on a busy machine.
  expect(waitedMs).toBeLessThan(6_000);
});

test('as many commands of one order wait here as may, and the next one is refused', async () => {
  const orderId = await unattended.createOrder();
  const submit = (waitMs: number) => unattended.gateway.submit(orderId, command('order.fund'), { ...PATIENT, waitMs });
  const waiting = Array.from({ length: PENDING_MAX_COMMANDS }, () => submit(5_000));
  expect(await submit(5_000)).toEqual({ kind: 'overloaded' });
  expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(['unclear']));
  expect(await submit(1)).toEqual({ kind: 'unclear' });
});

import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { fail, startSink } from './sink.ts';
import {
  deliveriesOf,
  expectSameBytes,
  outboxOf,
  subscribe,
  untilTaken,
  verified,
  webhookService,
} from './webhooks.ts';

const service = await webhookService();
const ORDERS = 6;

test('after an outage of the receiver every event of the outbox has arrived, with the same bytes at each attempt, signed', async () => {
  const before = await outboxOf(service);
  const sink = await startSink(fail);
  const endpoint = await subscribe(service.send, sink.url);
  for (let made = 0; made < ORDERS; made++) {
    const order = await service.createOrder();
    const [first = ''] = await order.createAll('300.00', '700.00');
    await order.complete(first);
    await order.release(first);
  }
  // Several attempts of several events have failed before it comes back.
  await until(
    'the outage to be felt',
    async () => {
      const deliveries = await deliveriesOf(service, endpoint.id);
      return deliveries.filter(({ attempts }) => attempts >= 3).length >= 5;
    },
    40_000,
  );
  expect((await endpoint.read()).failingSince).not.toBeNull();
  sink.behave(() => 204);
  const outbox = await until('all payouts to be recorded', async () => {
    const ids = await outboxOf(service);
    // Two of intent and order, funded with status, two created, one completed, released, payout created and paid.
    return ids.length === before.length + ORDERS * 10 && ids;
  });
  const expected = outbox.filter((id) => !before.includes(id));
  await untilTaken(sink, expected);
  await until('all deliveries to be recorded', async () =>
    (await deliveriesOf(service, endpoint.id)).every(({ status }) => status === 'delivered'),
  );

  const taken = sink.taken();
  expect(taken.map(({ event }) => event.id).sort()).toEqual([...expected].sort());
  expectSameBytes(sink.received);
  for (const received of sink.received) {
    expect(verified(received, endpoint.secret)).toEqual(received.event);
    expect(received.headers['webhook-id']).toBe(received.event.id);
    const hex = createHmac('sha256', endpoint.secret).update(received.body).digest('hex');
    expect(received.headers['finternet-signature']).toBe(hex);
  }
  const [first] = taken;
  expect(() => first && verified({ headers: first.headers, body: '{}' }, endpoint.secret)).toThrow();
  const state = await endpoint.read();
  expect([state.status, state.failingSince, state.lastError]).toEqual(['enabled', null, null]);
  // For the check by another language's library: scripts/test-tools.sh.
  const { RECORDED_WEBHOOKS } = process.env;
  if (RECORDED_WEBHOOKS) {
    const recorded = { secret: endpoint.secret, webhooks: taken.map(({ headers, body }) => ({ headers, body })) };
    writeFileSync(RECORDED_WEBHOOKS, JSON.stringify(recorded));
  }
});

test('the events of an order are first tried in its sequence, without a gap', async () => {
  const sink = await startSink();
  await subscribe(service.send, sink.url);
  const order = await service.createOrder();
  const ids = await order.createAll('100.00', '200.00', '300.00');
  for (const id of ids) {
    await order.complete(id);
    await order.release(id);
  }
  const mine = () => sink.taken().filter(({ event }) => event.escrowOrderId === order.orderId);
  await until('all of the order’s events to arrive', () => mine().length === 4 + 3 + 4 * 3, 40_000);
  const sequences = mine().map(({ event }) => event.sequence);
  expect(sequences).toEqual(sequences.map((_, position) => position + 1));
  expect(
    mine()
      .map(({ event }) => event.type)
      .slice(0, 5),
  ).toEqual([
    'payment_intent.created',
    'escrow_order.created',
    'escrow_order.funded',
    'payment_intent.status_changed',
    'milestone.created',
  ]);
});

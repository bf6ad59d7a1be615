import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { type Received, startSink } from './sink.ts';
import { outboxOf, subscribe, untilTaken, verified, webhookService } from './webhooks.ts';

const service = await webhookService();

function isGood(received: Received, secret: string): boolean {
  try {
    verified(received, secret);
    return true;
  } catch {
    return false;
  }
}

test('while a secret is rotated under load, a receiver verifies all with the old or the new one, whenever it switches', async () => {
  const sink = await startSink();
  const endpoint = await subscribe(service.send, sink.url);
  const order = await service.createOrder();
  const load = async () => {
    for (let index = 0; index < 40; index++) expect((await order.create(index, '10.00')).status).toBe(201);
  };
  const loading = load();
  await until('some to arrive before', () => sink.taken().length >= 5);
  const rotated = await service.send('POST', `${endpoint.path}/rotate-secret`);
  expect(rotated.status).toBe(200);
  const { secret: newSecret, previousSecretEndsAt } = rotated.json.data;
  expect(newSecret).not.toBe(endpoint.secret);
  expect(Date.parse(previousSecretEndsAt) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
  await loading;
  await untilTaken(sink, await outboxOf(service));

  const { received } = sink;
  const byOld = received.filter((one) => isGood(one, endpoint.secret));
  // One that does not switch within the overlap loses nothing.
  expect(byOld).toHaveLength(received.length);
  // One that switches at any moment after it got the new secret: signed with both from some moment on.
  const firstWithBoth = received.findIndex((one) => isGood(one, newSecret));
  expect(firstWithBoth).toBeGreaterThan(0);
  expect(firstWithBoth).toBeLessThan(received.length - 5);
  const both = received.filter((one) => isGood(one, newSecret));
  const oldOnly = received.filter((one) => !isGood(one, newSecret));
  expect(both.every(({ headers }) => String(headers['webhook-signature']).split(' ').length === 2)).toBe(true);
  expect(oldOnly.every(({ headers }) => String(headers['webhook-signature']).split(' ').length === 1)).toBe(true);
});

test('with an overlap of nothing the old secret is worth nothing at once', async () => {
  const sink = await startSink();
  const endpoint = await subscribe(service.send, sink.url);
  const body = { overlapSeconds: 0 };
  const { secret } = (await service.send('POST', `${endpoint.path}/rotate-secret`, { body })).json.data;
  const tested = await service.send('POST', `${endpoint.path}/test`);
  await untilTaken(sink, [tested.json.data.eventId]);
  const [received] = sink.taken();
  expect(received && [isGood(received, endpoint.secret), isGood(received, secret)]).toEqual([false, true]);
});

test('a repeat of a rotation under its idempotency key shows the same secret, and rotates once', async () => {
  const sink = await startSink();
  const endpoint = await subscribe(service.send, sink.url);
  const sent = { headers: { 'Idempotency-Key': 'rotate-1' } };
  const answers = [];
  for (let time = 0; time < 3; time++) {
    answers.push(await service.send('POST', `${endpoint.path}/rotate-secret`, sent));
  }
  const secrets = new Set(answers.map(({ json }) => json.data.secret));
  expect(secrets.size).toBe(1);
  const tested = await service.send('POST', `${endpoint.path}/test`);
  await untilTaken(sink, [tested.json.data.eventId]);
  const [received] = sink.taken();
  expect(received && isGood(received, [...secrets][0])).toBe(true);
  // Rotated once: the secret before it is the first one.
  expect(received && isGood(received, endpoint.secret)).toBe(true);
});

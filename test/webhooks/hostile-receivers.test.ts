import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { type Behaviour, startSink } from './sink.ts';
import { deliveriesOf, subscribe, untilTaken, webhookService } from './webhooks.ts';

const service = await webhookService({
  env: { WEBHOOK_RETRY_SCHEDULE_MS: Array(12).fill(100).join(','), WEBHOOK_TIMEOUT_MS: '700' },
});

async function testEvent(path: string): Promise<string> {
  const answer = await service.send('POST', `${path}/test`);
  expect(answer.status).toBe(202);
  return answer.json.data.eventId;
}

/** The one delivery of an endpoint, once it has been tried. */
async function tried(endpointId: string) {
  return until('an attempt to be recorded', async () => {
    const [delivery] = await deliveriesOf(service, endpointId);
    return delivery && delivery.lastAttemptAt !== null && delivery;
  });
}

const HOSTILE: readonly (readonly [what: string, behaviour: Behaviour, error: string, statusCode: number | null])[] = [
  ['answers 500', () => 500, 'Answered 500', 500],
  ['never answers', () => 0, 'No answer within 0.7 s', null],
  [
    'drips its headers for ever',
    (_, response) => {
      const { socket } = response;
      socket?.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket?.write('X-Drip: 1\r\n'), 50);
      socket?.on('close', () => clearInterval(drip));
      return 0;
    },
    'No answer within 0.7 s',
    null,
  ],
  [
    'hangs up',
    (_, response) => {
      response.socket?.destroy();
      return 0;
    },
    'The connection was closed before an answer (ECONNRESET)',
    null,
  ],
  [
    'answers nonsense',
    (_, response) => {
      response.socket?.end('nonsense\r\n\r\n');
      return 0;
    },
    'The answer could not be read: it is not HTTP as it should be (HPE_INVALID_CONSTANT)',
    null,
  ],
  [
    'closes the connection in good order without an answer',
    (_, response) => {
      response.socket?.end();
      return 0;
    },
    'The connection was closed before an answer (ECONNRESET)',
    null,
  ],
  [
    'says two lengths of its answer',
    (_, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok');
      return 0;
    },
    expect.stringMatching(/^The answer could not be read: it is not HTTP as it should be \(HPE_/),
    null,
  ],
  [
    'sends a header of 20 kB',
    (_, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
      return 0;
    },
    'The answer could not be read: its headers are larger than 16 kB',
    null,
  ],
];

test.each(HOSTILE)(
  'an endpoint that %s is tried again, and gets its event in the end',
  async (_, behaviour, error, status) => {
    const sink = await startSink(behaviour);
    const endpoint = await subscribe(service.send, sink.url);
    const eventId = await testEvent(endpoint.path);
    expect(await tried(endpoint.id)).toMatchObject({ lastError: error, lastStatusCode: status, status: 'pending' });
    expect(await endpoint.read()).toMatchObject({ lastError: error, failingSince: expect.any(String) });
    sink.behave(() => 200);
    await untilTaken(sink, [eventId]);
  },
);

test('a body of 10 MB, or one that drips for ever, is not waited for: the status counts', async () => {
  let written = 0;
  const sink = await startSink((_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (written < 10_000_000 && !response.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
    return 0;
  });
  const endpoint = await subscribe(service.send, sink.url);
  await testEvent(endpoint.path);
  expect(await tried(endpoint.id)).toMatchObject({ status: 'delivered', lastStatusCode: 200, attempts: 1 });
  // What fits into the buffers between them was sent, and nothing near 10 MB.
  expect(written).toBeLessThan(9_000_000);

  const dripping = await startSink((_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
    return 0;
  });
  const other = await subscribe(service.send, dripping.url);
  await testEvent(other.path);
  expect(await tried(other.id)).toMatchObject({ status: 'delivered', attempts: 1 });
});

test('a redirect is not followed, to wherever it leads', async () => {
  let arrived = 0;
  const sockets: Socket[] = [];
  const inside = createTcpServer((socket) => {
    arrived++;
    sockets.push(socket);
    socket.destroy();
  });
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  afterAll(() => new Promise<void>((closed) => inside.close(() => closed())));
  const { port } = inside.address() as { port: number };
  for (const status of [301, 302, 303, 307, 308]) {
    const sink = await startSink((_, response) => {
      response.writeHead(status, { Location: `http://127.0.0.1:${port}/` }).end();
      return 0;
    });
    const endpoint = await subscribe(service.send, sink.url);
    await testEvent(endpoint.path);
    const error = `Answered ${status}; redirects are not followed`;
    expect(await tried(endpoint.id)).toMatchObject({ lastError: error, lastStatusCode: status, status: 'pending' });
    await service.send('DELETE', endpoint.path);
  }
  expect(arrived).toBe(0);
});

test('an endpoint that answers 410 is disabled at once, and the merchant’s others are told', async () => {
  const witness = await startSink();
  const watching = await subscribe(service.send, witness.url, { events: ['webhook_endpoint.disabled'] });
  const sink = await startSink(() => 410);
  const endpoint = await subscribe(service.send, sink.url);
  await testEvent(endpoint.path);
  await until('the others to be told', () => witness.taken().length === 1, 20_000);
  expect(await endpoint.read()).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  expect(sink.received).toHaveLength(1);
  expect(witness.taken()[0]?.event).toMatchObject({
    type: 'webhook_endpoint.disabled',
    sequence: null,
    data: { object: { object: 'webhook_endpoint', id: endpoint.id, status: 'disabled', reason: 'gone' } },
  });
  expect((await service.send('POST', `${endpoint.path}/test`)).status).toBe(400);
  await service.send('DELETE', watching.path);
});

test('an endpoint that nothing got through to for a whole schedule is disabled; its dead letters are listed and replayed', async () => {
  const sink = await startSink(() => 503);
  const endpoint = await subscribe(service.send, sink.url);
  const eventId = await testEvent(endpoint.path);
  await until('it to be disabled', async () => (await endpoint.read()).status === 'disabled', 40_000);
  expect(await endpoint.read()).toMatchObject({ disabledReason: 'failing', lastError: 'Answered 503' });
  // The first attempt, and one after each wait.
  expect(sink.received).toHaveLength(13);
  const dead = await service.send('GET', `${endpoint.path}/deliveries?status=failed`);
  expect(dead.json.data).toMatchObject([{ data: { eventId, attempts: 13, lastStatusCode: 503, nextAttemptAt: null } }]);

  expect((await service.send('PATCH', endpoint.path, { body: { status: 'enabled' } })).status).toBe(200);
  sink.behave(() => 200);
  const replayed = await service.send('POST', `/v1/events/${eventId}/replay`, {
    body: { webhookEndpointId: endpoint.id },
  });
  expect(replayed.json.data).toMatchObject([{ data: { eventId, status: 'pending', replays: 1 } }]);
  await untilTaken(sink, [eventId]);
  expect(new Set(sink.received.map(({ body }) => body)).size).toBe(1);
});

test('Retry-After is honoured', async () => {
  const sink = await startSink((_, response) => {
    response.setHeader('Retry-After', '2');
    return sink.received.length === 0 ? 503 : 200;
  });
  const endpoint = await subscribe(service.send, sink.url);
  await untilTaken(sink, [await testEvent(endpoint.path)]);
  const [first, second] = sink.received;
  // Whole seconds are what the header has; the clocks of PostgreSQL and this process are the same one.
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_950);
});

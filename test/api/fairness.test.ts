/** What one client asks for, however much, is done and refused at a pace that leaves room for others. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpServer } from '../../src/api/app.ts';
import { closeNow, listen, portOf } from '../../src/api/listening.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import { testDatabase } from '../support/database.ts';
import { exchange } from '../support/http-client.ts';
import { until } from '../support/until.ts';
import { startApi, unusedGateway } from './api-server.ts';

const { db } = await testDatabase();
const LIST = '/v1/payment-intents';
const REFUSALS = 300;
const PIPELINED_MAX = 8;

test('whoever goes on asking after it was refused is answered at a pace, and others before', async () => {
  const few = { perMinute: 5, perHour: 5 };
  const api = await startApi(db, unusedGateway, { rateLimits: createRateLimits({ limits: { test: few, live: few } }) });
  const ask = (key: string | null) =>
    exchange(api.port, 'GET', LIST, key === null ? {} : { 'X-API-Key': key }, undefined);
  for (const [key, refusal] of [
    [api.keys.own, 429],
    [null, 401],
  ] as const) {
    const startedAt = performance.now();
    let answered = 0;
    const greedy = Array.from({ length: REFUSALS }, () =>
      ask(key).then(({ status }) => {
        if (status === refusal) answered++;
      }),
    );
    await until('the first refusals', () => answered > 50);
    expect((await ask(api.keys.other)).status).toBe(200);
    expect(answered).toBeLessThan(REFUSALS - few.perMinute);
    await Promise.all(greedy);
    expect(answered).toBeGreaterThanOrEqual(REFUSALS - few.perMinute);
    // A hundred at once, and fifty a second from then on.
    expect(performance.now() - startedAt).toBeGreaterThan(((REFUSALS - few.perMinute - 100) / 50) * 1_000 - 100);
  }
});

test('a connection has a few requests under way, however many are written, and each is answered', async () => {
  let underWay = 0;
  let most = 0;
  const server = createHttpServer(async (_request, response) => {
    most = Math.max(most, ++underWay);
    await sleep(1);
    underWay--;
    response.end('x');
  });
  await listen(server, { PORT: 0, HOST: '127.0.0.1' });
  onTestFinished(() => closeNow(server));
  const socket = net.connect(portOf(server), '127.0.0.1');
  const count = 3_000;
  // An answer may come in two pieces, so they are counted as they end.
  let received = '';
  const answers = () => received.split('HTTP/1.1 200').length - 1;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count));
  await until('all answers', () => answers() >= count, 50_000);
  expect(answers()).toBe(count);
  socket.destroy();
  expect(most).toBeLessThanOrEqual(PIPELINED_MAX);
});

test('requests whose key has to be looked up share one look-up', async () => {
  const { db: counted, statements } = await testDatabase();
  const api = await startApi(counted, unusedGateway);
  await api.send('GET', LIST);
  await sleep(2_100);
  const before = statements().length;
  await Promise.all(Array.from({ length: 50 }, () => api.send('GET', LIST)));
  const lookUps = statements()
    .slice(before)
    .filter((text) => /from "api_keys"/.test(text));
  expect(lookUps.length).toBeLessThanOrEqual(2);
});

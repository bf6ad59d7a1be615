/** The limits as the settings say, on whole services that share a database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testService } from '../support/service.ts';

const env = {
  RATE_LIMIT_TEST_PER_MINUTE: '20',
  RATE_LIMIT_LIVE_PER_MINUTE: '200',
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: '3',
};
const roles = { worker: false };
const service = await testService({ env, roles });
const LIST = '/v1/payment-intents';

test('what a service counted before it was stopped is not forgotten', async () => {
  const key = service.keys.live;
  const second = await service.startAnother({ env, roles });
  // The first is reported at once; three more are less than half a chunk, and would be reported a second later.
  for (let sent = 0; sent < 4; sent++) expect((await second.send('GET', LIST, { key })).status).toBe(200);
  await second.stop();
  await service.send('GET', LIST, { key });
  await sleep(500);
  const { headers } = await service.send('GET', LIST, { key });
  expect([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual(['200', '194']);
});

test('two services share a limit', async () => {
  const second = await service.startAnother({ env, roles });
  for (let sent = 0; sent < 17; sent++) expect((await second.send('GET', LIST)).status).toBe(200);
  const statuses: number[] = [];
  for (let sent = 0; sent < 10; sent++) statuses.push((await service.send('GET', LIST)).status);
  const passed = statuses.filter((status) => status === 200).length;
  // A chunk of this limit is one request.
  expect(passed).toBeGreaterThanOrEqual(3);
  expect(passed).toBeLessThanOrEqual(4);
  expect(statuses.at(-1)).toBe(429);
});

test('an address fails to authenticate as often as the settings say', async () => {
  const statuses: number[] = [];
  for (let sent = 0; sent < 5; sent++) statuses.push((await service.send('GET', LIST, { key: 'x' })).status);
  expect(statuses).toEqual([403, 403, 403, 429, 429]);
});

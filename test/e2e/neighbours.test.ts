/** One merchant does all it may at its full rate. Another one hardly notices. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { readConfig } from '../../src/config.ts';
import { apiKeys } from '../../src/db/schema.ts';
import { httpClient } from '../support/http-client.ts';
import { newOrder } from '../support/http-order.ts';
import type { Neighbourhood } from '../support/neighbour.ts';
import { MERCHANT_ID, OTHER_MERCHANT_ID, testService } from '../support/service.ts';

const NEIGHBOUR = fileURLToPath(new URL('../support/neighbour.ts', import.meta.url));
const ROUNDS = 200;
const PAUSE_MS = 15;
/** On a machine where a request takes a millisecond or two, the scheduler alone makes three of them. */
const NOISE_P99_MS = 50;

const defaults = readConfig({});
const limits = Object.entries(defaults).filter(([name]) => name.startsWith('RATE_LIMIT_'));
const service = await testService({
  env: {
    ...Object.fromEntries(limits.map(([name, value]) => [name, String(value)])),
    WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '1',
  },
});

async function keyOf(merchantId: string, role: 'merchant' | 'buyer', escrowOrderId: string | null = null) {
  const { key, ...row } = createApiKey('live', role);
  await service.db.insert(apiKeys).values({ ...row, merchantId, escrowOrderId });
  return key;
}

test('a merchant’s requests stay quick and are never refused while a neighbour floods', async () => {
  const [liveKey, otherKey] = [await keyOf(MERCHANT_ID, 'merchant'), await keyOf(OTHER_MERCHANT_ID, 'merchant')];
  const live = await newOrder(httpClient(service.port, liveKey), { funded: false });
  const inTestMode = await service.createOrder();
  const boundKeys: string[] = [];
  for (let count = 0; count < 5; count++) boundKeys.push(await keyOf(MERCHANT_ID, 'buyer', live.orderId));
  const order = await newOrder(httpClient(service.port, otherKey), { funded: false });

  const refused: number[] = [];
  let index = 0;
  const measure = async (): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const request of [() => order.create(index++, '0.01'), () => order.read()]) {
        const before = performance.now();
        const answer = await request();
        times.push(performance.now() - before);
        if ('status' in answer && answer.status !== 201) refused.push(answer.status);
      }
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
  };

  const quiet = await measure();
  const child = fork(NEIGHBOUR, { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.send({
    ...{ port: service.port, liveKey, testKey: service.keys.own, boundKeys },
    ...{ liveMilestones: live.milestonesPath, testMilestones: inTestMode.milestonesPath },
  } satisfies Neighbourhood);
  await once(child, 'message');
  const flooded = await measure();
  child.send('stop');
  const [statuses] = (await once(child, 'message')) as [Record<string, number>];
  console.info(`p99 ${quiet.toFixed(1)} ms quiet, ${flooded.toFixed(1)} ms beside ${JSON.stringify(statuses)}`);
  // It was a flood: it got all that it may, and was refused.
  expect(statuses[429]).toBeGreaterThan(100);
  expect(statuses[201]).toBeGreaterThan(10);
  expect(refused).toEqual([]);
  expect(flooded).toBeLessThan(3 * Math.max(quiet, NOISE_P99_MS));
}, 120_000);

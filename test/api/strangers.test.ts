/** What needs no key is read once for all who ask, so strangers slow nobody down. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { closeNow, listen, portOf } from '../../src/api/listening.ts';
import { createMetricsApp } from '../../src/api/metrics-route.ts';
import { testApiDependencies } from '../support/api-dependencies.ts';
import { testDatabase } from '../support/database.ts';
import { startApi, unusedGateway } from './api-server.ts';

const { db } = await testDatabase();
const CONNECTIONS = 200;
const ROUNDS = 5;

test('readiness is looked at once a second, however many ask', async () => {
  let looked = 0;
  const readiness = { database: { required: true, isReady: async () => ++looked > 0 } };
  const gateway = { ...unusedGateway, isReachable: async () => true };
  const api = await startApi(db, gateway, { readiness });
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    const ask = async () => (await api.send('GET', '/readyz', { key: null })).status;
    const statuses = await Promise.all(Array.from({ length: CONNECTIONS }, ask));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(looked).toBeLessThanOrEqual(1 + Math.ceil(seconds));
});

test('a look that fails is told to all who wait for it, and taken again for the next', async () => {
  let isUp = false;
  const readiness = { database: { required: true, isReady: async () => isUp } };
  const api = await startApi(db, { ...unusedGateway, isReachable: async () => true }, { readiness });
  expect((await api.send('GET', '/readyz', { key: null })).status).toBe(503);
  isUp = true;
  await expect.poll(async () => (await api.send('GET', '/readyz', { key: null })).status).toBe(200);
});

test('metrics are read once a second, however many ask', async () => {
  let read = 0;
  const { metrics } = testApiDependencies(db, unusedGateway);
  const counted = { ...metrics, read: async () => ({ text: `reads ${++read}\n`, contentType: 'text/plain' }) };
  const server = createServer(createMetricsApp({ metrics: counted }));
  await listen(server, { PORT: 0, HOST: '127.0.0.1' });
  onTestFinished(() => closeNow(server));
  const url = `http://127.0.0.1:${portOf(server)}/metrics`;
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(Array.from({ length: CONNECTIONS }, async () => (await fetch(url)).text()));
  }
  expect(read).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 1_000));
});

/** Several `npm start` on one machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { isStillRunning } from '../../src/embedded/process-identity.ts';
import { httpClient } from '../support/http-client.ts';
import { freePort, newHome, npmStart, processesOf } from '../support/npm-start.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 90_000 });

test('two instances with different PORT and TRANCHE_HOME run side by side and share nothing', async () => {
  const ports = [await freePort(), await freePort()];
  const starts = ports.map((port) => npmStart(newHome(), port));
  const devs = await Promise.all(starts.map((start) => start.ready()));
  expect(devs.map(({ apiUrl }) => apiUrl)).toEqual(ports.map((port) => `http://localhost:${port}`));
  for (const field of ['apiKey', 'temporalUiUrl', 'temporalAddress', 'databaseUrl'] as const) {
    expect(new Set(devs.map((dev) => dev[field])).size).toBe(2);
  }
  const [one, other] = devs.map((dev, index) => httpClient(ports[index] ?? 0, dev.apiKey));
  if (!one || !other) throw new Error('two instances were expected');
  const path = '/v1/payment-intents/intent_2xYz9AbC123/escrow';
  const created = await one('POST', `${path}/milestones`, { body: { milestoneIndex: 0, amount: '1.00' } });
  expect(created.status).toBe(201);
  expect((await one('GET', path)).json.data.milestones.length).toBe(1);
  expect((await other('GET', path)).json.data.milestones).toEqual([]);
  expect((await other('GET', path, { key: devs[0]?.apiKey ?? '' })).status).toBe(403);

  // The one ends without the other noticing.
  process.kill(starts[0]?.pid ?? 0, 'SIGINT');
  expect(await starts[0]?.exitCode()).toBe(0);
  expect((await other('POST', `${path}/milestones`, { body: { milestoneIndex: 0, amount: '2.00' } })).status).toBe(201);
  process.kill(starts[1]?.pid ?? 0, 'SIGTERM');
  await starts[1]?.exitCode();
  expect(starts.flatMap(({ home }) => processesOf(home))).toEqual([]);
});

test('a taken PORT is named in the error, and nothing is left running', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const start = npmStart(newHome(), port);
  const [first] = start.processes();
  const code = await start.exitCode();
  squatter.close();
  expect(code).toBeGreaterThan(0);
  expect(start.output()).toMatch(new RegExp(`could not start: .*\\b${port}\\b.*taken.*PORT`));
  expect([first].filter((one) => one && isStillRunning(one))).toEqual([]);
  expect(processesOf(start.home)).toEqual([]);
});

test('Ctrl-C while it starts ends it, and nothing is left running', async () => {
  const start = npmStart(newHome(), 0);
  await until('its first server', () => processesOf(start.home).length > 0);
  process.kill(-start.pid, 'SIGINT');
  await start.exitCode();
  expect(start.output()).not.toContain('is ready');
  expect(processesOf(start.home)).toEqual([]);
});

/** A process has what its roles need and no more, and a start that does not succeed leaves nothing behind. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { Closing } from '../../src/main/closing.ts';
import { startService } from '../../src/main/service.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { freePort } from '../support/npm-start.ts';
import { SECRETS_TEXT } from '../support/secrets.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const database = await testDatabase();
const admin = adminOf(database);
const bundle = { code: readFileSync(inject('workflowBundlePath'), 'utf8') };

function start(
  roles: { readonly api: boolean; readonly worker: boolean },
  { env = {}, ...options }: { readonly env?: object; readonly bundle?: { readonly code: string } } = {},
) {
  const settings = { PORT: '0', METRICS_PORT: '0', TEMPORAL_TASK_QUEUE: 'wiring', SECRETS_KEY: SECRETS_TEXT, ...env };
  return startService({
    config: readConfig(settings),
    databaseUrl: database.url,
    temporalAddress: inject('temporalAddress'),
    ...{ log: testLog(), bundle, roles, ...options },
  });
}

/** What of the service is connected to the database, by name. */
async function connected(): Promise<string[]> {
  const rows = await admin`SELECT DISTINCT application_name AS name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'tranche%' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

const nothingIsLeft = () => until('all connections to be closed', async () => (await connected()).length === 0);

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  const free = await listening;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

test('a worker has no API', async () => {
  const service = await start({ api: false, worker: true });
  expect([service.port, service.gateway]).toEqual([0, null]);
  expect([service.webhooks, service.verification].every((counts) => counts !== null)).toBe(true);
  expect(await connected()).not.toContain('tranche-rate-limits');
  await service.stop();
  await nothingIsLeft();
});

test('an API works on nothing', async () => {
  const service = await start({ api: true, worker: false });
  expect(service.port).toBeGreaterThan(0);
  expect(service.gateway).not.toBeNull();
  expect([service.webhooks, service.verification]).toEqual([null, null]);
  expect((await connected()).filter((name) => /webhooks|verify/.test(name))).toEqual([]);
  await service.stop();
  await nothingIsLeft();
});

test('when workflows cannot be loaded, what was started before is ended', async () => {
  await expect(start({ api: true, worker: true }, { bundle: { code: 'throw new Error("broken")' } })).rejects.toThrow();
  await nothingIsLeft();
});

test('when the API cannot listen, the worker and the metrics that run already are ended', async () => {
  const port = await freePort();
  const env = { PORT: String(port), METRICS_PORT: String(port), HOST: '127.0.0.1' };
  await expect(start({ api: true, worker: true }, { env })).rejects.toThrow(`Port ${port}`);
  await nothingIsLeft();
  expect(await isFree(port)).toBe(true);
});

test('steps end in reverse, all of them, and the first problem is told', async () => {
  const ended: number[] = [];
  const closing = new Closing();
  for (const step of [1, 2, 3, 4]) {
    closing.add(async () => {
      ended.push(step);
      if (step % 2 === 1) throw new Error(`step ${step}`);
    });
  }
  await expect(closing.close()).rejects.toThrow('step 3');
  expect(ended).toEqual([4, 3, 2, 1]);
  await closing.close();
  expect(ended).toHaveLength(4);
});

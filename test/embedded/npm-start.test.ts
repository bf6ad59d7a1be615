/** What `npm start` does before it starts anything. */
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newHome, npmStart } from '../support/npm-start.ts';
import { until } from '../support/until.ts';

test('a dev.json that a killed run left is gone before the first server is started', async () => {
  const home = newHome();
  const stale = join(home, 'dev.json');
  writeFileSync(stale, '{"apiUrl":"http://localhost:1"}');
  const start = npmStart(home, 0);
  await until('the first server', () => existsSync(join(home, 'temporal.json')), 30_000);
  expect(existsSync(stale)).toBe(false);
  await start.killAll();
});

test('a taken PORT is named before any server is started', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());
  const { port } = squatter.address() as { port: number };
  const home = newHome();
  const start = npmStart(home, port);
  expect(await start.exitCode()).toBeGreaterThan(0);
  expect(start.output()).toMatch(new RegExp(`could not start: Port ${port} on 127.0.0.1 is taken.*PORT`));
  for (const server of ['postgres', 'temporal']) {
    expect([server, existsSync(join(home, `${server}.json`))]).toEqual([server, false]);
  }
});

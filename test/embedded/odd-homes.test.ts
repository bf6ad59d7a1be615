/** The servers in homes of every name, and with a database file of Temporal that is no good. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { httpClient } from '../support/http-client.ts';
import { newHome, npmStart } from '../support/npm-start.ts';
import { makeHome, query, start, UNUSED_DATABASE } from './support.ts';

const NAMES = ['a b', '%2F', 'a%23', '#', '?', '?mode=memory', 'é ü 漢字', '&', `${'long/'.repeat(30)}end`];

test('the servers start in homes of every name, and keep all of their data there', async () => {
  const parent = makeHome();
  for (const name of NAMES) {
    const home = join(parent, name);
    mkdirSync(home, { recursive: true });
    const servers = await start({ home });
    expect([name, existsSync(join(home, 'temporal', 'temporal.db'))]).toEqual([name, true]);
    expect(await query(servers.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await servers.stop();
  }
  expect(readdirSync(parent).sort()).toEqual([...new Set(NAMES.map((name) => name.split('/')[0]))].sort());
}, 120_000);

/** What became of the file; `good` is what it was, with its write-ahead log gone. */
const DAMAGES: readonly (readonly [what: string, damaged: (good: Buffer) => Buffer])[] = [
  ['empty', () => Buffer.alloc(0)],
  ['garbage', () => Buffer.from('not a database '.repeat(1_000))],
  ['cut short', (good) => good.subarray(0, Math.floor(good.length / 2))],
  ['cut within its header', (good) => good.subarray(0, 50)],
];

describe('a database file of Temporal that is no good', () => {
  test.each(DAMAGES)('%s: is moved aside and told, and a new one takes its place', async (_what, damaged) => {
    const home = makeHome();
    const folder = join(home, 'temporal');
    const file = join(folder, 'temporal.db');
    const options = { home, databaseUrl: UNUSED_DATABASE };
    await (await start(options)).stop();
    writeFileSync(file, damaged(readFileSync(file)));
    for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
    const told: string[] = [];
    await (await start({ ...options, log: (line) => told.push(line) })).stop();
    const aside = readdirSync(folder).filter((name) => /^temporal\.db\.damaged-[0-9TZ-]+$/.test(name));
    expect(aside).toHaveLength(1);
    expect(told.join('\n')).toContain(`It lies at ${join(folder, String(aside[0]))} now`);
    // And it is not done again.
    await (await start(options)).stop();
    expect(readdirSync(folder).filter((name) => /damaged-[0-9TZ-]+$/.test(name))).toHaveLength(1);
  });

  test('an open order goes on after it', async () => {
    const home = join(newHome(), 'shop %2F#?');
    const first = npmStart(home, 0);
    const { apiUrl, apiKey, intentId } = await first.ready();
    const milestones = `/v1/payment-intents/${intentId}/escrow/milestones`;
    const send = httpClient(Number(new URL(apiUrl).port), apiKey);
    const made = await send('POST', milestones, { body: { milestoneIndex: 0, amount: '300.00' } });
    expect(made.status).toBe(201);
    const milestone = `${milestones}/${made.json.id}`;
    expect((await send('POST', `${milestone}/complete`, { body: { completedBy: 'x' } })).status).toBe(200);
    await first.killAll();
    const file = join(home, 'temporal', 'temporal.db');
    writeFileSync(file, 'garbage');
    for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
    const second = npmStart(home, 0);
    const again = await second.ready();
    expect(second.output()).toContain('database is damaged');
    const sendAgain = httpClient(Number(new URL(again.apiUrl).port), apiKey);
    const released = await sendAgain('POST', `${milestone}/release`);
    expect([released.status, released.json.data?.status ?? released.json.status]).toEqual([200, expect.any(String)]);
    expect((await sendAgain('GET', milestone)).json.data.releasedAmount).toBe('300.00');
    await second.killAll();
  }, 120_000);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterEach } from 'vitest';
import { identifyProcess } from '../../src/embedded/process-identity.ts';
import { type Servers, type ServersOptions, startServers } from '../../src/embedded/servers.ts';

const homes: string[] = [];
const running: Servers[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((servers) => servers.stop()));
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A new folder for one test; removed when the test has ended. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'tranche-embedded-'));
  homes.push(home);
  return home;
}

/** Starts servers that are stopped when the test has ended, if it has not done so itself. */
export async function start(options: Omit<ServersOptions, 'log'> & { log?: ServersOptions['log'] }): Promise<Servers> {
  const servers = await startServers({ log: () => {}, ...options });
  running.push(servers);
  return servers;
}

/** Stands for a server the test does not need; nothing connects to it. */
export const UNUSED_DATABASE = 'postgres://unused.invalid/unused';
export const UNUSED_TEMPORAL = 'unused.invalid:1';

/** Process id that the state file of a running server names. */
export function pidOf(home: string, server: 'postgres' | 'temporal'): number {
  return JSON.parse(readFileSync(join(home, `${server}.json`), 'utf8')).process.pid;
}

export function isAlive(pid: number): boolean {
  return identifyProcess(pid) !== undefined;
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`Timed out waiting until ${what}`);
    await sleep(20);
  }
}

/** Runs one SQL text on a connection of its own and returns its rows. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { identifyProcess } from '../../src/embedded/process-identity.ts';
import { isAlive, makeHome, pidOf, query, start, UNUSED_TEMPORAL, until } from './support.ts';

let bystander: ChildProcess | undefined;

afterEach(() => {
  bystander?.kill('SIGKILL');
  bystander = undefined;
});

/** A process that has nothing to do with us but has got the pid of one of our former servers. */
function startBystander(): number {
  bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  return bystander.pid as number;
}

describe('a pid that has passed to another program', () => {
  test('is left alone when the state file names it', async () => {
    const home = makeHome();
    const pid = startBystander();
    const formerly = { pid, startMark: `${identifyProcess(pid)?.startMark} but earlier` };
    writeFileSync(join(home, 'postgres.json'), JSON.stringify({ process: formerly }));

    await start({ home, temporalAddress: UNUSED_TEMPORAL });

    expect(isAlive(pid)).toBe(true);
  });

  test('is left alone when PostgreSQL’s pid file names it, and does not keep PostgreSQL from starting', async () => {
    const home = makeHome();
    const first = await start({ home, temporalAddress: UNUSED_TEMPORAL });
    const pidFile = join(home, 'postgres', 'postmaster.pid');
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    const server = pidOf(home, 'postgres');
    process.kill(server, 'SIGKILL');
    await until(() => !isAlive(server), 'PostgreSQL is dead');
    await first.stop();
    const pid = startBystander();
    writeFileSync(pidFile, [pid, ...rest].join('\n'));

    const second = await start({ home, temporalAddress: UNUSED_TEMPORAL });

    expect(isAlive(pid)).toBe(true);
    expect(await query(second.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a left-over PostgreSQL', () => {
  test('that the state file has forgotten is found by its own pid file and shut down', async () => {
    const home = makeHome();
    const first = await start({ home, temporalAddress: UNUSED_TEMPORAL });
    const pid = pidOf(home, 'postgres');
    // As after a kill -9 of the starter: the lock is free and the server runs, but the state file is lost.
    writeFileSync(join(home, 'lock', '1000'), '{}');
    writeFileSync(join(home, 'postgres.json'), '');

    const second = await start({ home, temporalAddress: UNUSED_TEMPORAL });

    expect(isAlive(pid)).toBe(false);
    await expect(first.failed).rejects.toThrow('fast shutdown request');
    expect(await query(second.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('creation that was cut off does not pass for a database', async () => {
    const home = makeHome();
    mkdirSync(join(home, 'postgres.unfinished-abc', 'base'), { recursive: true });

    const servers = await start({ home, temporalAddress: UNUSED_TEMPORAL });

    expect(await query(servers.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

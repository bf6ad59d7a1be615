import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isAlive, makeHome, pidOf, query, start, UNUSED_DATABASE, UNUSED_TEMPORAL, until } from './support.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function withTemporal<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Leaves a row in PostgreSQL and a workflow (no worker ever runs it) in Temporal. */
async function leaveTraces(servers: { databaseUrl: string; temporalAddress: string }): Promise<void> {
  await query(servers.databaseUrl, 'create table trace (note text); insert into trace values ($$kept$$)');
  await withTemporal(servers.temporalAddress, (client) =>
    client.workflow.start('neverRun', { taskQueue: 'nobody', workflowId: 'trace' }),
  );
}

async function expectTraces(servers: { databaseUrl: string; temporalAddress: string }): Promise<void> {
  expect(await query(servers.databaseUrl, 'select note from trace')).toEqual([{ note: 'kept' }]);
  const workflow = await withTemporal(servers.temporalAddress, (client) =>
    client.workflow.getHandle('trace').describe(),
  );
  expect(workflow.status.name).toBe('RUNNING');
}

async function startInOtherProcess(
  home: string,
): Promise<{ child: ChildProcess; databaseUrl: string; temporalAddress: string }> {
  const script = join(import.meta.dirname, 'run-servers.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return { child, ...JSON.parse(line) };
  }
  throw new Error('The other process ended without starting its servers');
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('data', () => {
  test('survives a stop and a start, at the same addresses', async () => {
    const home = makeHome();
    const first = await start({ home });
    await leaveTraces(first);
    await first.stop();

    const second = await start({ home });

    await expectTraces(second);
    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(second.temporalAddress).toBe(first.temporalAddress);
    expect(second.temporalUiUrl).toBe(first.temporalUiUrl);
  });

  test('survives kill -9 of the process that started the servers, and the servers it left behind are ended', async () => {
    const home = makeHome();
    const killed = await startInOtherProcess(home);
    await leaveTraces(killed);
    const left = [pidOf(home, 'postgres'), pidOf(home, 'temporal')];
    await kill(killed.child);
    expect(left.map(isAlive)).toEqual([true, true]);

    const servers = await start({ home });

    expect(left.map(isAlive)).toEqual([false, false]);
    await expectTraces(servers);
  });

  test('survives kill -9 of everything', async () => {
    const home = makeHome();
    const killed = await startInOtherProcess(home);
    await leaveTraces(killed);
    const left = [pidOf(home, 'postgres'), pidOf(home, 'temporal')];
    await kill(killed.child);
    for (const pid of left) process.kill(pid, 'SIGKILL');

    await expectTraces(await start({ home }));
  });
});

describe('one home', () => {
  test('is refused to a second start, naming the process that has it', async () => {
    const home = makeHome();
    const first = await start({ home, temporalAddress: UNUSED_TEMPORAL });

    await expect(start({ home })).rejects.toThrow(`already running on ${home}: process ${process.pid}`);

    expect(await query(first.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('runs beside another home', async () => {
    const [one, other] = await Promise.all([start({ home: makeHome() }), start({ home: makeHome() })]);

    await leaveTraces(one);
    await leaveTraces(other);

    expect(one.databaseUrl).not.toBe(other.databaseUrl);
    expect(one.temporalAddress).not.toBe(other.temporalAddress);
  });

  test('is neither needed nor touched when both servers are given', async () => {
    const home = join(makeHome(), 'unused');

    const servers = await start({ home, databaseUrl: UNUSED_DATABASE, temporalAddress: UNUSED_TEMPORAL });

    expect(servers).toMatchObject({ databaseUrl: UNUSED_DATABASE, temporalAddress: UNUSED_TEMPORAL });
    expect(existsSync(home)).toBe(false);
  });
});

describe('ports', () => {
  test('that have been taken since the last start are avoided', async () => {
    const home = makeHome();
    const first = await start({ home, temporalAddress: UNUSED_TEMPORAL });
    await first.stop();
    const port = Number(new URL(first.databaseUrl).port);
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const second = await start({ home, temporalAddress: UNUSED_TEMPORAL });

      expect(Number(new URL(second.databaseUrl).port)).not.toBe(port);
      expect(await query(second.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      squatter.close();
    }
  });

  test('are open on the loopback interface only', async () => {
    const servers = await start({ home: makeHome() });
    const ports = [new URL(servers.databaseUrl).port, servers.temporalAddress.split(':')[1]].map(Number);

    // The whole of 127/8 is this machine: an address of it that is not 127.0.0.1 reaches only what listens on all.
    for (const port of ports) await expect(once(connect(port, '127.0.0.2'), 'connect')).rejects.toThrow();
  });
});

describe('stop', () => {
  test('leaves no process, and may be called twice', async () => {
    const home = makeHome();
    const servers = await start({ home });
    const pids = [pidOf(home, 'postgres'), pidOf(home, 'temporal')];

    await Promise.all([servers.stop(), servers.stop()]);
    await servers.stop();

    expect(pids.map(isAlive)).toEqual([false, false]);
  });
});

describe('a home removed while a server runs', () => {
  test('does not keep stop from ending it', async () => {
    const home = makeHome();
    const servers = await start({ home, temporalAddress: UNUSED_TEMPORAL });
    const pid = pidOf(home, 'postgres');
    rmSync(home, { recursive: true });

    await servers.stop();

    expect(isAlive(pid)).toBe(false);
  });
});

describe('a server that dies', () => {
  test('is reported with its last log lines', async () => {
    const home = makeHome();
    const servers = await start({ home, temporalAddress: UNUSED_TEMPORAL });

    process.kill(pidOf(home, 'postgres'), 'SIGQUIT');

    await expect(servers.failed).rejects.toThrow(/PostgreSQL .* ended unexpectedly.*immediate shutdown request/s);
  });

  test('while starting ends the start, the other server and the lock', async () => {
    const home = makeHome();
    const broken = join(home, 'broken-temporal');
    const script = '#!/bin/sh\n[ "$1" = --version ] && echo "temporal version 0" || { echo "out of order"; exit 3; }\n';
    writeFileSync(broken, script, { mode: 0o755 });
    vi.stubEnv('TEMPORAL_CLI_PATH', broken);

    await expect(start({ home })).rejects.toThrow(/Temporal .* exit code 3\. .*temporal\.log:\n {2}out of order/);

    expect(JSON.parse(readFileSync(join(home, 'postgres.json'), 'utf8'))).not.toHaveProperty('process');
    await start({ home, temporalAddress: UNUSED_TEMPORAL });
  });
});

describe('a start', () => {
  test('can be refused once the home is its own, before any server is started', async () => {
    const home = makeHome();
    const beforeStart = async () => {
      expect(existsSync(join(home, 'lock'))).toBe(true);
      throw new Error('Not today');
    };

    await expect(start({ home, beforeStart })).rejects.toThrow('Not today');

    for (const server of ['postgres', 'temporal']) expect(existsSync(join(home, `${server}.json`))).toBe(false);
    await start({ home, temporalAddress: UNUSED_TEMPORAL });
  });

  test('can be given up halfway and leaves no process', async () => {
    const home = makeHome();
    const giveUp = new AbortController();
    const starting = start({ home, signal: giveUp.signal });
    starting.catch(() => {});
    await until(() => existsSync(join(home, 'temporal.json')), 'Temporal is being started');
    giveUp.abort(new Error('Interrupted'));

    await expect(starting).rejects.toThrow('Interrupted');

    expect(JSON.parse(readFileSync(join(home, 'temporal.json'), 'utf8'))).not.toHaveProperty('process');
  });
});

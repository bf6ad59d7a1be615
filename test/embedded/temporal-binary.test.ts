import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTemporalBinary } from '../../src/embedded/temporal-binary.ts';
import { type BinarySource, TEMPORAL_VERSION } from '../../src/embedded/temporal-download.ts';
import { makeHome } from './support.ts';

const CACHED = `temporal-${TEMPORAL_VERSION}`;

function writeProgram(path: string, prints = 'temporal version 9.9.9'): string {
  writeFileSync(path, `#!/bin/sh\necho "${prints}"\n`);
  chmodSync(path, 0o755);
  return path;
}

const unreachable: BinarySource = {
  name: 'nowhere',
  fetchInto: () => Promise.reject(new Error('it cannot be reached')),
};

const working: BinarySource = {
  name: 'somewhere',
  fetchInto: async (folder) => writeProgram(join(folder, 'temporal')),
};

const breakingOff: BinarySource = {
  name: 'far away',
  async fetchInto(folder) {
    writeProgram(join(folder, 'temporal'));
    throw new Error('the connection was lost');
  },
};

/** A machine without Temporal: nothing on PATH, nothing cached, no way to download. */
function emptyMachine() {
  const home = makeHome();
  const cache = join(home, 'user-cache');
  const env: NodeJS.ProcessEnv = { PATH: join(home, 'bin'), XDG_CACHE_HOME: cache };
  mkdirSync(join(home, 'bin'));
  return { home, env, cache: join(cache, 'tranche'), log: () => {}, sources: [unreachable] };
}

describe('without a Temporal server program', () => {
  test('the error lists every way that was tried and what can be done', async () => {
    const machine = emptyMachine();

    const error = await findTemporalBinary(machine).catch((reason: Error) => reason.message);

    expect(error).toContain('1. TEMPORAL_CLI_PATH: not set');
    expect(error).toContain('2. "temporal" on PATH: not found');
    expect(error).toContain(`3. copy of an earlier download: none in ${machine.cache}`);
    expect(error).toContain('4. nowhere: it cannot be reached');
    expect(error).toContain('install the Temporal CLI');
    expect(error).toContain('set TEMPORAL_CLI_PATH to the path of the program');
    expect(error).toContain('set TEMPORAL_ADDRESS');
  });

  test('the next source is asked when one fails, and its program is kept for the next start', async () => {
    const machine = emptyMachine();

    const found = await findTemporalBinary({ ...machine, sources: [unreachable, working] });

    expect(found).toBe(join(machine.cache, CACHED));
    expect(await findTemporalBinary(machine)).toBe(found);
  });

  test('two instances that download at the same time both get the program', async () => {
    const machine = { ...emptyMachine(), sources: [working] };

    const found = await Promise.all([findTemporalBinary(machine), findTemporalBinary(machine)]);

    expect(new Set(found)).toEqual(new Set([join(machine.cache, CACHED)]));
  });

  test('the download goes to the home when the user has no writable cache', async () => {
    const machine = { ...emptyMachine(), sources: [working] };
    const file = join(machine.home, 'a-file');
    writeFileSync(file, '');

    const found = await findTemporalBinary({ ...machine, env: { ...machine.env, XDG_CACHE_HOME: file } });

    expect(found).toBe(join(machine.home, 'cache', CACHED));
  });
});

describe('a partial download', () => {
  test('is not used and not kept when it breaks off', async () => {
    const machine = { ...emptyMachine(), sources: [breakingOff] };

    await expect(findTemporalBinary(machine)).rejects.toThrow('far away: the connection was lost');

    expect(readdirSync(machine.cache)).toEqual([]);
  });

  test('is not used when the process was killed in the middle of it', async () => {
    const machine = emptyMachine();
    mkdirSync(join(machine.cache, 'partial-abc'), { recursive: true });
    writeProgram(join(machine.cache, 'partial-abc', 'temporal'));

    await expect(findTemporalBinary(machine)).rejects.toThrow('none in');
  });

  test('that is complete but does not run is refused', async () => {
    const broken: BinarySource = {
      name: 'broken',
      fetchInto: async (folder) => writeProgram(join(folder, 'temporal'), 'something else'),
    };

    await expect(findTemporalBinary({ ...emptyMachine(), sources: [broken] })).rejects.toThrow('does not run here');
  });
});

describe('a program of the user', () => {
  test('named by TEMPORAL_CLI_PATH is used before all others', async () => {
    const machine = emptyMachine();
    writeProgram(join(machine.home, 'bin', 'temporal'));
    const mine = writeProgram(join(machine.home, 'my-temporal'));

    expect(await findTemporalBinary({ ...machine, env: { ...machine.env, TEMPORAL_CLI_PATH: mine } })).toBe(mine);
  });

  test('named wrongly by TEMPORAL_CLI_PATH is an error, not passed over', async () => {
    const machine = { ...emptyMachine(), sources: [working] };
    const env = { ...machine.env, TEMPORAL_CLI_PATH: '/no/such/temporal' };

    await expect(findTemporalBinary({ ...machine, env })).rejects.toThrow(
      'TEMPORAL_CLI_PATH is set to /no/such/temporal',
    );
  });

  test('on PATH is used, unless it is a stand-in that does not run', async () => {
    const machine = emptyMachine();
    const shims = join(machine.home, 'shims');
    mkdirSync(shims);
    writeProgram(join(shims, 'temporal'), 'command not found in this version');
    const real = writeProgram(join(machine.home, 'bin', 'temporal'));

    const env = { ...machine.env, PATH: `${shims}:${join(machine.home, 'bin')}` };
    expect(await findTemporalBinary({ ...machine, env })).toBe(real);
  });
});

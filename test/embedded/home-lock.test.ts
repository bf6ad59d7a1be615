import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { prepareHome } from '../../src/embedded/files.ts';
import { takeHomeLock } from '../../src/embedded/home-lock.ts';
import { makeHome } from './support.ts';

const LOCK_MODULE = join(import.meta.dirname, '..', '..', 'src', 'embedded', 'home-lock.ts');

/** Takes the lock at a given instant in a process of its own and keeps it for a second. */
async function takeInOtherProcess(home: string, startAt: number): Promise<'taken' | 'refused'> {
  const script = `
    const { takeHomeLock } = await import(${JSON.stringify(LOCK_MODULE)});
    while (Date.now() < ${startAt});
    try { takeHomeLock(${JSON.stringify(home)}); console.log('taken'); setTimeout(() => {}, 1000); }
    catch (error) { console.log(error.message.includes('already running') ? 'refused' : error); }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    script,
  ]);
  return stdout.trim() as 'taken' | 'refused';
}

test('of many processes that start at the same instant on a home with a stale lock, exactly one gets it', async () => {
  const home = prepareHome(makeHome());
  writeFileSync(join(home, 'lock', '7'), JSON.stringify({ pid: process.pid, startMark: 'another process' }));
  const startAt = Date.now() + 1_500;

  const outcomes = await Promise.all(Array.from({ length: 6 }, () => takeInOtherProcess(home, startAt)));

  expect(outcomes.sort()).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'taken']);
});

test('a released home can be taken again by the same process', () => {
  const home = prepareHome(makeHome());
  const lock = takeHomeLock(home);
  expect(() => takeHomeLock(home)).toThrow(`process ${process.pid}`);

  lock.release();

  takeHomeLock(home);
});

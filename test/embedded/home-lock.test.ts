import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { prepareHome } from '../../src/embedded/files.ts';
import { takeHomeLock } from '../../src/embedded/home-lock.ts';
import { makeHome } from './support.ts';

/** A process of its own that says "ready", takes the lock when told to, says how that went, and stays until told. */
function startContender(home: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'contend-for-lock.ts'), home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value as string;
  return { nextLine, takeLock: () => child.stdin.write('go\n'), leave: () => child.stdin.end() };
}

test('of many processes that start at the same instant on a home with a stale lock, exactly one gets it', async () => {
  const home = prepareHome(makeHome());
  writeFileSync(join(home, 'lock', '7'), JSON.stringify({ pid: process.pid, startMark: 'another process' }));
  const contenders = Array.from({ length: 6 }, () => startContender(home));
  try {
    await Promise.all(contenders.map((contender) => contender.nextLine()));
    for (const contender of contenders) contender.takeLock();

    const outcomes = await Promise.all(contenders.map((contender) => contender.nextLine()));

    expect(outcomes.sort()).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'taken']);
  } finally {
    for (const contender of contenders) contender.leave();
  }
});

test('a released home can be taken again by the same process', () => {
  const home = prepareHome(makeHome());
  const lock = takeHomeLock(home);
  expect(() => takeHomeLock(home)).toThrow(`process ${process.pid}`);

  lock.release();

  expect(() => takeHomeLock(home)).not.toThrow();
});

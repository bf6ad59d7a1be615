import { existsSync, linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeFileAtomically } from './files.ts';
import { identifyProcess, isStillRunning, type ProcessIdentity } from './process-identity.ts';

/** The right to start and end the servers of one home; held by one process at a time. */
export type HomeLock = {
  /** Lets the next process have the home. Without it the lock frees itself when this process ends. */
  release(): void;
};

/** What a claim file holds; an empty object once it has been released. */
type Claim = Partial<ProcessIdentity> & { since?: string };

/**
 * Takes the lock of a prepared home.
 *
 * Every holder writes a claim `lock/<n>`, one higher than the newest, and the newest claim is the truth. The newest is
 * never removed, only overtaken, since "remove the stale lock, then create mine" lets two starters that both saw the
 * stale one remove each other's fresh lock and run side by side on the same data.
 *
 * The lock sees processes, so two containers which share a home but not their process tables are beyond it.
 *
 * @throws Error naming the pid when a live process holds the lock.
 */
export function takeHomeLock(home: string): HomeLock {
  const folder = join(home, 'lock');
  for (;;) {
    const newest = newestClaim(folder);
    refuseIfHeld(home, readJson(join(folder, String(newest))) as Claim | undefined);

    const mine = join(folder, String(newest + 1));
    if (!createClaim(mine)) continue;
    if (newestClaim(folder) !== newest + 1) {
      // We were slow: others have held and released the lock since we looked, and the number we took was cleared away.
      rmSync(mine, { force: true });
      continue;
    }
    for (const older of claims(folder).filter((n) => n <= newest)) rmSync(join(folder, String(older)), { force: true });
    // A home that was removed while we had it has no lock to release.
    return { release: () => existsSync(folder) && writeFileAtomically(mine, '{}') };
  }
}

function refuseIfHeld(home: string, claim: Claim | undefined): void {
  if (claim?.pid === undefined || claim.startMark === undefined) return;
  if (!isStillRunning({ pid: claim.pid, startMark: claim.startMark })) return;
  throw new Error(
    `Tranche is already running on ${home}: process ${claim.pid}, since ${claim.since}. ` +
      `Stop it first ("kill ${claim.pid}"), or start this one on another folder with TRANCHE_HOME.`,
  );
}

/** Creates a claim with its content in one step, so that no one reads it half-written; false when the number is taken. */
function createClaim(path: string): boolean {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('Cannot read the start time of this process (needs /proc, or `ps`).');
  const claim: Claim = { ...identity, since: new Date().toISOString() };
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(claim), { mode: 0o600 });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function claims(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function newestClaim(folder: string): number {
  return Math.max(0, ...claims(folder));
}

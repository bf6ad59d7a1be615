import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** The user as which PostgreSQL runs; no ids mean the user of this process. */
export type ServerAccount = { name?: string; uid?: number; gid?: number };

/** Name that PostgreSQL's own packages use for its user on every Linux distribution. */
const USER = 'postgres';

/**
 * PostgreSQL refuses to run as root. For root this is the system's user `postgres`, which is created when it is missing
 * (initdb insists on an entry in the user database, so a bare unused uid would not do).
 *
 * @throws Error when this process is root and no such user can be found or created.
 */
export async function serverAccount(log: (line: string) => void): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  const existing = await lookUpUser();
  if (existing !== undefined) return existing;
  try {
    log(`Creating the system user "${USER}", as PostgreSQL refuses to run as root`);
    await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]);
  } catch (error) {
    // Two first starts at once: the other one has created it.
    const createdByOther = await lookUpUser();
    if (createdByOther !== undefined) return createdByOther;
    throw new Error(
      `PostgreSQL refuses to run as root, and the system user "${USER}" could not be created: ` +
        `${(error as Error).message}. Create that user, start as a normal user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  return (await lookUpUser()) ?? {};
}

async function lookUpUser(): Promise<Required<ServerAccount> | undefined> {
  try {
    const [uid, gid] = await Promise.all([runCommand('id', ['-u', USER]), runCommand('id', ['-g', USER])]);
    return { name: USER, uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

/** Hands a file or folder to the account; nothing to do when the account is our own user. */
export function giveTo(account: ServerAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** The spawn options that make a child run as the account. */
export function asAccount({ uid, gid }: ServerAccount): { uid?: number; gid?: number } {
  return uid === undefined || gid === undefined ? {} : { uid, gid };
}

/** Whether the account can get to a folder, through all its parents. */
export async function canReach(folder: string, account: ServerAccount): Promise<boolean> {
  try {
    await runCommand('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', ...asAccount(account) });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the account can own and fill a folder inside `parent`. This is tried out rather than computed from mode
 * bits: access lists, mount options and security modules have a say, too.
 */
export async function canKeepFilesIn(parent: string, account: ServerAccount): Promise<boolean> {
  const trial = mkdtempSync(join(parent, 'access-trial-'));
  try {
    chmodSync(trial, 0o700);
    giveTo(account, trial);
    await runCommand('/bin/sh', ['-c', ': > "$1/file"', 'sh', trial], { cwd: '/', ...asAccount(account) });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

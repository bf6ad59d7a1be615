import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeTraversable, writeFileAtomically } from './files.ts';
import { asAccount, canKeepFilesIn, canReach, giveTo, type ServerAccount } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runCommand } from './run-command.ts';

/** Superuser of the embedded cluster. */
export const SUPERUSER = 'postgres';

/** Where things of root's are kept that PostgreSQL's user must reach and the home's parents do not let it. */
export const SYSTEM_DIR = '/var/lib/tranche';

/**
 * The whole environment of PostgreSQL's programs, so that no PG… variable, language or time zone of the user changes
 * the cluster. initdb runs shell commands, hence a PATH.
 */
export const SERVER_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export type Cluster = { dataDir: string; password: string };

type ClusterOptions = { home: string; account: ServerAccount; log: (line: string) => void };

/**
 * Opens the database cluster of a home, creating it on the first start.
 *
 * The data lies in `<home>/postgres`. Only where that cannot work, since we are root and PostgreSQL's user cannot get
 * through a parent of the home (HOME=/root is closed to others on most systems), it lies below {@link SYSTEM_DIR} and
 * `<home>/postgres` is a link to it. /tmp would be the easier place, but systems empty it and the data must survive a
 * reboot; opening the parents would change the machine's protection behind its owner's back.
 *
 * @throws Error when the data is there but its password is not, or when it is not reachable any more.
 */
export async function openCluster(binaries: PostgresBinaries, options: ClusterOptions): Promise<Cluster> {
  const { home, account, log } = options;
  const link = join(home, 'postgres');
  if (account.uid !== undefined) makeTraversable(home);
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return openExisting(home, link, account);

  removeUnfinished(home);
  const parent = (await canKeepFilesIn(home, account)) ? home : createSystemFolder(home, log);
  const password = readPassword(home) ?? createPassword(home);
  const dataDir = join(parent, 'postgres');
  await createCluster(binaries, dataDir, password, account);
  if (parent !== home) symlinkSync(dataDir, link);
  return { dataDir, password };
}

async function openExisting(home: string, link: string, account: ServerAccount): Promise<Cluster> {
  const password = readPassword(home);
  if (password === undefined) {
    throw new Error(
      `${passwordPath(home)} is missing, and without it the database in ${link} cannot be opened. ` +
        `Put the file back, or remove ${link} to begin with an empty database.`,
    );
  }
  const dataDir = realDataDir(link);
  if (account.uid !== undefined && !(await canReach(dataDir, account))) {
    throw new Error(
      `PostgreSQL runs as the user ${account.name}, who cannot reach the database in ${dataDir}. ` +
        'Move the data folder to where other users may pass, or let them pass through its parents ("chmod o+x").',
    );
  }
  return { dataDir, password };
}

function realDataDir(link: string): string {
  try {
    return realpathSync(link);
  } catch (error) {
    throw new Error(
      `${link} points to a folder that is gone: ${(error as Error).message}. ` +
        'Put the folder back, or remove the link to begin with an empty database.',
      { cause: error },
    );
  }
}

/** The folder's random name keeps a new home at an old path from meeting the data of a home that was removed. */
function createSystemFolder(home: string, log: (line: string) => void): string {
  mkdirSync(SYSTEM_DIR, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(join(SYSTEM_DIR, `${basename(home).replaceAll(/[^\w-]/g, '')}-`));
  makeTraversable(folder);
  log(
    `PostgreSQL's user cannot reach ${home}: the database is kept in ${folder}, linked from ${join(home, 'postgres')}`,
  );
  return folder;
}

/**
 * Creates the cluster under another name and renames it when it is complete, so that a start which is killed halfway
 * leaves nothing that looks like a database. initdb syncs what it writes (0.2 s): skipping that would leave files which
 * no later checkpoint ever syncs, and a power failure minutes after the first start could then damage the cluster.
 */
async function createCluster(
  { initdb }: PostgresBinaries,
  dataDir: string,
  password: string,
  account: ServerAccount,
): Promise<void> {
  const unfinished = mkdtempSync(`${dataDir}.unfinished-`);
  giveTo(account, unfinished);
  const passwordFile = `${unfinished}.pw`;
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(account, passwordFile);
    // The built-in C.UTF-8 locale sorts alike on every system and release; with the system's locales an upgrade of
    // libc can change the order of text and with it corrupt indexes.
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
    const auth = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
    await runCommand(initdb, [`--pgdata=${unfinished}`, ...auth, ...locale], {
      cwd: '/',
      env: SERVER_ENV,
      ...asAccount(account),
    });
    renameSync(unfinished, dataDir);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`The PostgreSQL cluster in ${dirname(dataDir)} could not be created. ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function removeUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    if (name.startsWith('postgres.unfinished-')) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function passwordPath(home: string): string {
  return join(home, 'postgres.password');
}

function createPassword(home: string): string {
  const password = randomBytes(24).toString('hex');
  writeFileAtomically(passwordPath(home), password);
  return password;
}

function readPassword(home: string): string | undefined {
  const path = passwordPath(home);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

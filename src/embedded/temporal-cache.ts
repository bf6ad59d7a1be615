import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BinarySource, TEMPORAL_VERSION } from './temporal-download.ts';
import { isExecutable, whyNotTemporal } from './temporal-program.ts';

const CACHED_NAME = `temporal-${TEMPORAL_VERSION}`;
const PARTIAL_PREFIX = 'partial-';

/** A download folder untouched for this long belongs to a process that was killed, not to one still at work. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * The folders in which a download may lie: the user's cache, which all instances share, then the home, for users
 * without a writable HOME.
 *
 * @param env read for XDG_CACHE_HOME and HOME.
 */
export function cacheFolders(home: string, env: NodeJS.ProcessEnv): string[] {
  const { XDG_CACHE_HOME, HOME } = env;
  const userCache = XDG_CACHE_HOME || join(HOME || homedir(), '.cache');
  return [join(resolve(userCache), 'tranche'), join(home, 'cache')];
}

/** The program of an earlier download. It is not tried out again: only what proved to run gets this name. */
export function findCached(folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, CACHED_NAME)).find(isExecutable);
}

/**
 * Fetches the program from a source into the first of `folders` that can be written.
 *
 * The source works in a folder of its own, and the program is renamed into place once it has proved to run. A download
 * that was cut off is therefore never found, and two instances downloading at once merely do the same work twice.
 *
 * @returns the path of the program.
 * @throws Error when no folder can be written or the source fails.
 */
export async function download(
  source: BinarySource,
  folders: readonly string[],
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const folder = writableFolder(folders);
  removeAbandoned(folder);
  const partial = mkdtempSync(join(folder, PARTIAL_PREFIX));
  try {
    const fetched = await source.fetchInto(partial, log, signal);
    chmodSync(fetched, 0o755);
    const problem = await whyNotTemporal(fetched);
    if (problem !== undefined) throw new Error(`what was downloaded does not run here: ${problem}`);
    syncToDisk(fetched);
    const target = join(folder, CACHED_NAME);
    renameSync(fetched, target);
    log(`Temporal from ${source.name}: kept as ${target}`);
    return target;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function writableFolder(folders: readonly string[]): string {
  const problems: string[] = [];
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK | constants.X_OK);
      return folder;
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new Error(`no folder to download to can be written: ${problems.join('; ')}`);
}

function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PARTIAL_PREFIX))) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Without this a power failure after the rename could leave a file of the right name with holes in it. */
function syncToDisk(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

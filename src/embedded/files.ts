import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Creates the folder in which an instance keeps its servers' data, logs, ports and password, unless it exists.
 *
 * @param home path of the folder, absolute or relative to the working directory.
 * @returns its absolute path without symbolic links: servers are recognised by the path they were started with.
 * @throws Error when it cannot be created or written to.
 */
export function prepareHome(home: string): string {
  const path = resolve(home);
  try {
    // Traversable for others, as PostgreSQL may have to run as another user, but not listable; what is secret in it
    // has a mode of its own.
    mkdirSync(path, { recursive: true, mode: 0o711 });
    for (const folder of ['logs', 'temporal', 'lock']) mkdirSync(join(path, folder), { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The data folder ${path} cannot be used: ${(error as Error).message}. ` +
        'Choose a folder you can write to with TRANCHE_HOME.',
      { cause: error },
    );
  }
  return realpathSync(path);
}

/** Adds the permission to pass through a folder, leaving its other mode bits alone. */
export function makeTraversable(folder: string): void {
  const { mode } = statSync(folder);
  if ((mode & 0o011) !== 0o011) chmodSync(folder, (mode & 0o7777) | 0o011);
}

/** Replaces a file as a whole: a reader, or the next start after a crash, sees the old content or the new one. */
export function writeFileAtomically(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}

/** The parsed JSON of a file, or undefined when it is missing or not JSON (for instance cut off by a power failure). */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

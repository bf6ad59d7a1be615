import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { setAside, tellsOfDamage } from './damaged-file.ts';
import { prepareHome } from './files.ts';
import { acceptsConnections, choosePort } from './ports.ts';
import type { EndStep } from './process-identity.ts';
import { ServerProcess } from './server-process.ts';
import { ServerState } from './server-state.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { prepareNamespace } from './temporal-namespace.ts';

export type EmbeddedTemporal = {
  /** host:port of the gRPC API. */
  address: string;
  /** Address of Temporal's web interface. */
  uiUrl: string;
  /** Rejects when Temporal ends without having been asked to; never resolves. */
  failed: Promise<never>;
  /** Ends Temporal. Takes 7 s at most; further calls wait for the first one. */
  stop(): Promise<void>;
};

const DATABASE_NAME = 'temporal.db';
const READY_TIMEOUT_MS = 30_000;

/** The server drains for 2 to 3 s. If it must be killed its SQLite file stays sound, thanks to the write-ahead log. */
const STOP_STEPS: readonly EndStep[] = [
  { signal: 'SIGINT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

export type TemporalOptions = {
  home: string;
  log: (line: string) => void;
  /** Namespace to create and to keep histories in; "default" unless given. */
  namespace?: string | undefined;
  /** Further namespaces, of the same kind. */
  otherNamespaces?: readonly string[] | undefined;
  /** Dynamic configuration of the server, added to ours and overriding it, for instance to shorten a limit in a test. */
  dynamicConfig?: Readonly<Record<string, string | number | boolean>> | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * Starts the Temporal development server of a home and waits until its namespace can be used. Data lies in
 * `<home>/temporal/temporal.db`, the output in `<home>/logs/temporal.log`. The program is found or downloaded, see
 * {@link findTemporalBinary}. A server that an earlier run left behind is ended first; the ports of the last start are
 * taken again when they are free. A database file that is damaged is moved aside, and a new one takes its place.
 *
 * The caller must hold the home's lock (see `startServers`): a "left-over" server could otherwise be another's.
 *
 * @throws Error saying what to do when there is no program, or with its last log lines when it does not get ready.
 */
export async function startEmbeddedTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const { log, signal, namespace = 'default', otherNamespaces = [], dynamicConfig = {} } = options;
  const namespaces = [...new Set([namespace, ...otherNamespaces])];
  const home = prepareHome(options.home);
  const binary = await findTemporalBinary({ home, log, env: process.env, signal });
  const state = new ServerState<'grpc' | 'ui'>(join(home, 'temporal.json'));
  await state.endLeftOver('Temporal', STOP_STEPS, log);

  const grpc = await choosePort(state.ports.grpc);
  const ui = await choosePort(state.ports.ui, [grpc]);
  state.rememberPorts({ grpc, ui });
  signal?.throwIfAborted();
  const folder = join(home, 'temporal');
  const run = async (): Promise<ServerProcess> => {
    const server = await ServerProcess.spawn({
      name: 'Temporal',
      file: binary,
      args: serverArguments({ grpc, ui, namespaces, dynamicConfig }),
      // Its HOME is a folder of ours: a configuration file of the CLI in the user's HOME could change the server.
      env: { HOME: folder },
      cwd: folder,
      logPath: join(home, 'logs', 'temporal.log'),
      stopSteps: STOP_STEPS,
      state,
    });
    try {
      await server.waitUntilReady(
        async () => (await acceptsConnections(grpc)) && namespacesAreReady(address, namespaces),
        READY_TIMEOUT_MS,
        signal,
      );
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  };
  const address = `127.0.0.1:${grpc}`;
  const server = await run().catch((error: unknown) => {
    const file = join(folder, DATABASE_NAME);
    if (!tellsOfDamage(error) || !existsSync(file)) throw error;
    log(
      `Temporal's database is damaged. It lies at ${setAside(file)} now, and a new one takes its place: orders go on.`,
    );
    return run();
  });
  return { address, uiUrl: `http://127.0.0.1:${ui}`, failed: server.failed, stop: () => server.stop() };
}

/**
 * Request limits far above what one machine reaches. The server's own (2400 requests per second in all and per
 * namespace, 10 visibility requests) are meant to share a cluster fairly, and turn a burst of orders into retries.
 */
const LIMITS = {
  'frontend.rps': 100_000,
  'frontend.namespaceRPS': 100_000,
  'frontend.namespaceRPS.visibility': 1_000,
};

/** A workflow whose tasks fail twice in a row is found by TemporalReportedProblems; by default after five, in minutes. */
const PROBLEMS = { 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 2 };

/**
 * Histories begin anew after this many events, not after 4096. A worker that has not a workflow in memory replays all of
 * its history within one task, which may take five seconds, also on a busy machine.
 */
const HISTORIES = { 'limit.historyCount.suggestContinueAsNew': 1_000 };

function serverArguments(options: {
  grpc: number;
  ui: number;
  namespaces: readonly string[];
  dynamicConfig: Readonly<Record<string, string | number | boolean>>;
}): string[] {
  const { grpc, ui, namespaces } = options;
  // The ports of its HTTP API, metrics and inner services are free ones that the server chooses itself, on --ip too.
  const network = ['--ip', '127.0.0.1', '--port', String(grpc), '--ui-port', String(ui), '--ui-disable-news-fetch'];
  // With a write-ahead log and fewer syncs the file is as fast as memory, and still sound after a crash. What a power
  // failure can cost is the last moments of the workflow histories.
  const storage = [
    '--db-filename',
    // In the folder that it runs in. It reads this as a part of a URI: `%2F`, `#` and `?` of a path would be others.
    DATABASE_NAME,
    '--sqlite-pragma',
    'journal_mode=wal',
    '--sqlite-pragma',
    'synchronous=1',
  ];
  const values = Object.entries({ ...LIMITS, ...PROBLEMS, ...HISTORIES, ...options.dynamicConfig });
  const dynamic = values.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]);
  const named = namespaces.flatMap((namespace) => ['--namespace', namespace]);
  return ['server', 'start-dev', ...named, '--log-level', 'warn', ...network, ...storage, ...dynamic];
}

async function namespacesAreReady(address: string, namespaces: readonly string[]): Promise<boolean> {
  let connection: Connection;
  try {
    connection = await Connection.connect({
      address,
      connectTimeout: 1_000,
      // A proxy set for the outside world must not be asked for a server on this machine.
      channelArgs: { 'grpc.enable_http_proxy': 0 },
    });
  } catch {
    return false;
  }
  try {
    for (const namespace of namespaces) if (!(await prepareNamespace(connection, namespace))) return false;
    return true;
  } finally {
    await connection.close();
  }
}

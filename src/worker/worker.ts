/**
 * A worker: runs the workflows and their activities until it is told to stop.
 */
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { type ActivityDependencies, createActivities } from '../activities/index.ts';
import { StoredProofs } from '../proofs/stored-proofs.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { PAYLOAD_CONVERTER_PATH } from '../temporal/connection.ts';
import { ProofCodec } from '../temporal/proof-codec.ts';

const INTERCEPTORS_PATH = fileURLToPath(new URL('../workflows/interceptors.ts', import.meta.url));
const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/**
 * Loaded once a worker instead of once a workflow: a third of the memory. Only for modules that keep nothing between
 * calls, since all workflows share them; the SDK freezes what they export.
 */
const STATELESS_MODULES = [
  ...['propose', 'compact', 'deadlines', 'evolve', 'parse-command', 'payouts'].map((name) => `../domain/${name}.ts`),
  ...['messages', 'proofs', 'operator-page', 'operator-view', 'search-attributes', 'summaries'].map(
    (name) => `../workflows/${name}.ts`,
  ),
].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Workflows kept in memory between tasks. Each takes some tens of KiB; an evicted one replays its history. */
const MAX_CACHED_WORKFLOWS = 2_000;
const SHUTDOWN_GRACE = '5s';

let runtimeInstalled = false;

/** Temporal's native runtime, once a process. It must not stop workers by itself: the order of stopping is ours. */
export function installRuntime(log: Logger): void {
  if (runtimeInstalled) return;
  runtimeInstalled = true;
  // The SDK makes several entries a task, which is work even when nobody reads them.
  const level = log.isLevelEnabled('debug') ? 'DEBUG' : 'WARN';
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger(level, (entry) => writeSdkEntry(log, entry)) });
}

/** The SDK's "info" is about every poller and task: debugging for us. */
function writeSdkEntry(log: Logger, { level, message, meta }: LogEntry): void {
  if (level === 'ERROR') log.error(meta ?? {}, message);
  else if (level === 'WARN') log.warn(meta ?? {}, message);
  else log.debug(meta ?? {}, message);
}

/** Bundles the workflow code; takes a second or two. */
export function bundleWorkflows(log: Logger): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    workflowInterceptorModules: [INTERCEPTORS_PATH],
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    preloadModules: ['@temporalio/common', PAYLOAD_CONVERTER_PATH, ...STATELESS_MODULES],
    logger: new DefaultLogger('INFO', (entry) => writeSdkEntry(log, entry)),
  });
}

export interface RunningWorker {
  /** Rejects when the worker dies; resolves after {@link stop}. */
  readonly finished: Promise<void>;
  /** Takes no further tasks, finishes those under way, and closes the connection. */
  stop(): Promise<void>;
}

/**
 * Starts polling.
 *
 * @throws when Temporal cannot be reached, or the workflow bundle cannot be built
 */
export async function startWorker(
  deps: ActivityDependencies & {
    readonly temporalAddress: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly bundle?: { code: string };
    /** What commands are proven with. Default: nothing, and whatever arrives is believed. */
    readonly secretsKey?: SecretsKey | null;
  },
): Promise<RunningWorker> {
  installRuntime(deps.log);
  const bundle = deps.bundle ?? (await bundleWorkflows(deps.log));
  const connection = await connectNatively(deps.temporalAddress);
  const worker = await Worker.create({
    connection,
    namespace: deps.namespace,
    taskQueue: deps.taskQueue,
    workflowBundle: bundle,
    activities: createActivities({
      ...deps,
      requiresProof: Boolean(deps.secretsKey),
      proofs: deps.secretsKey ? new StoredProofs(deps.secretsKey) : null,
    }),
    dataConverter: {
      payloadConverterPath: PAYLOAD_CONVERTER_PATH,
      ...(deps.secretsKey && { payloadCodecs: [new ProofCodec(deps.secretsKey)] }),
    },
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 10 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 4 },
    // A dead worker's cached workflows go to another one after this long.
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: SHUTDOWN_GRACE,
  });
  return running(worker, connection);
}

/** A connection for one worker. */
export function connectNatively(address: string): Promise<NativeConnection> {
  return NativeConnection.connect({
    address,
    // Compressing on loopback or in one data centre costs more than it saves.
    grpcCompression: { codec: 'none' },
  });
}

/** Makes a worker poll. Its connection is closed with it. */
export function running(worker: Worker, connection: NativeConnection): RunningWorker {
  const finished = worker.run().finally(() => connection.close());
  // Whoever awaits `finished` gets the error; this keeps it from being unhandled until then.
  finished.catch(() => {});
  return {
    finished,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    },
  };
}

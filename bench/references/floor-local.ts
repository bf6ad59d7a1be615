/**
 * The floor: the least that Temporal needs to take a command durably and answer it from a worker. A signal, a loop,
 * an empty local activity, an answer within the process. No HTTP, no SQL, nothing decided.
 *
 * It is the limit that Tranche is held against, so it gets every advantage that keeps it the same thing: no
 * compression, no pollers for activities that it does not have, client, worker and load in one process.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowIdConflictPolicy } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type Load, runLoad } from '../load/loads.ts';
import type { Target } from '../load/target.ts';
import { ownCpuSeconds, readCpu, type ServerPids } from '../support/cpu.ts';
import { answerParent } from '../support/parent.ts';
import { WrongAnswer } from '../support/wrong-answer.ts';

const WORKFLOWS_PATH = fileURLToPath(new URL('./floor-local.workflow.ts', import.meta.url));
const ANSWER_TIMEOUT_MS = 30_000;

export interface FloorSettings {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly servers: ServerPids;
}

await main(JSON.parse(process.env.FLOOR_SETTINGS ?? '{}') as FloorSettings);

async function main({ temporalAddress, namespace, taskQueue, servers }: FloorSettings): Promise<void> {
  const logger = new DefaultLogger('WARN');
  Runtime.install({ shutdownSignals: [], logger });
  const waiters = new Map<string, () => void>();
  const connection = await NativeConnection.connect({ address: temporalAddress, grpcCompression: { codec: 'none' } });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH, logger }),
    activities: {
      async answer(commandIds: readonly string[]) {
        for (const id of commandIds) waiters.get(id)?.();
      },
    },
    enableNonLocalActivities: false,
    maxCachedWorkflows: 2_000,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 10 },
    stickyQueueScheduleToStartTimeout: '2s',
  });
  const finished = worker.run();
  const client = new Client({ connection: Connection.lazy({ address: temporalAddress }), namespace });
  const target = floorTarget(client, taskQueue, waiters);
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await finished;
    await Promise.all([client.connection.close(), connection.close()]);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  const readAll = async () => readCpu(ownCpuSeconds(), servers);
  answerParent({ ready: () => true, load: (load: Load) => runLoad(target, load, readAll) }, () => void stop());
}

/** Orders are workflow ids here. Commands are answered in the order of their sending, whatever their index. */
function floorTarget(client: Client, taskQueue: string, waiters: Map<string, () => void>): Target<string> {
  let orders = 0;
  let commands = 0;
  const answered = (commandId: string) =>
    new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        waiters.delete(commandId);
        end();
      };
      const timer = setTimeout(
        () => settle(() => reject(new WrongAnswer(`The floor did not answer ${commandId} in time`))),
        ANSWER_TIMEOUT_MS,
      );
      waiters.set(commandId, () => settle(resolve));
    });
  const send = async (workflowId: string): Promise<void> => {
    const commandId = `command-${++commands}`;
    const answer = answered(commandId);
    await client.workflow.signalWithStart('floor', {
      workflowId,
      taskQueue,
      signal: 'command',
      signalArgs: [commandId],
      workflowTaskTimeout: '5s',
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
    await answer;
  };
  return {
    async prepare(count) {
      const made = Array.from({ length: count }, () => `${taskQueue}/${++orders}`);
      await Promise.all(made.map(send));
      return made;
    },
    create: send,
  };
}

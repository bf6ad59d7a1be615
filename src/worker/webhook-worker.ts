/**
 * What delivers webhooks in a worker's process: a second Temporal worker, in the webhooks' own namespace, and the
 * dispatcher that tells endpoints. Whatever goes wrong with it is logged and tried again: orders do not wait for it.
 */
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WebhookSettings } from '../activities/webhook-attempt.ts';
import { startWebhookDispatcher } from '../activities/webhook-dispatcher.ts';
import { createWebhookActivities } from '../activities/webhooks.ts';
import type { Database } from '../db/client.ts';
import type { EventView } from '../db/events.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { PAYLOAD_CONVERTER_PATH } from '../temporal/connection.ts';
import { ensureNamespace } from '../temporal/namespace.ts';
import { createWebhookStarts } from '../temporal/webhook-starts.ts';
import { createResolve, type Resolve } from '../webhooks/addresses.ts';
import type { WebhookCounts } from '../webhooks/counts.ts';
import { bundleWorkflows, connectNatively, installRuntime, type RunningWorker, running } from './worker.ts';

export interface WebhookWorkerOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly client: Client;
  readonly temporalAddress: string;
  /** The webhooks' own. */
  readonly namespace: string;
  readonly taskQueue: string;
  readonly bundle?: { readonly code: string };
  readonly secretsKey: SecretsKey;
  readonly settings: WebhookSettings;
  readonly renderEvent: (view: EventView) => Promise<string>;
  /** Told of an endpoint whose address the service did not write. */
  readonly onUnproven: () => void;
  /** Default: asks name servers. */
  readonly resolve?: Resolve;
}

export interface WebhookWorker {
  readonly counts: Readonly<WebhookCounts>;
  /** Something was recorded just now. */
  hint(): void;
  stop(): Promise<void>;
}

const RESTART_MS = 5_000;
/** Each may take the ten seconds of a receiver that hangs, so that many of them are no reason for others to wait. */
const ACTIVITIES_AT_ONCE = 1_000;
const MAX_CACHED_WORKFLOWS = 500;
const SHUTDOWN_GRACE = '5s';

export function startWebhookWorker(options: WebhookWorkerOptions): WebhookWorker {
  const { db, log, taskQueue, namespace } = options;
  const counts: WebhookCounts = { delivered: 0, missed: 0, deadLetters: 0, disabled: 0 };
  const stopping = new AbortController();
  const client = new Client({ connection: options.client.connection, namespace });
  const dispatcher = startWebhookDispatcher({ db, log, starts: createWebhookStarts(client, taskQueue) });
  let worker: RunningWorker | null = null;
  const keepRunning = async () => {
    // A service without endpoints has no second worker.
    await dispatcher.needed;
    while (!stopping.signal.aborted) {
      try {
        worker = await startPolling(options, counts, stopping.signal);
        if (stopping.signal.aborted) await worker.stop();
        await worker.finished;
      } catch (error) {
        log.error({ err: error, namespace }, 'webhooks are not delivered, trying again');
        await pause(RESTART_MS, stopping.signal);
      }
    }
  };
  const finished = keepRunning();
  return {
    counts,
    hint: () => dispatcher.hint(),
    async stop() {
      stopping.abort();
      await dispatcher.stop();
      await worker?.stop().catch(() => {});
      await finished;
    },
  };
}

async function startPolling(
  options: WebhookWorkerOptions,
  counts: WebhookCounts,
  stopping: AbortSignal,
): Promise<RunningWorker> {
  const { db, log, secretsKey, settings, renderEvent, onUnproven, namespace, taskQueue } = options;
  installRuntime(log);
  const workflowBundle = options.bundle ?? (await bundleWorkflows(log));
  const connection = await connectNatively(options.temporalAddress);
  try {
    await ensureNamespace(connection, namespace);
    const worker = await Worker.create({
      ...{ connection, namespace, taskQueue, workflowBundle },
      activities: createWebhookActivities({
        ...{ db, log, secretsKey, settings, renderEvent, onUnproven, counts, stopping },
        resolve: options.resolve ?? createResolve(),
      }),
      dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
      maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
      maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
      workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
      activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
      stickyQueueScheduleToStartTimeout: '2s',
      shutdownGraceTime: SHUTDOWN_GRACE,
    });
    return running(worker, connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Resolves after `ms`, or when it is time to stop. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

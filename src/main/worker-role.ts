/**
 * The role of a worker: everything that records, pays, sweeps, verifies and delivers.
 */
import type { Logger } from 'pino';
import { proveApiKeysAnew } from '../activities/api-key-proving.ts';
import { type RunningSweeper, startSweeper } from '../activities/sweeper.ts';
import { resealSecrets } from '../activities/webhook-reseal.ts';
import { eventBody, eventObject } from '../api/event-view.ts';
import { connect, type Database } from '../db/client.ts';
import { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import type { SecretsKey } from '../secrets-key.ts';
import { createMockSettlement } from '../settlement/mock.ts';
import { settlementByMode } from '../settlement/ports.ts';
import { createPayoutStarts } from '../temporal/payout-starts.ts';
import { type RunningVerifier, startVerifier } from '../verify/running.ts';
import { RETRY_SCHEDULE_MS } from '../webhooks/schedule.ts';
import { startWebhookWorker } from '../worker/webhook-worker.ts';
import type { RunningWorker } from '../worker/worker.ts';
import { startWorker } from '../worker/worker.ts';
import type { Closing } from './closing.ts';
import type { Common } from './parts.ts';

const WEBHOOK_CONNECTIONS = 4;

/** What of it is counted and watched. */
export interface Work {
  readonly worker: RunningWorker;
  readonly webhooks: ReturnType<typeof startWebhooks> | null;
  readonly sweeper: RunningSweeper;
  readonly verifier: RunningVerifier | null;
}

/** Starts working. What it starts is ended by `closing`, all at the same time, because each part may take seconds. */
export async function startWork(common: Common, closing: Closing): Promise<Work> {
  const { options, db, client, signals, secretsKey, proofs, metrics, tracing, funding, searchAttributes } = common;
  const { config, databaseUrl, log } = options;
  const payouts = createPayoutStarts(client, config.TEMPORAL_TASK_QUEUE, options.payoutTries);
  common.onRecorded.push((entries) => payouts.startRecorded(entries));
  // An API starts while Temporal is away; a worker cannot, and should know the attributes before its first order.
  await searchAttributes.looked;
  const worker = await startWorker({
    ...{ db, log, tracing, signals, secretsKey },
    settlement: settlementByMode({ test: createMockSettlement(), live: null, ...options.settlement }),
    onRecorded: (entries) => {
      for (const tell of common.onRecorded) tell(entries);
    },
    isSearchable: searchAttributes.isUsable,
    onUnproven: metrics.unproven,
    temporalAddress: options.temporalAddress,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    ...(options.bundle && { bundle: options.bundle }),
    ...(options.afterCommit && { afterCommit: options.afterCommit }),
  });
  const retention = { commandDays: config.RETENTION_COMMAND_DAYS, deliveryDays: config.RETENTION_DELIVERY_DAYS };
  const sweeper = startSweeper({
    ...{ db, signals, log, payouts, funding, retention, proofs, onUnproven: metrics.unproven },
  });
  const webhooks = secretsKey && startWebhooks(common, secretsKey);
  if (webhooks) common.onRecorded.push(() => webhooks.hint());
  const interval = config.VERIFY_INTERVAL_MS;
  const verifier = interval > 0 ? startVerifier({ databaseUrl, log }, interval) : null;
  closing.add(async () => {
    // The sweeper sends to orders that this worker may be the one to take.
    await sweeper.stop();
    await Promise.all([worker.stop(), webhooks?.stop(), verifier?.stop()]);
  });
  return { worker, webhooks, sweeper, verifier };
}

/** With connections of their own: however much is to be delivered, commits do not wait for it. */
function startWebhooks({ options, client, admit, metrics, version }: Common, secretsKey: SecretsKey) {
  const { config, databaseUrl, temporalAddress, log, bundle, onQuery, resolve } = options;
  const applicationName = 'tranche-webhooks';
  const { db, close } = connect(databaseUrl, {
    ...{ max: WEBHOOK_CONNECTIONS, applicationName, admit },
    ...(onQuery && { onQuery }),
  });
  const worker = startWebhookWorker({
    ...{ db, log, client, temporalAddress, secretsKey, onUnproven: metrics.unproven },
    namespace: config.WEBHOOK_TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    settings: {
      scheduleMs: config.WEBHOOK_RETRY_SCHEDULE_MS ?? RETRY_SCHEDULE_MS,
      timeoutMs: config.WEBHOOK_TIMEOUT_MS,
      allowsPrivate: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES,
      userAgent: `Tranche/${version} (webhooks)`,
    },
    renderEvent: async (view) => eventBody(await eventObject(db, view)),
    ...(bundle && { bundle }),
    ...(resolve && { resolve }),
  });
  const resealed = secretsKey.previous ? reseal(db, secretsKey, log) : null;
  return {
    counts: worker.counts,
    hint: worker.hint,
    async stop() {
      await resealed;
      await worker.stop();
      await close();
    },
  };
}

async function reseal(db: Database, secretsKey: SecretsKey, log: Logger): Promise<void> {
  try {
    const endpoints = await resealSecrets(db, secretsKey);
    const apiKeys = await proveApiKeysAnew(db, new ApiKeyProofs(secretsKey));
    log.info(
      { endpoints, apiKeys },
      'no API key, address or secret of an endpoint needs SECRETS_KEY_PREVIOUS any more',
    );
  } catch (error) {
    log.error({ err: error }, 'could not make anew with SECRETS_KEY what is of the one before; a restart tries again');
  }
}

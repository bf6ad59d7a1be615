/**
 * Puts the parts together: an API, a worker, or both in one process. Nothing is decided here.
 */
import { readFileSync } from 'node:fs';
import { createServer as createServerOf } from 'node:http';
import { closeNow, listenForMetrics, portOf, requireFreePorts } from '../api/listening.ts';
import { createMetricsApp } from '../api/metrics-route.ts';
import { knownOpening } from '../api/openings.ts';
import type { OrderGateway } from '../api/submission.ts';
import { connect, type Database } from '../db/client.ts';
import { readGauges } from '../db/gauges.ts';
import { tableSizes } from '../db/retention.ts';
import { StoredProofs } from '../proofs/stored-proofs.ts';
import { readSecretsKey } from '../secrets-key.ts';
import { mockFunding } from '../settlement/mock.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { connectClient } from '../temporal/connection.ts';
import { createOrderSignals } from '../temporal/order-signals.ts';
import { openSearchAttributes } from '../temporal/search-attributes.ts';
import { countStuck } from '../temporal/stuck.ts';
import type { VerificationCounts } from '../verify/running.ts';
import type { WebhookCounts } from '../webhooks/counts.ts';
import { startApi } from './api-role.ts';
import { Closing } from './closing.ts';
import { openGuards } from './guards.ts';
import type { Common, ServiceOptions } from './parts.ts';
import { startWork, type Work } from './worker-role.ts';

export interface Service {
  /** Where the API listens; 0 without one. */
  readonly port: number;
  /** Where metrics are read. */
  readonly metricsPort: number;
  readonly db: Database;
  /** Null without an API. */
  readonly gateway: OrderGateway | null;
  /** What the verifier of this process has done so far; null where none runs. */
  readonly verification: Readonly<VerificationCounts> | null;
  /** What this process has delivered so far; null where it delivers nothing. */
  readonly webhooks: Readonly<WebhookCounts> | null;
  /** Rejects when the worker dies, or the database turns out to be one that guards nothing; never resolves. */
  readonly failed: Promise<never>;
  /** Drains HTTP, then the worker, then connections. Nothing accepted is lost: it is in Temporal or PostgreSQL. */
  stop(): Promise<void>;
}

const UNPROVEN =
  'Without SECRETS_KEY commands carry no proof: whoever reaches Temporal can act as anybody. Make one: openssl rand -base64 32';

/**
 * Starts what the roles need. When a step does not succeed, what was started before is ended.
 *
 * @throws when a setting cannot be used, the database or Temporal cannot be reached, or the port is taken (the message names it)
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const closing = new Closing();
  try {
    return await start(options, closing);
  } catch (problem) {
    await closing.close().catch((other) => options.log.error({ err: other }, 'what was started did not end'));
    throw problem;
  }
}

async function start(options: ServiceOptions, closing: Closing): Promise<Service> {
  const { config, databaseUrl, temporalAddress, log, roles, onQuery } = options;
  const secretsKey = readSecretsKey(config);
  if (!secretsKey) log.warn(UNPROVEN);
  await requireFreePorts(config, roles);
  const version = readVersion();
  const tracing = await startTracing(version);
  closing.add(() => tracing.stop());
  const { admit, ...guards } = await openGuards(databaseUrl, log);
  closing.add(() => guards.close());
  const { db, close } = connect(databaseUrl, { max: 10, admit, ...(onQuery && { onQuery }) });
  closing.add(close);
  const client = connectClient(temporalAddress, config.TEMPORAL_NAMESPACE);
  closing.add(() => client.connection.close());
  const searchAttributes = openSearchAttributes(client, config.TEMPORAL_NAMESPACE, log);
  closing.add(() => searchAttributes.stop());
  let work: Work | null = null;
  const metrics = createMetrics({
    gauges: () => readGauges(db),
    tableSizes: () => tableSizes(db),
    stuck: () => countStuck(client),
    verification: () => work?.verifier?.counts ?? null,
    webhooks: () => work?.webhooks?.counts ?? null,
    sweeps: () => work?.sweeper.counts ?? null,
    version,
  });
  const openingOf = (orderId: string) => knownOpening(db, orderId);
  const common: Common = {
    ...{ options, db, admit, client, searchAttributes, secretsKey, metrics, tracing, version },
    signals: createOrderSignals(client, config.TEMPORAL_TASK_QUEUE, { secretsKey, openingOf, searchAttributes }),
    proofs: secretsKey && new StoredProofs(secretsKey),
    funding: { test: mockFunding, live: null, ...options.funding },
    onRecorded: [metrics.recorded],
  };
  if (roles.worker) work = await startWork(common, closing);
  const metricsServer = await listenForMetrics(createServerOf(createMetricsApp({ metrics })), config);
  closing.add(() => closeNow(metricsServer));
  const api = roles.api ? await startApi(common, closing) : null;
  const never = new Promise<never>(() => {});
  const failed = Promise.race([work ? work.worker.finished.then(() => never) : never, guards.failed]);
  failed.catch(() => {});
  return {
    port: api?.port ?? 0,
    metricsPort: portOf(metricsServer),
    db,
    gateway: api?.gateway ?? null,
    verification: work?.verifier?.counts ?? null,
    webhooks: work?.webhooks?.counts ?? null,
    failed,
    stop: () => closing.close(),
  };
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

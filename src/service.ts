/**
 * Puts the parts together: an API, a worker, or both in one process. Nothing is decided here.
 */
import { readFileSync } from 'node:fs';
import { createServer as createServerOf } from 'node:http';
import type { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { proveApiKeysAnew } from './activities/api-key-proving.ts';
import { type RunningSweeper, startSweeper } from './activities/sweeper.ts';
import { resealSecrets } from './activities/webhook-reseal.ts';
import { createApp, createHttpServer, type ReadinessCheck } from './api/app.ts';
import { eventBody, eventObject } from './api/event-view.ts';
import { KeyUse } from './api/key-use.ts';
import { closeNow, drain, listen, listenForMetrics, portOf, requireFreePorts } from './api/listening.ts';
import { createMetricsApp } from './api/metrics-route.ts';
import { knownOpening } from './api/openings.ts';
import { createOrderGateway } from './api/order-gateway.ts';
import { OutcomeWaiters } from './api/outcome-waiters.ts';
import { Places } from './api/overload.ts';
import { createRateLimits } from './api/rate-limits.ts';
import type { OrderGateway } from './api/submission.ts';
import { type Config, rateLimitsOf } from './config.ts';
import { noteKeyUses } from './db/api-keys.ts';
import { type Admit, connect, type Database } from './db/client.ts';
import { readGauges } from './db/gauges.ts';
import { pendingMigrations } from './db/migrate.ts';
import { entriesOf } from './db/order-log.ts';
import { openRateLimitStore } from './db/rate-limit-store.ts';
import { tableSizes } from './db/retention.ts';
import { onBehalfOf } from './db/turns.ts';
import type { PayoutTries } from './domain/payouts.ts';
import { openGuards } from './guards.ts';
import { createMetrics } from './metrics.ts';
import { ApiKeyProofs } from './proofs/api-key-proofs.ts';
import { StoredProofs } from './proofs/stored-proofs.ts';
import { referencePages } from './reference/router.ts';
import { readSecretsKey, type SecretsKey } from './secrets-key.ts';
import { createMockSettlement, mockFunding } from './settlement/mock.ts';
import { type ByMode, type FundingPort, type SettlementPort, settlementByMode } from './settlement/ports.ts';
import { connectClient } from './temporal/connection.ts';
import { createOrderSignals } from './temporal/order-signals.ts';
import { createPayoutStarts } from './temporal/payout-starts.ts';
import { openSearchAttributes } from './temporal/search-attributes.ts';
import { countStuck } from './temporal/stuck.ts';
import { workersPolling } from './temporal/task-queue.ts';
import { startTracing } from './tracing.ts';
import { type RunningVerifier, startVerifier, type VerificationCounts } from './verify/running.ts';
import { startWebhookWorker } from './webhook-worker.ts';
import { createResolve, type Resolve } from './webhooks/addresses.ts';
import type { WebhookCounts } from './webhooks/counts.ts';
import { RETRY_SCHEDULE_MS } from './webhooks/schedule.ts';
import { startWorker } from './worker.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly log: Logger;
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  /** A workflow bundle made before; default: bundle now. */
  readonly bundle?: { readonly code: string };
  /** Called with the text of each SQL statement, for counting them. */
  readonly onQuery?: (text: string) => void;
  /** Called between a commit and its answer; tests crash the process there. */
  readonly afterCommit?: () => void;
  /** The ways to the outside, by mode. Default: a mock in test mode, none in live mode. */
  readonly settlement?: Partial<ByMode<SettlementPort>>;
  readonly funding?: Partial<ByMode<FundingPort>>;
  /** How names of webhook endpoints are resolved. Default: by asking name servers. */
  readonly resolve?: Resolve;
  /** How often payouts are tried. Default: as PAYOUT_TRIES says. */
  readonly payoutTries?: PayoutTries;
}

export interface Service {
  /** Where the API listens; 0 without one. */
  readonly port: number;
  /** Where metrics are read. */
  readonly metricsPort: number;
  readonly db: Database;
  readonly gateway: OrderGateway;
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
const WEBHOOK_CONNECTIONS = 4;

/** @throws when a setting cannot be used, the database or Temporal cannot be reached, or the port is taken (the message names it) */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, databaseUrl, temporalAddress, log, roles, onQuery } = options;
  const secretsKey = readSecretsKey(config);
  if (!secretsKey) log.warn(UNPROVEN);
  const proofs = secretsKey && new StoredProofs(secretsKey);
  await requireFreePorts(config, roles);
  let verifier: RunningVerifier | null = null;
  const { admit, ...guards } = await openGuards(databaseUrl, log);
  const { db, close: closeDatabase } = connect(databaseUrl, { max: 10, admit, ...(onQuery && { onQuery }) });
  const client = connectClient(temporalAddress, config.TEMPORAL_NAMESPACE);
  const searchAttributes = openSearchAttributes(client, config.TEMPORAL_NAMESPACE, log);
  const openingOf = (orderId: string) => knownOpening(db, orderId);
  const signals = createOrderSignals(client, config.TEMPORAL_TASK_QUEUE, { secretsKey, openingOf, searchAttributes });
  const version = readVersion();
  const tracing = await startTracing(version);
  let webhooks: ReturnType<typeof startWebhooks> | null = null;
  let sweeper: RunningSweeper | null = null;
  const metrics = createMetrics({
    gauges: () => readGauges(db),
    tableSizes: () => tableSizes(db),
    stuck: () => countStuck(client),
    verification: () => verifier?.counts ?? null,
    webhooks: () => webhooks?.counts ?? null,
    sweeps: () => sweeper?.counts ?? null,
    version,
  });
  const waiters = new OutcomeWaiters((ids) => onBehalfOf(null, () => entriesOf(db, ids)), log);
  const gateway = createOrderGateway({ client, signals, waiters });
  const funding = { test: mockFunding, live: null, ...options.funding };
  const payouts = createPayoutStarts(client, config.TEMPORAL_TASK_QUEUE, options.payoutTries);
  // The API starts while Temporal is away; a worker cannot, and should know the attributes before its first order.
  if (roles.worker) await searchAttributes.looked;
  let onRecorded = () => {};
  const worker = roles.worker
    ? await startWorker({
        db,
        log,
        tracing,
        signals,
        secretsKey,
        settlement: settlementByMode({ test: createMockSettlement(), live: null, ...options.settlement }),
        onRecorded: (entries) => {
          waiters.notify(entries);
          metrics.recorded(entries);
          payouts.startRecorded(entries);
          onRecorded();
        },
        isSearchable: searchAttributes.isUsable,
        onUnproven: metrics.unproven,
        temporalAddress,
        namespace: config.TEMPORAL_NAMESPACE,
        taskQueue: config.TEMPORAL_TASK_QUEUE,
        ...(options.bundle && { bundle: options.bundle }),
        ...(options.afterCommit && { afterCommit: options.afterCommit }),
      })
    : null;
  if (roles.worker && secretsKey)
    webhooks = startWebhooks(options, client, { secretsKey, admit, onUnproven: metrics.unproven });
  if (webhooks) onRecorded = webhooks.hint;
  const retention = { commandDays: config.RETENTION_COMMAND_DAYS, deliveryDays: config.RETENTION_DELIVERY_DAYS };
  const swept = { db, signals, log, payouts, funding, retention, proofs, onUnproven: metrics.unproven };
  if (roles.worker) sweeper = startSweeper(swept);
  const verifies = roles.worker && config.VERIFY_INTERVAL_MS > 0;
  if (verifies) verifier = startVerifier({ databaseUrl, log }, config.VERIFY_INTERVAL_MS);
  const { rateLimits, close: closeRateLimits } = sharedRateLimits(config, databaseUrl);
  const keyUse = new KeyUse((uses) => noteKeyUses(db, uses));
  let stopping = false;
  const app = createApp({
    ...{ db, gateway, funding, rateLimits, keyUse, secretsKey, proofs, log, version, metrics, tracing },
    config: { turnWaitMs: config.TURN_WAIT_MS, commandWaitMs: config.COMMAND_WAIT_MS },
    authFailuresPerMinute: config.RATE_LIMIT_AUTH_FAILURES_PER_MINUTE,
    corsOrigins: config.CORS_ORIGINS,
    trustedProxies: config.TRUST_PROXY ?? false,
    places: new Places({
      requestsInFlight: config.MAX_REQUESTS_IN_FLIGHT,
      eventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
    }),
    webhooks: { allowsPrivate: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES, resolve: options.resolve ?? createResolve() },
    pages: referencePages(),
    readiness: readinessChecks(db, client, config, () => stopping),
  });
  const server = roles.api
    ? await listen(createHttpServer(app, { keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS }), config)
    : null;
  const metricsServer = await listenForMetrics(createServerOf(createMetricsApp({ metrics })), config);
  const never = new Promise<never>(() => {});
  const failed = Promise.race([worker ? worker.finished.then(() => never) : never, guards.failed]);
  failed.catch(() => {});
  return {
    port: server ? portOf(server) : 0,
    metricsPort: portOf(metricsServer),
    db,
    gateway,
    verification: verifier?.counts ?? null,
    webhooks: webhooks?.counts ?? null,
    failed,
    async stop() {
      stopping = true;
      // It only reads, so it may end while the rest drains.
      const verifierStopped = verifier?.stop();
      if (server) await drain(server, () => gateway.stopWaiting());
      await closeNow(metricsServer);
      await closeRateLimits();
      await keyUse.flush();
      await sweeper?.stop();
      searchAttributes.stop();
      await Promise.all([worker?.stop(), webhooks?.stop()]);
      await verifierStopped;
      await gateway.close();
      await closeDatabase();
      await guards.close();
      await tracing.stop();
    },
  };
}

/** With connections of their own: however much is to be delivered, commits do not wait for it. */
function startWebhooks(
  { config, databaseUrl, temporalAddress, log, bundle, onQuery, resolve }: ServiceOptions,
  client: Client,
  { admit, ...proofs }: { readonly admit: Admit; readonly secretsKey: SecretsKey; readonly onUnproven: () => void },
) {
  const applicationName = 'tranche-webhooks';
  const { db, close } = connect(databaseUrl, {
    ...{ max: WEBHOOK_CONNECTIONS, applicationName, admit },
    ...(onQuery && { onQuery }),
  });
  const worker = startWebhookWorker({
    ...{ db, log, client, temporalAddress, ...proofs },
    namespace: config.WEBHOOK_TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    settings: {
      scheduleMs: config.WEBHOOK_RETRY_SCHEDULE_MS ?? RETRY_SCHEDULE_MS,
      timeoutMs: config.WEBHOOK_TIMEOUT_MS,
      allowsPrivate: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES,
      userAgent: `Tranche/${readVersion()} (webhooks)`,
    },
    renderEvent: async (view) => eventBody(await eventObject(db, view)),
    ...(bundle && { bundle }),
    ...(resolve && { resolve }),
  });
  const resealed = proofs.secretsKey.previous ? reseal(db, proofs.secretsKey, log) : null;
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

/** Counted together with the other API processes of this database. */
function sharedRateLimits(config: Config, databaseUrl: string) {
  const store = openRateLimitStore(databaseUrl);
  const rateLimits = createRateLimits({ limits: rateLimitsOf(config), openCounter: store.counter });
  const close = async () => {
    await rateLimits.flush();
    await store.close();
  };
  return { rateLimits, close };
}

function readinessChecks(
  db: Database,
  client: Client,
  { TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE }: Config,
  isStopping: () => boolean,
): Record<string, ReadinessCheck> {
  return {
    running: { required: true, isReady: async () => !isStopping() },
    database: { required: true, isReady: async () => (await db.execute(sql`select 1`)).length === 1 },
    migrations: { required: true, isReady: async () => (await pendingMigrations(db)) === 0 },
    worker: { required: true, isReady: () => workersPolling(client, TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE) },
  };
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

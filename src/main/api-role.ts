/**
 * The role of an API: everything that answers requests.
 */
import type { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { createApp, createHttpServer, type ReadinessCheck } from '../api/app.ts';
import { KeyUse } from '../api/key-use.ts';
import { drain, listen, portOf } from '../api/listening.ts';
import { createOrderGateway } from '../api/order-gateway.ts';
import { OutcomeWaiters } from '../api/outcome-waiters.ts';
import { Places } from '../api/overload.ts';
import { createRateLimits } from '../api/rate-limits.ts';
import type { OrderGateway } from '../api/submission.ts';
import { type Config, rateLimitsOf } from '../config.ts';
import { noteKeyUses } from '../db/api-keys.ts';
import type { Database } from '../db/client.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { entriesOf } from '../db/order-log.ts';
import { openRateLimitStore } from '../db/rate-limit-store.ts';
import { onBehalfOf } from '../db/turns.ts';
import { referencePages } from '../reference/router.ts';
import { workersPolling } from '../temporal/task-queue.ts';
import { createResolve } from '../webhooks/addresses.ts';
import type { Closing } from './closing.ts';
import type { Common } from './parts.ts';

/** Starts answering. What it starts is ended by `closing`: it drains, while what it waits for goes on. */
export async function startApi(
  common: Common,
  closing: Closing,
): Promise<{ readonly port: number; readonly gateway: OrderGateway }> {
  const { options, db, client, signals, secretsKey, proofs, metrics, tracing, funding, version } = common;
  const { config, log } = options;
  const waiters = new OutcomeWaiters((ids) => onBehalfOf(null, () => entriesOf(db, ids)), log);
  common.onRecorded.push((entries) => waiters.notify(entries));
  const gateway = createOrderGateway({ client, signals, waiters });
  closing.add(() => gateway.stopWaiting());
  const { rateLimits, close } = sharedRateLimits(config, options.databaseUrl);
  closing.add(close);
  const keyUse = new KeyUse((uses) => noteKeyUses(db, uses));
  closing.add(() => keyUse.flush());
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
  const server = await listen(createHttpServer(app, { keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS }), config);
  closing.add(() => {
    stopping = true;
    return drain(server, () => gateway.stopWaiting());
  });
  return { port: portOf(server), gateway };
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

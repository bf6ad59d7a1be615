/**
 * The whole service as its clients meet it: API and worker on the run's shared servers, with a database and a task
 * queue of the test file's own. Everything it starts is stopped after the file.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { afterAll, inject } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { readConfig } from '../../src/config.ts';
import type { Database } from '../../src/db/client.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import type { ServiceOptions } from '../../src/main/parts.ts';
import { startService } from '../../src/main/service.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { httpClient, type Send } from './http-client.ts';
import { newOrder, type OrderOptions, type TestOrder } from './http-order.ts';
import { NO_RATE_LIMITS } from './no-rate-limits.ts';
import { provenKey, SECRETS_TEXT } from './secrets.ts';
import { testLog } from './test-log.ts';

export { SECRETS_TEXT as SECRETS_KEY } from './secrets.ts';

export const MERCHANT_ID = 'merchant_own';
export const OTHER_MERCHANT_ID = 'merchant_other';
/** The same for all services of a test file, as for all processes of an installation. */

/** What a test may want to be different from a plain `npm start`. */
export interface ServiceOverrides {
  readonly roles?: Partial<ServiceOptions['roles']>;
  /** Settings, by the names of their environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly temporalAddress?: string;
  /** The ways to the outside, and how often they are tried. */
  readonly outside?: Pick<ServiceOptions, 'settlement' | 'funding' | 'payoutTries' | 'resolve'>;
}

/** Of the test merchant, of another one, and of the test merchant in live mode. */
export interface ServiceKeys {
  readonly own: string;
  readonly other: string;
  readonly live: string;
}

export interface RunningService {
  /** 0 without the API's role. */
  readonly port: number;
  readonly metricsPort: number;
  /** With the test merchant's key, unless told otherwise. */
  readonly send: Send;
  /** A new intent with its escrow order: MILESTONE_LOCKED, 1000.00 USDC and funded unless told otherwise. */
  createOrder(options?: OrderOptions): Promise<TestOrder>;
  stop(): Promise<void>;
}

export interface TestService extends RunningService, TestDatabase {
  readonly keys: ServiceKeys;
  /** Straight to Temporal, past the API. */
  readonly temporal: Client;
  readonly taskQueue: string;
  /** One more service on the same database and task queue. */
  startAnother(overrides: ServiceOverrides): Promise<RunningService>;
}

export async function testService(overrides: ServiceOverrides = {}): Promise<TestService> {
  const database = await testDatabase();
  const keys = await addMerchants(database.db);
  const taskQueue = `e2e-${randomBytes(6).toString('hex')}`;
  const temporal = connectClient(inject('temporalAddress'), 'default');
  const running: RunningService[] = [];
  // Here and not where each is started: a hook that a test registers never runs.
  afterAll(async () => {
    for (const service of running.reverse()) await service.stop();
    await temporal.connection.close();
  });
  const startAnother: TestService['startAnother'] = async (others) => {
    const service = await startServiceOn(database.url, keys.own, taskQueue, others);
    running.push(service);
    return service;
  };
  return { ...database, ...(await startAnother(overrides)), keys, temporal, taskQueue, startAnother };
}

/** A service on any database; the caller stops it. */
export async function startServiceOn(
  databaseUrl: string,
  ownKey: string,
  taskQueue: string,
  { roles, env, outside, temporalAddress = inject('temporalAddress') }: ServiceOverrides,
): Promise<RunningService> {
  const settings = { PORT: '0', TEMPORAL_TASK_QUEUE: taskQueue, SECRETS_KEY: SECRETS_TEXT };
  const config = readConfig({ ...settings, ...NO_RATE_LIMITS, ...env });
  const service = await startService({
    config,
    databaseUrl,
    temporalAddress,
    log: testLog(),
    ...outside,
    roles: { api: true, worker: true, ...roles },
    bundle: { code: readFileSync(inject('workflowBundlePath'), 'utf8') },
  });
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= service.stop();
    return stopping;
  };
  const send = httpClient(service.port, ownKey);
  return {
    port: service.port,
    metricsPort: service.metricsPort,
    send,
    createOrder: (options) => newOrder(send, options),
    stop,
  };
}

/** The test's two merchants with their keys. */
export async function addMerchants(db: Database): Promise<ServiceKeys> {
  await db.insert(merchants).values([MERCHANT_ID, OTHER_MERCHANT_ID].map((id) => ({ id, name: id })));
  const add = async (merchantId: string, mode: 'test' | 'live') => {
    const { key, ...row } = createApiKey(mode, 'merchant');
    await db.insert(apiKeys).values(provenKey({ ...row, merchantId, scopes: ['keys'] }));
    return key;
  };
  return {
    own: await add(MERCHANT_ID, 'test'),
    other: await add(OTHER_MERCHANT_ID, 'test'),
    live: await add(MERCHANT_ID, 'live'),
  };
}

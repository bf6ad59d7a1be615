/**
 * The real application on a port of its own, with two merchants and their keys. It ends with the test that started it,
 * or after the file when none did.
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, expect, onTestFinished } from 'vitest';
import { type ApiKeyPrefix, type ApiKeyRole, createApiKey } from '../../src/api/api-keys.ts';
import { type ApiDependencies, createApp, createHttpServer } from '../../src/api/app.ts';
import type { HttpServerOptions } from '../../src/api/http-server.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import type { Database } from '../../src/db/client.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import type { Mode } from '../../src/domain/escrow-order.ts';
import { readSecretsKey } from '../../src/secrets-key.ts';
import { mockFunding } from '../../src/settlement/mock.ts';
import { httpClient, type Send } from '../support/http-client.ts';

export type { Answer as ApiAnswer, Sent } from '../support/http-client.ts';

/** More than any test sends. */
export const NO_LIMIT = 1_000_000;
const UNLIMITED = { perMinute: NO_LIMIT, perHour: NO_LIMIT };
export const MERCHANT = 'merchant_test';
export const OTHER_MERCHANT = 'merchant_other';

export interface ApiServer {
  readonly port: number;
  readonly keys: { readonly own: string; readonly other: string; readonly live: string };
  /** With the test merchant's key, unless told otherwise. */
  readonly send: Send;
  /** Makes and stores one more key. */
  addKey(options?: {
    merchantId?: string;
    mode?: Mode;
    role?: ApiKeyRole;
    prefix?: ApiKeyPrefix;
    expiresAt?: Date;
    revokedAt?: Date;
    escrowOrderId?: string;
  }): Promise<string>;
}

/** A gateway for routes that never get to the workflow: whoever reaches it anyway fails the test. */
export const unusedGateway: OrderGateway = {
  submit: async (orderId, command) => {
    throw new Error(`${command.type} of ${orderId} was not to be submitted`);
  },
  stopWaiting: () => {},
  isReachable: async () => true,
  close: async () => {},
};

export async function startApi(
  db: Database,
  gateway: OrderGateway,
  overrides: Partial<ApiDependencies> & { readonly http?: HttpServerOptions } = {},
): Promise<ApiServer> {
  const app = createApp({
    db,
    gateway,
    funding: { test: mockFunding, live: null },
    config: { turnWaitMs: 2_000, commandWaitMs: 10_000 },
    authFailuresPerMinute: NO_LIMIT,
    trustedProxies: false,
    overload: { requestsInFlight: NO_LIMIT, eventLoopDelayMs: NO_LIMIT },
    rateLimits: createRateLimits({ limits: { test: UNLIMITED, live: UNLIMITED } }),
    webhooks: { allowsPrivate: false, resolve: async () => ['93.184.216.34'] },
    secretsKey: readSecretsKey({ SECRETS_KEY: randomBytes(32).toString('base64') }),
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
    readiness: {},
    version: '0.0.0-test',
    ...overrides,
  });
  const server = createHttpServer(app, overrides.http);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  // An afterAll that a running test registers never runs.
  const afterUse = expect.getState().currentTestName === undefined ? afterAll : onTestFinished;
  afterUse(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  await db
    .insert(merchants)
    .values([MERCHANT, OTHER_MERCHANT].map((id) => ({ id, name: id })))
    .onConflictDoNothing();

  const addKey: ApiServer['addKey'] = async (options = {}) => {
    const { merchantId = MERCHANT, mode = 'test', role = 'merchant', prefix, ...others } = options;
    const { key, ...row } = createApiKey(mode, role, prefix);
    await db.insert(apiKeys).values({ ...row, merchantId, ...others });
    return key;
  };
  const keys = {
    own: await addKey(),
    other: await addKey({ merchantId: OTHER_MERCHANT }),
    live: await addKey({ mode: 'live' }),
  };
  return { port, keys, addKey, send: httpClient(port, keys.own) };
}

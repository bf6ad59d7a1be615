/**
 * The real application on a port of its own, with two merchants and their keys. It ends with the test that started it,
 * or after the file when none did.
 */
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished } from 'vitest';
import { type ApiKeyPrefix, type ApiKeyRole, createApiKey } from '../../src/api/api-keys.ts';
import { type ApiDependencies, createApp, createHttpServer } from '../../src/api/app.ts';
import type { HttpServerOptions } from '../../src/api/http-server.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import type { Database } from '../../src/db/client.ts';
import { type ApiKeyScope, apiKeys, merchants } from '../../src/db/schema.ts';
import type { Mode } from '../../src/domain/terms.ts';
import { testApiDependencies } from '../support/api-dependencies.ts';
import { httpClient, type Send } from '../support/http-client.ts';
import { provenKey, SECRETS_KEY } from '../support/secrets.ts';

export { NO_LIMIT } from '../support/api-dependencies.ts';
export type { Answer as ApiAnswer, Sent } from '../support/http-client.ts';

export const MERCHANT = 'merchant_test';
export const OTHER_MERCHANT = 'merchant_other';

export interface ApiServer {
  readonly port: number;
  readonly keys: { readonly own: string; readonly other: string; readonly live: string };
  /** With the test merchant's key, unless told otherwise. */
  readonly send: Send;
  /** How many are open now. */
  connections(): Promise<number>;
  /** Makes and stores one more key. */
  addKey(options?: {
    merchantId?: string;
    mode?: Mode;
    role?: ApiKeyRole;
    prefix?: ApiKeyPrefix;
    expiresAt?: Date;
    revokedAt?: Date;
    escrowOrderId?: string;
    scopes?: ApiKeyScope[];
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
    ...testApiDependencies(db, gateway),
    secretsKey: SECRETS_KEY,
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
    await db.insert(apiKeys).values(provenKey({ ...row, merchantId, ...others }, overrides.secretsKey ?? undefined));
    return key;
  };
  const scopes: ApiKeyScope[] = ['keys'];
  const keys = {
    own: await addKey({ scopes }),
    other: await addKey({ merchantId: OTHER_MERCHANT, scopes }),
    live: await addKey({ mode: 'live', scopes }),
  };
  return {
    port,
    keys,
    addKey,
    connections: promisify(server.getConnections.bind(server)),
    send: httpClient(port, keys.own),
  };
}

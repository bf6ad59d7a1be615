/**
 * The real application on a port of its own, with two merchants and their keys, and a client that shows everything
 * of an answer.
 */
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { type ApiKeyPrefix, type ApiKeyRole, createApiKey } from '../../src/api/api-keys.ts';
import { type ApiDependencies, createApp, createHttpServer } from '../../src/api/app.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import type { Database } from '../../src/db/client.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import type { Mode } from '../../src/domain/escrow-order.ts';

export const MERCHANT = 'merchant_test';
export const OTHER_MERCHANT = 'merchant_other';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** The exact bytes, as text. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface Sent {
  /** An API key; null sends none. Default: the test merchant's. */
  readonly key?: string | null;
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
  /** An array is sent as that many headers. A Content-Type goes along with a body unless one is given here. */
  readonly headers?: Record<string, string | string[]>;
}

export interface ApiServer {
  readonly port: number;
  readonly keys: { readonly own: string; readonly other: string; readonly live: string };
  send(method: string, path: string, sent?: Sent): Promise<ApiAnswer>;
  /** Makes and stores one more key. */
  addKey(options?: {
    merchantId?: string;
    mode?: Mode;
    role?: ApiKeyRole;
    prefix?: ApiKeyPrefix;
    expiresAt?: Date;
    revokedAt?: Date;
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
  overrides: Partial<ApiDependencies> = {},
): Promise<ApiServer> {
  const app = createApp({
    db,
    gateway,
    config: { turnWaitMs: 2_000, commandWaitMs: 10_000 },
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
    readiness: {},
    version: '0.0.0-test',
    ...overrides,
  });
  const server = createHttpServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  await db
    .insert(merchants)
    .values([MERCHANT, OTHER_MERCHANT].map((id) => ({ id, name: id })))
    .onConflictDoNothing();

  const addKey: ApiServer['addKey'] = async (options = {}) => {
    const { merchantId = MERCHANT, mode = 'test', role = 'merchant', prefix, ...dates } = options;
    const { key, ...row } = createApiKey(mode, role, prefix);
    await db.insert(apiKeys).values({ ...row, merchantId, ...dates });
    return key;
  };
  const keys = {
    own: await addKey(),
    other: await addKey({ merchantId: OTHER_MERCHANT }),
    live: await addKey({ mode: 'live' }),
  };
  const send: ApiServer['send'] = (method, path, { key = keys.own, body, headers = {} } = {}) => {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const sent: Record<string, string | string[]> = {
      ...(bytes !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': `${Buffer.byteLength(bytes)}`,
      }),
      ...(key !== null && { 'X-API-Key': key }),
      ...headers,
    };
    // An empty value leaves the header out.
    const entries = Object.entries(sent).filter(([, value]) => value !== '');
    return exchange(port, method, path, Object.fromEntries(entries), bytes);
  };
  return { port, keys, addKey, send };
}

function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body: string | Buffer | undefined,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, text, json: isJson && text !== '' ? JSON.parse(text) : null });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * Random requests of every kind, valid and hostile, against the real application with a real worker. Every answer is
 * held against the document and the published error shape, and in the end the books are verified.
 *
 *   FUZZ_REQUESTS=50000 FUZZ_SEED=7 npm run fuzz
 *
 * The seed decides what is asked; which ids it is asked of depends on the answers, and several requests are under way
 * at a time. So a failure prints the request itself, too, to be sent again with curl.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectForVerifying } from '../../src/verify/connection.ts';
import { verify } from '../../src/verify/verify.ts';
import { OTHER_MERCHANT, startApi } from '../api/api-server.ts';
import { type Answer, exchange } from '../support/http-client.ts';
import { newOrder } from '../support/http-order.ts';
import { testOrders } from '../support/orders.ts';
import { curlOf } from './curl.ts';
import { faultsIn } from './judge.ts';
import { KnownIds } from './known-ids.ts';
import { type Caller, type FuzzRequest, fuzzRequest } from './requests.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const UNDER_WAY = 12;
const CHUNK = 500;
/** Bodies of this size do not fit into what the system buffers. */
const UNREAD_BYTES = 16_000;
/** More says nothing new. */
const SHOWN_FAILURES = 20;

const orders = await testOrders();
const api = await startApi(orders.db, orders.gateway, { config: { turnWaitMs: 50, commandWaitMs: 10_000 } });
const ids = new KnownIds();
const boundTo = await orders.createOrder({ funded: true });
const newKeyOf: Record<Caller, () => Promise<string | null>> = {
  merchant: () => api.addKey({ scopes: ['keys'] }),
  buyer: () => api.addKey({ role: 'buyer' }),
  arbiter: () => api.addKey({ role: 'arbiter' }),
  operator: () => api.addKey({ role: 'operator' }),
  'bound buyer': () => api.addKey({ role: 'buyer', escrowOrderId: boundTo }),
  'other merchant': () => api.addKey({ merchantId: OTHER_MERCHANT, scopes: ['keys'] }),
  'live merchant': () => api.addKey({ mode: 'live', scopes: ['keys'] }),
  'live operator': () => api.addKey({ mode: 'live', role: 'operator' }),
  expired: () => api.addKey({ expiresAt: new Date(Date.now() - 1_000) }),
  nobody: async () => null,
};
const keys = {} as Record<Caller, string | null>;
for (const caller of Object.keys(newKeyOf) as Caller[]) keys[caller] = await newKeyOf[caller]();
// Something to begin with.
for (let number = 0; number < 8; number++) {
  ids.add('intent', (await newOrder(api.send, { funded: number % 4 !== 0 })).intentId);
}

test(`${REQUESTS} random requests are answered as documented, and the books are right afterwards`, {
  timeout: 60_000 + REQUESTS * 100,
}, async () => {
  const failures: string[] = [];
  const met = new Map<string, number>();
  const startedAt = performance.now();
  let sent = 0;
  for (let chunk = 0; sent < REQUESTS; chunk++) {
    const numRuns = Math.min(CHUNK, REQUESTS - sent);
    const requests = fc.sample(fuzzRequest, { numRuns, seed: SEED + chunk });
    const waiting = requests.values();
    await Promise.all(
      Array.from({ length: UNDER_WAY }, async () => {
        for (const request of waiting) {
          const found = await judged(request, met);
          // At once: a long run may be ended before its end.
          for (const failure of found) console.info(failure);
          failures.push(...found);
        }
      }),
    );
    sent += numRuns;
    if (sent % 5_000 === 0) console.info(`${sent} requests, ${failures.length} failures`);
    if (failures.length >= SHOWN_FAILURES) break;
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const sorted = [...met].sort(([, a], [, b]) => b - a).map(([word, count]) => `${word} ${count}`);
  console.info(`fuzz seed ${SEED}: ${sent} requests in ${seconds} s: ${sorted.join(', ')}`);
  expect(failures.slice(0, SHOWN_FAILURES).join('\n\n'), `seed ${SEED}`).toBe('');

  // A machine that is short of processors may be too slow for a statement now and then; the service never is.
  const unavailable = [...met].filter(([word]) => word.startsWith('503')).reduce((sum, [, count]) => sum + count, 0);
  expect(unavailable).toBeLessThan(sent / 100);
  expect(met.get('cut off') ?? 0).toBeLessThan(sent / 100);
  // Or the fuzzer asks for nothing that gets anywhere.
  expect(new Set([...met.keys()].map((word) => word.split(' ')[0])).size).toBeGreaterThan(8);
  expect(met.get('201')).toBeGreaterThan(sent / 100);
  expect(met.get('200')).toBeGreaterThan(sent / 20);
  expect(met.size).toBeGreaterThan(25);

  const connection = connectForVerifying(orders.url);
  const report = await verify(connection.db).finally(() => connection.close());
  expect(report.violations, `seed ${SEED}`).toEqual([]);
  expect(report.checked.orders).toBeGreaterThan(5);
});

async function judged(request: FuzzRequest, met: Map<string, number>): Promise<string[]> {
  const { operationId, method, template, query, segments, dice, caller } = request;
  const path = ids.pathOf(template, segments, dice) + (query === '' ? '' : `?${ids.filled(query, dice)}`);
  const body = bodyOf(request);
  const key = keys[caller];
  const headers = {
    // Node's client would send the body of a GET or HEAD without saying how long it is.
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
    }),
    ...(key !== null && { 'X-API-Key': key }),
    ...request.headers,
  };
  const curl = curlOf(api.port, method, path, headers, body);
  let answer: Answer;
  try {
    answer = await exchange(api.port, method, path, headers, body);
  } catch (error) {
    // Who sends much where no body belongs, or is refused before it is read, may miss the answer: Node closes the
    // connection on unread bytes, and TCP then resets it.
    const isCutOff = /aborted|ECONNRESET|EPIPE|socket hang up/.test(String(error));
    if (isCutOff && body !== undefined && Buffer.byteLength(body) > UNREAD_BYTES) {
      met.set('cut off', (met.get('cut off') ?? 0) + 1);
      return [];
    }
    return [`seed ${SEED}: ${operationId} was not answered: ${String(error)}\n${curl}`];
  }
  ids.learn(operationId, answer);
  const { status } = answer;
  const word = status < 400 ? String(status) : `${status} ${answer.headers['error-reason']}`;
  met.set(word, (met.get(word) ?? 0) + 1);
  // It was rotated or revoked by one of the requests: without another one all further requests would be refused for it.
  const isGone = answer.headers['error-reason'] === 'invalid_api_key' && headers['X-API-Key'] === keys[caller];
  if (isGone && caller !== 'expired') keys[caller] = await newKeyOf[caller]();
  const faults = faultsIn(method, path, answer);
  return faults.map((fault) => `seed ${SEED}: ${operationId} ${fault}\n${curl}`);
}

function bodyOf({ body, dice }: FuzzRequest): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body;
  const text = JSON.stringify(body);
  return text === undefined ? undefined : ids.filled(text, dice);
}

/** Webhook endpoints in tests, on the whole service. */
import { and, asc, eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { events, webhookDeliveries } from '../../src/db/schema.ts';
import { storedTypes } from '../../src/domain/published-events.ts';
import type { Answer, Send } from '../support/http-client.ts';
import { MERCHANT_ID, type ServiceOverrides, type TestService, testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import type { Received, Sink } from './sink.ts';

/** Attempts follow each other soon, and sinks are on this machine. */
export const WEBHOOK_ENV = {
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '1',
  WEBHOOK_RETRY_SCHEDULE_MS: Array(30).fill(200).join(','),
  WEBHOOK_TIMEOUT_MS: '1000',
} as const;

export function webhookService(overrides: ServiceOverrides = {}): Promise<TestService> {
  // Of live mode: a public address that nobody asks a name server for.
  const outside = { resolve: async () => ['93.184.216.34'], ...overrides.outside };
  return testService({ ...overrides, outside, env: { ...WEBHOOK_ENV, ...overrides.env } });
}

export interface Subscription {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  read(): Promise<any>;
}

export async function subscribe(send: Send, url: string, body: object = {}, key?: string): Promise<Subscription> {
  const sent = key === undefined ? {} : { key };
  const made = await send('POST', '/v1/webhook-endpoints', { body: { url, ...body }, ...sent });
  if (made.status !== 201) throw new Error(`The endpoint was refused: ${made.text}`);
  const { id, data } = made.json;
  const path = `/v1/webhook-endpoints/${id}`;
  return { id, secret: data.secret, path, read: async () => (await send('GET', path, sent)).json.data };
}

/** Ids of the test merchant's events in the outbox, in order. */
export async function outboxOf({ db }: Pick<TestService, 'db'>, types?: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: events.id, type: events.type })
    .from(events)
    .where(and(eq(events.merchantId, MERCHANT_ID), eq(events.mode, 'test')))
    .orderBy(asc(events.xid), asc(events.id));
  const stored = types && storedTypes(types);
  return rows.filter(({ type }) => stored?.includes(type) ?? true).map(({ id }) => id);
}

/** Waits until the sink has taken an event of each of these ids. */
export function untilTaken(sink: Sink, ids: readonly string[], timeoutMs = 60_000): Promise<true> {
  return until(
    `${ids.length} events to be taken`,
    () => {
      const taken = new Set(sink.taken().map(({ event }) => event.id));
      return ids.every((id) => taken.has(id));
    },
    timeoutMs,
  );
}

export async function deliveriesOf({ db }: Pick<TestService, 'db'>, endpointId: string) {
  return db.select().from(webhookDeliveries).where(eq(webhookDeliveries.endpointId, endpointId));
}

/** Verifies as a receiver does, with the official library; throws when the signature is not good. */
export function verified({ body, headers }: Pick<Received, 'body' | 'headers'>, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

/** That all attempts of one event had the same bytes. */
export function expectSameBytes(received: readonly Received[]): void {
  const bodies = new Map<string, Set<string>>();
  for (const { event, body } of received) {
    const id = event.id as string;
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
  }
  for (const [id, different] of bodies) expect(different.size, id).toBe(1);
}

export function required(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`);
}

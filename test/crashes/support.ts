/** What the crash tests share: processes that die, requests of each kind, and what came of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, expect, inject } from 'vitest';
import type { Answer, Send } from '../support/http-client.ts';
import { type RunningService, SECRETS_KEY, type TestService } from '../support/service.ts';
import type { Failpoint, Kind } from './failpoints.ts';

const LIFE_MS = 60_000;
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Started {
  /** Of an API. */
  readonly port: number;
  readonly child: ChildProcess;
  /** The signal that ended it, or its exit code. */
  readonly ended: Promise<string | number | null>;
}

/** Starts `api-process.ts` or `worker-process.ts`, and waits until it is ready. */
export async function startProcess(
  service: TestService,
  what: 'api' | 'worker',
  armed: Failpoint | null,
): Promise<Started> {
  const child = fork(fileURLToPath(new URL(`./${what}-process.ts`, import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      DATABASE_URL: service.url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TASK_QUEUE: service.taskQueue,
      WORKFLOW_BUNDLE: inject('workflowBundlePath'),
      SECRETS_KEY,
      FAILPOINT: armed ?? '',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const ended = new Promise<string | number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(signal ?? code);
    });
  });
  // One that its failpoint does not kill ends in another way, and the test says so.
  const patience = armed === null ? undefined : setTimeout(() => child.kill('SIGTERM'), LIFE_MS);
  ended.then(() => clearTimeout(patience));
  const ready = new Promise<{ port?: number }>((resolve) =>
    child.once('message', (message) => resolve(message as object)),
  );
  const { port = 0 } = await Promise.race([
    ready,
    ended.then((how) => Promise.reject(new Error(`The ${what} process ended with ${how} instead of getting ready`))),
  ]);
  return { port, child, ended };
}

/** A request that has been prepared and not sent. */
export interface Ask {
  readonly path: string;
  readonly body: object;
  /** How often it has happened. */
  effects(): Promise<number>;
}

/** Each is of an object of its own, so that what comes of it can be counted. */
export async function prepare(kind: Kind, { createOrder, db }: RunningService & TestService): Promise<Ask> {
  const mark = randomUUID();
  const count = async (query: ReturnType<typeof sql>) => (await db.execute<{ count: number }>(query))[0]?.count ?? 0;
  if (kind === 'order') {
    // Nothing was ever sent to it, so the request's worker is the first to meet it.
    const { milestonesPath: path, orderId } = await createOrder({ funded: false });
    const body = { milestoneIndex: 0, amount: '5', description: 'a' };
    // Every entry counts, also a second one that was refused.
    const effects = () => count(sql`SELECT count(*)::int AS count FROM order_log WHERE order_id = ${orderId}`);
    return { path, body, effects };
  }
  if (kind === 'intent') {
    const type = { currency: 'USDC', type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' };
    const effects = () =>
      count(sql`SELECT count(*)::int AS count FROM payment_intents WHERE settlement_destination = ${mark}`);
    return { path: '/v1/payment-intents', body: { ...type, amount: '5', settlementDestination: mark }, effects };
  }
  const effects = () => count(sql`SELECT count(*)::int AS count FROM api_keys WHERE name = ${mark}`);
  return { path: '/v1/api-keys', body: { role: 'merchant', name: mark }, effects };
}

/** The answer; null when the process died before it was complete. */
export async function attempt(send: Send, ask: Ask, key: string | null): Promise<Answer | null> {
  try {
    return await send('POST', ask.path, { body: ask.body, headers: { 'Idempotency-Key': key } });
  } catch {
    return null;
  }
}

/** Repeats as a client should, until the answer is final. */
export async function insist(send: Send, ask: Ask, key: string): Promise<Answer> {
  let answer: Answer | null = null;
  await expect
    .poll(
      async () => {
        answer = await attempt(send, ask, key);
        return answer !== null && answer.status !== 202 && answer.headers['retry-after'] === undefined;
      },
      { timeout: 60_000, interval: 250 },
    )
    .toBe(true);
  return answer as unknown as Answer;
}

/** What two answers to different objects have in common: everything but ids, instants and secrets. */
export function shapeOf({ status, text, headers }: Answer): object {
  const blurred = (given: string | undefined) =>
    given
      ?.replace(/sk_test_[0-9a-f]+/g, 'sk')
      .replace(/"lastFour":"[0-9a-f]{4}"/g, '"lastFour":"…"')
      .replace(/\b(intent|escrow_order|milestone|key)_[0-9a-z_]+/g, '$1')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'mark')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'instant');
  return { status, body: blurred(text), location: blurred(headers.location) };
}

/** Ten thousand requests under fifty keys: a storm of impatient clients has fifty effects and fifty answers. */
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { TestOrder } from '../support/http-order.ts';
import { testService } from '../support/service.ts';
import { tally } from '../support/steps.ts';
import { shuffled } from '../support/until.ts';

const KEYS = 50;
const TWINS = 200;
/** Keys whose twins are under way at the same time. */
const KEYS_AT_ONCE = 5;

/** The clients share the service's process and make its event loop late themselves: that is no overload to shed. */
const env = { MAX_EVENT_LOOP_DELAY_MS: '60000' };
const service = await testService({ env });
const { createOrder, db, keys } = service;
/** Half of the twins meet their key's claim in another process's place. */
const another = await service.startAnother({ env, roles: { worker: false } });
const PORTS = [service.port, another.port];

interface Ask {
  readonly path: string;
  readonly body: object;
  readonly status: number;
}

const INTENT = { currency: 'USDC', type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' };

/** What can be asked of an order with a milestone that is completed and one that is not. */
const ASKS: ((order: TestOrder, milestones: readonly string[]) => Ask)[] = [
  ({ milestonesPath: path }) => ({ path, body: { milestoneIndex: 2, amount: '1' }, status: 201 }),
  ({ milestonesPath }, [, id]) => ({
    path: `${milestonesPath}/${id}/complete`,
    body: { completedBy: 'supplier-1' },
    status: 200,
  }),
  ({ milestonesPath }, [id]) => ({ path: `${milestonesPath}/${id}/release`, body: {}, status: 200 }),
  ({ milestonesPath: path }) => ({ path, body: { milestoneIndex: 0, amount: '1' }, status: 400 }),
  ({ intentPath }) => ({
    path: `${intentPath}/escrow/dispute`,
    body: { reason: 'late', raisedBy: 'buyer-7' },
    status: 200,
  }),
  ({ intentPath }) => ({ path: `${intentPath}/escrow/refund`, body: { amount: '1' }, status: 200 }),
  ({ milestonesPath: path }) => ({
    path: `${path}/batch`,
    body: { milestones: [2, 3].map((milestoneIndex) => ({ milestoneIndex, amount: '1' })) },
    status: 201,
  }),
  ({ intentPath }) => ({ path: `${intentPath}/escrow/cancel`, body: {}, status: 200 }),
  () => ({
    path: '/v1/payment-intents',
    body: { ...INTENT, amount: '5', settlementDestination: 'bank_account_123' },
    status: 201,
  }),
  () => ({ path: '/v1/api-keys', body: { role: 'merchant' }, status: 201 }),
];

/** The kinds that are commands to an order, and so make one entry in its log. */
const ORDER_KINDS = 8;

async function prepared(kind: number): Promise<Ask> {
  const order = await createOrder();
  const ids = await order.createAll('5.00', '5.00');
  await order.complete(ids[0] as string);
  return (ASKS[kind] as (typeof ASKS)[number])(order, ids);
}

const agent = new Agent({ keepAlive: true, maxSockets: KEYS_AT_ONCE * TWINS });

interface Got {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
  readonly retryAfter: string | undefined;
}

function post({ path, body }: Ask, key: string, port: number): Promise<Got> {
  const headers = { 'Content-Type': 'application/json', 'X-API-Key': keys.own, 'Idempotency-Key': key };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, headers, agent });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          replayed: response.headers['idempotent-replayed'] === 'true',
          retryAfter: response.headers['retry-after'],
        }),
      );
    });
    request.end(JSON.stringify(body));
  });
}

/** As a client should: whatever says Retry-After, and a 202, is asked again. All answers, the last one final. */
async function insist(ask: Ask, key: string, twin: number): Promise<Got[]> {
  const answers: Got[] = [];
  for (;;) {
    const got = await post(ask, key, PORTS[twin % PORTS.length] as number);
    answers.push(got);
    if (got.retryAfter === undefined && got.status !== 202) return answers;
    await sleep(Number(got.retryAfter ?? 1) * 1_000);
  }
}

async function effects() {
  const [counted] = await db.execute<{ entries: number; intents: number; keys: number; claims: number }>(
    sql`SELECT (SELECT count(*)::int FROM order_log WHERE actor_role <> 'system') AS entries,
      (SELECT count(*)::int FROM payment_intents) AS intents, (SELECT count(*)::int FROM api_keys) AS keys,
      (SELECT count(*)::int FROM commands) AS claims`,
  );
  return counted as NonNullable<typeof counted>;
}

test(`${KEYS} keys with ${TWINS} twins each have ${KEYS} effects and ${KEYS} answers, and nobody meets a 5xx`, {
  timeout: 300_000,
}, async () => {
  const kinds = Array.from({ length: KEYS }, (_, index) => index % ASKS.length);
  const asks: { ask: Ask; key: string; kind: number }[] = [];
  for (const kind of kinds) asks.push({ ask: await prepared(kind), key: randomUUID(), kind });
  const before = await effects();

  const queue = shuffled(asks);
  const all: { ask: Ask; answers: Got[][] }[] = [];
  const startedAt = performance.now();
  const lane = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { ask, key } = next;
      all.push({ ask, answers: await Promise.all(Array.from({ length: TWINS }, (_, twin) => insist(ask, key, twin))) });
    }
  };
  await Promise.all(Array.from({ length: KEYS_AT_ONCE }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  agent.destroy();
  const got = all.flatMap(({ answers }) => answers.flat());
  const byStatus = tally(got.map(({ status }) => String(status)));
  console.info(`${got.length} answers in ${seconds.toFixed(1)} s: ${JSON.stringify(byStatus)}`);

  expect(all.flatMap(({ answers }) => answers).length).toBe(KEYS * TWINS);
  const failures = all.flatMap(({ ask, answers }) =>
    answers
      .flat()
      .filter(({ status }) => status >= 500)
      .map(({ status, text }) => `${status} ${ask.path} ${text}`),
  );
  expect(tally(failures)).toEqual({});
  for (const { ask, answers } of all) {
    const last = answers.map((one) => one.at(-1) as Got);
    expect(new Set(last.map(({ status }) => status))).toEqual(new Set([ask.status]));
    expect(new Set(last.map(({ text }) => text)).size).toBe(1);
    // The one that was first may have been sent away with a 409 or a 202 by its own patience, never answered twice.
    expect(last.filter(({ replayed }) => !replayed).length).toBe(1);
    for (const early of answers.flatMap((one) => one.slice(0, -1))) expect([202, 409]).toContain(early.status);
  }
  const after = await effects();
  const made = (kind: number) => kinds.filter((one) => one === kind).length;
  expect({
    entries: after.entries - before.entries,
    intents: after.intents - before.intents,
    keys: after.keys - before.keys,
    claims: after.claims - before.claims,
  }).toEqual({
    entries: kinds.filter((kind) => kind < ORDER_KINDS).length,
    intents: made(ORDER_KINDS),
    keys: made(ORDER_KINDS + 1),
    claims: KEYS,
  });
});

/** The published limits, over HTTP and a real PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createRateLimits, type GeneralLimits } from '../../src/api/rate-limits.ts';
import { rateLimitsOf, readConfig } from '../../src/config.ts';
import { openRateLimitStore } from '../../src/db/rate-limit-store.ts';
import { rateLimits as rateLimitRows } from '../../src/db/schema.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { type ApiAnswer, type ApiServer, MERCHANT, NO_LIMIT, startApi, unusedGateway } from './api-server.ts';
import { INTENT } from './edge.ts';
import { newOrder } from './order-client.ts';

const database = await testDatabase();
const admin = adminOf(database);
const LIST = '/v1/payment-intents';
const PUBLISHED = rateLimitsOf(readConfig({}));

interface Setup {
  readonly test?: Partial<GeneralLimits>;
  readonly live?: Partial<GeneralLimits>;
  /** Where the counts are shared; null: nowhere. */
  readonly url?: string | null;
}

/** One API process with limits of its own. It reports before its test ends, so that the next one starts from zero. */
async function start({ test = {}, live = {}, url = database.url }: Setup): Promise<ApiServer> {
  const store = url === null ? null : openRateLimitStore(url);
  const rateLimits = createRateLimits({
    limits: { test: { ...PUBLISHED.test, ...test }, live: { ...PUBLISHED.live, ...live } },
    ...(store && { openCounter: store.counter }),
  });
  onTestFinished(async () => {
    await rateLimits.flush();
    await store?.close();
  });
  return startApi(database.db, unusedGateway, { rateLimits });
}

beforeEach(async () => {
  await database.db.delete(rateLimitRows);
});

function left(answer: ApiAnswer) {
  const { headers } = answer;
  return {
    limit: Number(headers['x-ratelimit-limit']),
    remaining: Number(headers['x-ratelimit-remaining']),
    reset: Number(headers['x-ratelimit-reset']),
  };
}

async function sendMany(api: ApiServer, times: number, path = LIST): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for (let sent = 0; sent < times; sent++) answers.push(await api.send('GET', path));
  return answers;
}

describe('the published numbers', () => {
  test('are the defaults, and a raised general limit raises the two narrower ones in proportion', async () => {
    expect(PUBLISHED).toEqual({
      test: { perMinute: 100, perHour: 1_000 },
      live: { perMinute: 1_000, perHour: 10_000 },
    });
    const firstOf = async (limits: Parameters<typeof createRateLimits>[0]['limits'], mode: 'test' | 'live') => {
      const limiter = createRateLimits({ limits });
      const caller = { merchantId: MERCHANT, mode, role: 'merchant' } as const;
      const kinds = [null, 'create_intent', 'confirm_intent'] as const;
      return Promise.all(kinds.map(async (kind) => (await limiter.take(caller, kind)).limit));
    };
    expect(await firstOf(PUBLISHED, 'test')).toEqual([100, 50, 30]);
    expect(await firstOf(PUBLISHED, 'live')).toEqual([1_000, 500, 300]);
    const raised = { ...PUBLISHED, test: { perMinute: 400, perHour: 1_000 } };
    expect(await firstOf(raised, 'test')).toEqual([400, 200, 120]);
  });

  test('the hundred and first request within a minute is refused exactly as published', async () => {
    const api = await start({});
    const answers = await sendMany(api, 101);
    expect(answers.slice(0, 100).map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(answers.slice(0, 100).map((answer) => left(answer).remaining)).toEqual(
      Array.from({ length: 100 }, (_, index) => 99 - index),
    );
    const refused = answers[100] as ApiAnswer;
    const seconds = Number(refused.headers['retry-after']);
    expect(refused.status).toBe(429);
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.text).toBe(
      `{"error":{"code":"rate_limit_exceeded","message":"Rate limit exceeded. Retry after ${seconds} seconds.","type":"rate_limit_error","retryAfter":${seconds}}}`,
    );
    expect(refused.headers['error-reason']).toBe('rate_limit_exceeded');
    expect(left(refused)).toMatchObject({ limit: 100, remaining: 0 });
    expect(Math.abs(left(refused).reset - (Date.now() / 1_000 + seconds))).toBeLessThanOrEqual(2);
  });

  test('the hour is counted too, and the headers are of the window that leaves less', async () => {
    const api = await start({ test: { perMinute: 20, perHour: 3 } });
    const answers = await sendMany(api, 4);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(left(answers[0] as ApiAnswer)).toMatchObject({ limit: 3, remaining: 2 });
    expect(answers[3]?.json.error.retryAfter).toBeGreaterThan(3_000);
  });

  test('creating and confirming intents have limits of their own, however the path is spelled', async () => {
    const api = await start({ test: { perMinute: 10 } });
    const create = (path: string) => api.send('POST', path, { body: INTENT });
    const statuses = [];
    for (const path of [LIST, `${LIST}/`, '/v1/Payment-Intents', '/V1/payment-intents', `${LIST}?x=1`, LIST]) {
      statuses.push((await create(path)).status);
    }
    // A refused query counts like every request.
    expect(statuses).toEqual([201, 201, 201, 201, 400, 429]);
    const confirmed = [];
    for (const id of ['a', 'b', 'c', 'd']) confirmed.push((await api.send('POST', `${LIST}/${id}/confirm`)).status);
    expect(confirmed).toEqual([404, 404, 404, 429]);
    expect((await api.send('GET', LIST)).status).toBe(200);
  });
});

describe('what is counted', () => {
  test('what is bound to one order has half of what its merchant’s buyers share', async () => {
    const api = await start({ test: { perMinute: 8 } });
    const orders = await Promise.all([1, 2].map(() => newOrder(api, { funded: false })));
    const bound = (at: number) => api.addKey({ role: 'buyer', escrowOrderId: orders[at]?.orderId ?? '' });
    const [first, again, other] = [await bound(0), await bound(0), await bound(1)];
    const ask = async (key: string) => {
      const answer = await api.send('GET', LIST, { key });
      return [answer.status, left(answer).limit, left(answer).remaining];
    };
    expect(await ask(first)).toEqual([200, 4, 3]);
    expect(await ask(again)).toEqual([200, 4, 2]);
    for (const key of [first, again]) await ask(key);
    expect((await ask(first))[0]).toBe(429);
    expect((await ask(again))[0]).toBe(429);
    expect((await ask(other))[0]).toBe(200);
  });

  test('more keys of the same role get no more; other roles, modes and merchants are counted apart', async () => {
    const api = await start({ test: { perMinute: 4 } });
    const second = await api.addKey();
    const status = async (key: string) => (await api.send('GET', LIST, { key })).status;
    expect([await status(api.keys.own), await status(second)]).toEqual([200, 200]);
    expect([await status(second), await status(api.keys.own)]).toEqual([200, 200]);
    expect([await status(second), await status(await api.addKey())]).toEqual([429, 429]);
    for (const key of [await api.addKey({ role: 'buyer' }), api.keys.live, api.keys.other]) {
      expect(await status(key)).toBe(200);
    }
  });

  test('every answer to an authenticated request tells what is left', async () => {
    const api = await start({ test: { perMinute: 20 } });
    const made = await api.send('POST', LIST, { body: INTENT });
    const answers = [
      [made, 201],
      [await api.send('GET', `${LIST}/${made.json.id}`), 200],
      [await api.send('HEAD', `${LIST}/${made.json.id}`), 200],
      [await api.send('POST', LIST, { body: {} }), 400],
      [await api.send('POST', LIST, { body: '{' }), 400],
      [await api.send('GET', `${LIST}/nope`), 404],
      [await api.send('GET', '/v1/nope'), 404],
      [await api.send('GET', `${LIST}/${made.json.id}`, { key: api.keys.other }), 403],
      [await api.send('DELETE', LIST), 405],
      [await api.send('POST', LIST, { body: 'x'.repeat(70_000) }), 413],
      [await api.send('POST', LIST, { body: 'x', headers: { 'Content-Type': 'text/plain' } }), 415],
    ] as const;
    expect(answers.map(([{ status }]) => status)).toEqual(answers.map(([, status]) => status));
    for (const [answer] of answers) {
      expect(left(answer).limit).toBeGreaterThan(0);
      expect(left(answer).remaining).toBeGreaterThanOrEqual(0);
      expect(left(answer).reset).toBeGreaterThan(Date.now() / 1_000 - 1);
    }
  });

  test('a request without a valid key, and the health routes, are not counted', async () => {
    const api = await start({ test: { perMinute: 2 } });
    for (const path of ['/livez', '/readyz', '/version', '/livez']) {
      const answer = await api.send('GET', path);
      expect(answer.status).toBe(200);
      expect(left(answer).limit).toBeGreaterThan(2);
    }
    expect((await api.send('GET', LIST, { key: null })).status).toBe(401);
    expect((await sendMany(api, 3)).map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  test('the limit comes after authentication and before size and content type', async () => {
    const api = await start({ test: { perMinute: 1 } });
    await api.send('GET', LIST);
    const huge = { body: 'x'.repeat(70_000), headers: { 'Content-Type': 'text/plain' } };
    expect((await api.send('POST', LIST, huge)).status).toBe(429);
    expect((await api.send('POST', LIST, { ...huge, key: null })).status).toBe(401);
    expect((await api.send('DELETE', '/v1/nope')).status).toBe(429);
  });
});

describe('API processes that share a database', () => {
  test('share a limit: no less than it, and no more than a chunk (5 %) beyond it each', async () => {
    const pair = [await start({ test: { perMinute: 100 } }), await start({ test: { perMinute: 100 } })];
    const key = pair[0]?.keys.own ?? '';
    // Opens both connections, which takes long on a busy machine.
    for (const api of pair) await api.send('GET', LIST, { key: api.keys.live });
    const answers: ApiAnswer[] = [];
    // Eight clients on each, as fast as they get answers.
    await Promise.all(
      Array.from({ length: 16 }, async (_, client) => {
        for (let sent = 0; sent < 20; sent++) {
          answers.push(await (pair[client % 2] as ApiServer).send('GET', LIST, { key }));
        }
      }),
    );
    const passed = answers.filter(({ status }) => status === 200).length;
    console.log(`two processes let through ${passed} of a limit of 100`);
    expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(110);
  });

  test('the second one knows within two seconds what the first one counted', async () => {
    const first = await start({ test: { perMinute: 100 } });
    const second = await start({ test: { perMinute: 100 } });
    const key = first.keys.own;
    await sendMany(first, 90);
    await sleep(1_200);
    await second.send('GET', LIST, { key });
    await sleep(200);
    expect(left(await second.send('GET', LIST, { key })).remaining).toBe(8);
  });
});

describe('with the database away', () => {
  test('each process limits by itself, and says what is left as before', async () => {
    const unreachable = new URL(database.url);
    unreachable.port = '1';
    const api = await start({ test: { perMinute: 40 }, url: unreachable.href });
    const startedAt = performance.now();
    const answers = await sendMany(api, 42);
    expect(answers.map(({ status }) => status)).toEqual([...Array(40).fill(200), 429, 429]);
    expect(left(answers[9] as ApiAnswer)).toMatchObject({ limit: 40, remaining: 30 });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('a row that is locked for long delays a request by half a second, once', async () => {
    const api = await start({ test: { perMinute: 40 } });
    await sendMany(api, 3);
    await sleep(1_200);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let holding: Promise<unknown> = Promise.resolve();
    await new Promise<void>((locked) => {
      holding = admin.begin(async (sql) => {
        await sql`select from rate_limits for update`;
        locked();
        await released;
      });
    });
    const waits: number[] = [];
    for (let sent = 0; sent < 30; sent++) {
      const startedAt = performance.now();
      expect((await api.send('GET', LIST)).status).toBe(200);
      waits.push(performance.now() - startedAt);
    }
    release();
    await holding;
    console.log(`with the count locked: ${waits.map(Math.round).join(' ')} ms`);
    expect(waits.filter((ms) => ms > 300)).toHaveLength(1);
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });
});

test('counting costs a request less than 0.1 ms, and few statements', async () => {
  const store = openRateLimitStore(database.url);
  const perMinute = NO_LIMIT;
  const limiter = createRateLimits({
    limits: { test: { perMinute, perHour: perMinute }, live: PUBLISHED.live },
    openCounter: store.counter,
  });
  const caller = { merchantId: MERCHANT, mode: 'test', role: 'merchant' } as const;
  const requests = 20_000;
  for (let warm = 0; warm < 2_000; warm++) await limiter.take(caller, null);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  for (let sent = 0; sent < requests; sent++) await limiter.take(caller, 'create_intent');
  const wallMs = (performance.now() - startedAt) / requests;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1_000 / requests;
  console.log(`rate limiter, three windows a request: ${wallMs.toFixed(4)} ms, of processor ${cpuMs.toFixed(4)} ms`);
  expect(wallMs).toBeLessThan(0.1);
  await limiter.flush();
  await store.close();
  const rows = await database.db.select().from(rateLimitRows);
  expect(rows.map(({ points }) => points).sort()).toEqual([requests, requests + 2_000, requests + 2_000]);
});

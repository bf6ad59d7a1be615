/** Whoever guesses keys is slowed down; whoever has one is not. */
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { startApi, unusedGateway } from './api-server.ts';

const database = await testDatabase();
const { db, statements } = database;
const admin = adminOf(database);
const LIST = '/v1/payment-intents';

/** The id of a key, with another secret: no way in. */
function guessAt(key: string): string {
  const guessed = `${key.slice(0, 'sk_test_'.length + 16)}${'0'.repeat(64)}`;
  return guessed + crc32(guessed).toString(16).padStart(8, '0');
}

const made = () => createApiKey('test', 'merchant').key;

describe('an address that sends wrong keys', () => {
  test('is answered 429 as published after so many', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 4 });
    const statuses: number[] = [];
    for (const key of ['nonsense', made(), guessAt(api.keys.own), made()]) {
      statuses.push((await api.send('GET', LIST, { key })).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403]);
    const refused = await api.send('GET', LIST, { key: made() });
    const seconds = Number(refused.headers['retry-after']);
    expect(refused.status).toBe(429);
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.json).toEqual({
      error: {
        code: 'rate_limit_exceeded',
        message: `Rate limit exceeded. Retry after ${seconds} seconds.`,
        type: 'rate_limit_error',
        retryAfter: seconds,
      },
    });
    expect((await api.send('GET', LIST, { key: guessAt(api.keys.own) })).status).toBe(429);
    expect((await api.send('GET', '/livez')).status).toBe(200);
  });

  test('stops nobody there who has a key, also one that was never used before', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 3 });
    for (let sent = 0; sent < 40; sent++) await api.send('GET', LIST, { key: made() });
    expect((await api.send('GET', LIST, { key: await api.addKey() })).status).toBe(200);
    expect((await api.send('GET', LIST)).status).toBe(200);
    expect((await api.send('GET', LIST, { key: made() })).status).toBe(429);
  });

  test('does not exist for lack of a key, for two different ones, or for refusals of other kinds', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 2 });
    for (let sent = 0; sent < 40; sent++) {
      expect((await api.send('GET', LIST, { key: null })).status).toBe(401);
      expect((await api.send('OPTIONS', LIST, { key: null })).status).toBe(401);
      expect((await api.send('GET', `${LIST}/nope`)).status).toBe(404);
      expect((await api.send('POST', LIST, { body: {} })).status).toBe(400);
    }
    expect((await api.send('GET', LIST, { key: 'nonsense' })).status).toBe(403);
  });

  test('has one statement at a time, however many keys it makes up', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 5 });
    const before = statements().length;
    let answers: Promise<number[]> = Promise.resolve([]);
    await admin.begin(async (sql) => {
      await sql`LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE`;
      const ask = async () => (await api.send('GET', LIST, { key: made() })).status;
      answers = Promise.all(Array.from({ length: 40 }, ask));
      await until('all to have come', async () => (await api.connections()) >= 40);
      expect(statements().length - before).toBe(1);
    });
    expect(new Set(await answers)).toEqual(new Set([403, 429]));
    expect(statements().length - before).toBeLessThanOrEqual(3);
  });
});

test('every answer tells what is left: of the wrong keys of its network, or of its caller’s requests', async () => {
  const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 3 });
  const told = async (path: string, sent: Parameters<typeof api.send>[2]) => {
    const { status, headers } = await api.send('GET', path, sent);
    expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThan(Date.now() / 1_000 - 1);
    return [status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']];
  };
  expect(await told(LIST, { key: null })).toEqual([401, '3', '3']);
  expect(await told(LIST, { key: 'nonsense' })).toEqual([403, '3', '2']);
  expect(await told('/nowhere', { key: null })).toEqual([404, '3', '2']);
  expect(await told('/livez', { key: null })).toEqual([200, '3', '2']);
  expect(await told('/openapi.json', { key: null })).toEqual([200, '3', '2']);
  const [status, limit] = await told(LIST, {});
  expect([status, Number(limit) > 3]).toEqual([200, true]);
});

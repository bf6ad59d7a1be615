/** Whoever guesses keys is slowed down; whoever has one is not. */
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { testDatabase } from '../support/database.ts';
import { startApi, unusedGateway } from './api-server.ts';

const { db, statements } = await testDatabase();
const LIST = '/v1/payment-intents';

describe('an address that fails to authenticate too often', () => {
  test('is answered 429 as published, without a look-up', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 6 });
    const bad = [null, 'nonsense', createApiKey('test', 'merchant').key];
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent++) {
      statuses.push((await api.send('GET', LIST, { key: bad[sent % 3] ?? null })).status);
    }
    expect(statuses).toEqual([401, 403, 403, 401, 403, 403]);
    const before = statements().length;
    const refused = await api.send('GET', LIST, { key: createApiKey('test', 'merchant').key });
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
    expect((await api.send('GET', '/livez')).status).toBe(200);
    expect(statements().length).toBe(before);
  });

  test('a key that worked before still does, so a bad neighbour behind the same address stops nobody', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 3 });
    const late = await api.addKey();
    expect((await api.send('GET', LIST)).status).toBe(200);
    for (let sent = 0; sent < 5; sent++) await api.send('GET', LIST, { key: 'nonsense' });
    expect((await api.send('GET', LIST)).status).toBe(200);
    expect((await api.send('GET', LIST, { key: late })).status).toBe(429);
    // The id of a key that works, with another secret: no way in.
    const guessed = `${api.keys.own.slice(0, 'sk_test_'.length + 16)}${'0'.repeat(64)}`;
    const key = guessed + crc32(guessed).toString(16).padStart(8, '0');
    expect((await api.send('GET', LIST, { key })).status).toBe(429);
  });

  test('successes and refusals of other kinds do not count', async () => {
    const api = await startApi(db, unusedGateway, { authFailuresPerMinute: 2 });
    for (let sent = 0; sent < 5; sent++) {
      expect((await api.send('GET', `${LIST}/nope`)).status).toBe(404);
      expect((await api.send('POST', LIST, { body: {} })).status).toBe(400);
    }
    expect((await api.send('GET', LIST, { key: 'nonsense' })).status).toBe(403);
  });
});

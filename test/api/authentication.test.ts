/** Who may call at all. */
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { apiKeyIdOf, createApiKey } from '../../src/api/api-keys.ts';
import { apiKeys } from '../../src/db/schema.ts';
import { expectError, startEdge } from './edge.ts';

const { api, db, intentId, statements } = await startEdge();

describe('authentication', () => {
  const INVALID = { error: { code: 'forbidden', message: 'Invalid API key', type: 'authentication_error' } };

  test('a request without a key is 401 with the published body', async () => {
    for (const headers of [{}, { Authorization: 'Basic abc' }, { Authorization: 'Bearer ' }]) {
      const answer = await api.send('GET', '/v1/payment-intents', { key: null, headers });
      expect(answer.json).toEqual({
        error: { code: 'authentication_required', message: 'API key is required', type: 'authentication_error' },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test('a malformed key is 403 without a statement', async () => {
    const before = statements().length;
    const flipped = api.keys.own.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const otherPrefix = api.keys.own.replace('sk_test_', 'sk_live_');
    for (const key of ['x', 'sk_test_', flipped, otherPrefix, `${api.keys.own}0`, api.keys.own.toUpperCase()]) {
      const answer = await api.send('GET', '/v1/payment-intents', { key });
      expect(answer.status).toBe(403);
      expect(answer.json).toEqual(INVALID);
    }
    expect(statements().length).toBe(before);
  });

  test('an expired and a revoked key are 403, exactly like one that does not exist', async () => {
    const expired = await api.addKey({ expiresAt: new Date(Date.now() - 1) });
    const revoked = await api.addKey({ revokedAt: new Date() });
    const unknown = await api.addKey();
    const answers = [];
    for (const key of [expired, revoked, createApiKey('test', 'merchant').key]) {
      answers.push(await api.send('GET', '/v1/payment-intents', { key }));
    }
    for (const answer of answers) expect([answer.status, answer.json]).toEqual([403, INVALID]);
    expect((await api.send('GET', '/v1/payment-intents', { key: unknown })).status).toBe(200);
  });

  test('a key that is revoked while in use is refused within five seconds', async () => {
    const key = await api.addKey();
    expect((await api.send('GET', '/v1/payment-intents', { key })).status).toBe(200);
    const row = eq(apiKeys.id, apiKeyIdOf(key) ?? '');
    await db.update(apiKeys).set({ revokedAt: new Date() }).where(row);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await api.send('GET', '/v1/payment-intents', { key })).status).toBe(403);
  });

  test('a Bearer token is as good as X-API-Key, and both may be sent when they agree', async () => {
    const bearer = { Authorization: `Bearer ${api.keys.own}` };
    expect((await api.send('GET', '/v1/payment-intents', { key: null, headers: bearer })).status).toBe(200);
    expect((await api.send('GET', '/v1/payment-intents', { headers: bearer })).status).toBe(200);
    expect((await api.send('GET', '/v1/payment-intents', { headers: { Authorization: 'Basic abc' } })).status).toBe(
      200,
    );
    const disagreeing = await api.send('GET', '/v1/payment-intents', { key: api.keys.other, headers: bearer });
    expectError(disagreeing, 400, { code: 'invalid_request' });
    const twice = { 'X-API-Key': [api.keys.own, api.keys.other] };
    expectError(await api.send('GET', '/v1/payment-intents', { headers: twice }), 400, { code: 'invalid_request' });
  });

  test('a hackathon key works in test mode', async () => {
    const key = await api.addKey({ prefix: 'sk_hackathon_' });
    expect(key).toMatch(/^sk_hackathon_/);
    expect((await api.send('GET', `/v1/payment-intents/${intentId}`, { key })).status).toBe(200);
  });
});

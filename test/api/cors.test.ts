/** Pages of other origins: what browsers are told, and what it costs to ask. */
import { describe, expect, test } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { EXPOSED_HEADERS } from '../../src/api/cors.ts';
import { readConfig } from '../../src/config.ts';
import { testDatabase } from '../support/database.ts';
import { startApi, unusedGateway } from './api-server.ts';

const { db } = await testDatabase();
const SHOP = 'https://shop.example.com';
const INTENTS = '/v1/payment-intents';
const api = await startApi(db, unusedGateway, { corsOrigins: [SHOP, 'http://localhost:5173'] });
const closed = await startApi(db, unusedGateway);
const open = await startApi(db, unusedGateway, { corsOrigins: ['*'] });

function preflight(origin: string, { path = INTENTS, method = 'POST', at = api } = {}) {
  const headers = { Origin: origin, 'Access-Control-Request-Method': method };
  return at.send('OPTIONS', path, { key: null, headers });
}

describe('a preflight', () => {
  test('of an allowed origin needs no key and names the methods of the route and the headers of our clients', async () => {
    const { status, headers, text } = await preflight(SHOP);
    expect([status, text]).toEqual([204, '']);
    expect(headers['access-control-allow-origin']).toBe(SHOP);
    expect(headers['access-control-allow-methods']).toBe('GET, HEAD, POST');
    expect(headers['access-control-allow-headers']).toBe(
      'X-API-Key, Authorization, Content-Type, Idempotency-Key, Prefer, X-Request-Id',
    );
    expect(headers['access-control-max-age']).toBe('600');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers.vary).toContain('Origin');
    const endpoint = await preflight('http://localhost:5173', { path: '/v1/webhook-endpoints/x' });
    expect(endpoint.headers['access-control-allow-methods']).toBe('GET, HEAD, PATCH, DELETE');
    expect((await preflight(SHOP, { path: '/livez' })).status).toBe(204);
    expect((await preflight(SHOP, { path: '/v1/nope' })).status).toBe(404);
  });

  test.each(['https://evil.example.com', `${SHOP}.evil.com`, 'http://shop.example.com', 'null', `${SHOP}/`])(
    'of %s is told nothing',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect([status, headers['access-control-allow-origin']]).toEqual([405, undefined]);
      expect((await api.send('GET', INTENTS, { headers: { Origin: origin } })).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
    },
  );

  test('is never counted as a guess, and costs nothing of a limit', async () => {
    const strict = await startApi(db, unusedGateway, { corsOrigins: [SHOP], authFailuresPerMinute: 2 });
    for (let sent = 0; sent < 5; sent++) {
      for (const origin of [SHOP, 'https://evil.example.com']) await preflight(origin, { at: strict });
    }
    expect((await strict.send('GET', INTENTS)).status).toBe(200);
    expect((await strict.send('GET', INTENTS, { key: null })).status).toBe(401);
  });

  test('opens nothing: without its headers OPTIONS is about a key, and with them it does nothing else', async () => {
    expect((await api.send('OPTIONS', INTENTS, { key: null })).status).toBe(401);
    expect((await api.send('OPTIONS', INTENTS, { key: null, headers: { Origin: SHOP } })).status).toBe(401);
    expect((await preflight(SHOP, { at: closed })).status).toBe(405);
  });
});

describe('an answer', () => {
  test('may be read by the pages of allowed origins, refusals included, with every header that the reference names', async () => {
    for (const key of [api.keys.own, null]) {
      const { headers } = await api.send('GET', INTENTS, { key, headers: { Origin: SHOP } });
      expect(headers['access-control-allow-origin']).toBe(SHOP);
      expect(headers['access-control-expose-headers']).toBe(EXPOSED_HEADERS.join(', '));
      expect(headers.vary).toContain('Origin');
    }
    expect(EXPOSED_HEADERS).toEqual(expect.arrayContaining(Object.keys(openapi.components.headers)));
  });

  test('without an origin, or where none is allowed, says nothing of it', async () => {
    expect((await api.send('GET', INTENTS)).headers).not.toHaveProperty('access-control-allow-origin');
    const { headers } = await closed.send('GET', INTENTS, { headers: { Origin: SHOP } });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers.vary ?? '').not.toContain('Origin');
  });

  test('may be read by all where all are allowed', async () => {
    const { headers } = await open.send('GET', INTENTS, { headers: { Origin: 'https://any.example' } });
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});

describe('CORS_ORIGINS', () => {
  test.each([
    [undefined, []],
    [`${SHOP}, http://localhost:5173`, [SHOP, 'http://localhost:5173']],
    ['*', ['*']],
  ])('%s', (text, origins) => {
    expect(readConfig(text === undefined ? {} : { CORS_ORIGINS: text }).CORS_ORIGINS).toEqual(origins);
  });

  test.each([
    'shop.example.com',
    `${SHOP}/`,
    `${SHOP}:443`,
    'https://Shop.example.com',
    `${SHOP},*`,
    'null',
    'ftp://x',
  ])('%s is refused', (text) => {
    expect(() => readConfig({ CORS_ORIGINS: text })).toThrow(/CORS_ORIGINS=.*must be origins/);
  });
});

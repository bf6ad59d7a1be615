/** What surrounds every route: headers, methods, preferences, readiness, and what is not even HTTP. */
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/db/client.ts';
import { startApi, unusedGateway } from './api-server.ts';
import { expectError, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, createMilestone, db, intentId, milestoneIdOf, milestonesPath, submitted } = await startEdge();

describe('headers, routes and methods', () => {
  test('every answer carries a request id, the client’s own where it is sane', async () => {
    const given = async (id: string) =>
      (await api.send('GET', '/v1/nope', { headers: { 'X-Request-Id': id } })).headers['x-request-id'];
    expect(await given('trace-1.a:b_c')).toBe('trace-1.a:b_c');
    for (const id of ['a b', 'x'.repeat(65), '<script>', 'a,b']) expect(await given(id)).toMatch(/^req_[0-9a-z]{26}$/);
    expect((await api.send('GET', '/livez', { key: null })).headers['x-request-id']).toMatch(/^req_/);
  });

  test('nothing tells what it is built with, and nothing is cached', async () => {
    const { headers } = await api.send('GET', `/v1/payment-intents/${intentId}`);
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers.etag).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('unknown routes are 404 and other methods 405 with Allow, as JSON', async () => {
    expectError(await api.send('GET', '/', { key: null }), 404, { code: 'resource_missing' });
    expectError(await api.send('POST', '/v1/nope', { body: {} }), 404, { code: 'resource_missing' });
    const cases: [string, string, string][] = [
      ['PUT', '/v1/payment-intents', 'GET, HEAD, POST'],
      ['DELETE', `/v1/payment-intents/${intentId}`, 'GET, HEAD'],
      ['GET', `/v1/payment-intents/${intentId}/confirm`, 'POST'],
      ['PATCH', milestonesPath, 'GET, HEAD, POST'],
      ['OPTIONS', milestonesPath, 'GET, HEAD, POST'],
      ['POST', '/livez', 'GET, HEAD'],
    ];
    for (const [method, path, allow] of cases) {
      const answer = await api.send(method, path);
      expectError(answer, 405, { code: 'invalid_request' });
      expect(answer.headers.allow).toBe(allow);
    }
    const head = await api.send('HEAD', `/v1/payment-intents/${intentId}`);
    expect([head.status, head.text]).toEqual([200, '']);
  });

  test('a path that cannot be decoded is 400', async () => {
    expectError(await api.send('GET', '/v1/payment-intents/%zz'), 400, { code: 'invalid_request' });
  });

  test('what is not HTTP is answered in the same form', async () => {
    expect(await exchangeRaw('NONSENSE\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/json[\s\S]*\{"error":\{/,
    );
    const overflow = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await exchangeRaw(overflow)).toMatch(/^HTTP\/1\.1 431 [\s\S]*\{"error":\{/);
  });

  test.each([
    ['two of them', ['a', 'b']],
    ['the same twice', ['a', 'a']],
    ['an empty one', [' ']],
    ['an empty quoted one', ['""']],
    ['256 characters', ['x'.repeat(256)]],
    ['a space', ['a b']],
    ['a letter beyond ASCII', ['é']],
    ['an open quote', ['"abc']],
  ])('an Idempotency-Key with %s is 400', async (_title, values) => {
    const answer = await createMilestone(MILESTONE, { headers: { 'Idempotency-Key': values } });
    expectError(answer, 400, { code: 'invalid_request' });
    expect(answer.headers['error-reason']).toBe('idempotency_key_invalid');
  });
});

describe('preferences', () => {
  const turnOf = async (prefer: string | string[] | undefined, path = milestonesPath, body: object = MILESTONE) => {
    const answer = await api.send('POST', path, { body, ...(prefer !== undefined && { headers: { Prefer: prefer } }) });
    expect(answer.status).toBe(PASSED);
    return [submitted.at(-1)?.turnWaitMs, answer.headers['preference-applied']];
  };

  test.each<[string | string[] | undefined, number | null, string | undefined]>([
    [undefined, 2_000, undefined],
    ['wait=5', 5_000, 'wait=5'],
    ['wait=0', 0, 'wait=0'],
    ['WAIT = "7"', 7_000, 'wait=7'],
    ['wait=600', 30_000, 'wait=30'],
    ['handling=strict', 0, 'handling=strict'],
    ['handling=lenient', null, 'handling=lenient'],
    ['respond-async, wait=3; x=y, return=minimal', 3_000, 'wait=3'],
    [['wait=4', 'handling=strict'], 0, 'handling=strict'],
    ['foo="a, handling=strict", wait=6', 6_000, 'wait=6'],
    ['wait=1, wait=9', 1_000, 'wait=1'],
    ['wait=-1', 2_000, undefined],
    ['wait=1.5', 2_000, undefined],
    ['handling=whatever', 2_000, undefined],
    [',,;=";', 2_000, undefined],
    [`wait${' '.repeat(8_000)}x`, 2_000, undefined],
  ])('%j makes a create wait %s', async (prefer, turnWaitMs, applied) => {
    expect(await turnOf(prefer)).toEqual([turnWaitMs, applied]);
  });

  test('complete and release do not wait unless asked to', async () => {
    const milestone = `${milestonesPath}/${await milestoneIdOf(3)}`;
    expect(await turnOf(undefined, `${milestone}/complete`, { completedBy: 'x' })).toEqual([0, undefined]);
    expect(await turnOf('wait=2', `${milestone}/release`, {})).toEqual([2_000, 'wait=2']);
    expect(await turnOf('handling=lenient', `${milestone}/release`, {})).toEqual([null, 'handling=lenient']);
    expect(submitted.at(-1)).toMatchObject({ milestoneIndex: 3, details: { releasedBy: 'merchant_test' } });
  });
});

describe('readiness', () => {
  const ready = { required: true, isReady: async () => true };
  const down = { required: true, isReady: () => Promise.reject(new Error('down')) };
  const hanging = { required: true, isReady: () => new Promise<boolean>(() => {}) };

  test.each([
    ['all is well', { sql: ready }, true, 200, { status: 'ready', checks: { sql: 'ok', temporal: 'ok' } }],
    ['Temporal is down', { sql: ready }, false, 200, { status: 'degraded', checks: { sql: 'ok', temporal: 'failed' } }],
    ['a check fails', { sql: down }, true, 503, { status: 'unavailable', checks: { sql: 'failed', temporal: 'ok' } }],
    [
      'a check hangs',
      { sql: hanging },
      true,
      503,
      { status: 'unavailable', checks: { sql: 'failed', temporal: 'ok' } },
    ],
  ])('when %s', async (_title, readiness, isReachable, status, body) => {
    const server = await startApi(db, { ...unusedGateway, isReachable: async () => isReachable }, { readiness });
    const answer = await server.send('GET', '/readyz', { key: null });
    expect([answer.status, answer.json]).toEqual([status, body]);
  });

  test('without a database every request is 503 with Retry-After, and alive', async () => {
    const lost = connect('postgres://nobody@127.0.0.1:1/nothing');
    const server = await startApi(db, unusedGateway);
    const cut = await startApi(db, unusedGateway, { db: lost.db });
    const answer = await cut.send('GET', '/v1/payment-intents', { key: server.keys.own });
    expectError(answer, 503, { code: 'service_unavailable' });
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|select/i);
    expect((await cut.send('GET', '/livez', { key: null })).status).toBe(200);
    expect((await cut.send('GET', '/version', { key: null })).json).toEqual({ version: '0.0.0-test' });
    await lost.close();
  });
});

function exchangeRaw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(api.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

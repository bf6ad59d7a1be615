/** Requests that no client library would send: what is on the wire is read in one way or refused, always in JSON. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HEADERS_MAX } from '../../src/api/headers.ts';
import { answersIn, exchangeRaw, type RawAnswer } from '../support/raw-http.ts';
import { expectError, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, createMilestone, intentId, milestonesPath, submitted } = await startEdge();
const CLOSE = 'Connection: close\r\n';
const KEY = `X-API-Key: ${api.keys.own}\r\n`;
const BODY = JSON.stringify(MILESTONE);
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const JSON_TYPE = 'Content-Type: application/json\r\n';

const post = (headers: string, body = BODY) =>
  `POST ${milestonesPath} HTTP/1.1\r\nHost: x\r\n${KEY}${CLOSE}${headers}\r\n${body}`;
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${CLOSE}${headers}\r\n`;

async function exchange(bytes: string | Buffer, port = api.port): Promise<RawAnswer[]> {
  return answersIn(await exchangeRaw(port, bytes));
}

/** Expects one answer, in the published error shape. */
async function expectRefusal(bytes: string | Buffer, status: number, reason: string): Promise<RawAnswer> {
  const [answer, ...more] = await exchange(bytes);
  expect([answer?.status, more]).toEqual([status, []]);
  expect(answer?.head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
  expect(answer?.head).toMatch(/^x-request-id: req_/im);
  expect(answer?.head).toMatch(/^x-content-type-options: nosniff$/im);
  expect(answer?.head).toMatch(new RegExp(`^error-reason: ${reason}$`, 'im'));
  const { error, ...others } = JSON.parse(answer?.text ?? '');
  expect(others).toEqual({});
  expect(Object.keys(error)).toEqual(['code', 'message', 'type']);
  return answer as RawAnswer;
}

test.each(['http://[::1', 'http://', '//[::1', 'http://x:99999/'])(
  'an address that is none is refused: %s',
  async (address) => {
    const [answer] = await exchange(get(address));
    expect(answer?.head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
    expect(answer?.head).toMatch(/^x-request-id: req_/im);
    expect([400, 404]).toContain(answer?.status);
    expect(Object.keys(JSON.parse(answer?.text ?? ''))).toEqual(['error']);
  },
);

describe('what can be read in two ways is refused', () => {
  const chunked = 'Transfer-Encoding: chunked\r\n';
  test.each<[string, string, number, string]>([
    ['two lengths', post(`${JSON_TYPE}${LENGTH}Content-Length: 3\r\n`), 400, 'http_malformed'],
    ['the same length twice', post(`${JSON_TYPE}${LENGTH}${LENGTH}`), 400, 'http_malformed'],
    ['a length that is no number', post(`${JSON_TYPE}Content-Length: +5\r\n`), 400, 'http_malformed'],
    ['a length beyond all numbers', post(`${JSON_TYPE}Content-Length: ${'9'.repeat(40)}\r\n`), 400, 'http_malformed'],
    ['length and chunks', post(`${JSON_TYPE}${LENGTH}${chunked}`, `0\r\n\r\n`), 400, 'http_malformed'],
    ['chunks before another coding', post(`${JSON_TYPE}Transfer-Encoding: chunked, gzip\r\n`), 400, 'http_malformed'],
    ['an unknown coding', post(`${JSON_TYPE}Transfer-Encoding: identity\r\n`), 400, 'http_malformed'],
    ['a chunk of no length', post(`${JSON_TYPE}${chunked}`, 'zz\r\n{}\r\n0\r\n\r\n'), 400, 'http_malformed'],
    [
      'a chunk with endless extensions',
      post(`${JSON_TYPE}${chunked}`, `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
      413,
      'body_too_large',
    ],
    ['a space in a header name', get('/livez', 'X-A : b\r\n'), 400, 'http_malformed'],
    ['a folded header', get('/livez', 'X-A: b\r\n c\r\n'), 400, 'http_malformed'],
    ['NUL in a header', get('/livez', 'X-A: b\0c\r\n'), 400, 'http_malformed'],
    ['a bare carriage return', get('/livez', 'X-A: b\rX-B: c\r\n'), 400, 'http_malformed'],
    ['no version', 'GET /livez\r\n\r\n', 400, 'http_malformed'],
    ['version 9', 'GET /livez HTTP/9.9\r\n\r\n', 400, 'http_malformed'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'http_malformed'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'http_malformed'],
    ['an unknown method', `BREW ${milestonesPath} HTTP/1.1\r\n\r\n`, 400, 'http_malformed'],
    ['a space in the path', get('/livez x'), 400, 'http_malformed'],
    ['two content types', post(`${JSON_TYPE}Content-Type: text/plain\r\n${LENGTH}`), 400, 'header_repeated'],
    [
      'two content encodings',
      post(`${JSON_TYPE}${LENGTH}${'Content-Encoding: identity\r\n'.repeat(2)}`),
      400,
      'header_repeated',
    ],
    ['a header that is too long', get('/livez', `X-A: ${'x'.repeat(20_000)}\r\n`), 431, 'headers_too_large'],
    ['a URL that is too long', get(`/${'x'.repeat(20_000)}`), 431, 'headers_too_large'],
    ['one header too many', get('/livez', 'X-A: b\r\n'.repeat(HEADERS_MAX - 1)), 431, 'headers_too_large'],
    ['thousands of small headers', get('/livez', 'a:\r\n'.repeat(3_500)), 431, 'headers_too_large'],
  ])('%s', async (_title, bytes, status, reason) => {
    const before = submitted.length;
    await expectRefusal(bytes, status, reason);
    expect(submitted.length).toBe(before);
  });

  test('two keys that differ, in whatever headers; the same one twice is one', async () => {
    const other = `X-API-Key: ${api.keys.other}\r\n`;
    await expectRefusal(get('/v1/payment-intents', KEY + other), 400, 'api_keys_differ');
    const bearer = (key: string) => `Authorization: Bearer ${key}\r\n`;
    await expectRefusal(
      get('/v1/payment-intents', bearer(api.keys.own) + bearer(api.keys.other)),
      400,
      'api_keys_differ',
    );
    const [same] = await exchange(get('/v1/payment-intents', KEY + KEY + bearer(api.keys.own)));
    expect(same?.status).toBe(200);
  });
});

describe('what is unusual and clear is served', () => {
  test.each<[string, string, number]>([
    ['HTTP/1.0 without a host', 'GET /livez HTTP/1.0\r\n\r\n', 200],
    ['as many headers as may be', get('/livez', 'X-A: b\r\n'.repeat(HEADERS_MAX - 2)), 200],
    ['no host', `GET /livez HTTP/1.1\r\n${CLOSE}\r\n`, 200],
    ['another host in the request line', get('http://elsewhere.example/livez'), 200],
    ['a wish for web sockets', get('/livez', 'Upgrade: websocket\r\n').replace(CLOSE, ''), 200],
    ['an unknown expectation', get('/livez', 'Expect: a-miracle\r\n'), 200],
    ['a body with a GET', get('/livez', `${JSON_TYPE}${LENGTH}`) + BODY, 200],
    [
      'a body in chunks of a byte',
      post(
        `${JSON_TYPE}Transfer-Encoding: chunked\r\n`,
        `${[...BODY].map((one) => `1\r\n${one}\r\n`).join('')}0\r\n\r\n`,
      ),
      PASSED,
    ],
    [
      'chunks with trailers',
      post(
        `${JSON_TYPE}Transfer-Encoding: chunked\r\n`,
        `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\nX-API-Key: y\r\n\r\n`,
      ),
      PASSED,
    ],
  ])('%s', async (_title, bytes, status) => {
    const bounded = bytes.includes('Upgrade')
      ? bytes.replace('\r\n\r\n', '\r\nConnection: upgrade, close\r\n\r\n')
      : bytes;
    expect((await exchange(bounded)).map((answer) => answer.status)).toEqual([status]);
  });

  test('a long path that exists nowhere is 404, and is not repeated in full', async () => {
    const answer = await expectRefusal(get(`/${'x'.repeat(12_000)}`), 404, 'route_missing');
    expect(answer.text.length).toBeLessThan(500);
  });

  test.each(['OPTIONS *', `TRACE ${milestonesPath}`, 'OPTIONS /v1/nope'])('%s is refused in JSON', async (line) => {
    const [answer] = await exchange(`${line} HTTP/1.1\r\n${CLOSE}${KEY}\r\n`);
    expect([404, 405]).toContain(answer?.status);
    expect(JSON.parse(answer?.text ?? '').error.code).toMatch(/^(resource_missing|invalid_request)$/);
  });
});

describe('a body that asks first', () => {
  const asking = (headers: string, body = '') => post(`${JSON_TYPE}${headers}Expect: 100-continue\r\n`, body);

  test('is invited once everything before it is in order', async () => {
    const [invitation, answer] = await exchange(asking(LENGTH, BODY));
    expect([invitation?.status, answer?.status]).toEqual([100, PASSED]);
  });

  test.each([
    ['without a key', asking(LENGTH).replace(KEY, ''), 401],
    ['that is too large', asking('Content-Length: 65537\r\n'), 413],
  ])('%s is not', async (_title, bytes, status) => {
    const [answer] = await exchange(bytes);
    expect(answer?.status).toBe(status);
  });
});

describe('a compressed body', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));

  test.each(['gzip', 'deflate', 'br', 'zstd', 'x-unknown', 'gzip, identity'])(
    'in %s is 415, and is not unpacked',
    async (encoding) => {
      const answer = await createMilestone(bomb.subarray(0, 60_000), { headers: { 'Content-Encoding': encoding } });
      expectError(answer, 415, { code: 'invalid_request' });
    },
  );

  test('that is none is read', async () => {
    const answer = await createMilestone(BODY, { headers: { 'Content-Encoding': 'identity' } });
    expect(answer.status).toBe(PASSED);
  });
});

describe('paths', () => {
  const tail = `payment-intents/${intentId}`;

  test.each([
    `/V1/${tail}`,
    `/v1/${tail}/`,
    `/v1/${tail.toUpperCase()}`,
    `/v1//${tail}`,
    `//v1/${tail}`,
    `/%76%31/${tail}`,
    `/v1/./${tail}`,
    `/v1/x/../${tail}`,
    `/v1;x/${tail}`,
    `/v1/${tail}%2F`,
    `/v1%2f${tail}`,
    `\\v1\\${tail}`,
  ])('no spelling gets in without a key: %s', async (path) => {
    const [answer] = await exchange(get(path));
    expect([400, 401, 404]).toContain(answer?.status);
    expect(Object.keys(JSON.parse(answer?.text ?? ''))).toEqual(['error']);
  });

  test('case and a slash at the end make no difference with one', async () => {
    for (const path of [`/V1/Payment-Intents/${intentId}`, `/v1/${tail}/`]) {
      expect((await api.send('GET', path)).status).toBe(200);
    }
  });

  test.each(['%zz', '%', '%f', '%ff', '%c0%80', '%ed%a0%80'])('an id that cannot be decoded is 400: %s', async (id) => {
    for (const path of [`/v1/payment-intents/${id}`, `/v1/payment-intents/${id}/escrow`, `/v1/commands/${id}`]) {
      const answer = await api.send('GET', path);
      expectError(answer, 400, { code: 'invalid_request' });
      expect(answer.headers['error-reason']).toBe('url_malformed');
    }
  });

  test.each([
    '%00',
    'a%00b',
    '%0d%0aX-A:b',
    '..%2f..',
    '%F0%9F%92%A9',
    "'%20or%201=1",
    '__proto__',
    'constructor',
    'x'.repeat(8_000),
  ])('an id that nothing has is 404: %s', async (id) => {
    for (const path of [`/v1/payment-intents/${id}`, `/v1/commands/${id}`, `${milestonesPath}/${id}`]) {
      expectError(await api.send('GET', path), 404, { code: 'resource_missing' });
    }
  });
});

test('a connection takes any number of requests, one after the other or all at once, and answers each', async () => {
  const answers = await exchange('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000) + get('/livez'));
  expect(answers.length).toBe(2_001);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

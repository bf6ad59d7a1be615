/**
 * Nothing is ever sent to where it may not be. Listeners on this machine wait for what gets through, and a control shows
 * that they would notice.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { lookupWith, type Resolve } from '../../src/webhooks/addresses.ts';
import { post } from '../../src/webhooks/post.ts';
import { sendWebhook } from '../../src/webhooks/send.ts';
import { checkUrl, URL_FAULTS } from '../../src/webhooks/url-rules.ts';
import { startApi, unusedGateway } from '../api/api-server.ts';
import { testDatabase } from '../support/database.ts';
import { HOSTILE_NAMES, hostileUrls } from './hostile-urls.ts';

const listeners = [await listen('127.0.0.1'), await listen('::1'), await listen('127.0.0.1'), await listen('::1')];
const [v4 = 0, v6 = 0] = listeners.map(({ port }) => port);
const PORTS = listeners.map(({ port }) => port);
const POLICY = { allowsPrivate: false, ports: PORTS };
const MESSAGE = { body: '{}', headers: {}, timeoutMs: 2_000 };
const resolveHostile: Resolve = async (name) => HOSTILE_NAMES[name] ?? [];
const URLS = hostileUrls(v4, v6);
let arrived: string[] = [];
beforeEach(() => {
  arrived = [];
});

async function listen(host: string): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    arrived.push(`${host} ${socket.localPort}`);
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, host, listening));
  afterAll(() => new Promise<void>((closed) => server.close(() => closed())));
  return { port: (server.address() as { port: number }).port };
}

test('a URL is refused for the reason that is stated, and nothing is sent to it', async () => {
  expect(URLS.length).toBeGreaterThanOrEqual(80);
  for (const [url, why] of URLS) {
    expect([url, checkUrl(url, { allowsPrivate: false })]).toEqual([url, { fault: why }]);
    // The ports of the listeners are allowed here, so that nothing but the address is in the way.
    const sent = await sendWebhook({ ...MESSAGE, url }, POLICY, async () => ['127.0.0.1', '::1']);
    expect([url, sent.statusCode, sent.error === null]).toEqual([url, null, false]);
  }
  expect(arrived).toEqual([]);
});

test('a name that leads inside is not connected to, whatever it leads to', async () => {
  for (const name of Object.keys(HOSTILE_NAMES)) {
    for (const port of PORTS) {
      const sent = await sendWebhook({ ...MESSAGE, url: `https://${name}:${port}/` }, POLICY, resolveHostile);
      expect([name, sent.statusCode, sent.error]).toEqual([
        name,
        null,
        expect.stringMatching(/^The host name leads to/),
      ]);
    }
  }
  expect(arrived).toEqual([]);
});

test('a name that is public when it is checked and private when it is connected to is not connected to', async () => {
  let asked = 0;
  const rebinding: Resolve = async () => (asked++ === 0 ? ['93.184.216.34'] : ['127.0.0.1']);
  await expect(rebinding('rebinding.attacker.com')).resolves.toEqual(['93.184.216.34']);
  const sent = await sendWebhook({ ...MESSAGE, url: `https://rebinding.attacker.com:${v4}/` }, POLICY, rebinding);
  expect(sent.error).toBe('The host name leads to an address that is not public');
  // One question a connection: what was checked is what would have been connected to.
  expect(asked).toBe(2);
  expect(arrived).toEqual([]);
});

test('without the guard the same requests do arrive', async () => {
  const unguarded = (url: string) =>
    post({ ...MESSAGE, timeoutMs: 1_000, url: new URL(url), lookup: lookupWith(async () => ['127.0.0.1']) });
  const reaching = URLS.filter(([url]) => URL.canParse(url) && new URL(url).port === String(v4) && !/^http:/.test(url));
  await Promise.all(reaching.map(([url]) => unguarded(url)));
  expect(reaching.length).toBeGreaterThan(25);
  expect(arrived.length).toBeGreaterThan(20);
  arrived = [];
  await Promise.all(Object.keys(HOSTILE_NAMES).map((name) => unguarded(`https://${name}:${v4}/`)));
  expect(arrived.length).toBe(Object.keys(HOSTILE_NAMES).length);
});

const { db } = await testDatabase();

test('each of them is refused when it is registered, with a message that says why', async () => {
  const api = await startApi(db, unusedGateway, { webhooks: { allowsPrivate: false, resolve: resolveHostile } });
  const register = (url: string, key?: string) =>
    api.send('POST', '/v1/webhook-endpoints', { body: { url }, ...(key !== undefined && { key }) });
  for (const [url, why] of URLS) {
    const answer = await register(url);
    // NUL, and what is too long, never get past the schema of the body.
    const isBodys = why === 'too_long' || url.includes('\u0000');
    if (isBodys) expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request']);
    else {
      expect([url, answer.status, answer.headers['error-reason']]).toEqual([url, 400, 'webhook_url_refused']);
      expect(answer.json.error).toMatchObject({ param: 'url', message: why === 'resolved' ? '' : URL_FAULTS[why] });
    }
  }
  for (const name of Object.keys(HOSTILE_NAMES)) {
    const answer = await register(`https://${name}/`);
    expect([name, answer.status, answer.headers['error-reason']]).toEqual([name, 400, 'webhook_url_refused']);
  }
  expect(arrived).toEqual([]);
});

test('the setting for development opens this machine to test mode, and never to live mode', async () => {
  const webhooks = { allowsPrivate: true, resolve: resolveHostile };
  const api = await startApi(db, unusedGateway, { webhooks });
  const body = { url: `http://localhost:${v4}/` };
  expect((await api.send('POST', '/v1/webhook-endpoints', { body })).status).toBe(201);
  const live = await api.send('POST', '/v1/webhook-endpoints', { body, key: api.keys.live });
  expect([live.status, live.headers['error-reason']]).toEqual([400, 'webhook_url_refused']);
  const named = { url: 'https://loopback.attacker.com/' };
  expect((await api.send('POST', '/v1/webhook-endpoints', { body: named, key: api.keys.live })).status).toBe(400);
});

test('the setting for development opens addresses of this machine and its network, and no metadata service', async () => {
  const api = await startApi(db, unusedGateway, { webhooks: { allowsPrivate: true, resolve: resolveHostile } });
  const policy = { allowsPrivate: true };
  for (const host of ['127.0.0.1', '[::1]', '192.168.1.7', '10.0.0.1', '172.16.0.1', '[fd12::1]']) {
    expect([host, checkUrl(`http://${host}:8080/`, policy)]).toEqual([host, { url: new URL(`http://${host}:8080/`) }]);
  }
  const refused = ['169.254.169.254', '0xa9fea9fe', '[::ffff:169.254.169.254]', '[fd00:ec2::254]', '100.100.100.200'];
  for (const host of [...refused, '168.63.129.16', '[fe80::1]', '0.0.0.0', '[::]', '8.8.8.8', '224.0.0.1']) {
    const url = `http://${host}/`;
    expect([host, checkUrl(url, policy)]).toEqual([host, { fault: 'address' }]);
    const answer = await api.send('POST', '/v1/webhook-endpoints', { body: { url } });
    expect([answer.status, answer.headers['error-reason']]).toEqual([400, 'webhook_url_refused']);
    expect((await sendWebhook({ ...MESSAGE, url }, policy, resolveHostile)).error).toBe(URL_FAULTS.address);
  }
  for (const [host, port] of [
    ['127.0.0.1', v4],
    ['[::1]', v6],
  ]) {
    const url = `http://${host}:${port}/`;
    expect((await api.send('POST', '/v1/webhook-endpoints', { body: { url } })).status).toBe(201);
    // The listener hangs up: it was there.
    const { error } = await sendWebhook({ ...MESSAGE, url }, policy, resolveHostile);
    expect(error).toMatch(/^The connection was closed before an answer/);
    const live = await api.send('POST', '/v1/webhook-endpoints', { body: { url }, key: api.keys.live });
    expect([live.status, live.headers['error-reason']]).toEqual([400, 'webhook_url_refused']);
  }
});

test('a host name with an underscore is refused for its underscore', () => {
  expect(checkUrl('https://my_shop.example.com/', { allowsPrivate: false })).toEqual({ fault: 'underscore' });
  expect(URL_FAULTS.underscore).toContain('underscore');
});

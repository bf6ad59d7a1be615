/** The reference for people: its pages, their policy, and what they load. A browser looks at them in test/tools. */
import { describe, expect, test } from 'vitest';
import { ERROR_FORMS } from '../../src/api/errors.ts';
import { errorGuide } from '../../src/openapi/error-guide.ts';
import { html } from '../../src/reference/html.ts';
import { errorPage } from '../../src/reference/pages.ts';
import { testDatabase } from '../support/database.ts';
import { type ApiAnswer, startApi, unusedGateway } from './api-server.ts';

const database = await testDatabase();
const api = await startApi(database.db, unusedGateway);
const get = (path: string, headers = {}) => api.send('GET', path, { key: null, headers });

const REASONS = Object.keys(ERROR_FORMS);

/** The addresses that a page loads or leads to. */
const addressesIn = ({ text }: ApiAnswer) => [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to = '']) => to);

test('every page is HTML under a policy that allows nothing but our own files', async () => {
  for (const path of ['/docs', '/docs/errors', '/docs/errors/field_invalid']) {
    const { status, headers } = await get(path);
    expect(status, path).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

test('no page has anything inline, or loads anything from elsewhere', async () => {
  for (const path of ['/docs', '/docs/errors', '/docs/errors/field_invalid']) {
    const answer = await get(path);
    expect(answer.text).not.toMatch(/<style|style=|<script>|\son\w+=|javascript:/);
    for (const address of addressesIn(answer)) expect(address, path).toMatch(/^(\/(?!\/)|#)/);
  }
});

describe('what the pages load', () => {
  const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

  test('is served with its type, to be kept for ever', async () => {
    const pages = await Promise.all(['/docs', '/docs/errors'].map((path) => get(path)));
    const assets = new Set(pages.flatMap(addressesIn).filter((address) => address.startsWith('/docs/assets/')));
    expect([...assets].map((address) => address.split('/').at(-1)).sort()).toEqual(
      ['errors.css', 'icon.svg', 'reference.css', 'reference.js', 'swagger-ui-bundle.js', 'swagger-ui.css'].sort(),
    );
    for (const address of assets) {
      const { status, headers, text } = await get(address);
      expect(status, address).toBe(200);
      expect(headers['content-type']).toContain(TYPES[address.split('.').at(-1) ?? '']);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(text).not.toBe('');
      const again = await get(address, { 'If-Modified-Since': headers['last-modified'] });
      expect(again.status).toBe(304);
    }
  });

  test('is all that is served: no other file of the packages, and none outside', async () => {
    const [address = ''] = addressesIn(await get('/docs'));
    const folder = address.slice(0, address.lastIndexOf('/'));
    const others = [
      ...['index.html', 'swagger-ui-standalone-preset.js', 'swagger-ui.css.map', 'package.json', '', '.', '..'],
      ...['..%2f..%2f..%2fpackage.json', '%2e%2e%2fpages.ts', '%00', '__proto__', 'constructor'],
    ];
    for (const name of others) expect((await get(`${folder}/${name}`)).status, name).toBe(404);
    expect((await get('/docs/assets/0123456789abcdef/reference.js')).status).toBe(404);
  });
});

describe('the pages of refusals', () => {
  test('each reason has one, which the list leads to', async () => {
    const list = addressesIn(await get('/docs/errors'));
    for (const reason of REASONS) {
      expect(list).toContain(`/docs/errors/${reason}`);
      const { status, text } = await get(`/docs/errors/${reason}`);
      expect(status, reason).toBe(200);
      expect(text).toContain(`Error-Reason: ${reason}`);
      expect(text).toContain(`HTTP/1.1 ${ERROR_FORMS[reason as keyof typeof ERROR_FORMS].status}`);
    }
  });

  test('each page says what the service answers, and where', async () => {
    const refused = await api.send('POST', '/v1/payment-intents', { key: null, body: {} });
    const { text } = await get(`/docs/errors/${refused.headers['error-reason']}`);
    const [body = ''] = /\{[\s\S]*\n\}/.exec(text.replaceAll('&#34;', '"')) ?? [];
    expect(JSON.parse(body)).toEqual(refused.json);
    expect(text).toContain('<code>POST /v1/payment-intents</code>');
  });

  test('what is filled in is escaped', () => {
    const hostile = `<img src=x onerror="alert('1')">&`;
    expect(html`<a title="${hostile}">${hostile}</a>`.text).not.toMatch(/<img|onerror="/);
    const [entry] = errorGuide();
    if (!entry) throw new Error('There is no refusal');
    const page = errorPage((name) => name, { ...entry, message: hostile, meaning: hostile, remedy: hostile });
    expect(page).not.toContain('<img');
    expect(page.split('&#60;img src=x onerror=').length).toBe(4);
  });

  test('the links between pages lead somewhere', async () => {
    const document = await get('/openapi.json');
    const targets = [...document.text.matchAll(/\((\/docs[^)#]*)\)/g)].map(([, to = '']) => to);
    expect(targets.length).toBeGreaterThan(REASONS.length / 2);
    for (const to of new Set([...targets, '/docs/errors'])) expect((await get(to)).status, to).toBe(200);
    expect(addressesIn(await get('/docs/errors/field_invalid'))).toEqual(
      expect.arrayContaining(['/docs', '/docs/errors', '/docs#/Milestones/createMilestone']),
    );
  });
});

test('below /docs, what is not there is refused like anything else', async () => {
  for (const path of [
    '/docs/nothing',
    '/docs/errors/nothing',
    '/docs/errors/__proto__',
    '/docs/errors/%00',
    '/docs/assets',
  ]) {
    const { status, headers, json } = await get(path);
    expect([status, headers['error-reason'], headers['cache-control']], path).toEqual([
      404,
      'route_missing',
      'no-store',
    ]);
    expect(json.error.code).toBe('resource_missing');
  }
  const posted = await api.send('POST', '/docs', { key: null });
  expect([posted.status, posted.headers['error-reason']]).toEqual([405, 'method_not_allowed']);
});

test('the bare address leads browsers to the reference, and refuses other clients', async () => {
  const browser = await get('/', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  expect([browser.status, browser.headers.location]).toEqual([302, '/docs']);
  for (const headers of [{}, { Accept: '*/*' }, { Accept: 'application/json' }]) {
    expect((await get('/', headers)).headers['error-reason']).toBe('route_missing');
  }
});

/** Query parameters are part of what is asked: whatever a route does not know, it refuses, whether or not it changes something. */
import { describe, expect, test } from 'vitest';
import { DOCUMENTED_ROUTES, type DocumentedRoute } from '../support/documented.ts';
import { expectError, MILESTONE, startEdge } from './edge.ts';

const { api, intentId, milestonesPath, submitted } = await startEdge();
const operatorKey = await api.addKey({ role: 'operator' });
const routes = DOCUMENTED_ROUTES.map((route) => [`${route.method} ${route.template}`, route] as const);

function pathOf({ template }: DocumentedRoute): string {
  return template.replace('{intentId}', intentId).replaceAll(/\{\w+\}/g, 'some_id');
}

function queryOf({ operation }: DocumentedRoute): string[] {
  return (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
}

function ask(route: DocumentedRoute, query: string, headers = {}) {
  return api.send(route.method, `${pathOf(route)}?${query}`, { key: operatorKey, headers });
}

test.each(routes)('%s refuses what it does not know', async (_name, route) => {
  for (const name of ['unexpected', 'amount', 'LIMIT', 'limit[]', 'limit[a]', 'a[b]', '__proto__', '']) {
    const answer = await ask(route, `${encodeURIComponent(name)}=1`);
    expectError(answer, 400, { param: name });
    expect(answer.headers['error-reason']).toBe('field_invalid');
    expect(answer.json.error.message).toContain(`Unknown query parameter ${JSON.stringify(name)}: `);
  }
});

test.each(routes)('%s knows the query parameters that the document names, each of them once', async (_name, route) => {
  for (const name of queryOf(route)) {
    const once = await ask(route, `${encodeURIComponent(name)}=1`);
    expect(once.json?.error?.message ?? '').not.toContain('Unknown query parameter');
    expectError(await ask(route, `${encodeURIComponent(name)}=1&${encodeURIComponent(name)}=1`), 400, { param: name });
  }
});

describe('what is asked for in the query', () => {
  test('is refused before anything is done or kept, so that the same key may be used for the right request', async () => {
    const headers = { 'Idempotency-Key': 'with-a-query' };
    const wrong = await api.send('POST', `${milestonesPath}?dryRun=true`, { body: MILESTONE, headers });
    expectError(wrong, 400, { param: 'dryRun' });
    expect(submitted).toEqual([]);
    const right = await api.send('POST', milestonesPath, { body: { ...MILESTONE, amount: '1.00' }, headers });
    expect(right.status).not.toBe(422);
  });

  test('is looked at after the key and the syntax of the body, and before its fields', async () => {
    const post = (sent: object) => api.send('POST', `${milestonesPath}?amount=1`, sent);
    expect((await post({ key: null })).status).toBe(401);
    expect((await post({ body: '{', headers: { 'Content-Type': 'text/plain' } })).status).toBe(415);
    expect((await post({ body: '{"a":' })).json.error.message).toContain('not valid JSON');
    expectError(await post({ body: { nonsense: 1 } }), 400, { param: 'amount' });
    expectError(await api.send('POST', '/v1/payment-intents/none/confirm?amount=1'), 400, { param: 'amount' });
  });

  test('is read to its end, however many parts it has', async () => {
    const answer = await api.send('POST', `${milestonesPath}?${'&'.repeat(1_500)}amount=1`, { body: MILESTONE });
    expectError(answer, 400, { param: 'amount' });
  });

  test('may be nothing', async () => {
    for (const query of ['?', '?&&']) {
      expect((await api.send('GET', `/v1/payment-intents/${intentId}${query}`)).status).toBe(200);
    }
  });
});

/** Whose objects are whose, and which of several faults is reported. */
import { describe, expect, test } from 'vitest';
import { type ApiAnswer, OTHER_MERCHANT } from './api-server.ts';
import { expectError, MILESTONE, startEdge } from './edge.ts';

const { api, createIntent, intentId, milestoneIdOf, milestonesPath } = await startEdge();

describe('precedence on the main route', () => {
  test('each fault is reported only when those before it are gone', async () => {
    const pulled = await createIntent({ type: 'CONSENTED_PULL' });
    const proven = await createIntent({ metadata: {} });
    const at = (id: string) => `/v1/payment-intents/${id}/escrow/milestones`;
    const bad = { milestoneIndex: 0, amount: '0.0000001' };
    const huge = 'x'.repeat(70_000);
    const text = { headers: { 'Content-Type': 'text/plain' } };
    const cases: [ApiAnswer, number, string][] = [
      [await api.send('POST', at('nope'), { key: null, body: huge, ...text }), 401, 'authentication_required'],
      [await api.send('POST', at('nope'), { body: huge, ...text }), 413, 'body_too_large'],
      [await api.send('POST', at('nope'), { body: '{', ...text }), 415, 'content_type_unsupported'],
      [await api.send('POST', at('nope'), { body: '{' }), 400, 'body_malformed'],
      [await api.send('POST', at('nope'), { body: {} }), 400, 'field_invalid'],
      [await api.send('POST', at('nope'), { body: bad }), 404, 'payment_intent_missing'],
      [await api.send('POST', at(pulled), { body: bad, key: api.keys.other }), 403, 'intent_not_owned'],
      [await api.send('POST', at(pulled), { body: bad }), 404, 'escrow_order_missing'],
      [await api.send('POST', at(proven), { body: bad }), 400, 'order_not_milestone_locked'],
      [await api.send('POST', at(intentId), { body: bad }), 400, 'field_invalid'],
      [await api.send('POST', at(intentId), { body: MILESTONE }), 503, 'workflow_unreachable'],
    ];
    expect(cases.map(([answer]) => [answer.status, answer.headers['error-reason']])).toEqual(
      cases.map(([, status, reason]) => [status, reason]),
    );
  });

  test('the refusals of intent, owner, order and release type are the published ones', async () => {
    const proven = await createIntent({ metadata: { releaseType: 'DELIVERY_PROOF' } });
    const pulled = await createIntent({ type: 'CONSENTED_PULL' });
    const send = (id: string, key = api.keys.own) =>
      api.send('POST', `/v1/payment-intents/${id}/escrow/milestones`, { body: MILESTONE, key });
    expect((await send('intent_nope')).json).toEqual({
      error: { code: 'resource_missing', message: 'Payment intent not found', type: 'invalid_request_error' },
    });
    expect((await send(intentId, api.keys.other)).json).toEqual({
      error: {
        code: 'forbidden',
        message: 'You do not have access to this payment intent',
        type: 'authentication_error',
      },
    });
    expect((await send(pulled)).json).toEqual({
      error: {
        code: 'resource_missing',
        message: 'Escrow order not found for this payment intent',
        type: 'invalid_request_error',
      },
    });
    expect((await send(proven)).text).toBe(
      '{"error":{"code":"invalid_request","message":"Cannot create milestone for order with release type: DELIVERY_PROOF","type":"invalid_request_error"}}',
    );
  });
});

describe('who may see what', () => {
  const paths = (id: string): [string, string][] => [
    ['GET', `/v1/payment-intents/${id}`],
    ['POST', `/v1/payment-intents/${id}/confirm`],
    ['GET', `/v1/payment-intents/${id}/escrow`],
    ['GET', `/v1/payment-intents/${id}/escrow/milestones`],
    ['GET', `/v1/payment-intents/${id}/escrow/timeline`],
    ['GET', `/v1/payment-intents/${id}/escrow/ledger`],
    ['GET', `/v1/payment-intents/${id}/escrow/milestones/milestone_x0000`],
    ['POST', `/v1/payment-intents/${id}/escrow/milestones/milestone_x0000/complete`],
    ['POST', `/v1/payment-intents/${id}/escrow/milestones/milestone_x0000/release`],
  ];
  const bodyOf = (path: string) => (path.endsWith('/complete') ? { completedBy: 'x' } : undefined);

  test('another merchant gets 403, another mode 404, everywhere', async () => {
    for (const [method, path] of paths(intentId)) {
      const foreign = await api.send(method, path, { key: api.keys.other, body: bodyOf(path) });
      expectError(foreign, 403, { code: 'forbidden', message: 'You do not have access to this payment intent' });
      const live = await api.send(method, path, { key: api.keys.live, body: bodyOf(path) });
      expectError(live, 404, { code: 'resource_missing', message: 'Payment intent not found' });
    }
  });

  test("another order's milestone and a made-up one are 404", async () => {
    const theirs = await milestoneIdOf(0, await createIntent());
    for (const id of [theirs, 'milestone_x0000', 'x', '%00', encodeURIComponent('../../x')]) {
      for (const action of ['complete', 'release']) {
        const body = action === 'complete' ? { completedBy: 'x' } : {};
        const answer = await api.send('POST', `${milestonesPath}/${id}/${action}`, { body });
        expectError(answer, 404, { code: 'resource_missing', message: 'Milestone not found' });
      }
      const shown = await api.send('GET', `${milestonesPath}/${id}`);
      expectError(shown, 404, { code: 'resource_missing', message: 'Milestone not found' });
    }
  });

  test('lists hold only what is the caller’s, newest first, and pages add up to all of it', async () => {
    const key = await api.addKey({ merchantId: OTHER_MERCHANT });
    const made: string[] = [];
    for (let index = 0; index < 7; index++) made.unshift(await createIntent({}, key));
    const seen: string[] = [];
    for (let more = true; more; ) {
      const after = seen.length === 0 ? '' : `&starting_after=${seen.at(-1)}`;
      const { json } = await api.send('GET', `/v1/payment-intents?limit=3${after}`, { key });
      expect(json.object).toBe('list');
      seen.push(...json.data.map(({ id }: { id: string }) => id));
      more = json.hasMore;
    }
    expect(seen).toEqual(made);
    const foreign = await api.send('GET', `/v1/payment-intents?starting_after=${intentId}`, { key });
    expectError(foreign, 400, { param: 'starting_after' });
    const succeeded = await api.send('GET', '/v1/payment-intents?status=SUCCEEDED', { key });
    expect(succeeded.json).toEqual({ object: 'list', data: [], hasMore: false });
    const early = await api.send('GET', '/v1/payment-intents?created[lt]=2020-01-01T00:00:00Z', { key });
    expect(early.json.data).toEqual([]);
    const late = await api.send('GET', '/v1/payment-intents?created[gte]=2020-01-01T00:00:00Z&limit=100', { key });
    expect(late.json.data.length).toBe(7);
  });

  test('a command of nobody is 404', async () => {
    expectError(await api.send('GET', '/v1/commands/cmd_x'), 404, { message: 'Command not found' });
    expectError(await api.send('POST', '/v1/commands/%00/cancel'), 404, { message: 'Command not found' });
  });
});

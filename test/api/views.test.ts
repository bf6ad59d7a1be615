/** Who sees what: the table in docs/LIFECYCLE.md, asked for as each role, with keys of all orders and of one alone. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiKeyRole } from '../../src/api/api-keys.ts';
import { DOCUMENTED_ROUTES } from '../support/documented.ts';
import { command, testOrders } from '../support/orders.ts';
import { wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';
import { type ApiAnswer, startApi } from './api-server.ts';
import { expectError } from './edge.ts';

const orders = await testOrders();
const { db, gateway } = orders;
const api = await startApi(db, gateway, { config: { turnWaitMs: 0, commandWaitMs: 15_000 } });

const DESTINATION = 'account-of-the-merchant';
const NOTE = 'note-of-the-merchant';
let intentPath = '';
let retryId = '';
let milestoneId = '';
let bound: Readonly<Record<'buyer' | 'arbiter', string>>;
/** A buyer's first confirmation, and its repeat. */
let confirmed: readonly ApiAnswer[] = [];
let operatorsCommand = '';

beforeAll(async () => {
  const created = await api.send('POST', '/v1/payment-intents', {
    body: {
      ...{ amount: '1000', currency: 'USDC', type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' },
      settlementDestination: DESTINATION,
      metadata: { releaseType: 'MILESTONE_LOCKED', note: NOTE },
    },
  });
  expect(created.status).toBe(201);
  intentPath = `/v1/payment-intents/${created.json.id}`;
  const { id: orderId } = (await api.send('GET', `${intentPath}/escrow`)).json;
  bound = {
    buyer: await api.addKey({ role: 'buyer', escrowOrderId: orderId }),
    arbiter: await api.addKey({ role: 'arbiter', escrowOrderId: orderId }),
  };
  const confirm = () =>
    api.send('POST', `${intentPath}/confirm`, { key: bound.buyer, headers: { 'Idempotency-Key': 'confirm' } });
  confirmed = [await confirm(), await confirm()];
  const milestones = `${intentPath}/escrow/milestones`;
  const made = await api.send('POST', milestones, {
    body: { milestoneIndex: 0, amount: '100', metadata: { note: NOTE } },
  });
  expect(made.status).toBe(201);
  milestoneId = made.json.id;
  operatorsCommand = String(made.headers['command-id']);
  expect((await api.send('POST', `${milestones}/${milestoneId}/complete`, { body: { completedBy: 'x' } })).status).toBe(
    200,
  );
  expect((await api.send('POST', `${milestones}/${milestoneId}/release`)).status).toBe(200);
  const { id: payoutId } = await until('a payout', async () => {
    const { json } = await api.send('GET', '/v1/payouts');
    return json.data[0] ?? false;
  });
  const actor = { role: 'system' as const, id: 'payout' };
  const settled = command('payout.settle', { actor, milestoneIndex: 0, result: 'PAID' as const });
  expect(wordFor(await orders.submit(orderId, settled))).toBe('accepted');
  // Refused, because it has not failed; the command is on record all the same.
  const retried = await api.send('POST', `/v1/payouts/${payoutId}/retry`, { headers: { 'Idempotency-Key': 'retry' } });
  retryId = String(retried.headers['command-id']);
});

type Asked = (path: string) => Promise<ApiAnswer>;

/** Whether a reader sees it. By the rows of the table. */
const SEES: Readonly<Record<string, (get: Asked) => Promise<boolean>>> = {
  'an order’s amounts, milestones, disputes and terms': async (get) =>
    (await get(`${intentPath}/escrow`)).json.data?.milestones[0].amount === '100.00',
  '`settlementDestination` of a payment intent': async (get) => (await get(intentPath)).text.includes(DESTINATION),
  '`metadata` of a payment intent': async (get) => (await get(intentPath)).text.includes(NOTE),
  '`metadata` of a milestone': async (get) =>
    'metadata' in (await get(`${intentPath}/escrow/milestones/${milestoneId}`)).json.data,
  '`payout` of a milestone': async (get) =>
    'payout' in (await get(`${intentPath}/escrow/milestones/${milestoneId}`)).json.data,
  'payouts in the timeline': async (get) =>
    (await get(`${intentPath}/escrow/timeline?limit=100`)).text.includes('"payout.'),
  'payouts in the ledger': async (get) => (await get(`${intentPath}/escrow/ledger`)).text.includes('"payout'),
  'commands about payouts': async (get) => (await get(`/v1/commands/${retryId}`)).status === 200,
  '`/v1/payouts`': async (get) => (await get('/v1/payouts')).status === 200,
  '`/v1/balance`': async (get) => (await get('/v1/balance')).status === 200,
  '`/v1/events`': async (get) => (await get('/v1/events')).status === 200,
  '`/v1/webhook-endpoints`': async (get) => (await get('/v1/webhook-endpoints')).status === 200,
  '`/v1/api-keys`': async (get) => (await get('/v1/api-keys')).status === 200,
};

const table = /<!-- by reader -->\n([\s\S]*?)<!-- end -->/.exec(readFileSync('docs/LIFECYCLE.md', 'utf8'))?.[1] ?? '';
const [head = [], , ...rows] = table
  .trim()
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("'", '’')),
  );
const cells = rows.flatMap(([what = '', ...roles]) =>
  roles.map((cell, at) => [head[at + 1] as ApiKeyRole, what, cell] as const),
);

test('the table has a question for each of its rows', () => {
  expect(rows.map(([what]) => what)).toEqual(Object.keys(SEES));
});

describe.each(['unbound', 'bound'] as const)('a key that is %s', (binding) => {
  const keyOf = async (role: ApiKeyRole) =>
    binding === 'bound' && (role === 'buyer' || role === 'arbiter')
      ? bound[role]
      : api.addKey({ role, scopes: role === 'merchant' ? ['keys'] : [] });

  test.each(cells)('%s and %s: %s', async (role, what, cell) => {
    const key = await keyOf(role);
    expect(await SEES[what]?.((path) => api.send('GET', path, { key }))).toBe(cell !== '–');
  });

  test.each(['buyer', 'arbiter'] as const)('of a %s reads nothing of the merchant’s on any route', async (role) => {
    const key = await keyOf(role);
    const ids: Readonly<Record<string, string>> = { commandId: operatorsCommand, milestoneId };
    for (const { template, method } of DOCUMENTED_ROUTES.filter((one) => one.method === 'GET')) {
      const path = template
        .replace('/v1/payment-intents/{intentId}', intentPath)
        .replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none');
      const { text } = await api.send(method, path, { key });
      for (const secret of [DESTINATION, NOTE]) expect(text, template).not.toContain(secret);
    }
  });
});

test('a change and its repeat show the buyer no more than a read does', () => {
  expect(confirmed.map(({ status }) => status)).toEqual([200, 200]);
  expect(confirmed[1]?.headers['idempotent-replayed']).toBe('true');
  for (const { text, json } of confirmed) {
    expect(json.data.status).toBe('SUCCEEDED');
    expect(text).not.toContain(DESTINATION);
    expect(text).not.toContain(NOTE);
  }
});

test('a ledger transaction that is not shown is no cursor either', async () => {
  const { json } = await api.send('GET', `${intentPath}/escrow/ledger`);
  const { id } = json.data.find(({ data }: { data: { type: string } }) => data.type === 'payout');
  const path = `${intentPath}/escrow/ledger?starting_after=${encodeURIComponent(id)}`;
  expect((await api.send('GET', path)).status).toBe(200);
  expectError(await api.send('GET', path, { key: bound.buyer }), 400, { param: 'starting_after' });
});

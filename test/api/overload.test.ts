/** When there is too much to do: some is refused at once, and what is accepted is done. */
import { request as httpRequest } from 'node:http';
import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Places, watchEventLoop } from '../../src/api/overload.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type ApiServer, NO_LIMIT, startApi, unusedGateway } from './api-server.ts';
import { expectError, INTENT, MILESTONE } from './edge.ts';

const { db } = await testDatabase();
const LIST = '/v1/payment-intents';

async function expectShed(api: ApiServer): Promise<void> {
  const shed = await api.send('GET', LIST, { key: null });
  expectError(shed, 503, { code: 'service_unavailable', message: expect.stringContaining('Nothing was done') });
  expect([shed.headers['error-reason'], shed.headers['retry-after']]).toEqual(['service_overloaded', '1']);
  for (const path of ['/livez', '/readyz', '/version']) expect((await api.send('GET', path)).status).toBe(200);
}

/** A gateway that answers no command before it is told to. */
function slowGateway() {
  let answer = () => {};
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const state = { waiting: 0 };
  const gateway: OrderGateway = {
    ...unusedGateway,
    submit: async () => {
      state.waiting++;
      await told;
      return { kind: 'unreachable' };
    },
  };
  return { gateway, state, answer };
}

/** Where milestones are created. Through a server of its own, so that it takes no place. */
async function milestonesPath(): Promise<string> {
  const api = await startApi(db, unusedGateway);
  const { json } = await api.send('POST', LIST, { body: INTENT });
  return `${LIST}/${json.id}/escrow/milestones`;
}

test('requests beyond those that may be in flight are 503 before anything is looked up; a place that is free is taken', async () => {
  const { gateway, state, answer } = slowGateway();
  // One merchant alone may not have all places.
  const api = await startApi(db, gateway, { places: new Places({ requestsInFlight: 2, eventLoopDelayMs: NO_LIMIT }) });
  const accepted = [];
  for (const key of [api.keys.own, api.keys.other]) {
    const { json } = await api.send('POST', LIST, { body: INTENT, key });
    accepted.push(api.send('POST', `${LIST}/${json.id}/escrow/milestones`, { body: MILESTONE, key }));
    await until('it to be in flight', () => state.waiting === accepted.length);
  }
  await expectShed(api);
  answer();
  for (const { headers } of await Promise.all(accepted)) expect(headers['error-reason']).toBe('workflow_unreachable');
  // A place is free once the answer has left, which its client may know before this process does.
  await until('a free place', async () => (await api.send('GET', LIST)).status === 200);
});

test('one merchant has a quarter of the places, and what is bound to one of its orders half of that', async () => {
  const { gateway, state, answer } = slowGateway();
  const path = await milestonesPath();
  const api = await startApi(db, gateway, { places: new Places({ requestsInFlight: 16, eventLoopDelayMs: NO_LIMIT }) });
  const { json } = await api.send('GET', `${path.replace('/milestones', '')}`);
  const bound = await api.addKey({ role: 'buyer', escrowOrderId: json.id });
  const confirm = (key: string) => api.send('POST', path.replace('/escrow/milestones', '/confirm'), { key });
  const create = () => api.send('POST', path, { body: MILESTONE });
  const waiting = [confirm(bound), confirm(bound)];
  await until('two of the buyer', () => state.waiting === 2);
  const expectFull = (refused: Awaited<ReturnType<typeof create>>, message: RegExp) => {
    expectError(refused, 503, { code: 'service_unavailable', message: expect.stringMatching(message) });
    expect(refused.headers['retry-after']).toBe('1');
  };
  expectFull(await confirm(bound), /^Keys of this order have 2 requests under way.*Nothing was done/);
  waiting.push(create(), create());
  await until('four of the merchant', () => state.waiting === 4);
  expectFull(await create(), /^This merchant has 4 requests under way.*Nothing was done/);
  expect((await api.send('GET', LIST, { key: api.keys.other })).status).toBe(200);
  answer();
  await Promise.all(waiting);
  await until('a free place', async () => (await api.send('GET', LIST)).status === 200);
});

test('requests that only wait have places of their own, and who may not wait is answered 202 at once', async () => {
  const { gateway, state, answer } = slowGateway();
  const unclear = (patience?: AbortSignal) =>
    new Promise<{ kind: 'unclear' }>((resolve) => {
      patience?.addEventListener('abort', () => resolve({ kind: 'unclear' }));
    });
  const impatient: OrderGateway = {
    ...gateway,
    submit: (orderId, command, options) =>
      Promise.race([gateway.submit(orderId, command, options), unclear(options.patience)]),
  };
  const path = await milestonesPath();
  const api = await startApi(db, impatient, {
    places: new Places({ requestsInFlight: 16, eventLoopDelayMs: NO_LIMIT }),
  });
  const create = (headers = {}) => api.send('POST', path, { body: MILESTONE, headers });
  const waiting = [create(), create(), create(), create()];
  await until('all to be under way', () => state.waiting === waiting.length);
  await until('their places to be free', async () => (await api.send('GET', LIST)).status === 200);
  const startedAt = performance.now();
  const prefer = (preference: string) => create({ Prefer: preference });
  const beyond = await Promise.all([create(), prefer('wait=30'), prefer('handling=lenient')]);
  for (const { status, headers } of beyond) {
    expect([status, headers['command-id']]).toEqual([202, expect.stringMatching(/^cmd_/)]);
  }
  // It was not waited with; that its turn is waited for stands.
  const applied = beyond.map(({ headers }) => headers['preference-applied']);
  expect(applied).toEqual([undefined, undefined, 'handling=lenient']);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  answer();
  for (const { headers } of await Promise.all(waiting)) expect(headers['error-reason']).toBe('workflow_unreachable');
  await until('a place to wait', async () => (await create()).status === 503);
});

test('a client that leaves gives its place back', async () => {
  const { gateway, state, answer } = slowGateway();
  const path = await milestonesPath();
  const api = await startApi(db, gateway, { places: new Places({ requestsInFlight: 1, eventLoopDelayMs: NO_LIMIT }) });
  for (let attempt = 1; attempt <= 5; attempt++) {
    const headers = { 'X-API-Key': api.keys.own, 'Content-Type': 'application/json' };
    const request = httpRequest({ host: '127.0.0.1', port: api.port, path, method: 'POST', headers, agent: false });
    request.on('error', () => {});
    request.end(JSON.stringify(MILESTONE));
    await until('its place to be taken', () => state.waiting === attempt);
    await expectShed(api);
    request.destroy();
    await until('its place to be free', async () => (await api.send('GET', LIST)).status === 200);
    // The probe's own place, too.
    await until('the connection to be closed', () => api.connections().then((open) => open === 0));
  }
  answer();
});

test('while the event loop is late requests are 503, and health is told; afterwards they are served again', async () => {
  const api = await startApi(db, unusedGateway, {
    places: new Places({ requestsInFlight: NO_LIMIT, eventLoopDelayMs: 120 }),
  });
  let busy = true;
  const work = (async () => {
    while (busy) {
      const end = performance.now() + 300;
      while (performance.now() < end);
      await nextRound();
    }
  })();
  await until('load to be shed', async () => (await api.send('GET', LIST)).status === 503);
  await expectShed(api);
  busy = false;
  await work;
  await until('requests to be served', async () => (await api.send('GET', LIST)).status === 200);
});

test('one long pause is not lateness', async () => {
  const eventLoop = watchEventLoop(500);
  const pause = performance.now() + 1_500;
  await until('some quiet rounds', () => performance.now() > pause - 700);
  while (performance.now() < pause);
  await until('the pause to be measured', () => performance.now() > pause + 200);
  expect(eventLoop.isLate()).toBe(false);
});

/** Temporal away, or no worker: what was not done is said to be, and what was taken is done later. */
import net from 'node:net';
import { sql } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen, portOf } from '../../src/api/listening.ts';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import type { Answer, Send } from '../support/http-client.ts';
import type { TestOrder } from '../support/http-order.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { expectUnavailable, INSTANT } from './expectations.ts';

const { createOrder, db, keys, send, startAnother, stop, temporal } = await testService();

const API_ONLY = { api: true, worker: false };
/** Nobody listens there; what is sent there has surely not arrived. */
const NOWHERE = '127.0.0.1:1';
/** Longer than a name may be, so that no resolver is asked. A stopped container's name is not found either. */
const NAMELESS = `${'x'.repeat(64)}.invalid:7233`;

const storedFor = async ({ orderId }: TestOrder) =>
  db.execute<{ command_id: string; open: boolean }>(
    sql`SELECT command_id, open FROM commands WHERE order_id = ${orderId}`,
  );

const create = (through: Send, order: TestOrder, index: number, headers: Record<string, string> = {}) =>
  through('POST', order.milestonesPath, { body: { milestoneIndex: index, amount: '1.00' }, headers });

describe('without Temporal', () => {
  test.each([
    ['nobody listens at its address', NOWHERE],
    ['another connection has found out before that nobody listens', NOWHERE],
    ['its name cannot be found', NAMELESS],
  ])('%s: commands are 503 with Retry-After, nothing is stored, and the key can be used later', async (...given) => {
    const [title, temporalAddress] = given;
    const order = await createOrder();
    const [first = ''] = await order.createAll('1.00');
    const before = (await storedFor(order)).length;
    const cut = await startAnother({ roles: API_ONLY, temporalAddress });
    const key = { 'Idempotency-Key': title.replaceAll(' ', '-') };
    const body = { completedBy: 'x' };
    for (const _ of [1, 2]) {
      expectUnavailable(await create(cut.send, order, 1));
      expectUnavailable(await create(cut.send, order, 1, key));
      expectUnavailable(await create(cut.send, order, 2, { Prefer: 'handling=lenient' }));
      expectUnavailable(await cut.send('POST', `${order.milestonesPath}/${first}/complete`, { body }));
    }
    expect((await storedFor(order)).length).toBe(before);
    expect((await order.read()).milestones).toMatchObject([{ status: 'PENDING' }]);
    const created = await create(send, order, 1, key);
    expect([created.status, created.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  test('what is refused without it still is, and everything can be read and made that needs no workflow', async () => {
    const order = await createOrder();
    const cut = await startAnother({ roles: API_ONLY, temporalAddress: NOWHERE });
    const answers = [
      await cut.send('GET', `${order.intentPath}/escrow`),
      await cut.send('POST', order.milestonesPath, { body: {} }),
      await cut.send('POST', order.milestonesPath, { body: {}, key: null }),
      await cut.send('GET', '/livez', { key: null }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 200]);
    expect((await cut.createOrder({ funded: false })).orderId).toMatch(/^escrow_order_/);
    const ready = await cut.send('GET', '/readyz', { key: null });
    expect([ready.status, ready.json.status, ready.json.checks.temporal]).toEqual([200, 'degraded', 'failed']);
  });
});

test('a service whose Temporal takes connections and says nothing is degraded, and still takes requests', async () => {
  const sockets = new Set<net.Socket>();
  const silent = net.createServer((socket) => sockets.add(socket));
  await listen(silent, { PORT: 0, HOST: '127.0.0.1' });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const cut = await startAnother({ roles: API_ONLY, temporalAddress: `127.0.0.1:${portOf(silent)}` });
  const ready = await cut.send('GET', '/readyz', { key: null });
  expect([ready.status, ready.json]).toEqual([
    200,
    { status: 'degraded', checks: { ...ready.json.checks, temporal: 'failed', worker: 'ok' } },
  ]);
  expect(sockets.size).toBeGreaterThan(0);
  expect((await cut.createOrder({ funded: false })).orderId).toMatch(/^escrow_order_/);
});

test('a service that stops answers 202 to those who still wait for their turn', async () => {
  const leaving = await startAnother({});
  const order = await leaving.createOrder();
  const waiting = create(leaving.send, order, 1, { Prefer: 'wait=30' });
  await until('it to be held', async () => (await order.read()).version === 2);
  const [answer] = await Promise.all([waiting, leaving.stop()]);
  expect(answer.status).toBe(202);
  expect((await send('GET', answer.headers.location ?? '')).json.data.id).toBe(answer.json.id);
});

describe('without a worker', () => {
  test('commands are 202 PENDING and stored first, and happen when one starts', async () => {
    const orders = [await createOrder(), await createOrder()] as const;
    // Stopping drains it, and nobody works off this task queue until the end of the test.
    await stop();
    const patient = await startAnother({ roles: API_ONLY, env: { COMMAND_WAIT_MS: '300', TURN_WAIT_MS: '0' } });
    const unkeyed = await create(patient.send, orders[0], 0);
    await expectPending(patient.send, orders[0], unkeyed);
    const key = { 'Idempotency-Key': 'patience' };
    const keyed = await create(patient.send, orders[1], 0, key);
    await expectPending(patient.send, orders[1], keyed);
    const repeated = await create(patient.send, orders[1], 0, key);
    expect([repeated.status, repeated.text]).toEqual([202, keyed.text]);
    // Temporal forgets the first one's signal: only the stored command is left of it.
    await temporal.workflow.getHandle(escrowOrderWorkflowId(orders[0].orderId)).terminate('by hand');

    const revived = await startAnother({ roles: { api: false, worker: true } });
    for (const [order, { headers }] of [
      [orders[0], unkeyed],
      [orders[1], keyed],
    ] as const) {
      const outcome = await until('the outcome', async () => {
        const { data } = (await patient.send('GET', headers.location ?? '')).json;
        return data.status !== 'PENDING' && data;
      });
      expect(outcome).toMatchObject({ status: 'ACCEPTED', result: { data: { milestoneIndex: 0, status: 'PENDING' } } });
      expect(await faultsOf(db, order.orderId)).toEqual([]);
    }
    const outcome = await create(patient.send, orders[1], 0, key);
    expect([outcome.status, outcome.headers['idempotent-replayed']]).toEqual([201, 'true']);
    await revived.stop();
  });
});

test('a service is not ready while nobody has ever worked off its task queue', async () => {
  const lonely = await startAnother({ roles: API_ONLY, env: { TEMPORAL_TASK_QUEUE: 'nobody' } });
  const ready = await lonely.send('GET', '/readyz', { key: null });
  expect([ready.status, ready.json.status, ready.json.checks.worker]).toEqual([503, 'unavailable', 'failed']);
});

/** Expects the exact 202, its command to be stored, and to be shown to its owner alone. */
async function expectPending(through: Send, order: TestOrder, answer: Answer): Promise<void> {
  const { id, createdAt } = answer.json.data;
  expect([answer.status, answer.text]).toEqual([
    202,
    `{"id":"${id}","object":"command","data":{"id":"${id}","type":"milestone.create","status":"PENDING",` +
      `"escrowOrderId":"${order.orderId}","paymentIntentId":"${order.intentId}","createdAt":"${createdAt}"}}`,
  ]);
  expect(createdAt).toMatch(INSTANT);
  expect(answer.headers.location).toBe(`/v1/commands/${id}`);
  expect(await storedFor(order)).toContainEqual({ command_id: id, open: true });
  expect((await through('GET', `/v1/commands/${id}`)).text).toBe(answer.text);
  expect((await through('GET', `/v1/commands/${id}`, { key: keys.other })).status).toBe(404);
}

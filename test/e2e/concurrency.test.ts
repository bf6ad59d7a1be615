/** Many clients at one order: each gets the answer it would have got alone, and the money adds up. */
import { sql } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import type { OrderOptions, TestOrder } from '../support/http-order.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testService } from '../support/service.ts';
import { shuffled, until } from '../support/until.ts';
import { expectRefusal, expectUnavailable } from './expectations.ts';

vi.setConfig({ testTimeout: 90_000 });

// On a machine with other things to do, a hundred requests may take longer to arrive than the default of two seconds;
// those that had waited for a predecessor until then would be refused, rightly, and say nothing about concurrency.
const service = await testService({ env: { TURN_WAIT_MS: '15000' } });
const { db, temporal } = service;

const orders: TestOrder[] = [];
async function createOrder(options?: OrderOptions): Promise<TestOrder> {
  const order = await service.createOrder(options);
  orders.push(order);
  return order;
}

/** Whatever the answers were: each order must follow from its log, and its ledger from both. */
afterEach(async () => {
  for (const { orderId } of orders.splice(0)) expect(await faultsOf(db, orderId)).toEqual([]);
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const TOO_MUCH = 'Total milestone amounts exceed escrow order amount';

async function releasesOf({ orderId }: TestOrder): Promise<string[]> {
  const rows = await db.execute<{ key: string }>(
    sql`SELECT key FROM ledger_transactions WHERE order_id = ${orderId} AND kind = 'release' ORDER BY key`,
  );
  return rows.map(({ key }) => key);
}

test('a hundred creates in any order are all 201, and read in index order', async () => {
  const order = await createOrder({ amount: '5050.00' });
  const indexes = shuffled(numbers(100));
  const answers = await Promise.all(indexes.map((index) => order.create(index, `${index + 1}.00`)));
  expect(answers.map(({ status, json }) => [status, json.data?.milestoneIndex])).toEqual(
    indexes.map((index) => [201, index]),
  );
  const { milestones } = await order.read();
  expect(milestones.map((one: { milestoneIndex: number }) => one.milestoneIndex)).toEqual(numbers(100));
  const byIndex = new Map(answers.map(({ json }) => [json.data.milestoneIndex, json.data]));
  expect(milestones).toEqual(numbers(100).map((index) => byIndex.get(index)));
});

test('two creates of one index are one 201 and one published 400, every time', async () => {
  for (const _ of numbers(10)) {
    const order = await createOrder();
    const answers = await Promise.all([order.create(0, '1.00'), order.create(0, '2.00')]);
    const [created, refused] = answers.sort((one, other) => one.status - other.status);
    if (!created || !refused) throw new Error('two answers were expected');
    expect(created.status).toBe(201);
    expectRefusal(refused, 400, 'invalid_request', 'Milestone with index 0 already exists');
    expect((await order.read()).milestones).toEqual([created.json.data]);
  }
});

test('creates beyond the total fill it exactly, and the rest is refused as published', async () => {
  const order = await createOrder();
  const answers = await Promise.all(shuffled(numbers(25)).map((index) => order.create(index, '100.00')));
  const created = answers.filter(({ status }) => status === 201);
  for (const answer of answers) if (answer.status !== 201) expectRefusal(answer, 400, 'invalid_request', TOO_MUCH);
  expect(created.length).toBe(10);
  expect(await order.read()).toMatchObject({ allocatedAmount: '1000.00', milestones: { length: 10 } });
});

test('creates of all sizes never exceed the total', async () => {
  const order = await createOrder();
  const wait = { headers: { Prefer: 'wait=1' } };
  const answers = await Promise.all(
    shuffled(numbers(40)).map((index) => order.create(index, `${97 + index}.10`, wait)),
  );
  const sum = answers.reduce((total, { status, json }) => total + (status === 201 ? Number(json.data.amount) : 0), 0);
  expect(sum).toBeLessThanOrEqual(1_000);
  expect(Number((await order.read()).allocatedAmount)).toBeCloseTo(sum, 6);
  expect(answers.every(({ status }) => status === 201 || status === 400)).toBe(true);
});

test('fifty completes at once are one 200, and one release in the ledger', async () => {
  const order = await createOrder({ autoRelease: true });
  const [first = ''] = await order.createAll('300.00', '700.00');
  const answers = await Promise.all(numbers(50).map(() => order.complete(first)));
  expect(answers.filter(({ status }) => status === 200).map(({ text }) => text)).toEqual([
    '{"object":"milestone","status":"completed"}',
  ]);
  for (const answer of answers) {
    if (answer.status !== 200) expectRefusal(answer, 400, 'invalid_request', 'Milestone already released');
  }
  expect(await releasesOf(order)).toEqual([`release/${first}`]);
  expect(await order.read()).toMatchObject({ releasedAmount: '300.00', remainingAmount: '700.00' });
});

test('fifty releases at once are one 200, and one release in the ledger', async () => {
  const order = await createOrder();
  const [first = ''] = await order.createAll('300.00');
  await order.complete(first);
  const answers = await Promise.all(numbers(50).map(() => order.release(first)));
  expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  for (const answer of answers) {
    if (answer.status !== 200) expectRefusal(answer, 400, 'invalid_request', 'Milestone already released');
  }
  expect(await releasesOf(order)).toEqual([`release/${first}`]);
});

test('a whole life sent at once and backwards happens in its order', async () => {
  const order = await createOrder({ autoRelease: true });
  const lenient = { headers: { Prefer: 'handling=lenient' } };
  const ids = await order.createAll('100.00', '200.00', '300.00', '400.00');
  const answers = await Promise.all(
    shuffled(ids).map((id) => order.complete(id, { body: { completedBy: 'x' }, ...lenient })),
  );
  expect(answers.every(({ status }) => status === 200 || status === 202)).toBe(true);
  expect(await order.read()).toMatchObject({ orderStatus: 'COMPLETED', releasedAmount: '1000.00' });
  expect(await releasesOf(order)).toEqual(ids.map((id) => `release/${id}`));
});

test('a thousand creates wait for their turn, the next is refused, and all of them happen', async () => {
  const order = await createOrder();
  const workflow = temporal.workflow.getHandle(escrowOrderWorkflowId(order.orderId));
  for (const hundred of numbers(10)) {
    const creates = numbers(100).map((index) => ({ milestoneIndex: 1 + hundred * 100 + index, amount: '0.90' }));
    await workflow.signal('createMilestone', ...creates);
  }
  const isHeld = sql`SELECT FROM held_commands WHERE order_id = ${order.orderId}`;
  await until('a thousand held commands', async () => (await db.execute(isHeld)).length === 1_000);
  expectUnavailable(await order.create(1_001, '0.90', { headers: { Prefer: 'handling=lenient' } }));
  expect((await order.create(0, '0.90')).status).toBe(201);
  await until('all of them to happen', async () => (await order.read()).allocatedAmount === '900.90');
});

test('bursts are answered 201 also while the order continues as new, again and again', async () => {
  const order = await createOrder();
  const workflow = temporal.workflow.getHandle(escrowOrderWorkflowId(order.orderId));
  const runs = new Set<string>();
  for (const from of numbers(60)) {
    const answers = await Promise.all(numbers(8).map((index) => order.create(from * 8 + index, '1.00')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    runs.add((await workflow.describe()).runId);
  }
  // Otherwise this was not put to the test.
  expect(runs.size).toBeGreaterThan(1);
});

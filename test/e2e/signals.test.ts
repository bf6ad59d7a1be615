/** What people and broken programs do to an order straight in Temporal: HTTP clients must not feel it. */
import { expect, test } from 'vitest';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import type { TestOrder } from '../support/http-order.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { expectRefusal } from './expectations.ts';

const { createOrder, db, temporal } = await testService();

const workflowOf = ({ orderId }: TestOrder) => temporal.workflow.getHandle(escrowOrderWorkflowId(orderId));
const statusesOf = async (order: TestOrder): Promise<string[]> =>
  (await order.read()).milestones.map(({ status }: { status: string }) => status);

/** A whole milestone's life over HTTP. */
async function expectWorking(order: TestOrder, index: number): Promise<void> {
  const created = await order.create(index, '1.00');
  expect([created.status, created.json.data.milestoneIndex]).toEqual([201, index]);
  expect((await order.complete(created.json.id)).status).toBe(200);
  expect((await order.release(created.json.id)).status).toBe(200);
}

test('invalid signals change nothing, and HTTP works between them', async () => {
  const order = await createOrder();
  const workflow = workflowOf(order);
  const signals: [string, ...unknown[]][] = [
    ['createMilestone'],
    ['createMilestone', null],
    ['createMilestone', 'milestone 0, please'],
    ['createMilestone', { milestoneIndex: '0', amount: '1.00' }],
    ['createMilestone', { milestoneIndex: 0, amount: 300 }],
    ['createMilestone', { milestoneIndex: 0, amount: '1.00', commandId: 'x'.repeat(1_000) }],
    ['createMilestone', [{ milestoneIndex: 0, amount: '1.00' }]],
    ['releaseMilestone', { milestoneIndex: -1 }],
    ['fundOrder', 'again'],
    ['cancelCommand', {}],
    ['dropTable', { milestoneIndex: 0 }],
    ['__proto__', {}],
  ];
  for (const [index, [name, ...args]] of signals.entries()) {
    await workflow.signal(name, ...args);
    await expectWorking(order, index);
  }
  expect(await statusesOf(order)).toEqual(signals.map(() => 'RELEASED'));
  expect(await faultsOf(db, order.orderId)).toEqual([]);
});

test('payloads that cannot be decoded change nothing', async () => {
  const order = await createOrder();
  const bytes = (text: string) => new TextEncoder().encode(text);
  const payloads = [
    { metadata: { encoding: bytes('json/plain') }, data: bytes('{"milestoneIndex":') },
    { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('secret') },
    { metadata: {}, data: bytes('') },
  ];
  for (const [index, payload] of payloads.entries()) {
    await temporal.workflowService.signalWorkflowExecution({
      namespace: temporal.options.namespace,
      workflowExecution: { workflowId: workflowOf(order).workflowId },
      signalName: 'createMilestone',
      input: { payloads: [payload] },
    });
    await expectWorking(order, index);
  }
  expect(await faultsOf(db, order.orderId)).toEqual([]);
});

test('a valid signal sent too early waits without end, and shows over HTTP when it has happened', async () => {
  const order = await createOrder();
  const workflow = workflowOf(order);
  await workflow.signal('releaseMilestone', { milestoneIndex: 0, releasedBy: 'operator' });
  await workflow.signal('completeMilestone', { milestoneIndex: 0, completedBy: 'operator' });
  await workflow.signal('createMilestone', { milestoneIndex: 1, amount: '2.00' });
  const refused = await order.create(1, '3.00', { headers: { Prefer: 'handling=strict' } });
  expectRefusal(refused, 400, 'invalid_request', 'Previous milestone (index 0) must be created first');
  expect((await order.create(0, '1.00')).status).toBe(201);
  await until('the signals to happen', async () => (await statusesOf(order)).join() === 'RELEASED,PENDING');
  expect((await order.read()).milestones[1].amount).toBe('2.00');
});

test('an order whose workflow was cancelled or terminated by hand goes on with the next request', async () => {
  const order = await createOrder();
  await expectWorking(order, 0);
  await workflowOf(order).cancel();
  await expectWorking(order, 1);
  await workflowOf(order).terminate('by hand');
  await expectWorking(order, 2);
  expect(await statusesOf(order)).toEqual(['RELEASED', 'RELEASED', 'RELEASED']);
  expect(await faultsOf(db, order.orderId)).toEqual([]);
});

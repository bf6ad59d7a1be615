/** What `commitEntries` answers is bounded, however much is recorded or stored; the rest is answered the next time. */
import { expect, test } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { readOrder } from '../../src/db/order-log.ts';
import { OPEN_COMMANDS_MAX } from '../../src/db/queries.ts';
import { commands } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import { ANSWER_MAX_BYTES, jsonBytes } from '../../src/domain/payload-limits.ts';
import { RECORDED_PAGE } from '../../src/domain/protocol.ts';
import { batchFor } from '../support/batches.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { create } from '../support/steps.ts';

const orders = await testOrders({ worker: false });
const { commitEntries } = createOrderActivities({ db: orders.db, log: orders.log, onRecorded: () => {} });
const NOW = Date.now();

async function orderOf(orderId: string): Promise<EscrowOrder> {
  const order = await readOrder(orders.db, orderId);
  if (!order) throw new Error(`${orderId} is missing`);
  return order;
}

/** Records these as batches, and answers what a worker hears that still is at the version before them. */
async function heardLater(batches: readonly (readonly Command[])[]) {
  const orderId = await orders.createOrder({ amount: '100000.00', funded: false });
  const before = await orderOf(orderId);
  for (const batch of batches) await commitEntries(batchFor(await orderOf(orderId), batch, NOW));
  const answer = await commitEntries(batchFor(before, [create(0)], NOW));
  if (answer.kind !== 'recorded' || answer.asProposed) throw new Error('It was recorded');
  return answer;
}

test('a page of entries that somebody else recorded has as many as it may', async () => {
  const creates = (count: number) => Array.from({ length: count }, (_, index) => create(index));
  expect((await heardLater([creates(RECORDED_PAGE)])).entries).toHaveLength(RECORDED_PAGE);
  expect((await heardLater([creates(RECORDED_PAGE + 1)])).entries).toHaveLength(RECORDED_PAGE);
});

test('and as many bytes as it may', async () => {
  const batches = Array.from({ length: 60 }, (_, number) => [
    command('milestone_batch.create', {
      items: Array.from({ length: 100 }, (_, index) => ({ milestoneIndex: number * 100 + index, amount: '1.00' })),
    } as never),
  ]);
  const { entries } = await heardLater(batches);
  const each = jsonBytes(entries[0]);
  expect(jsonBytes(entries)).toBeLessThanOrEqual(ANSWER_MAX_BYTES + entries.length + 2);
  expect(jsonBytes(entries) + 2 * each).toBeGreaterThan(ANSWER_MAX_BYTES);
  expect(entries.map(({ version }) => version)).toEqual(entries.map((_, position) => position + 1));
}, 60_000);

/** What is told of stored commands when a deadline is proposed after which they would come too late. */
async function earlierOf(stored: readonly Command[]): Promise<readonly Command[]> {
  const orderId = await orders.createOrder();
  const dueAt = Math.ceil((NOW + 60_000) / 1_000) * 1_000;
  await commitEntries(batchFor(await orderOf(orderId), [create(0, { dueAt } as never)], NOW));
  for (const one of stored) {
    await orders.db.insert(commands).values({
      ...{ commandId: one.id, orderId, merchantId: MERCHANT_ID, mode: 'test', role: 'merchant', open: true },
      payload: one,
    });
  }
  const answer = await commitEntries(batchFor(await orderOf(orderId), [], dueAt + 1_000));
  if (answer.kind !== 'recorded') throw new Error('It was refused');
  return answer.earlier ?? [];
}

test('stored commands that come before a deadline are told up to their number, the earliest first', async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, number) => create(number + 1, { receivedAt: NOW + number }));
  const ids = (list: readonly Command[]) => list.map(({ id }) => id);
  const atLimit = many(OPEN_COMMANDS_MAX);
  expect(ids(await earlierOf(atLimit))).toEqual(ids(atLimit));
  const beyond = many(OPEN_COMMANDS_MAX + 1);
  expect(ids(await earlierOf(beyond))).toEqual(ids(beyond.slice(0, OPEN_COMMANDS_MAX)));
});

test('and up to their bytes', async () => {
  const large = Array.from({ length: 60 }, (_, number) =>
    create(number + 1, { receivedAt: NOW + number, details: { description: '😀'.repeat(2_000) } }),
  );
  const earlier = await earlierOf(large);
  expect(earlier.length).toBeGreaterThan(20);
  expect(jsonBytes(earlier)).toBeLessThanOrEqual(ANSWER_MAX_BYTES + 100);
  expect(earlier.length).toBeLessThan(large.length);
}, 30_000);

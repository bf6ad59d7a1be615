/** Whatever size is asked for, over the API or straight in Temporal: nothing that an order sends is too large for Temporal. */
import { Buffer } from 'node:buffer';
import { temporal } from '@temporalio/proto';
import { expect, test } from 'vitest';
import { COMMAND_MAX_BYTES, PAYLOAD_MAX_BYTES } from '../../src/domain/payload-limits.ts';
import { restingHistoryOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { command, MERCHANT_ID, passingOrder, testOrders } from '../support/orders.ts';
import { sendRaw } from '../support/raw-signals.ts';
import { create, tally, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
/** From here on Temporal warns, and a history grows fast. */
const EVENT_MAX_BYTES = 256 * 1024;

const newOrder = () => passingOrder(orders, { amount: '100000.00' });

/** A hundred milestones, with `bytes` of texts in four-byte characters. */
function batchOf(bytes: number, from = 0) {
  const text = '😀'.repeat(Math.floor(bytes / 400));
  return upTo(100).map((index) => ({ milestoneIndex: from + index, amount: '1.00', description: text }));
}

async function expectSmallEvents(orderId: string): Promise<void> {
  const events = await restingHistoryOf(orders, orderId);
  const bytes = events.map((event) => temporal.api.history.v1.HistoryEvent.encode(event).finish().length);
  expect(Math.max(...bytes)).toBeLessThan(EVENT_MAX_BYTES);
  // By design of Temporal a task is repeated when a signal comes while the run goes on in a new one, and when 2 MiB of
  // signals have come during it.
  const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
  const repeated: unknown[] = [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    Cause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
  ];
  const causes = events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed ? [failed.cause] : []));
  expect(causes.filter((cause) => !repeated.includes(cause))).toEqual([]);
}

test('fifty batches of 58 kB at once are all recorded: a signal takes what fits into it', async () => {
  const orderId = await newOrder();
  const batches = upTo(50).map((number) => {
    const texts = batchOf(52_000, number * 100);
    return command('milestone_batch.create', {
      items: texts.map(({ description: _, ...item }) => item),
      details: { items: texts.map(({ description }) => ({ description })) },
    } as never);
  });
  expect(Buffer.byteLength(JSON.stringify(batches[0]))).toBeGreaterThan(55_000);
  expect(Buffer.byteLength(JSON.stringify(batches))).toBeGreaterThan(PAYLOAD_MAX_BYTES);
  const submitted = await Promise.all(
    batches.map((batch) =>
      orders.gateway.submit(orderId, batch, { merchantId: MERCHANT_ID, waitMs: 60_000, untilHeld: false, send: true }),
    ),
  );
  expect(tally(submitted.map(wordFor))).toEqual({ accepted: 50 });
  await expectSmallEvents(orderId);
}, 90_000);

test('a batch by hand above the limit of a command is refused in words, and the order goes on', async () => {
  const orderId = await newOrder();
  await sendRaw(orders, orderId, 'createMilestones', { milestones: batchOf(COMMAND_MAX_BYTES) });
  const [entry] = await until('an outcome', async () => {
    const log = await orders.logOf(orderId);
    return log.length > 0 && log;
  });
  expect(entry).toMatchObject({ outcome: 'rejected', reason: 'invalid_command' });
  expect(entry?.detail?.problem).toMatch(/^The command must have at most 131072 bytes, got 1\d{5}$/);
  expect(wordFor(await orders.submit(orderId, create(0)))).toBe('accepted');
});

test('a signal that is too large for Temporal is refused by it, and the order goes on', async () => {
  const orderId = await newOrder();
  expect(wordFor(await orders.submit(orderId, create(0)))).toBe('accepted');
  const sent = sendRaw(orders, orderId, 'createMilestone', { description: 'x'.repeat(PAYLOAD_MAX_BYTES + 1) });
  await expect(sent).rejects.toThrow();
  expect(wordFor(await orders.submit(orderId, create(1)))).toBe('accepted');
  expect(await orders.logOf(orderId)).toHaveLength(2);
});

test('one just within Temporal’s limit, with sixteen commands of all that can be written, is recorded in portions', async () => {
  const orderId = await newOrder();
  const batches = upTo(16).map((number) => ({ milestones: batchOf(COMMAND_MAX_BYTES - 12_000, number * 100) }));
  const bytes = Buffer.byteLength(JSON.stringify(batches));
  expect(bytes).toBeLessThan(PAYLOAD_MAX_BYTES);
  expect(bytes).toBeGreaterThan(PAYLOAD_MAX_BYTES * 0.9);
  await sendRaw(orders, orderId, 'createMilestones', ...batches);
  const log = await until(
    'all outcomes',
    async () => {
      const entries = await orders.logOf(orderId);
      return entries.length === 16 && entries;
    },
    30_000,
  );
  expect(tally(log.map(({ outcome }) => outcome))).toEqual({ accepted: 16 });
  expect(wordFor(await orders.submit(orderId, create(1_600)))).toBe('accepted');
}, 60_000);

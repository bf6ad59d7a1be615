/** An order of ten thousand milestones: each command costs what it costs on a small one, but for those that touch all. */
import { expect, test } from 'vitest';
import { BATCH_MAX_MILESTONES, type Command } from '../../src/domain/commands.ts';
import { MAX_MILESTONE_INDEX } from '../../src/domain/ids.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import { verify } from '../../src/verify/verify.ts';
import { command, testOrders } from '../support/orders.ts';
import { complete, release, wordFor } from '../support/steps.ts';

const COUNT = MAX_MILESTONE_INDEX + 1;
const ROUNDS = 20;
/** On a machine where a commit takes some milliseconds, the scheduler alone doubles them. */
const NOISE_MS = 30;
const orders = await testOrders();

async function timed(orderId: string, one: Command): Promise<number> {
  const before = performance.now();
  expect(wordFor(await orders.submit(orderId, one))).toBe('accepted');
  return performance.now() - before;
}

const batchFrom = (first: number, count: number) => {
  const items = Array.from({ length: count }, (_, position) => ({ milestoneIndex: first + position, amount: '0.01' }));
  return command('milestone_batch.create', { items, details: { items: items.map(() => ({})) } });
};

async function orderOf(count: number): Promise<{ orderId: string; batches: number[] }> {
  const orderId = await orders.createOrder({ funded: true, terms: DEFAULT_TERMS });
  const batches: number[] = [];
  for (let first = 0; first < count; first += BATCH_MAX_MILESTONES) {
    batches.push(await timed(orderId, batchFrom(first, Math.min(BATCH_MAX_MILESTONES, count - first))));
  }
  return { orderId, batches };
}

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** What commands about single milestones cost, by kind. */
async function costs(orderId: string): Promise<Record<string, number>> {
  const times: Record<string, number[]> = { complete: [], release: [], raise: [], withdraw: [], amend: [] };
  const time = async (kind: string, one: Command) => times[kind]?.push(await timed(orderId, one));
  for (let index = 0; index < ROUNDS; index++) {
    await time('complete', complete(index));
    await time('release', release(index));
  }
  for (let round = 0; round < ROUNDS; round++) {
    const details = { reason: 'late', raisedBy: 'b' };
    await time(
      'raise',
      command('dispute.raise', { milestoneIndex: ROUNDS + 1, details, actor: { role: 'buyer', id: 'b' } }),
    );
    await time('withdraw', command('dispute.withdraw', { details: {}, actor: { role: 'buyer', id: 'b' } }));
    await time(
      'amend',
      command('milestone.amend', { milestoneIndex: ROUNDS + 2, amount: `0.0${1 + (round % 2) + 1}` }),
    );
  }
  return Object.fromEntries(Object.entries(times).map(([kind, all]) => [kind, median(all)]));
}

test('commands cost the same whatever the size of their order, and a cancellation of all takes a second', async () => {
  const small = await orderOf(ROUNDS + 10);
  const large = await orderOf(COUNT);
  const [onSmall, onLarge] = [await costs(small.orderId), await costs(large.orderId)];
  const first = median(large.batches.slice(0, 10));
  const last = median(large.batches.slice(-10));
  const cancelled = await timed(large.orderId, command('order.cancel', { details: {} }));
  console.info(JSON.stringify({ onSmall, onLarge, first, last, cancelled }));
  for (const [kind, ms] of Object.entries(onLarge)) {
    expect(ms, kind).toBeLessThan(2 * Math.max(onSmall[kind] ?? 0, NOISE_MS));
  }
  expect(last).toBeLessThan(2 * Math.max(first, NOISE_MS));
  expect(cancelled).toBeLessThan(1_000);
  expect((await verify(orders.db)).violationCount).toBe(0);
}, 600_000);

/** How much of what has arrived is taken at a time, and carried into the next run. */
import { expect, test } from 'vitest';
import { BATCH_MAX_COMMANDS, BATCH_MAX_LENGTH, CARRY_MAX_LENGTH, Inbox } from '../../src/workflows/inbox.ts';

const inbox = () => new Inbox('run_1', 'escrow_order_1', {});
const create = (milestoneIndex: number, description?: string) => ({ milestoneIndex, amount: '1.00', description });

test('a batch has as many commands as it may, and the next one the rest', () => {
  const few = inbox();
  few.receive(
    'createMilestone',
    Array.from({ length: BATCH_MAX_COMMANDS }, (_, index) => create(index)),
    1,
  );
  expect(few.peek()).toHaveLength(few.length);
  few.receive('createMilestone', [create(BATCH_MAX_COMMANDS)], 1);
  const first = few.peek();
  expect(first).toHaveLength(BATCH_MAX_COMMANDS);
  few.remove((command) => first.includes(command));
  expect(few.peek()).toHaveLength(1);
});

test('a batch is as long as it may be, and the first command always fits', () => {
  const many = inbox();
  const batch = { milestones: Array.from({ length: 50 }, (_, index) => create(index, 'x'.repeat(2_000))) };
  many.receive('createMilestones', [batch, batch, batch], 1);
  const length = (count: number) => JSON.stringify(many.peek()[0]).length * count;
  expect(length(2)).toBeLessThanOrEqual(BATCH_MAX_LENGTH);
  expect(length(3)).toBeGreaterThan(BATCH_MAX_LENGTH);
  expect(many.peek()).toHaveLength(2);
});

test('an inbox is carried along up to its length, and worked off before beyond it', () => {
  const full = inbox();
  const one = (description: string) => full.receive('createMilestone', [create(0, description)], 1);
  const lengthOf = () => full.carry().inbox?.reduce((sum: number, item) => sum + JSON.stringify(item).length, 0) ?? 0;
  while (lengthOf() <= CARRY_MAX_LENGTH - 4_500) one('x'.repeat(2_000));
  const each = lengthOf();
  one('');
  const overhead = lengthOf() - each;
  one('x'.repeat(Math.min(2_000, CARRY_MAX_LENGTH - lengthOf() - overhead)));
  const left = CARRY_MAX_LENGTH - lengthOf();
  if (left > overhead) one('x'.repeat(left - overhead));
  expect(full.isCarriable).toBe(true);
  one('');
  expect(lengthOf()).toBeGreaterThan(CARRY_MAX_LENGTH);
  expect(full.isCarriable).toBe(false);
});

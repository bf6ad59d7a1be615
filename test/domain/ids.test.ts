import { expect, it } from 'vitest';
import { eventId, MAX_MILESTONE_INDEX, milestoneId, milestoneIndexOf } from '../../src/domain/ids.ts';

const ORDER = 'escrow_order_abc123';

it('A milestone’s id leads back to its index, for every index of an order', () => {
  for (let index = 0; index <= MAX_MILESTONE_INDEX; index++) {
    expect(milestoneIndexOf(ORDER, milestoneId(ORDER, index))).toBe(index);
  }
});

it('Ids sort as their orders, and within an order as their numbers', () => {
  const milestones = [0, 1, 9, 10, 99, 100, 9_999].map((index) => milestoneId(ORDER, index));
  expect([...milestones].sort()).toEqual(milestones);
  const events = [1, 2, 10, 99_999, 1_000_000].map((sequence) => eventId(ORDER, sequence));
  expect([...events].sort()).toEqual(events);
  expect(milestoneId('escrow_order_abc122', 9_999) < milestoneId(ORDER, 0)).toBe(true);
});

it('What is not the id of one of the order’s milestones has no index', () => {
  const others = [
    '',
    'milestone_',
    'milestone_abc123',
    'milestone_abc1231',
    'milestone_abc12300001',
    'milestone_abc123 001',
  ]
    .concat([
      'milestone_abc123-001',
      'milestone_abc1240001',
      'milestone_xabc1230001',
      'milestone_abc1230001 ',
      'abc1230001',
    ])
    .concat(['milestone_abc123٠٠٠١', 'milestone_abc1231e01', 'Milestone_abc1230001', '__proto__']);
  expect(others.filter((id) => milestoneIndexOf(ORDER, id) !== null)).toEqual([]);
});

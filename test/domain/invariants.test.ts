import { describe, expect, it } from 'vitest';
import { MAX_HELD_COMMANDS } from '../../src/domain/decisions.ts';
import type { EscrowOrder, Milestone, MilestoneStatus } from '../../src/domain/escrow-order.ts';
import { violations } from '../../src/domain/invariants.ts';
import { command, emptyOrder, given } from './support/script.ts';

/** Milestones of 100.00, with the totals that go with them. */
const sound = (...statuses: MilestoneStatus[]): EscrowOrder => given(`funded, milestones ${statuses.join(' ')}`);
const milestone = (status: MilestoneStatus): Milestone => ({ status, amount: '100.00' });
const held = (words: string) => ({ command: command(words), until: null, cancelled: false });

const NOT_THE_SUM = 'what was paid out for milestones is not the sum of the settled ones';
const refundedBy = (amount: string, order: EscrowOrder): EscrowOrder => ({
  ...order,
  refunded: amount,
  paidUnallocated: amount,
});

describe('Each thing that must hold is noticed when it does not', () => {
  const BROKEN: [string, EscrowOrder][] = [
    ['allocated is not the sum of its milestones', { ...sound('PENDING'), allocated: '100.01' }],
    ['allocated is not the sum of its milestones', { ...sound('PENDING', 'CANCELLED'), allocated: '200.00' }],
    ['milestones and refunds exceed the order amount', { ...sound('PENDING'), amount: '99.99', funded: '99.99' }],
    ['milestones and refunds exceed the order amount', refundedBy('900.01', sound('PENDING'))],
    ['more was paid out than was funded', { ...sound('RELEASED'), funded: '99.99' }],
    ['more was paid out than was funded', { ...sound('RELEASED'), funded: '0.00' }],
    [NOT_THE_SUM, { ...sound('RELEASED'), released: '99.99' }],
    [NOT_THE_SUM, { ...sound('COMPLETED'), released: '100.00' }],
    [NOT_THE_SUM, { ...sound('REFUNDED'), refunded: '99.99' }],
    [NOT_THE_SUM, { ...sound('COMPLETED'), refunded: '100.00' }],
    [NOT_THE_SUM, { ...sound('RELEASED'), refunded: '0.01' }],
    [NOT_THE_SUM, { ...sound('PENDING'), paidUnallocated: '0.01' }],
    ['closed with money left in escrow', { ...sound('RELEASED'), status: 'COMPLETED' }],
    ['closed with money left in escrow', { ...sound('RELEASED'), status: 'CANCELLED' }],
    ['a milestone was settled before its predecessor', withMilestones('COMPLETED', 'RELEASED')],
    ['a milestone was settled before its predecessor', withMilestones('COMPLETED', 'CANCELLED', 'RELEASED')],
    ['a milestone was completed before its predecessor', withMilestones('PENDING', 'COMPLETED')],
    ['a milestone was completed before its predecessor', withMilestones('PENDING', 'REFUNDED', 'COMPLETED')],
    [
      'too many held commands',
      { ...sound(), held: [...Array(MAX_HELD_COMMANDS + 1)].map((_, i) => held(`create ${i}`)) },
    ],
    ['a command is held twice', { ...sound(), held: [held('create 3'), held('create 3')] }],
    ['closed with commands still held', { ...emptyOrder({ status: 'CANCELLED' }), held: [held('create 3')] }],
  ];
  it.each(BROKEN)('%s', (sentence, order) => {
    expect(violations(order)).toEqual([`escrow_order_abc123@0: ${sentence}`]);
  });
  it('and a sound order is sound', () => {
    expect(violations(emptyOrder())).toEqual([]);
    expect(violations(sound('RELEASED', 'CANCELLED', 'REFUNDED', 'COMPLETED', 'PENDING'))).toEqual([]);
    expect(violations(refundedBy('900.00', sound('COMPLETED')))).toEqual([]);
    expect(violations(given('funded, refunded 50.00, milestone 0 RELEASED of 300.00 paid 0.01'))).toEqual([]);
    expect(violations(given('funded, refunded 700.00, milestone 0 REFUNDED of 300.00, order CANCELLED'))).toEqual([]);
  });
});

function withMilestones(...statuses: MilestoneStatus[]): EscrowOrder {
  const order = sound(...statuses.map((): MilestoneStatus => 'PENDING'));
  const count = (status: MilestoneStatus) => statuses.filter((one) => one === status).length;
  return {
    ...order,
    milestones: statuses.map(milestone),
    allocated: `${(statuses.length - count('CANCELLED')) * 100}.00`,
    released: count('RELEASED') === 0 ? '0.00' : `${count('RELEASED') * 100}.00`,
    refunded: count('REFUNDED') === 0 ? '0.00' : `${count('REFUNDED') * 100}.00`,
  };
}

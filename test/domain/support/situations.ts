/** The orders and commands of the transition table (transition-table.test.ts), in the words of script.ts. */
import type { MilestoneStatus } from '../../../src/domain/escrow-order.ts';

/** Milestone 1 in each status, with whatever can expire, be extended or be paid: its dates are at this very instant. */
const ONE: Record<MilestoneStatus, string> = {
  PENDING: 'milestone 1 PENDING of 100.00 due 1000',
  COMPLETED: 'milestone 1 COMPLETED of 100.00 ends 1000',
  RELEASED: 'milestone 1 RELEASED of 100.00 payout PENDING',
  CANCELLED: 'milestone 1 CANCELLED',
  REFUNDED: 'milestone 1 REFUNDED',
};
export type Column = MilestoneStatus | 'missing';

interface Situation {
  readonly statuses: readonly Column[];
  readonly of: (status: Column) => string;
}

/** An order of 1000.00 with three milestones of 100.00, of which the commands are about the middle one. */
function orderOf(conditions: string, first: string, last: string) {
  const held = 'held create 9 wait 9 as x';
  return (status: Column) =>
    status === 'missing'
      ? `${conditions}, milestone 0 ${first}, ${held}`
      : `${conditions}, milestone 0 ${first}, ${ONE[status]}, milestone 2 ${last}, ${held}`;
}

/** As it was before: nothing is held on a closed order. */
const closed = (words: string) => words.replace(', held create 9 wait 9 as x', '');

export const SITUATIONS: Record<string, Situation> = {
  'order PENDING': {
    statuses: ['missing', 'PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED'],
    of: orderOf('funded, inspection 60', 'RELEASED', 'PENDING'),
  },
  unfunded: {
    statuses: ['missing', 'PENDING', 'CANCELLED'],
    of: orderOf('inspection 60', 'CANCELLED', 'PENDING'),
  },
  'DISPUTED, this milestone': {
    statuses: ['PENDING', 'COMPLETED'],
    of: orderOf('funded, inspection 60, disputed 1', 'RELEASED', 'PENDING'),
  },
  'DISPUTED, an earlier milestone': {
    statuses: ['missing', 'PENDING', 'COMPLETED', 'CANCELLED', 'REFUNDED'],
    of: orderOf('funded, inspection 60, disputed 0', 'COMPLETED', 'PENDING'),
  },
  'DISPUTED, a later milestone': {
    statuses: ['PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED'],
    of: orderOf('funded, inspection 60, disputed 2', 'RELEASED', 'PENDING'),
  },
  'DISPUTED, the whole order': {
    statuses: ['missing', 'PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED'],
    of: orderOf('funded, inspection 60, disputed', 'RELEASED', 'PENDING'),
  },
  'order COMPLETED': {
    statuses: ['missing', 'RELEASED', 'CANCELLED', 'REFUNDED'],
    of: (status) => closed(`${orderOf('funded', 'RELEASED', 'RELEASED')(status)}, ${restOf(status)}, order COMPLETED`),
  },
  'order CANCELLED': {
    statuses: ['missing', 'RELEASED', 'CANCELLED', 'REFUNDED'],
    of: (status) =>
      closed(`${orderOf('funded', 'RELEASED', 'CANCELLED')(status)}, ${restOf(status, 100)}, order CANCELLED`),
  },
};

/** A closed order has given back what no milestone was paid with. */
function restOf(status: Column, more = 0): string {
  const left = { missing: 900 - more, CANCELLED: 800, PENDING: 0, COMPLETED: 0, RELEASED: 700, REFUNDED: 700 }[status];
  return `refunded ${left + more}.00`;
}

export const COMMANDS = [
  'create 1 of 50.00',
  'batch 1:50.00',
  'amend 1 of 120.00',
  'cancel-milestone 1',
  'complete 1',
  'reopen 1',
  'extend 1',
  'release 1',
  'remind 1',
  'expire 1',
  'raise 1',
  'raise',
  'resolve MERCHANT_WON',
  'resolve BUYER_WON',
  'resolve PARTIAL_REFUND 60.00 40.00',
  'withdraw',
  'fund',
  'refund',
  'cancel-order',
  'cancel-intent',
  'advance 60',
  'settle 1 PAID',
  'retry 1',
  'cancel x',
];

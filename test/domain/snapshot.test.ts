import { describe, expect, it } from 'vitest';
import { fromSnapshot, type OrderSnapshot, toSnapshot } from '../../src/domain/compact.ts';
import type { Milestone, PayoutStatus } from '../../src/domain/escrow-order.ts';
import { emptyOrder, given } from './support/script.ts';

const COUNT = 10_000;
const START = Date.parse('2026-05-01T12:34:56.789Z');
const restored = (snapshot: OrderSnapshot) => fromSnapshot(JSON.parse(JSON.stringify(snapshot)));
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const orderOf = (milestoneAt: (index: number) => Milestone) =>
  emptyOrder({ milestones: Array.from({ length: COUNT }, (_, index) => milestoneAt(index)), version: 40_000 });

const amountAt = (index: number) => `${100 + (index % 900)}.${(index * 7) % 90}1`;
const dueAt = (index: number) => START - 789 + index * 1_000;
const PAYOUTS: PayoutStatus[] = ['PENDING', 'PAID', 'FAILED'];

/** Some released, the next in inspection, the rest with due dates. */
function inItsLife(index: number): Milestone {
  const amount = amountAt(index);
  const dates = { dueAt: dueAt(index) };
  if (index < 4_000) {
    const status = PAYOUTS[index % 3] ?? 'PAID';
    return { status: 'RELEASED', amount, payout: { status, amount: index % 5 === 0 ? '1.50' : amount } };
  }
  if (index >= 6_000) return { status: 'PENDING', amount, ...dates };
  const inspected = { status: 'COMPLETED', amount, ...dates, inspectionEndsAt: START + index } as const;
  return index % 2 === 0 ? { ...inspected, reminded: true } : inspected;
}

describe('A snapshot of 10 000 milestones with dates and payouts', () => {
  it('takes at most 25 bytes a milestone, and is the order', () => {
    const order = orderOf(inItsLife);
    const snapshot = toSnapshot(order);
    expect(bytesOf(snapshot) / COUNT).toBeLessThanOrEqual(25);
    expect(restored(snapshot)).toStrictEqual(order);
  });
  it.each<[string, (index: number) => Milestone]>([
    [
      'all in inspection, announced, with due dates',
      (index) => ({ ...inItsLife(5_000), amount: amountAt(index), dueAt: dueAt(index) }),
    ],
    [
      'all of the widest amounts, each partly paid out',
      (index) => ({
        status: 'RELEASED',
        amount: `99999999999999.${100_001 + index * 10}`,
        payout: { status: 'FAILED', amount: `88888888888888.${100_001 + index * 10}` },
      }),
    ],
  ])('%s: stays below 500 KB, and is the order', (_, milestoneAt) => {
    const order = orderOf(milestoneAt);
    const snapshot = toSnapshot(order);
    expect(bytesOf(snapshot)).toBeLessThan(500_000);
    expect(restored(snapshot)).toStrictEqual(order);
  });
});

describe('A snapshot keeps what disputes, periods and payouts add to an order', () => {
  it.each([
    'funded, milestone 0 PENDING of 10.00 due 0',
    'funded, milestone 0 PENDING of 10.00 due 253402300799000',
    'funded, inspection 60, milestone 0 COMPLETED of 10.00 ends 5001',
    'funded, milestone 0 RELEASED of 10.00 payout FAILED, milestone 1 PENDING of 10.00 due 5000',
    'funded, milestones PENDING, disputed 0',
    'funded, disputed until 5001',
    'live, inspection 60, releaseBy buyer, onOverdue refund, disputeDefault MERCHANT_WON',
  ])('%s', (state) => {
    const order = given(state);
    expect(restored(toSnapshot(order))).toStrictEqual(order);
  });
  it('the rest’s payout and an advanced clock', () => {
    const order = emptyOrder({ restPayout: { status: 'PAID', amount: '0.01' }, clockOffsetMs: 86_400_000 });
    expect(restored(toSnapshot(order))).toStrictEqual(order);
  });
});

import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { type LedgerTransaction, transactionOf } from '../../src/domain/ledger.ts';
import type { OrderEvent } from '../../src/domain/outcomes.ts';
import { Recorder } from './support/recorder.ts';
import { command, emptyOrder, given, NOW } from './support/script.ts';
import { unitsOf } from './support/units.ts';

const order = emptyOrder();
const legsOf = (transaction: LedgerTransaction | null) =>
  transaction?.postings.map(({ direction, account, amount }) => `${direction} ${account.id} ${amount}`);
const sumOf = (transaction: LedgerTransaction | null) =>
  transaction?.postings.reduce((sum, leg) => sum + (leg.direction === 'credit' ? 1n : -1n) * unitsOf(leg.amount), 0n);

describe('Money moves', () => {
  it('from outside into escrow when an order is funded', () => {
    const transaction = transactionOf(order, 1, { type: 'escrow_order.funded', amount: '1000.00' });
    expect(transaction).toMatchObject({ key: 'fund/escrow_order_abc123', kind: 'fund' });
    expect(legsOf(transaction)).toEqual([
      'debit external/test/USDC 1000.00',
      'credit escrow/escrow_order_abc123 1000.00',
    ]);
  });
  it('from escrow to the merchant when a milestone is released', () => {
    const transaction = transactionOf(order, 1, { type: 'milestone.released', index: 7, amount: '0.000001' });
    expect(transaction).toMatchObject({ key: 'release/milestone_abc1230007', kind: 'release' });
    expect(legsOf(transaction)).toEqual([
      'debit escrow/escrow_order_abc123 0.000001',
      'credit merchant/merchant_1/test/USDC 0.000001',
    ]);
  });
  it('from escrow to the merchant and back to the buyer, in one transaction, when less is released', () => {
    const transaction = transactionOf(order, 9, {
      type: 'milestone.released',
      index: 7,
      amount: '200.00',
      refundedAmount: '100.00',
    });
    expect(transaction).toMatchObject({ key: 'release/milestone_abc1230007', kind: 'release' });
    expect(legsOf(transaction)).toEqual([
      'debit escrow/escrow_order_abc123 200.00',
      'credit merchant/merchant_1/test/USDC 200.00',
      'debit escrow/escrow_order_abc123 100.00',
      'credit external/test/USDC 100.00',
    ]);
    expect(sumOf(transaction)).toBe(0n);
  });
  it('from escrow back outside when unallocated money is refunded, under the version of its entry', () => {
    const refund: OrderEvent = { type: 'escrow_order.refunded', amount: '0.000001' };
    const transaction = transactionOf(order, 9, refund);
    expect(transaction).toMatchObject({ key: 'refund/escrow_order_abc123/9', kind: 'refund' });
    expect(legsOf(transaction)).toEqual([
      'debit escrow/escrow_order_abc123 0.000001',
      'credit external/test/USDC 0.000001',
    ]);
    expect(transactionOf(order, 9, refund)).toEqual(transaction);
    expect(transactionOf(order, 10, refund)?.key).toBe('refund/escrow_order_abc123/10');
  });
  it('back outside when an order is cancelled: each milestone’s own share, and at last what is left', () => {
    const order = given('funded, refunded 50.00, milestones RELEASED COMPLETED COMPLETED PENDING');
    const decision = decide(order, command('cancel-order'), NOW);
    const events = decision.outcome === 'accepted' ? decision.events : [];
    const transactions = events.map((event) => transactionOf(order, 3, event)).filter((one) => one !== null);
    expect(transactions.map(({ key, kind }) => [key, kind])).toEqual([
      ['refund/milestone_abc1230001', 'refund'],
      ['refund/milestone_abc1230002', 'refund'],
      ['refund/escrow_order_abc123/3', 'refund'],
    ]);
    expect(transactions.flatMap(legsOf)).toEqual([
      'debit escrow/escrow_order_abc123 100.00',
      'credit external/test/USDC 100.00',
      'debit escrow/escrow_order_abc123 100.00',
      'credit external/test/USDC 100.00',
      'debit escrow/escrow_order_abc123 650.00',
      'credit external/test/USDC 650.00',
    ]);
  });
  it('under one key a movement, whatever an order does in its life', () => {
    const log = new Recorder('empty');
    const life = ['fund', 'create 0', 'create 1', 'complete 0', 'release 0 of 1.00', 'refund of 5.00 as a'].concat([
      'refund of 5.00 as b',
      'complete 1',
      'cancel-order',
      'cancel-order as again',
      'refund as c',
    ]);
    const keys = life.flatMap((words) => {
      const version = log.order.version + 1;
      log.batch(NOW, words);
      const events = log.entries.flatMap((entry) => (entry.outcome === 'accepted' ? entry.events : []));
      return events.flatMap((event) => transactionOf(log.order, version, event)?.key ?? []);
    });
    expect(keys).toEqual([
      'fund/escrow_order_abc123',
      'release/milestone_abc1230000',
      'refund/escrow_order_abc123/6',
      'refund/escrow_order_abc123/7',
      'refund/milestone_abc1230001',
      'refund/escrow_order_abc123/9',
    ]);
  });
  it('never between modes or currencies: each has accounts of its own', () => {
    const accounts = (['test', 'live'] as const).flatMap((mode) =>
      (['USDC', 'USD'] as const).flatMap((currency) => {
        const release: OrderEvent = { type: 'milestone.released', index: 0, amount: '1.00' };
        const fund: OrderEvent = { type: 'escrow_order.funded', amount: '1.00' };
        const holder = { ...order, mode, currency };
        return [transactionOf(holder, 1, fund)?.postings[0], transactionOf(holder, 1, release)?.postings[1]];
      }),
    );
    expect(new Set(accounts.map((posting) => posting?.account.id)).size).toBe(8);
  });
  it('by no other event', () => {
    const STILL: OrderEvent[] = [
      { type: 'escrow_order.completed' },
      { type: 'milestone.created', index: 0, amount: '1.00' },
      { type: 'milestone.completed', index: 0 },
      { type: 'milestone.amended', index: 0, amount: '2.00', previousAmount: '1.00' },
      { type: 'milestone.cancelled', index: 0 },
      { type: 'milestone.reopened', index: 0 },
      { type: 'milestone.extended', index: 0, inspectionEndsAt: 5_000 },
      { type: 'milestone.inspection_ending', index: 0, inspectionEndsAt: 5_000 },
      { type: 'milestone.overdue', index: 0, dueAt: 5_000 },
      { type: 'dispute.raised', milestoneIndex: null, raisedByRole: 'buyer', windowSeconds: 60, endsAt: 61_000 },
      // The milestone's own events follow and move it: moved here as well, it would be moved twice.
      {
        type: 'dispute.resolved',
        milestoneIndex: 0,
        resolution: 'BUYER_WON',
        merchantAmount: '0.00',
        buyerAmount: '1.00',
      },
      { type: 'dispute.withdrawn', milestoneIndex: null },
      { type: 'escrow_order.clock_advanced', seconds: 60 },
      // Still with the merchant; only what was paid has left.
      { type: 'payout.created', milestoneIndex: 0, amount: '1.00' },
      { type: 'payout.failed', milestoneIndex: 0, amount: '1.00' },
      { type: 'payout.retried', milestoneIndex: 0, amount: '1.00' },
      // An order that was never funded.
      { type: 'escrow_order.cancelled', refundedAmount: '0.00' },
      { type: 'command.cancelled', commandId: 'cmd_1' },
    ];
    expect(STILL.filter((event) => transactionOf(order, 1, event) !== null)).toEqual([]);
  });
});

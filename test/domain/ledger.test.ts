import { describe, expect, it } from 'vitest';
import { type LedgerTransaction, transactionOf } from '../../src/domain/ledger.ts';
import type { OrderEvent } from '../../src/domain/outcomes.ts';
import { emptyOrder } from './support/script.ts';

const order = emptyOrder();
const legsOf = (transaction: LedgerTransaction | null) =>
  transaction?.postings.map(({ direction, account, amount }) => `${direction} ${account.id} ${amount}`);

describe('Money moves', () => {
  it('from outside into escrow when an order is funded', () => {
    const transaction = transactionOf(order, { type: 'escrow_order.funded', amount: '1000.00' });
    expect(transaction).toMatchObject({ key: 'fund/escrow_order_abc123', kind: 'fund' });
    expect(legsOf(transaction)).toEqual([
      'debit external/test/USDC 1000.00',
      'credit escrow/escrow_order_abc123 1000.00',
    ]);
  });
  it('from escrow to the merchant when a milestone is released', () => {
    const transaction = transactionOf(order, { type: 'milestone.released', index: 7, amount: '0.000001' });
    expect(transaction).toMatchObject({ key: 'release/milestone_abc1230007', kind: 'release' });
    expect(legsOf(transaction)).toEqual([
      'debit escrow/escrow_order_abc123 0.000001',
      'credit merchant/merchant_1/test/USDC 0.000001',
    ]);
  });
  it('never between modes or currencies: each has accounts of its own', () => {
    const accounts = (['test', 'live'] as const).flatMap((mode) =>
      (['USDC', 'USD'] as const).flatMap((currency) => {
        const release: OrderEvent = { type: 'milestone.released', index: 0, amount: '1.00' };
        const fund: OrderEvent = { type: 'escrow_order.funded', amount: '1.00' };
        const holder = { ...order, mode, currency };
        return [transactionOf(holder, fund)?.postings[0], transactionOf(holder, release)?.postings[1]];
      }),
    );
    expect(new Set(accounts.map((posting) => posting?.account.id)).size).toBe(8);
  });
  it('by no other event', () => {
    const STILL: OrderEvent[] = [
      { type: 'escrow_order.completed' },
      { type: 'milestone.created', index: 0, amount: '1.00' },
      { type: 'milestone.completed', index: 0 },
      { type: 'command.cancelled', commandId: 'cmd_1' },
    ];
    expect(STILL.map((event) => transactionOf(order, event))).toEqual([null, null, null, null]);
  });
});

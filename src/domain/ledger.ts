/**
 * What an event moves. Double entry: every transaction's postings add up to zero, and the database refuses one
 * that does not. Tranche holds escrowed money for others, so its accounts grow by credits.
 */
import type { EscrowOrder } from './escrow-order.ts';
import { milestoneId, payoutId } from './ids.ts';
import { type Amount, type Currency, isZero } from './money.ts';
import type { OrderEvent } from './outcomes.ts';
import type { Mode } from './terms.ts';

export const ACCOUNT_KINDS = ['external', 'escrow', 'merchant'] as const;
/** `external` is the world outside and may be below zero; the others never are. */
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

export interface Account {
  /** Follows from kind, owner, mode and currency. */
  readonly id: string;
  readonly kind: AccountKind;
  /** The order of an escrow account, the merchant of a merchant's; "world" for external ones. */
  readonly ownerId: string;
}

/** One leg of a transaction. */
export interface Posting {
  readonly account: Account;
  readonly direction: 'debit' | 'credit';
  readonly amount: Amount;
}

export interface LedgerTransaction {
  /** Deterministic, hence unique: recording a movement twice violates the primary key. */
  readonly key: string;
  readonly kind: 'fund' | 'release' | 'refund' | 'payout';
  readonly postings: readonly Posting[];
}

/** The part of an order that its accounts follow from. */
export type AccountHolder = Pick<EscrowOrder, 'id' | 'merchantId' | 'mode' | 'currency'>;

export function externalAccount(mode: Mode, currency: Currency): Account {
  return { id: `external/${mode}/${currency}`, kind: 'external', ownerId: 'world' };
}

export function escrowAccount(orderId: string): Account {
  return { id: `escrow/${orderId}`, kind: 'escrow', ownerId: orderId };
}

export function merchantAccount(merchantId: string, mode: Mode, currency: Currency): Account {
  return { id: `merchant/${merchantId}/${mode}/${currency}`, kind: 'merchant', ownerId: merchantId };
}

/**
 * The ledger transaction that `event` makes; null when it moves no money.
 *
 * @param version of the log entry that holds the event
 */
export function transactionOf(order: AccountHolder, version: number, event: OrderEvent): LedgerTransaction | null {
  const escrow = escrowAccount(order.id);
  // A buyer has no account: what goes back to them leaves the platform.
  const external = externalAccount(order.mode, order.currency);
  const merchant = merchantAccount(order.merchantId, order.mode, order.currency);
  switch (event.type) {
    case 'escrow_order.funded': {
      return { key: `fund/${order.id}`, kind: 'fund', postings: move(external, escrow, event.amount) };
    }
    case 'milestone.released': {
      const key = `release/${milestoneId(order.id, event.index)}`;
      const refund = event.refundedAmount === undefined ? [] : move(escrow, external, event.refundedAmount);
      return { key, kind: 'release', postings: [...move(escrow, merchant, event.amount), ...refund] };
    }
    case 'milestone.refunded':
      return {
        key: `refund/${milestoneId(order.id, event.index)}`,
        kind: 'refund',
        postings: move(escrow, external, event.amount),
      };
    case 'dispute.resolved': {
      if (event.milestoneIndex !== null) return null;
      const { merchantAmount, buyerAmount } = event;
      const postings = [...move(escrow, merchant, merchantAmount), ...move(escrow, external, buyerAmount)];
      return { key: `release/${order.id}`, kind: 'release', postings };
    }
    case 'payout.paid':
      return {
        key: `payout/${payoutId(order.id, event.milestoneIndex)}`,
        kind: 'payout',
        postings: move(merchant, external, event.amount),
      };
    case 'escrow_order.refunded':
      return { key: refundKey(order, version), kind: 'refund', postings: move(escrow, external, event.amount) };
    case 'escrow_order.cancelled':
      return isZero(event.refundedAmount)
        ? null
        : { key: refundKey(order, version), kind: 'refund', postings: move(escrow, external, event.refundedAmount) };
    default:
      return null;
  }
}

function refundKey(order: AccountHolder, version: number): string {
  return `refund/${order.id}/${version}`;
}

function move(from: Account, to: Account, amount: Amount): Posting[] {
  if (isZero(amount)) return [];
  return [
    { account: from, direction: 'debit', amount },
    { account: to, direction: 'credit', amount },
  ];
}

/**
 * What an event moves. Double entry: every transaction's postings add up to zero, and the database refuses one
 * that does not. Tranche holds escrowed money for others, so its accounts grow by credits.
 */
import type { EscrowOrder, Mode } from './escrow-order.ts';
import { milestoneId } from './ids.ts';
import type { Amount, Currency } from './money.ts';
import type { OrderEvent } from './outcomes.ts';

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
  readonly kind: 'fund' | 'release';
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

/** The ledger transaction that `event` makes; null when it moves no money. */
export function transactionOf(order: AccountHolder, event: OrderEvent): LedgerTransaction | null {
  const escrow = escrowAccount(order.id);
  switch (event.type) {
    case 'escrow_order.funded': {
      const external = externalAccount(order.mode, order.currency);
      return { key: `fund/${order.id}`, kind: 'fund', postings: move(external, escrow, event.amount) };
    }
    case 'milestone.released': {
      const merchant = merchantAccount(order.merchantId, order.mode, order.currency);
      const key = `release/${milestoneId(order.id, event.index)}`;
      return { key, kind: 'release', postings: move(escrow, merchant, event.amount) };
    }
    default:
      return null;
  }
}

function move(from: Account, to: Account, amount: Amount): Posting[] {
  return [
    { account: from, direction: 'debit', amount },
    { account: to, direction: 'credit', amount },
  ];
}

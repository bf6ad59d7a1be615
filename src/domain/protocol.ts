/**
 * What the workflow and its activities say to each other: plain JSON, total answers, no failure that lasts.
 */
import type { Command } from './commands.ts';
import type { OrderSnapshot } from './compact.ts';
import type { OrderStatus } from './escrow-order.ts';
import type { AccountHolder } from './ledger.ts';
import type { Amount } from './money.ts';
import type { ProposedEntry, RecordedEntry } from './outcomes.ts';

/** The order's row as it is after a batch, worked out by whoever proposes the batch. */
export interface OrderAfter extends AccountHolder {
  readonly paymentIntentId: string;
  readonly status: OrderStatus;
  readonly funded: Amount;
  readonly released: Amount;
  readonly refunded: Amount;
  readonly clockOffsetMs: number;
  /** Epoch milliseconds. */
  readonly nextDeadline: number | null;
}

export interface ProposedBatch {
  readonly order: OrderAfter;
  /** The version the batch was worked out for; its first entry becomes the next one. */
  readonly expectedVersion: number;
  readonly entries: readonly ProposedEntry[];
  /** Numbers, as the workflow counts what arrives, of commands that say who sent them and do not prove it. */
  readonly unproven?: readonly number[];
}

/**
 * Whether Temporal knows the search attributes of orders. It comes with an answer because a workflow may only go by what
 * its history says; histories of before 0.3.0 say nothing and mean no.
 */
export interface Searchability {
  readonly searchable?: true;
}

export type LoadedOrder = OrderSnapshot & Searchability;

export type CommitResult =
  /**
   * What is recorded from `expectedVersion` on, a page of it when it is not what was proposed.
   * `known` are the batch's commands that have an outcome already, here or earlier.
   */
  | (Searchability & {
      readonly kind: 'recorded';
      readonly asProposed: boolean;
      readonly entries: readonly RecordedEntry[];
      readonly known: readonly string[];
      /**
       * Of the batch's `unproven`, those not to be believed; then nothing was recorded. An answer, because what a run of
       * an earlier version believed has to be believed when its history is replayed.
       */
      readonly unproven?: readonly number[];
      /**
       * Stored commands that were received before a deadline of the batch and have not arrived; then nothing was
       * recorded. They come first; further ones are told when the deadline is proposed again.
       */
      readonly earlier?: readonly Command[];
    })
  /** The database is at an earlier version than the workflow: it was restored. Reload. */
  | { readonly kind: 'behind'; readonly version: number }
  /** The database will never take this batch as it is. `rule` names the constraint or guard. */
  | { readonly kind: 'refused'; readonly sqlState: string; readonly rule: string | null };

/** Entries in one answer, which is bounded in bytes, too (ANSWER_MAX_BYTES). */
export const RECORDED_PAGE = 200;

/** The activities of an escrow order, as its workflow sees them. */
export interface OrderActivities {
  /** Records a batch, or tells what is recorded instead. Safe to repeat. */
  commitEntries(batch: ProposedBatch): Promise<CommitResult>;
  /** The order as recorded; null when there is no such order. */
  loadOrder(orderId: string): Promise<LoadedOrder | null>;
}

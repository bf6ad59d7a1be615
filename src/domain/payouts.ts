/**
 * What the workflow of a payout and its activities tell each other, and how often a payout is tried.
 */
import type { SettlePayout } from './commands.ts';
import type { PayoutStatus } from './escrow-order.ts';
import type { Amount, Currency } from './money.ts';
import type { Searchability } from './protocol.ts';
import type { Mode } from './terms.ts';

/** A payout as its workflow sees it. */
export interface PayoutState extends Searchability {
  readonly status: PayoutStatus;
  /** The entry of the order's log that made it what it is: another one after each retry. */
  readonly version: number;
  readonly mode: Mode;
  readonly amount: Amount;
  readonly currency: Currency;
}

export type PayoutOutcome =
  | { readonly result: 'PAID'; readonly reference: string }
  | { readonly result: 'FAILED'; readonly error: string };

export interface PayoutResult {
  readonly payoutId: string;
  /** Of the state that was paid out; a later state is left alone. */
  readonly version: number;
  readonly outcome: PayoutOutcome;
}

/** How often and how patiently the settlement is asked before a payout counts as failed. */
export interface PayoutTries {
  readonly attempts: number;
  /** The wait after the first; each further one is `coefficient` times the one before it. */
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  /** A try without an answer after this long has failed. */
  readonly timeoutMs: number;
}

/** Live: eight tries in about 80 minutes, which outlasts most outages. Test: soon, for somebody who watches. */
export const PAYOUT_TRIES: Readonly<Record<Mode, PayoutTries>> = {
  live: { attempts: 8, initialMs: 1_000, coefficient: 4, maximumMs: 3_600_000, timeoutMs: 30_000 },
  test: { attempts: 5, initialMs: 1_000, coefficient: 2, maximumMs: 10_000, timeoutMs: 10_000 },
};

/** The failures that a try may end with; any other is our own and says nothing about the payout. */
export const SETTLEMENT_REFUSED = 'SettlementRefused';
export const SETTLEMENT_UNAVAILABLE = 'SettlementUnavailable';

/** The activities of a payout, as its workflow sees them. */
export interface PayoutActivities {
  /** The payout as recorded; null when there is no such payout. */
  loadPayout(payoutId: string): Promise<PayoutState | null>;
  /** Asks the settlement once. Null: the payout is not pending, and nobody was asked. */
  executePayout(payoutId: string): Promise<{ readonly reference: string } | null>;
  /** Has the order record what became of the payout, and returns when it has. Safe to repeat. */
  recordPayout(result: PayoutResult): Promise<void>;
}

/** The id of the command that records a result, while none of them was rejected. */
export function settleCommandId({ payoutId, version, outcome }: PayoutResult): string {
  return `payout/${payoutId}/${version}/${outcome.result.toLowerCase()}`;
}

/**
 * The command that records a result. Its id follows from the payout's state, so that it may be sent any number of
 * times, and the result of a retry is a new command.
 *
 * @param payout.rejected how many of these commands were rejected before: what happened outside stays true, so after a
 *   rejection, which the database may have caused, the next one is another command
 */
export function settleCommand(
  result: PayoutResult,
  payout: { readonly milestoneIndex: number | null; readonly attempts: number; readonly rejected?: number },
  receivedAt: number,
): SettlePayout {
  const { milestoneIndex, attempts, rejected = 0 } = payout;
  const { outcome } = result;
  const said = outcome.result === 'PAID' ? { reference: outcome.reference } : { error: outcome.error };
  return {
    id: `${settleCommandId(result)}${rejected > 0 ? `/${rejected + 1}` : ''}`,
    type: 'payout.settle',
    actor: { role: 'system', id: 'payout' },
    receivedAt,
    turnWaitMs: 0,
    ...(milestoneIndex !== null && { milestoneIndex }),
    result: outcome.result,
    details: { ...said, attempts },
  };
}

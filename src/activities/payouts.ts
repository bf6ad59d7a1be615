/**
 * The activities of a payout. The settlement is asked with the payout's id as its key and never for a payout that is
 * not pending; what became of it is recorded by its order, like everything else about an order.
 *
 * A crash between paying and recording leaves the payout pending. Then it is asked for again, with the same key, and
 * the settlement answers what it paid before.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import { type Database, sqlState } from '../db/client.ts';
import { requireMissing } from '../db/existence.ts';
import {
  countAttempt,
  findPayout,
  keepError,
  type PayablePayout,
  type PayoutView,
  rejectedResults,
} from '../db/payouts.ts';
import { type Command, TEXT_MAX_LENGTH } from '../domain/commands.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';
import { isStorableText } from '../domain/field-reader.ts';
import { formatAmount } from '../domain/money.ts';
import {
  type PayoutActivities,
  type PayoutResult,
  SETTLEMENT_REFUSED,
  SETTLEMENT_UNAVAILABLE,
  settleCommand,
  settleCommandId,
} from '../domain/payouts.ts';
import { PermanentPortError, type SettlementPort, TemporaryPortError } from '../settlement/ports.ts';
import { withBriefFailures } from './failures.ts';
import { searchability } from './order-log.ts';

export interface PayoutDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly settlement: SettlementPort;
  /** How the result reaches the order. Never throws. */
  readonly signals: { send(orderId: string, commands: readonly [Command], opening?: OrderOpening): Promise<unknown> };
  /** Whether Temporal knows the search attributes. Default: it does not. */
  readonly isSearchable?: () => boolean;
  /** Told of each look at a payout that is not of this service; it is not paid. */
  readonly onUnproven?: () => void;
}

/** The part of a try's time that the settlement is given: the rest is for writing down what it said. */
const SETTLEMENT_SHARE = 0.8;
const TIMEOUT_DEFAULT_MS = 30_000;
/** How long a result is waited for before it is sent again. */
const RECORDED_WITHIN_MS = 5_000;
/** Twice this after the first rejection, then doubled. */
const REJECTED_WAIT_MS = 500;
const REJECTED_WAIT_LAST_MS = 15 * 60_000;
const POLL_FIRST_MS = 10;
const POLL_LAST_MS = 250;

export function createPayoutActivities(deps: PayoutDependencies): PayoutActivities {
  const report = (payoutId: string) => (error: unknown) =>
    deps.log.warn({ payoutId, sqlState: sqlState(error), kind: kindOf(error) }, 'payout activity failed');
  const brief = <Result>(activity: string, payoutId: string, run: () => Promise<Result>) =>
    withBriefFailures(activity, report(payoutId), run);
  return {
    loadPayout: (payoutId) =>
      brief('loadPayout', payoutId, async () => {
        const payout = await payoutOf(deps.db, payoutId);
        if (!payout || !isPayable(deps, payout)) return null;
        const { status, version, mode, amount, currency } = payout;
        return { status, version, mode, amount: formatAmount(amount), currency, ...searchability(deps) };
      }),
    async executePayout(payoutId) {
      const payout = await brief('executePayout', payoutId, async () => {
        const isPending = await countAttempt(deps.db, payoutId);
        return isPending ? payoutOf(deps.db, payoutId) : null;
      });
      return payout?.status === 'PENDING' && isPayable(deps, payout) ? askSettlement(deps, payout) : null;
    },
    recordPayout: (result) => brief('recordPayout', result.payoutId, () => record(deps, result)),
  };
}

/** False, and told: a pending row that neither the log nor the ledger knows. The verifier names it as well. */
function isPayable({ log, onUnproven }: PayoutDependencies, { id, status, isProven, orderId }: PayablePayout): boolean {
  if (status !== 'PENDING' || isProven) return true;
  log.error({ payoutId: id, orderId }, 'A payout without its release in the log and the ledger is not paid');
  onUnproven?.();
  return false;
}

async function askSettlement(deps: PayoutDependencies, payout: PayoutView): Promise<{ reference: string }> {
  try {
    const { reference } = await paid(deps, payout);
    return { reference: clean(reference) };
  } catch (error) {
    const isKnown = error instanceof PermanentPortError || error instanceof TemporaryPortError;
    const said = isKnown ? clean(error.message) : 'The settlement failed in an unexpected way';
    deps.log.warn({ payoutId: payout.id, kind: kindOf(error), said }, 'payout not paid');
    // What it said is worth showing, but not worth losing: it goes on to Temporal in any case.
    await keepError(deps.db, payout.id, said).catch(() => {});
    if (error instanceof PermanentPortError) throw ApplicationFailure.nonRetryable(said, SETTLEMENT_REFUSED);
    throw ApplicationFailure.retryable(said, SETTLEMENT_UNAVAILABLE);
  }
}

/** The settlement's answer, or a failure in good time: a try that hangs must end before Temporal gives it up. */
async function paid({ settlement }: PayoutDependencies, payout: PayoutView): Promise<{ reference: string }> {
  const { info, cancellationSignal } = Context.current();
  const timeoutMs = (info.startToCloseTimeoutMs || TIMEOUT_DEFAULT_MS) * SETTLEMENT_SHARE;
  const giveUp = new AbortController();
  const { id: key, amount, currency, mode, settlementMethod: method, settlementDestination: destination } = payout;
  const payment = { key, amount: formatAmount(amount), currency, mode, method, destination };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const stop = (message: string) => {
      reject(new TemporaryPortError(message));
      giveUp.abort();
    };
    timer = setTimeout(() => stop(`The settlement did not answer within ${timeoutMs / 1_000} s`), timeoutMs);
    cancellationSignal.addEventListener('abort', () => stop('The worker stopped before the settlement answered'));
  });
  try {
    return await Promise.race([settlement.pay(payment, giveUp.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sends the result to the order and waits until the payout is in another state, whoever brought it there. */
async function record(deps: PayoutDependencies, result: PayoutResult): Promise<void> {
  const { payoutId, version } = result;
  const startedAt = Date.now();
  let pollMs = POLL_FIRST_MS;
  for (let sent = false; ; sent = true) {
    const payout = await payoutOf(deps.db, payoutId);
    if (!payout || payout.version !== version || payout.status !== 'PENDING') return;
    if (!sent) {
      const rejected = await rejectedBefore(deps.db, result, payout);
      const command = settleCommand(result, { ...payout, rejected }, startedAt);
      await deps.signals.send(payout.orderId, [command], payout.order);
    }
    if (Date.now() - startedAt > RECORDED_WITHIN_MS) {
      throw new Error(`The order has not recorded within ${RECORDED_WITHIN_MS} ms what became of the payout`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    pollMs = Math.min(pollMs * 2, POLL_LAST_MS);
  }
}

/**
 * How often the order rejected this result. That is final for a command, and not for what happened outside: when the
 * database refuses to have it recorded, another command is sent once the cause may be gone, ever more rarely, because
 * each rejection is an entry of the log.
 *
 * @throws when it is too early for another one
 */
async function rejectedBefore(db: Database, result: PayoutResult, { orderId }: PayoutView): Promise<number> {
  const { count, sinceMs } = await rejectedResults(db, orderId, settleCommandId(result));
  if (count > 0 && sinceMs < Math.min(REJECTED_WAIT_MS * 2 ** count, REJECTED_WAIT_LAST_MS)) {
    throw Object.assign(new Error('The order rejected the result'), { code: 'the order rejected the result' });
  }
  return count;
}

/** A payout; null when there surely is none. */
async function payoutOf(db: Database, payoutId: string): Promise<PayablePayout | null> {
  const payout = await findPayout(db, payoutId);
  if (!payout) await requireMissing(db, 'payouts', payoutId);
  return payout;
}

/** An adapter's words as the database can keep them. */
function clean(words: string): string {
  const text = words.slice(0, TEXT_MAX_LENGTH);
  return isStorableText(text) ? text : 'The settlement’s answer cannot be shown';
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/**
 * The workflow of one payout: has the settlement asked until it pays or the tries are used up, and the order told of
 * it. The order's log stays the only truth; this keeps nothing, and can be started again at any time.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  defineSignal,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import {
  PAYOUT_TRIES,
  type PayoutOutcome,
  type PayoutState,
  type PayoutTries,
  SETTLEMENT_REFUSED,
  SETTLEMENT_UNAVAILABLE,
} from '../domain/payouts.ts';
import { upsertAttributes } from './display.ts';
import { LOOK_SIGNAL, type PayoutInput, payoutIdOfWorkflow } from './messages.ts';

/** Unlimited: it waits for its database, however long that takes. */
const { loadPayout } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s' },
  summary: 'load the payout',
});

/** Unlimited: what was paid must be recorded, however long its order takes. */
const { recordPayout } = proxyActivities<Activities>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'telling the order what became of the payout',
});

/** Runs until the payout is not pending any more. Never fails: a payout that failed is an outcome. */
export async function payout(input?: Partial<PayoutInput>): Promise<void> {
  // The workflow's id names the payout, so that one started by hand without input works like any other.
  const { workflowId } = workflowInfo();
  const payoutId = payoutIdOfWorkflow(workflowId) ?? workflowId;
  // "Request cancellation" in the UI must not leave open whether it was paid.
  await CancellationScope.nonCancellable(() => settle(payoutId, input?.tries));
}

async function settle(payoutId: string, given: PayoutTries | undefined): Promise<void> {
  let looksAgain = false;
  const look = () => {
    looksAgain = true;
  };
  setHandler(defineSignal(LOOK_SIGNAL), look, {
    description: 'Makes the workflow look at its payout again. No input.',
  });
  for (;;) {
    looksAgain = false;
    const state = await loadPayout(payoutId);
    if (state?.status !== 'PENDING') {
      // No signal came since the last await, so none is lost by ending here.
      if (looksAgain) continue;
      setCurrentDetails(state ? `${moneyOf(state)}: ${ENDS[state.status]}` : 'There is no such payout.');
      if (state?.searchable) upsertAttributes({ TrancheTrouble: state.status === 'FAILED' ? 'payout failed' : null });
      if (!state) log.error('There is no such payout', { payoutId });
      return;
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof payout>(given ? { tries: given } : {});
    setCurrentDetails(`${moneyOf(state)}: asking the settlement to pay.`);
    const outcome = await pay(payoutId, given ?? PAYOUT_TRIES[state.mode]);
    // Then a retry may have come already, so it looks again instead of ending.
    if (outcome) {
      setCurrentDetails(`${moneyOf(state)}: ${wordsFor(outcome)} The order is being told.`);
      await recordPayout({ payoutId, version: state.version, outcome });
    }
  }
}

/** Null: nothing is known about the payout, which is loaded again. */
async function pay(payoutId: string, tries: PayoutTries): Promise<PayoutOutcome | null> {
  const { executePayout } = proxyActivities<Activities>({
    startToCloseTimeout: tries.timeoutMs,
    retry: {
      initialInterval: tries.initialMs,
      backoffCoefficient: tries.coefficient,
      maximumInterval: tries.maximumMs,
      maximumAttempts: tries.attempts,
    },
    summary: `paying, at most ${tries.attempts} tries`,
  });
  try {
    const paid = await executePayout(payoutId);
    return paid && { result: 'PAID', reference: paid.reference };
  } catch (failure) {
    const error = settlementError(failure);
    if (error === null) log.warn('The payout could not be tried, trying again', { error: String(failure) });
    return error === null ? null : { result: 'FAILED', error };
  }
}

/** What the settlement said at last; null when it was not asked, because something of our own is broken. */
function settlementError(failure: unknown): string | null {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  if (cause instanceof TimeoutFailure)
    return 'The settlement’s answer is not known. It is safe to retry: nothing is paid twice.';
  const isSettlements =
    cause instanceof ApplicationFailure && (cause.type === SETTLEMENT_REFUSED || cause.type === SETTLEMENT_UNAVAILABLE);
  return isSettlements ? cause.message : null;
}

const ENDS = { PAID: 'paid.', FAILED: 'failed. Send the order the signal retryPayout to try again.' } as const;

function wordsFor(outcome: PayoutOutcome): string {
  return outcome.result === 'PAID' ? 'paid.' : `failed (${outcome.error}).`;
}

function moneyOf({ amount, currency }: PayoutState): string {
  return `**${amount} ${currency}** to the merchant`;
}

/**
 * Sends again what was accepted and has no outcome, wakes orders whose deadline has passed, starts payouts that wait,
 * finishes collections of money that nobody is at any more, and forgets what was kept long enough. It makes the database,
 * not Temporal, the memory of what is due: a wiped Temporal loses nothing.
 */
import type { Retention } from '../db/retention.ts';
import type { Swept } from '../db/sweeps.ts';
import type { ByMode, FundingPort } from '../settlement/ports.ts';
import { sweepCommands } from './command-sweep.ts';
import { sweepFundings } from './funding-sweep.ts';
import { startLostWorkflows, sweepOrders } from './order-sweep.ts';
import { FIRST_PAYOUT, type PayoutStarts, sweepPayouts } from './payout-sweep.ts';
import { sweepRetention } from './retention-sweep.ts';
import { newCounts, pause, type Sweep, type SweepCounts, type SweeperDependencies } from './sweeping.ts';

const SWEEP_INTERVAL_MS = 2_000;
/** A payout is paid within moments, or its workflow waits for its next try; then starting it again is for nothing. */
const PAYOUT_PENDING_MS = 10_000;
const PAYOUT_SWEEP_INTERVAL_MS = 10_000;
/** Nothing waits for it; only while there is much to forget it goes on sooner. */
const RETENTION_INTERVAL_MS = 300_000;
const RETENTION_PAUSE_MS = 10_000;
/** What is under way then is given up: all of it is in the database, and due again soon. */
const STOP_MS = 800;

export interface RunningSweeper {
  readonly counts: SweepCounts;
  /** Ends within a second, but for an answer of a funding port. */
  stop(): Promise<void>;
}

/** Sweeps every two seconds what is due. Several may run at the same time: each takes rows of its own. */
export function startSweeper(
  given: SweeperDependencies & {
    readonly payouts?: PayoutStarts;
    readonly funding?: ByMode<FundingPort>;
    readonly retention?: Retention;
  },
): RunningSweeper {
  const stop = new AbortController();
  const stopping = stop.signal;
  const counts = newCounts();
  const deps = { ...given, counts, stopping };
  const { log, funding, retention } = deps;
  /** One that fails holds up none of the others. */
  const attempt = async (kind: Swept, sweep: () => Promise<Sweep>): Promise<void> => {
    try {
      const { done, left } = await sweep();
      counts.done[kind] += done;
      counts.left[kind] = left;
      if (left > 0) log.warn({ kind, done, left }, 'swept, and more is due');
      else if (done > 0) log.info({ kind, done }, 'swept');
    } catch (error) {
      if (stopping.aborted) return;
      counts.failures[kind]++;
      log.warn({ err: error, kind }, 'sweep failed, trying again');
    }
  };
  const payoutRound = payoutRounds(deps);
  const sweepAll = async (): Promise<void> => {
    while (!stopping.aborted) {
      // Commands before deadlines: what was received before one should not come after it.
      await attempt('commands', () => sweepCommands(deps));
      if (!stopping.aborted) await attempt('orders', () => sweepOrders(deps));
      if (!stopping.aborted) await attempt('payouts', payoutRound);
      await pause(SWEEP_INTERVAL_MS, stopping);
    }
  };
  // Beside the others: a port that does not answer must not hold them up.
  const collectAll = async (ports: ByMode<FundingPort>): Promise<void> => {
    while (!stopping.aborted) {
      await attempt('fundings', () => sweepFundings(deps, ports));
      await pause(SWEEP_INTERVAL_MS, stopping);
    }
  };
  const forgetAll = async (kept: Retention): Promise<void> => {
    while (!stopping.aborted) {
      await attempt('retention', () => sweepRetention(deps, kept));
      await pause(counts.left.retention > 0 ? RETENTION_PAUSE_MS : RETENTION_INTERVAL_MS, stopping);
    }
  };
  const sweeping = Promise.all([sweepAll(), startLostWorkflows(deps), retention && forgetAll(retention)]);
  const collecting = funding ? collectAll(funding) : null;
  return {
    counts,
    async stop() {
      stop.abort();
      await Promise.race([sweeping, pause(STOP_MS, new AbortController().signal)]);
      await collecting;
    },
  };
}

/** Pages of payouts, one after the other: at first without a pause until all were seen, then one every ten seconds. */
function payoutRounds(deps: SweeperDependencies & { readonly payouts?: PayoutStarts }): () => Promise<Sweep> {
  const { payouts } = deps;
  let after = FIRST_PAYOUT;
  let dueAt = Number.NEGATIVE_INFINITY;
  let pendingMs = 0;
  return async () => {
    // By a clock that nobody sets: only the pause between two sweeps of this process is measured.
    if (!payouts || performance.now() < dueAt) return { done: 0, left: deps.counts?.left.payouts ?? 0 };
    const swept = await sweepPayouts({ ...deps, payouts }, { pendingMs, after });
    after = swept.after;
    if (pendingMs > 0 || after === FIRST_PAYOUT) {
      pendingMs = PAYOUT_PENDING_MS;
      dueAt = performance.now() + PAYOUT_SWEEP_INTERVAL_MS;
    }
    return swept;
  };
}

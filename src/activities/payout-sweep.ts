/**
 * Starts the workflows of pending payouts that seem to have none: Temporal was wiped, or a process died between the
 * commit and the start. Starting one that runs changes nothing, so nobody has to know which do.
 */
import type { Database } from '../db/client.ts';
import { countDue, type PayoutCursor, pendingPayouts } from '../db/sweeps.ts';
import { aFewAtATime, type Sweep } from './sweeping.ts';

/** How a payout's workflow is started. Never throws; what was not started is swept again. */
export interface PayoutStarts {
  start(payoutId: string): Promise<unknown>;
}

export interface PayoutSweepDependencies {
  readonly db: Database;
  readonly payouts: PayoutStarts;
  readonly stopping?: AbortSignal;
}

const PAGE_ROWS = 500;
const STARTS_AT_ONCE = 16;
export const FIRST_PAYOUT: PayoutCursor = { at: '-infinity', id: '' };

/**
 * Starts one page of payouts that nothing has happened to for `pendingMs`. A page a sweep: when the settlement is away
 * for long, thousands wait for their next try, and asking for all of them each time would be a load of its own.
 *
 * @param page.after the answer of the sweep before; FIRST_PAYOUT begins anew
 * @returns also where to go on
 */
export async function sweepPayouts(
  { db, payouts, stopping }: PayoutSweepDependencies,
  { after, pendingMs, limit = PAGE_ROWS }: { after: PayoutCursor; pendingMs: number; limit?: number },
): Promise<Sweep & { after: PayoutCursor }> {
  const page = await pendingPayouts(db, { after, pendingMs, limit });
  await aFewAtATime(page, STARTS_AT_ONCE, stopping, ({ id }) => payouts.start(id));
  const isLast = page.length < limit;
  const left = isLast || stopping?.aborted ? 0 : await countDue(db, 'payouts');
  return { done: page.length, left, after: (isLast ? null : page.at(-1)) ?? FIRST_PAYOUT };
}

/**
 * Starts the workflows of pending payouts that seem to have none: Temporal was wiped, or a process died between the
 * commit and the start. Starting one that runs changes nothing, so nobody has to know which do.
 */
import type { Database } from '../db/client.ts';
import { pendingPayouts } from '../db/payouts.ts';

/** How a payout's workflow is started. Never throws; what was not started is swept again. */
export interface PayoutStarts {
  start(payoutId: string): Promise<unknown>;
}

const PAGE_ROWS = 500;
const STARTS_AT_ONCE = 16;

/**
 * Starts one page of payouts that nothing has happened to for `pendingAfterMs`. A page a sweep: when the settlement
 * is away for long, thousands wait for their next try, and asking for all of them each time would be a load of its
 * own.
 *
 * @param after the answer of the sweep before; '' begins anew
 * @returns how many were started, and where to go on
 */
export async function sweepPayouts(
  { db, payouts }: { readonly db: Database; readonly payouts: PayoutStarts },
  { pendingAfterMs, after }: { readonly pendingAfterMs: number; readonly after: string },
): Promise<{ started: number; after: string }> {
  const before = new Date(Date.now() - pendingAfterMs);
  const ids = await pendingPayouts(db, { after, before, limit: PAGE_ROWS });
  for (let first = 0; first < ids.length; first += STARTS_AT_ONCE) {
    await Promise.all(ids.slice(first, first + STARTS_AT_ONCE).map((id) => payouts.start(id)));
  }
  return { started: ids.length, after: ids.length < PAGE_ROWS ? '' : (ids.at(-1) ?? '') };
}

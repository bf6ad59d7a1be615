/** Wakes orders whose deadline has passed, and starts the workflows that orders with a deadline have lost. */
import { countDue, type DeadlineCursor, forgetWakes, ordersWithDeadline, takeLateOrders } from '../db/sweeps.ts';
import { aFewAtATime, pause, type Sweep, type SweeperDependencies } from './sweeping.ts';

/** Workflows keep their own deadlines; one that is this late has lost its timer, or stands still. */
const LATE_MS = 30_000;
/** Of one sweep. Each wake makes a worker load an order and decide: more at once would hold up everybody's commands. */
export const ORDER_SWEEP_ROWS = 100;
const WAKES_AT_ONCE = 16;

/** Wakes late orders. One whose deadline stays is woken again ever more rarely, at last every ten minutes. */
export async function sweepOrders(deps: SweeperDependencies, { lateMs = LATE_MS } = {}): Promise<Sweep> {
  const orders = await takeLateOrders(deps.db, lateMs, ORDER_SWEEP_ROWS);
  const missed: string[] = [];
  await aFewAtATime(orders, WAKES_AT_ONCE, deps.stopping, async ({ id, opening }) => {
    if ((await deps.signals.wake(id, opening)) !== 'sent') missed.push(id);
  });
  const done = orders.length - missed.length;
  if (deps.stopping?.aborted) return { done, left: 0 };
  await forgetWakes(deps.db, missed);
  return { done, left: orders.length < ORDER_SWEEP_ROWS ? 0 : await countDue(deps.db, 'orders') };
}

const PAGE_ROWS = 200;
const STARTS_AT_ONCE = 10;
/** 50 per second: a start of a workflow that runs costs Temporal a look-up, one of another a load. */
const STARTS_PAUSE_MS = 200;
const RETRY_MS = 5_000;

/**
 * Starts what does not run of the orders that have a deadline, the earliest first: after Temporal was wiped they would be
 * found late, and missing in its list until then. Leaves those that run alone. Never throws; ends when all were seen.
 */
export async function startLostWorkflows(
  deps: SweeperDependencies & { readonly stopping: AbortSignal },
): Promise<void> {
  const { db, signals, stopping, log } = deps;
  let after: DeadlineCursor = { at: '-infinity', id: '' };
  let seen = 0;
  while (!stopping.aborted) {
    try {
      const page = await ordersWithDeadline(db, after, PAGE_ROWS);
      for (let first = 0; first < page.length && !stopping.aborted; first += STARTS_AT_ONCE) {
        const some = page.slice(first, first + STARTS_AT_ONCE);
        const results = await Promise.all(some.map(({ id, opening }) => signals.start(id, opening)));
        if (results.some((result) => result !== 'sent')) throw new Error('Temporal did not take all of them');
        seen += some.length;
        after = some.at(-1) ?? after;
        await pause(STARTS_PAUSE_MS, stopping);
      }
      if (page.length < PAGE_ROWS) break;
    } catch (error) {
      if (!stopping.aborted) log.warn({ err: error }, 'could not look for lost workflows, trying again');
      await pause(RETRY_MS, stopping);
    }
  }
  if (seen > 0) log.info({ orders: seen, isWhole: !stopping.aborted }, 'looked for lost workflows');
}

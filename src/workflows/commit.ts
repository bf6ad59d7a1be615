/**
 * The activities of an order, with their retry policies beside them. Each runs as a local activity first, which
 * costs no further workflow task; when that fails for a technical reason, the same function runs as a regular
 * activity until it succeeds. Repeating is safe: see src/activities/order-log.ts.
 */
import { isCancellation, log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { OrderSnapshot } from '../domain/compact.ts';
import type { CommitResult, ProposedBatch } from '../domain/protocol.ts';

/** The interval stays below the local retry threshold: above it, the wait would become a timer in the history. */
const local = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 2, initialInterval: '100ms' },
});

/** Unlimited: an order waits for its database, however long that takes, and shows as such in the Temporal UI. */
const regular = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s' },
});

export function commitEntries(batch: ProposedBatch): Promise<CommitResult> {
  return localFirst(
    'commitEntries',
    () => local.commitEntries(batch),
    () => regular.commitEntries(batch),
  );
}

export function loadOrder(orderId: string): Promise<OrderSnapshot | null> {
  return localFirst(
    'loadOrder',
    () => local.loadOrder(orderId),
    () => regular.loadOrder(orderId),
  );
}

/** Not an async function: the SDK takes a stack trace for each promise in a workflow, and this runs at each commit. */
function localFirst<Result>(
  name: string,
  runLocal: () => Promise<Result>,
  runRegular: () => Promise<Result>,
): Promise<Result> {
  return runLocal().catch((error: unknown) => {
    if (isCancellation(error)) throw error;
    log.warn(`${name} failed as a local activity, going on as a regular one`, { error: String(error) });
    return runRegular();
  });
}

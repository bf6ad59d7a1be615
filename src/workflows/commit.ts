/**
 * The activities of an order, with their retry policies beside them. Each runs as a local activity first, which
 * costs no further workflow task; when that fails for a technical reason, the same function runs as a regular
 * activity until it succeeds. Repeating is safe: see src/activities/order-log.ts.
 */
import { isCancellation, log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { CommitResult, LoadedOrder, ProposedBatch } from '../domain/protocol.ts';
import { summaryOfBatch } from './summaries.ts';

const LOADING = 'load the order';

/** The interval stays below the local retry threshold: above it, the wait would become a timer in the history. */
const local = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  summary: LOADING,
  retry: { maximumAttempts: 2, initialInterval: '100ms' },
});

/** Unlimited: an order waits for its database, however long that takes, and shows as such in the Temporal UI. */
const regular = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  summary: LOADING,
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s' },
});

/** @param onFailing told when it could not be done soon, and is tried without end now */
export function commitEntries(batch: ProposedBatch, onFailing: () => void): Promise<CommitResult> {
  const options = { summary: `commit ${summaryOfBatch(batch.entries, batch.expectedVersion)}` };
  return localFirst(
    'commitEntries',
    () => local.commitEntries.executeWithOptions(options, [batch]),
    () => regular.commitEntries.executeWithOptions(options, [batch]),
    onFailing,
  );
}

/** @param onFailing as for {@link commitEntries} */
export function loadOrder(orderId: string, onFailing: () => void): Promise<LoadedOrder | null> {
  return localFirst(
    'loadOrder',
    () => local.loadOrder(orderId),
    () => regular.loadOrder(orderId),
    onFailing,
  );
}

/** Not an async function: the SDK takes a stack trace for each promise in a workflow, and this runs at each commit. */
function localFirst<Result>(
  name: string,
  runLocal: () => Promise<Result>,
  runRegular: () => Promise<Result>,
  onFailing: () => void,
): Promise<Result> {
  return runLocal().catch((error: unknown) => {
    if (isCancellation(error)) throw error;
    log.warn(`${name} failed as a local activity, going on as a regular one`, { error: String(error) });
    onFailing();
    return runRegular();
  });
}

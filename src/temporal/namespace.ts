/**
 * Makes sure that a Temporal namespace is there. Where Tranche may not make one (Temporal Cloud), it must exist.
 */
import { isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { NativeConnection } from '@temporalio/worker';

const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const RETENTION = '30 days';
/** A new namespace is known to all of a server's parts only after some seconds. */
const READY_WITHIN_MS = 30_000;
const POLL_MS = 500;

/** @throws what Temporal says when it cannot be reached, or refuses */
export async function ensureNamespace({ workflowService }: NativeConnection, namespace: string): Promise<void> {
  if (await exists(() => workflowService.describeNamespace({ namespace }))) return;
  const workflowExecutionRetentionPeriod = msToTs(RETENTION);
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  } catch (error) {
    // Another worker was faster.
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error;
  }
  const query = { namespace, query: '', pageSize: 1 };
  for (const deadlineAt = Date.now() + READY_WITHIN_MS; Date.now() < deadlineAt; ) {
    if (await exists(() => workflowService.listWorkflowExecutions(query))) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function exists(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return false;
    throw error;
  }
}

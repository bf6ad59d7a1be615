import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** How long the histories of ended workflows are kept. A new namespace of the development server keeps them for 24 h. */
const RETENTION_DAYS = 30;
const CALL_TIMEOUT_MS = 2_000;

/** gRPC status codes of a server which is still starting: the namespace is created last. */
const NOT_YET = new Set([4 /* DEADLINE_EXCEEDED */, 5 /* NOT_FOUND */, 14 /* UNAVAILABLE */]);

/**
 * Raises the retention of a namespace to 30 days; a longer one is left as it is.
 *
 * @returns false when the namespace does not exist yet or the server is not ready for the question.
 */
export async function prepareNamespace(connection: Connection, namespace: string): Promise<boolean> {
  const { workflowService } = connection;
  try {
    return await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, async () => {
      const { config } = await workflowService.describeNamespace({ namespace });
      const seconds = config?.workflowExecutionRetentionTtl?.seconds?.toNumber() ?? 0;
      if (seconds < RETENTION_DAYS * 24 * 60 * 60) {
        const workflowExecutionRetentionTtl = msToTs(`${RETENTION_DAYS} days`);
        await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
      }
      return true;
    });
  } catch (error) {
    if (isGrpcServiceError(error) && NOT_YET.has(error.code)) return false;
    throw error;
  }
}

import { type Client, isGrpcServiceError } from '@temporalio/client';
import { GRPC } from './connection.ts';

const PROBE_TIMEOUT_MS = 1_000;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/**
 * Whether some worker polls the queue. Also true when Temporal is away: then nobody knows, and its own check tells.
 */
export async function workersPolling(client: Client, namespace: string, taskQueue: string): Promise<boolean> {
  try {
    const { pollers } = await client.connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
      client.connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: WORKFLOW_TASKS,
      }),
    );
    return (pollers ?? []).length > 0;
  } catch (error) {
    if (isGrpcServiceError(error) && [GRPC.UNAVAILABLE, GRPC.DEADLINE_EXCEEDED].includes(error.code as never))
      return true;
    throw error;
  }
}

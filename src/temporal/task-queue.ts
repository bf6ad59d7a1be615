import { type Client, isGrpcServiceError } from '@temporalio/client';
import { GRPC } from './connection.ts';

/** Shorter than what readiness gives a check: that nobody knows must be answered in time. */
const PROBE_TIMEOUT_MS = 800;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
/**
 * A poll is renewed after a minute at the latest, and the server lists a poller for minutes after its last one. The
 * ten seconds more are for the network, and for a clock that differs from the server's.
 */
const POLL_IS_RECENT_MS = 70_000;

export type Pollers = Awaited<ReturnType<Client['workflowService']['describeTaskQueue']>>['pollers'];

/**
 * Whether some worker polls the queue. Also true when Temporal is away: then nobody knows, and its own check tells.
 * A process that runs a worker need not know better: it ends when its worker dies.
 */
export async function workersPolling(
  client: Client,
  namespace: string,
  taskQueue: string,
  now = Date.now(),
): Promise<boolean> {
  try {
    const { pollers } = await client.connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
      client.connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: WORKFLOW_TASKS,
      }),
    );
    return isPolled(pollers, now);
  } catch (error) {
    if (isGrpcServiceError(error) && [GRPC.UNAVAILABLE, GRPC.DEADLINE_EXCEEDED].includes(error.code as never))
      return true;
    throw error;
  }
}

/** Whether one of these pollers has polled lately. */
export function isPolled(pollers: Pollers, now: number): boolean {
  return pollers.some(({ lastAccessTime }) => {
    const polledAt = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    return now - polledAt <= POLL_IS_RECENT_MS;
  });
}

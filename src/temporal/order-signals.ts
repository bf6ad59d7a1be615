/**
 * Sends commands to the workflow of their order, starting it where it does not run. The only place that does.
 */
import { type Client, isGrpcServiceError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { Command } from '../domain/commands.ts';
import { payloadOf } from '../domain/parse-command.ts';
import { ESCROW_ORDER_WORKFLOW, escrowOrderWorkflowId, signalOf, WAKE_SIGNAL } from '../workflows/messages.ts';
import { type Attempts, countingAttempts, GRPC } from './connection.ts';

/**
 * `sent`: Temporal has it, durably. `unreachable`: the connection was refused before anything was sent, so it surely
 * has not. `unclear`: anything else; it may or may not arrive.
 */
export type SendResult = 'sent' | 'unreachable' | 'unclear';

export interface OrderSignals {
  /** Sends commands of one type in one signal; never throws. Sending a command twice is safe. */
  send(orderId: string, commands: readonly [Command, ...Command[]]): Promise<SendResult>;
  /** Makes the order's workflow run and look at its deadlines. */
  wake(orderId: string): Promise<SendResult>;
}

/** What gRPC says when there is no connection to send anything over: refused now or before, or no such name. */
const NEVER_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|No connection established|Name resolution failed/;
const CALL_TIMEOUT_MS = 5_000;
/** A killed worker's task is given to another after this long; two tries of a local commit fit in. */
const WORKFLOW_TASK_TIMEOUT = '5s';

/**
 * @param summaryOf the line that the Temporal UI shows for an order, where it is known
 */
export function createOrderSignals(client: Client, taskQueue: string): OrderSignals {
  const signal = async (orderId: string, name: string, payloads: readonly unknown[]): Promise<SendResult> => {
    const attempts: Attempts = { count: 0 };
    const signalWithStart = () =>
      client.workflow.signalWithStart(ESCROW_ORDER_WORKFLOW, {
        workflowId: escrowOrderWorkflowId(orderId),
        taskQueue,
        signal: name,
        signalArgs: [...payloads],
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      });
    try {
      await client.connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
        countingAttempts(attempts, signalWithStart),
      );
      return 'sent';
    } catch (error) {
      // Whatever was repeated had reached somebody, and may have been done before that.
      return attempts.count <= 1 && isRefusedConnection(error) ? 'unreachable' : 'unclear';
    }
  };
  return {
    send: (orderId, commands) => signal(orderId, signalOf(commands[0].type), commands.map(payloadOf)),
    wake: (orderId) => signal(orderId, WAKE_SIGNAL, []),
  };
}

function isRefusedConnection(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === GRPC.UNAVAILABLE && NEVER_CONNECTED.test(cause.details);
}

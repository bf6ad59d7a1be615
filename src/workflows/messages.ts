/**
 * The workflow's public surface: its id, its signals and its query. No import from the SDK's workflow runtime, so that
 * the API and the tests may use it too.
 */
import type { CommandType } from '../domain/commands.ts';

export const ESCROW_ORDER_WORKFLOW = 'escrowOrder';

const WORKFLOW_ID_PREFIX = 'escrow-order/';

/** The id of the one workflow that owns an escrow order. */
export function escrowOrderWorkflowId(orderId: string): string {
  return `${WORKFLOW_ID_PREFIX}${orderId}`;
}

/** The inverse of {@link escrowOrderWorkflowId}; null for the id of another kind of workflow. */
export function orderIdOfWorkflow(workflowId: string): string | null {
  return workflowId.startsWith(WORKFLOW_ID_PREFIX) ? workflowId.slice(WORKFLOW_ID_PREFIX.length) : null;
}

/**
 * Commands arrive as signals, not updates: a signal is durable once Temporal took it, any number may be in flight,
 * and their order of arrival is kept. The answer comes from the recorded outcome. Descriptions show in the
 * Temporal UI, where operators send signals by hand.
 */
export const SIGNALS: Readonly<Record<string, { readonly command: CommandType; readonly description: string }>> = {
  createMilestone: {
    command: 'milestone.create',
    description:
      'Adds a milestone; held until all lower indexes exist. ' +
      'Example: {"milestoneIndex": 0, "amount": "300.00", "description": "Initial payment"}',
  },
  completeMilestone: {
    command: 'milestone.complete',
    description:
      'Marks a milestone as completed; held until its predecessor is completed. ' +
      'Example: {"milestoneIndex": 0, "completedBy": "operator@example.com"}',
  },
  releaseMilestone: {
    command: 'milestone.release',
    description:
      'Pays a completed milestone to the merchant; held until its predecessor is settled. ' +
      'Example: {"milestoneIndex": 0, "releasedBy": "operator@example.com"}',
  },
  amendMilestone: {
    command: 'milestone.amend',
    description:
      'Changes amount, description, percentage or due date of a pending milestone. ' +
      'Example: {"milestoneIndex": 0, "amount": "250.00"}',
  },
  cancelMilestone: {
    command: 'milestone.cancel',
    description: 'Gives up a pending milestone. Example: {"milestoneIndex": 0, "reason": "not needed any more"}',
  },
  reopenMilestone: {
    command: 'milestone.reopen',
    description:
      'Makes a completed milestone pending again. Example: {"milestoneIndex": 0, "reason": "pages are missing"}',
  },
  refundOrder: {
    command: 'order.refund',
    description: 'Gives unallocated money back to the buyer. Example: {"amount": "100.00", "reason": "smaller scope"}',
  },
  cancelOrder: {
    command: 'order.cancel',
    description: 'Closes the order; what was not released goes to the buyer. Example: {"reason": "agreed by both"}',
  },
  cancelPaymentIntent: {
    command: 'payment_intent.cancel',
    description: 'Closes an order that was never funded. Example: {"reason": "buyer withdrew"}',
  },
  fundOrder: { command: 'order.fund', description: 'Records that the order was funded in full. Example: {}' },
  cancelCommand: {
    command: 'command.cancel',
    description: 'Withdraws a command that waits for its turn. Example: {"targetCommandId": "cmd_01…"}',
  },
};

/** Carries no command: it makes the workflow load, look at its deadlines and go back to sleep. */
export const WAKE_SIGNAL = 'wake';

export const ORDER_QUERY = 'order';

/** The signal that carries a command. */
export function signalOf(type: CommandType): string {
  const found = Object.entries(SIGNALS).find(([, { command }]) => command === type);
  if (!found) throw new Error(`No signal carries ${type}`);
  return found[0];
}

/** What a workflow starts with: nothing. Its id names the order, its state is loaded; only unrecorded commands travel. */
export interface EscrowOrderInput {
  /** Signal payloads carried across continue-as-new, already read. */
  readonly inbox?: readonly unknown[];
}

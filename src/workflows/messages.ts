/**
 * The workflows' public surface: ids, signals, the query. No import from the SDK's workflow runtime, so that
 * the API and the tests may use it too.
 */
import type { CommandType } from '../domain/commands.ts';
import type { NothingLeft } from '../domain/nothing-left.ts';
import type { PayoutTries } from '../domain/payouts.ts';

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

export const PAYOUT_WORKFLOW = 'payout';

const PAYOUT_ID_PREFIX = 'payout/';

/** The id of the one workflow that sees to a payout. */
export function payoutWorkflowId(payoutId: string): string {
  return `${PAYOUT_ID_PREFIX}${payoutId}`;
}

/** The inverse of {@link payoutWorkflowId}; null for the id of another kind of workflow. */
export function payoutIdOfWorkflow(workflowId: string): string | null {
  return workflowId.startsWith(PAYOUT_ID_PREFIX) ? workflowId.slice(PAYOUT_ID_PREFIX.length) : null;
}

/** Makes a payout's workflow look at its payout again: a retry may be recorded while the run before it is ending. */
export const LOOK_SIGNAL = 'look';

export interface PayoutInput {
  /** Missing: as PAYOUT_TRIES says for the payout's mode. */
  readonly tries?: PayoutTries;
}

export const WEBHOOK_ENDPOINT_WORKFLOW = 'webhookEndpoint';

const ENDPOINT_ID_PREFIX = 'webhook-endpoint/';

/** The id of the one workflow that delivers to a webhook endpoint. */
export function webhookEndpointWorkflowId(endpointId: string): string {
  return `${ENDPOINT_ID_PREFIX}${endpointId}`;
}

/** The inverse of {@link webhookEndpointWorkflowId}; null for the id of another kind of workflow. */
export function endpointIdOfWorkflow(workflowId: string): string | null {
  return workflowId.startsWith(ENDPOINT_ID_PREFIX) ? workflowId.slice(ENDPOINT_ID_PREFIX.length) : null;
}

/** Tells an endpoint's workflow that something may be due. */
export const DELIVER_SIGNAL = 'deliver';

/**
 * Commands arrive as signals, not updates: a signal is durable once Temporal took it, any number may be in flight,
 * and their order of arrival is kept. The answer comes from the recorded outcome. Descriptions show in the
 * Temporal UI, where operators send signals by hand.
 */
const SIGNAL_TABLE = {
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
  createMilestones: {
    command: 'milestone_batch.create',
    description:
      'Adds several milestones, all or none. ' +
      'Example: {"milestones": [{"milestoneIndex": 0, "amount": "300.00"}, {"milestoneIndex": 1, "amount": "700.00"}]}',
  },
  extendInspection: {
    command: 'milestone.extend',
    description:
      'Gives the inspection of a completed milestone more time. Example: {"milestoneIndex": 0, "seconds": 86400}',
  },
  raiseDispute: {
    command: 'dispute.raise',
    description:
      'Stops a milestone and those after it, or without milestoneIndex the whole order. ' +
      'Example: {"milestoneIndex": 0, "reason": "not as agreed", "windowSeconds": 604800}',
  },
  resolveDispute: {
    command: 'dispute.resolve',
    description:
      'Ends a dispute: MERCHANT_WON, BUYER_WON, or PARTIAL_REFUND with amounts that add up to what is disputed. ' +
      'Example: {"resolution": "PARTIAL_REFUND", "merchantAmount": "200.00", "buyerAmount": "100.00"}',
  },
  withdrawDispute: {
    command: 'dispute.withdraw',
    description: 'Takes a dispute back; what it stopped goes on. Example: {"reason": "settled between us"}',
  },
  advanceClock: {
    command: 'order.advance_clock',
    description: 'Test mode: lets the clock of this order run ahead. Example: {"seconds": 2592000}',
  },
  settlePayout: {
    command: 'payout.settle',
    description: 'Records what became of a payout. The payout’s workflow sends it with a proof; by hand it is refused.',
  },
  retryPayout: {
    command: 'payout.retry',
    description: 'Tries a failed payout again. Example: {"milestoneIndex": 0}',
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
} as const satisfies Readonly<Record<string, { readonly command: CommandType; readonly description: string }>>;

export const SIGNALS: Readonly<Record<string, { readonly command: CommandType; readonly description: string }>> =
  SIGNAL_TABLE;

type Signalled = (typeof SIGNAL_TABLE)[keyof typeof SIGNAL_TABLE]['command'];
/** Deadlines give these two themselves. */
export type EveryCommandHasASignal = NothingLeft<
  Exclude<CommandType, Signalled | 'milestone.remind' | 'milestone.expire'>
>;

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
  /** Positions in the inbox of what came without a proof. An input that is not proven itself proves nothing in it. */
  readonly unproven?: readonly number[];
  /** The last refusals, for the page that operators see. */
  readonly refusals?: readonly unknown[];
}

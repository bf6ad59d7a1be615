/**
 * Commands: requests to change one escrow order.
 */
/** Who asks. `system` is Tranche itself: an expired deadline, an automatic release. */
export const ACTOR_ROLES = ['merchant', 'buyer', 'arbiter', 'operator', 'system'] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];

export interface Actor {
  readonly role: ActorRole;
  readonly id: string;
}

export const COMMAND_TYPES = [
  'milestone.create',
  'milestone.complete',
  'milestone.release',
  'milestone.amend',
  'milestone.cancel',
  'milestone.reopen',
  'milestone.extend',
  'milestone.remind',
  'milestone.expire',
  'milestone_batch.create',
  'dispute.raise',
  'dispute.resolve',
  'dispute.withdraw',
  'order.fund',
  'order.refund',
  'order.cancel',
  'order.advance_clock',
  'payment_intent.cancel',
  'payout.settle',
  'payout.retry',
  'command.cancel',
] as const;
export type CommandType = (typeof COMMAND_TYPES)[number];

/**
 * What people wrote: recorded and echoed, never decided on. Kept apart so that it can be left out of everything
 * the workflow has to remember.
 */
export interface CommandDetails {
  readonly description?: string | null;
  readonly percentage?: number | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly completedBy?: string;
  readonly completionProof?: string;
  readonly completionProofURI?: string;
  readonly releasedBy?: string;
  /** Why a milestone was reopened or cancelled, money was refunded, an order cancelled, or a dispute raised. */
  readonly reason?: string;
  readonly raisedBy?: string;
  /** What the settlement said about a payout: its own reference, or the last error. */
  readonly reference?: string;
  readonly error?: string;
  readonly attempts?: number;
  /** Of a batch: each item's own, in the order of the items. */
  readonly items?: readonly CommandDetails[];
}

interface CommandBase {
  readonly id: string;
  readonly actor: Actor;
  /** When Tranche received it, in epoch milliseconds. */
  readonly receivedAt: number;
  /** How long to hold the command while its turn has not come: 0 refuses at once, null holds without end. */
  readonly turnWaitMs: number | null;
  /** Missing once the command is held: then the database keeps them. */
  readonly details?: CommandDetails;
}

export interface CreateMilestone extends CommandBase {
  readonly type: 'milestone.create';
  readonly milestoneIndex: number;
  /** As given; its decimals are judged where the currency is known. */
  readonly amount: string;
  /** Epoch milliseconds, whole seconds. */
  readonly dueAt?: number;
}
export interface CompleteMilestone extends CommandBase {
  readonly type: 'milestone.complete';
  readonly milestoneIndex: number;
}
export interface ReleaseMilestone extends CommandBase {
  readonly type: 'milestone.release';
  readonly milestoneIndex: number;
  /** As given. Less than the milestone's amount: the rest goes back to the buyer. Missing: all of it. */
  readonly amount?: string;
  /** Set when it is held, unless the merchant sent it: what the milestone was worth then. */
  readonly worth?: string;
}
/** Changes what is given of a pending milestone; `details` holds the new texts. */
export interface AmendMilestone extends CommandBase {
  readonly type: 'milestone.amend';
  readonly milestoneIndex: number;
  /** As given. */
  readonly amount?: string;
  /** Epoch milliseconds, whole seconds; null takes the due date away. */
  readonly dueAt?: number | null;
}
/** Gives up a pending milestone; its amount is unallocated again. */
export interface CancelMilestone extends CommandBase {
  readonly type: 'milestone.cancel';
  readonly milestoneIndex: number;
}
/** Rejects the work on a completed milestone: it is pending again. */
export interface ReopenMilestone extends CommandBase {
  readonly type: 'milestone.reopen';
  readonly milestoneIndex: number;
}
/** Gives the inspection of a completed milestone more time. */
export interface ExtendInspection extends CommandBase {
  readonly type: 'milestone.extend';
  readonly milestoneIndex: number;
  readonly seconds: number;
}
/** By the system alone: announces the end of an inspection period. */
export interface RemindOfInspection extends CommandBase {
  readonly type: 'milestone.remind';
  readonly milestoneIndex: number;
}
/** By the system alone: a pending milestone's due date has passed. */
export interface ExpireMilestone extends CommandBase {
  readonly type: 'milestone.expire';
  readonly milestoneIndex: number;
}
/** Creates all of these milestones or none. */
export interface CreateMilestoneBatch extends CommandBase {
  readonly type: 'milestone_batch.create';
  /** Texts are in `details.items`, at the same positions. */
  readonly items: readonly Pick<CreateMilestone, 'milestoneIndex' | 'amount' | 'dueAt'>[];
}
export interface RaiseDispute extends CommandBase {
  readonly type: 'dispute.raise';
  /** Missing: the whole order. */
  readonly milestoneIndex?: number;
  /** Missing: the order's own. */
  readonly windowSeconds?: number;
}
export interface ResolveDispute extends CommandBase {
  readonly type: 'dispute.resolve';
  readonly resolution: Resolution;
  /** Both, as given, for a PARTIAL_REFUND; neither otherwise. */
  readonly merchantAmount?: string;
  readonly buyerAmount?: string;
  /** Set when it is held and comes from nobody's party: the dispute is decided, and only its turn has not come. */
  readonly isDecision?: true;
}
export interface WithdrawDispute extends CommandBase {
  readonly type: 'dispute.withdraw';
}
/** Test mode only: the order's clock runs ahead by this much more. */
export interface AdvanceClock extends CommandBase {
  readonly type: 'order.advance_clock';
  readonly seconds: number;
}
/** By the system alone: what became of a payout. */
export interface SettlePayout extends CommandBase {
  readonly type: 'payout.settle';
  /** Missing: the payout of what belonged to no milestone. */
  readonly milestoneIndex?: number;
  readonly result: 'PAID' | 'FAILED';
}
/** Tries a failed payout again. */
export interface RetryPayout extends CommandBase {
  readonly type: 'payout.retry';
  readonly milestoneIndex?: number;
}
export interface FundOrder extends CommandBase {
  readonly type: 'order.fund';
}
/** Gives money that no milestone is allocated back to the buyer. */
export interface RefundOrder extends CommandBase {
  readonly type: 'order.refund';
  /** As given; missing: all that is unallocated. */
  readonly amount?: string;
}
/** Closes the order; whatever was not released goes back to the buyer. */
export interface CancelOrder extends CommandBase {
  readonly type: 'order.cancel';
}
/** Closes an order that was never funded, and with it its payment intent. */
export interface CancelPaymentIntent extends CommandBase {
  readonly type: 'payment_intent.cancel';
}
/** Withdraws a held command. */
export interface CancelCommand extends CommandBase {
  readonly type: 'command.cancel';
  readonly targetCommandId: string;
}

export type Command =
  | CreateMilestone
  | CompleteMilestone
  | ReleaseMilestone
  | AmendMilestone
  | CancelMilestone
  | ReopenMilestone
  | ExtendInspection
  | RemindOfInspection
  | ExpireMilestone
  | CreateMilestoneBatch
  | RaiseDispute
  | ResolveDispute
  | WithdrawDispute
  | FundOrder
  | RefundOrder
  | CancelOrder
  | AdvanceClock
  | CancelPaymentIntent
  | SettlePayout
  | RetryPayout
  | CancelCommand;

export const RESOLUTIONS = ['MERCHANT_WON', 'BUYER_WON', 'PARTIAL_REFUND'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
export const BATCH_MAX_MILESTONES = 100;

/** What is left of something that is not a command: recorded as rejected, so that its sender can find it. */
export interface InvalidCommand {
  readonly id: string;
  /** `unknown`: a signal by a name that nobody handles. */
  readonly type: CommandType | 'unknown';
  readonly actor: Actor;
  readonly receivedAt: number;
  readonly problem: string;
}

export const DESCRIPTION_MAX_LENGTH = 2_000;
export const TEXT_MAX_LENGTH = 2_000;
export const METADATA_MAX_PAIRS = 20;
export const METADATA_KEY_MAX_LENGTH = 40;
export const METADATA_VALUE_MAX_LENGTH = 500;
/** The last instant that JavaScript, PostgreSQL and ISO 8601 with four-digit years agree on. */
export const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Tells what `parseCommand` returned. */
export function isInvalid(command: Command | InvalidCommand): command is InvalidCommand {
  return 'problem' in command;
}

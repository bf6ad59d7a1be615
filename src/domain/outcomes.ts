/**
 * Outcomes: what can become of a command, and the entries of the order log that record it.
 *
 * A refusal is a value with a reason from a closed set. Thrown errors are bugs or broken machinery.
 */
import type { Actor, ActorRole, Command, CommandDetails, CommandType, Resolution } from './commands.ts';
import type { ReleaseType } from './escrow-order.ts';
import type { Amount } from './money.ts';

/**
 * Every reason a command can be rejected for, in order of precedence: where several hold, the first is recorded.
 * Stable: clients switch on it (header Error-Reason). Add, never rename.
 */
export const REASONS = [
  'invalid_command',
  'role_not_allowed',
  'test_mode_only',
  'order_not_milestone_locked',
  'order_already_funded',
  'order_closed',
  'order_not_funded',
  'nothing_to_refund',
  'refund_exceeds_unallocated',
  'dispute_already_raised',
  'dispute_missing',
  'dispute_decided',
  'dispute_window_refused',
  'split_mismatch',
  'payout_missing',
  'payout_not_pending',
  'payout_not_failed',
  'command_not_held',
  'milestone_index_taken',
  'milestone_missing',
  'milestone_already_released',
  'milestone_already_completed',
  'milestone_cancelled',
  'milestone_refunded',
  'milestone_amended',
  'later_milestone_completed',
  'inspection_not_running',
  'extension_too_long',
  'deadline_not_reached',
  'release_exceeds_milestone',
  'total_exceeds_order',
  'order_disputed',
  'milestone_disputed',
  'previous_milestone_missing',
  'previous_milestone_open',
  'previous_milestone_unreleased',
  'milestone_not_completed',
  'due_date_passed',
  'held_commands_full',
  'command_cancelled',
  'internal_conflict',
] as const;
export type Reason = (typeof REASONS)[number];

/**
 * Whether time or another command can lift the reason: a turn that has not come, money that is not there yet, a dispute.
 * Whoever repeats the request under the same idempotency key then asks anew. What is wrong with the request itself stays.
 */
export const LIFTED_LATER: Readonly<Record<Reason, boolean>> = {
  invalid_command: false,
  role_not_allowed: false,
  test_mode_only: false,
  order_not_milestone_locked: false,
  order_already_funded: false,
  order_closed: false,
  order_not_funded: true,
  nothing_to_refund: false,
  refund_exceeds_unallocated: false,
  dispute_already_raised: false,
  dispute_missing: false,
  dispute_decided: false,
  dispute_window_refused: false,
  split_mismatch: false,
  payout_missing: false,
  payout_not_pending: false,
  payout_not_failed: false,
  command_not_held: false,
  milestone_index_taken: false,
  milestone_missing: false,
  milestone_already_released: false,
  milestone_already_completed: false,
  milestone_cancelled: false,
  milestone_refunded: false,
  milestone_amended: false,
  later_milestone_completed: false,
  inspection_not_running: false,
  extension_too_long: false,
  deadline_not_reached: false,
  release_exceeds_milestone: false,
  total_exceeds_order: false,
  order_disputed: true,
  milestone_disputed: true,
  previous_milestone_missing: true,
  previous_milestone_open: true,
  previous_milestone_unreleased: true,
  milestone_not_completed: true,
  due_date_passed: false,
  held_commands_full: true,
  command_cancelled: false,
  internal_conflict: true,
};

/** What a reason's message needs besides the reason. Plain JSON: it is stored with the entry. */
export interface RejectionDetail {
  /** The milestone the reason speaks of: the one asked for, or its predecessor. */
  readonly index?: number;
  readonly releaseType?: ReleaseType;
  readonly orderStatus?: string;
  readonly role?: ActorRole;
  /** Whose held command it is: only this role and the operator may cancel it. */
  readonly owner?: ActorRole;
  readonly problem?: string;
  /** The field at fault, where there is one. */
  readonly param?: string;
  /** The most that would have been accepted. */
  readonly available?: Amount;
  /** Bounds of what would have been accepted, and what was given. */
  readonly min?: number;
  readonly max?: number;
  readonly given?: number;
}

/** Which turn a held command waits for. */
export type TurnReason = Extract<
  Reason,
  | 'order_disputed'
  | 'milestone_disputed'
  | 'milestone_missing'
  | 'milestone_not_completed'
  | 'previous_milestone_missing'
  | 'previous_milestone_open'
  | 'previous_milestone_unreleased'
>;

/** Facts about an order, as its log records them. Amounts are canonical, instants epoch milliseconds. */
export type OrderEvent =
  | { readonly type: 'escrow_order.funded'; readonly amount: Amount }
  | { readonly type: 'escrow_order.completed' }
  | { readonly type: 'escrow_order.refunded'; readonly amount: Amount; readonly details?: CommandDetails }
  /** Follows the events of the milestones it ends; `refundedAmount` is what was left in escrow after them. */
  | { readonly type: 'escrow_order.cancelled'; readonly refundedAmount: Amount; readonly details?: CommandDetails }
  | {
      readonly type: 'milestone.created';
      readonly index: number;
      readonly amount: Amount;
      readonly dueAt?: number;
      readonly details?: CommandDetails;
    }
  | {
      readonly type: 'milestone.completed';
      readonly index: number;
      /** Missing: the order has no inspection periods, or the milestone is released at once. */
      readonly inspectionEndsAt?: number;
      readonly details?: CommandDetails;
    }
  /** What is missing stays as it was. */
  | {
      readonly type: 'milestone.extended';
      readonly index: number;
      readonly inspectionEndsAt?: number;
      readonly dueAt?: number;
      /** By hand: by how much the inspection has been extended in all. Missing: a dispute gave back its time. */
      readonly extendedSeconds?: number;
    }
  | { readonly type: 'milestone.inspection_ending'; readonly index: number; readonly inspectionEndsAt: number }
  | { readonly type: 'milestone.overdue'; readonly index: number; readonly dueAt: number }
  | {
      readonly type: 'milestone.released';
      readonly index: number;
      readonly amount: Amount;
      /** The rest of the milestone, back to the buyer; missing when there is none. */
      readonly refundedAmount?: Amount;
      readonly details?: CommandDetails;
    }
  | {
      readonly type: 'milestone.amended';
      readonly index: number;
      readonly amount: Amount;
      readonly previousAmount: Amount;
      /** Null: there is no due date any more. Missing: it stays as it was. */
      readonly dueAt?: number | null;
      readonly details?: CommandDetails;
    }
  | { readonly type: 'milestone.cancelled'; readonly index: number; readonly details?: CommandDetails }
  | {
      readonly type: 'milestone.reopened';
      readonly index: number;
      /** Null: it was completed before its due date, which means nothing any more. */
      readonly dueAt?: null;
      readonly details?: CommandDetails;
    }
  | {
      readonly type: 'milestone.refunded';
      readonly index: number;
      readonly amount: Amount;
      readonly details?: CommandDetails;
    }
  | {
      readonly type: 'dispute.raised';
      /** Null: about the whole order. */
      readonly milestoneIndex: number | null;
      readonly raisedByRole: ActorRole;
      readonly windowSeconds: number;
      readonly endsAt: number;
      /** The order's default would pay the party that raised it, and does not apply. */
      readonly isOpenEnded?: true;
      readonly details?: CommandDetails;
    }
  /**
   * About a milestone, it only tells how the money is split: the milestone's own events follow and move it. About the
   * whole order, it moves all that was in escrow.
   */
  | {
      readonly type: 'dispute.resolved';
      readonly milestoneIndex: number | null;
      readonly resolution: Resolution;
      readonly merchantAmount: Amount;
      readonly buyerAmount: Amount;
      readonly details?: CommandDetails;
    }
  | { readonly type: 'dispute.withdrawn'; readonly milestoneIndex: number | null; readonly details?: CommandDetails }
  | PayoutEvent
  | { readonly type: 'escrow_order.clock_advanced'; readonly seconds: number }
  | { readonly type: 'command.cancelled'; readonly commandId: string };

/** A payout is of a milestone, or (null) of what a resolution paid beyond milestones. */
export interface PayoutEvent {
  readonly type: 'payout.created' | 'payout.paid' | 'payout.failed' | 'payout.retried';
  readonly milestoneIndex: number | null;
  readonly amount: Amount;
  readonly details?: CommandDetails;
}

export type Decision =
  | { readonly outcome: 'accepted'; readonly events: readonly OrderEvent[] }
  | { readonly outcome: 'rejected'; readonly reason: Reason; readonly detail: RejectionDetail }
  | {
      readonly outcome: 'held';
      readonly reason: TurnReason;
      readonly detail: RejectionDetail;
      readonly until: number | null;
    };

export interface EntryBase {
  readonly commandId: string;
  readonly commandType: CommandType | 'unknown';
  readonly actor: Actor;
  /** When the command was judged, in epoch milliseconds. */
  readonly at: number;
}

/** An entry that the workflow proposes; recording it gives it the next version. */
export type ProposedEntry = EntryBase &
  (
    | { readonly outcome: 'accepted'; readonly events: readonly OrderEvent[]; readonly wasHeld: boolean }
    | {
        readonly outcome: 'rejected';
        readonly reason: Reason;
        readonly detail: RejectionDetail;
        readonly wasHeld: boolean;
      }
    | {
        readonly outcome: 'held';
        readonly reason: TurnReason;
        readonly detail: RejectionDetail;
        readonly until: number | null;
        readonly command: Command;
      }
  );

/**
 * A recorded entry in the compact form that the workflow folds: no details and no messages. The worker of a busy
 * order gets thousands of them; each ends up in the workflow's history.
 */
export interface RecordedEntry {
  readonly version: number;
  readonly commandId: string;
  readonly at: number;
  readonly outcome: 'accepted' | 'rejected' | 'held';
  readonly events?: readonly OrderEvent[];
  readonly held?: { readonly command: Command; readonly until: number | null };
}

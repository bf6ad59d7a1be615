/**
 * Outcomes: what can become of a command, and the entries of the order log that record it.
 *
 * A refusal is a value with a reason from a closed set. Thrown errors are bugs or broken machinery.
 */
import type { Actor, Command, CommandDetails, CommandType } from './commands.ts';
import type { ReleaseType } from './escrow-order.ts';
import type { Amount } from './money.ts';

/**
 * Every reason a command can be rejected for, in order of precedence: where several hold, the first is recorded.
 * Stable: clients switch on it (header Error-Reason). Add, never rename.
 */
export const REASONS = [
  'invalid_command',
  'order_not_milestone_locked',
  'order_already_funded',
  'order_closed',
  'order_not_funded',
  'nothing_to_refund',
  'refund_exceeds_unallocated',
  'command_not_held',
  'milestone_index_taken',
  'milestone_missing',
  'milestone_already_released',
  'milestone_already_completed',
  'milestone_cancelled',
  'milestone_refunded',
  'later_milestone_completed',
  'release_exceeds_milestone',
  'total_exceeds_order',
  'previous_milestone_missing',
  'previous_milestone_open',
  'previous_milestone_unreleased',
  'milestone_not_completed',
  'held_commands_full',
  'command_cancelled',
  'internal_conflict',
] as const;
export type Reason = (typeof REASONS)[number];

/** What a reason's message needs besides the reason. Plain JSON: it is stored with the entry. */
export interface RejectionDetail {
  /** The milestone the reason speaks of: the one asked for, or its predecessor. */
  readonly index?: number;
  readonly releaseType?: ReleaseType;
  readonly orderStatus?: string;
  readonly problem?: string;
  /** The field at fault, where there is one. */
  readonly param?: string;
  /** The most that would have been accepted. */
  readonly available?: Amount;
}

/** Which turn a held command waits for. */
export type TurnReason = Extract<
  Reason,
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
  /** Follows the events of the milestones it ends; `refundedAmount` is all that was in escrow, theirs included. */
  | { readonly type: 'escrow_order.cancelled'; readonly refundedAmount: Amount; readonly details?: CommandDetails }
  | {
      readonly type: 'milestone.created';
      readonly index: number;
      readonly amount: Amount;
      readonly dueAt?: number;
      readonly details?: CommandDetails;
    }
  | { readonly type: 'milestone.completed'; readonly index: number; readonly details?: CommandDetails }
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
  | { readonly type: 'milestone.reopened'; readonly index: number; readonly details?: CommandDetails }
  /** Moves no money by itself: the event that closed the order did. */
  | {
      readonly type: 'milestone.refunded';
      readonly index: number;
      readonly amount: Amount;
      readonly details?: CommandDetails;
    }
  | { readonly type: 'command.cancelled'; readonly commandId: string };

export type Decision =
  | { readonly outcome: 'accepted'; readonly events: readonly OrderEvent[] }
  | { readonly outcome: 'rejected'; readonly reason: Reason; readonly detail: RejectionDetail }
  | {
      readonly outcome: 'held';
      readonly reason: TurnReason;
      readonly detail: RejectionDetail;
      readonly until: number | null;
    };

interface EntryBase {
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

/** What a rejection says to a person. Lines marked published are fixed by the contract. */
export function rejectionMessage(
  commandType: EntryBase['commandType'],
  reason: Reason,
  detail: RejectionDetail,
): string {
  const { index, releaseType, orderStatus } = detail;
  switch (reason) {
    case 'invalid_command':
      return detail.problem ?? 'The command is malformed';
    case 'order_not_milestone_locked': // published for create
      return `Cannot ${verbOf(commandType)} milestone for order with release type: ${releaseType}`;
    case 'order_closed':
      return `Cannot ${phraseOf(commandType)}: order is already ${orderStatus?.toLowerCase()}`;
    case 'order_already_funded': // published
      return `Cannot ${commandType === 'payment_intent.cancel' ? 'cancel' : 'confirm'} payment intent in status: SUCCEEDED`;
    case 'order_not_funded': // published
      return 'Escrow order is not funded';
    case 'nothing_to_refund':
      return 'Nothing to refund: no money of this order is unallocated';
    case 'refund_exceeds_unallocated':
      return `The refund exceeds the unallocated amount of ${detail.available}`;
    case 'command_not_held':
      return 'Command is not held: only a command that waits for its turn can be cancelled';
    case 'milestone_index_taken': // published
      return `Milestone with index ${index} already exists`;
    case 'total_exceeds_order': // published
      return 'Total milestone amounts exceed escrow order amount';
    case 'milestone_missing': // published
      return 'Milestone not found';
    case 'milestone_already_released': // published
      return 'Milestone already released';
    case 'milestone_already_completed': // published
      return 'Milestone already completed';
    case 'milestone_cancelled':
      return 'Milestone is cancelled';
    case 'milestone_refunded':
      return 'Milestone is refunded';
    case 'later_milestone_completed':
      return `A later milestone (index ${index}) is completed and must be reopened first`;
    case 'release_exceeds_milestone':
      return 'Release amount exceeds milestone amount';
    case 'milestone_not_completed':
      return commandType === 'milestone.reopen'
        ? 'Milestone is not completed'
        : `Milestone (index ${index}) must be completed before it can be released`;
    case 'previous_milestone_missing':
      return `Previous milestone (index ${index}) must be created first`;
    case 'previous_milestone_open': // published
      return `Previous milestone (index ${index}) must be completed first`;
    case 'previous_milestone_unreleased':
      return `Previous milestone (index ${index}) must be released first`;
    case 'held_commands_full':
      return 'Too many commands wait for their turn on this order. Send the missing ones first, then retry.';
    case 'command_cancelled':
      return 'Command was cancelled while it waited for its turn';
    case 'internal_conflict':
      return 'The command could not be recorded and was not carried out. Operators have been alerted.';
  }
}

/** What a held command waits for, for people: "milestone 1 to be created". */
export function waitingFor(reason: TurnReason, index: number): string {
  switch (reason) {
    case 'milestone_missing':
    case 'previous_milestone_missing':
      return `milestone ${index} to be created`;
    case 'milestone_not_completed':
    case 'previous_milestone_open':
      return `milestone ${index} to be completed`;
    case 'previous_milestone_unreleased':
      return `milestone ${index} to be released`;
  }
}

function verbOf(type: string): string {
  return type.slice(type.indexOf('.') + 1);
}

function phraseOf(type: string): string {
  const [noun, verb] = type.split('.');
  return `${verb} ${noun?.replace('_', ' ')}`;
}

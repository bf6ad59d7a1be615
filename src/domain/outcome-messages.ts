/**
 * Outcomes in words, for people. Reasons are for programs, and stay; the words of what is not published may change.
 */
import type { EntryBase, Reason, RejectionDetail, TurnReason } from './outcomes.ts';

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
    case 'role_not_allowed':
      return `A key of role ${detail.role} may not ${phraseOf(commandType)}${whoMay(detail)}`;
    case 'test_mode_only':
      return 'The clock can be advanced in test mode only';
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
    case 'dispute_already_raised': // published
      return 'Dispute already raised for this order';
    case 'dispute_missing':
      return 'There is no open dispute on this order';
    case 'dispute_decided':
      return 'The dispute is decided: the decision waits for its turn';
    case 'dispute_window_refused':
      return `disputeWindow must be from ${detail.min} to ${detail.max} seconds here, got ${detail.given}`;
    case 'split_mismatch':
      return `merchantAmount and buyerAmount must add up to ${detail.available}`;
    case 'payout_missing':
      return 'Payout not found';
    case 'payout_not_pending':
      return 'Payout is not pending';
    case 'payout_not_failed':
      return 'Payout has not failed: only a failed payout can be retried';
    case 'inspection_not_running':
      return 'Milestone has no running inspection period';
    case 'extension_too_long':
      return `seconds must be at most ${detail.max}, got ${detail.given}: an inspection is extended by at most 90 days in all`;
    case 'deadline_not_reached':
      return 'The deadline has not been reached';
    case 'order_disputed':
      return `Cannot ${phraseOf(commandType)}: order is disputed`;
    case 'milestone_disputed':
      return `Milestone (index ${index}) is disputed: its dispute must be resolved first`;
    case 'command_not_held':
      return 'Command is not held: only a command that waits for its turn can be cancelled';
    case 'milestone_index_taken': // published
      return `Milestone with index ${index} already exists`;
    case 'total_exceeds_order': // published
      return 'Total milestone amounts exceed escrow order amount';
    case 'due_date_passed':
      return `dueAt must be after ${instantOf(detail.min)}, which it is on the order’s clock, got ${instantOf(detail.given)}: with onOverdue refund a date that has passed refunds at once`;
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
    case 'milestone_amended':
      return `Milestone (index ${index}) was worth another amount when this release was sent: send it again if it still holds`;
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

/** Who may instead, where that depends on more than the command and the terms. */
function whoMay({ owner, param }: RejectionDetail): string {
  if (owner !== undefined) return `: a key of role ${owner} sent it, and only such a key or the operator’s may`;
  return param === 'amount' ? ' in part: the rest would go back to the buyer, and the merchant may agree to that' : '';
}

/** What a held command waits for, for people: "milestone 1 to be created". */
export function waitingFor(reason: TurnReason, index: number | undefined): string {
  switch (reason) {
    case 'order_disputed':
      return 'the dispute of the order to be resolved';
    case 'milestone_disputed':
      return `the dispute of milestone ${index} to be resolved`;
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

function instantOf(epochMs = 0): string {
  return new Date(epochMs).toISOString();
}

function verbOf(type: string): string {
  return type.slice(type.indexOf('.') + 1);
}

function phraseOf(type: string): string {
  if (type === 'order.advance_clock') return 'advance the clock';
  const [noun, verb] = type.split('.');
  return `${verb?.replace('_', ' ')} ${noun?.replace('_', ' ')}`;
}

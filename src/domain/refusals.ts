/**
 * What each command may be refused for. Held in both directions by tests: whatever the rules say in 20 000 random
 * sequences is here, and whatever is here is said by some rule.
 */
import type { CommandType } from './commands.ts';
import type { Reason } from './outcomes.ts';

/** What any command may be refused for: it cannot be read, its sender may not give it, or the database will not have it. */
export const OF_ANY_COMMAND = ['invalid_command', 'role_not_allowed', 'internal_conflict'] as const satisfies Reason[];

/** What one that may wait for its turn may be refused for besides. */
export const OF_WAITING_COMMANDS = ['held_commands_full', 'command_cancelled'] as const satisfies Reason[];

/** What ends or stops an order, whatever is asked of its milestones. */
const OF_ITS_ORDER = ['order_not_milestone_locked', 'order_closed', 'order_disputed'] as const satisfies Reason[];

const SETTLED = ['milestone_already_released', 'milestone_cancelled', 'milestone_refunded'] as const satisfies Reason[];

/** What a milestone that is there may be too far for. */
const OF_ITS_MILESTONE = [
  ...OF_ITS_ORDER,
  'milestone_missing',
  ...SETTLED,
  'milestone_disputed',
] as const satisfies Reason[];

const OF_NEW_MILESTONES = [
  ...OF_ITS_ORDER,
  'milestone_index_taken',
  'total_exceeds_order',
  'due_date_passed',
  'previous_milestone_missing',
] as const satisfies Reason[];

const OF_DEADLINES = ['order_closed', ...SETTLED, 'deadline_not_reached'] as const satisfies Reason[];

/** By type, what it may be refused for beyond {@link OF_ANY_COMMAND} and {@link OF_WAITING_COMMANDS}. */
export const REFUSALS: Readonly<Record<CommandType, readonly Reason[]>> = {
  'milestone.create': OF_NEW_MILESTONES,
  'milestone.complete': [
    ...OF_ITS_MILESTONE,
    'order_not_funded',
    'milestone_already_completed',
    'previous_milestone_open',
  ],
  'milestone.release': [
    ...OF_ITS_MILESTONE,
    'order_not_funded',
    'milestone_not_completed',
    'milestone_amended',
    'release_exceeds_milestone',
    'previous_milestone_unreleased',
  ],
  'milestone.amend': [...OF_ITS_MILESTONE, 'milestone_already_completed', 'total_exceeds_order', 'due_date_passed'],
  'milestone.cancel': [...OF_ITS_MILESTONE, 'milestone_already_completed'],
  'milestone.reopen': [...OF_ITS_MILESTONE, 'milestone_not_completed', 'later_milestone_completed'],
  'milestone.extend': [...OF_ITS_MILESTONE, 'inspection_not_running', 'extension_too_long'],
  'milestone.remind': OF_DEADLINES,
  'milestone.expire': OF_DEADLINES,
  'milestone_batch.create': OF_NEW_MILESTONES,
  'dispute.raise': [
    'order_closed',
    'order_not_funded',
    'dispute_already_raised',
    'dispute_window_refused',
    'milestone_missing',
    ...SETTLED,
  ],
  'dispute.resolve': ['order_closed', 'dispute_missing', 'split_mismatch', 'previous_milestone_unreleased'],
  'dispute.withdraw': ['order_closed', 'dispute_missing', 'dispute_decided'],
  'order.fund': ['order_already_funded', 'order_closed'],
  'order.refund': [
    'order_closed',
    'order_not_funded',
    'nothing_to_refund',
    'refund_exceeds_unallocated',
    'order_disputed',
  ],
  'order.cancel': ['order_closed', 'order_disputed'],
  'order.advance_clock': ['test_mode_only', 'order_closed'],
  'payment_intent.cancel': ['order_already_funded', 'order_closed'],
  'payout.settle': ['payout_missing', 'payout_not_pending'],
  'payout.retry': ['payout_missing', 'payout_not_failed'],
  'command.cancel': ['command_not_held'],
};

/** Whether a command of this type may be refused for this reason. */
export function mayRefuse(type: CommandType, reason: Reason): boolean {
  const all: readonly Reason[] = [...OF_ANY_COMMAND, ...OF_WAITING_COMMANDS, ...REFUSALS[type]];
  return all.includes(reason);
}

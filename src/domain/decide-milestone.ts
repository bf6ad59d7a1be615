/**
 * Commands about one milestone. Their order is known to be open and locked by milestones.
 */
import type {
  AmendMilestone,
  CancelMilestone,
  Command,
  CommandDetails,
  CompleteMilestone,
  CreateMilestone,
  ReleaseMilestone,
  ReopenMilestone,
} from './commands.ts';
import { accepted, completionAfter, notYet, previousWhere, rejected, rejectedAsSettled } from './decisions.ts';
import { allocatable, type EscrowOrder, isSettled, type Milestone } from './escrow-order.ts';
import { type Amount, compare, formatAmount, isZero, subtract, ZERO } from './money.ts';
import type { Decision, OrderEvent } from './outcomes.ts';

export function decideCreate(order: EscrowOrder, command: CreateMilestone, at: number): Decision {
  const { milestoneIndex: index, amount, dueAt, details } = command;
  if (index < order.milestones.length) return rejected('milestone_index_taken', { index });
  if (compare(amount, allocatable(order)) > 0) return rejected('total_exceeds_order');
  if (index > order.milestones.length) return notYet(order, command, at, 'previous_milestone_missing', index - 1);
  // After this point the command is accepted.
  return accepted({
    type: 'milestone.created',
    index,
    amount: formatAmount(amount),
    ...(dueAt !== undefined && { dueAt }),
    ...(details && { details }),
  });
}

export function decideComplete(order: EscrowOrder, command: CompleteMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  const open = previousWhere(order, index, (status) => status === 'PENDING');
  if (open !== null) return notYet(order, command, at, 'previous_milestone_open', open);
  // After this point the command is accepted.
  const completed: OrderEvent = { type: 'milestone.completed', index, ...withDetails(command) };
  const turnToRelease = previousWhere(order, index, (status) => status === 'COMPLETED') === null;
  return order.autoReleaseOnProof && turnToRelease
    ? accepted(completed, ...releaseEvents(order, index, milestone, milestone.amount, { releasedBy: 'system' }))
    : accepted(completed);
}

export function decideRelease(order: EscrowOrder, command: ReleaseMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  const amount = formatAmount(command.amount ?? milestone.amount);
  if (compare(amount, milestone.amount) > 0) return rejected('release_exceeds_milestone', { param: 'amount' });
  const unsettled = previousWhere(order, index, (status) => status === 'PENDING' || status === 'COMPLETED');
  if (unsettled !== null) return notYet(order, command, at, 'previous_milestone_unreleased', unsettled);
  if (milestone.status === 'PENDING') return notYet(order, command, at, 'milestone_not_completed', index);
  // After this point the command is accepted.
  return accepted(...releaseEvents(order, index, milestone, amount, command.details));
}

export function decideAmend(order: EscrowOrder, command: AmendMilestone, at: number): Decision {
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  const amount = formatAmount(command.amount ?? milestone.amount);
  if (compare(subtract(amount, milestone.amount), allocatable(order)) > 0) return rejected('total_exceeds_order');
  // After this point the command is accepted.
  return accepted({
    type: 'milestone.amended',
    index,
    amount,
    previousAmount: milestone.amount,
    ...(command.dueAt !== undefined && { dueAt: command.dueAt }),
    ...withDetails(command),
  });
}

export function decideCancelMilestone(order: EscrowOrder, command: CancelMilestone, at: number): Decision {
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  // After this point the command is accepted.
  return accepted({ type: 'milestone.cancelled', index, ...withDetails(command) });
}

export function decideReopen(order: EscrowOrder, command: ReopenMilestone, at: number): Decision {
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'PENDING') return rejected('milestone_not_completed', { index });
  const later = order.milestones.findIndex(({ status }, position) => position > index && status === 'COMPLETED');
  if (later !== -1) return rejected('later_milestone_completed', { index: later });
  // After this point the command is accepted.
  return accepted({ type: 'milestone.reopened', index, ...withDetails(command) });
}

/** A release of `amount`, the rest of the milestone to the buyer, and the order's end when nothing is left. */
function releaseEvents(
  order: EscrowOrder,
  index: number,
  milestone: Milestone,
  amount: Amount,
  details: CommandDetails | undefined,
): OrderEvent[] {
  const rest = subtract(milestone.amount, amount);
  const released: OrderEvent = {
    type: 'milestone.released',
    index,
    amount,
    ...(rest !== ZERO && { refundedAmount: rest }),
    ...(details && { details }),
  };
  return [released, ...completionAfter(order, amount, rest)];
}

function withDetails({ details }: Command): { details?: CommandDetails } {
  return details ? { details } : {};
}

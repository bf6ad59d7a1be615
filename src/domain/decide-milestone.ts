/**
 * Commands about one milestone. Their order is known to be open and locked by milestones.
 */
import type {
  AmendMilestone,
  CancelMilestone,
  CompleteMilestone,
  CreateMilestone,
  CreateMilestoneBatch,
  ReleaseMilestone,
  ReopenMilestone,
} from './commands.ts';
import {
  accepted,
  detailsOf,
  notAfterTheEnd,
  notWhileDisputed,
  notYet,
  previousWhere,
  rejected,
  rejectedAsSettled,
  releaseEvents,
} from './decisions.ts';
import { allocatable, type EscrowOrder, isSettled } from './escrow-order.ts';
import { type Amount, add, compare, formatAmount, isZero, subtract, ZERO } from './money.ts';
import type { Decision, OrderEvent } from './outcomes.ts';

export function decideCreate(order: EscrowOrder, command: CreateMilestone, at: number): Decision {
  const { milestoneIndex: index, amount, dueAt, details } = command;
  if (index < order.milestones.length) return rejected('milestone_index_taken', { index });
  if (compare(amount, allocatable(order)) > 0) return rejected('total_exceeds_order');
  // A dispute about milestones leaves room for new ones; they come after all it stops.
  if (order.dispute?.milestoneIndex === null) return notYet(order, command, at, 'order_disputed');
  if (index > order.milestones.length) return notYet(order, command, at, 'previous_milestone_missing', index - 1);
  // Last, so that what waits for its turn is judged by the date when its turn has come.
  const past = refundsAtOnce(order, at, dueAt);
  if (past) return past;
  // After this point the command is accepted.
  return accepted({
    type: 'milestone.created',
    index,
    amount: formatAmount(amount),
    ...(dueAt !== undefined && { dueAt }),
    ...(details && { details }),
  });
}

/** All of the items or none: each is judged as if those with lower indexes were there already. */
export function decideCreateBatch(order: EscrowOrder, command: CreateMilestoneBatch, at: number): Decision {
  const texts = command.details?.items ?? [];
  const events: OrderEvent[] = [];
  let total = ZERO;
  let next = order.milestones.length;
  let gap: Decision | null = null;
  let past: Decision | null = null;
  const positions = [...command.items.keys()].sort((a, b) => indexAt(command, a) - indexAt(command, b));
  for (const position of positions) {
    const { milestoneIndex: index, amount, dueAt } = command.items[position] ?? { milestoneIndex: -1, amount: ZERO };
    const param = (name: string) => ({ param: `milestones[${position}].${name}` });
    if (index < next) return rejected('milestone_index_taken', { index, ...param('milestoneIndex') });
    total = add(total, amount);
    if (compare(total, allocatable(order)) > 0) return rejected('total_exceeds_order', param('amount'));
    past ??= refundsAtOnce(order, at, dueAt, param('dueAt').param);
    if (index > next) gap ??= rejected('previous_milestone_missing', { index: index - 1, ...param('milestoneIndex') });
    next = index + 1;
    const details = texts[position];
    events.push({
      type: 'milestone.created',
      index,
      amount: formatAmount(amount),
      ...(dueAt !== undefined && { dueAt }),
      ...(details && Object.keys(details).length > 0 && { details }),
    });
  }
  if (order.dispute?.milestoneIndex === null) return rejected('order_disputed');
  if (gap) return gap;
  if (past) return past;
  // After this point the command is accepted.
  return accepted(...events);
}

/** Refuses a due date that would pay the buyer the moment it is recorded; null for any other, and for none. */
function refundsAtOnce({ terms }: EscrowOrder, at: number, dueAt?: number | null, param = 'dueAt'): Decision | null {
  if (terms.onOverdue !== 'refund' || typeof dueAt !== 'number' || dueAt > at) return null;
  return rejected('due_date_passed', { param, min: at, given: dueAt });
}

function indexAt({ items }: CreateMilestoneBatch, position: number): number {
  return items[position]?.milestoneIndex ?? 0;
}

export function decideComplete(order: EscrowOrder, command: CompleteMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
  const open = previousWhere(order, index, (status) => status === 'PENDING');
  if (open !== null) return notYet(order, command, at, 'previous_milestone_open', open);
  // After this point the command is accepted.
  const completed: OrderEvent = { type: 'milestone.completed', index, ...detailsOf(command) };
  const turnToRelease = previousWhere(order, index, (status) => status === 'COMPLETED') === null;
  // Where the buyer releases, the merchant's word that the work is done pays nobody. Orders of before 0.4.0 may say both.
  if (order.autoReleaseOnProof && order.terms.releaseBy !== 'buyer' && turnToRelease) {
    return accepted(completed, ...releaseEvents(order, index, milestone, milestone.amount, { releasedBy: 'system' }));
  }
  const { inspectionPeriodSeconds } = order.terms;
  if (inspectionPeriodSeconds === null) return accepted(completed);
  return accepted({ ...completed, inspectionEndsAt: notAfterTheEnd(at + inspectionPeriodSeconds * 1_000) });
}

export function decideRelease(order: EscrowOrder, command: ReleaseMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (compare(command.worth ?? milestone.amount, milestone.amount) !== 0)
    return rejected('milestone_amended', { index });
  const amount = formatAmount(command.amount ?? milestone.amount);
  if (compare(amount, milestone.amount) > 0) return rejected('release_exceeds_milestone', { param: 'amount' });
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
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
  if (compare(addedBy(order, command), allocatable(order)) > 0) return rejected('total_exceeds_order');
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
  const past = refundsAtOnce(order, at, command.dueAt);
  if (past) return past;
  // After this point the command is accepted.
  return accepted({
    type: 'milestone.amended',
    index,
    amount,
    previousAmount: milestone.amount,
    ...(command.dueAt !== undefined && { dueAt: command.dueAt }),
    ...detailsOf(command),
  });
}

/** What the amendment adds to its milestone; below zero where it takes away. */
export function addedBy({ milestones }: EscrowOrder, { milestoneIndex, amount }: AmendMilestone): Amount {
  const before = milestones[milestoneIndex]?.amount;
  return amount === undefined || before === undefined ? ZERO : subtract(amount, before);
}

export function decideCancelMilestone(order: EscrowOrder, command: CancelMilestone, at: number): Decision {
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
  // After this point the command is accepted.
  return accepted({ type: 'milestone.cancelled', index, ...detailsOf(command) });
}

export function decideReopen(order: EscrowOrder, command: ReopenMilestone, at: number): Decision {
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.status === 'PENDING') return rejected('milestone_not_completed', { index });
  const later = order.milestones.findIndex(({ status }, position) => position > index && status === 'COMPLETED');
  if (later !== -1) return rejected('later_milestone_completed', { index: later });
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
  // After this point the command is accepted.
  const isWithoutDate = milestone.dueAt !== undefined && (milestone.dueAt <= at || endsDueDates(order, command));
  return accepted(
    { type: 'milestone.reopened', index, ...(isWithoutDate && { dueAt: null }), ...detailsOf(command) },
    ...(endsDueDates(order, command) ? withoutDueDates(order, index) : []),
  );
}

/**
 * Whether rejecting work takes due dates away: that of the work, which was handed in on time, and those after it, which
 * cannot be met before the work is done again. Otherwise the buyer could reject it shortly before a date, and be refunded
 * for it. Who rejects their own work keeps the date.
 */
function endsDueDates({ terms }: EscrowOrder, { actor }: ReopenMilestone): boolean {
  return terms.onOverdue === 'refund' && actor.role !== 'merchant';
}

function withoutDueDates({ milestones }: EscrowOrder, reopened: number): OrderEvent[] {
  return milestones.flatMap(({ status, amount, dueAt }, index): OrderEvent[] =>
    index > reopened && status === 'PENDING' && dueAt !== undefined
      ? [{ type: 'milestone.amended', index, amount, previousAmount: amount, dueAt: null }]
      : [],
  );
}

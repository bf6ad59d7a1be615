/**
 * What time does to milestones, and who may give it more. Deadlines come as commands by the system, so that a late
 * person and a timer are judged by the same rules.
 */
import { type ExpireMilestone, type ExtendInspection, MAX_INSTANT, type RemindOfInspection } from './commands.ts';
import { accepted, notWhileDisputed, notYet, refundEvents, rejected, rejectedAsSettled } from './decisions.ts';
import { type EscrowOrder, isSettled, isStopped } from './escrow-order.ts';
import type { Decision, OrderEvent } from './outcomes.ts';
import { EXTENSION_MAX_SECONDS, reminderAt } from './terms.ts';

export function decideExtend(order: EscrowOrder, command: ExtendInspection, at: number): Decision {
  const { milestoneIndex: index, seconds } = command;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone);
  if (milestone.inspectionEndsAt === undefined) return rejected('inspection_not_running');
  const extendedSeconds = (milestone.extendedSeconds ?? 0) + seconds;
  if (extendedSeconds > EXTENSION_MAX_SECONDS) {
    const max = EXTENSION_MAX_SECONDS - (extendedSeconds - seconds);
    return rejected('extension_too_long', { param: 'seconds', max, given: seconds });
  }
  const inspectionEndsAt = milestone.inspectionEndsAt + seconds * 1_000;
  if (inspectionEndsAt > MAX_INSTANT) {
    return rejected('invalid_command', { param: 'seconds', problem: 'seconds would extend beyond the year 9999' });
  }
  const disputed = notWhileDisputed(order, command, at, index);
  if (disputed) return disputed;
  // After this point the command is accepted.
  return accepted({ type: 'milestone.extended', index, inspectionEndsAt, extendedSeconds });
}

export function decideRemind(order: EscrowOrder, { milestoneIndex: index }: RemindOfInspection, at: number): Decision {
  const { inspectionEndsAt, reminded } = order.milestones[index] ?? {};
  const isOver = inspectionEndsAt !== undefined && at >= reminderAt(inspectionEndsAt, order.terms);
  // A dispute stops the clock.
  if (!isOver || reminded || isStopped(order, index)) {
    return rejected('deadline_not_reached');
  }
  // After this point the command is accepted.
  return accepted({ type: 'milestone.inspection_ending', index, inspectionEndsAt });
}

export function decideExpire(order: EscrowOrder, { milestoneIndex: index }: ExpireMilestone, at: number): Decision {
  const milestone = order.milestones[index];
  const isOver = milestone?.dueAt !== undefined && at >= milestone.dueAt;
  if (milestone?.status !== 'PENDING' || !isOver || isStopped(order, index)) {
    return rejected('deadline_not_reached');
  }
  // After this point the command is accepted.
  const overdue: OrderEvent = { type: 'milestone.overdue', index, dueAt: milestone.dueAt };
  if (order.terms.onOverdue === 'event') return accepted(overdue);
  return accepted(overdue, ...refundEvents(order, index, milestone));
}

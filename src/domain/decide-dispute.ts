/**
 * Disputes: raised, resolved, withdrawn. An order has at most one open dispute.
 */
import type { ActorRole, RaiseDispute, ResolveDispute, WithdrawDispute } from './commands.ts';
import {
  accepted,
  detailsOf,
  notAfterTheEnd,
  notYet,
  previousWhere,
  refundEvents,
  rejected,
  rejectedAsSettled,
  releaseEvents,
} from './decisions.ts';
import {
  type Dispute,
  type EscrowOrder,
  isClosed,
  isDecided,
  isSettled,
  isStopped,
  remaining,
} from './escrow-order.ts';
import { type Amount, add, compare, formatAmount, isZero, ZERO } from './money.ts';
import type { Decision, OrderEvent } from './outcomes.ts';
import { DISPUTE_WINDOW_MAX_SECONDS, defaultPays, disputeWindowOf, OPERATOR_WINDOW_MIN_SECONDS } from './terms.ts';

export function decideRaise(order: EscrowOrder, command: RaiseDispute, at: number): Decision {
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  if (isZero(order.funded)) return rejected('order_not_funded');
  if (order.dispute) return rejected('dispute_already_raised');
  const { milestoneIndex = null, actor } = command;
  const windowSeconds = command.windowSeconds ?? disputeWindowOf(order.terms);
  const bounds = windowBounds(order, actor.role);
  if (windowSeconds < bounds.min || windowSeconds > bounds.max) {
    return rejected('dispute_window_refused', { param: 'disputeWindow', ...bounds, given: windowSeconds });
  }
  if (milestoneIndex !== null) {
    const milestone = order.milestones[milestoneIndex];
    if (!milestone) return notYet(order, command, at, 'milestone_missing', milestoneIndex);
    if (isSettled(milestone)) return rejectedAsSettled(milestone);
  }
  // After this point the command is accepted.
  return accepted({
    type: 'dispute.raised',
    milestoneIndex,
    raisedByRole: actor.role,
    windowSeconds,
    endsAt: notAfterTheEnd(at + windowSeconds * 1_000),
    ...(defaultPays(order.terms, actor.role) && { isOpenEnded: true }),
    ...detailsOf(command),
  });
}

/** The window belongs to the terms: who raises a dispute may lengthen it. The operator, who raises for others, chooses. */
function windowBounds({ mode, terms }: EscrowOrder, role: ActorRole): { min: number; max: number } {
  const isChosen = role === 'operator';
  return {
    min: isChosen ? OPERATOR_WINDOW_MIN_SECONDS[mode] : disputeWindowOf(terms),
    max: DISPUTE_WINDOW_MAX_SECONDS,
  };
}

export function decideResolve(order: EscrowOrder, command: ResolveDispute, at: number): Decision {
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  const { dispute } = order;
  if (!dispute) return rejected('dispute_missing');
  return dispute.milestoneIndex === null
    ? resolveOrder(order, command)
    : resolveMilestone(order, command, at, dispute, dispute.milestoneIndex);
}

export function decideWithdraw(order: EscrowOrder, command: WithdrawDispute, at: number): Decision {
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  const { dispute } = order;
  if (!dispute) return rejected('dispute_missing');
  const { role } = command.actor;
  if (role !== dispute.raisedByRole && role !== 'operator') return rejected('role_not_allowed', { role });
  if (isDecided(order) && role !== 'operator') return rejected('dispute_decided');
  // After this point the command is accepted.
  const withdrawn: OrderEvent = {
    type: 'dispute.withdrawn',
    milestoneIndex: dispute.milestoneIndex,
    ...detailsOf(command),
  };
  return accepted(withdrawn, ...resumedPeriods(order, dispute, at, null));
}

/** All that is left is split; the open milestones end, and with them the order. */
function resolveOrder(order: EscrowOrder, command: ResolveDispute): Decision {
  const split = splitOf(command, remaining(order));
  if (!split) return rejected('split_mismatch', { available: remaining(order) });
  // After this point the command is accepted.
  const ended = order.milestones.flatMap((milestone, index): OrderEvent[] =>
    isSettled(milestone) ? [] : [{ type: 'milestone.cancelled', index }],
  );
  const { resolution } = command;
  const resolved: OrderEvent = {
    type: 'dispute.resolved',
    milestoneIndex: null,
    resolution,
    ...split,
    ...detailsOf(command),
  };
  const { merchantAmount } = split;
  const payout: OrderEvent[] = isZero(merchantAmount)
    ? []
    : [{ type: 'payout.created', milestoneIndex: null, amount: merchantAmount }];
  return accepted(resolved, ...ended, ...payout, { type: 'escrow_order.completed' });
}

/** The milestone is settled, and the periods of those after it go on. What pays the merchant waits for its turn. */
function resolveMilestone(
  order: EscrowOrder,
  command: ResolveDispute,
  at: number,
  dispute: Dispute,
  index: number,
): Decision {
  const milestone = order.milestones[index];
  if (!milestone) throw new Error(`${order.id} has a dispute about milestone ${index}, which it does not have`);
  const split = splitOf(command, milestone.amount);
  if (!split) return rejected('split_mismatch', { available: milestone.amount });
  const unsettled = previousWhere(order, index, (status) => status === 'PENDING' || status === 'COMPLETED');
  if (!isZero(split.merchantAmount) && unsettled !== null) {
    return notYet(order, command, at, 'previous_milestone_unreleased', unsettled);
  }
  // After this point the command is accepted.
  const by = command.actor.id;
  const completed: OrderEvent[] =
    milestone.status === 'PENDING' ? [{ type: 'milestone.completed', index, details: { completedBy: by } }] : [];
  const settled = isZero(split.merchantAmount)
    ? refundEvents(order, index, milestone)
    : [...completed, ...releaseEvents(order, index, milestone, split.merchantAmount, { releasedBy: by })];
  const { resolution } = command;
  return accepted(
    { type: 'dispute.resolved', milestoneIndex: index, resolution, ...split, ...detailsOf(command) },
    ...settled,
    ...resumedPeriods(order, dispute, at, index),
  );
}

/** How `total` is split; null when the given amounts do not add up to it. */
function splitOf(
  { resolution, merchantAmount = ZERO, buyerAmount = ZERO }: ResolveDispute,
  total: Amount,
): { merchantAmount: Amount; buyerAmount: Amount } | null {
  if (resolution === 'MERCHANT_WON') return { merchantAmount: total, buyerAmount: ZERO };
  if (resolution === 'BUYER_WON') return { merchantAmount: ZERO, buyerAmount: total };
  if (compare(add(merchantAmount, buyerAmount), total) !== 0) return null;
  return { merchantAmount: formatAmount(merchantAmount), buyerAmount: formatAmount(buyerAmount) };
}

/**
 * A dispute takes no time from anybody: inspections that it stopped get back what was left of them when it was raised,
 * and due dates move by as long as completing was refused. A date that is still to come moves too: what is left of it
 * would be less than it was.
 */
function resumedPeriods(order: EscrowOrder, dispute: Dispute, at: number, settled: number | null): OrderEvent[] {
  const pause = at - dispute.raisedAt;
  if (pause === 0) return [];
  return order.milestones.flatMap((milestone, index): OrderEvent[] => {
    if (index === settled || isSettled(milestone) || !isStopped(order, index)) return [];
    const { inspectionEndsAt = 0, dueAt = 0 } = milestone;
    const resumed = {
      ...(inspectionEndsAt > dispute.raisedAt && { inspectionEndsAt: notAfterTheEnd(inspectionEndsAt + pause) }),
      // Work sent at the very instant of its due date is in time, so a dispute raised then took that from it. Due dates
      // are whole seconds: rounded up, so that nobody loses time.
      ...(dueAt >= dispute.raisedAt &&
        dueAt > 0 && { dueAt: notAfterTheEnd(Math.ceil((dueAt + pause) / 1_000) * 1_000) }),
    };
    return Object.keys(resumed).length === 0 ? [] : [{ type: 'milestone.extended', index, ...resumed }];
  });
}

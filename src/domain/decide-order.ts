/**
 * Commands about an order as a whole.
 */
import {
  type AdvanceClock,
  type CancelCommand,
  type CancelOrder,
  type CancelPaymentIntent,
  MAX_INSTANT,
  type RefundOrder,
} from './commands.ts';
import { accepted, completionAfter, detailsOf, notYet, rejected } from './decisions.ts';
import { allocatable, type EscrowOrder, isClosed, remaining } from './escrow-order.ts';
import { compare, formatAmount, isZero, subtract, sum } from './money.ts';
import type { Decision, OrderEvent } from './outcomes.ts';

export function decideFund(order: EscrowOrder): Decision {
  // Before the order's state: the published refusal says what the intent's status is, also when all is paid out.
  if (!isZero(order.funded)) return rejected('order_already_funded');
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  // After this point the command is accepted.
  return accepted({ type: 'escrow_order.funded', amount: order.amount });
}

/** Money back to the buyer that no milestone is allocated. */
export function decideRefund(order: EscrowOrder, command: RefundOrder, at: number): Decision {
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  if (isZero(order.funded)) return rejected('order_not_funded');
  const available = allocatable(order);
  if (isZero(available)) return rejected('nothing_to_refund');
  const amount = formatAmount(command.amount ?? available);
  if (compare(amount, available) > 0) return rejected('refund_exceeds_unallocated', { param: 'amount', available });
  if (order.dispute?.milestoneIndex === null) return notYet(order, command, at, 'order_disputed');
  // After this point the command is accepted.
  const refunded: OrderEvent = { type: 'escrow_order.refunded', amount, ...detailsOf(command) };
  return accepted(refunded, ...completionAfter(order, amount));
}

/**
 * The order ends here: work not yet completed is cancelled, and whatever was not released goes back to the buyer, also
 * for milestones that were completed. Whether that is fair is for people to settle before they send this.
 */
export function decideCancelOrder(
  order: EscrowOrder,
  command: CancelOrder | CancelPaymentIntent,
  at: number,
): Decision {
  if (command.type === 'payment_intent.cancel' && !isZero(order.funded)) return rejected('order_already_funded');
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  if (order.dispute) return notYet(order, command, at, 'order_disputed');
  // After this point the command is accepted.
  const completed = order.milestones.filter(({ status }) => status === 'COMPLETED').map(({ amount }) => amount);
  const milestones = order.milestones.flatMap(({ status, amount }, index): OrderEvent[] => {
    if (status === 'PENDING') return [{ type: 'milestone.cancelled', index }];
    return status === 'COMPLETED' ? [{ type: 'milestone.refunded', index, amount }] : [];
  });
  return accepted(...milestones, {
    type: 'escrow_order.cancelled',
    refundedAmount: subtract(remaining(order), sum(completed)),
    ...detailsOf(command),
  });
}

/** Whoever waits for something may give it up, and nobody else: the same party, by role, or the operator. */
export function decideCancelCommand(order: EscrowOrder, { actor, targetCommandId }: CancelCommand): Decision {
  const target = order.held.find(({ command, cancelled }) => command.id === targetCommandId && !cancelled);
  if (!target) return rejected('command_not_held');
  const owner = target.command.actor.role;
  if (actor.role !== owner && actor.role !== 'operator')
    return rejected('role_not_allowed', { role: actor.role, owner });
  // After this point the command is accepted.
  return accepted({ type: 'command.cancelled', commandId: targetCommandId });
}

export function decideAdvanceClock(order: EscrowOrder, { seconds }: AdvanceClock, at: number): Decision {
  if (order.mode !== 'test') return rejected('test_mode_only');
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  if (at + seconds * 1_000 > MAX_INSTANT) {
    return rejected('invalid_command', {
      param: 'seconds',
      problem: 'seconds would take the clock beyond the year 9999',
    });
  }
  // After this point the command is accepted.
  return accepted({ type: 'escrow_order.clock_advanced', seconds });
}

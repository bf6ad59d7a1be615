/**
 * What a command leads to. With decide-milestone.ts and decide-order.ts this is the specification of an escrow order:
 * pure, without clock or I/O, and read from top to bottom, because the order of the checks is the order of precedence
 * of the contract.
 */
import type { Command } from './commands.ts';
import { decideRaise, decideResolve, decideWithdraw } from './decide-dispute.ts';
import {
  decideAmend,
  decideCancelMilestone,
  decideComplete,
  decideCreate,
  decideCreateBatch,
  decideRelease,
  decideReopen,
} from './decide-milestone.ts';
import {
  decideAdvanceClock,
  decideCancelCommand,
  decideCancelOrder,
  decideFund,
  decideRefund,
} from './decide-order.ts';
import { decideRetryPayout, decideSettlePayout } from './decide-payout.ts';
import { decideExpire, decideExtend, decideRemind } from './decide-time.ts';
import { amountProblem, rejected, rejectedAsSettled } from './decisions.ts';
import { type EscrowOrder, isClosed } from './escrow-order.ts';
import type { Decision } from './outcomes.ts';
import { isAllowed, isPart } from './permissions.ts';

/**
 * Decides one command against the order as it stands.
 *
 * @param at the instant the command is judged at, in epoch milliseconds
 * @returns accepted with at least one event, rejected with the first reason that applies, or held until its turn
 */
export function decide(order: EscrowOrder, command: Command, at: number): Decision {
  for (const [param, given] of amountsOf(command)) {
    const problem = amountProblem(order, given, param);
    if (problem) return rejected('invalid_command', { param, problem });
  }
  if (!isAllowed(order, command)) {
    const part = command.type === 'milestone.release' && isPart(order, command);
    return rejected('role_not_allowed', { role: command.actor.role, ...(part && { param: 'amount' }) });
  }
  switch (command.type) {
    case 'order.fund':
      return decideFund(order);
    case 'order.cancel':
    case 'payment_intent.cancel':
      return decideCancelOrder(order, command, at);
    case 'order.refund':
      return decideRefund(order, command, at);
    case 'order.advance_clock':
      return decideAdvanceClock(order, command, at);
    case 'payout.settle':
      return decideSettlePayout(order, command);
    case 'payout.retry':
      return decideRetryPayout(order, command);
    case 'dispute.raise':
      return decideRaise(order, command, at);
    case 'dispute.resolve':
      return decideResolve(order, command, at);
    case 'dispute.withdraw':
      return decideWithdraw(order, command, at);
    case 'command.cancel':
      return decideCancelCommand(order, command);
  }
  if (order.releaseType !== 'MILESTONE_LOCKED') {
    return rejected('order_not_milestone_locked', { releaseType: order.releaseType });
  }
  if (isClosed(order)) return refusalOfClosed(order, command);
  switch (command.type) {
    case 'milestone.create':
      return decideCreate(order, command, at);
    case 'milestone.complete':
      return decideComplete(order, command, at);
    case 'milestone.release':
      return decideRelease(order, command, at);
    case 'milestone.amend':
      return decideAmend(order, command, at);
    case 'milestone.cancel':
      return decideCancelMilestone(order, command, at);
    case 'milestone.reopen':
      return decideReopen(order, command, at);
    case 'milestone.extend':
      return decideExtend(order, command, at);
    case 'milestone.remind':
      return decideRemind(order, command, at);
    case 'milestone.expire':
      return decideExpire(order, command, at);
    case 'milestone_batch.create':
      return decideCreateBatch(order, command, at);
  }
}

/** The amounts as given, by the name of their field. */
function amountsOf(command: Command): [string, string][] {
  if (command.type === 'milestone_batch.create') {
    return command.items.map(({ amount }, position) => [`milestones[${position}].amount`, amount]);
  }
  const given = command as { readonly [name in 'amount' | 'merchantAmount' | 'buyerAmount']?: string };
  const fields = (['amount', 'merchantAmount', 'buyerAmount'] as const).map((name) => [name, given[name]] as const);
  return fields.flatMap(([name, amount]): [string, string][] => (amount === undefined ? [] : [[name, amount]]));
}

/** What became of a milestone says more than that its order is closed; the contract has words for it. */
function refusalOfClosed(order: EscrowOrder, command: Command): Decision {
  const isCreation = command.type === 'milestone.create' || !('milestoneIndex' in command);
  const milestone = isCreation ? undefined : order.milestones[command.milestoneIndex ?? -1];
  return milestone ? rejectedAsSettled(milestone) : rejected('order_closed', { orderStatus: order.status });
}

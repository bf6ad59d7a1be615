/**
 * What a command leads to. With decide-milestone.ts and decide-order.ts this is the specification of an escrow order:
 * pure, without clock or I/O, and read from top to bottom, because the order of the checks is the order of precedence
 * of the contract.
 */
import type { Command } from './commands.ts';
import {
  decideAmend,
  decideCancelMilestone,
  decideComplete,
  decideCreate,
  decideRelease,
  decideReopen,
} from './decide-milestone.ts';
import { decideCancelOrder, decideFund, decideRefund } from './decide-order.ts';
import { accepted, amountProblem, rejected } from './decisions.ts';
import { type EscrowOrder, isClosed } from './escrow-order.ts';
import type { Decision } from './outcomes.ts';

/**
 * Decides one command against the order as it stands.
 *
 * @param at the instant the command is judged at, in epoch milliseconds
 * @returns accepted with at least one event, rejected with the first reason that applies, or held until its turn
 */
export function decide(order: EscrowOrder, command: Command, at: number): Decision {
  if ('amount' in command && command.amount !== undefined) {
    const problem = amountProblem(order, command.amount);
    if (problem) return rejected('invalid_command', { param: 'amount', problem });
  }
  switch (command.type) {
    case 'order.fund':
      return decideFund(order);
    case 'order.cancel':
    case 'payment_intent.cancel':
      return decideCancelOrder(order, command);
    case 'order.refund':
      return decideRefund(order, command);
    case 'command.cancel':
      return order.held.some((held) => held.command.id === command.targetCommandId && !held.cancelled)
        ? accepted({ type: 'command.cancelled', commandId: command.targetCommandId })
        : rejected('command_not_held');
  }
  if (order.releaseType !== 'MILESTONE_LOCKED') {
    return rejected('order_not_milestone_locked', { releaseType: order.releaseType });
  }
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
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
  }
}

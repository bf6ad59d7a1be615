/**
 * What a command leads to. This file is the specification of an escrow order: pure, without clock or I/O, and read
 * from top to bottom, because the order of the checks is the order of precedence of the contract.
 */
import {
  type Command,
  type CommandDetails,
  type CompleteMilestone,
  type CreateMilestone,
  MAX_INSTANT,
  type ReleaseMilestone,
} from './commands.ts';
import { type EscrowOrder, isClosed, isSettled, unreachable } from './escrow-order.ts';
import { type Amount, add, CURRENCY_DECIMALS, compare, formatAmount, isZero, parseAmount } from './money.ts';
import type { Decision, OrderEvent, Reason, RejectionDetail, TurnReason } from './outcomes.ts';

/** More than this many commands waiting for their turn on one order is a broken client, and refused. */
export const MAX_HELD_COMMANDS = 1_000;

/**
 * Decides one command against the order as it stands.
 *
 * @param at the instant the command is judged at, in epoch milliseconds
 * @returns accepted with at least one event, rejected with the first reason that applies, or held until its turn
 */
export function decide(order: EscrowOrder, command: Command, at: number): Decision {
  switch (command.type) {
    case 'order.fund':
      return decideFund(order);
    case 'command.cancel':
      return order.held.some((held) => held.command.id === command.targetCommandId && !held.cancelled)
        ? accepted({ type: 'command.cancelled', commandId: command.targetCommandId })
        : rejected('command_not_held');
    case 'milestone.create': {
      const problem = amountProblem(order, command.amount);
      if (problem) return rejected('invalid_command', { param: 'amount', problem });
      break;
    }
    case 'milestone.complete':
    case 'milestone.release':
      break;
    default:
      return unreachable(command);
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
  }
}

function decideFund(order: EscrowOrder): Decision {
  // Before the order's state: the published refusal says what the intent's status is, also when all is paid out.
  if (!isZero(order.funded)) return rejected('order_already_funded');
  if (isClosed(order)) return rejected('order_closed', { orderStatus: order.status });
  // After this point the command is accepted.
  return accepted({ type: 'escrow_order.funded', amount: order.amount });
}

function decideCreate(order: EscrowOrder, command: CreateMilestone, at: number): Decision {
  if (command.milestoneIndex < order.milestones.length) {
    return rejected('milestone_index_taken', { index: command.milestoneIndex });
  }
  if (compare(add(order.allocated, command.amount), order.amount) > 0) return rejected('total_exceeds_order');
  if (command.milestoneIndex > order.milestones.length) {
    return notYet(order, command, at, 'previous_milestone_missing', command.milestoneIndex - 1);
  }
  // After this point the command is accepted.
  return accepted({
    type: 'milestone.created',
    index: command.milestoneIndex,
    amount: formatAmount(command.amount),
    ...(command.dueAt === undefined ? {} : { dueAt: command.dueAt }),
    ...(command.details && { details: command.details }),
  });
}

function decideComplete(order: EscrowOrder, command: CompleteMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone.status);
  if (milestone.status === 'COMPLETED') return rejected('milestone_already_completed', { index });
  const open = previousWhere(order, index, (status) => status === 'PENDING');
  if (open !== null) return notYet(order, command, at, 'previous_milestone_open', open);
  // After this point the command is accepted.
  const completed: OrderEvent = {
    type: 'milestone.completed',
    index,
    ...(command.details && { details: command.details }),
  };
  const turnToRelease = previousWhere(order, index, (status) => status === 'COMPLETED') === null;
  return order.autoReleaseOnProof && turnToRelease
    ? accepted(completed, ...releaseEvents(order, index, milestone.amount, { releasedBy: 'system' }))
    : accepted(completed);
}

function decideRelease(order: EscrowOrder, command: ReleaseMilestone, at: number): Decision {
  if (isZero(order.funded)) return rejected('order_not_funded');
  const index = command.milestoneIndex;
  const milestone = order.milestones[index];
  if (!milestone) return notYet(order, command, at, 'milestone_missing', index);
  if (isSettled(milestone)) return rejectedAsSettled(milestone.status);
  const unsettled = previousWhere(order, index, (status) => status === 'PENDING' || status === 'COMPLETED');
  if (unsettled !== null) return notYet(order, command, at, 'previous_milestone_unreleased', unsettled);
  if (milestone.status === 'PENDING') return notYet(order, command, at, 'milestone_not_completed', index);
  // After this point the command is accepted.
  return accepted(...releaseEvents(order, index, milestone.amount, command.details));
}

/** What is wrong with an amount in the order's currency; null when nothing is. */
function amountProblem({ currency }: EscrowOrder, given: string): string | null {
  const decimals = CURRENCY_DECIMALS[currency];
  if (parseAmount(given, decimals).ok) return null;
  return `amount must have at most ${decimals} decimals in ${currency}, got "${given}"`;
}

/** A release in full, and the order's completion when it leaves nothing in escrow. */
function releaseEvents(
  order: EscrowOrder,
  index: number,
  amount: Amount,
  details: CommandDetails | undefined,
): OrderEvent[] {
  const paidOut = add(add(order.released, order.refunded), amount);
  const released: OrderEvent = { type: 'milestone.released', index, amount, ...(details && { details }) };
  return compare(paidOut, order.funded) === 0 ? [released, { type: 'escrow_order.completed' }] : [released];
}

/**
 * The nearest predecessor that matters, if it blocks. Cancelled and refunded milestones are passed over; because
 * completion and release run in order, the first other one speaks for all before it.
 */
function previousWhere(order: EscrowOrder, index: number, blocks: (status: string) => boolean): number | null {
  for (let previous = index - 1; previous >= 0; previous--) {
    const status = order.milestones[previous]?.status ?? 'PENDING';
    if (blocks(status)) return previous;
    if (status !== 'CANCELLED' && status !== 'REFUNDED') return null;
  }
  return null;
}

function rejectedAsSettled(status: string): Decision {
  if (status === 'RELEASED') return rejected('milestone_already_released');
  return rejected(status === 'CANCELLED' ? 'milestone_cancelled' : 'milestone_refunded');
}

/** The command's turn has not come: hold it, or refuse when it does not want to wait or there is no room. */
function notYet(order: EscrowOrder, command: Command, at: number, reason: TurnReason, index: number): Decision {
  const detail = { index };
  if (command.turnWaitMs === 0) return { outcome: 'rejected', reason, detail };
  const isHeld = order.held.some((held) => held.command.id === command.id);
  if (!isHeld && order.held.length >= MAX_HELD_COMMANDS) return rejected('held_commands_full');
  return {
    outcome: 'held',
    reason,
    detail,
    until: command.turnWaitMs === null ? null : Math.min(at + command.turnWaitMs, MAX_INSTANT),
  };
}

function accepted(...events: OrderEvent[]): Decision {
  return { outcome: 'accepted', events };
}

function rejected(reason: Reason, detail: RejectionDetail = {}): Decision {
  return { outcome: 'rejected', reason, detail };
}

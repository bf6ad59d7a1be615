/**
 * The three kinds of decision, and the checks that several commands share.
 */
import { type Command, MAX_INSTANT } from './commands.ts';
import { type EscrowOrder, type Milestone, type MilestoneStatus, unreachable } from './escrow-order.ts';
import { add, CURRENCY_DECIMALS, compare, parseAmount } from './money.ts';
import type { Decision, OrderEvent, Reason, RejectionDetail, TurnReason } from './outcomes.ts';

/** More than this many commands waiting for their turn on one order is a broken client, and refused. */
export const MAX_HELD_COMMANDS = 1_000;

export function accepted(...events: OrderEvent[]): Decision {
  return { outcome: 'accepted', events };
}

export function rejected(reason: Reason, detail: RejectionDetail = {}): Decision {
  return { outcome: 'rejected', reason, detail };
}

/** The command's turn has not come: hold it, or refuse when it does not want to wait or there is no room. */
export function notYet(order: EscrowOrder, command: Command, at: number, reason: TurnReason, index: number): Decision {
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

/** Settled milestones accept nothing; each status has its own refusal. */
export function rejectedAsSettled({ status }: Milestone): Decision {
  switch (status) {
    case 'RELEASED':
      return rejected('milestone_already_released');
    case 'CANCELLED':
      return rejected('milestone_cancelled');
    case 'REFUNDED':
      return rejected('milestone_refunded');
    case 'PENDING':
    case 'COMPLETED':
      throw new Error(`A ${status} milestone is not settled`);
    default:
      return unreachable(status);
  }
}

/**
 * The nearest predecessor that matters, if it blocks. Cancelled and refunded milestones are passed over; because
 * completion and release run in order, the first other one speaks for all before it.
 */
export function previousWhere(
  order: EscrowOrder,
  index: number,
  blocks: (status: MilestoneStatus) => boolean,
): number | null {
  for (let previous = index - 1; previous >= 0; previous--) {
    const status = order.milestones[previous]?.status ?? 'PENDING';
    if (blocks(status)) return previous;
    if (status !== 'CANCELLED' && status !== 'REFUNDED') return null;
  }
  return null;
}

/** What is wrong with an amount in the order's currency; null when nothing is. */
export function amountProblem({ currency }: EscrowOrder, given: string): string | null {
  const decimals = CURRENCY_DECIMALS[currency];
  if (parseAmount(given, decimals).ok) return null;
  return `amount must have at most ${decimals} decimals in ${currency}, got "${given}"`;
}

/** The event that closes the order when `movements` leave nothing in escrow; none while something is left. */
export function completionAfter(order: EscrowOrder, ...movements: string[]): OrderEvent[] {
  const paidOut = movements.reduce(add, add(order.released, order.refunded));
  return compare(paidOut, order.funded) === 0 ? [{ type: 'escrow_order.completed' }] : [];
}

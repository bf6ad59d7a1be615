/**
 * The three kinds of decision, and the checks that several commands share.
 */
import { type Command, type CommandDetails, MAX_INSTANT } from './commands.ts';
import {
  type EscrowOrder,
  indexInTurn,
  isStopped,
  type Milestone,
  type MilestoneStatus,
  unreachable,
} from './escrow-order.ts';
import { type Amount, add, CURRENCY_DECIMALS, compare, isZero, parseAmount, subtract, ZERO } from './money.ts';
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
export function notYet(order: EscrowOrder, command: Command, at: number, reason: TurnReason, index?: number): Decision {
  const detail = index === undefined ? {} : { index };
  if (command.turnWaitMs === 0) return { outcome: 'rejected', reason, detail };
  const isHeld = order.held.some((held) => held.command.id === command.id);
  if (!isHeld && order.held.length >= MAX_HELD_COMMANDS) return rejected('held_commands_full');
  return {
    outcome: 'held',
    reason,
    detail,
    until: command.turnWaitMs === null ? null : notAfterTheEnd(at + command.turnWaitMs),
  };
}

/** The instant, or the last one that there is: a clock that was advanced to the year 9999 must not lead beyond it. */
export function notAfterTheEnd(instant: number): number {
  return Math.min(instant, MAX_INSTANT);
}

/** What the open dispute stops waits for its end; null when it does not stop the milestone. */
export function notWhileDisputed(order: EscrowOrder, command: Command, at: number, index: number): Decision | null {
  if (!order.dispute || !isStopped(order, index)) return null;
  const { milestoneIndex } = order.dispute;
  return milestoneIndex === null
    ? notYet(order, command, at, 'order_disputed')
    : notYet(order, command, at, 'milestone_disputed', milestoneIndex);
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
 *
 * @param blocks false for whatever is settled
 */
export function previousWhere(
  order: EscrowOrder,
  index: number,
  blocks: (status: MilestoneStatus) => boolean,
): number | null {
  const turn = indexInTurn(order) ?? index;
  for (let previous = index - 1; previous >= turn; previous--) {
    const status = order.milestones[previous]?.status ?? 'PENDING';
    if (blocks(status)) return previous;
    if (status !== 'CANCELLED' && status !== 'REFUNDED') return null;
  }
  return null;
}

/** What is wrong with an amount in the order's currency; null when nothing is. */
export function amountProblem({ currency }: EscrowOrder, given: string, name = 'amount'): string | null {
  const decimals = CURRENCY_DECIMALS[currency];
  if (parseAmount(given, decimals).ok) return null;
  return `${name} must have at most ${decimals} decimals in ${currency}, got "${given}"`;
}

/** A release of `amount` with its payout, the rest of the milestone to the buyer, and the order's end at the last. */
export function releaseEvents(
  order: EscrowOrder,
  index: number,
  { amount: whole }: Pick<Milestone, 'amount'>,
  amount: Amount,
  details: CommandDetails | undefined,
): OrderEvent[] {
  const rest = subtract(whole, amount);
  return [
    {
      type: 'milestone.released',
      index,
      amount,
      ...(rest !== ZERO && { refundedAmount: rest }),
      ...(details && { details }),
    },
    { type: 'payout.created', milestoneIndex: index, amount },
    ...completionAfter(order, amount, rest),
  ];
}

/** The milestone's money back to the buyer, or, while there is none, its end. */
export function refundEvents(
  order: EscrowOrder,
  index: number,
  { amount }: Pick<Milestone, 'amount'>,
  details?: CommandDetails,
): OrderEvent[] {
  const texts = details && { details };
  if (isZero(order.funded)) return [{ type: 'milestone.cancelled', index, ...texts }];
  return [{ type: 'milestone.refunded', index, amount, ...texts }, ...completionAfter(order, amount)];
}

export function detailsOf({ details }: Command): { details?: CommandDetails } {
  return details ? { details } : {};
}

/** The event that closes the order when `movements` leave nothing in escrow; none while something is left. */
export function completionAfter(order: EscrowOrder, ...movements: string[]): OrderEvent[] {
  const paidOut = movements.reduce(add, add(order.released, order.refunded));
  return compare(paidOut, order.funded) === 0 ? [{ type: 'escrow_order.completed' }] : [];
}

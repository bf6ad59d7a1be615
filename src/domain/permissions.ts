/**
 * Who may do what. Data, so that it can be shown, tested cell by cell, and changed in one place.
 *
 * The operator runs the platform and may do everything a party may. A party may give in to the other, so either may
 * resolve a dispute in the other's favour; only the arbiter and the operator may decide it.
 */
import type { Actor, ActorRole, Command, CommandType, ReleaseMilestone } from './commands.ts';
import type { EscrowOrder } from './escrow-order.ts';
import { compare } from './money.ts';

export type Person = Exclude<ActorRole, 'system'>;
/** A command, with what of it or of the order's terms makes a difference to who may send it. */
export type Right =
  | Exclude<CommandType, 'milestone.release' | 'dispute.resolve'>
  | `milestone.release${'' | ' in part'} by ${'merchant' | 'buyer'}`
  | `dispute.resolve ${'MERCHANT_WON' | 'BUYER_WON' | 'PARTIAL_REFUND'}`;

const PARTIES: readonly Person[] = ['merchant', 'buyer', 'operator'];
const MERCHANT: readonly Person[] = ['merchant', 'operator'];
const ANYBODY: readonly Person[] = ['merchant', 'buyer', 'arbiter', 'operator'];
const NOBODY: readonly Person[] = [];

/** The people who may; Tranche itself may send every command. */
export const RIGHTS: Readonly<Record<Right, readonly Person[]>> = {
  'milestone.create': MERCHANT,
  'milestone_batch.create': MERCHANT,
  'milestone.complete': MERCHANT,
  'milestone.release by merchant': PARTIES,
  'milestone.release by buyer': ['buyer', 'operator'],
  // The rest goes back to the buyer, who must not give it to themselves.
  'milestone.release in part by merchant': MERCHANT,
  'milestone.release in part by buyer': ['operator'],
  'milestone.amend': MERCHANT,
  'milestone.cancel': MERCHANT,
  'milestone.reopen': PARTIES,
  'milestone.extend': PARTIES,
  'milestone.remind': NOBODY,
  'milestone.expire': NOBODY,
  'dispute.raise': ANYBODY,
  'dispute.resolve MERCHANT_WON': ['buyer', 'arbiter', 'operator'],
  'dispute.resolve BUYER_WON': ['merchant', 'arbiter', 'operator'],
  'dispute.resolve PARTIAL_REFUND': ['arbiter', 'operator'],
  /** Of these, only who raised it, and the operator: decide-dispute.ts. */
  'dispute.withdraw': ANYBODY,
  'order.fund': PARTIES,
  'order.refund': MERCHANT,
  'order.cancel': MERCHANT,
  'order.advance_clock': ANYBODY,
  'payment_intent.cancel': PARTIES,
  'payout.settle': NOBODY,
  'payout.retry': MERCHANT,
  'command.cancel': ANYBODY,
};

/** What rights depend on. Only those about a milestone need the milestones. */
type Agreed = Pick<EscrowOrder, 'terms'> & Partial<Pick<EscrowOrder, 'milestones'>>;

/** Whether the command's actor may send it to this order. */
export function isAllowed(order: Agreed, command: Command): boolean {
  const { role }: Actor = command.actor;
  return role === 'system' || RIGHTS[rightFor(order, command)].includes(role);
}

function rightFor(order: Agreed, command: Command): Right {
  if (command.type === 'milestone.release') {
    return `milestone.release${isPart(order, command) ? ' in part' : ''} by ${order.terms.releaseBy}`;
  }
  if (command.type === 'dispute.resolve') return `dispute.resolve ${command.resolution}`;
  return command.type;
}

/** Whether a release leaves something for the buyer. */
export function isPart({ milestones = [] }: Pick<Agreed, 'milestones'>, command: ReleaseMilestone): boolean {
  const milestone = milestones[command.milestoneIndex];
  return command.amount !== undefined && milestone !== undefined && compare(command.amount, milestone.amount) < 0;
}

/** Everybody who may send such a command to some order, whatever its terms. */
export function rolesFor(type: CommandType): Person[] {
  const rights = Object.entries(RIGHTS).filter(([right]) => right === type || right.startsWith(`${type} `));
  return ANYBODY.filter((role) => rights.some(([, roles]) => roles.includes(role)));
}

/**
 * The nouns: an escrow order, its milestones, the commands it holds, and the transition tables.
 *
 * An EscrowOrder is exactly what `decide` needs to know and nothing that people wrote (descriptions, proofs): an
 * order of 10 000 milestones must load in one Temporal payload and 2 000 orders must fit in a worker's cache.
 */
import type { Command } from './commands.ts';
import { type Amount, type Currency, subtract } from './money.ts';

export type Mode = 'test' | 'live';

export const RELEASE_TYPES = ['MILESTONE_LOCKED', 'DELIVERY_PROOF', 'TIME_LOCKED', 'AUTO_RELEASE'] as const;
export type ReleaseType = (typeof RELEASE_TYPES)[number];

export type MilestoneStatus = 'PENDING' | 'COMPLETED' | 'RELEASED' | 'CANCELLED' | 'REFUNDED';
export type OrderStatus = 'PENDING' | 'DISPUTED' | 'COMPLETED' | 'CANCELLED';

/** Where a milestone may go from each status. The database holds the same table (drizzle/0001_guards.sql). */
export const MILESTONE_TRANSITIONS: Record<MilestoneStatus, readonly MilestoneStatus[]> = {
  PENDING: ['COMPLETED', 'CANCELLED', 'REFUNDED'],
  COMPLETED: ['PENDING', 'RELEASED', 'REFUNDED'],
  RELEASED: [],
  CANCELLED: [],
  REFUNDED: [],
};

export const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['DISPUTED', 'COMPLETED', 'CANCELLED'],
  DISPUTED: ['PENDING', 'COMPLETED', 'CANCELLED'],
  COMPLETED: [],
  CANCELLED: [],
};

/** A milestone's index is its position in {@link EscrowOrder.milestones}: creation runs in strict index order. */
export interface Milestone {
  readonly status: MilestoneStatus;
  readonly amount: Amount;
}

/** A command whose turn has not come. `command` carries no details: those wait in the database. */
export interface HeldCommand {
  readonly command: Command;
  /** When the wait ends with a rejection, in epoch milliseconds; null: never. */
  readonly until: number | null;
  /** Set by an accepted `command.cancel`; the next drain rejects the command. */
  readonly cancelled: boolean;
}

export interface EscrowOrder {
  readonly id: string;
  readonly paymentIntentId: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly currency: Currency;
  readonly amount: Amount;
  readonly releaseType: ReleaseType;
  /** A completed milestone is released in the same batch. */
  readonly autoReleaseOnProof: boolean;
  status: OrderStatus;
  /** Entries recorded in the order log so far. */
  version: number;
  /** The instant of the last recorded entry, in epoch milliseconds; nothing is ever judged before it. */
  lastAt: number;
  funded: Amount;
  /** Sum of all milestones that were not cancelled. */
  allocated: Amount;
  released: Amount;
  refunded: Amount;
  /** The part of `refunded` that belonged to no milestone, and that no milestone can be given any more. */
  refundedUnallocated: Amount;
  milestones: Milestone[];
  held: HeldCommand[];
}

/** A copy whose milestones and held commands can be replaced without touching the original. */
export function copyOf(order: EscrowOrder): EscrowOrder {
  return { ...order, milestones: [...order.milestones], held: [...order.held] };
}

/** A closed order accepts no further command; its workflow ends. */
export function isClosed(order: Pick<EscrowOrder, 'status'>): boolean {
  return ORDER_TRANSITIONS[order.status].length === 0;
}

/** Settled milestones no longer hold escrowed money, so their successors may be paid. */
export function isSettled(milestone: Milestone): boolean {
  return MILESTONE_TRANSITIONS[milestone.status].length === 0;
}

/** What is in escrow. */
export function remaining({
  funded,
  released,
  refunded,
}: Pick<EscrowOrder, 'funded' | 'released' | 'refunded'>): Amount {
  return subtract(subtract(funded, released), refunded);
}

/** What new milestones may still be given. */
export function allocatable(order: Pick<EscrowOrder, 'amount' | 'allocated' | 'refundedUnallocated'>): Amount {
  return subtract(subtract(order.amount, order.allocated), order.refundedUnallocated);
}

/** Marks code that the type checker knows to be out of reach; a value that gets here is a bug. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`);
}

/**
 * The nouns: an escrow order, its milestones, the commands it holds, and the transition tables.
 *
 * An EscrowOrder is exactly what `decide` needs to know and nothing that people wrote (descriptions, proofs): an
 * order of 10 000 milestones must load in one Temporal payload and 2 000 orders must fit in a worker's cache.
 */
import type { ActorRole, Command } from './commands.ts';
import { type Amount, type Currency, subtract } from './money.ts';
import type { Mode, Terms } from './terms.ts';

export const RELEASE_TYPES = ['MILESTONE_LOCKED', 'DELIVERY_PROOF', 'TIME_LOCKED', 'AUTO_RELEASE'] as const;
export type ReleaseType = (typeof RELEASE_TYPES)[number];

export type MilestoneStatus = 'PENDING' | 'COMPLETED' | 'RELEASED' | 'CANCELLED' | 'REFUNDED';
export type OrderStatus = 'PENDING' | 'DISPUTED' | 'COMPLETED' | 'CANCELLED';

/** Where a milestone may go from each status. The database holds the same table (drizzle/0001_guards.sql). */
export const MILESTONE_TRANSITIONS: Record<MilestoneStatus, readonly MilestoneStatus[]> = {
  PENDING: ['COMPLETED', 'CANCELLED', 'REFUNDED'],
  COMPLETED: ['PENDING', 'RELEASED', 'CANCELLED', 'REFUNDED'],
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

/** Money on its way from the merchant's account to the settlement destination. */
export type PayoutStatus = 'PENDING' | 'PAID' | 'FAILED';

/**
 * A milestone's index is its position in {@link EscrowOrder.milestones}: creation runs in strict index order. What is
 * missing does not apply; instants are epoch milliseconds on the order's clock.
 */
export interface Milestone {
  readonly status: MilestoneStatus;
  readonly amount: Amount;
  /** When a pending milestone is overdue; missing once that was recorded. */
  readonly dueAt?: number;
  /** When a completed milestone releases itself. */
  readonly inspectionEndsAt?: number;
  /** By how much people extended it in all; missing: not at all. */
  readonly extendedSeconds?: number;
  /** Whether the end of the inspection period was announced. */
  readonly reminded?: boolean;
  readonly payout?: Payout;
}

export interface Payout {
  readonly status: PayoutStatus;
  readonly amount: Amount;
}

/** An order has at most one open dispute. It stops one milestone and those after it, or the whole order. */
export interface Dispute {
  /** Null: the whole order. */
  readonly milestoneIndex: number | null;
  /** Only they, or the operator, may take it back. */
  readonly raisedByRole: ActorRole;
  readonly raisedAt: number;
  /** The end of its window: then it is resolved by the order's default, unless it is open-ended. */
  readonly endsAt: number;
  /** The default would pay the party that raised it, so it stays open until somebody decides. */
  readonly isOpenEnded?: true;
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
  readonly terms: Terms;
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
  /** The part of `released` and `refunded` that belonged to no milestone, and that none can be given any more. */
  paidUnallocated: Amount;
  dispute: Dispute | null;
  /** What the resolution of a dispute about the whole order pays out beyond milestones; null when none did. */
  restPayout: Payout | null;
  /** How far the order's clock runs ahead of the real one; always 0 in live mode. */
  clockOffsetMs: number;
  milestones: Milestone[];
  held: HeldCommand[];
}

/** What the list of orders shows of one from the moment its workflow starts. */
export type OrderOpening = Pick<EscrowOrder, 'merchantId' | 'mode' | 'currency' | 'amount' | 'status'>;

/** A copy whose milestones and held commands can be replaced without touching the original. */
export function copyOf(order: EscrowOrder): EscrowOrder {
  return { ...order, milestones: [...order.milestones], held: [...order.held] };
}

/** A closed order accepts no further command; its workflow ends. */
export function isClosed(order: Pick<EscrowOrder, 'status'>): boolean {
  return ORDER_TRANSITIONS[order.status].length === 0;
}

/** Settled milestones no longer hold escrowed money, so their successors may be paid. */
export function isSettled({ status }: Pick<Milestone, 'status'>): boolean {
  return MILESTONE_TRANSITIONS[status].length === 0;
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
export function allocatable(order: Pick<EscrowOrder, 'amount' | 'allocated' | 'paidUnallocated'>): Amount {
  return subtract(subtract(order.amount, order.allocated), order.paidUnallocated);
}

/** Whether the open dispute stops the milestone: it is about this one, one before it, or the whole order. */
export function isStopped({ dispute }: Pick<EscrowOrder, 'dispute'>, index: number): boolean {
  return dispute !== null && index >= (dispute.milestoneIndex ?? 0);
}

/** Whether the open dispute is decided already, and the decision waits for the milestone's turn. */
export function isDecided({ held }: Pick<EscrowOrder, 'held'>): boolean {
  return held.some(({ command, cancelled }) => command.type === 'dispute.resolve' && command.isDecision && !cancelled);
}

/** Where to look for the turn: what is settled stays so. Kept apart, because an order is data that is copied and sent. */
const firstUnsettled = new WeakMap<readonly Milestone[], number>();

/** The index of the milestone whose turn to be paid it is; null when all are settled. */
export function indexInTurn({ milestones }: Pick<EscrowOrder, 'milestones'>): number | null {
  let index = firstUnsettled.get(milestones) ?? 0;
  for (let at = milestones[index]; at && isSettled(at); at = milestones[index]) index++;
  firstUnsettled.set(milestones, index);
  return index < milestones.length ? index : null;
}

/** What was paid out so far belongs to payouts: the one of a milestone, or of the rest of the order. */
export function payoutOf(order: EscrowOrder, milestoneIndex: number | null): Payout | null {
  return milestoneIndex === null ? order.restPayout : (order.milestones[milestoneIndex]?.payout ?? null);
}

/** Marks code that the type checker knows to be out of reach; a value that gets here is a bug. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`);
}

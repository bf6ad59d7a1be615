/**
 * The order as operators see it: the answer of the query. Its page in the Temporal UI is operator-page.ts.
 */
import { nextDeadline } from '../domain/deadlines.ts';
import type { EscrowOrder, MilestoneStatus, OrderStatus } from '../domain/escrow-order.ts';
import type { Amount } from '../domain/money.ts';
import { waitsFor, windowOf } from './operator-page.ts';

export interface OrderView {
  readonly orderId: string;
  readonly paymentIntentId: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly currency: string;
  readonly amount: Amount;
  readonly funded: Amount;
  readonly allocated: Amount;
  readonly released: Amount;
  readonly refunded: Amount;
  /** At most MILESTONE_WINDOW, around the first one that is not settled. */
  readonly milestones: readonly { readonly index: number; readonly amount: Amount; readonly status: MilestoneStatus }[];
  readonly milestoneCount: number;
  readonly held: readonly {
    readonly id: string;
    readonly type: string;
    readonly milestoneIndex?: number;
    readonly waitsFor: string;
  }[];
  readonly heldCount: number;
  /** Commands that arrived and are not recorded yet. */
  readonly unrecorded: number;
  /** ISO 8601, or null. */
  readonly nextDeadline: string | null;
}

const HELD_WINDOW = 20;

export function viewOf(order: EscrowOrder, unrecorded: number): OrderView {
  const { id, paymentIntentId, status, version, currency, amount, funded, allocated, released, refunded } = order;
  const deadline = nextDeadline(order);
  const { from, to } = windowOf(order);
  return {
    ...{ orderId: id, paymentIntentId, status, version, currency, amount, funded, allocated, released, refunded },
    milestones: order.milestones
      .slice(from, to)
      .map((milestone, position) => ({ index: from + position, amount: milestone.amount, status: milestone.status })),
    milestoneCount: order.milestones.length,
    held: order.held.slice(0, HELD_WINDOW).map((held) => ({
      id: held.command.id,
      type: held.command.type,
      ...('milestoneIndex' in held.command && { milestoneIndex: held.command.milestoneIndex }),
      waitsFor: waitsFor(order, held),
    })),
    heldCount: order.held.length,
    unrecorded,
    nextDeadline: deadline === null ? null : new Date(deadline).toISOString(),
  };
}

/**
 * The order as operators see it: the answer of the query, and the page in the Temporal UI.
 */
import { nextDeadline } from '../domain/deadlines.ts';
import type { EscrowOrder, MilestoneStatus, OrderStatus } from '../domain/escrow-order.ts';
import { type Amount, subtract } from '../domain/money.ts';

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
  readonly held: readonly { readonly id: string; readonly type: string; readonly milestoneIndex?: number }[];
  readonly heldCount: number;
  /** Commands that arrived and are not recorded yet. */
  readonly unrecorded: number;
  /** ISO 8601, or null. */
  readonly nextDeadline: string | null;
}

const MILESTONE_WINDOW = 40;
const HELD_WINDOW = 20;

export function viewOf(order: EscrowOrder, unrecorded: number): OrderView {
  const { id, paymentIntentId, status, version, currency, amount, funded, allocated, released, refunded } = order;
  const deadline = nextDeadline(order);
  const open = order.milestones.findIndex((one) => one.status === 'PENDING' || one.status === 'COMPLETED');
  const from = Math.max(0, (open === -1 ? order.milestones.length : open) - MILESTONE_WINDOW / 2);
  return {
    ...{ orderId: id, paymentIntentId, status, version, currency, amount, funded, allocated, released, refunded },
    milestones: order.milestones
      .slice(from, from + MILESTONE_WINDOW)
      .map((milestone, position) => ({ index: from + position, amount: milestone.amount, status: milestone.status })),
    milestoneCount: order.milestones.length,
    held: order.held.slice(0, HELD_WINDOW).map(({ command }) => ({
      id: command.id,
      type: command.type,
      ...('milestoneIndex' in command && { milestoneIndex: command.milestoneIndex }),
    })),
    heldCount: order.held.length,
    unrecorded,
    nextDeadline: deadline === null ? null : new Date(deadline).toISOString(),
  };
}

/** Markdown. A code block with aligned columns, because the UI squeezes Markdown tables. */
export function describeOrder(order: EscrowOrder): string {
  const view = viewOf(order, 0);
  const remaining = subtract(view.funded, order.released);
  const money = `funded ${view.funded} · allocated ${view.allocated} · released ${view.released} · remaining ${remaining}`;
  const width = Math.max(6, ...view.milestones.map(({ amount }) => amount.length));
  const rows = view.milestones.map(
    ({ index, amount, status }) => `${String(index).padStart(5)}  ${amount.padStart(width)}  ${status}`,
  );
  const table = ['```', `index  ${'amount'.padStart(width)}  status`, ...rows, '```'].join('\n');
  const held = view.held.map(({ id, type, milestoneIndex }) => `* \`${type}\` ${milestoneIndex ?? ''} (${id})`);
  return [
    `**${view.amount} ${view.currency}** · ${view.status} · version ${view.version}`,
    money,
    rows.length > 0 ? table : 'No milestones yet.',
    ...(view.milestoneCount > rows.length ? [`${rows.length} of ${view.milestoneCount} milestones shown.`] : []),
    ...(held.length > 0 ? [`Waiting for their turn (${view.heldCount}):\n\n${held.join('\n')}`] : []),
    ...(view.nextDeadline ? [`Next deadline: ${view.nextDeadline}`] : []),
  ].join('\n\n');
}

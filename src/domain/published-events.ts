/**
 * What subscribers are told: the published types of events, and what the outbox keeps them as. The log of an order has
 * finer words for a few things than subscribers need to know.
 */
import { isZero } from './money.ts';
import type { NothingLeft } from './nothing-left.ts';
import type { OrderEvent } from './outcomes.ts';
import type { OrderAfter } from './protocol.ts';

/** Events of orders, as subscribers filter by them. Add, never rename. */
export const ORDER_EVENT_TYPES = [
  'payment_intent.created',
  'payment_intent.status_changed',
  'escrow_order.created',
  'escrow_order.funded',
  'escrow_order.completed',
  'escrow_order.cancelled',
  'escrow_order.refunded',
  'milestone.created',
  'milestone.completed',
  'milestone.released',
  'milestone.refunded',
  'milestone.cancelled',
  'milestone.reopened',
  'milestone.amended',
  'milestone.extended',
  'milestone.inspection_ending',
  'milestone.overdue',
  'payout.created',
  'payout.retried',
  'payout.paid',
  'payout.failed',
  'dispute.raised',
  'dispute.resolved',
] as const;

/** What the log has and subscribers are not told. */
export type Unpublished = 'command.cancelled' | 'escrow_order.clock_advanced';
export type EveryEventIsPublished = NothingLeft<
  Exclude<OrderEvent['type'], (typeof ORDER_EVENT_TYPES)[number] | Unpublished | 'dispute.withdrawn'>
>;

/** Every type. Those of webhook endpoints belong to no order. */
export const EVENT_TYPES = [...ORDER_EVENT_TYPES, 'webhook_endpoint.disabled', 'webhook_endpoint.test'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Made for one endpoint when somebody asks for it; others never get it. */
export const TEST_EVENT: EventType = 'webhook_endpoint.test';

/** The log's own words, and what subscribers know them as. */
const PUBLISHED_AS: Readonly<Record<string, EventType>> = { 'dispute.withdrawn': 'dispute.resolved' };

/** The published type of what the outbox keeps as `type`. */
export function publishedType(type: string): string {
  return PUBLISHED_AS[type] ?? type;
}

/** What the outbox keeps events of these published types as. */
export function storedTypes(published: readonly string[]): string[] {
  const others = Object.entries(PUBLISHED_AS).flatMap(([stored, type]) => (published.includes(type) ? [stored] : []));
  return [...published, ...others];
}

/** Follows from an event of the order: the log does not have it, the outbox does. */
export interface IntentStatusChanged {
  readonly type: 'payment_intent.status_changed';
  readonly status: 'SUCCEEDED' | 'CANCELLED';
  readonly previousStatus: 'INITIATED';
}
export type PublicEvent = OrderEvent | IntentStatusChanged;

/** Only in the log. */
const PRIVATE_TYPES: readonly OrderEvent['type'][] = ['command.cancelled', 'escrow_order.clock_advanced'];

/**
 * What of an event goes to the outbox, in order. An intent succeeds when its order is funded, and is cancelled when its
 * order is before that.
 *
 * @param order as the batch leaves it: once it is funded it stays so
 */
export function publicEvents(event: OrderEvent, { funded }: Pick<OrderAfter, 'funded'>): PublicEvent[] {
  if (PRIVATE_TYPES.includes(event.type)) return [];
  const status = intentStatusAfter(event, isZero(funded));
  return status === null
    ? [event]
    : [event, { type: 'payment_intent.status_changed', status, previousStatus: 'INITIATED' }];
}

function intentStatusAfter({ type }: OrderEvent, isUnfunded: boolean): IntentStatusChanged['status'] | null {
  if (type === 'escrow_order.funded') return 'SUCCEEDED';
  return type === 'escrow_order.cancelled' && isUnfunded ? 'CANCELLED' : null;
}

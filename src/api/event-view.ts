/**
 * Events as subscribers and readers get them, made from the outbox and the log alone: what has happened since changes
 * nothing, so an event has the same bytes whenever and to whomever it is sent.
 */
import { and, eq } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import type { EventView } from '../db/events.ts';
import { findMilestone } from '../db/queries.ts';
import { orderLog } from '../db/schema.ts';
import type { CommandDetails, Resolution } from '../domain/commands.ts';
import { milestoneId, payoutId } from '../domain/ids.ts';
import { formatAmount } from '../domain/money.ts';
import type { OrderEvent } from '../domain/outcomes.ts';
import { type IntentStatusChanged, publishedType, type Unpublished } from '../domain/published-events.ts';
import { type ActorObject, renderActor } from './actor-view.ts';
import { given, renderInstant, sortedByKey } from './envelope.ts';
import { milestoneAsOf } from './milestone-at.ts';
import { milestoneData, type OrderIds } from './render.ts';

type Order = NonNullable<EventView['order']>;

/** An event in the published envelope. Its keys are always in this order. */
export interface EventObject {
  readonly id: string;
  readonly object: 'event';
  readonly type: string;
  readonly data: { readonly object: object };
  /** When it happened, on its order's clock. */
  readonly created: string;
  /** When it was recorded; missing in what versions up to 0.3.0 recorded. */
  readonly recorded?: string;
  readonly sequence: number | null;
  readonly escrowOrderId: string | null;
  /** Whose command it came of; missing for what no command did, and in bytes that version 0.3.0 kept. */
  readonly actor?: ActorObject;
}

/** The exact bytes that are signed and sent. */
export function eventBody(event: EventObject): string {
  return JSON.stringify(event);
}

/** What an event's bytes say: those that were sent already, or else those that would be sent. */
export async function eventObject(db: Database, view: EventView): Promise<EventObject> {
  const { event, order, actor, body } = view;
  if (body !== null) return JSON.parse(body) as EventObject;
  return {
    id: event.id,
    object: 'event',
    type: publishedType(event.type),
    data: { object: order ? await orderEventObject(db, order, view) : endpointObject(event.type, event.data) },
    created: renderInstant(event.createdAt),
    ...(event.recordedAt && { recorded: renderInstant(event.recordedAt) }),
    sequence: event.sequence,
    escrowOrderId: event.orderId,
    ...(actor && { actor: renderActor(actor, actor.key) }),
  };
}

/** What the outbox may hold of an event, whichever it is. */
interface Facts {
  readonly index?: number;
  /** Of disputes and payouts; null: about the whole order. */
  readonly milestoneIndex?: number | null;
  readonly amount?: string;
  readonly previousAmount?: string;
  readonly refundedAmount?: string;
  readonly status?: string;
  readonly previousStatus?: string;
  readonly resolution?: Resolution;
  readonly merchantAmount?: string;
  readonly buyerAmount?: string;
  readonly raisedByRole?: string;
  readonly windowSeconds?: number;
  readonly endsAt?: number;
  readonly isOpenEnded?: true;
  readonly details?: CommandDetails;
}

type WithoutType<Event> = Event extends unknown ? Omit<Event, 'type'> : never;
type Data = WithoutType<Exclude<OrderEvent, { readonly type: Unpublished }> | IntentStatusChanged>;

/** A key of another shape does not compile. */
function factsOf(data: Data): Facts {
  return data;
}

function orderEventObject(db: Database, order: Order, { event, intentType }: EventView): Promise<object> | object {
  const facts = factsOf(event.data as Data);
  const [subject] = event.type.split('.');
  switch (subject) {
    case 'milestone':
      return milestoneObject(db, order, event, facts);
    case 'payout':
      return payoutObject(order, event.type, facts);
    case 'dispute':
      return disputeObject(order, event.type, facts);
    case 'payment_intent':
      return intentObject(order, intentType, facts);
    default:
      return escrowOrderObject(order, event.type, facts);
  }
}

/** The milestone as the event left it, and what the event says beyond that. */
async function milestoneObject(
  db: Database,
  order: Order,
  { type, version }: EventView['event'],
  { index = 0, previousAmount, details }: Facts,
): Promise<object> {
  const facts = await milestoneAfter(db, order, { index, version: version ?? 0, type });
  return {
    object: 'milestone',
    ...milestoneData(order, facts),
    ...given('previousAmount', previousAmount, formatAmount),
    ...given('reason', details?.reason),
  };
}

/** Its row, where that is still as the event left it; otherwise it is folded from the order's log. */
async function milestoneAfter(db: Database, order: OrderIds, event: { index: number; version: number; type: string }) {
  const row = await findMilestone(db, order.id, event.index);
  if (row?.version !== event.version || !(await isOnlyOneOf(db, order, event))) {
    return milestoneAsOf(db, order.id, event);
  }
  // What a dispute says changes without the milestone's row, and has events of its own.
  return { ...row, dispute: null };
}

/** Whether the entry of an event has no other event about the same milestone. */
async function isOnlyOneOf(db: Database, { id }: OrderIds, { index, version }: { index: number; version: number }) {
  const [entry] = await db
    .select({ events: orderLog.events })
    .from(orderLog)
    .where(and(eq(orderLog.orderId, id), eq(orderLog.version, version)));
  return entry?.events?.filter((one) => 'index' in one && one.index === index).length === 1;
}

const PAYOUT_STATUS: Readonly<Record<string, string>> = { 'payout.paid': 'paid', 'payout.failed': 'failed' };

function payoutObject(order: Order, type: string, { milestoneIndex = null, amount = '0', details = {} }: Facts) {
  return {
    object: 'payout',
    id: payoutId(order.id, milestoneIndex),
    ...idsOf(order, milestoneIndex),
    amount: formatAmount(amount),
    currency: order.currency,
    status: PAYOUT_STATUS[type] ?? 'pending',
    ...given('attempts', details.attempts),
    ...given('lastError', details.error),
    ...given('reference', details.reference),
  };
}

const DISPUTE_STATUS: Readonly<Record<string, string>> = {
  'dispute.raised': 'raised',
  'dispute.resolved': 'resolved',
  'dispute.withdrawn': 'withdrawn',
};

function disputeObject(order: Order, type: string, { milestoneIndex = null, details = {}, ...facts }: Facts) {
  return {
    object: 'dispute',
    ...idsOf(order, milestoneIndex),
    status: DISPUTE_STATUS[type],
    ...given('resolution', type === 'dispute.withdrawn' ? 'WITHDRAWN' : facts.resolution),
    ...given('merchantAmount', facts.merchantAmount, formatAmount),
    ...given('buyerAmount', facts.buyerAmount, formatAmount),
    ...given('reason', details.reason),
    ...given('raisedBy', details.raisedBy),
    ...given('raisedByRole', facts.raisedByRole),
    ...given('disputeWindow', facts.windowSeconds, String),
    ...given('endsAt', facts.endsAt, renderInstant),
    ...given('defaultApplies', facts.isOpenEnded && false),
  };
}

function intentObject(order: Order, type: string | null, { status = 'INITIATED', previousStatus }: Facts) {
  return {
    object: 'payment_intent',
    id: order.paymentIntentId,
    status,
    ...given('previousStatus', previousStatus),
    amount: formatAmount(order.amount),
    currency: order.currency,
    type,
    escrowOrderId: order.id,
  };
}

/** A refund leaves the status as it is, which the log does not say. */
const ORDER_STATUS: Readonly<Record<string, string>> = {
  'escrow_order.created': 'PENDING',
  'escrow_order.funded': 'PENDING',
  'escrow_order.completed': 'COMPLETED',
  'escrow_order.cancelled': 'CANCELLED',
};

function escrowOrderObject(order: Order, type: string, { amount, refundedAmount, details }: Facts) {
  const refunded = type === 'escrow_order.refunded' ? amount : refundedAmount;
  return {
    object: 'escrow_order',
    id: order.id,
    paymentIntentId: order.paymentIntentId,
    amount: formatAmount(order.amount),
    currency: order.currency,
    releaseType: order.releaseType,
    autoReleaseOnProof: order.autoReleaseOnProof,
    ...given('orderStatus', ORDER_STATUS[type]),
    ...given('fundedAmount', type === 'escrow_order.funded' ? amount : null, formatAmount),
    ...given('refundedAmount', refunded, formatAmount),
    ...given('reason', details?.reason),
  };
}

function idsOf(order: OrderIds, milestoneIndex: number | null) {
  return {
    escrowOrderId: order.id,
    paymentIntentId: order.paymentIntentId,
    milestoneId: milestoneIndex === null ? null : milestoneId(order.id, milestoneIndex),
    milestoneIndex,
  };
}

function endpointObject(type: string, data: unknown) {
  const { endpointId, ...facts } = data as Record<string, string>;
  const status = type === 'webhook_endpoint.disabled' ? { status: 'disabled' } : {};
  return { object: 'webhook_endpoint', id: endpointId, ...status, ...sortedByKey(facts) };
}

/**
 * What a caller may see and work on, checked in the order of the contract's precedence.
 */
import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type { Database } from '../db/client.ts';
import { findIntent, type IntentRow, type OrderRow } from '../db/queries.ts';
import type { CommandType } from '../domain/commands.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import { type Caller, callerOf } from './caller.ts';
import { ApiError } from './errors.ts';
import { rememberOpening } from './openings.ts';

type Found<Row extends { readonly intent: IntentRow }> = (db: Database, intentId: string) => Promise<Row | null>;

/**
 * An intent of the caller's, read by `find`.
 *
 * @throws ApiError 404 when there is none in the caller's mode, 403 when it is another merchant's
 */
export async function requireIntent<Row extends { readonly intent: IntentRow }>(
  db: Database,
  caller: Caller,
  intentId: string,
  find: Found<Row>,
): Promise<Row> {
  const found = await find(db, intentId);
  if (!found || found.intent.mode !== caller.mode) throw new ApiError('payment_intent_missing');
  if (!isCallers(caller, found.intent.merchantId, intentId)) throw new ApiError('intent_not_owned');
  return found;
}

/** A key that is bound to one order has no more of its merchant's other orders than of another merchant's. */
function isCallers({ merchantId, boundTo }: Caller, ownerId: string, intentId: string): boolean {
  return ownerId === merchantId && (boundTo === undefined || boundTo.intentId === intentId);
}

/** What of an order never changes: the database refuses it (L8_identity). */
export type OrderIdentity = Pick<
  OrderRow,
  'id' | 'paymentIntentId' | 'merchantId' | 'mode' | 'currency' | 'releaseType'
>;

/** Spares a burst on one order a statement per request. Briefly, so that a restored database is noticed. */
const KNOWN_ORDERS_MAX = 10_000;
const KNOWN_FOR_MS = 10_000;
const knownOrders = new WeakMap<Database, KnownOrders>();

interface KnownOrders {
  readonly read: LRUCache<string, OrderIdentity>;
  /** What is being read, by merchant and intent: a merchant's read waits in no other merchant's line. */
  readonly reading: Map<string, ReturnType<typeof findIntent>>;
}

/**
 * The escrow order of an intent of the caller's; as {@link requireIntent}, and 404 when the intent has none.
 *
 * @param missingMessage what that 404 says where it is not the general sentence
 */
export async function requireOrder(
  db: Database,
  caller: Caller,
  intentId: string,
  missingMessage?: string,
): Promise<OrderIdentity> {
  const { read, reading } = knownOrdersOf(db);
  const isOf = (order: Pick<OrderIdentity, 'mode' | 'merchantId'>) =>
    order.mode === caller.mode && isCallers(caller, order.merchantId, intentId);
  const remembered = read.get(intentId);
  if (remembered && isOf(remembered)) return remembered;
  const key = `${caller.merchantId} ${intentId}`;
  // A read that began before this request proves what it found, and not that there is nothing.
  const other = reading.get(key);
  const joined = other && (await other.catch(() => null));
  if (joined?.order && isOf(joined.order)) return joined.order;
  const { order } = await requireIntent(db, caller, intentId, (...asked) => {
    const found = findIntent(...asked).finally(() => reading.delete(key));
    reading.set(key, found);
    return found;
  });
  if (!order) {
    throw new ApiError('escrow_order_missing', missingMessage === undefined ? {} : { message: missingMessage });
  }
  const { id, paymentIntentId, merchantId, mode, currency, releaseType } = order;
  const identity: OrderIdentity = { id, paymentIntentId, merchantId, mode, currency, releaseType };
  read.set(intentId, identity);
  rememberOpening(db, order);
  return identity;
}

function knownOrdersOf(db: Database): KnownOrders {
  const known = knownOrders.get(db) ?? {
    read: new LRUCache({ max: KNOWN_ORDERS_MAX, ttl: KNOWN_FOR_MS }),
    reading: new Map(),
  };
  knownOrders.set(db, known);
  return known;
}

/** An id that stands for no milestone of the order. */
export function milestoneMissing(): ApiError {
  return new ApiError('milestone_missing', {
    message: rejectionMessage('milestone.complete', 'milestone_missing', {}),
  });
}

/** The order's release type never changes, so the workflow need not be asked. */
export function requireMilestoneLocked({ releaseType }: OrderIdentity, commandType: CommandType): void {
  if (releaseType === 'MILESTONE_LOCKED') return;
  const message = rejectionMessage(commandType, 'order_not_milestone_locked', { releaseType });
  throw new ApiError('order_not_milestone_locked', { message });
}

/** Keeps keys that are bound to one order away from every route that does not look at the binding itself. */
export function confineBoundKeys(
  find: (request: Request) => { readonly openToBoundKeys?: boolean } | undefined,
): RequestHandler {
  return (request, response, next) => {
    const isBound = callerOf(response).boundTo !== undefined;
    if (isBound && find(request)?.openToBoundKeys !== true) throw new ApiError('key_bound_to_order');
    next();
  };
}

/** @throws ApiError 404 for a command to another order than the one that the caller's key is bound to */
export function requireBoundOrder({ boundTo }: Caller, orderId: string): void {
  if (boundTo !== undefined && boundTo.orderId !== orderId) throw new ApiError('command_missing');
}

/**
 * What the list of orders in the Temporal UI says of an order when its workflow starts. Remembered from what a request
 * read anyway, so that it costs no statement of its own.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../db/client.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';

const OPENINGS_MAX = 10_000;
/** Longer than access.ts remembers an order, so that it is there whenever a command is on its way. */
const KNOWN_FOR_MS = 20_000;
const knownOpenings = new WeakMap<Database, LRUCache<string, OrderOpening>>();

/** @param order may have more than what is remembered of it */
export function rememberOpening(db: Database, order: OrderOpening & { readonly id: string }): void {
  const { id, merchantId, mode, currency, amount, status } = order;
  const known = knownOpenings.get(db) ?? new LRUCache({ max: OPENINGS_MAX, ttl: KNOWN_FOR_MS });
  known.set(id, { merchantId, mode, currency, amount, status });
  knownOpenings.set(db, known);
}

/** Of an order that this process has read lately; asks nobody. */
export function knownOpening(db: Database, orderId: string): OrderOpening | undefined {
  return knownOpenings.get(db)?.get(orderId);
}

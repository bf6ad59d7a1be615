/** Whose key an entry of an order's log came by. */
import { sql } from 'drizzle-orm';

/** An API key as the actor of a command. */
export interface ActingKey {
  readonly id: string;
  readonly name: string | null;
  readonly merchantId: string;
}

/**
 * The key that `order_log.actor_id` names; null for other actors, and for entries of version 0.3.0 and before, which
 * name the merchant. Looked up by its id for each row: as a join it could be planned as a read of all keys.
 */
export const actingKey = sql<ActingKey | null>`(
  SELECT jsonb_build_object('id', k.id, 'name', k.name, 'merchantId', k.merchant_id)
  FROM api_keys k WHERE k.id = order_log.actor_id)`;

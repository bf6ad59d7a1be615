/**
 * What a caller may see and work on, checked in the order of the contract's precedence.
 */
import type { Database } from '../db/client.ts';
import { findIntent, type IntentRow, type OrderRow } from '../db/queries.ts';
import type { CommandType } from '../domain/commands.ts';
import { rejectionMessage } from '../domain/outcomes.ts';
import type { Caller } from './auth.ts';
import { ApiError } from './errors.ts';

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
  if (found.intent.merchantId !== caller.merchantId) throw new ApiError('intent_not_owned');
  return found;
}

/** The escrow order of an intent of the caller's; as {@link requireIntent}, and 404 when the intent has none. */
export async function requireOrder(db: Database, caller: Caller, intentId: string): Promise<OrderRow> {
  const { order } = await requireIntent(db, caller, intentId, findIntent);
  if (!order) throw new ApiError('escrow_order_missing');
  return order;
}

/** The order's release type never changes, so the workflow need not be asked. */
export function requireMilestoneLocked({ releaseType }: OrderRow, commandType: CommandType): void {
  if (releaseType === 'MILESTONE_LOCKED') return;
  const message = rejectionMessage(commandType, 'order_not_milestone_locked', { releaseType });
  throw new ApiError('order_not_milestone_locked', { message });
}

/**
 * Collects a payment intent's money through the funding port of its mode, before its order is told that it is there.
 */
import type { IntentRow, OrderRow } from '../db/queries.ts';
import type { FundOrder } from '../domain/commands.ts';
import { formatAmount } from '../domain/money.ts';
import { isAllowed } from '../domain/permissions.ts';
import { PermanentPortError } from '../settlement/ports.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';

const FUNDING_TIMEOUT_MS = 10_000;

/**
 * Returns when the money is there, or when the order will refuse the command anyway and nothing may be collected.
 * Repeating it is safe: the intent's id is the key that the port collects under once.
 *
 * @throws ApiError when the money was not collected, or it is not known whether it was
 */
export async function collectFunds(
  { funding }: Pick<ApiDependencies, 'funding'>,
  intent: IntentRow,
  order: OrderRow,
  command: FundOrder,
): Promise<void> {
  const port = funding[intent.mode];
  if (!port) throw new ApiError('live_funding_unavailable');
  if (intent.status !== 'INITIATED' || !isAllowed(order, command)) return;
  const { id: key, currency, mode } = intent;
  const giveUp = AbortSignal.timeout(FUNDING_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => giveUp.addEventListener('abort', () => reject(giveUp.reason)));
  try {
    await Promise.race([port.collect({ key, amount: formatAmount(intent.amount), currency, mode }, giveUp), late]);
  } catch (cause) {
    if (cause instanceof PermanentPortError) throw new ApiError('funding_refused', { message: cause.message, cause });
    throw new ApiError('funding_unavailable', { internal: `Funding of ${key} failed`, cause });
  }
}

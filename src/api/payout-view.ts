/**
 * Payouts as clients see them: as they are, and as a retry left them.
 */
import type { Database } from '../db/client.ts';
import type { OrderSummary } from '../db/milestone-reads.ts';
import { findPayout, lastFailure, type PayoutRow, type PayoutView } from '../db/payouts.ts';
import type { OrderRow } from '../db/queries.ts';
import { isClosed } from '../domain/escrow-order.ts';
import { milestoneId, payoutId } from '../domain/ids.ts';
import { formatAmount } from '../domain/money.ts';
import { envelope, renderInstant } from './envelope.ts';
import type { LogEntry } from './submission.ts';

export function payoutEnvelope(payout: PayoutView) {
  const { orderId, milestoneIndex, paidAt } = payout;
  return envelope('payout', {
    id: payout.id,
    escrowOrderId: orderId,
    paymentIntentId: payout.paymentIntentId,
    milestoneId: milestoneIndex === null ? null : milestoneId(orderId, milestoneIndex),
    amount: formatAmount(payout.amount),
    currency: payout.currency,
    status: statusWord(payout),
    attempts: payout.attempts,
    lastError: payout.lastError,
    settlementMethod: payout.settlementMethod,
    settlementDestination: payout.settlementDestination,
    reference: payout.reference,
    createdAt: renderInstant(payout.createdAt),
    paidAt: paidAt && renderInstant(paidAt),
  });
}

/**
 * The payout as an accepted retry left it: what it was tried and why it failed is taken from the log, because the
 * next try changes the row, and a replay must have the same bytes.
 */
export async function retriedPayout(db: Database, entry: LogEntry) {
  const event = entry.events?.find(({ type }) => type === 'payout.retried');
  if (event?.type !== 'payout.retried') throw new Error(`Entry ${entry.version} of ${entry.orderId} retries no payout`);
  const row = await findPayout(db, payoutId(entry.orderId, event.milestoneIndex));
  const failure = row && (await lastFailure(db, row, entry.version));
  if (!row || !failure)
    throw new Error(`Entry ${entry.version} of ${entry.orderId} retries a payout that never failed`);
  const failed = failure.events?.find(
    (one) => one.type === 'payout.failed' && one.milestoneIndex === event.milestoneIndex,
  );
  const { attempts = 0, error = null } = (failed && 'details' in failed && failed.details) || {};
  return payoutEnvelope({ ...row, status: 'PENDING', attempts, lastError: error, reference: null, paidAt: null });
}

/** What a milestone shows of its payout. */
export function payoutSummary(payout: Pick<PayoutRow, 'id' | 'status' | 'attempts' | 'lastError' | 'paidAt'>) {
  const { id, attempts, lastError, paidAt } = payout;
  return {
    id,
    status: statusWord(payout),
    attempts,
    ...(lastError !== null && { lastError }),
    ...(paidAt && { paidAt: renderInstant(paidAt) }),
  };
}

/** The sum of an order's payouts' states, in the published words. */
export function settlementStatus(order: Pick<OrderRow, 'status'>, { hasPayout, hasUnpaidPayout }: OrderSummary) {
  if (!hasPayout) return order.status === 'CANCELLED' ? 'CANCELLED' : 'NONE';
  if (hasUnpaidPayout) return 'SCHEDULED';
  return isClosed(order) ? 'CONFIRMED' : 'EXECUTED';
}

function statusWord({ status }: Pick<PayoutRow, 'status'>) {
  return STATUS_WORDS[status];
}

const STATUS_WORDS = { PENDING: 'pending', PAID: 'paid', FAILED: 'failed' } as const satisfies Record<
  PayoutRow['status'],
  string
>;

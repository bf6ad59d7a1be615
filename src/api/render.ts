/**
 * From rows and entries to what clients see. Each mapper names every key it lets out, in the published order;
 * nothing is ever spread from a row.
 */
import type { DisputeRow, LatestDispute } from '../db/dispute-queries.ts';
import type { OrderReads, PayoutCells } from '../db/milestone-reads.ts';
import type { IntentRow, MilestoneRow, OrderRow } from '../db/queries.ts';
import type { OrderStatus } from '../domain/escrow-order.ts';
import { milestoneId } from '../domain/ids.ts';
import { type Amount, formatAmount, isZero, subtract } from '../domain/money.ts';
import { DEFAULT_TERMS, defaultPays, disputeWindowOf, type Terms } from '../domain/terms.ts';
import { envelope, given, renderInstant, sortedByKey } from './envelope.ts';
import { PAGE_MAX } from './paging.ts';
import { PATHS, pathTo } from './paths.ts';
import { payoutSummary, settlementStatus } from './payout-view.ts';

/** The two ids that every answer about an order shows. */
export type OrderIds = Pick<OrderRow, 'id' | 'paymentIntentId'>;

/** What a milestone's data is made of; what has not happened is null or missing. */
export type MilestoneFacts = Pick<MilestoneRow, 'milestoneIndex' | 'amount' | 'status' | 'createdAt'> &
  Partial<Omit<MilestoneRow, 'metadata'>> & {
    readonly metadata?: Readonly<Record<string, string>> | null;
    /** In reads alone: it goes on changing, and answers to commands may not. */
    readonly payout?: PayoutCells | null;
  };

/** A milestone gains keys only as things happen to it. */
export function milestoneData(order: OrderIds, facts: MilestoneFacts) {
  return {
    id: milestoneId(order.id, facts.milestoneIndex),
    escrowOrderId: order.id,
    paymentIntentId: order.paymentIntentId,
    milestoneIndex: facts.milestoneIndex,
    description: facts.description ?? null,
    amount: formatAmount(facts.amount),
    percentage: facts.percentage ?? null,
    status: facts.status,
    createdAt: renderInstant(facts.createdAt),
    ...given('dueAt', facts.dueAt, renderInstant),
    ...given('overdueAt', facts.overdueAt, renderInstant),
    ...given('metadata', facts.metadata, sortedByKey),
    ...given('completedAt', facts.completedAt, renderInstant),
    ...given('completedBy', facts.completedBy),
    ...given('completionProof', facts.completionProof),
    ...given('completionProofURI', facts.completionProofURI),
    ...given('inspectionEndsAt', facts.inspectionEndsAt, renderInstant),
    ...given('cancelledAt', facts.cancelledAt, renderInstant),
    ...given('releasedAt', facts.releasedAt, renderInstant),
    ...given('releasedBy', facts.releasedBy),
    ...given('releasedAmount', facts.releasedAmount, formatAmount),
    ...given('refundedAmount', facts.refundedAmount, formatAmount),
    ...given('dispute', facts.dispute, disputeData),
    ...given('payout', facts.payout, payoutSummary),
  };
}

/** A dispute about a milestone. How it ended is there once it has. */
function disputeData({ reason, raisedBy, raisedAt, endsAt, resolution, endedAt }: DisputeRow) {
  return {
    reason,
    raisedBy,
    raisedAt: renderInstant(raisedAt),
    endsAt: renderInstant(endsAt),
    ...given('resolution', resolution),
    ...given('endedAt', endedAt, renderInstant),
  };
}

export function milestoneEnvelope(order: OrderIds, facts: MilestoneFacts) {
  return envelope('milestone', milestoneData(order, facts));
}

export function milestonePath({ id, paymentIntentId }: OrderIds, index: number): string {
  return pathTo(PATHS.milestone, { intentId: paymentIntentId, milestoneId: milestoneId(id, index) });
}

/** Where the milestones after these are. */
function pathAfter(order: OrderIds, milestones: readonly MilestoneRow[]): string {
  const last = milestones.at(-1)?.milestoneIndex ?? 0;
  const path = pathTo(PATHS.milestones, { intentId: order.paymentIntentId });
  return `${path}?limit=${PAGE_MAX}&starting_after=${milestoneId(order.id, last)}`;
}

/** The published envelope of an intent repeats three keys of its data. */
export function intentEnvelope(intent: Omit<IntentRow, 'merchantId' | 'mode'>) {
  const data = {
    id: intent.id,
    object: 'payment_intent',
    status: intent.status,
    amount: formatAmount(intent.amount),
    currency: intent.currency,
    type: intent.type,
    description: intent.description,
    settlementMethod: intent.settlementMethod,
    settlementDestination: intent.settlementDestination,
    metadata: sortedByKey(intent.metadata),
    ...given('deliveryPeriod', intent.deliveryPeriod),
    ...given('expectedDeliveryHash', intent.expectedDeliveryHash),
    ...given('deliveryOracle', intent.deliveryOracle),
    created: renderInstant(intent.createdAt),
    updated: renderInstant(intent.updatedAt),
  };
  const { id, object, status, created, updated } = data;
  return { id, object, status, data, created, updated };
}

/** An escrow order with its latest dispute and its first milestones, in index order, all of the same moment. */
export function orderEnvelope(reads: OrderReads & { readonly order: OrderRow }) {
  const { intent, order, dispute, milestones, hasMoreMilestones, summary } = reads;
  return envelope('escrow_order', {
    id: order.id,
    paymentIntentId: order.paymentIntentId,
    orderId: order.id,
    merchantId: order.merchantId,
    amount: formatAmount(order.amount),
    currency: order.currency,
    // Tranche keeps money in its ledger, not on a chain.
    contractAddress: null,
    buyerAddress: null,
    tokenAddress: null,
    deliveryPeriod: intent.deliveryPeriod,
    deliveryDeadline: null,
    expectedDeliveryHash: intent.expectedDeliveryHash,
    actualDeliveryHash: null,
    deliveryOracle: intent.deliveryOracle,
    releaseType: order.releaseType,
    autoReleaseOnProof: order.autoReleaseOnProof,
    orderStatus: order.status satisfies OrderStatus,
    settlementStatus: settlementStatus(order, summary),
    disputeWindow: String(dispute?.windowSeconds ?? disputeWindowOf(order.terms)),
    disputeRaisedAt: dispute && renderInstant(dispute.raisedAt),
    disputeReason: dispute?.reason ?? null,
    disputeRaisedBy: dispute?.raisedBy ?? null,
    releasedAt: releasedAt(order, dispute, summary),
    createdAt: renderInstant(order.createdAt),
    updatedAt: renderInstant(order.updatedAt),
    milestones: milestones.map((milestone) => milestoneData(order, milestone)),
    ...given('moreMilestones', hasMoreMilestones ? pathAfter(order, milestones) : null),
    fundedAmount: formatAmount(order.fundedAmount),
    allocatedAmount: formatAmount(order.allocatedAmount),
    releasedAmount: formatAmount(order.releasedAmount),
    refundedAmount: formatAmount(order.refundedAmount),
    remainingAmount: remainingAmount(order),
    version: order.version,
    ...given('milestoneTerms', agreedTerms(order.terms)),
    ...(dispute && disputeEnd(order.terms, dispute)),
    ...given('unallocatedAmount', leftOver(order, milestones.length > 0 && !summary.hasOpenMilestone)),
  });
}

/** How the latest dispute ends, if it is open, and how it did end, if it is not. */
function disputeEnd(terms: Terms, { endsAt, endedAt, resolution, raisedByRole, isDecided }: LatestDispute) {
  const defaultApplies = endedAt === null ? !isDecided && !defaultPays(terms, raisedByRole) : null;
  return {
    /** Null as well where the default does not apply: somebody has to decide, or has, and the decision waits for its turn. */
    disputeEndsAt: defaultApplies ? renderInstant(endsAt) : null,
    disputeDefaultApplies: defaultApplies,
    disputeEndedAt: endedAt && renderInstant(endedAt),
    disputeResolution: resolution,
  };
}

/** Terms that differ from the default; null where nothing was agreed that the published API does not know. */
function agreedTerms(terms: Terms): Terms | null {
  const { inspectionPeriodSeconds, releaseBy, onOverdue, disputeDefault } = terms;
  const disputeWindowSeconds = disputeWindowOf(terms);
  const names = ['inspectionPeriodSeconds', 'releaseBy', 'onOverdue', 'disputeDefault'] as const;
  const isDefault =
    names.every((name) => terms[name] === DEFAULT_TERMS[name]) &&
    disputeWindowSeconds === disputeWindowOf(DEFAULT_TERMS);
  if (isDefault) return null;
  return { inspectionPeriodSeconds, releaseBy, onOverdue, disputeDefault, disputeWindowSeconds };
}

/** When the last of the order's money was released: with a milestone, or by a dispute about the whole order. */
function releasedAt(
  order: OrderRow,
  dispute: DisputeRow | null,
  { lastReleasedAt }: OrderReads['summary'],
): string | null {
  if (order.status !== 'COMPLETED') return null;
  const instants = lastReleasedAt ? [lastReleasedAt.getTime()] : [];
  if (dispute?.endedAt && dispute.milestoneIndex === null && isPositive(dispute.merchantAmount)) {
    instants.push(dispute.endedAt.getTime());
  }
  return instants.length === 0 ? null : renderInstant(Math.max(...instants));
}

/** What keeps an order open whose milestones are all settled: it belongs to none of them. Null while nothing does. */
function leftOver(order: OrderRow, areAllSettled: boolean): Amount | null {
  const isStuck = order.status === 'PENDING' && areAllSettled;
  return isStuck && isPositive(remainingAmount(order)) ? remainingAmount(order) : null;
}

function remainingAmount(order: OrderRow): Amount {
  return subtract(subtract(order.fundedAmount, order.releasedAmount), order.refundedAmount);
}

function isPositive(amount: Amount | null): boolean {
  return amount !== null && !isZero(formatAmount(amount));
}

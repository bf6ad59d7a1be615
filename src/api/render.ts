/**
 * From rows and entries to what clients see. Each mapper names every key it lets out, in the published order;
 * nothing is ever spread from a row.
 */
import type { IntentRow, MilestoneRow, OrderRow } from '../db/queries.ts';
import type { OrderStatus } from '../domain/escrow-order.ts';
import { milestoneId } from '../domain/ids.ts';
import { type Amount, formatAmount, subtract } from '../domain/money.ts';

/** The two ids that every answer about an order shows. */
export type OrderIds = Pick<OrderRow, 'id' | 'paymentIntentId'>;

/** A dispute may be raised for this long: the published default. */
const DISPUTE_WINDOW_SECONDS = '604800';

/** ISO 8601, UTC, in whole seconds. */
export function renderInstant(instant: Date | number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The published success envelope. */
export function envelope<Data extends { readonly id: string }>(object: string, data: Data) {
  return { id: data.id, object, data };
}

export function listOf<Row, Item>(rows: readonly Row[], limit: number, render: (row: Row) => Item) {
  return { object: 'list', data: rows.slice(0, limit).map(render), hasMore: rows.length > limit };
}

/** What a milestone's data is made of; what has not happened is null or missing. */
export type MilestoneFacts = Pick<MilestoneRow, 'milestoneIndex' | 'amount' | 'status' | 'createdAt'> &
  Partial<Omit<MilestoneRow, 'metadata'>> & { readonly metadata?: Readonly<Record<string, string>> | null };

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
    ...given('metadata', facts.metadata, sortedByKey),
    ...given('completedAt', facts.completedAt, renderInstant),
    ...given('completedBy', facts.completedBy),
    ...given('completionProof', facts.completionProof),
    ...given('completionProofURI', facts.completionProofURI),
    ...given('cancelledAt', facts.cancelledAt, renderInstant),
    ...given('releasedAt', facts.releasedAt, renderInstant),
    ...given('releasedBy', facts.releasedBy),
    ...given('releasedAmount', facts.releasedAmount, formatAmount),
    ...given('refundedAmount', facts.refundedAmount, formatAmount),
  };
}

export function milestoneEnvelope(order: OrderIds, facts: MilestoneFacts) {
  return envelope('milestone', milestoneData(order, facts));
}

export function milestonePath(order: OrderIds, index: number): string {
  const intentPath = `/v1/payment-intents/${encodeURIComponent(order.paymentIntentId)}`;
  return `${intentPath}/escrow/milestones/${milestoneId(order.id, index)}`;
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

/** An escrow order with its milestones, which must be in index order and of the same moment. */
export function orderEnvelope(intent: IntentRow, order: OrderRow, milestones: readonly MilestoneRow[]) {
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
    // The sum of the payouts' states; there are no payouts.
    settlementStatus: 'NONE',
    disputeWindow: DISPUTE_WINDOW_SECONDS,
    disputeRaisedAt: null,
    disputeReason: null,
    disputeRaisedBy: null,
    releasedAt: releasedAt(order, milestones),
    createdAt: renderInstant(order.createdAt),
    updatedAt: renderInstant(order.updatedAt),
    milestones: milestones.map((milestone) => milestoneData(order, milestone)),
    fundedAmount: formatAmount(order.fundedAmount),
    allocatedAmount: formatAmount(order.allocatedAmount),
    releasedAmount: formatAmount(order.releasedAmount),
    refundedAmount: formatAmount(order.refundedAmount),
    remainingAmount: remainingAmount(order),
    version: order.version,
  });
}

/** When the order's money was released in full: with its last milestone. */
function releasedAt(order: OrderRow, milestones: readonly MilestoneRow[]): string | null {
  if (order.status !== 'COMPLETED') return null;
  const instants = milestones.flatMap((milestone) => milestone.releasedAt?.getTime() ?? []);
  return instants.length === 0 ? null : renderInstant(Math.max(...instants));
}

function remainingAmount(order: OrderRow): Amount {
  return subtract(subtract(order.fundedAmount, order.releasedAmount), order.refundedAmount);
}

/** One key, or none where there is nothing to show. */
function given<Key extends string, Value, Shown = Value>(
  key: Key,
  value: Value | null | undefined,
  show?: (value: Value) => Shown,
): { [K in Key]?: Shown | Value } {
  if (value === null || value === undefined) return {};
  return { [key]: show ? show(value) : value } as { [K in Key]: Shown | Value };
}

/** PostgreSQL's jsonb keeps keys in an order of its own; replays must be byte-identical wherever an entry came from. */
function sortedByKey<Value>(pairs: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

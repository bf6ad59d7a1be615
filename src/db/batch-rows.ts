/**
 * Works out the rows of a batch from its entries: each milestone once, in the state the batch leaves it in, however
 * many of its entries touch it. (Two changes of one row in one multi-row UPDATE would apply only one of them.)
 */
import type { Actor } from '../domain/commands.ts';
import { type PayoutStatus, unreachable } from '../domain/escrow-order.ts';
import { milestoneId, payoutId } from '../domain/ids.ts';
import { transactionOf } from '../domain/ledger.ts';
import { ZERO } from '../domain/money.ts';
import type { OrderEvent, PayoutEvent } from '../domain/outcomes.ts';
import type { ProposedBatch } from '../domain/protocol.ts';
import { type PublicEvent, publicEvents } from '../domain/published-events.ts';
import type { BatchRows, DisputeEnd, DisputeRow, MilestoneRow, PayoutRow } from './batch-row-types.ts';

export function batchRows({ order, expectedVersion, entries }: ProposedBatch): BatchRows {
  const versioned = entries.map((entry, position) => ({ version: expectedVersion + position + 1, entry }));
  const facts = versioned.flatMap(({ version, entry }) =>
    entry.outcome === 'accepted'
      ? entry.events.map((event) => ({ version, at: entry.at, actor: entry.actor, event }))
      : [],
  );
  return {
    entries: versioned,
    ...milestoneRows(order.id, facts),
    ...disputeRows(facts),
    ...payoutRows(order.id, facts),
    transactions: facts.flatMap(({ version, at, event }) => {
      const transaction = transactionOf(order, version, event);
      return transaction ? [{ version, at, transaction }] : [];
    }),
    events: facts.flatMap(({ version, at, event }) =>
      publicEvents(event, order).map((published) => ({ version, at, event: published })),
    ),
  };
}

interface Fact {
  readonly version: number;
  readonly at: number;
  readonly actor: Actor;
  readonly event: OrderEvent;
}

function milestoneRows(orderId: string, facts: readonly Fact[]): Pick<BatchRows, 'created' | 'changed'> {
  const created = new Map<number, MilestoneRow>();
  const changed = new Map<number, MilestoneRow>();
  for (const { version, at, event } of facts) {
    if (!isMilestoneEvent(event)) continue;
    const rows = event.type === 'milestone.created' || created.has(event.index) ? created : changed;
    const row = rows.get(event.index) ?? {
      id: milestoneId(orderId, event.index),
      milestone_index: event.index,
      version,
    };
    rows.set(event.index, { ...row, version, ...columnsOf(event, instant(at)) });
  }
  return { created: [...created.values()], changed: [...changed.values()] };
}

function disputeRows(facts: readonly Fact[]): Pick<BatchRows, 'disputesRaised' | 'disputeEnd'> {
  const raised: DisputeRow[] = [];
  let disputeEnd: DisputeEnd | null = null;
  for (const { version, at, actor, event } of facts) {
    if (event.type === 'dispute.raised') {
      raised.push({
        version,
        milestone_index: event.milestoneIndex,
        reason: event.details?.reason ?? '',
        raised_by: event.details?.raisedBy ?? actor.id,
        window_seconds: event.windowSeconds,
        raised_at: instant(at),
        ends_at: instant(event.endsAt),
      });
    }
    if (event.type !== 'dispute.resolved' && event.type !== 'dispute.withdrawn') continue;
    const end: DisputeEnd = {
      ended_at: instant(at),
      resolved_by: actor.id,
      ...(event.type === 'dispute.withdrawn'
        ? { resolution: 'WITHDRAWN' }
        : {
            resolution: event.resolution,
            merchant_amount: event.merchantAmount,
            buyer_amount: event.buyerAmount,
          }),
    };
    const last = raised.at(-1);
    // What is not of this batch was open before it: there is at most one.
    if (last) Object.assign(last, end);
    else disputeEnd = end;
  }
  return { disputesRaised: raised, disputeEnd };
}

function payoutRows(orderId: string, facts: readonly Fact[]): Pick<BatchRows, 'payoutsCreated' | 'payoutsChanged'> {
  const created = new Map<string, PayoutRow>();
  const changed = new Map<string, PayoutRow>();
  for (const { version, at, event } of facts) {
    if (!isPayoutEvent(event)) continue;
    const { milestoneIndex, amount, details } = event;
    const id = payoutId(orderId, milestoneIndex);
    const rows = event.type === 'payout.created' || created.has(id) ? created : changed;
    rows.set(id, {
      ...rows.get(id),
      ...{ id, milestone_index: milestoneIndex, version, amount, updated_at: instant(at) },
      status: PAYOUT_STATUS[event.type],
      ...(event.type === 'payout.created' && { created_at: instant(at) }),
      ...(event.type === 'payout.paid' && { paid_at: instant(at), last_error: null }),
      ...(event.type === 'payout.failed' && { last_error: details?.error ?? null }),
      ...(details?.attempts !== undefined && { attempts: details.attempts }),
      ...(details?.reference !== undefined && { reference: details.reference }),
    });
  }
  return { payoutsCreated: [...created.values()], payoutsChanged: [...changed.values()] };
}

const PAYOUT_STATUS: Record<PayoutEvent['type'], PayoutStatus> = {
  'payout.created': 'PENDING',
  'payout.retried': 'PENDING',
  'payout.paid': 'PAID',
  'payout.failed': 'FAILED',
};

function isPayoutEvent(event: OrderEvent): event is PayoutEvent {
  return event.type in PAYOUT_STATUS;
}

/** Whether the event ends the payment intent's wait for money. */
export function changesIntent(event: PublicEvent): boolean {
  return event.type === 'escrow_order.funded' || event.type === 'escrow_order.cancelled';
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export type MilestoneEvent = Extract<OrderEvent, { index: number }>;

export function isMilestoneEvent(event: OrderEvent): event is MilestoneEvent {
  return 'index' in event;
}

/** What an event sets in its milestone's row. */
export function columnsOf(event: MilestoneEvent, at: string): Partial<MilestoneRow> {
  const details = 'details' in event ? event.details : undefined;
  switch (event.type) {
    case 'milestone.created':
      return {
        status: 'PENDING',
        amount: event.amount,
        created_at: at,
        ...(event.dueAt !== undefined && { due_at: instant(event.dueAt) }),
        description: details?.description ?? null,
        percentage: details?.percentage ?? null,
        ...(details?.metadata && { metadata: details.metadata }),
      };
    case 'milestone.completed':
      return {
        status: 'COMPLETED',
        completed_at: at,
        inspection_ends_at: event.inspectionEndsAt === undefined ? null : instant(event.inspectionEndsAt),
        reminded_at: null,
        ...(details?.completedBy !== undefined && { completed_by: details.completedBy }),
        ...(details?.completionProof !== undefined && { completion_proof: details.completionProof }),
        ...(details?.completionProofURI !== undefined && { completion_proof_uri: details.completionProofURI }),
      };
    case 'milestone.released':
      return {
        status: 'RELEASED',
        released_at: at,
        ...(details?.releasedBy !== undefined && { released_by: details.releasedBy }),
        released_amount: event.amount,
        refunded_amount: event.refundedAmount ?? ZERO,
      };
    case 'milestone.amended':
      return {
        amount: event.amount,
        ...(event.dueAt !== undefined && {
          due_at: event.dueAt === null ? null : instant(event.dueAt),
          overdue_at: null,
        }),
        ...(details?.description !== undefined && { description: details.description }),
        ...(details?.percentage !== undefined && { percentage: details.percentage }),
      };
    case 'milestone.cancelled':
      return { status: 'CANCELLED', cancelled_at: at };
    case 'milestone.reopened':
      return {
        status: 'PENDING',
        completed_at: null,
        completed_by: null,
        completion_proof: null,
        completion_proof_uri: null,
        inspection_ends_at: null,
        extended_seconds: null,
        reminded_at: null,
        ...(event.dueAt === null && { due_at: null }),
      };
    case 'milestone.extended':
      return {
        ...(event.inspectionEndsAt !== undefined && {
          inspection_ends_at: instant(event.inspectionEndsAt),
          reminded_at: null,
        }),
        ...(event.extendedSeconds !== undefined && { extended_seconds: event.extendedSeconds }),
        ...(event.dueAt !== undefined && { due_at: instant(event.dueAt) }),
      };
    case 'milestone.inspection_ending':
      return { reminded_at: at };
    case 'milestone.overdue':
      return { overdue_at: at };
    case 'milestone.refunded':
      return { status: 'REFUNDED', refunded_amount: event.amount };
    default:
      return unreachable(event);
  }
}

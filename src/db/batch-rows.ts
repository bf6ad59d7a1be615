/**
 * Works out the rows of a batch from its entries: each milestone once, in the state the batch leaves it in, however
 * many of its entries touch it. (Two changes of one row in one multi-row UPDATE would apply only one of them.)
 */

import { unreachable } from '../domain/escrow-order.ts';
import { milestoneId } from '../domain/ids.ts';
import { transactionOf } from '../domain/ledger.ts';
import { ZERO } from '../domain/money.ts';
import type { OrderEvent } from '../domain/outcomes.ts';
import type { ProposedBatch } from '../domain/protocol.ts';
import type { BatchRows, MilestoneRow } from './commit-entries.ts';

export function batchRows({ order, expectedVersion, entries }: ProposedBatch): BatchRows {
  const versioned = entries.map((entry, position) => ({ version: expectedVersion + position + 1, entry }));
  const facts = versioned.flatMap(({ version, entry }) =>
    entry.outcome === 'accepted' ? entry.events.map((event) => ({ version, at: entry.at, event })) : [],
  );
  const created = new Map<number, MilestoneRow>();
  const changed = new Map<number, MilestoneRow>();
  for (const { version, at, event } of facts) {
    if (!isMilestoneEvent(event)) continue;
    const rows = event.type === 'milestone.created' || created.has(event.index) ? created : changed;
    const row = rows.get(event.index) ?? {
      id: milestoneId(order.id, event.index),
      milestone_index: event.index,
      version,
    };
    rows.set(event.index, { ...row, version, ...columnsOf(event, new Date(at).toISOString()) });
  }
  return {
    entries: versioned,
    created: [...created.values()],
    changed: [...changed.values()],
    transactions: facts.flatMap(({ version, at, event }) => {
      const transaction = transactionOf(order, version, event);
      return transaction ? [{ version, at, transaction }] : [];
    }),
    events: facts.filter(({ event }) => isPublic(event)),
  };
}

/** Public events go to the outbox and on to webhooks; the others are only in the log. */
function isPublic(event: OrderEvent): boolean {
  return event.type !== 'command.cancelled';
}

export type MilestoneEvent = Extract<OrderEvent, { index: number }>;

export function isMilestoneEvent(event: OrderEvent): event is MilestoneEvent {
  return 'index' in event;
}

/** What an event sets in its milestone's row. */
export function columnsOf(event: MilestoneEvent, at: string): Partial<MilestoneRow> {
  const { details } = event;
  switch (event.type) {
    case 'milestone.created':
      return {
        status: 'PENDING',
        amount: event.amount,
        created_at: at,
        ...(event.dueAt !== undefined && { due_at: new Date(event.dueAt).toISOString() }),
        description: details?.description ?? null,
        percentage: details?.percentage ?? null,
        ...(details?.metadata && { metadata: details.metadata }),
      };
    case 'milestone.completed':
      return {
        status: 'COMPLETED',
        completed_at: at,
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
        ...(event.dueAt !== undefined && { due_at: event.dueAt === null ? null : new Date(event.dueAt).toISOString() }),
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
      };
    case 'milestone.refunded':
      return { status: 'REFUNDED', refunded_amount: event.amount };
    default:
      return unreachable(event);
  }
}

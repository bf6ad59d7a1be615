/**
 * A milestone as it was when an entry of its order's log was recorded: folded from the log, because its row has moved
 * on and a replay must have the same bytes.
 */
import type { MilestoneRow } from '../db/batch-row-types.ts';
import { columnsOf, isMilestoneEvent } from '../db/batch-rows.ts';
import type { Database } from '../db/client.ts';
import { findDisputeBefore } from '../db/dispute-queries.ts';
import { milestoneEntries } from '../db/order-log.ts';
import type { MilestoneFacts } from './render.ts';
import type { LogEntry } from './submission.ts';

/** @throws Error when the entry is about no milestone, or the log does not begin with its creation */
export async function milestoneAt(db: Database, orderId: string, entry: LogEntry): Promise<MilestoneFacts> {
  const index = entry.events?.find(isMilestoneEvent)?.index;
  if (index === undefined) throw new Error(`Entry ${entry.version} of ${orderId} is about no milestone`);
  const facts = await milestoneAsOf(db, orderId, { index, version: entry.version, type: null });
  // Only an undisputed milestone is changed, so this dispute is over: what its row says is what it said then.
  return { ...facts, dispute: await findDisputeBefore(db, orderId, index, entry.version) };
}

/**
 * A milestone as it was right after one event about it, without its dispute.
 *
 * @param event.type null: after all events of the entry
 * @throws Error when the log does not begin with its creation
 */
export async function milestoneAsOf(
  db: Database,
  orderId: string,
  event: { readonly index: number; readonly version: number; readonly type: string | null },
): Promise<MilestoneFacts> {
  const { index } = event;
  const entries = await milestoneEntries(db, orderId, index, event.version);
  const row = folded(entries, event);
  const { amount, status, created_at: createdAt } = row;
  if (!amount || !status || !createdAt) throw new Error(`Milestone ${index} of ${orderId} has no creation in the log`);
  return {
    milestoneIndex: index,
    amount,
    status,
    createdAt: new Date(createdAt),
    description: row.description ?? null,
    percentage: row.percentage ?? null,
    metadata: row.metadata ?? null,
    dueAt: instant(row.due_at),
    completedAt: instant(row.completed_at),
    completedBy: row.completed_by ?? null,
    completionProof: row.completion_proof ?? null,
    completionProofURI: row.completion_proof_uri ?? null,
    inspectionEndsAt: instant(row.inspection_ends_at),
    overdueAt: instant(row.overdue_at),
    cancelledAt: instant(row.cancelled_at),
    releasedAt: instant(row.released_at),
    releasedBy: row.released_by ?? null,
    releasedAmount: row.released_amount ?? null,
    refundedAmount: row.refunded_amount ?? null,
  };
}

function folded(
  entries: readonly LogEntry[],
  { index, version, type }: { readonly index: number; readonly version: number; readonly type: string | null },
): Partial<MilestoneRow> {
  let row: Partial<MilestoneRow> = {};
  for (const entry of entries) {
    for (const event of entry.events ?? []) {
      if (!isMilestoneEvent(event) || event.index !== index) continue;
      row = { ...row, ...columnsOf(event, entry.at.toISOString()) };
      if (entry.version === version && event.type === type) return row;
    }
  }
  return row;
}

function instant(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null;
}

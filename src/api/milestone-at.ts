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
  let row: Partial<MilestoneRow> = {};
  for (const { at, events } of await milestoneEntries(db, orderId, index, entry.version)) {
    for (const event of events ?? []) {
      if (isMilestoneEvent(event) && event.index === index) row = { ...row, ...columnsOf(event, at.toISOString()) };
    }
  }
  // Only an undisputed milestone is changed, so this dispute is over: what its row says is what it said then.
  const dispute = await findDisputeBefore(db, orderId, index, entry.version);
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
    dispute,
  };
}

function instant(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null;
}

/**
 * What is stuck, as Temporal's list finds it. The same queries stand in docs/OPERATIONS.md with what to do about each;
 * a test holds them together, breaks each thing for real and repairs it.
 */
import type { Client } from '@temporalio/client';

/** Held for longer than this is too long for nobody to look. */
const HELD_TOO_LONG_MS = 24 * 60 * 60 * 1_000;

/** A scrape waits no longer. */
const COUNT_TIMEOUT_MS = 2_000;

/** Why an order or payout does not go on. Failed payouts are counted in the database: Temporal lists past runs, too. */
export const STUCK_KINDS = ['recording', 'workflow_task', 'held'] as const;
export type StuckKind = (typeof STUCK_KINDS)[number];

/** @param now epoch milliseconds */
export function stuckQuery(kind: StuckKind, now: number): string {
  const running = "AND ExecutionStatus = 'Running'";
  switch (kind) {
    case 'recording':
      return `TrancheTrouble IN ('commit failing', 'load failing', 'deadline refused') ${running}`;
    case 'workflow_task':
      return `TemporalReportedProblems IS NOT NULL ${running}`;
    case 'held':
      return `TrancheHeldSince < '${new Date(now - HELD_TOO_LONG_MS).toISOString()}' ${running}`;
  }
}

/**
 * How many workflows are stuck, by kind: for a gauge.
 *
 * @throws ServiceError when Temporal does not answer, or does not know the search attributes
 */
export async function countStuck(client: Client, now = Date.now()): Promise<Record<StuckKind, number>> {
  const count = async (kind: StuckKind) => [kind, (await client.workflow.count(stuckQuery(kind, now))).count] as const;
  const counted = await client.connection.withDeadline(Date.now() + COUNT_TIMEOUT_MS, () =>
    Promise.all(STUCK_KINDS.map(count)),
  );
  return Object.fromEntries(counted) as Record<StuckKind, number>;
}

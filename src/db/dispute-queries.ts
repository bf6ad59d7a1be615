/**
 * Disputes as reads join them: the latest one, of an order and of a milestone.
 */
import { and, desc, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { ActorRole } from '../domain/commands.ts';
import type { Database } from './client.ts';
import { disputes, escrowOrders, milestones } from './schema.ts';

export type DisputeRow = typeof disputes.$inferSelect;

/** An order's latest dispute with the role that raised it, which the log alone keeps, and whether a decision waits for its turn. */
export type LatestDispute = DisputeRow & { readonly raisedByRole: ActorRole; readonly isDecided: boolean };

/** An order's latest dispute, whatever it is about. */
export const latestDispute = alias(disputes, 'latest_dispute');
export const isLatestOfOrder = and(
  eq(latestDispute.orderId, escrowOrders.id),
  sql`${latestDispute.version} = (select max(d.version) from disputes d where d.order_id = ${escrowOrders.id})`,
);

export const latestDisputeView = {
  ...getTableColumns(latestDispute),
  raisedByRole: sql<ActorRole>`(select l.actor_role from order_log l
    where l.order_id = ${latestDispute.orderId} and l.version = ${latestDispute.version})`,
  isDecided: sql<boolean>`exists (select from held_commands h
    where h.order_id = ${latestDispute.orderId} and h.command -> 'isDecision' is not null)`,
};

/** The latest dispute about a milestone. One about the whole order is about none. */
export const itsDispute = alias(disputes, 'its_dispute');
export const isLatestOfMilestone = and(
  eq(itsDispute.orderId, milestones.orderId),
  eq(itsDispute.milestoneIndex, milestones.milestoneIndex),
  sql`${itsDispute.version} = (select max(d.version) from disputes d
    where d.order_id = ${milestones.orderId} and d.milestone_index = ${milestones.milestoneIndex})`,
);

/** The latest dispute about a milestone that was raised before `version` of its order; null when there was none. */
export async function findDisputeBefore(
  db: Database,
  orderId: string,
  milestoneIndex: number,
  version: number,
): Promise<DisputeRow | null> {
  const [row] = await db
    .select()
    .from(disputes)
    .where(
      and(eq(disputes.orderId, orderId), eq(disputes.milestoneIndex, milestoneIndex), lt(disputes.version, version)),
    )
    .orderBy(desc(disputes.version))
    .limit(1);
  return row ?? null;
}

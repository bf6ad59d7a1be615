/**
 * Milestones as they are read: with their disputes and payouts. Each read is one statement.
 */
import { and, asc, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import {
  isLatestOfMilestone,
  isLatestOfOrder,
  itsDispute,
  type LatestDispute,
  latestDispute,
  latestDisputeView,
} from './dispute-queries.ts';
import type { IntentRow, MilestoneRow, OrderRow } from './queries.ts';
import { escrowOrders, milestones, paymentIntents, payouts } from './schema.ts';

/** What a milestone shows of its payout. */
export type PayoutCells = Pick<typeof payouts.$inferSelect, 'id' | 'status' | 'attempts' | 'lastError' | 'paidAt'>;
export type MilestoneView = MilestoneRow & { readonly payout: PayoutCells | null };

/** Everything that an order shows. */
export interface OrderReads {
  readonly intent: IntentRow;
  readonly order: OrderRow | null;
  /** The latest, open or ended. */
  readonly dispute: LatestDispute | null;
  /** The first ones, in index order. */
  readonly milestones: readonly MilestoneView[];
  readonly hasMoreMilestones: boolean;
  readonly summary: OrderSummary;
}

/** What an order shows of all its milestones and payouts. */
export interface OrderSummary {
  readonly hasOpenMilestone: boolean;
  readonly hasPayout: boolean;
  readonly hasUnpaidPayout: boolean;
  /** When the last milestone of a completed order was released. */
  readonly lastReleasedAt: Date | null;
}

const ofMilestone = and(eq(payouts.orderId, milestones.orderId), eq(payouts.milestoneIndex, milestones.milestoneIndex));
const milestoneView = { ...getTableColumns(milestones), dispute: itsDispute, payout: payouts };

/**
 * `OFFSET 0` keeps PostgreSQL from asking anew for each milestone that it is joined to. Milestones are completed and
 * released in index order, so both that are open and the one that was released last are found from the end.
 */
const orderSummary = sql`lateral (select
  ${escrowOrders.status} = 'PENDING' and (select true from milestones m
    where m.order_id = ${escrowOrders.id} and m.status in ('PENDING', 'COMPLETED')
    order by m.milestone_index desc limit 1) is not null as has_open_milestone,
  case when ${escrowOrders.status} = 'COMPLETED' then (select m.released_at from milestones m
    where m.order_id = ${escrowOrders.id} and m.released_at is not null
    order by m.milestone_index desc limit 1) end as last_released_at,
  exists (select from payouts p where p.order_id = ${escrowOrders.id}) as has_payout,
  exists (select from payouts p where p.order_id = ${escrowOrders.id} and p.status <> 'PAID') as has_unpaid_payout
  offset 0) order_summary`;
const summaryView = {
  hasOpenMilestone: sql<boolean>`order_summary.has_open_milestone`,
  hasPayout: sql<boolean>`order_summary.has_payout`,
  hasUnpaidPayout: sql<boolean>`order_summary.has_unpaid_payout`,
  lastReleasedAt: sql`order_summary.last_released_at`.mapWith(milestones.releasedAt),
};

/**
 * An intent, its order and the first milestones in index order. One join although it repeats the order's columns: read
 * one after the other, the totals and the milestones could be of two different versions.
 */
export async function findIntentWithMilestones(
  db: Database,
  intentId: string,
  limit: number,
): Promise<OrderReads | null> {
  const rows = await db
    .select({
      intent: paymentIntents,
      order: escrowOrders,
      dispute: latestDisputeView,
      summary: summaryView,
      milestone: milestones,
      itsDispute,
      payout: payouts,
    })
    .from(paymentIntents)
    .leftJoin(escrowOrders, eq(escrowOrders.paymentIntentId, paymentIntents.id))
    .leftJoin(latestDispute, isLatestOfOrder)
    .leftJoin(orderSummary, sql`true`)
    .leftJoinLateral(pageOf(db, eq(milestones.orderId, escrowOrders.id), limit + 1), sql`true`)
    .leftJoin(itsDispute, isLatestOfMilestone)
    .leftJoin(payouts, ofMilestone)
    .where(eq(paymentIntents.id, intentId))
    .orderBy(asc(milestones.milestoneIndex));
  const [first] = rows;
  if (!first) return null;
  const { intent, order, dispute, summary } = first;
  const found = rows.flatMap(({ milestone, itsDispute: its, payout }) =>
    milestone ? [{ ...milestone, dispute: its, payout }] : [],
  );
  const shown = found.slice(0, limit);
  return { intent, order, dispute, summary, milestones: shown, hasMoreMilestones: found.length > shown.length };
}

/** A milestone as it is read; null when it was never created. */
export async function findMilestoneWithPayout(
  db: Database,
  orderId: string,
  index: number,
): Promise<MilestoneView | null> {
  const [row] = await db
    .select(milestoneView)
    .from(milestones)
    .leftJoin(itsDispute, isLatestOfMilestone)
    .leftJoin(payouts, ofMilestone)
    .where(and(eq(milestones.orderId, orderId), eq(milestones.milestoneIndex, index)));
  return row ?? null;
}

/** Milestones of an order in index order, those after `afterIndex`. */
export function listMilestones(
  db: Database,
  orderId: string,
  page: { limit: number; afterIndex: number; status: MilestoneRow['status'] | null },
): Promise<MilestoneView[]> {
  const { limit, afterIndex, status } = page;
  const isOnPage = and(
    eq(milestones.orderId, orderId),
    gt(milestones.milestoneIndex, afterIndex),
    status === null ? undefined : eq(milestones.status, status),
  );
  return db
    .select(milestoneView)
    .from(pageOf(db, isOnPage, limit))
    .leftJoin(itsDispute, isLatestOfMilestone)
    .leftJoin(payouts, ofMilestone)
    .orderBy(asc(milestones.milestoneIndex));
}

/**
 * The first milestones for which a condition holds, under the name of the table. A subquery: joined first and cut off
 * then, all milestones of an order were read, its disputes and payouts with them, for a page of a few.
 */
function pageOf(db: Database, isOnPage: SQL | undefined, limit: number) {
  return db
    .select()
    .from(milestones)
    .where(isOnPage)
    .orderBy(asc(milestones.milestoneIndex))
    .limit(limit)
    .as('milestones');
}

/**
 * Milestones as they are read: with their disputes and payouts. Each read is one statement.
 */
import { and, asc, eq, getTableColumns, gt, isNull } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
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
  readonly milestones: readonly MilestoneView[];
  /** Of what a resolution paid beyond milestones. */
  readonly restPayout: PayoutCells | null;
}

const restPayouts = alias(payouts, 'rest_payouts');
const ofMilestone = and(eq(payouts.orderId, milestones.orderId), eq(payouts.milestoneIndex, milestones.milestoneIndex));
const milestoneView = { ...getTableColumns(milestones), dispute: itsDispute, payout: payouts };

/**
 * An intent, its order and all milestones in index order. One join although it repeats the order's columns: read
 * one after the other, the totals and the milestones could be of two different versions.
 */
export async function findIntentWithMilestones(db: Database, intentId: string): Promise<OrderReads | null> {
  const rows = await db
    .select({
      intent: paymentIntents,
      order: escrowOrders,
      dispute: latestDisputeView,
      milestone: milestones,
      itsDispute,
      payout: payouts,
      restPayout: restPayouts,
    })
    .from(paymentIntents)
    .leftJoin(escrowOrders, eq(escrowOrders.paymentIntentId, paymentIntents.id))
    .leftJoin(latestDispute, isLatestOfOrder)
    .leftJoin(milestones, eq(milestones.orderId, escrowOrders.id))
    .leftJoin(itsDispute, isLatestOfMilestone)
    .leftJoin(payouts, ofMilestone)
    .leftJoin(restPayouts, and(eq(restPayouts.orderId, escrowOrders.id), isNull(restPayouts.milestoneIndex)))
    .where(eq(paymentIntents.id, intentId))
    .orderBy(asc(milestones.milestoneIndex));
  const [first] = rows;
  if (!first) return null;
  const { intent, order, dispute, restPayout } = first;
  const found = rows.flatMap(({ milestone, itsDispute: its, payout }) =>
    milestone ? [{ ...milestone, dispute: its, payout }] : [],
  );
  return { intent, order, dispute, milestones: found, restPayout };
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
  return db
    .select(milestoneView)
    .from(milestones)
    .leftJoin(itsDispute, isLatestOfMilestone)
    .leftJoin(payouts, ofMilestone)
    .where(
      and(
        eq(milestones.orderId, orderId),
        gt(milestones.milestoneIndex, afterIndex),
        status === null ? undefined : eq(milestones.status, status),
      ),
    )
    .orderBy(asc(milestones.milestoneIndex))
    .limit(limit);
}

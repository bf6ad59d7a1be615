/**
 * Reads of the order log and of what a workflow loads. Each is one statement.
 */
import { and, asc, eq, getTableColumns, gt, ne, sql } from 'drizzle-orm';
import type { Command } from '../domain/commands.ts';
import { compactEvent, withoutDetails } from '../domain/compact.ts';
import type {
  Dispute,
  EscrowOrder,
  HeldCommand,
  Milestone,
  MilestoneStatus,
  Payout,
  PayoutStatus,
} from '../domain/escrow-order.ts';
import { add, formatAmount, subtract } from '../domain/money.ts';
import type { RecordedEntry } from '../domain/outcomes.ts';
import { defaultPays } from '../domain/terms.ts';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';
import { escrowOrders, heldCommands, orderLog } from './schema.ts';

const { hash: _hash, recordedAt: _recordedAt, ...entryColumns } = getTableColumns(orderLog);

/** The columns of an OrderOpening. */
export const openingColumns = {
  merchantId: escrowOrders.merchantId,
  mode: escrowOrders.mode,
  currency: escrowOrders.currency,
  amount: escrowOrders.amount,
  status: escrowOrders.status,
};

/**
 * One row of the order log without what only the verifier needs: everything an answer is rendered from. It comes
 * from the table, or straight from the commit in the same process; the two may differ in the order of JSON keys, so
 * renderers set that order themselves.
 */
export type LogEntry = Omit<typeof orderLog.$inferSelect, 'hash' | 'recordedAt'>;

/** Everything recorded for these commands: for each a hold, an outcome, both or nothing. */
export function entriesOf(db: Database, commandIds: readonly string[]): Promise<LogEntry[]> {
  return db
    .select(entryColumns)
    .from(orderLog)
    .where(sql`${orderLog.commandId} = any(${texts(commandIds)})`);
}

/** Which of these commands already have an outcome on this order. */
export async function settledCommands(db: Database, orderId: string, commandIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ commandId: orderLog.commandId })
    .from(orderLog)
    .where(
      and(
        eq(orderLog.orderId, orderId),
        ne(orderLog.outcome, 'held'),
        sql`${orderLog.commandId} = any(${texts(commandIds)})`,
      ),
    );
  return rows.map(({ commandId }) => commandId);
}

/**
 * The order's version, and at most `limit` recorded entries after `version` in compact form. Version −1: the order is
 * gone, as after a restore to a time before it was made.
 */
export async function entriesAfter(
  db: Database,
  orderId: string,
  version: number,
  limit: number,
): Promise<{ version: number; entries: RecordedEntry[] }> {
  const [order] = await db
    .select({ version: escrowOrders.version })
    .from(escrowOrders)
    .where(eq(escrowOrders.id, orderId));
  const rows = await db
    .select(entryColumns)
    .from(orderLog)
    .where(and(eq(orderLog.orderId, orderId), gt(orderLog.version, version)))
    .orderBy(asc(orderLog.version))
    .limit(limit);
  return { version: order?.version ?? -1, entries: rows.map(compactRow) };
}

/** The accepted entries about one milestone up to `version`, in order. Reads the order's log: not for hot paths. */
export function milestoneEntries(db: Database, orderId: string, index: number, version: number): Promise<LogEntry[]> {
  return db
    .select(entryColumns)
    .from(orderLog)
    .where(
      and(
        eq(orderLog.orderId, orderId),
        // By the outbox, which has an index for it; the log itself would have to be read to its end.
        sql`${orderLog.version} = ANY(ARRAY(SELECT e.version FROM events e
          WHERE e.order_id = ${orderId} AND e.data ? 'index' AND e.data ->> 'index' = ${String(index)}
            AND e.version <= ${version}))`,
      ),
    )
    .orderBy(asc(orderLog.version));
}

/** The full commands that wait on an order, for putting back the details that the workflow does not remember. */
export async function heldCommandsOf(
  db: Database,
  orderId: string,
  commandIds: readonly string[],
): Promise<Map<string, Command>> {
  const rows = await db
    .select({ commandId: heldCommands.commandId, command: heldCommands.command })
    .from(heldCommands)
    .where(and(eq(heldCommands.orderId, orderId), sql`${heldCommands.commandId} = any(${texts(commandIds)})`));
  return new Map(rows.map(({ commandId, command }) => [commandId, command]));
}

/** The order as `decide` needs it; null when there is none. One statement, so that all its parts are of one moment. */
export async function readOrder(db: Database, orderId: string): Promise<EscrowOrder | null> {
  const [row] = await db
    .select({
      order: escrowOrders,
      milestones: sql<MilestoneCells[] | null>`(
        select jsonb_agg(jsonb_build_array(m.status, m.amount::text,
            case when m.overdue_at is null then (extract(epoch from m.due_at) * 1000)::bigint end,
            (extract(epoch from m.inspection_ends_at) * 1000)::bigint, m.reminded_at is not null,
            p.status, p.amount::text, m.extended_seconds) order by m.milestone_index)
        from milestones m left join payouts p on p.order_id = m.order_id and p.milestone_index = m.milestone_index
        where m.order_id = ${orderId})`,
      paidForMilestones: sql<string>`(
        select coalesce(sum(coalesce(released_amount, 0) + coalesce(refunded_amount, 0)), 0)::text
        from milestones where order_id = ${orderId})`,
      dispute: sql<Omit<Dispute, 'isOpenEnded'> | null>`(
        select jsonb_build_object('milestoneIndex', milestone_index,
          'raisedByRole', (select l.actor_role from order_log l where l.order_id = d.order_id and l.version = d.version),
          'raisedAt', (extract(epoch from raised_at) * 1000)::bigint,
          'endsAt', (extract(epoch from ends_at) * 1000)::bigint)
        from disputes d where order_id = ${orderId} and ended_at is null)`,
      restPayout: sql<Payout | null>`(
        select jsonb_build_object('status', status, 'amount', amount::text)
        from payouts where order_id = ${orderId} and milestone_index is null)`,
      held: sql<{ command: Command; until: number | null }[] | null>`(
        select jsonb_agg(jsonb_build_object('command', command - 'details',
          'until', (extract(epoch from until) * 1000)::bigint) order by version)
        from held_commands where order_id = ${orderId})`,
    })
    .from(escrowOrders)
    .where(eq(escrowOrders.id, orderId));
  if (!row) return null;
  const { order, milestones, paidForMilestones, dispute, restPayout, held } = row;
  return {
    id: order.id,
    paymentIntentId: order.paymentIntentId,
    merchantId: order.merchantId,
    mode: order.mode,
    currency: order.currency,
    amount: formatAmount(order.amount),
    releaseType: order.releaseType,
    autoReleaseOnProof: order.autoReleaseOnProof,
    terms: order.terms,
    status: order.status,
    version: order.version,
    lastAt: order.lastAt.getTime(),
    funded: formatAmount(order.fundedAmount),
    allocated: formatAmount(order.allocatedAmount),
    released: formatAmount(order.releasedAmount),
    refunded: formatAmount(order.refundedAmount),
    paidUnallocated: subtract(add(order.releasedAmount, order.refundedAmount), paidForMilestones),
    dispute: dispute && {
      ...dispute,
      ...(defaultPays(order.terms, dispute.raisedByRole) && { isOpenEnded: true }),
    },
    restPayout: restPayout && { ...restPayout, amount: formatAmount(restPayout.amount) },
    clockOffsetMs: order.clockOffsetMs,
    milestones: (milestones ?? []).map(milestoneFrom),
    held: (held ?? []).map((one): HeldCommand => ({ ...one, cancelled: false })),
  };
}

/** Status, amount, due date unless it was recorded as passed, end of inspection, whether announced, payout, extension. */
type MilestoneCells = [
  MilestoneStatus,
  string,
  number | null,
  number | null,
  boolean,
  PayoutStatus | null,
  string | null,
  number | null,
];

function milestoneFrom(cells: MilestoneCells): Milestone {
  const [status, amount, dueAt, inspectionEndsAt, reminded, payout, paid, extendedSeconds] = cells;
  const isOpen = status === 'PENDING' || status === 'COMPLETED';
  return {
    status,
    amount: formatAmount(amount),
    ...(isOpen && dueAt !== null && { dueAt }),
    ...(status === 'COMPLETED' && inspectionEndsAt !== null && { inspectionEndsAt, ...(reminded && { reminded }) }),
    ...(status === 'COMPLETED' && extendedSeconds !== null && { extendedSeconds }),
    ...(payout && { payout: { status: payout, amount: formatAmount(paid ?? amount) } }),
  };
}

function compactRow(row: LogEntry): RecordedEntry {
  const base = { version: row.version, commandId: row.commandId, at: row.at.getTime(), outcome: row.outcome };
  if (row.held) return { ...base, held: { command: withoutDetails(row.held.command), until: row.held.until } };
  return row.events ? { ...base, events: row.events.map(compactEvent) } : base;
}

/**
 * Reads of the order log and of what a workflow loads. Each is one statement.
 */
import { and, asc, eq, getTableColumns, gt, lte, ne, sql } from 'drizzle-orm';
import type { Command } from '../domain/commands.ts';
import { compactEvent, withoutDetails } from '../domain/compact.ts';
import type { EscrowOrder, HeldCommand, MilestoneStatus } from '../domain/escrow-order.ts';
import { formatAmount, subtract } from '../domain/money.ts';
import type { RecordedEntry } from '../domain/outcomes.ts';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';
import { escrowOrders, heldCommands, orderLog } from './schema.ts';

const { hash: _hash, recordedAt: _recordedAt, ...entryColumns } = getTableColumns(orderLog);

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
        lte(orderLog.version, version),
        sql`${orderLog.events} @> ${JSON.stringify([{ index }])}::jsonb`,
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
      statuses: sql<MilestoneStatus[] | null>`(
        select jsonb_agg(status order by milestone_index) from milestones where order_id = ${orderId})`,
      amounts: sql<string[] | null>`(
        select jsonb_agg(amount::text order by milestone_index) from milestones where order_id = ${orderId})`,
      milestonesRefunded: sql<string>`(
        select coalesce(sum(refunded_amount), 0)::text from milestones where order_id = ${orderId})`,
      held: sql<{ command: Command; until: number | null }[] | null>`(
        select jsonb_agg(jsonb_build_object('command', command - 'details',
          'until', (extract(epoch from until) * 1000)::bigint) order by version)
        from held_commands where order_id = ${orderId})`,
    })
    .from(escrowOrders)
    .where(eq(escrowOrders.id, orderId));
  if (!row) return null;
  const { order, statuses, amounts, milestonesRefunded, held } = row;
  return {
    id: order.id,
    paymentIntentId: order.paymentIntentId,
    merchantId: order.merchantId,
    mode: order.mode,
    currency: order.currency,
    amount: formatAmount(order.amount),
    releaseType: order.releaseType,
    autoReleaseOnProof: order.autoReleaseOnProof,
    status: order.status,
    version: order.version,
    lastAt: order.lastAt.getTime(),
    funded: formatAmount(order.fundedAmount),
    allocated: formatAmount(order.allocatedAmount),
    released: formatAmount(order.releasedAmount),
    refunded: formatAmount(order.refundedAmount),
    refundedUnallocated: subtract(order.refundedAmount, milestonesRefunded),
    milestones: (statuses ?? []).map((status, index) => ({ status, amount: formatAmount(amounts?.[index] ?? '0') })),
    held: (held ?? []).map((one): HeldCommand => ({ ...one, cancelled: false })),
  };
}

function compactRow(row: LogEntry): RecordedEntry {
  const base = { version: row.version, commandId: row.commandId, at: row.at.getTime(), outcome: row.outcome };
  if (row.held) return { ...base, held: { command: withoutDetails(row.held.command), until: row.held.until } };
  return row.events ? { ...base, events: row.events.map(compactEvent) } : base;
}

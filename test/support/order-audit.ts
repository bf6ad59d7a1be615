/**
 * Judges an order by its log alone: recomputes everything that follows from it, with the hash chain, and compares.
 * Shares no code with the commit except the fold itself. For lives of creating, completing and releasing; what
 * `npm run verify` checks goes further.
 */
import { asc, eq, sql } from 'drizzle-orm';
import type { Database } from '../../src/db/client.ts';
import { readOrder } from '../../src/db/order-log.ts';
import { escrowOrders, events, milestones, orderLog } from '../../src/db/schema.ts';
import { compactEvent, withoutDetails } from '../../src/domain/compact.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { violations } from '../../src/domain/invariants.ts';
import { formatAmount, subtract } from '../../src/domain/money.ts';
import type { OrderEvent, RecordedEntry } from '../../src/domain/outcomes.ts';

type LogRow = typeof orderLog.$inferSelect;

/** Sentences about what is wrong with the order; empty when all of it follows from its log. */
export function faultsOf(db: Database, orderId: string): Promise<string[]> {
  // All of one moment: the order's payouts are settled while this looks at it.
  return db.transaction((tx) => faultsIn(tx as unknown as Database, orderId), { isolationLevel: 'repeatable read' });
}

async function faultsIn(db: Database, orderId: string): Promise<string[]> {
  const log = await db.select().from(orderLog).where(eq(orderLog.orderId, orderId)).orderBy(asc(orderLog.version));
  const recorded = await readOrder(db, orderId);
  if (!recorded) return [`${orderId} does not exist`];
  const folded = foldOf(recorded, log);
  if (typeof folded === 'string') return [folded];
  return [
    ...violations(folded),
    ...differences('order', recorded, folded),
    ...commandFaults(log),
    ...turnFaults(log),
    ...(await chainFaults(db, orderId)),
    ...(await milestoneFaults(db, orderId, log)),
    ...(await eventFaults(db, orderId, log)),
    ...(await ledgerFaults(db, folded, log)),
  ];
}

/** The order as its log says it is; a sentence when the log has a gap. */
export function foldOf(order: EscrowOrder, log: readonly LogRow[]): EscrowOrder | string {
  try {
    const folded = evolve(beginningOf(order), log.map(entryOf));
    // The row's own lastAt is its creation until the first entry.
    return log.length === 0 ? { ...folded, lastAt: order.lastAt } : folded;
  } catch (error) {
    return String(error);
  }
}

/** The order before its first entry. */
export function beginningOf(order: EscrowOrder): EscrowOrder {
  const nothing = { funded: '0.00', allocated: '0.00', released: '0.00', refunded: '0.00', milestones: [], held: [] };
  const never = { paidUnallocated: '0.00', dispute: null, restPayout: null, clockOffsetMs: 0 };
  return { ...order, status: 'PENDING', version: 0, lastAt: 0, ...nothing, ...never };
}

export function entryOf(row: LogRow): RecordedEntry {
  const base = { version: row.version, commandId: row.commandId, at: row.at.getTime(), outcome: row.outcome };
  if (row.held) return { ...base, held: { command: withoutDetails(row.held.command), until: row.held.until } };
  return row.events ? { ...base, events: row.events.map(compactEvent) } : base;
}

function differences(what: string, found: unknown, expected: unknown): string[] {
  const [one, other] = [canonical(found), canonical(expected)];
  return one === other ? [] : [`${what} is ${one}, its log says ${other}`];
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function commandFaults(log: readonly LogRow[]): string[] {
  const settled = log.filter(({ outcome }) => outcome !== 'held').map(({ commandId }) => commandId);
  const twice = settled.filter((id, position) => settled.indexOf(id) !== position);
  const heldLate = log.filter(
    (row) =>
      row.outcome === 'held' && log.some((other) => other.version < row.version && other.commandId === row.commandId),
  );
  return [
    ...twice.map((id) => `command ${id} has two outcomes`),
    ...heldLate.map(({ commandId }) => `command ${commandId} is held after something else was recorded for it`),
  ];
}

/** Milestones are created 0, 1, 2 …, and completed and released in the same order. */
function turnFaults(log: readonly LogRow[]): string[] {
  return (['milestone.created', 'milestone.completed', 'milestone.released'] as const).flatMap((type) => {
    const indexes = facts(log).flatMap((event) => (event.type === type ? [event.index] : []));
    return differences(`order of ${type}`, indexes, [...indexes.keys()]);
  });
}

async function chainFaults(db: Database, orderId: string): Promise<string[]> {
  const broken = await db.execute<{ version: number }>(sql`
    SELECT l.version FROM order_log l LEFT JOIN order_log p ON p.order_id = l.order_id AND p.version = l.version - 1
    WHERE l.order_id = ${orderId} AND l.hash IS DISTINCT FROM order_log_hash(coalesce(p.hash, ''::bytea), l)`);
  return broken.map(
    ({ version }) => `the hash of entry ${version} does not follow from the entry and the hash before it`,
  );
}

function facts(log: readonly LogRow[]): OrderEvent[] {
  return log.flatMap((row) => row.events ?? []);
}

async function milestoneFaults(db: Database, orderId: string, log: readonly LogRow[]): Promise<string[]> {
  const rows = await db
    .select()
    .from(milestones)
    .where(eq(milestones.orderId, orderId))
    .orderBy(asc(milestones.milestoneIndex));
  const found = rows.map((row) => ({
    index: row.milestoneIndex,
    version: row.version,
    description: row.description,
    completedBy: row.completedBy,
    completedAt: row.completedAt?.getTime() ?? null,
    releasedAt: row.releasedAt?.getTime() ?? null,
    releasedAmount: row.releasedAmount && formatAmount(row.releasedAmount),
  }));
  const expected = rows.map(({ milestoneIndex: index }) => {
    const touching = log.filter((row) => row.events?.some((event) => 'index' in event && event.index === index));
    const of = (type: OrderEvent['type']) => {
      const row = touching.find(({ events }) => events?.some((event) => event.type === type && 'index' in event));
      const event = row?.events?.find((one) => one.type === type);
      return { at: row?.at.getTime() ?? null, details: event && 'details' in event ? event.details : undefined };
    };
    const release = facts(touching).find((event) => event.type === 'milestone.released' && event.index === index);
    return {
      index,
      version: touching.at(-1)?.version,
      description: of('milestone.created').details?.description ?? null,
      completedBy: of('milestone.completed').details?.completedBy ?? null,
      completedAt: of('milestone.completed').at,
      releasedAt: of('milestone.released').at,
      releasedAmount: release?.type === 'milestone.released' ? release.amount : null,
    };
  });
  return differences('rows of milestones', found, expected);
}

async function eventFaults(db: Database, orderId: string, log: readonly LogRow[]): Promise<string[]> {
  const rows = await db.select().from(events).where(eq(events.orderId, orderId)).orderBy(asc(events.sequence));
  const [order] = await db
    .select({ last: escrowOrders.eventSequence })
    .from(escrowOrders)
    .where(eq(escrowOrders.id, orderId));
  // Events without a version tell of the order's creation; they come first.
  const created = rows.filter(({ version }) => version === null).map(({ type }) => ({ version: null, type }));
  const isFunded = log.some(({ events: made }) => made?.some(({ type }) => type === 'escrow_order.funded'));
  // What ends an intent's wait for money is told of the intent, too.
  const cause = isFunded ? 'escrow_order.funded' : 'escrow_order.cancelled';
  const expected = log.flatMap(({ version, events: made }) =>
    (made ?? [])
      .filter(({ type }) => type !== 'command.cancelled')
      .flatMap(({ type }) => (type === cause ? [type, 'payment_intent.status_changed'] : [type]))
      .map((type) => ({ version, type })),
  );
  const numbered = [...created, ...expected].map((event, position) => ({ sequence: position + 1, ...event }));
  return [
    ...differences(
      'outbox',
      rows.map(({ sequence, version, type }) => ({ sequence, version, type })),
      numbered,
    ),
    ...differences('event sequence', order?.last, rows.length),
  ];
}

async function ledgerFaults(db: Database, order: EscrowOrder, log: readonly LogRow[]): Promise<string[]> {
  const accounts = await db.execute<{ id: string; balance: string; posted: string }>(sql`
    SELECT a.id, a.balance::text AS balance, coalesce(sum(CASE p.direction WHEN 'credit' THEN p.amount ELSE -p.amount END), 0)::text AS posted
    FROM ledger_accounts a LEFT JOIN postings p ON p.account_id = a.id GROUP BY a.id`);
  const [{ total } = { total: '0' }] = await db.execute<{ total: string }>(sql`
    SELECT coalesce(sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END), 0)::text AS total FROM postings`);
  const moved = await db.execute<{ version: number; kind: string; amount: string }>(sql`
    SELECT t.version, t.kind, p.amount::text AS amount FROM ledger_transactions t
    JOIN postings p ON p.transaction_key = t.key AND p.direction = 'credit'
    WHERE t.order_id = ${order.id} ORDER BY t.version, t.key`);
  const expected = log.flatMap(({ version, events: made }) =>
    (made ?? []).flatMap((event) => {
      if (event.type === 'escrow_order.funded') return [{ version, kind: 'fund', amount: event.amount }];
      if (event.type === 'payout.paid') return [{ version, kind: 'payout', amount: event.amount }];
      return event.type === 'milestone.released' ? [{ version, kind: 'release', amount: event.amount }] : [];
    }),
  );
  const inEscrow = formatAmount(accounts.find(({ id }) => id === `escrow/${order.id}`)?.balance ?? '0');
  return [
    ...accounts.flatMap(({ id, balance, posted }) =>
      differences(`balance of ${id}`, formatAmount(balance), formatAmount(posted)),
    ),
    ...differences('sum of all postings', formatAmount(total), '0.00'),
    ...differences(
      'ledger',
      moved.map((one) => ({ ...one, amount: formatAmount(one.amount) })),
      expected,
    ),
    ...differences('escrow balance', inEscrow, subtract(subtract(order.funded, order.released), order.refunded)),
  ];
}

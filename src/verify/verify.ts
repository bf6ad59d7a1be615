/**
 * The verifier: recomputes from the order logs everything that follows from them, and compares. It writes nothing,
 * decides nothing, and shares with the commit only the domain.
 */
import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { checkEscrow, checkTransactions } from './check-ledger.ts';
import { checkDisputes, checkEvents, checkHeld, checkMilestones, checkMoney, checkRow } from './check-order.ts';
import { checkPayouts } from './check-payouts.ts';
import {
  checkBalanceSums,
  checkFundings,
  checkMerchantBalances,
  checkOrphans,
  checkPostingSums,
  checkSharedAccounts,
} from './check-whole.ts';
import { grouped } from './grouped.ts';
import { LogWalk } from './log-walk.ts';
import {
  type LogRow,
  nextOrderIds,
  type OrderPage,
  type OrderRow,
  ordersRecordedSince,
  ordersWithTransactionsSince,
  readPage,
} from './order-pages.ts';
import { Reconciliation } from './reconcile.ts';
import { Notes, type Report } from './report.ts';

export interface VerifyOptions {
  /**
   * Only orders updated, orders with entries recorded and orders with ledger transactions from then on; shared accounts,
   * the sum of all postings and lost rows are left to a full run. By the database's clock. Entries are visible only
   * after they were recorded: look back a little further than the last call.
   */
  readonly since?: Date;
  /** Ends the check between two pages; `verify` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Given each violation as a line, as soon as it is found. */
  readonly log?: (line: string) => void;
}

/**
 * Checks the database. Memory is bounded by a page of orders, or by one order when it is larger than a page.
 *
 * @param db for a full run of a large database from `connectForVerifying`: the service's own connections give up on
 *   statements that take more than a second
 * @throws what the database throws; a violation is never thrown
 */
export async function verify(db: Database, { since, signal, log = () => {} }: VerifyOptions = {}): Promise<Report> {
  const notes = new Notes(log);
  const reconciliation = new Reconciliation(await clockOf(db));
  const also = since
    ? [...(await ordersWithTransactionsSince(db, since)), ...(await ordersRecordedSince(db, since))]
    : [];
  for (let cursor = ''; ; ) {
    signal?.throwIfAborted();
    const ids = await nextOrderIds(db, cursor, since ?? null, also);
    const last = ids.at(-1);
    if (last === undefined) break;
    await checkPage(db, notes, reconciliation, ids);
    cursor = last;
  }
  await checkBalanceSums(db, notes);
  if (!since) {
    await checkPostingSums(db, notes);
    await checkSharedAccounts(db, notes);
    await checkMerchantBalances(db, notes);
    await checkOrphans(db, notes);
    await checkFundings(db, notes);
  }
  return notes.report(since ?? null, reconciliation.findings());
}

/** Deadlines are compared with the clock of the machine that has them; this one's may be wrong. */
async function clockOf(db: Database): Promise<number> {
  const [row] = await db.execute<{ now: number }>(
    sql`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
  );
  return row?.now ?? Date.now();
}

async function checkPage(db: Database, notes: Notes, reconciliation: Reconciliation, ids: string[]): Promise<void> {
  const walks = new Map<string, LogWalk>();
  const page = await readPage(
    db,
    ids,
    (orders) => {
      for (const { order } of orders) walks.set(order.id, new LogWalk(order, notes));
    },
    (rows) => {
      for (const [orderId, entries] of grouped(rows, (row: LogRow) => row.orderId)) walks.get(orderId)?.take(entries);
    },
  );
  for (const { order, intent } of page.orders) {
    notes.checked.orders++;
    try {
      checkMoney(notes, order, intent);
      checkAgainstLog(notes, order, page, walks.get(order.id) ?? new LogWalk(order, notes));
      reconciliation.take(order, intent, page.milestones.get(order.id) ?? [], page.payouts.get(order.id) ?? []);
    } catch (error) {
      // An order so broken that it cannot be judged must not keep the others from it.
      notes.violation('V4_log', order.id, 'order', 'one that can be checked', String(error));
    }
  }
}

function checkAgainstLog(notes: Notes, order: OrderRow, page: OrderPage, walk: LogWalk): void {
  const { id } = order;
  checkRow(notes, order, walk);
  checkMilestones(notes, id, page.milestones.get(id) ?? [], walk);
  checkDisputes(notes, id, page.disputes.get(id) ?? [], walk);
  checkPayouts(notes, order, page.payouts.get(id) ?? [], walk);
  checkHeld(notes, id, page.held.get(id) ?? [], walk);
  checkEvents(notes, order, page.sequences.get(id)?.[0], page.eventDifferences.get(id) ?? []);
  checkTransactions(notes, order, page.legs.get(id) ?? [], walk);
  checkEscrow(notes, order, page.escrow.get(id)?.[0]);
}

/**
 * Sends again what was accepted and has no outcome, wakes orders whose deadline has passed, starts payouts that wait,
 * and finishes collections of money that nobody is at any more. It makes the database, not Temporal, the memory of what is due: a wiped Temporal loses nothing.
 */
import { and, eq, gt, isNotNull, lte, sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { openingColumns } from '../db/order-log.ts';
import { isAdopted } from '../db/queries.ts';
import { commands, escrowOrders } from '../db/schema.ts';
import type { Command } from '../domain/commands.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';
import type { ByMode, FundingPort } from '../settlement/ports.ts';
import type { StoredCommand, StoredProofs } from '../stored-proofs.ts';
import { sweepFundings } from './funding-sweep.ts';
import { type PayoutStarts, sweepPayouts } from './payout-sweep.ts';

/** How the sweeper reaches orders. Neither call throws; what did not arrive is swept again. */
export interface OrderReminders {
  send(orderId: string, commands: readonly [Command], opening?: OrderOpening): Promise<unknown>;
  wake(orderId: string, opening?: OrderOpening): Promise<unknown>;
}

export interface SweeperDependencies {
  readonly db: Database;
  readonly signals: OrderReminders;
  readonly log: Logger;
  /** Null: whatever is stored is believed. */
  readonly proofs: StoredProofs | null;
  /** Told of each stored command that the service did not store; it is not sent. */
  readonly onUnproven?: () => void;
}

const SWEEP_INTERVAL_MS = 2_000;
/** A pending command is normally done within milliseconds. */
const PENDING_AFTER_MS = 5_000;
/** At boot sooner, but not before the API's right to withdraw what it could not send has ended (carry-out.ts). */
const BOOT_PENDING_AFTER_MS = 3_000;
/** Workflows keep their own deadlines; one that is this late has lost its timer. */
const OVERDUE_AFTER_MS = 30_000;
/** A payout is paid within moments, or its workflow waits for its next try; then starting it again is for nothing. */
const PAYOUT_PENDING_AFTER_MS = 10_000;
const PAYOUT_SWEEP_INTERVAL_MS = 10_000;
const PAGE_ROWS = 500;
const SIGNALS_AT_ONCE = 16;

/** Sweeps once in full, then every two seconds what is due. Several may run at the same time. */
export function startSweeper(
  deps: SweeperDependencies & { readonly payouts?: PayoutStarts; readonly funding?: ByMode<FundingPort> },
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const payoutRound = payoutRounds(deps);
  // Beside the rounds: a port that does not answer must not hold them up.
  let collecting: Promise<void> | null = null;
  const round = async (thresholds: { pendingAfterMs: number; overdueAfterMs: number }): Promise<void> => {
    try {
      await sweep(deps, thresholds);
      await payoutRound();
      if (deps.funding)
        collecting ??= sweepFundings(deps.db, deps.funding, deps.log, deps.proofs).finally(() => (collecting = null));
    } catch (error) {
      deps.log.warn({ err: error }, 'sweep failed, trying again');
    }
    if (!stopped) timer = setTimeout(() => (running = round(REGULAR)), SWEEP_INTERVAL_MS);
  };
  let running = round({ pendingAfterMs: BOOT_PENDING_AFTER_MS, overdueAfterMs: Number.NEGATIVE_INFINITY });
  return {
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
      await collecting;
    },
  };
}

/** Pages of payouts, one after the other: at first without a pause until all were seen, then one every ten seconds. */
function payoutRounds({ payouts, ...deps }: Parameters<typeof startSweeper>[0]): () => Promise<void> {
  let after = '';
  let dueAt = Number.NEGATIVE_INFINITY;
  let pendingAfterMs = 0;
  return async () => {
    if (!payouts || Date.now() < dueAt) return;
    const swept = await sweepPayouts({ db: deps.db, payouts }, { pendingAfterMs, after });
    after = swept.after;
    if (swept.started > 0) deps.log.info({ payouts: swept.started }, 'swept');
    if (pendingAfterMs === 0 && after !== '') return;
    pendingAfterMs = PAYOUT_PENDING_AFTER_MS;
    dueAt = Date.now() + PAYOUT_SWEEP_INTERVAL_MS;
  };
}

const REGULAR = { pendingAfterMs: PENDING_AFTER_MS, overdueAfterMs: OVERDUE_AFTER_MS };

/**
 * One sweep.
 *
 * @param thresholds.pendingAfterMs how old an open command must be to be sent again
 * @param thresholds.overdueAfterMs how long past its deadline an order is woken; −Infinity wakes each that has one
 * @returns how many commands were sent again and how many orders woken
 */
export async function sweep(
  deps: SweeperDependencies,
  thresholds: { readonly pendingAfterMs: number; readonly overdueAfterMs: number },
): Promise<{ resent: number; woken: number }> {
  const { db, signals, log } = deps;
  // Recorded commands, also held ones, are the workflow's and the order log's to remember.
  await db.execute(sql`
    UPDATE commands SET open = false
    WHERE open AND EXISTS (
      SELECT FROM order_log WHERE order_log.command_id = commands.command_id AND order_log.order_id = commands.order_id)`);
  const pending = await inPages(
    (after) => pendingCommands(db, after, thresholds.pendingAfterMs),
    ({ commandId }) => commandId,
    async (row) => {
      const { orderId, payload, opening } = row;
      if (orderId === null || !('type' in payload)) return;
      if (isOurs(deps, orderId, { ...row, payload })) await signals.send(orderId, [payload], opening ?? undefined);
    },
  );
  const overdue = await inPages(
    (after) => overdueOrders(db, after, thresholds.overdueAfterMs),
    ({ id }) => id,
    ({ id, opening }) => signals.wake(id, opening),
  );
  const swept = { resent: pending, woken: overdue };
  if (swept.resent > 0 || swept.woken > 0) log.info(swept, 'swept');
  return swept;
}

/** Told once per process. */
const unproven = new LRUCache<string, true>({ max: 1_000 });

/** Whoever can write to the table, and has not the service's secret, is nobody whose commands are sent. */
function isOurs(
  { proofs, log, onUnproven }: SweeperDependencies,
  orderId: string,
  stored: StoredCommand & { readonly commandId: string },
): boolean {
  const { commandId } = stored;
  if (proofs === null || proofs.prove(orderId, stored)) return true;
  if (!unproven.has(commandId)) {
    unproven.set(commandId, true);
    log.error({ commandId, orderId }, 'a stored command has no proof of this service and is not sent');
    onUnproven?.();
  }
  return false;
}

function pendingCommands(db: Database, after: string, pendingAfterMs: number) {
  const before = new Date(Date.now() - pendingAfterMs);
  return db
    .select({
      commandId: commands.commandId,
      orderId: commands.orderId,
      payload: commands.payload,
      proof: commands.proof,
      isAdopted,
      opening: openingColumns,
    })
    .from(commands)
    .leftJoin(escrowOrders, eq(escrowOrders.id, commands.orderId))
    .where(and(eq(commands.open, true), lte(commands.createdAt, before), gt(commands.commandId, after)))
    .orderBy(commands.commandId)
    .limit(PAGE_ROWS);
}

function overdueOrders(db: Database, after: string, overdueAfterMs: number) {
  const { nextDeadline, id } = escrowOrders;
  const isDue = Number.isFinite(overdueAfterMs)
    ? lte(nextDeadline, new Date(Date.now() - overdueAfterMs))
    : isNotNull(nextDeadline);
  return db
    .select({ id, opening: openingColumns })
    .from(escrowOrders)
    .where(and(isDue, gt(id, after)))
    .orderBy(id)
    .limit(PAGE_ROWS);
}

/** Handles every row, a page after the other and a few rows at a time; answers how many there were. */
async function inPages<Row>(
  read: (after: string) => Promise<Row[]>,
  keyOf: (row: Row) => string,
  handle: (row: Row) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const page = await read(after);
    for (let start = 0; start < page.length; start += SIGNALS_AT_ONCE) {
      await Promise.all(page.slice(start, start + SIGNALS_AT_ONCE).map(handle));
    }
    count += page.length;
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS) return count;
    after = keyOf(last);
  }
}

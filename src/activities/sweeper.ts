/**
 * Sends again what was accepted and has no outcome, and wakes orders whose deadline has passed. It makes the
 * database, not Temporal, the memory of what is due: a wiped Temporal loses nothing.
 */
import { and, eq, isNotNull, lte, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { commands, escrowOrders } from '../db/schema.ts';
import type { Command } from '../domain/commands.ts';

/** How the sweeper reaches orders. Neither call throws; what did not arrive is swept again. */
export interface OrderReminders {
  send(orderId: string, commands: readonly [Command]): Promise<unknown>;
  wake(orderId: string): Promise<unknown>;
}

export interface SweeperDependencies {
  readonly db: Database;
  readonly signals: OrderReminders;
  readonly log: Logger;
}

const SWEEP_INTERVAL_MS = 2_000;
/** A pending command is normally done within milliseconds. */
const PENDING_AFTER_MS = 5_000;
/** At boot sooner, but not before the API's right to withdraw what it could not send has ended (carry-out.ts). */
const BOOT_PENDING_AFTER_MS = 3_000;
/** Workflows keep their own deadlines; one that is this late has lost its timer. */
const OVERDUE_AFTER_MS = 30_000;
const SWEEP_MAX_ROWS = 500;

/** Sweeps once in full, then every two seconds what is due. Several may run at the same time. */
export function startSweeper(deps: SweeperDependencies): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const round = async (thresholds: { pendingAfterMs: number; overdueAfterMs: number }): Promise<void> => {
    try {
      await sweep(deps, thresholds);
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
    },
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
  { db, signals, log }: SweeperDependencies,
  thresholds: { readonly pendingAfterMs: number; readonly overdueAfterMs: number },
): Promise<{ resent: number; woken: number }> {
  // Recorded commands, also held ones, are the workflow's and the order log's to remember.
  await db.execute(sql`
    UPDATE commands SET open = false
    WHERE open AND EXISTS (
      SELECT FROM order_log WHERE order_log.command_id = commands.command_id AND order_log.order_id = commands.order_id)`);
  const pending = await db
    .select({ orderId: commands.orderId, command: commands.payload })
    .from(commands)
    .where(and(eq(commands.open, true), lte(commands.createdAt, new Date(Date.now() - thresholds.pendingAfterMs))))
    .orderBy(commands.createdAt)
    .limit(SWEEP_MAX_ROWS);
  for (const { orderId, command } of pending) {
    if (orderId !== null && 'type' in command) await signals.send(orderId, [command satisfies Command]);
  }
  const wakeAll = thresholds.overdueAfterMs === Number.NEGATIVE_INFINITY;
  const overdue = await db
    .select({ id: escrowOrders.id })
    .from(escrowOrders)
    .where(
      wakeAll
        ? isNotNull(escrowOrders.nextDeadline)
        : lte(escrowOrders.nextDeadline, new Date(Date.now() - thresholds.overdueAfterMs)),
    )
    .orderBy(escrowOrders.nextDeadline)
    .limit(SWEEP_MAX_ROWS);
  for (const { id } of overdue) await signals.wake(id);
  const swept = { resent: pending.length, woken: overdue.length };
  if (swept.resent > 0 || swept.woken > 0) log.info(swept, 'swept');
  return swept;
}

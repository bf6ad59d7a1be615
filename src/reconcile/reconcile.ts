/**
 * Compares what should be with what is: the books among themselves, and the orders with Temporal. Repairing is
 * limited to what is safe to repeat: waking an order and sending a stored command again.
 */
import type { Client } from '@temporalio/client';
import { sweepCommands } from '../activities/command-sweep.ts';
import { sweepOrders } from '../activities/order-sweep.ts';
import type { SweeperDependencies } from '../activities/sweeping.ts';
import type { Database } from '../db/client.ts';
import { forgetBackOff } from '../db/sweeps.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';
import type { OrderSignals } from '../temporal/order-signals.ts';
import { checkBooks } from './books.ts';
import { checkPayments, type Payments } from './payments.ts';
import type { Section } from './report.ts';
import { checkWorkflows } from './workflows.ts';

export interface Reconciled {
  readonly sections: readonly Section[];
  /** Orders to wake, those that no section shows included. */
  readonly toWake: readonly string[];
}

/**
 * @param db reads only; give it one of `connectForVerifying`, for each check reads whole tables
 * @param payments what the settlement paid; null: nobody asked it
 */
export async function reconcile(
  db: Database,
  client: Client,
  taskQueue: string,
  payments: Payments | null = null,
): Promise<Reconciled> {
  const books = await checkBooks(db);
  const paid = payments ? [await checkPayments(db, payments)] : [];
  const { sections, toWake } = await checkWorkflows(db, client, taskQueue);
  return { sections: [...books, ...paid, ...sections], toWake };
}

const LATE_MS = 5 * 60_000;

/**
 * Wakes the orders whose workflow should run or whose deadline has passed, and sends pending commands again. A workflow
 * that should not run loads its order when it is woken, and ends.
 *
 * @param db as the application's role: it closes commands that have an outcome
 * @returns a line for each thing that it did
 */
export async function repair(
  { signals, ...given }: Pick<SweeperDependencies, 'db' | 'log' | 'proofs'> & { readonly signals: OrderSignals },
  toWake: readonly string[],
): Promise<string[]> {
  const done: string[] = [];
  const woken = new Set<string>();
  const wake = async (orderId: string, opening?: OrderOpening) => {
    if (woken.has(orderId)) return;
    woken.add(orderId);
    done.push(`woke ${orderId}: ${await signals.wake(orderId, opening)}`);
  };
  for (const orderId of toWake) await wake(orderId);
  const noted = {
    wake: async (orderId: string, opening?: OrderOpening) => {
      await wake(orderId, opening);
      return 'sent' as const;
    },
    start: signals.start,
    send: async (...[orderId, commands, opening]: Parameters<OrderSignals['send']>) => {
      const result = await signals.send(orderId, commands, opening);
      done.push(...commands.map(({ type, id }) => `sent ${type} ${id} to ${orderId} again: ${result}`));
      return result;
    },
  };
  await forgetBackOff(given.db, LATE_MS);
  const deps = { ...given, signals: noted };
  for (let left = 1; left > 0; ) left = (await sweepCommands(deps)).left;
  for (let left = 1; left > 0; ) left = (await sweepOrders(deps, { lateMs: LATE_MS })).left;
  return done;
}

/** What the sweepers have in common. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import type { Swept } from '../db/sweeps.ts';
import type { Command } from '../domain/commands.ts';
import type { OrderOpening } from '../domain/escrow-order.ts';
import type { StoredProofs } from '../proofs/stored-proofs.ts';

/** How the sweeper reaches orders; what did not arrive is swept again. */
export interface OrderReminders {
  /** @throws when the type or the form of a command is none of this version's */
  send(orderId: string, commands: readonly [Command, ...Command[]], opening?: OrderOpening): Promise<Sent>;
  wake(orderId: string, opening?: OrderOpening): Promise<Sent>;
  /** Starts the order's workflow where it does not run. */
  start(orderId: string, opening?: OrderOpening): Promise<Sent>;
}

/** As src/temporal/order-signals.ts says. */
export type Sent = 'sent' | 'unreachable' | 'unclear';

export interface SweeperDependencies {
  readonly db: Database;
  readonly signals: OrderReminders;
  readonly log: Logger;
  /** Null: whatever is stored is believed. */
  readonly proofs: StoredProofs | null;
  /** Told of each stored command that the service did not store; it is not sent. */
  readonly onUnproven?: () => void;
  /** Counted here where it is given. */
  readonly counts?: SweepCounts;
  /** Aborted: nothing further is begun. */
  readonly stopping?: AbortSignal;
}

/** For metrics; since the process started. */
export interface SweepCounts {
  readonly done: Record<Swept, number>;
  /** Due when the last sweep had taken as much as it may; 0: it took all. */
  readonly left: Record<Swept, number>;
  readonly failures: Record<Swept, number>;
  /** Stored commands that this version cannot send. */
  unreadable: number;
}

export function newCounts(): SweepCounts {
  const zero = () => ({ commands: 0, orders: 0, payouts: 0, fundings: 0, retention: 0 });
  return { done: zero(), left: zero(), failures: zero(), unreadable: 0 };
}

/** What one sweep did, and how much is due beyond what it may take at a time. */
export interface Sweep {
  readonly done: number;
  readonly left: number;
}

/** Handles items a few at a time, and begins no further one after `stopping`. */
export async function aFewAtATime<Item>(
  items: readonly Item[],
  atOnce: number,
  stopping: AbortSignal | undefined,
  handle: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length && !stopping?.aborted; start += atOnce) {
    await Promise.all(items.slice(start, start + atOnce).map(handle));
  }
}

/** Resolves after `ms`, or at once when it is time to stop. */
export function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal: stopping }).catch(() => {});
}

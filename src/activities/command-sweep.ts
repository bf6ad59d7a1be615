/** Sends stored commands again that have no outcome. */
import { LRUCache } from 'lru-cache';
import { closeRecorded, countDue, lookAgainSoon, type PendingCommand, takePendingCommands } from '../db/sweeps.ts';
import type { Command } from '../domain/commands.ts';
import { countOfSignal, SIGNAL_LIMITS } from '../domain/payload-limits.ts';
import { aFewAtATime, type Sweep, type SweeperDependencies } from './sweeping.ts';

const PAGE_ROWS = 500;
/** Of one sweep. Most are only closed: the outcome of a claim is recorded within milliseconds. */
export const COMMAND_SWEEP_ROWS = 5_000;
/** Looked at by one sweep, of those that were sent before. */
const CLOSED_ROWS = 1_000;
const ORDERS_AT_ONCE = 16;

type Sendable = PendingCommand & { readonly payload: Command };

/**
 * Sends what is due. What keeps having no outcome is sent ever more rarely, at last every five minutes: an order whose
 * workflow stands still must not use up the signals that Temporal lets a run have.
 */
export async function sweepCommands(deps: SweeperDependencies): Promise<Sweep> {
  let done = 0;
  await closeRecorded(deps.db, CLOSED_ROWS);
  for (let rows = 0; rows < COMMAND_SWEEP_ROWS && !deps.stopping?.aborted; rows += PAGE_ROWS) {
    const { looked, pending } = await takePendingCommands(deps.db, PAGE_ROWS);
    const arrived = await sendAll(deps, pending);
    done += arrived;
    if (looked < PAGE_ROWS) return { done, left: 0 };
    // Temporal is away, and will be for the next page, too.
    if (pending.length > 0 && arrived === 0) break;
  }
  return { done, left: deps.stopping?.aborted ? 0 : await countDue(deps.db, 'commands') };
}

/** @returns how many arrived */
async function sendAll(deps: SweeperDependencies, pending: readonly PendingCommand[]): Promise<number> {
  const missed: string[] = [];
  let arrived = 0;
  const sendRun = async (run: readonly [Sendable, ...Sendable[]]): Promise<void> => {
    const [{ orderId, opening, commandId }] = run;
    const commands = run.map(({ payload }) => payload) as [Command, ...Command[]];
    try {
      if ((await deps.signals.send(orderId, commands, opening ?? undefined)) === 'sent') arrived += run.length;
      else missed.push(...run.map((one) => one.commandId));
    } catch (error) {
      if (run.length === 1) return tellUnreadable(deps, { orderId, commandId }, error);
      // One of them cannot be sent, and the others have to be.
      for (const one of run) await sendRun([one]);
    }
  };
  const sendable = pending.filter((one): one is Sendable => {
    if (isCommand(one.payload)) return isOurs(deps, { ...one, payload: one.payload });
    tellUnreadable(deps, one, new Error('It is no command'));
    return false;
  });
  await aFewAtATime([...byOrder(sendable).values()], ORDERS_AT_ONCE, deps.stopping, async (commands) => {
    for (const run of runsOf(commands)) if (!deps.stopping?.aborted) await sendRun(run);
  });
  if (!deps.stopping?.aborted) await lookAgainSoon(deps.db, missed);
  return arrived;
}

/** It was taken, so it comes again ever more rarely, and a version that knows it will send it. */
function tellUnreadable(
  { log, counts }: SweeperDependencies,
  { orderId, commandId }: { readonly orderId: string; readonly commandId: string },
  err: unknown,
): void {
  if (counts) counts.unreadable++;
  log.error({ orderId, commandId, err }, 'A stored command cannot be sent by this version, trying again later');
}

/** Told once per process. */
const unproven = new LRUCache<string, true>({ max: 1_000 });

/** Whoever can write to the table, and has not the service's secret, is nobody whose commands are sent. */
function isOurs({ proofs, log, onUnproven }: SweeperDependencies, stored: Sendable): boolean {
  const { commandId, orderId } = stored;
  if (proofs === null || proofs.prove(orderId, stored)) return true;
  if (!unproven.has(commandId)) {
    unproven.set(commandId, true);
    log.error({ commandId, orderId }, 'a stored command has no proof of this service and is not sent');
    onUnproven?.();
  }
  return false;
}

function isCommand(payload: unknown): payload is Command {
  return typeof payload === 'object' && payload !== null && 'type' in payload && typeof payload.type === 'string';
}

function byOrder(pending: readonly Sendable[]): Map<string, Sendable[]> {
  const orders = new Map<string, Sendable[]>();
  for (const one of pending) {
    const others = orders.get(one.orderId);
    if (others) others.push(one);
    else orders.set(one.orderId, [one]);
  }
  return orders;
}

/** What goes out in one signal each. */
function runsOf(commands: readonly Sendable[]): [Sendable, ...Sendable[]][] {
  const runs: [Sendable, ...Sendable[]][] = [];
  for (let start = 0; start < commands.length; ) {
    const next = commands.slice(start, start + SIGNAL_LIMITS.commands);
    const [first, ...others] = next.slice(0, countOfSignal(next.map(({ payload }) => payload)));
    if (!first) break;
    runs.push([first, ...others]);
    start += 1 + others.length;
  }
  return runs;
}

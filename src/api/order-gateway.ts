/**
 * Brings commands to their orders and outcomes back. Per order one signal is in flight; what arrives meanwhile goes
 * out together in the next one, so a burst of a hundred requests becomes a handful of signals.
 */
import type { Client } from '@temporalio/client';
import type { Command } from '../domain/commands.ts';
import { countOfSignal, SIGNAL_LIMITS } from '../domain/payload-limits.ts';
import type { OrderSignals, SendResult } from '../temporal/order-signals.ts';
import type { OutcomeWaiters } from './outcome-waiters.ts';
import type { OrderGateway, Submission } from './submission.ts';
import { BECOMES_WAITING_MS, WorkTurns } from './work-turns.ts';

/** Commands of one order that may wait for an outcome in this process; more are shed. */
export const PENDING_MAX_COMMANDS = 500;
const PROBE_TIMEOUT_MS = 1_000;
/**
 * After an unclear answer to its signal a command has often arrived, and then its outcome is there soon: the client gets
 * it instead of a 202. When it has not arrived, waiting on is in vain until the sweeper sends it again.
 */
const UNCLEAR_WAIT_MS = 2_000;

/**
 * Orders of one merchant that have commands on their way at the same time. All merchants share Temporal and the workers,
 * which more at once would only keep from others.
 */
const ORDERS_AT_WORK_MAX = 2;

interface Outgoing {
  readonly command: Command;
  readonly sent: (result: SendResult) => void;
}

/** What one order has under way in this process. */
interface Lane {
  readonly queue: Outgoing[];
  sending: boolean;
  pending: number;
}

export function createOrderGateway(deps: {
  readonly client: Client;
  readonly signals: OrderSignals;
  readonly waiters: OutcomeWaiters;
}): OrderGateway {
  const { client, signals, waiters } = deps;
  const lanes = new Map<string, Lane>();
  const turns = new WorkTurns<Lane>(ORDERS_AT_WORK_MAX);

  const send = (orderId: string, lane: Lane, command: Command): Promise<SendResult> =>
    new Promise((sent) => {
      lane.queue.push({ command, sent });
      if (!lane.sending) void drain(orderId, lane);
    });

  const drain = async (orderId: string, lane: Lane): Promise<void> => {
    lane.sending = true;
    for (let run = nextRun(lane.queue); run; run = nextRun(lane.queue)) {
      const [first, ...others] = run;
      const result = await signals.send(orderId, [first.command, ...others.map(({ command }) => command)]);
      for (const { sent } of run) sent(result);
    }
    lane.sending = false;
  };

  const submit = async (
    orderId: string,
    lane: Lane,
    command: Command,
    { merchantId, waitMs, untilHeld, send: sends, patience }: Parameters<OrderGateway['submit']>[2],
  ): Promise<Submission> => {
    // The waiter comes first: the outcome may be there before the signal's own answer.
    const { outcome, giveUp } = waiters.wait(command.id, { untilHeld, timeoutMs: waitMs });
    patience?.addEventListener('abort', giveUp, { once: true });
    let timer: NodeJS.Timeout | undefined;
    if (sends) {
      await turns.enter(merchantId, lane);
      const becomesWaiting = new Promise((resolve) => setTimeout(resolve, BECOMES_WAITING_MS));
      void Promise.race([outcome, becomesWaiting]).then(() => turns.leave(merchantId, lane));
      const result = await Promise.race([send(orderId, lane, command), outcome.then(() => 'sent' as const)]);
      if (result === 'unreachable') {
        giveUp();
        return { kind: 'unreachable' };
      }
      if (result === 'unclear') timer = setTimeout(giveUp, UNCLEAR_WAIT_MS);
    }
    const entry = await outcome;
    clearTimeout(timer);
    return entry ? { kind: 'recorded', entry } : { kind: 'unclear' };
  };

  return {
    async submit(orderId, command, options) {
      const lane = lanes.get(orderId) ?? { queue: [], sending: false, pending: 0 };
      if (lane.pending >= PENDING_MAX_COMMANDS) return { kind: 'overloaded' };
      lanes.set(orderId, lane);
      lane.pending++;
      try {
        return await submit(orderId, lane, command, options);
      } finally {
        lane.pending--;
        if (lane.pending === 0 && !lane.sending) lanes.delete(orderId);
      }
    },
    async isReachable() {
      try {
        await client.connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
          client.connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
    stopWaiting: () => waiters.close(),
    async close() {
      waiters.close();
      await client.connection.close();
    },
  };
}

/** Takes what goes out in the next signal off the queue, in order. */
function nextRun(queue: Outgoing[]): [Outgoing, ...Outgoing[]] | null {
  const next = queue.slice(0, SIGNAL_LIMITS.commands).map(({ command }) => command);
  const [first, ...others] = queue.splice(0, countOfSignal(next));
  return first ? [first, ...others] : null;
}

/**
 * What commands cost in workflow history, read from Temporal itself. History is what a durable order costs for good:
 * every event is stored, and a worker that lost its cache replays them all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import postgres from 'postgres';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import { runLoad } from '../load/loads.ts';
import type { TrancheOrder, TrancheTarget } from '../load/tranche-target.ts';
import { readNoCpu } from '../support/cpu.ts';
import type { Stage } from '../support/stage.ts';
import { WrongAnswer } from '../support/wrong-answer.ts';

export interface HistoryEvents {
  /** Start of the workflow and load of its order, without any command. */
  readonly startAndLoad: number;
  /** The same with the order's first command. */
  readonly firstCommand: number;
  /** One create on a workflow at rest; the most of several. */
  readonly loneCommand: number;
  /** All creates of one burst; the most of several. */
  readonly burst: number;
  /** The same when the timers of commands that waited for their turn have run out too. */
  readonly burstLater: number;
}

export const BURST_COMMANDS = 100;
const LONE_COMMANDS = 5;
const BURSTS = 3;
/** Longer than a create waits for its turn unless told otherwise. */
const TIMERS_DONE_MS = 2_500;
const SETTLE_TIMEOUT_MS = 15_000;
const PROBE_INTERVAL_MS = 20;

/** @throws WrongAnswer also when a burst was recorded in another order than that of its indexes */
export async function countHistoryEvents(
  stage: Stage,
  target: TrancheTarget,
  taskQueue: string,
): Promise<HistoryEvents> {
  const { client } = stage;
  const woken = await target.makeOrder();
  await createOrderSignals(client, taskQueue).wake(woken.orderId);
  const startAndLoad = await eventsOf(client, woken);
  const [lone] = (await target.prepare(1)) as [TrancheOrder];
  let before = await eventsOf(client, lone);
  const firstCommand = before;
  let loneCommand = 0;
  for (let index = 0; index < LONE_COMMANDS; index++) {
    await target.create(lone, index);
    const after = await eventsOf(client, lone);
    loneCommand = Math.max(loneCommand, after - before);
    before = after;
  }
  const bursts: { order: TrancheOrder; before: number; events: number }[] = [];
  for (let round = 0; round < BURSTS; round++) bursts.push(await burstOn(stage, target));
  await sleep(TIMERS_DONE_MS);
  const later = await Promise.all(bursts.map(async ({ order, before }) => (await eventsOf(client, order)) - before));
  const burst = Math.max(...bursts.map(({ events }) => events));
  return { startAndLoad, firstCommand, loneCommand, burst, burstLater: Math.max(...later) };
}

async function burstOn({ client, adminUrl }: Stage, target: TrancheTarget) {
  const [order] = (await target.prepare(1)) as [TrancheOrder];
  const before = await eventsOf(client, order);
  await runLoad({ ...target, prepare: async () => [order] }, { kind: 'burst', commands: BURST_COMMANDS }, readNoCpu);
  const indexes = await recordedIndexes(adminUrl, order);
  if (indexes.length !== BURST_COMMANDS || indexes.some((index, position) => index !== position)) {
    throw new WrongAnswer(`A burst on ${order.orderId} was recorded in the order ${indexes.join(', ')}`);
  }
  return { order, before, events: (await eventsOf(client, order)) - before };
}

/** The milestones in the order in which the order log recorded their creation. */
async function recordedIndexes(adminUrl: string, { orderId }: TrancheOrder): Promise<number[]> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<{ index: number }[]>`
      SELECT (events -> 0 ->> 'index')::integer AS index FROM order_log
      WHERE order_id = ${orderId} AND command_type = 'milestone.create' AND outcome = 'accepted' ORDER BY version`;
    return rows.map(({ index }) => index);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The length of an order's history once its workflow is at rest: an answer comes before its workflow task ends. */
async function eventsOf(client: Client, { orderId }: TrancheOrder): Promise<number> {
  const handle = client.workflow.getHandle(escrowOrderWorkflowId(orderId));
  for (const deadlineAt = Date.now() + SETTLE_TIMEOUT_MS; ; await sleep(PROBE_INTERVAL_MS)) {
    const { raw, historyLength } = await handle.describe();
    if (!raw.pendingWorkflowTask && historyLength > 1) return historyLength;
    if (Date.now() > deadlineAt) throw new WrongAnswer(`The workflow of ${orderId} does not come to rest`);
  }
}

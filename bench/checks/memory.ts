/**
 * What an idle order costs in a worker's memory: its workflow stays cached between commands, so this decides how many
 * orders a worker can keep without replaying.
 */
import { pathToFileURL } from 'node:url';
import { HttpClient } from '../load/http-client.ts';
import { trancheTarget } from '../load/tranche-target.ts';
import type { InstrumentedSettings, MemoryUse } from '../processes/instrumented.ts';
import type { Child } from '../support/child.ts';
import { projectPath } from '../support/paths.ts';
import { type Stage, taskQueueOf } from '../support/stage.ts';

export interface MemoryPerOrder {
  readonly orders: number;
  /** V8 heap of the thread that all workflows live in. */
  readonly workflowHeapKiB: number;
  /** V8 heap of the main thread: what the SDK's worker keeps for each workflow. */
  readonly mainHeapKiB: number;
  /** Everything, Temporal's native core and unused heap included; only the order of magnitude is dependable. */
  readonly rssKiB: number;
}

export interface InstrumentedService {
  readonly child: Child;
  readonly http: HttpClient;
}

const KIB = 1024;
/** Orders made before the first reading, so that code and caches that all orders share are there. */
const WARM_UP_ORDERS = 50;
/** Orders made at a time: above that, answers would only wait for each other. */
const MADE_AT_ONCE = 32;

/** Starts the instrumented service on the stage. Whoever starts it stops it. */
export async function startInstrumented(stage: Stage, apiKey: string): Promise<InstrumentedService> {
  const settings: InstrumentedSettings = {
    databaseUrl: stage.databaseUrl,
    temporalAddress: stage.temporalAddress,
    namespace: stage.namespace,
    taskQueue: taskQueueOf(stage.runId, 'instrumented'),
  };
  const child = stage.start('processes/instrumented.ts', {
    env: { INSTRUMENTED_SETTINGS: JSON.stringify(settings) },
    execArgv: ['--expose-gc', '--import', pathToFileURL(projectPath('bench/processes/heap-probe.mjs')).href],
  });
  return { child, http: new HttpClient(await child.ask<number>('port'), apiKey) };
}

/** Makes `orders` funded orders with one milestone each and compares the memory before and after, at rest. */
export async function measureMemory({ child, http }: InstrumentedService, orders: number): Promise<MemoryPerOrder> {
  const target = trancheTarget(http, { keyed: false });
  const make = async (count: number) => {
    for (let made = 0; made < count; made += MADE_AT_ONCE) {
      const some = await target.prepare(Math.min(MADE_AT_ONCE, count - made));
      await Promise.all(some.map((order) => target.create(order, 0)));
    }
  };
  await make(WARM_UP_ORDERS);
  const before = await child.ask<MemoryUse>('memory');
  await make(orders);
  const after = await child.ask<MemoryUse>('memory');
  const each = (key: keyof MemoryUse) => (after[key] - before[key]) / orders / KIB;
  return {
    orders,
    workflowHeapKiB: each('workflowHeapBytes'),
    mainHeapKiB: each('mainHeapBytes'),
    rssKiB: each('rssBytes'),
  };
}

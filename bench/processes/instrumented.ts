/**
 * The service with its insides visible: the text of every SQL statement, and the memory of its threads. It is not
 * what is timed: counting costs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { BroadcastChannel } from 'node:worker_threads';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/main/service.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { NO_RATE_LIMITS } from '../../test/support/no-rate-limits.ts';
import { answerParent } from '../support/parent.ts';

export interface InstrumentedSettings {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

export interface MemoryUse {
  readonly rssBytes: number;
  readonly mainHeapBytes: number;
  /** The heap of the thread that the workflows live in. */
  readonly workflowHeapBytes: number;
}

/** A thread needs less for a full collection of a heap of some hundred MB. */
const COLLECT_MS = 1_500;

await main(JSON.parse(process.env.INSTRUMENTED_SETTINGS ?? '{}') as InstrumentedSettings);

async function main(settings: InstrumentedSettings): Promise<void> {
  const { databaseUrl, temporalAddress, namespace, taskQueue } = settings;
  const statements = new Map<string, number>();
  const config = readConfig({
    PORT: '0',
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TASK_QUEUE: taskQueue,
    ...NO_RATE_LIMITS,
  });
  const service = await startService({
    config,
    databaseUrl,
    temporalAddress,
    log: createLog({ LOG_LEVEL: 'warn' }),
    roles: { api: true, worker: true },
    onQuery: (text) => statements.set(text, (statements.get(text) ?? 0) + 1),
  });
  const stop = async () => {
    await service.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  const takeStatements = () => {
    const taken = [...statements];
    statements.clear();
    return taken;
  };
  answerParent({ port: () => service.port, statements: takeStatements, memory: memoryUse }, () => void stop());
}

async function memoryUse(): Promise<MemoryUse> {
  const channel = new BroadcastChannel('tranche-bench-heap');
  const heaps: number[] = [];
  channel.onmessage = (message: unknown) => heaps.push((message as { data: number }).data);
  channel.postMessage('ask');
  await sleep(COLLECT_MS);
  channel.close();
  globalThis.gc?.();
  globalThis.gc?.();
  return {
    rssBytes: process.memoryUsage.rss(),
    mainHeapBytes: getHeapStatistics().used_heap_size,
    // Other libraries may have threads too; the workflows' is the largest by far.
    workflowHeapBytes: Math.max(...heaps),
  };
}

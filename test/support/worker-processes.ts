/** Keeps a number of worker processes running: one that kills itself is replaced, until enough have. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { TestOrders } from './orders.ts';
import { recordOutputOf } from './test-log.ts';

const SCRIPT = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

export interface WorkerProcesses {
  /** How many have killed themselves so far. */
  readonly kills: number;
  /** How one ended that was not to; null while all is well. */
  readonly failure: string | null;
  /** Kills those that are left, and waits until they are gone. */
  stop(): Promise<void>;
}

/**
 * @param options.kills how many shall die before the rest may live
 * @param options.dieAfter the commit after which the next one to start shall die
 */
export function startWorkerProcesses(
  orders: TestOrders,
  options: {
    count: number;
    kills: number;
    dieAfter: () => number;
    /** Where payments are recorded; then they die, by turns, after payments and before telling of them, not of commits. */
    paymentsFolder?: string;
    /** Where another bundle of the workflows is than the one of all tests. */
    bundlePath?: string;
  },
): WorkerProcesses {
  const running = new Set<ChildProcess>();
  let stopping = false;
  const state = { kills: 0, failure: null as string | null };
  const start = () => {
    const dieAfter = state.kills < options.kills ? options.dieAfter() : 0;
    const child = fork(SCRIPT, {
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        DATABASE_URL: orders.url,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TASK_QUEUE: orders.taskQueue,
        WORKFLOW_BUNDLE: options.bundlePath ?? inject('workflowBundlePath'),
        ...(options.paymentsFolder === undefined
          ? { DIE_AFTER: String(dieAfter) }
          : {
              [state.kills % 2 === 0 ? 'DIE_AFTER_PAYMENT' : 'DIE_BEFORE_SETTLE']: String(dieAfter),
              PAYMENTS_FOLDER: options.paymentsFolder,
            }),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    recordOutputOf('worker', child);
    running.add(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (stopping) return;
      if (signal === 'SIGKILL') state.kills++;
      else state.failure = `a worker process ended with ${signal ?? code}`;
      start();
    });
  };
  for (let started = 0; started < options.count; started++) start();
  return {
    get kills() {
      return state.kills;
    },
    get failure() {
      return state.failure;
    },
    async stop() {
      stopping = true;
      await Promise.all(
        [...running].map((child) => {
          const ended = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGKILL');
          return ended;
        }),
      );
    },
  };
}

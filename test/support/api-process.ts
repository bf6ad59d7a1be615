/** API and worker as `npm run api` and `npm run worker` start them, in processes of their own, with a probe for what they use. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, inject } from 'vitest';
import { NO_RATE_LIMITS } from './no-rate-limits.ts';
import { SECRETS_TEXT } from './secrets.ts';
import { recordOutputOf } from './test-log.ts';
import type { Usage } from './usage-probe.ts';

const PROBE = fileURLToPath(new URL('./usage-probe.ts', import.meta.url));

const running = new Set<ChildProcess>();
// Registered once, here: a hook that a running test registers never runs.
afterAll(() => Promise.all([...running].map(stop)));

export interface ApiProcess {
  readonly port: number;
  usage(): Promise<Usage>;
  /** Ends it as an operator would, and answers its exit code and how long that took. */
  end(): Promise<{ code: number | null; ms: number }>;
}

export function startApiProcess(databaseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
  return startProcess('api', databaseUrl, env);
}

/** Both, with a task queue in common. */
export async function startProcesses(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const common = { TEMPORAL_TASK_QUEUE: `processes-${randomBytes(6).toString('hex')}`, ...env };
  const [api] = await Promise.all([
    startProcess('api', databaseUrl, common),
    startProcess('worker', databaseUrl, common),
  ]);
  return api;
}

/** Stopped after the file, whether a test started it or the file. */
export async function startProcess(
  role: 'api' | 'worker',
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<ApiProcess> {
  const main = fileURLToPath(new URL(`../../src/main/${role}-main.ts`, import.meta.url));
  const child = fork(main, {
    // The threads of a worker load what their process loads, and know no TypeScript yet.
    execArgv: ['--expose-gc', '--import', 'tsx', ...(role === 'api' ? ['--import', PROBE] : [])],
    env: {
      ...process.env,
      ...NO_RATE_LIMITS,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      PORT: '0',
      METRICS_PORT: '0',
      SECRETS_KEY: SECRETS_TEXT,
      LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  recordOutputOf(role, child);
  running.add(child);
  const port = await startedOn(child);
  return {
    port,
    async usage() {
      const answered = once(child, 'message');
      child.send('usage');
      const [usage] = await answered;
      return usage as Usage;
    },
    async end() {
      const startedAt = performance.now();
      await stop(child);
      return { code: child.exitCode, ms: performance.now() - startedAt };
    },
  };
}

async function startedOn(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('The process has no output');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The process ended with ${code} instead of starting`)));
    lines.on('line', (line) => {
      const { msg, port } = JSON.parse(line);
      if (msg === 'started') resolve(port);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/**
 * What is measured: each takes a load and gives its figures, wherever it runs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_RATE_LIMITS } from '../../test/support/no-rate-limits.ts';
import { HttpClient } from '../load/http-client.ts';
import { type Load, type LoadResult, runLoad } from '../load/loads.ts';
import { trancheTarget } from '../load/tranche-target.ts';
import type { FloorSettings } from '../references/floor-local.ts';
import type { Child } from './child.ts';
import { readCpu } from './cpu.ts';
import { type Stage, taskQueueOf } from './stage.ts';

export interface Contender {
  readonly name: string;
  run(load: Load): Promise<LoadResult>;
}

export interface TrancheService {
  readonly child: Child;
  readonly taskQueue: string;
  readonly apiKey: string;
  readonly http: HttpClient;
}

const START_TIMEOUT_MS = 60_000;
const PROBE_INTERVAL_MS = 50;

/**
 * Starts the service as `npm start` does, on the stage's servers.
 *
 * @param profileFolder where V8 writes a processor profile of each thread when the service ends
 */
export async function startTranche(stage: Stage, profileFolder: string | null): Promise<TrancheService> {
  const home = join(stage.home, 'service');
  const taskQueue = taskQueueOf(stage.runId, 'tranche');
  const child = stage.start('processes/npm-start.ts', {
    env: {
      DATABASE_URL: stage.databaseUrl,
      MIGRATION_DATABASE_URL: stage.adminUrl,
      TEMPORAL_ADDRESS: stage.temporalAddress,
      TEMPORAL_NAMESPACE: stage.namespace,
      TEMPORAL_TASK_QUEUE: taskQueue,
      TRANCHE_HOME: home,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...NO_RATE_LIMITS,
    },
    execArgv: profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
  });
  const { apiUrl, apiKey } = await Promise.race([readDevFile(join(home, 'dev.json')), child.failed]);
  return { child, taskQueue, apiKey, http: new HttpClient(Number(new URL(apiUrl).port), apiKey) };
}

export function trancheContender(
  { child, http }: TrancheService,
  stage: Stage,
  options: { keyed: boolean },
): Contender {
  const target = trancheTarget(http, options);
  const readAll = async () => readCpu(await child.ask<number>('cpu'), stage.serverPids);
  return {
    name: options.keyed ? 'Tranche, with Idempotency-Key' : 'Tranche',
    run: (load) => Promise.race([runLoad(target, load, readAll), child.failed]),
  };
}

export async function startFloor(stage: Stage): Promise<{ child: Child; contender: Contender }> {
  const settings: FloorSettings = {
    temporalAddress: stage.temporalAddress,
    namespace: stage.namespace,
    taskQueue: taskQueueOf(stage.runId, 'floor'),
    servers: stage.serverPids,
  };
  const child = stage.start('references/floor-local.ts', { env: { FLOOR_SETTINGS: JSON.stringify(settings) } });
  await child.ask('ready');
  return { child, contender: { name: 'floor-local', run: (load) => child.ask<LoadResult>('load', load) } };
}

/** The service writes it when it answers. */
async function readDevFile(path: string): Promise<{ apiUrl: string; apiKey: string }> {
  for (const deadlineAt = Date.now() + START_TIMEOUT_MS; Date.now() < deadlineAt; await sleep(PROBE_INTERVAL_MS)) {
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as { apiUrl: string; apiKey: string };
  }
  throw new Error(`The service was not ready within ${START_TIMEOUT_MS / 1_000} s`);
}

/**
 * What a run of the bench stands on: a temporary home, one PostgreSQL and one Temporal server for everything, and a
 * database of its own. All of it is gone when the run ends, however it ends.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import postgres from 'postgres';
import { startServers } from '../../src/embedded/servers.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { Child } from './child.ts';
import { type ServerPids, serverPidsIn } from './cpu.ts';

const NAMESPACE_TIMEOUT_MS = 30_000;
const NAMESPACE_PROBE_MS = 100;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

export interface Stage {
  /** Distinguishes this run's database, role, task queues and workflows from all others. */
  readonly runId: string;
  readonly home: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  /** The run's own database, as the application signs in to it. */
  readonly databaseUrl: string;
  /** The same one as superuser. */
  readonly adminUrl: string;
  readonly client: Client;
  readonly serverPids: ServerPids;
  /** Rejects when a server or a child ends unasked; never resolves. */
  readonly failed: Promise<never>;
  /** Starts a child that is ended with the stage at the latest. */
  start(...child: ConstructorParameters<typeof Child>): Child;
  close(): Promise<void>;
}

/** Environment: DATABASE_URL and TEMPORAL_ADDRESS name servers to use instead of own ones. */
export async function openStage(log: (line: string) => void, signal: AbortSignal): Promise<Stage> {
  const runId = randomBytes(4).toString('hex');
  const home = await mkdtemp(join(tmpdir(), 'tranche-bench-'));
  /** What has to be undone, the latest first. */
  const undo: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (let next = undo.pop(); next; next = undo.pop()) {
      // What cannot be undone must not keep the rest from being undone.
      await next().catch((error: unknown) => log(`Tidying up: ${String(error)}`));
    }
  };
  try {
    const servers = await startServers({
      home,
      log,
      signal,
      databaseUrl: process.env.DATABASE_URL || undefined,
      temporalAddress: process.env.TEMPORAL_ADDRESS || undefined,
    });
    undo.push(() => servers.stop());
    const database = await createDatabase(servers.databaseUrl, `tranche_bench_${runId}`);
    if (process.env.DATABASE_URL) undo.push(database.drop);
    const { temporalAddress } = servers;
    const namespace = process.env.TEMPORAL_ADDRESS ? `tranche-bench-${runId}` : 'default';
    const client = connectClient(temporalAddress, namespace);
    undo.push(() => client.connection.close());
    if (process.env.TEMPORAL_ADDRESS) {
      await createNamespace(client, namespace);
      undo.push(() => client.connection.operatorService.deleteNamespace({ namespace }));
    }
    const children: Child[] = [];
    undo.push(() => Promise.all(children.map((child) => child.stop())));
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
      servers.failed.catch(reject);
    });
    // Whoever waits for it gets the error; this only keeps it from being unhandled until then.
    failed.catch(() => {});
    const start: Stage['start'] = (...options) => {
      const child = new Child(...options);
      children.push(child);
      child.failed.catch(fail);
      return child;
    };
    return {
      ...{ runId, home, temporalAddress, namespace, client, failed, start, close },
      databaseUrl: database.url,
      adminUrl: database.adminUrl,
      serverPids: serverPidsIn(home),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A server that goes on living must not keep our workflows, nor mix them with others: they get a namespace. */
async function createNamespace(client: Client, namespace: string): Promise<void> {
  const { workflowService } = client.connection;
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  const taskQueue = { name: 'probe' };
  for (const deadlineAt = Date.now() + NAMESPACE_TIMEOUT_MS; ; await sleep(NAMESPACE_PROBE_MS)) {
    try {
      await workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: WORKFLOW_TASKS });
      return;
    } catch (error) {
      // The server's parts hear of a new namespace one after the other.
      if (Date.now() > deadlineAt) throw error;
    }
  }
}

async function createDatabase(serverUrl: string, name: string) {
  const onServer = async (...statements: string[]) => {
    const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
    try {
      for (const statement of statements) await sql.unsafe(statement);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
  await onServer(`CREATE DATABASE ${name}`);
  const admin = new URL(serverUrl);
  admin.pathname = `/${name}`;
  const application = new URL(admin);
  application.username = name;
  application.password = randomBytes(16).toString('hex');
  return {
    url: application.href,
    adminUrl: admin.href,
    drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${name}`),
  };
}

/** The task queue of the service under test; references take others that begin with it. */
export function taskQueueOf(runId: string, part: string): string {
  return `tranche-bench-${runId}-${part}`;
}

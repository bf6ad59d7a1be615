/** The verifier that runs inside the service, against a database that is corrupted under it. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, expect, inject, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/main/service.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { type RunningVerifier, startVerifier } from '../../src/verify/running.ts';
import { adminOf } from '../support/admin.ts';
import { testOrders } from '../support/orders.ts';
import { complete, create } from '../support/steps.ts';
import { recordOutput, testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
const admin = adminOf(orders);
const INTERVAL_MS = 150;

const lines: Record<string, unknown>[] = [];
const log = createLog(
  { LOG_LEVEL: 'debug' },
  {
    write(line) {
      recordOutput('verifier', line);
      lines.push(JSON.parse(line));
    },
  },
);
const errors = () => lines.filter(({ level }) => level === 50);
afterEach(() => {
  lines.length = 0;
});

function started(intervalMs = INTERVAL_MS): RunningVerifier {
  const verifier = startVerifier({ databaseUrl: orders.url, log }, intervalMs);
  onTestFinished(() => verifier.stop());
  return verifier;
}

/** As only a superuser can, with the triggers off. */
async function plant(statement: string): Promise<void> {
  await admin.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL session_replication_role = replica; ${statement}`);
  });
}

async function orderUnderWay(): Promise<string> {
  const orderId = await orders.createOrder({ funded: true });
  await orders.submit(orderId, create(0, { amount: '300.00' }));
  await orders.submit(orderId, complete(0));
  return orderId;
}

const runsAfter = (verifier: RunningVerifier, runs: number) =>
  until(`run ${runs}`, () => verifier.counts.runs >= runs, 5_000);

test('a sound database logs nothing but that it was verified', async () => {
  await orderUnderWay();
  const verifier = started();
  expect(verifier.counts).toEqual({ runs: 0, violations: 0, lastRunAt: null, lastViolations: 0 });
  await runsAfter(verifier, 2);
  expect(verifier.counts).toMatchObject({ violations: 0, lastRunAt: expect.any(Date), lastViolations: 0 });
  expect(lines.filter(({ msg }) => msg !== 'verified')).toEqual([]);
  expect(lines[0]).toMatchObject({ orders: 1 });
});

test('a planted corruption is found by the next run, named and counted, until it is gone', async () => {
  const orderId = await orderUnderWay();
  const verifier = started();
  await runsAfter(verifier, 1);
  const before = verifier.counts.runs;
  await plant(`UPDATE escrow_orders SET released_amount = released_amount + 1 WHERE id = '${orderId}'`);
  // The run under way may have read before; the one after it may not miss it.
  await runsAfter(verifier, before + 2);
  expect(errors()).toContainEqual(
    expect.objectContaining({
      ...{ msg: 'invariant violated', rule: 'V4_order', orderId },
      ...{ expected: expect.stringContaining('0.00'), found: expect.stringContaining('1.00') },
    }),
  );
  expect(new Set(errors().map(({ rule }) => rule))).toEqual(new Set(['V2_escrow', 'V4_order', undefined]));
  expect(verifier.counts.lastViolations).toBe(2);
  expect(verifier.counts.violations).toBeGreaterThanOrEqual(2);

  await plant(`UPDATE escrow_orders SET released_amount = released_amount - 1 WHERE id = '${orderId}'`);
  await runsAfter(verifier, verifier.counts.runs + 2);
  expect(verifier.counts.lastViolations).toBe(0);
});

test('an order whose commands were received long before they were recorded is looked at', async () => {
  // As after hours without a worker: the order's instants are those of its commands.
  const long = new Date(Date.now() - 3 * 3_600_000);
  const orderId = await orders.createOrder({ createdAt: long, lastAt: long, updatedAt: long });
  const lagging = create(0, { receivedAt: long.getTime() });
  await orders.submit(orderId, lagging);
  const [row] = await orders.db.execute<{ ms: number }>(
    sql`SELECT (extract(epoch FROM updated_at) * 1000)::float8 AS ms FROM escrow_orders WHERE id = ${orderId}`,
  );
  expect(row?.ms).toBe(long.getTime());
  await plant(`UPDATE milestones SET amount = amount + 1 WHERE order_id = '${orderId}'`);
  await runsAfter(started(), 1);
  expect(errors()).toContainEqual(expect.objectContaining({ rule: 'V4_milestone', orderId }));
  await plant(`UPDATE milestones SET amount = amount - 1 WHERE order_id = '${orderId}'`);
});

test('only one process verifies at a time, and the lock is gone with its transaction', async () => {
  const unlock = await holding(`SELECT pg_advisory_xact_lock(${0x766572696679})`);
  const verifier = started(30);
  await sleep(500);
  expect(verifier.counts.runs).toBe(0);
  await unlock();
  const other = started(30);
  await runsAfter(verifier, 3);
  await runsAfter(other, 3);
  expect(errors()).toEqual([]);
});

test('a database that cannot be reached, or refuses, is a warning and another try', async () => {
  const lost = startVerifier({ databaseUrl: orders.url.replace(/[^/]+$/, 'no_such_database'), log }, 30);
  onTestFinished(() => lost.stop());
  await until('two warnings', () => lines.filter(({ msg }) => msg === 'could not verify, trying again').length >= 2);
  expect(lost.counts.runs).toBe(0);

  const verifier = started(30);
  await runsAfter(verifier, 1);
  await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tranche-verify'
    AND datname = current_database()`;
  await runsAfter(verifier, verifier.counts.runs + 2);
});

test('stop() ends it: no run, no line and no connection afterwards', async () => {
  const verifier = started(1);
  await runsAfter(verifier, 2);
  await verifier.stop();
  const { runs } = verifier.counts;
  lines.length = 0;
  await sleep(300);
  expect(verifier.counts.runs).toBe(runs);
  expect(lines).toEqual([]);
  const open = await admin`SELECT FROM pg_stat_activity WHERE application_name = 'tranche-verify'
    AND datname = current_database()`;
  expect(open).toHaveLength(0);
});

test('stop() ends a run that hangs, and says nothing of it', async () => {
  const unlock = await holding('LOCK TABLE ledger_accounts IN ACCESS EXCLUSIVE MODE');
  const verifier = started(20);
  await until('a run that waits', async () => (await waiting()) === 1);
  const before = performance.now();
  await verifier.stop();
  expect(performance.now() - before).toBeLessThan(8_000);
  expect(lines).toEqual([]);
  await unlock();
});

test('a run never begins before the one before it has ended', async () => {
  // A run that has to wait for a lock on a table is longer than many intervals.
  const unlock = await holding('LOCK TABLE ledger_accounts IN ACCESS EXCLUSIVE MODE');
  const verifier = started(20);
  await until('a run that waits', async () => (await waiting()) === 1);
  await sleep(300);
  expect(await waiting()).toBe(1);
  await unlock();
  await runsAfter(verifier, 2);
});

/** Takes a lock in a transaction that lasts until it is unlocked, or the test has ended. */
async function holding(statement: string): Promise<() => Promise<void>> {
  const held = await admin.reserve();
  let unlocked: Promise<void> | null = null;
  const unlock = () => {
    unlocked ??= held.unsafe('ROLLBACK').then(() => held.release());
    return unlocked;
  };
  onTestFinished(unlock);
  await held.unsafe(`BEGIN; ${statement}`);
  return unlock;
}

async function waiting(): Promise<number> {
  const rows = await admin`SELECT FROM pg_stat_activity WHERE application_name = 'tranche-verify'
    AND datname = current_database() AND wait_event_type = 'Lock'`;
  return rows.length;
}

test('a worker’s process verifies, unless it is told not to', async () => {
  const start = (VERIFY_INTERVAL_MS: string, worker = true) =>
    startService({
      config: readConfig({ VERIFY_INTERVAL_MS, PORT: '0', TEMPORAL_TASK_QUEUE: `${orders.taskQueue}-service` }),
      databaseUrl: orders.url,
      temporalAddress: inject('temporalAddress'),
      log: testLog(),
      bundle: { code: readFileSync(inject('workflowBundlePath'), 'utf8') },
      roles: { api: !worker, worker },
    });
  const service = await start('50');
  await until('a run', () => (service.verification?.runs ?? 0) > 0);
  await service.stop();
  const runs = service.verification?.runs;
  await sleep(200);
  expect(service.verification?.runs).toBe(runs);
  for (const silent of [await start('0'), await start('50', false)]) {
    expect(silent.verification).toBeNull();
    await silent.stop();
  }
});

test('the interval is a setting, of which 0 means never', () => {
  expect(readConfig({}).VERIFY_INTERVAL_MS).toBe(60_000);
  expect(readConfig({ VERIFY_INTERVAL_MS: '0' }).VERIFY_INTERVAL_MS).toBe(0);
  for (const bad of ['-1', 'often', '86400001']) {
    expect(() => readConfig({ VERIFY_INTERVAL_MS: bad })).toThrow(`VERIFY_INTERVAL_MS=${bad}`);
  }
});

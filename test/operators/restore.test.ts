/**
 * A restore drill: the database goes back to an instant, while Temporal still has the workflows as they were later.
 * PostgreSQL, its archive, Temporal, workers and API are the real ones; the steps are those of docs/OPERATIONS.md,
 * "Backup and restore".
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { connect, type Database } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { payoutId } from '../../src/domain/ids.ts';
import { reconcile, repair } from '../../src/reconcile/reconcile.ts';
import { referenceOf } from '../../src/settlement/mock.ts';
import { type SettlementPort, TemporaryPortError } from '../../src/settlement/ports.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { createOrderSignals } from '../../src/temporal/order-signals.ts';
import { verify } from '../../src/verify/verify.ts';
import { escrowOrderWorkflowId, payoutWorkflowId } from '../../src/workflows/messages.ts';
import { type ArchivedPostgres, startArchivedPostgres } from '../support/archived-postgres.ts';
import type { Answer, Sent } from '../support/http-client.ts';
import { newOrder, type OrderOptions, type TestOrder } from '../support/http-order.ts';
import { paymentsIn, recordedSettlement } from '../support/recorded-payments.ts';
import { commandUnder, operatorShell } from '../support/runbook.ts';
import { addMerchants, type RunningService, startServiceOn } from '../support/service.ts';
import { until } from '../support/until.ts';
import { APPLICATION_LOGIN, withLogin } from '../support/urls.ts';

/** For what happens by itself, on a machine that others use too. */
const PATIENCE_MS = 90_000;
const DRILL_MS = 300_000;
vi.setConfig({ testTimeout: DRILL_MS });
const INSPECTION_SECONDS = 8;
const TRIES = { attempts: 10_000, initialMs: 200, coefficient: 1, maximumMs: 200, timeoutMs: 5_000 };

const shell = await operatorShell();
const taskQueue = `restore-${randomBytes(6).toString('hex')}`;
const temporal = connectClient(inject('temporalAddress'), 'default');
const paymentsFolder = mkdtempSync(path.join(tmpdir(), 'tranche-payments-'));
const services: RunningService[] = [];
const connections: { close(): Promise<void> }[] = [];
let cluster: ArchivedPostgres;
let ownKey: string;
/** Of the server that runs now, as the application. */
let db: Database;
/** The service that runs now. */
let service: RunningService;
/** Whether the settlement pays the destination `gate`. */
let gateIsOpen = false;

const records = recordedSettlement(paymentsFolder);
const settlement: SettlementPort = {
  async pay(payment, signal) {
    if (payment.destination === 'gate' && !gateIsOpen) throw new TemporaryPortError('The gate is shut');
    return records.pay(payment, signal);
  },
};

async function startOn(options: Parameters<typeof startServiceOn>[3] = {}): Promise<RunningService> {
  const url = withLogin(cluster.url, APPLICATION_LOGIN);
  const outside = { settlement: { test: settlement }, payoutTries: TRIES };
  const started = await startServiceOn(url, ownKey, taskQueue, { outside, ...options });
  services.push(started);
  return started;
}

function connectTo(url: string): Database {
  const connection = connect(withLogin(url, APPLICATION_LOGIN));
  connections.push(connection);
  return connection.db;
}

/** Orders by what is tried with them. They ask whichever service runs now. */
const orders = new Map<string, TestOrder>();
const orderOf = (name: string) => orders.get(name) as TestOrder;
const send: RunningService['send'] = (...args) => service.send(...args);

async function make(name: string, options?: OrderOptions): Promise<TestOrder> {
  const order = await newOrder(send, options);
  orders.set(name, order);
  return order;
}

const milestoneOf = ({ orderId }: TestOrder, index: number) =>
  `milestone_${orderId.slice('escrow_order_'.length)}${String(index).padStart(4, '0')}`;
const keyed = (key: string): Sent => ({ headers: { 'Idempotency-Key': key } });
const wait = (seconds: number, sent: Sent = {}): Sent => ({ headers: { ...sent.headers, Prefer: `wait=${seconds}` } });

function expectDone(answer: Answer): Answer {
  expect([answer.status, answer.text]).toEqual([expect.toBeOneOf([200, 201]), answer.text]);
  return answer;
}

async function work(name: string, ...steps: ['create' | 'complete' | 'release', number, string?][]): Promise<void> {
  const order = orderOf(name);
  for (const [step, index, amount = '100.00'] of steps) {
    const id = milestoneOf(order, index);
    expectDone(await (step === 'create' ? order.create(index, amount) : order[step](id)));
  }
}

const statusesOf = async (name: string) =>
  (await orderOf(name).read()).milestones.map(({ status }: { status: string }) => status).join(' ');
const payoutOf = (name: string, index: number) => payoutId(orderOf(name).orderId, index);
const isPaid = async (id: string) => (await send('GET', `/v1/payouts/${id}`)).json.data?.status === 'paid';
const paid = (name: string, index: number) =>
  until(`milestone ${index} of ${name} to be paid out`, () => isPaid(payoutOf(name, index)), PATIENCE_MS);
const becomes = (name: string, statuses: string) =>
  until(`${name} to be ${statuses}`, async () => (await statusesOf(name)) === statuses, PATIENCE_MS);

async function runningStatus(workflowId: string): Promise<string> {
  return (await temporal.workflow.getHandle(workflowId).describe()).status.name;
}

async function violations(): Promise<string[]> {
  const lines: string[] = [];
  await verify(db, { log: (line) => lines.push(line) });
  return lines;
}

/** What is recorded, of all orders: how far each one is. */
async function versions(): Promise<Record<string, number>> {
  const rows = await db.execute<{ id: string; version: number }>(sql`SELECT id, version FROM escrow_orders`);
  return Object.fromEntries(rows.map(({ id, version }) => [id, version]));
}

let pendingAnswer: Answer;
let heldCommandId: string;
let recordedAtInstant: Record<string, number>;
let recordedAtCrash: Record<string, number>;
let violationsAfterRestore: string[];
let versionsAfterRestore: Record<string, number>;
let repeatedRelease: Answer;
const REPEATED = 'a-release-under-a-key';

beforeAll(async () => {
  cluster = await startArchivedPostgres();
  await migrate(cluster.url, withLogin(cluster.url, APPLICATION_LOGIN));
  db = connectTo(cluster.url);
  ownKey = (await addMerchants(db)).own;
  service = await startOn();

  // Before the backup.
  const inspection = { milestoneTerms: { inspectionPeriodSeconds: INSPECTION_SECONDS } };
  await make('steady');
  await work('steady', ['create', 0], ['complete', 0], ['release', 0], ['create', 1], ['complete', 1]);
  await make('gated', { settlementDestination: 'gate' });
  await work('gated', ['create', 0], ['complete', 0], ['release', 0]);
  await make('reused');
  await make('pending');
  await paid('steady', 0);
  await cluster.backUp();

  // Between the backup and the instant: only the archive has it.
  await make('holding');
  const lenient = { headers: { Prefer: 'handling=lenient' } };
  const held = await orderOf('holding').create(1, '200.00', lenient);
  expect([held.status, held.json.data.status]).toEqual([202, 'HELD']);
  heldCommandId = held.json.id;
  for (const name of ['inspected', 'inspected and closed']) {
    await make(name, { ...inspection, amount: name === 'inspected' ? '1000.00' : '100.00' });
    await work(name, ['create', 0], ['complete', 0]);
  }
  // Stored, sent, and not carried out at the instant: there is no worker.
  await service.stop();
  service = await startOn({ roles: { worker: false }, env: { COMMAND_WAIT_MS: '200' } });
  pendingAnswer = await orderOf('pending').create(0, '50.00', keyed('a-pending-create'));
  expect([pendingAnswer.status, pendingAnswer.json.data.status]).toEqual([202, 'PENDING']);
  recordedAtInstant = await versions();
  const [{ instant } = { instant: '' }] = await db.execute<{ instant: string }>(
    sql`SELECT clock_timestamp()::text AS instant`,
  );
  await service.stop();

  // After the instant: all of it will be lost, and what was paid stays paid.
  gateIsOpen = true;
  service = await startOn();
  for (const name of ['inspected', 'inspected and closed']) {
    await orderOf(name).release(milestoneOf(orderOf(name), 0));
    await becomes(name, 'RELEASED');
  }
  expectDone(await orderOf('steady').release(milestoneOf(orderOf('steady'), 1), keyed(REPEATED)));
  await work('steady', ['create', 2], ['complete', 2]);
  await work('reused', ['create', 0, '300.00'], ['complete', 0], ['release', 0]);
  await work('holding', ['create', 0]);
  await becomes('holding', 'PENDING PENDING');
  await becomes('pending', 'PENDING');
  await Promise.all([paid('gated', 0), paid('steady', 1), paid('reused', 0)]);
  await make('unborn');
  await work('unborn', ['create', 0]);
  await make('unborn with a deadline', { milestoneTerms: { inspectionPeriodSeconds: 3 } });
  await work('unborn with a deadline', ['create', 0], ['complete', 0]);
  recordedAtCrash = await versions();
  await service.stop();
  await cluster.crash();

  await cluster.restore(instant);
  db = connectTo(cluster.url);
  violationsAfterRestore = await violations();
  versionsAfterRestore = await versions();
  service = await startOn();
  // Only what a client would do by itself: repeat what it has no answer for any more.
  repeatedRelease = await orderOf('steady').release(milestoneOf(orderOf('steady'), 1), wait(30, keyed(REPEATED)));
}, DRILL_MS);

afterAll(async () => {
  for (const one of services) await one.stop();
  for (const one of connections) await one.close();
  for (const { orderId } of orders.values()) {
    await temporal.workflow
      .getHandle(escrowOrderWorkflowId(orderId))
      .terminate('the test is over')
      .catch(() => {});
  }
  await temporal.connection.close();
  await cluster?.remove();
  rmSync(paymentsFolder, { recursive: true, force: true });
}, DRILL_MS);

test('the restored database is the one of the instant, and all rules hold in it', () => {
  expect(violationsAfterRestore).toEqual([]);
  expect(versionsAfterRestore).toEqual(recordedAtInstant);
  // Otherwise nothing was lost, and the rest of this file shows nothing.
  expect(recordedAtCrash).not.toEqual(recordedAtInstant);
});

test('a command given after the instant takes effect once when it is repeated, with its Idempotency-Key too', async () => {
  expectDone(repeatedRelease);
  const again = await orderOf('steady').release(milestoneOf(orderOf('steady'), 1), keyed(REPEATED));
  expect([again.status, again.text]).toEqual([repeatedRelease.status, repeatedRelease.text]);
  await work('steady', ['create', 2], ['complete', 2], ['release', 2]);
  expect(await statusesOf('steady')).toBe('RELEASED RELEASED RELEASED');
  const { orderId } = orderOf('steady');
  const [released] = await db.execute<{ count: number }>(sql`
    SELECT count(*)::integer AS count FROM order_log
    WHERE order_id = ${orderId} AND command_type = 'milestone.release' AND outcome = 'accepted'`);
  expect(released?.count).toBe(3);
  expect(await orderOf('steady').read()).toMatchObject({ releasedAmount: '300.00' });
});

test('the workflow that was at a later version went on from the restored state, in the same run', async () => {
  const runs = [];
  const query = `WorkflowId = '${escrowOrderWorkflowId(orderOf('steady').orderId)}'`;
  for await (const { runId } of temporal.workflow.list({ query })) runs.push(runId);
  expect(runs).toHaveLength(1);
});

test('a command that was pending at the instant is carried out without anybody asking, once', async () => {
  await becomes('pending', 'PENDING');
  const answer = await orderOf('pending').create(0, '50.00', keyed('a-pending-create'));
  expect([answer.status, answer.json.data.amount]).toEqual([201, '50.00']);
  expect(await statusesOf('pending')).toBe('PENDING');
});

test('a command that was held at the instant is held again, and takes its turn', async () => {
  const before = await send('GET', `/v1/commands/${heldCommandId}`);
  expect(before.json.data.status).toBe('HELD');
  expectDone(await orderOf('holding').create(0, '100.00', wait(30)));
  await becomes('holding', 'PENDING PENDING');
  expect((await send('GET', `/v1/commands/${heldCommandId}`)).json.data.status).toBe('ACCEPTED');
});

test('inspections that ran at the instant end by themselves, also where the workflow had left them behind or ended', async () => {
  await becomes('inspected', 'RELEASED');
  await becomes('inspected and closed', 'RELEASED');
  for (const name of ['inspected', 'inspected and closed']) {
    expect((await orderOf(name).read()).milestones[0].releasedBy).toBe('system');
    await paid(name, 0);
  }
});

test('payouts that were paid after the instant are recorded as paid, and not paid a second time', async () => {
  for (const [name, index] of [
    ['gated', 0],
    ['steady', 1],
  ] as const) {
    await paid(name, index);
    const key = payoutOf(name, index);
    expect((await send('GET', `/v1/payouts/${key}`)).json.data.reference).toBe(referenceOf(key));
    // Asked for on both sides of the restore; each payment is a file that is made once.
    expect(paymentsIn(paymentsFolder).callsOf(key)).toBeGreaterThan(1);
    expect(paymentsIn(paymentsFolder).payments.get(key)).toMatchObject({ amount: '100.00' });
    const keys = [...paymentsIn(paymentsFolder).payments.keys()];
    expect(keys.filter((one) => one.startsWith(key))).toEqual([key]);
  }
});

test('another amount under the key of a forgotten payment is refused by the settlement, and shows', async () => {
  await work('reused', ['create', 0, '70.00'], ['complete', 0], ['release', 0]);
  const key = payoutOf('reused', 0);
  const failed = await until(
    'the payout to fail',
    async () => {
      const { data } = (await send('GET', `/v1/payouts/${key}`)).json;
      return data.status === 'failed' && data;
    },
    PATIENCE_MS,
  );
  expect(failed.lastError).toBe('Paid 300.00 USDC under this key before');
});

test('orders that were made after the instant are gone; their workflows end, or are reported and end when repaired', async () => {
  for (const name of ['unborn', 'unborn with a deadline']) {
    expect((await send('GET', `${orderOf(name).intentPath}/escrow`)).status).toBe(404);
  }
  const [idle, alarmed] = ['unborn', 'unborn with a deadline'].map((name) => orderOf(name).orderId) as [string, string];
  await until(
    'the workflow with a deadline to end',
    async () => (await runningStatus(escrowOrderWorkflowId(alarmed))) === 'COMPLETED',
    PATIENCE_MS,
  );
  expect(await runningStatus(escrowOrderWorkflowId(idle))).toBe('RUNNING');
  const leftOver = async () => {
    const { sections, toWake } = await reconcile(db, temporal, taskQueue);
    return {
      ids: sections.find(({ kind }) => kind === 'workflow_left_over')?.findings.map((one) => one.orderId),
      toWake,
    };
  };
  const { toWake } = await until(
    'it to be reported',
    async () => {
      const found = await leftOver();
      return found.ids?.length === 1 && found.ids[0] === idle && found;
    },
    PATIENCE_MS,
  );
  await repair(
    { db, signals: createOrderSignals(temporal, taskQueue), log: pino({ level: 'silent' }), proofs: null },
    toWake,
  );
  await until('it to end', async () => (await runningStatus(escrowOrderWorkflowId(idle))) === 'COMPLETED', PATIENCE_MS);
});

test('ending all workflows, as after a second restore, loses nothing', async () => {
  const held = await orderOf('gated').create(2, '20.00', { headers: { Prefer: 'handling=lenient' } });
  expect(held.json.data.status).toBe('HELD');
  const { run, list } = shell;
  const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  expect((await list(query)).length).toBeGreaterThan(1);
  await run(commandUnder('A second restore, or an older Temporal'), { TEMPORAL_TASK_QUEUE: taskQueue });
  await until('all to be ended', async () => (await list(query)).length === 0, PATIENCE_MS);
  await work('gated', ['create', 1]);
  await becomes('gated', 'RELEASED PENDING PENDING');
});

test('every order that is there takes commands, no payout is left behind, and all rules hold', async () => {
  for (const name of ['steady', 'gated', 'reused', 'pending', 'holding', 'inspected']) {
    const { milestones } = await orderOf(name).read();
    expectDone(await orderOf(name).create(milestones.length, '10.00', wait(30)));
  }
  expect((await orderOf('inspected and closed').read()).orderStatus).toBe('COMPLETED');
  const unborn = payoutWorkflowId(payoutOf('unborn with a deadline', 0));
  await until(
    'no workflow to be left over',
    async () => (await reconcile(db, temporal, taskQueue)).sections.every(({ off }) => off === 0),
    PATIENCE_MS,
  );
  await expect(temporal.workflow.getHandle(unborn).describe()).rejects.toThrow();
  expect(await violations()).toEqual([]);
});

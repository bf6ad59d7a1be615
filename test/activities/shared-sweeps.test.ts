/** What several sweepers share, by the database's clock, and what one of them may take at a time. */
import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { sweepCommands } from '../../src/activities/command-sweep.ts';
import { sweepOrders } from '../../src/activities/order-sweep.ts';
import { startSweeper } from '../../src/activities/sweeper.ts';
import { newCounts, type OrderReminders } from '../../src/activities/sweeping.ts';
import { withdrawClaim } from '../../src/db/queries.ts';
import { commands, escrowOrders, merchants } from '../../src/db/schema.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { insertOrder, MERCHANT_ID } from '../support/orders.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const database = await testDatabase();
const { db } = database;
const admin = adminOf(database);
// Deadlines are set by hand here, which the guards leave to an order's log.
await admin.unsafe('ALTER TABLE escrow_orders DISABLE TRIGGER check_change');
await db.insert(merchants).values({ id: MERCHANT_ID, name: 'Test merchant' });

const signals = {
  send: vi.fn<OrderReminders['send']>(async () => 'sent'),
  wake: vi.fn<OrderReminders['wake']>(async () => 'sent'),
  start: vi.fn<OrderReminders['start']>(async () => 'sent'),
};
const deps = { db, signals, log: testLog(), proofs: null };

afterEach(async () => {
  vi.useRealTimers();
  for (const mock of Object.values(signals)) mock.mockReset().mockResolvedValue('sent');
  await db.update(commands).set({ open: false });
  await db.update(escrowOrders).set({ nextDeadline: null });
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const lateOrder = () => insertOrder(db, { nextDeadline: inMinutes(-60) });

async function wakesOf(id: string) {
  const [row] = await db.execute<{ wakes: number; wait: number | null }>(sql`
    SELECT wakes, round(extract(epoch FROM wake_at - now()))::integer + 30 AS wait FROM escrow_orders WHERE id = ${id}`);
  return row;
}

/** A command that was stored a minute ago. */
async function store(orderId: string, payload: unknown = { type: 'milestone.create' }): Promise<string> {
  const commandId = `cmd_${randomBytes(8).toString('hex')}`;
  await db.insert(commands).values({
    ...{ commandId, orderId, merchantId: MERCHANT_ID, mode: 'test', role: 'merchant', open: true },
    ...{ payload: payload as never, createdAt: inMinutes(-1), lookAt: inMinutes(-1) },
  });
  return commandId;
}

async function commandOf(id: string) {
  const [row] = await db.execute<{ attempts: number; wait: number }>(sql`
    SELECT attempts, round(extract(epoch FROM look_at - now()))::integer AS wait FROM commands WHERE command_id = ${id}`);
  return row;
}

test('an order that stands still is woken ever more rarely, by all sweepers together', async () => {
  const id = await lateOrder();
  const waits = [];
  for (let times = 1; times <= 7; times++) {
    await Promise.all([sweepOrders(deps), sweepOrders(deps), sweepOrders(deps)]);
    expect(signals.wake).toHaveBeenCalledTimes(times);
    waits.push((await wakesOf(id))?.wait);
    await db
      .update(escrowOrders)
      .set({ wakeAt: inMinutes(-1) })
      .where(eq(escrowOrders.id, id));
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('another deadline is waited for from the beginning', async () => {
  const id = await lateOrder();
  await sweepOrders(deps);
  expect(await wakesOf(id)).toEqual({ wakes: 1, wait: 30 });
  await db
    .update(escrowOrders)
    .set({ nextDeadline: inMinutes(-30) })
    .where(eq(escrowOrders.id, id));
  expect(await wakesOf(id)).toEqual({ wakes: 0, wait: null });
  expect((await sweepOrders(deps)).done).toBe(1);
});

test('a wake that did not arrive is repeated at once', async () => {
  const id = await lateOrder();
  signals.wake.mockResolvedValueOnce('unreachable');
  expect(await sweepOrders(deps)).toEqual({ done: 0, left: 0 });
  expect(await wakesOf(id)).toEqual({ wakes: 0, wait: null });
  expect(await sweepOrders(deps)).toEqual({ done: 1, left: 0 });
});

test('a worker whose clock is an hour ahead finds nothing due', async () => {
  await insertOrder(db, { nextDeadline: inMinutes(30) });
  const commandId = await store(await insertOrder(db, {}));
  await db.update(commands).set({ createdAt: new Date(), lookAt: inMinutes(0.1) });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  expect([await sweepOrders(deps), await sweepCommands(deps)]).toEqual(Array(2).fill({ done: 0, left: 0 }));
  vi.useRealTimers();
  expect(await withdrawClaim(db, commandId, 2_500)).toBe(true);
});

test('a claim that a sweeper took is not withdrawn, and one that is being withdrawn is not taken', async () => {
  const orderId = await insertOrder(db, {});
  const [taken, kept] = [await store(orderId), await store(orderId)];
  await db
    .update(commands)
    .set({ lookAt: inMinutes(10) })
    .where(eq(commands.commandId, kept));
  await sweepCommands(deps);
  expect(signals.send).toHaveBeenCalledTimes(1);
  // However young: a clock may have been set back.
  expect(await withdrawClaim(db, taken, 3_600_000)).toBe(false);

  await db
    .update(commands)
    .set({ lookAt: inMinutes(-1) })
    .where(eq(commands.commandId, kept));
  await db.transaction(async (tx) => {
    expect(await withdrawClaim(tx as never, kept, 3_600_000)).toBe(true);
    expect(await sweepCommands(deps)).toEqual({ done: 0, left: 0 });
  });
  expect(signals.send).toHaveBeenCalledTimes(1);
});

test('a command without an outcome is sent ever more rarely, and soon again when it did not arrive', async () => {
  const id = await store(await insertOrder(db, {}));
  const waits = [];
  for (let times = 1; times <= 8; times++) {
    await Promise.all([sweepCommands(deps), sweepCommands(deps)]);
    expect(signals.send).toHaveBeenCalledTimes(times);
    waits.push((await commandOf(id))?.wait);
    await db.update(commands).set({ lookAt: inMinutes(-1) });
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  signals.send.mockResolvedValueOnce('unclear');
  await sweepCommands(deps);
  expect(await commandOf(id)).toEqual({ attempts: 1, wait: 5 });
});

test('what an order has of one type goes out together, in the order of receipt', async () => {
  const orderId = await insertOrder(db, {});
  const types = ['milestone.create', 'milestone.create', 'milestone.complete', 'milestone.create'];
  for (const [n, type] of types.entries()) {
    const id = await store(orderId, { type, n });
    await db
      .update(commands)
      .set({ createdAt: new Date(Date.now() - 60_000 + n) })
      .where(eq(commands.commandId, id));
  }
  expect((await sweepCommands(deps)).done).toBe(4);
  expect(signals.send.mock.calls.map(([, sent]) => sent.map((one) => (one as never as { n: number }).n))).toEqual([
    [0, 1],
    [2],
    [3],
  ]);
});

test('commands that this version does not know are skipped, told and tried again later; all others are sent', async () => {
  const [orderId, other] = [await insertOrder(db, {}), await insertOrder(db, {})];
  const [unknown, broken] = [await store(orderId, { type: 'milestone.teleport' }), await store(orderId, 'text')];
  await store(orderId);
  // Goes out with the one above, so its sending fails first and is then divided.
  await store(orderId, { type: 'milestone.create', isBroken: true });
  await store(other);
  signals.send.mockImplementation(async (_, [first, ...others]) => {
    if (first.type === ('milestone.teleport' as never)) throw new Error('No signal carries milestone.teleport');
    if ([first, ...others].some((one) => 'isBroken' in one)) throw new TypeError('items is undefined');
    return 'sent';
  });
  const late = await lateOrder();
  const counts = newCounts();
  expect(await sweepCommands({ ...deps, counts })).toEqual({ done: 2, left: 0 });
  expect(counts.unreadable).toBe(3);
  for (const id of [unknown, broken]) expect(await commandOf(id)).toEqual({ attempts: 1, wait: 5 });

  await db.update(commands).set({ lookAt: inMinutes(-1) });
  const sweeper = startSweeper(deps);
  await until('the order to be woken', () => signals.wake.mock.calls.some(([id]) => id === late));
  await sweeper.stop();
  expect(sweeper.counts).toMatchObject({ unreadable: 3, failures: { commands: 0 }, done: { commands: 2, orders: 1 } });
});

test('a sweep that fails holds up no other one', async () => {
  const late = await lateOrder();
  const broken = new Proxy(db, {
    get: (target, property) => {
      if (property !== 'execute') return Reflect.get(target, property);
      return (query: never) =>
        JSON.stringify(query, (_, value) =>
          typeof value === 'object' || typeof value === 'string' ? value : undefined,
        )?.includes('FROM commands')
          ? Promise.reject(new Error('statement timeout'))
          : target.execute(query);
    },
  });
  const sweeper = startSweeper({ ...deps, db: broken });
  await until('the order to be woken', () => signals.wake.mock.calls.some(([id]) => id === late));
  await sweeper.stop();
  expect(sweeper.counts.failures).toMatchObject({ commands: 1, orders: 0 });
});

test('a sweep takes so much and no more, and tells what it left', async () => {
  const orderId = await insertOrder(db, {});
  await admin`
    INSERT INTO commands (command_id, merchant_id, mode, role, order_id, payload, created_at, open, look_at)
    SELECT 'cmd_many_' || n, ${MERCHANT_ID}, 'test', 'merchant', ${orderId}, '{"type": "milestone.create"}',
      now() - interval '1 minute', true, now() - interval '1 minute' FROM generate_series(1, 5100) n`;
  expect(await sweepCommands(deps)).toEqual({ done: 5_000, left: 100 });
  expect(await sweepCommands(deps)).toEqual({ done: 100, left: 0 });
  expect(Math.max(...signals.send.mock.calls.map(([, sent]) => sent.length))).toBe(50);

  await manyOrders(130, inMinutes(-60));
  expect(await sweepOrders(deps)).toEqual({ done: 100, left: 30 });
  expect(await sweepOrders(deps)).toEqual({ done: 30, left: 0 });
});

/** Orders with a deadline, without the guards. */
async function manyOrders(count: number, nextDeadline: Date): Promise<void> {
  const id = await insertOrder(db, {});
  await admin.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`
      INSERT INTO escrow_orders (id, payment_intent_id, merchant_id, mode, currency, amount, release_type,
        auto_release_on_proof, terms, last_at, created_at, updated_at, next_deadline)
      SELECT o.id || '_' || n, o.payment_intent_id || '_' || n, merchant_id, mode, currency, amount, release_type,
        auto_release_on_proof, terms, last_at, created_at, updated_at, ${nextDeadline}
      FROM escrow_orders o, generate_series(1, ${count}) n WHERE o.id = ${id}`;
  });
}

test('a start looks for lost workflows at a bounded pace, beside the sweeps, and wakes nobody who is not late', async () => {
  await manyOrders(1_000, inMinutes(60));
  const late = await lateOrder();
  const commandId = await store(late);
  const sweeper = startSweeper(deps);
  await until('the sweeps to have come round', async () => {
    return signals.wake.mock.calls.length > 0 && (await commandOf(commandId))?.attempts === 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const startedAt = performance.now();
  await sweeper.stop();
  expect(performance.now() - startedAt).toBeLessThan(500);
  const { length } = signals.start.mock.calls;
  expect(length).toBeGreaterThan(20);
  expect(length).toBeLessThan(150);
  expect(signals.wake.mock.calls.map(([id]) => id)).toEqual([late]);
});

test('stops within a second while Temporal answers nothing', async () => {
  await manyOrders(100, inMinutes(-60));
  const never = () => new Promise<'unclear'>((resolve) => setTimeout(() => resolve('unclear'), 5_000).unref());
  for (const mock of Object.values(signals)) mock.mockImplementation(never);
  await store(await insertOrder(db, {}));
  const sweeper = startSweeper(deps);
  await until('something to be sent', () => signals.send.mock.calls.length > 0 && signals.start.mock.calls.length > 0);
  const startedAt = performance.now();
  await sweeper.stop();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('a lost workflow is looked for again when Temporal did not take it, and none is left out', async () => {
  await manyOrders(450, inMinutes(60));
  const started = new Set<string>();
  signals.start.mockImplementation(async (id) => {
    started.add(id);
    return 'sent';
  });
  const sweeper = startSweeper(deps);
  await until('all to be started', () => started.size === 450, 30_000);
  await sweeper.stop();
});

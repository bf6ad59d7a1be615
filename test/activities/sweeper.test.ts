import { eq, inArray } from 'drizzle-orm';
import type { Logger } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { sweepCommands } from '../../src/activities/command-sweep.ts';
import { sweepOrders } from '../../src/activities/order-sweep.ts';
import { startSweeper } from '../../src/activities/sweeper.ts';
import { commands } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import { adminOf } from '../support/admin.ts';
import { historyOf, typeOf } from '../support/history.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();

/** What the API stores before it answers 202. */
async function store(orderId: string, stored: Command, ageMs = 0): Promise<void> {
  const createdAt = Date.now() - ageMs;
  await orders.db.insert(commands).values({
    commandId: stored.id,
    merchantId: MERCHANT_ID,
    mode: 'test',
    role: 'merchant',
    orderId,
    payload: stored,
    createdAt: new Date(createdAt),
    lookAt: new Date(createdAt + 5_000),
    open: true,
    proof: orders.proofs.of(orderId, stored),
  });
}

async function isOpen({ id }: Command): Promise<boolean | undefined> {
  const [row] = await orders.db.select({ open: commands.open }).from(commands).where(eq(commands.commandId, id));
  return row?.open;
}

const recorded = (orderId: string, { id }: Command, outcome: string) =>
  until(`${outcome} of ${id}`, async () => {
    const log = await orders.logOf(orderId);
    return log.find((entry) => entry.commandId === id && entry.outcome === outcome);
  });

async function signalsTo(orderId: string): Promise<number> {
  return (await historyOf(orders, orderId)).filter((event) => typeOf(event) === 'workflowExecutionSignaled').length;
}

const create = (milestoneIndex: number, turnWaitMs: number | null = 0, details = {}) =>
  command('milestone.create', { milestoneIndex, amount: '1.00', turnWaitMs, details });

test('a command that was stored but never sent is sent once it is old enough, and carried out', async () => {
  const orderId = await orders.createOrder();
  const [lost, recent] = [create(0, 0, { description: 'lost' }), create(1)];
  await store(orderId, lost, 6_000);
  await store(orderId, recent, -60_000);

  expect(await sweepCommands(orders)).toEqual({ done: 1, left: 0 });

  expect(await recorded(orderId, lost, 'accepted')).toMatchObject({ events: [{ details: { description: 'lost' } }] });
  expect((await orders.logOf(orderId)).map(({ commandId }) => commandId)).toEqual([lost.id]);
  expect(await sweepCommands(orders)).toEqual({ done: 0, left: 0 });
  expect([await isOpen(lost), await isOpen(recent)]).toEqual([false, true]);
});

test('a stored command that this service did not store is never sent, and told of once', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const other = await orders.createOrder();
  const told: unknown[] = [];
  const log = { ...orders.log, info: () => {}, error: (line: unknown) => told.push(line) } as unknown as Logger;
  const forged = [create(0), create(0), create(0)];
  const [bare, moved, changed] = forged;
  if (!bare || !moved || !changed) throw new Error('no commands');
  for (const one of forged) await store(orderId, one, 60_000);
  const set = (one: Command, values: Partial<typeof commands.$inferInsert>) =>
    orders.db.update(commands).set(values).where(eq(commands.commandId, one.id));
  await set(bare, { proof: null });
  await set(moved, { proof: orders.proofs.of(other, moved) });
  await set(changed, { payload: { ...changed, actor: { role: 'operator', id: 'me' } } });
  let unproven = 0;
  const deps = { ...orders, log, onUnproven: () => unproven++ };
  for (let round = 0; round < 3; round++) {
    await sweepCommands(deps);
    await orders.db
      .update(commands)
      .set({ lookAt: new Date(0) })
      .where(eq(commands.orderId, orderId));
  }
  expect((await orders.logOf(orderId)).map(({ commandType }) => commandType)).toEqual(['order.fund']);
  expect((told as { commandId: string }[]).sort(byId)).toEqual(
    forged.map(({ id }) => ({ commandId: id, orderId })).sort(byId),
  );
  expect(unproven).toBe(3);
  // What was there before proofs, as the migration found it, is sent.
  await adminOf(orders)`INSERT INTO adopted_commands
    SELECT command_id, payload, stored_command_digest(c) FROM commands c WHERE command_id = ${bare.id}`;
  await sweepCommands(deps);
  expect(await recorded(orderId, bare, 'accepted')).toMatchObject({ commandType: 'milestone.create' });
  await orders.db.delete(commands).where(inArray(commands.commandId, [moved.id, changed.id]));
});

const byId = (a: { commandId: string }, b: { commandId: string }) => (a.commandId < b.commandId ? -1 : 1);

test('a command that is recorded is closed and not sent again, also when it is only held', async () => {
  const orderId = await orders.createOrder();
  const [done, refused, held] = [create(0), create(9), create(5, null)];
  for (const one of [done, refused, held]) {
    await orders.gateway.submit(orderId, one, { merchantId: MERCHANT_ID, waitMs: 5_000, untilHeld: true, send: true });
    await store(orderId, one, 60_000);
  }
  const before = await signalsTo(orderId);

  expect((await sweepCommands(orders)).done).toBe(0);

  expect([await isOpen(done), await isOpen(refused), await isOpen(held)]).toEqual([false, false, false]);
  expect(await signalsTo(orderId)).toBe(before);
});

test('a command that two sweepers and its client send at the same time is carried out once', async () => {
  const orderId = await orders.createOrder();
  const one = create(0);
  await store(orderId, one, 6_000);
  const [answer] = await Promise.all([orders.submit(orderId, one), sweepCommands(orders), sweepCommands(orders)]);
  await orders.submit(orderId, one);
  expect(answer).toMatchObject({ kind: 'recorded', entry: { outcome: 'accepted' } });
  expect(await orders.logOf(orderId)).toHaveLength(1);
});

test('an order whose deadline passed is woken although its workflow is gone', async () => {
  const orderId = await orders.createOrder();
  const held = create(1, 300);
  await orders.gateway.submit(orderId, held, { merchantId: MERCHANT_ID, waitMs: 5_000, untilHeld: true, send: true });
  await orders.workflow(orderId).terminate('wiped');
  const { until: deadline } = (await recorded(orderId, held, 'held')).held ?? {};
  await until('the deadline', () => Date.now() > Number(deadline));

  expect(await sweepOrders(orders)).toEqual({ done: 0, left: 0 });
  expect(await sweepOrders(orders, { lateMs: 0 })).toEqual({ done: 1, left: 0 });

  const outcome = await recorded(orderId, held, 'rejected');
  expect(outcome).toMatchObject({ reason: 'previous_milestone_missing', at: new Date(Number(deadline)) });
  expect(await sweepOrders(orders, { lateMs: 0 })).toEqual({ done: 0, left: 0 });
});

test('a held command survives its workflow: the next signal starts it again and its turn comes', async () => {
  const orderId = await orders.createOrder();
  const held = create(1, null, { description: 'second' });
  await orders.gateway.submit(orderId, held, { merchantId: MERCHANT_ID, waitMs: 5_000, untilHeld: true, send: true });
  await orders.workflow(orderId).terminate('wiped');

  await orders.submit(orderId, create(0));

  expect(await recorded(orderId, held, 'accepted')).toMatchObject({ events: [{ details: { description: 'second' } }] });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('when it starts, open commands are sent and what does not run of the orders with a deadline runs again', async () => {
  const [one, other, running] = [await orders.createOrder(), await orders.createOrder(), await orders.createOrder()];
  const pending = create(0);
  await store(one, pending, 6_000);
  for (const orderId of [other, running]) {
    await orders.gateway.submit(orderId, create(1, 60_000), {
      merchantId: MERCHANT_ID,
      waitMs: 5_000,
      untilHeld: true,
      send: true,
    });
  }
  await orders.workflow(other).terminate('wiped');
  const { runId } = await orders.workflow(running).describe();
  const before = await signalsTo(running);

  const sweeper = startSweeper(orders);
  onTestFinished(() => sweeper.stop());

  await recorded(one, pending, 'accepted');
  await until('the other order to run', async () => {
    return (await orders.workflow(other).describe()).status.name === 'RUNNING';
  });
  await until('the command to be closed', async () => (await isOpen(pending)) === false);
  expect((await orders.workflow(running).describe()).runId).toBe(runId);
  expect(await signalsTo(running)).toBe(before);
});

import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { connect } from '../../src/db/client.ts';
import { readOrder } from '../../src/db/order-log.ts';
import type { ProposedBatch } from '../../src/domain/protocol.ts';
import { adminOf } from '../support/admin.ts';
import { batchFor } from '../support/batches.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';

const orders = await testOrders({ worker: false });
const admin = adminOf(orders);

/** A worker's activities on a pool of their own, which the admin can tell apart by name. */
function writer(url = orders.url) {
  const name = `writer-${randomBytes(4).toString('hex')}`;
  const statements: string[] = [];
  const connection = connect(url, { applicationName: name, max: 4, onQuery: (text) => statements.push(text) });
  // Not waited for: after a cut the driver takes the five seconds it is given.
  onTestFinished(() => void connection.close());
  const backends = (condition = 'true') =>
    admin.unsafe(`SELECT pid FROM pg_stat_activity WHERE application_name = '${name}' AND ${condition}`);
  const isGone = async (pid: number) => (await admin`SELECT FROM pg_stat_activity WHERE pid = ${pid}`).length === 0;
  return {
    ...createOrderActivities({ db: connection.db, log: orders.log, onRecorded: () => {} }),
    statements,
    backends: () => backends(),
    stuck: () => backends(`state LIKE 'idle in transaction%'`),
    waitsForLock: async () => (await backends(`wait_event_type = 'Lock'`)).length === 1,
    async terminate() {
      for (const { pid } of await backends()) {
        await admin`SELECT pg_terminate_backend(${pid})`;
        await until('the backend to end', () => isGone(pid));
      }
    },
  };
}

async function createBatch(orderId: string, count = 1): Promise<ProposedBatch> {
  const order = await readOrder(orders.db, orderId);
  if (!order) throw new Error(`${orderId} is missing`);
  const from = order.milestones.length;
  return batchFor(
    order,
    Array.from({ length: count }, (_, position) =>
      command('milestone.create', { milestoneIndex: from + position, amount: '1.00' }),
    ),
  );
}

/** Locks the order's row in another session until told to let go. */
async function lockOrder(orderId: string): Promise<() => Promise<void>> {
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let locked: () => void = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const transaction = admin.begin(async (sql) => {
    await sql`SELECT FROM escrow_orders WHERE id = ${orderId} FOR UPDATE`;
    locked();
    await held;
  });
  await isLocked;
  const release = async () => {
    letGo();
    await transaction;
  };
  onTestFinished(release);
  return release;
}

/** The driver gives a statement on a new connection the error of the one that was cut, so one cut may cost two tries. */
async function withinTries<Result>(tries: number, attempt: () => Promise<Result>): Promise<Result> {
  for (let left = tries - 1; left > 0; left--) {
    try {
      return await attempt();
    } catch {}
  }
  return attempt();
}

test('of two writers racing for one version exactly one writes, and the other answers the same entries', async () => {
  const [one, other] = [writer(), writer()];
  const orderId = await orders.createOrder();
  const wins = { one: 0, other: 0 };
  for (let round = 0; round < 150; round++) {
    const batches = [await createBatch(orderId, 2), await createBatch(orderId, 2)] as const;
    const results = await Promise.all([one.commitEntries(batches[0]), other.commitEntries(batches[1])]);
    const winner = results.findIndex((result) => result.kind === 'recorded' && result.asProposed);
    wins[winner === 0 ? 'one' : 'other']++;
    const [won, lost] = winner === 0 ? results : results.toReversed();
    expect(won).toMatchObject({ kind: 'recorded', asProposed: true });
    expect(lost).toEqual({ ...won, asProposed: false });
  }
  expect(await orders.logOf(orderId)).toHaveLength(300);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  // Otherwise the rounds were no races.
  expect(Math.min(wins.one, wins.other)).toBeGreaterThan(0);
});

test('one batch committed by two workers at once is written once and answered alike to both', async () => {
  const [one, other] = [writer(), writer()];
  const orderId = await orders.createOrder();
  for (let round = 0; round < 50; round++) {
    const batch = await createBatch(orderId, 3);
    const [first, second] = await Promise.all([one.commitEntries(batch), other.commitEntries(batch)]);
    if (first.kind !== 'recorded' || second.kind !== 'recorded') throw new Error('not recorded');
    expect([first.asProposed, second.asProposed].sort()).toEqual([false, true]);
    expect(first.entries).toEqual(second.entries);
  }
  expect(await orders.logOf(orderId)).toHaveLength(150);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a commit that finds its order locked for over a second tries again and is recorded', async () => {
  const orderId = await orders.createOrder();
  const batch = await createBatch(orderId);
  const { commitEntries, statements } = writer();
  const unlock = await lockOrder(orderId);

  const result = commitEntries(batch);
  await until('a second try', () => statements.length === 2);
  await unlock();

  expect(await result).toMatchObject({ kind: 'recorded', asProposed: true });
  expect(await orders.logOf(orderId)).toHaveLength(1);
});

test('a lock that is never released fails the commit as a passing fault, not as a refusal', async () => {
  const orderId = await orders.createOrder();
  const batch = await createBatch(orderId);
  const { commitEntries, statements, stuck } = writer();
  const unlock = await lockOrder(orderId);

  const failure = await commitEntries(batch).then(
    (result) => JSON.stringify(result),
    (error: unknown) => String(error),
  );
  expect(failure).toContain('commitEntries failed: 55P03');
  expect(statements).toHaveLength(3);
  await unlock();
  expect(await orders.logOf(orderId)).toEqual([]);
  expect(await stuck()).toHaveLength(0);
  expect(await commitEntries(batch)).toMatchObject({ asProposed: true });
});

test('a connection cut before a commit costs at most two failed tries, and nothing is written twice', async () => {
  const orderId = await orders.createOrder();
  const { commitEntries, loadOrder, terminate, backends, stuck } = writer();
  await loadOrder(orderId);
  const baseline = await backends();
  for (let round = 0; round < 10; round++) {
    const batch = await createBatch(orderId);
    await terminate();
    await withinTries(3, () => commitEntries(batch));
    expect(await commitEntries(batch)).toMatchObject({ kind: 'recorded', asProposed: false });
  }
  expect(await orders.logOf(orderId)).toHaveLength(10);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  expect({ backends: (await backends()).length, stuck: (await stuck()).length }).toEqual({
    backends: baseline.length,
    stuck: 0,
  });
});

test('a connection cut in the middle of a commit leaves nothing half written', async () => {
  const orderId = await orders.createOrder();
  const { commitEntries, loadOrder, terminate, waitsForLock, backends, stuck } = writer();
  await loadOrder(orderId);
  const baseline = await backends();
  const batch = await createBatch(orderId, 5);
  const unlock = await lockOrder(orderId);
  const result = commitEntries(batch).catch((error: unknown) => error);
  await until('the commit to wait for the row', waitsForLock);
  await terminate();
  expect(await result).toBeInstanceOf(Error);
  await unlock();

  expect(await orders.logOf(orderId)).toEqual([]);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  expect(await withinTries(3, () => commitEntries(batch))).toMatchObject({ asProposed: true });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  expect({ backends: (await backends()).length, stuck: (await stuck()).length }).toEqual({
    backends: baseline.length,
    stuck: 0,
  });
});

test('a commit whose answer is lost on the way is not repeated by its repeat', async () => {
  const proxy = await startCuttingProxy(orders.url);
  onTestFinished(() => proxy.close());
  const { commitEntries, backends, stuck } = writer(proxy.url);
  const orderId = await orders.createOrder();
  await commitEntries(await createBatch(orderId));
  const baseline = await backends();
  for (let round = 0; round < 5; round++) {
    const batch = await createBatch(orderId, 2);
    // The connection has prepared the statement by now, so the next answer is the commit's.
    const lost = proxy.loseNextAnswer();
    await expect(commitEntries(batch)).rejects.toThrow();
    await lost;
    await until('the commit to be seen', async () => (await orders.logOf(orderId)).length === 3 + round * 3);

    expect(await withinTries(3, () => commitEntries(batch))).toMatchObject({ kind: 'recorded', asProposed: false });
    // The new connection prepares the statement.
    expect(await commitEntries(await createBatch(orderId))).toMatchObject({ asProposed: true });
  }
  expect(await orders.logOf(orderId)).toHaveLength(16);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  expect({ backends: (await backends()).length, stuck: (await stuck()).length }).toEqual({
    backends: baseline.length,
    stuck: 0,
  });
});

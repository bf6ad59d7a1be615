import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { type LogEntry, readOrder } from '../../src/db/order-log.ts';
import { heldCommands, milestones } from '../../src/db/schema.ts';
import type { Command, CreateMilestone } from '../../src/domain/commands.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import type { CommitResult, ProposedBatch } from '../../src/domain/protocol.ts';
import { adminOf } from '../support/admin.ts';
import { batchFor } from '../support/batches.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';

const orders = await testOrders({ worker: false });
const admin = adminOf(orders);
const announced: LogEntry[] = [];
const activities = createOrderActivities({
  db: orders.db,
  log: orders.log,
  onRecorded: (entries) => announced.push(...entries),
});

async function load(orderId: string): Promise<EscrowOrder> {
  const order = await readOrder(orders.db, orderId);
  if (!order) throw new Error(`${orderId} is missing`);
  return order;
}

async function commit(orderId: string, ...commands: Command[]): Promise<CommitResult> {
  return activities.commitEntries(batchFor(await load(orderId), commands));
}

const create = (milestoneIndex: number, fields: Partial<CreateMilestone> = {}) =>
  command('milestone.create', { milestoneIndex, amount: '1.00', ...fields });

test('a batch committed twice is written once, and both times answered with what is recorded', async () => {
  const orderId = await orders.createOrder();
  const commands = [command('order.fund'), create(0), create(5), create(2, { turnWaitMs: null }), create(1)];
  const batch = batchFor(await load(orderId), commands);
  const first = await activities.commitEntries(batch);
  const log = await orders.logOf(orderId);

  const second = await activities.commitEntries(batch);

  // The held create 2 follows create 1 in the same batch.
  expect(log.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'rejected', 'accepted', 'accepted']);
  expect(first).toMatchObject({ kind: 'recorded', asProposed: true, known: [] });
  expect(second).toMatchObject({ kind: 'recorded', asProposed: false });
  expect(entriesOf(second)).toEqual(entriesOf(first));
  expect(second.kind === 'recorded' && new Set(second.known)).toEqual(new Set(commands.map(({ id }) => id)));
  expect(await orders.logOf(orderId)).toEqual(log);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a batch for an earlier version writes nothing and answers what was recorded since', async () => {
  const orderId = await orders.createOrder();
  const early = await load(orderId);
  const winner = await commit(orderId, create(0), create(1));

  const late = await activities.commitEntries(batchFor(early, [create(0), create(1)]));

  expect(late).toEqual({ kind: 'recorded', asProposed: false, entries: entriesOf(winner), known: [] });
  expect(await orders.logOf(orderId)).toHaveLength(2);
});

test('at most 200 entries are answered at once, and the next call goes on where they end', async () => {
  const orderId = await orders.createOrder();
  const early = await load(orderId);
  for (let from = 0; from < 250; from += 50) {
    await commit(orderId, ...Array.from({ length: 50 }, (_, position) => create(from + position)));
  }
  const page = async (expectedVersion: number) => {
    const result = await activities.commitEntries({ ...batchFor(early, [create(999)]), expectedVersion });
    return entriesOf(result).map(({ version }) => version);
  };
  expect(await page(0)).toEqual(Array.from({ length: 200 }, (_, position) => position + 1));
  expect(await page(200)).toEqual(Array.from({ length: 50 }, (_, position) => position + 201));
});

test('a batch with a command that has an outcome writes nothing at all and names the command', async () => {
  const orderId = await orders.createOrder();
  const done = create(0);
  await commit(orderId, done);

  const result = await commit(orderId, create(1), done, create(2));

  expect(result).toEqual({ kind: 'recorded', asProposed: false, entries: [], known: [done.id] });
  expect(await orders.logOf(orderId)).toHaveLength(1);
});

test('a command that has an outcome is never recorded as held afterwards', async () => {
  const orderId = await orders.createOrder({ funded: false });
  const early = command('milestone.complete', { milestoneIndex: 3, turnWaitMs: null });
  expect(await commit(orderId, early)).toMatchObject({ asProposed: true });
  await commit(orderId, command('order.fund'));

  // The order is funded now, so the same command would be held: milestone 3 is missing.
  const repeat = await commit(orderId, early);

  expect(repeat).toEqual({ kind: 'recorded', asProposed: false, entries: [], known: [early.id] });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a process that dies between the write and its answer has written once, and the repeat tells what', async () => {
  const orderId = await orders.createOrder();
  const dying = createOrderActivities({
    db: orders.db,
    log: orders.log,
    onRecorded: () => {},
    afterCommit: () => {
      throw new Error('killed after the commit');
    },
  });
  const batch = batchFor(await load(orderId), [create(0), create(1)]);
  await expect(dying.commitEntries(batch)).rejects.toThrow('commitEntries failed');
  const log = await orders.logOf(orderId);

  const repeat = await activities.commitEntries(batch);

  expect(log).toHaveLength(2);
  expect(repeat).toMatchObject({ kind: 'recorded', asProposed: false, known: expect.any(Array) });
  expect(repeat.kind === 'recorded' && [...repeat.known].sort()).toEqual(log.map(({ commandId }) => commandId).sort());
  expect(entriesOf(repeat).map(({ commandId }) => commandId)).toEqual(log.map(({ commandId }) => commandId));
  expect(await orders.logOf(orderId)).toEqual(log);
});

test('a database that is behind its order says so and writes nothing', async () => {
  const orderId = await orders.createOrder();
  await commit(orderId, create(0));
  const restored = await load(orderId);
  const ahead: ProposedBatch = { ...batchFor(restored, [create(1)]), expectedVersion: restored.version + 3 };

  expect(await activities.commitEntries(ahead)).toEqual({ kind: 'behind', version: 1 });
  expect(await orders.logOf(orderId)).toHaveLength(1);
});

test('details of a command that was held come back with its acceptance: to the log, the row and whoever waits', async () => {
  const orderId = await orders.createOrder();
  const details = { description: 'Second payment', percentage: 30, metadata: { phase: 'two' } };
  const held = create(1, { turnWaitMs: null, details });
  await commit(orderId, held);
  expect((await load(orderId)).held[0]?.command).not.toHaveProperty('details');
  announced.length = 0;

  const result = await commit(orderId, create(0));

  const created = { type: 'milestone.created', index: 1, amount: '1.00' };
  expect(entriesOf(result)[1]?.events).toEqual([created]);
  expect((await orders.logOf(orderId)).at(-1)?.events).toEqual([{ ...created, details }]);
  expect(announced.at(-1)).toMatchObject({ commandId: held.id, events: [{ ...created, details }] });
  const [row] = await orders.db.select().from(milestones).where(eq(milestones.description, 'Second payment'));
  expect(row).toMatchObject({ milestoneIndex: 1, percentage: 30, metadata: { phase: 'two' } });
  expect(await orders.db.select().from(heldCommands).where(eq(heldCommands.orderId, orderId))).toEqual([]);
});

test('each milestone row is written once a batch, in its final state, however many entries change it', async () => {
  await admin.unsafe(`
    CREATE TABLE row_writes (operation text, status text);
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      $$ BEGIN INSERT INTO row_writes VALUES (TG_OP, NEW.status); RETURN NULL; END $$;
    CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON milestones FOR EACH ROW EXECUTE FUNCTION note_write()`);
  const writes = async () =>
    (await admin`DELETE FROM row_writes RETURNING operation || ' ' || status AS write`).map(({ write }) => write);
  const orderId = await orders.createOrder();
  const complete = (milestoneIndex: number) =>
    command('milestone.complete', { milestoneIndex, details: { completedBy: 'ann' } });
  const release = (milestoneIndex: number) => command('milestone.release', { milestoneIndex });

  await commit(orderId, command('order.fund'), create(0), complete(0), release(0), create(1));
  expect(await writes()).toEqual(['INSERT RELEASED', 'INSERT PENDING']);
  await commit(orderId, complete(1), release(1));
  expect(await writes()).toEqual(['UPDATE RELEASED']);

  expect((await load(orderId)).milestones.map(({ status }) => status)).toEqual(['RELEASED', 'RELEASED']);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('a commit is one statement of one text, for one entry and for a hundred', async () => {
  const orderId = await orders.createOrder();
  const costOf = async (...commands: Command[]) => {
    const batch = batchFor(await load(orderId), commands);
    const before = orders.statements().length;
    expect(await activities.commitEntries(batch)).toMatchObject({ asProposed: true });
    return orders.statements().slice(before);
  };
  const one = await costOf(create(0));
  const hundred = await costOf(...Array.from({ length: 100 }, (_, position) => create(position + 1)));
  expect(one).toHaveLength(1);
  expect(hundred).toEqual(one);

  // A turn that comes costs one more: the details of what was held.
  await costOf(...[103, 104, 105].map((index) => create(index, { turnWaitMs: null })));
  expect(await costOf(create(101), create(102))).toHaveLength(2);
});

function entriesOf(result: CommitResult) {
  if (result.kind !== 'recorded') throw new Error(`Not recorded: ${JSON.stringify(result)}`);
  return result.entries;
}

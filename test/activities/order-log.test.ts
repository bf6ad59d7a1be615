import { expect, test } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { fromSnapshot } from '../../src/domain/compact.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import type { OrderEvent, ProposedEntry } from '../../src/domain/outcomes.ts';
import { adminOf } from '../support/admin.ts';
import { batchFor, batchOf } from '../support/batches.ts';
import { losingRows } from '../support/losing-rows.ts';
import { faultsOf, foldOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { shuffled } from '../support/until.ts';

const orders = await testOrders({ worker: false });
const admin = adminOf(orders);
const { commitEntries, loadOrder } = createOrderActivities({ db: orders.db, log: orders.log, onRecorded: () => {} });

async function load(orderId: string): Promise<EscrowOrder> {
  const snapshot = await loadOrder(orderId);
  if (!snapshot) throw new Error(`${orderId} is missing`);
  return fromSnapshot(JSON.parse(JSON.stringify(snapshot)));
}

async function commit(orderId: string, now: number, ...commands: Command[]): Promise<void> {
  const batch = batchFor(await load(orderId), commands, now);
  expect(await commitEntries(batch)).toMatchObject({ kind: 'recorded', asProposed: true });
}

const create = (milestoneIndex: number, amount = '1.00', turnWaitMs: number | null = 0) =>
  command('milestone.create', { milestoneIndex, amount, turnWaitMs });
const complete = (milestoneIndex: number, turnWaitMs: number | null = 0) =>
  command('milestone.complete', { milestoneIndex, turnWaitMs, details: { completedBy: 'ann' } });
const release = (milestoneIndex: number, turnWaitMs: number | null = 0) =>
  command('milestone.release', { milestoneIndex, turnWaitMs });

test('what a workflow loads equals the fold of the log, after every batch of a full life', async () => {
  const orderId = await orders.createOrder({ currency: 'DAI', amount: '12.000000000000000001' });
  const start = Date.now();
  const withdrawn = create(40, '1.00', null);
  const batches: [number, Command[]][] = [
    [0, [command('order.fund'), create(1, '0.000000000000000001', null), create(3, '0.50', 2_000), complete(0)]],
    [10, [create(0, '0.123456789012345678'), withdrawn]],
    [20, [command('command.cancel', { targetCommandId: withdrawn.id })]],
    // Eleven more, so that the index order is not the order of texts.
    [30, shuffled(Array.from({ length: 11 }, (_, position) => create(2 + position, '1.00', null)))],
    [40, [complete(1, null), release(1, null), release(0, null)]],
    [50, [complete(0), create(20, '0.10', 100)]],
    [5_000, [complete(1)]],
  ];
  for (const [afterMs, commands] of batches) {
    await commit(orderId, start + afterMs, ...commands);
    const loaded = await load(orderId);
    expect(loaded).toEqual(foldOf(loaded, await orders.logOf(orderId)));
    expect(await faultsOf(orders.db, orderId)).toEqual([]);
  }
  const { milestones, released, held } = await load(orderId);
  expect(milestones.map(({ status }) => status[0]).join('')).toBe('RRPPPPPPPPPPP');
  expect({ released, held }).toEqual({ released: '0.123456789012345679', held: [] });
});

test('loading an order that does not exist answers null', async () => {
  expect(await loadOrder('escrow_order_none')).toBeNull();
});

/** What no workflow would propose, and the database refuses by the name of its rule. */
const refusals: [attempt: string, sqlState: string, rule: string, ...OrderEvent[]][] = [
  ['more milestones than money', '23514', 'L7_sum_of_milestones', created(2, '999.00')],
  ['an index left out', '23514', 'V5_no_gap', created(4, '1.00')],
  ['an index twice', '23505', 'milestones_pkey', created(1, '1.00')],
  ['an amount that is no number', '23514', 'L3_amount', created(2, 'NaN')],
  ['a decimal too many', '23514', 'L3_decimals', created(2, '0.0000001')],
  ['a release before its turn', '23514', 'V5_release_order', completed(1), released(1, '1.00')],
  ['a release without completion', '23514', 'L8_status', released(0, '1.00')],
  ['a release of another amount', '23514', 'L8_status', completed(0), released(0, '2.00')],
  ['an end with money left', '23514', 'V2_closed', { type: 'escrow_order.completed' }],
];

test.each(refusals)('%s is refused with %s %s, as a value', async (_, sqlState, rule, ...events) => {
  const orderId = await orders.createOrder();
  await commit(orderId, Date.now(), command('order.fund'), create(0), create(1));
  const order = await load(orderId);
  const log = await orders.logOf(orderId);
  const entry: ProposedEntry = {
    commandId: `cmd_${Math.random()}`,
    commandType: 'milestone.create',
    actor: { role: 'operator', id: 'mallory' },
    at: Date.now(),
    outcome: 'accepted',
    events,
    wasHeld: false,
  };
  // `evolve` would choke on NaN; the row of the order stays as it is then.
  const batch = events.some((event) => 'amount' in event && event.amount === 'NaN')
    ? { ...batchOf(order, []), entries: [entry] }
    : batchOf(order, [entry]);

  expect(await commitEntries(batch)).toEqual({ kind: 'refused', sqlState, rule });
  expect(await orders.logOf(orderId)).toEqual(log);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
});

test('the audit of these tests finds what a superuser tampers with', async () => {
  const orderId = await orders.createOrder();
  await commit(orderId, Date.now(), command('order.fund'), create(0), complete(0), release(0), create(1));
  const tamper = async (statement: string) => {
    await admin.begin(async (sql) => {
      await sql`SET LOCAL session_replication_role = replica`;
      await sql.unsafe(statement.replaceAll(':order', `'${orderId}'`));
    });
    return (await faultsOf(orders.db, orderId)).length;
  };
  const order = await readOrder(orders.db, orderId);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  const attempts = [
    `UPDATE order_log SET actor_id = 'mallory' WHERE order_id = :order AND version = 2`,
    `UPDATE milestones SET amount = 5 WHERE order_id = :order AND milestone_index = 1`,
    `UPDATE events SET sequence = 9 WHERE order_id = :order AND sequence = 2`,
    `UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 'escrow/' || :order`,
    `DELETE FROM postings WHERE transaction_key = 'fund/' || :order AND leg = 1`,
    `DELETE FROM order_log WHERE order_id = :order AND version = ${order?.version}`,
  ];
  const faults: number[] = [];
  for (const attempt of attempts) faults.push(await tamper(attempt));
  // Each adds to what the ones before it broke.
  expect(faults.every((count, position) => count > (faults[position - 1] ?? 0))).toBe(true);
});

function created(index: number, amount: string): OrderEvent {
  return { type: 'milestone.created', index, amount };
}
function completed(index: number): OrderEvent {
  return { type: 'milestone.completed', index };
}
function released(index: number, amount: string): OrderEvent {
  return { type: 'milestone.released', index, amount };
}

test('a default that would pay who raised the dispute is refused, also from a run that began before it had to wait', async () => {
  const orderId = await orders.createOrder();
  const buyer = { role: 'buyer', id: 'buyer_1' } as const;
  const raise = command('dispute.raise', { details: { reason: 'late', raisedBy: 'b' }, actor: buyer });
  await commit(orderId, Date.now(), command('order.fund'), create(0), raise);
  const loaded = await load(orderId);
  expect(loaded.dispute).toMatchObject({ raisedByRole: 'buyer', isOpenEnded: true });
  expect(loaded).toEqual(foldOf(loaded, await orders.logOf(orderId)));
  // As a run knows the order that loaded it under 0.3.0.
  const { isOpenEnded: _, ...dispute } = loaded.dispute ?? ({} as never);
  const batch = batchFor({ ...loaded, dispute }, [], Date.now() + 604_800_000);
  expect(batch.entries).toMatchObject([{ commandType: 'dispute.resolve', outcome: 'accepted' }]);
  expect(await commitEntries(batch)).toEqual({ kind: 'refused', sqlState: 'P0001', rule: 'dispute_default' });
  expect(await load(orderId)).toEqual(loaded);
  expect(batchFor(await load(orderId), [], Date.now() + 604_800_000).entries).toEqual([]);
});

test('that there is no such order is never concluded from one read', async () => {
  const orderId = await orders.createOrder();
  const losing = createOrderActivities({ db: losingRows(orders.db), log: orders.log, onRecorded: () => {} });
  await expect(losing.loadOrder(orderId)).rejects.toThrow(/loadOrder failed/);
  expect(await losing.loadOrder('escrow_order_none')).toBeNull();
  expect(await loadOrder('escrow_order_none')).toBeNull();
});

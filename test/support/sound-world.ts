/**
 * A sound database for attacks: an order with milestone 0 RELEASED, 1 COMPLETED, 2 and 3 PENDING, others beside it, and
 * words in attacks that stand for their parts.
 */
import { expect } from 'vitest';
import { createOrderActivities } from '../../src/activities/order-log.ts';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { milestoneId } from '../../src/domain/ids.ts';
import { batchFor } from './batches.ts';
import { command, MERCHANT_ID, type TestOrders } from './orders.ts';

export type SoundWorld = Awaited<ReturnType<typeof soundWorld>>;

/** PostgreSQL's own names, which it cuts at 63 characters. */
export const LONG_NAMES: Record<string, string> = {
  account_fk: 'postings_account_id_mode_currency_ledger_accounts_id_mode_curre',
  transaction_fk: 'postings_transaction_key_mode_currency_ledger_transactions_key_',
  transaction_pkey: 'ledger_transactions_pkey',
};

/** Records commands straight into the database, without a worker. */
export function committer({ db, log }: TestOrders): (orderId: string, ...commands: Command[]) => Promise<void> {
  const { commitEntries } = createOrderActivities({ db, log, onRecorded: () => {} });
  return async (orderId, ...commands) => {
    const order = await readOrder(db, orderId);
    if (!order) throw new Error(`${orderId} is missing`);
    expect(await commitEntries(batchFor(order, commands))).toMatchObject({ asProposed: true });
  };
}

export async function soundWorld(orders: TestOrders) {
  const commit = committer(orders);
  const create = (milestoneIndex: number, amount = '100.00') => command('milestone.create', { milestoneIndex, amount });
  const done = create(0);
  const complete = (milestoneIndex: number) => command('milestone.complete', { milestoneIndex });
  const release = command('milestone.release', { milestoneIndex: 0 });
  const order = await orders.createOrder();
  // The last entry changes nothing: it is the newer version that an attack can refer to.
  const indexes = [create(1), create(2), create(3)];
  await commit(order, command('order.fund'), done, ...indexes, complete(0), complete(1), release, create(0));
  const closed = await orders.createOrder({ amount: '100.00' });
  await commit(closed, command('order.fund'), create(0), complete(0), release);
  for (const other of [{ currency: 'EUR' }, { mode: 'live' }] as const) {
    const id = await orders.createOrder({ amount: '100.00', ...other });
    await commit(id, command('order.fund'), create(0), complete(0), release);
  }
  const version = (await readOrder(orders.db, order))?.version ?? 0;
  return {
    ...{ order, closed, empty: await orders.createOrder(), version: String(version), done: done.id },
    tx: `release/${milestoneId(order, 0)}`,
    external: 'external/test/USDC',
    escrow: `escrow/${order}`,
    merchant: `merchant/${MERCHANT_ID}/test/USDC`,
    euros: `merchant/${MERCHANT_ID}/test/EUR`,
    live: `merchant/${MERCHANT_ID}/live/USDC`,
  };
}

/** Puts the parts of the world in place of the words between colons. */
export function filledIn(world: SoundWorld, statements: string): string {
  const { order, version, empty } = world;
  const ofOrder = `WHERE order_id = '${order}' AND milestone_index`;
  return statements
    .replace(/:milestone\((\d), (.+?)\):/g, (_, index, amount) => {
      return `${saidOf(world, index)};
        INSERT INTO milestones (id, order_id, milestone_index, currency, amount, status, version, created_at)
        VALUES ('m${index}', '${order}', ${index}, 'USDC', ${amount}, 'PENDING', ${version} + 1, now())`;
    })
    .replace(
      ':transaction:',
      `INSERT INTO ledger_transactions VALUES ('theft', '${order}', ${version}, 'release', 'test', 'USDC', now())`,
    )
    .replace(/:(leg|oldLeg)\((\d), (\w+), (\w+), (.+?)\):/g, (_, kind, leg, account, direction, amount) => {
      const key = kind === 'leg' ? 'theft' : world.tx;
      return `INSERT INTO postings VALUES ('${key}', ${leg}, '${world[account as 'escrow']}', 'test', 'USDC', '${direction}', ${amount})`;
    })
    .replace(/:set\((\d), (.+)\):/, (_, index, changes) => {
      return `${saidOf(world, index)}; UPDATE milestones SET version = ${version} + 1, ${changes} ${ofOrder} = ${index}`;
    })
    .replace(/:entry\((\d)(?:, '(.+)')?\):/, (_, ahead, id = 'cmd_new') => {
      return `INSERT INTO order_log VALUES ('${order}', ${Number(version) + Number(ahead)}, '${id}', 'unknown', 'operator', 'm',
        'rejected', 'invalid_command', '{}', NULL, NULL, now(), now(), '')`;
    })
    .replace(/:order\((\w+), (.+)\):/, (_, column, value) => {
      return `INSERT INTO payment_intents SELECT 'intent_x', merchant_id, mode, type, status, amount, currency, settlement_method,
          settlement_destination, description, metadata, NULL, NULL, NULL, now(), now() FROM payment_intents LIMIT 1;
        INSERT INTO escrow_orders (id, payment_intent_id, merchant_id, mode, currency, amount, release_type,
          auto_release_on_proof, last_at, created_at, updated_at, ${column}) SELECT 'order_x', 'intent_x', merchant_id, mode,
          currency, amount, release_type, false, now(), now(), now(), ${value} FROM escrow_orders WHERE id = '${empty}'`;
    })
    .replace(/:(\w+):/g, (_, part) => world[part as keyof SoundWorld] ?? `:${part}:`);
}

/** An entry that says something of a milestone, forged as well: its other guards have to refuse what it is to cover. */
function saidOf({ order, version }: SoundWorld, index: string): string {
  return `UPDATE escrow_orders SET version = version + 1 WHERE id = '${order}';
    INSERT INTO order_log VALUES ('${order}', ${version} + 1, 'cmd_said', 'milestone.amend', 'operator', 'm', 'accepted', NULL,
      NULL, '[{"type": "milestone.amended", "index": ${index}}]', NULL, now(), now(), '')`;
}

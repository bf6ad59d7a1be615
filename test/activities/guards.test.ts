import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { committer, filledIn, LONG_NAMES, soundWorld } from '../support/sound-world.ts';

/**
 * Each attack is one transaction by somebody who holds the application's own login. Between colons stand parts of a
 * sound world (see `world`): an order with milestone 0 RELEASED, 1 COMPLETED, 2 and 3 PENDING, and others beside it.
 */
const ATTACKS = `
money that is no number            | L3_amount              | 23514 | :leg(1, external, debit, 'NaN'):
endless money                      | L3_amount              | 23514 | :leg(1, external, debit, 'Infinity'):
negative money                     | L3_amount              | 23514 | :leg(1, external, debit, -1):
no money                           | L3_positive            | 23514 | :leg(1, external, debit, 0):
a seventh decimal of USDC          | L3_decimals            | 23514 | :leg(1, external, debit, 0.0000001):
a nineteenth decimal               | L3_amount              | 23514 | :leg(1, external, debit, 0.0000000000000000001):
a milestone of NaN                 | L3_amount              | 23514 | :milestone(4, 'NaN'):
a milestone for nothing            | L3_positive            | 23514 | :milestone(4, 0):
an unbalanced transaction          | L1_balanced            | 23514 | :transaction:; :leg(1, external, debit, 2):; :leg(2, merchant, credit, 1):
a transaction with one leg         | L1_balanced            | 23514 | :transaction:; :leg(1, external, debit, 1):
a transaction without legs         | L1_balanced            | 23514 | :transaction:
a third leg on an old transaction  | L1_balanced            | 23514 | :oldLeg(9, external, debit, 1):
dollars into an account of euros   | account_fk             | 23503 | :transaction:; :leg(1, euros, credit, 1):
test money into a live account     | account_fk             | 23503 | :transaction:; :leg(1, live, credit, 1):
live legs on a test transaction    | transaction_fk         | 23503 | :transaction:; INSERT INTO postings VALUES ('theft', 1, ':live:', 'live', 'USDC', 'credit', 1)
more out of escrow than is in it   | L2_balance             | 23514 | :transaction:; :leg(1, escrow, debit, 901):; :leg(2, merchant, credit, 901):
more from the merchant than theirs | L2_balance             | 23514 | :transaction:; :leg(1, merchant, debit, 9999):; :leg(2, external, credit, 9999):
out of escrow past its order       | V2_escrow              | 23514 | :transaction:; :leg(1, escrow, debit, 100):; :leg(2, merchant, credit, 100):
escrow that may go below zero      | L2_account             | 23514 | INSERT INTO ledger_accounts (id, kind, owner_id, mode, currency) VALUES ('escrow/:empty:', 'external', ':empty:', 'test', 'USDC')
merchants' money to the outside    | L4_movement            | 23514 | :transaction:; :leg(1, merchant, debit, 50):; :leg(2, external, credit, 50):
money for a merchant from outside  | L4_movement            | 23514 | :transaction:; :leg(1, external, debit, 50):; :leg(2, merchant, credit, 50):
a richer account                   |                        | 42501 | UPDATE ledger_accounts SET balance = 5000 WHERE id = ':merchant:'
an account that opens rich         |                        | 42501 | INSERT INTO ledger_accounts (id, kind, owner_id, mode, currency, balance) VALUES ('m', 'merchant', 'm', 'test', 'USDC', 5)
more room for milestones           |                        | 42501 | UPDATE escrow_orders SET allocated_amount = 0 WHERE id = ':order:'
another amount of the order        |                        | 42501 | UPDATE escrow_orders SET amount = 5000 WHERE id = ':order:'
another past                       |                        | 42501 | UPDATE order_log SET outcome = 'rejected' WHERE order_id = ':order:' AND version = 1
a shorter past                     |                        | 42501 | DELETE FROM order_log WHERE order_id = ':order:' AND version = :version:
no past at all                     |                        | 42501 | TRUNCATE order_log CASCADE
a corrected posting                |                        | 42501 | UPDATE postings SET amount = 1 WHERE transaction_key = ':tx:'
a posting undone                   |                        | 42501 | DELETE FROM postings WHERE transaction_key = ':tx:'
no postings                        |                        | 42501 | TRUNCATE postings
an event that says otherwise       |                        | 42501 | UPDATE events SET data = '{}' WHERE order_id = ':order:'
an event that never was            |                        | 42501 | DELETE FROM events WHERE order_id = ':order:'
a milestone gone                   |                        | 42501 | DELETE FROM milestones WHERE order_id = ':order:'
guards off                         |                        | 42501 | ALTER TABLE order_log DISABLE TRIGGER ALL
guards off for the session         |                        | 42501 | SET session_replication_role = replica
paid without being completed       | L8_status              | 23514 | :set(2, status = 'RELEASED', released_at = now(), released_amount = amount, refunded_amount = 0):
completed without a when           | L8_status              | 23514 | :set(2, status = 'COMPLETED'):
paid, then pending again           | L8_settled             | 23514 | :set(0, status = 'PENDING'):
a completed milestone cancelled    | L8_status              | 23514 | :set(1, status = 'CANCELLED'):
another amount once completed      | L8_amount              | 23514 | :set(1, amount = 50):
a change that the log knows not    | L8_version             | 23514 | UPDATE milestones SET description = 'x' WHERE order_id = ':order:' AND milestone_index = 2
2 released before 1                | V5_release_order       | 23514 | :set(2, status = 'RELEASED', completed_at = now(), released_at = now(), released_amount = amount, refunded_amount = 0):
released without its money         | L7_release_posted      | 23514 | :set(1, status = 'RELEASED', released_at = now(), released_amount = amount, refunded_amount = 0):
refunded without its money         | L7_refund_posted       | 23514 | :set(2, status = 'REFUNDED', refunded_amount = amount):
completed, refunded for nothing    | L7_refund_posted       | 23514 | :set(1, status = 'REFUNDED', refunded_amount = amount):
released twice                     | transaction_pkey       | 23505 | INSERT INTO ledger_transactions VALUES (':tx:', ':order:', :version:, 'release', 'test', 'USDC', now())
more milestones than money         | L7_sum_of_milestones   | 23514 | :milestone(4, 600.01):
milestone 1 a second time          | milestone_index_taken  | 23505 | :milestone(1, 1):
milestone 5 before 4               | V5_no_gap              | 23514 | :milestone(5, 1):
a gap in the log                   | L9_chain               | 23514 | :entry(2):
an entry that its order knows not  | L9_version             | 23514 | :entry(1):
a version without its entry        | L9_version             | 23514 | UPDATE escrow_orders SET version = version + 1 WHERE id = ':order:'
a version again                    | L8_backwards           | 23514 | UPDATE escrow_orders SET version = version - 1 WHERE id = ':order:'
a second outcome of a command      | order_log_one_outcome  | 23505 | UPDATE escrow_orders SET version = version + 1 WHERE id = ':order:'; :entry(1, ':done:'):
an event number twice              | events_sequence        | 23505 | INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode) SELECT 'evt_x', order_id, sequence, type, version, data, now(), merchant_id, mode FROM events WHERE order_id = ':order:' AND sequence = 1
an order born with money           | L8_new_order           | 23514 | :order(funded_amount, 100):
an order born complete             | L8_new_order           | 23514 | :order(status, 'COMPLETED'):
an end with money left             | V2_closed              | 23514 | UPDATE escrow_orders SET version = version + 1, status = 'COMPLETED' WHERE id = ':order:'
funds from nowhere                 | V2_escrow              | 23514 | UPDATE escrow_orders SET version = version + 1, funded_amount = 500 WHERE id = ':empty:'
more paid out than funded          | V2_paid_out            | 23514 | UPDATE escrow_orders SET version = version + 1, refunded_amount = 5000 WHERE id = ':order:'
a closed order opened again        | L8_closed              | 23514 | UPDATE escrow_orders SET status = 'PENDING' WHERE id = ':closed:'
`;

const orders = await testOrders({ worker: false });
const app = postgres(orders.url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
const admin = adminOf(orders);
const world = await soundWorld(orders);
const commit = committer(orders);

test.each(
  ATTACKS.trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim())),
)('the database refuses %s (%s %s)', async (_, rule = '', state, statements = '') => {
  const refusal = await app
    .begin(async (sql) => {
      await sql.unsafe(filledIn(world, statements));
      // What waits for the commit is checked now, so that an attack that succeeds can be rolled back.
      await sql`SET CONSTRAINTS ALL IMMEDIATE`;
      throw new Error('the attack succeeded');
    })
    .catch((error: Partial<postgres.PostgresError>) => [error.code ?? error.message, error.constraint_name ?? '']);
  expect(refusal).toEqual([state, LONG_NAMES[rule] ?? rule]);
  for (const id of [world.order, world.closed, world.empty]) expect(await faultsOf(orders.db, id)).toEqual([]);
});

test.each(['order_log', 'ledger_transactions', 'postings', 'events'])(
  'even a superuser only adds to %s',
  async (table) => {
    for (const statement of [`UPDATE ${table} SET version = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
      const changed = statement.replace('version', table === 'postings' ? 'leg' : 'version');
      const refusal = admin.unsafe(changed).catch((error) => [error.code, error.constraint_name]);
      expect(await refusal).toEqual(['23001', 'L5_append_only']);
    }
  },
);

test('a forged hash is replaced by the one that follows from the log', async () => {
  const id = await orders.createOrder();
  await commit(id, command('milestone.create', { milestoneIndex: 0, amount: '1.00' }));
  await app.begin((sql) => [
    sql`UPDATE escrow_orders SET version = 2 WHERE id = ${id}`,
    sql`INSERT INTO order_log VALUES (${id}, 2, 'c', 'unknown', 'operator', 'm', 'rejected', 'invalid_command', '{}',
      NULL, NULL, now(), now(), '\\xdeadbeef')`,
  ]);
  expect((await faultsOf(orders.db, id)).filter((fault) => fault.includes('hash'))).toEqual([]);
});

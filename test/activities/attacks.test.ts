/**
 * Attacks on the guards themselves, by somebody who holds the application's own login: tables of their own in front of
 * ours, other search paths, operators, casts, savepoints, deferred checks. Each is refused by the database, or the worker
 * refuses to act on what it leaves.
 */
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { createPayoutActivities } from '../../src/activities/payouts.ts';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { adminOf } from '../support/admin.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { committer, filledIn, LONG_NAMES, soundWorld } from '../support/sound-world.ts';

/** A release of 50 that nobody decided, out of an escrow that has it: what is wrong is its sum. */
const UNBALANCED = ':transaction:; :leg(1, escrow, debit, 1):; :leg(2, merchant, credit, 50):';
const FAKE_POSTINGS = `(transaction_key text, leg integer, account_id text, mode text, currency text, direction text, amount numeric)`;

/** name | rule | SQLSTATE | statements of one transaction */
const ATTACKS = `
a temporary table before postings        |                     | 42501 | CREATE TEMPORARY TABLE postings ${FAKE_POSTINGS}; ${UNBALANCED}
a temporary table by its schema          |                     | 42501 | CREATE TABLE pg_temp.ledger_accounts (id text, balance numeric); ${UNBALANCED}
a temporary view before the accounts     |                     | 42501 | CREATE TEMPORARY VIEW ledger_accounts AS SELECT 'escrow/' || ':order:' AS id, 1 AS balance; ${UNBALANCED}
a temporary table of a query             |                     | 42501 | SELECT * INTO TEMPORARY postings FROM public.postings LIMIT 0
a temporary table as milestones          |                     | 42501 | CREATE TEMPORARY TABLE milestones (order_id text, milestone_index integer, status text)
a temporary table as the order log       |                     | 42501 | CREATE TEMPORARY TABLE order_log (order_id text, version integer, hash bytea)
a temporary sequence                     |                     | 42501 | CREATE TEMPORARY SEQUENCE numbers
a temporary type as money                |                     | 42501 | CREATE DOMAIN pg_temp.money_amount AS numeric
a temporary function as the refusal      |                     | 42501 | CREATE FUNCTION pg_temp.refuse(text, text) RETURNS void LANGUAGE sql AS 'SELECT'
a schema of one's own                    |                     | 42501 | CREATE SCHEMA mine
a table beside ours                      |                     | 42501 | CREATE TABLE public.mine (n integer)
a refusal that refuses nothing           |                     | 42501 | CREATE FUNCTION public.refuse(varchar, varchar) RETURNS void LANGUAGE sql AS 'SELECT'
our refusal replaced                     |                     | 42501 | CREATE OR REPLACE FUNCTION public.refuse(rule text, message text) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'
a guard without its search path          |                     | 42501 | ALTER FUNCTION public.check_transaction_balance() RESET search_path
a guard renamed                          |                     | 42501 | ALTER FUNCTION public.check_escrow_balance() RENAME TO gone
an equality of one's own                 |                     | 42501 | CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.textne)
a cast of one's own                      |                     | 42501 | CREATE CAST (text AS public.money_amount) WITH INOUT AS IMPLICIT
a sum of one's own                       |                     | 42501 | CREATE AGGREGATE public.sum(numeric) (SFUNC = numeric_add, STYPE = numeric)
a trigger less                           |                     | 42501 | DROP TRIGGER balanced ON postings
a trigger more                           |                     | 42501 | CREATE TRIGGER mine BEFORE INSERT ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change()
a rule that swallows a check             |                     | 42501 | CREATE RULE mine AS ON INSERT TO postings DO INSTEAD NOTHING
a constraint less                        |                     | 42501 | ALTER TABLE ledger_accounts DROP CONSTRAINT "L2_balance"
an owner's role                          |                     | 42501 | SET ROLE postgres
another session's user                   |                     | 42501 | SET SESSION AUTHORIZATION postgres
a superuser                              |                     | 42501 | ALTER ROLE CURRENT_USER SUPERUSER
a role of one's own                      |                     | 42501 | CREATE ROLE mine
an extension                             |                     | 42501 | CREATE EXTENSION file_fdw
a language of one's own                  |                     | 42501 | CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler
an event trigger                         |                     | 42501 | CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION refuse_change()
a subscription to one's own server       |                     | 42501 | CREATE SUBSCRIPTION mine CONNECTION 'host=127.0.0.1 port=1' PUBLICATION mine WITH (connect = false)
an empty search path                     | L1_balanced         | 23514 | SET LOCAL search_path = ''; ${UNBALANCED}
a search path with one's own in front    | L1_balanced         | 23514 | SET LOCAL search_path = pg_temp, mine, public; ${UNBALANCED}
a search path without PostgreSQL's       | L1_balanced         | 23514 | SET LOCAL search_path = public, pg_catalog; ${UNBALANCED}
checks set immediate and back            | L1_balanced         | 23514 | SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; ${UNBALANCED}
a leg taken back by a savepoint          | L1_balanced         | 23514 | :transaction:; :leg(1, escrow, debit, 1):; SAVEPOINT half; :leg(2, merchant, credit, 1):; ROLLBACK TO half
a movement inside a savepoint            | L1_balanced         | 23514 | SAVEPOINT half; ${UNBALANCED}; RELEASE half
a refusal swallowed in a block           | L1_balanced         | 23514 | DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; EXCEPTION WHEN others THEN NULL; END $$; SET CONSTRAINTS ALL DEFERRED; ${UNBALANCED}
a prepared statement                     | L1_balanced         | 23514 | PREPARE theft AS INSERT INTO postings VALUES ('theft', 1, ':escrow:', 'test', 'USDC', 'debit', 1); :transaction:; EXECUTE theft
a posting changed by a conflict          |                     | 42501 | INSERT INTO postings SELECT * FROM postings WHERE transaction_key = ':tx:' ON CONFLICT (transaction_key, leg) DO UPDATE SET amount = 1
a posting changed by a merge             |                     | 42501 | MERGE INTO postings p USING (SELECT 1) s ON p.transaction_key = ':tx:' WHEN MATCHED THEN UPDATE SET amount = 1
a posting changed inside a query         |                     | 42501 | WITH gone AS (DELETE FROM postings RETURNING *) SELECT count(*) FROM gone
a log locked against everybody           |                     | 42501 | LOCK TABLE postings IN ACCESS EXCLUSIVE MODE
rows from the server's files             |                     | 42501 | COPY postings FROM '/etc/passwd'
rows from a program                      |                     | 42501 | COPY postings FROM PROGRAM 'id'
a definer's function called by hand      |                     | 0A000 | SELECT public.add_to_balances()
a second payout of a release             | payout_of_release   | 23505 | INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at, updated_at) SELECT 'payout_x', order_id, milestone_index, merchant_id, mode, currency, amount, 'PENDING', version, now(), now() FROM payouts WHERE order_id = ':order:'
a payout of what was not released        | L7_payout_released  | 23514 | :payout(1, 100):
a payout of the whole order              | L7_payout_released  | 23514 | :payout(NULL, 900):
a payout of an entry that is not there   | payout_version      | 23503 | INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at, updated_at) VALUES ('payout_x', ':order:', 1, 'merchant_test', 'test', 'USDC', 100, 'PENDING', 999, now(), now())
an event of another merchant's order     |                     | 23503 | INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode) SELECT 'evt_x', order_id, 999, type, version, data, now(), 'merchant_of_nobody', mode FROM events WHERE order_id = ':order:' AND sequence = 1
an intent's other destination            |                     | 42501 | UPDATE payment_intents SET settlement_destination = 'mine'
an order of another intent               |                     | 42501 | UPDATE escrow_orders SET payment_intent_id = 'mine' WHERE id = ':order:'
a key with another role                  |                     | 42501 | UPDATE api_keys SET role = 'operator'
a bound key of somebody else's order     | K2_bound_order      | 23514 | INSERT INTO api_keys (id, merchant_id, mode, role, hash, last_four, escrow_order_id) SELECT 'key_x', 'merchant_of_nobody', 'test', 'buyer', 'h', 'abcd', ':order:'
a collection of more than the intent's   | L8_funding          | 23514 | INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at) SELECT i.id, o.id, i.mode, i.currency, i.amount::numeric + 1, 'SUBMITTED', '{}', true, now() FROM escrow_orders o JOIN payment_intents i ON i.id = o.payment_intent_id WHERE o.id = ':order:'
a collection that nobody asked for       | L8_funding          | 23514 | INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at) SELECT i.id, o.id, i.mode, i.currency, i.amount::numeric, 'COLLECTED', '{}', true, now() FROM escrow_orders o JOIN payment_intents i ON i.id = o.payment_intent_id WHERE o.id = ':order:'
a buyer's key that manages keys          | api_key_scopes      | 23514 | INSERT INTO api_keys (id, merchant_id, mode, role, hash, last_four, scopes) SELECT 'key_x', merchant_id, mode, 'buyer', 'h', 'abcd', '{keys}' FROM escrow_orders WHERE id = ':order:'
a held command that the log does not hold | L10_held             | 23514 | INSERT INTO held_commands (order_id, command_id, version, command, reason, detail, held_at) VALUES (':order:', 'cmd_x', 2, '{"id": "cmd_x", "type": "milestone.release", "milestoneIndex": 1, "actor": {"role": "buyer", "id": "b"}, "receivedAt": 0, "turnWaitMs": null}', 'milestone_not_completed', '{}', now())
a command that was there before proofs    |                     | 42501 | INSERT INTO adopted_commands (command_id, payload) VALUES ('cmd_x', '{}')
a migration that never ran               |                     | 42501 | INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1)
`;

const orders = await testOrders({ worker: false });
const app = postgres(orders.url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
const admin = adminOf(orders);
const world = await soundWorld(orders);

/** The SQLSTATE and the rule that refuse the attack; what it left when nothing did. */
async function refusalOf(statements: string): Promise<string[]> {
  return app
    .begin(async (sql) => {
      await sql.unsafe(complete(filledIn(world, statements)));
      await sql`SET CONSTRAINTS ALL IMMEDIATE`;
      throw new Error('the attack succeeded');
    })
    .catch((error: Partial<postgres.PostgresError>) => [
      error.code ?? String(error.message),
      error.constraint_name ?? '',
    ]);
}

/** Payouts filled in; our tables named in full, so that a statement means them whatever the search path. */
function complete(statements: string): string {
  const named = statements.replaceAll(/INTO (postings|ledger_transactions) VALUES/g, 'INTO public.$1 VALUES');
  return named.replace(/:payout\((\w+), (\d+)\):/, (_, index, amount) => {
    return `INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at,
      updated_at) VALUES ('payout_x', '${world.order}', ${index}, 'merchant_test', 'test', 'USDC', ${amount}, 'PENDING',
      ${world.version}, now(), now())`;
  });
}

test.each(
  ATTACKS.trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim())),
)('the database refuses %s (%s %s)', async (_, rule = '', state, statements = '') => {
  const [foundState, foundRule] = await refusalOf(statements);
  expect(foundState).toBe(state);
  if (rule !== '') expect(foundRule).toBe(LONG_NAMES[rule] ?? rule);
  for (const id of [world.order, world.closed, world.empty]) expect(await faultsOf(orders.db, id)).toEqual([]);
});

test('what the log holds can neither be changed nor taken away', async () => {
  const held = command('milestone.create', { milestoneIndex: 5, amount: '1.00', turnWaitMs: null });
  await committer(orders)(world.empty, held);
  const own = `order_id = '${world.empty}' AND command_id = '${held.id}'`;
  expect(await refusalOf(`DELETE FROM held_commands WHERE ${own}`)).toEqual(['23514', 'L10_held']);
  expect(await refusalOf(`UPDATE held_commands SET until = now() WHERE ${own}`)).toEqual(['42501', '']);
  for (const change of [`command || '{"amount": "900.00"}', until`, 'command, now()']) {
    const twin = `SELECT order_id, command_id || 'x', version, ${change}, reason, detail, held_at FROM held_commands`;
    const insert = 'INSERT INTO held_commands (order_id, command_id, version, command, until, reason, detail, held_at)';
    expect(await refusalOf(`${insert} ${twin} WHERE ${own}`)).toEqual(['23514', 'L10_held']);
  }
  expect(await faultsOf(orders.db, world.empty)).toEqual([]);
});

test('rows that are copied in are checked like any other', async () => {
  const attack = app.begin(async (sql) => {
    await sql.unsafe(filledIn(world, ':transaction:'));
    const rows = await sql`COPY postings FROM STDIN`.writable();
    await new Promise<void>((done, failed) => {
      rows.on('error', failed).on('finish', done);
      rows.end(
        filledIn(world, 'theft\t1\t:escrow:\ttest\tUSDC\tdebit\t1\ntheft\t2\t:merchant:\ttest\tUSDC\tcredit\t50\n'),
      );
    });
  });
  await expect(attack).rejects.toMatchObject({ code: '23514', constraint_name: 'L1_balanced' });
});

test('a lock of one’s own on what migrations and the verifier lock holds up neither commits nor their guards', async () => {
  await app.begin(async (sql) => {
    await sql`SELECT pg_advisory_xact_lock(key) FROM (VALUES (7210423001::bigint), (1)) AS keys (key)`;
    await committer(orders)(world.empty, command('order.fund'));
  });
  expect(await faultsOf(orders.db, world.empty)).toEqual([]);
});

describe('with the rights of before, the search paths alone', () => {
  /** Half a movement, and the other half in a table of the attacker's. */
  const attack = `:transaction:; :leg(2, merchant, credit, 50):;
    CREATE TEMPORARY TABLE postings ${FAKE_POSTINGS} ON COMMIT DROP;
    INSERT INTO pg_temp.postings VALUES ('theft', 1, ':escrow:', '', '', 'debit', 50), ('theft', 2, ':merchant:', '', '', 'credit', 50)`;
  const accounts = `CREATE TEMPORARY TABLE ledger_accounts ON COMMIT DROP AS SELECT * FROM public.ledger_accounts;
    UPDATE pg_temp.ledger_accounts SET kind = 'merchant' WHERE kind = 'external'`;

  async function withRight<Result>(run: () => Promise<Result>): Promise<Result> {
    const database = new URL(orders.url).pathname.slice(1);
    await admin.unsafe(`GRANT TEMPORARY ON DATABASE ${database} TO PUBLIC`);
    try {
      return await run();
    } finally {
      await admin.unsafe(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
    }
  }

  test.each([
    ['made-up postings', attack, ['23514', 'L1_balanced']],
    [
      'made-up accounts',
      `:transaction:; :leg(1, merchant, debit, 1):; :leg(2, external, credit, 1):; ${accounts}`,
      ['23514', 'L4_movement'],
    ],
  ])('%s in a temporary table are not looked at', async (_, statements, refusal) => {
    expect(await withRight(() => refusalOf(statements))).toEqual(refusal);
  });

  test('and without them the same attack succeeds, so these tests would notice', async () => {
    const guard = 'public.check_transaction_balance()';
    await admin.unsafe(`ALTER FUNCTION ${guard} RESET search_path`);
    try {
      const [found] = await withRight(() => refusalOf(attack));
      expect(found).toBe('the attack succeeded');
    } finally {
      await admin.unsafe(`ALTER FUNCTION ${guard} SET search_path = pg_catalog, public, pg_temp`);
    }
  });
});

describe('a payout that got past the database', () => {
  const paid: string[] = [];
  let told = 0;
  const settlement = createMockSettlement();
  const activities = createPayoutActivities({
    db: orders.db,
    log: orders.log,
    signals: { send: async () => {} },
    onUnproven: () => told++,
    settlement: {
      ...settlement,
      pay: async (payment, signal) => {
        paid.push(payment.key);
        return settlement.pay(payment, signal);
      },
    },
  });

  test.each([
    ['that nothing was released for', { milestone_index: 1, amount: '100' }],
    ['of more than was released', { milestone_index: 0, amount: '500' }],
    ['of another entry of the log', { milestone_index: 0, amount: '100', version: 1 }],
    ['of the whole order', { milestone_index: null, amount: '900' }],
    ['to another merchant', { milestone_index: 0, amount: '100', merchant_id: 'merchant_of_another' }],
  ])('%s is not paid', async (_, forged) => {
    const row = { id: 'payout_forged', version: Number(world.version), merchant_id: 'merchant_test', ...forged };
    await admin.begin(async (sql) => {
      await sql`SET LOCAL session_replication_role = replica`;
      await sql`DELETE FROM payouts WHERE id = ${row.id} OR order_id = ${world.order}`;
      await sql`INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at, updated_at)
        VALUES (${row.id}, ${world.order}, ${row.milestone_index}, ${row.merchant_id}, 'test', 'USDC', ${row.amount}, 'PENDING', ${row.version}, now(), now())`;
    });
    expect(await activities.loadPayout(row.id)).toBeNull();
    expect(await activities.executePayout(row.id)).toBeNull();
    expect(paid).toEqual([]);
    expect(told).toBeGreaterThanOrEqual(2);
  });
});

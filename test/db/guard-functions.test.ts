/** What the catalogue says of the guards' functions, and that each of them would be missed. */
import { expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();
const admin = adminOf(database);

/** Written by the owner in the application's name, because it has no right to: balances, sums, what was taken back. */
const DEFINERS = [
  'add_to_balances()',
  'allocate_inserted()',
  'allocate_updated()',
  'forget_adopted()',
  'forget_withdrawn(integer)',
  'remember_withdrawn()',
];

/** Ours, but for extensions' own. */
const OURS = `p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`;

/** Functions that look at whatever the session that sets them off has made for itself. */
async function withoutSearchPath(): Promise<string[]> {
  const open = await admin.unsafe(`
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE ${OURS} AND p.prosqlbody IS NULL
      AND NOT coalesce(p.proconfig, '{}') && ARRAY['search_path=pg_catalog, public, pg_temp'] ORDER BY name`);
  return open.map(({ name }) => name);
}

const functions = (
  await admin.unsafe(
    `SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE ${OURS} AND p.prosqlbody IS NULL ORDER BY name`,
  )
).map(({ name }) => name as string);

test('every function of ours brings its own search path, or is parsed when it is made', async () => {
  expect(functions.length).toBeGreaterThan(20);
  expect(await withoutSearchPath()).toEqual([]);
});

test.each(functions)('%s without its search path would be noticed', async (name) => {
  await admin.unsafe(`ALTER FUNCTION ${name} RESET search_path`);
  try {
    expect(await withoutSearchPath()).toEqual([name]);
  } finally {
    await admin.unsafe(`ALTER FUNCTION ${name} SET search_path = pg_catalog, public, pg_temp`);
  }
});

test('only what has to write in the owner’s name does so, and the application owns none of it', async () => {
  const rows = await admin.unsafe(`
    SELECT p.oid::regprocedure::text AS name, p.prosecdef AS definer, pg_has_role('tranche_app', p.proowner, 'MEMBER') AS owned
    FROM pg_proc p WHERE ${OURS} ORDER BY name`);
  expect(rows.filter(({ definer }) => definer).map(({ name }) => name)).toEqual(DEFINERS);
  expect(rows.filter(({ owned }) => owned)).toEqual([]);
});

test('every trigger is on, and calls a function of ours or of PostgreSQL', async () => {
  const rows = await admin`
    SELECT t.tgrelid::regclass::text || '.' || t.tgname AS name, t.tgenabled AS state, p.pronamespace::regnamespace::text AS schema
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace`;
  expect(rows.filter(({ state }) => state !== 'O')).toEqual([]);
  expect(rows.filter(({ schema }) => !['public', 'pg_catalog'].includes(schema))).toEqual([]);
});

test('what only the owner writes can be read by the application, and nothing else', async () => {
  const rows = await admin`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND NOT has_table_privilege('tranche_app', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      AND NOT has_any_column_privilege('tranche_app', c.oid, 'INSERT, UPDATE') ORDER BY name`;
  expect(rows.map(({ name }) => name)).toEqual([
    'adopted_api_keys',
    'adopted_commands',
    'adopted_webhook_endpoints',
    'merchant_balances',
    'withdrawn_commands',
  ]);
});

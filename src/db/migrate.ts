/**
 * Brings the database to the current schema and gives the application's login its rights.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import type postgres from 'postgres';
import type { Database } from './client.ts';
import { openDriver } from './driver.ts';

/** The role that drizzle/0001_guards.sql grants rights to; the application's login is a member of it. */
export const APPLICATION_ROLE = 'tranche_app';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../drizzle', import.meta.url));
const INVALID_PASSWORD = '28P01';
/** Any number will do, as long as nobody else in the database uses it. */
const MIGRATION_LOCK = 7_210_423_001;

/**
 * Applies pending migrations, one process at a time, and makes the login of `applicationUrl` if it is missing, or gives it
 * its present password.
 *
 * @param migrationUrl a role that may change the schema and create roles
 * @param applicationUrl the application's URL; its user must be another one for append-only rows to be safe from it
 * @param adopted what is believed from now on as it is stored
 * @returns what was done to the login and what the login may still do that nobody should, in sentences; null when there
 *   is nothing to tell
 * @throws Error of the driver when the database cannot be reached or a migration fails; nothing is half applied
 */
export async function migrate(
  migrationUrl: string,
  applicationUrl: string,
  adopted: readonly Adopted[] = [],
): Promise<string | null> {
  const client = openDriver(migrationUrl, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: 'tranche-migrate' },
  });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    await closeDatabase(client);
    const sentences: (string | null)[] = [];
    for (const one of adopted) sentences.push(await ADOPT[one](client));
    const [application, migration] = [new URL(applicationUrl), new URL(migrationUrl)];
    const user = decodeURIComponent(application.username);
    const isOther = user !== '' && user !== decodeURIComponent(migration.username);
    if (isOther) sentences.push(await ensureLogin(client, user, application), await rightsLeftTo(client, user));
    return sentences.filter((sentence) => sentence !== null).join(' ') || null;
  } finally {
    await client.end({ timeout: 5 });
  }
}

/**
 * Commands: open ones without a proof. API keys, webhook endpoints and claims of idempotency keys: whatever is in force,
 * because nothing here knows whether their proofs are right. Processes of version 0.3.0 make all of them without, also
 * after the migration.
 */
export const ADOPTED = ['commands', 'api-keys', 'webhook-endpoints'] as const;
export type Adopted = (typeof ADOPTED)[number];

const ADOPT: Readonly<Record<Adopted, (client: postgres.Sql) => Promise<string>>> = {
  async commands(client) {
    const adopted = await client`
      insert into adopted_commands select c.command_id, c.payload, stored_command_digest(c) from commands c
      where open and order_id is not null and proof is null
      on conflict (command_id) do update set payload = excluded.payload, digest = excluded.digest
      returning command_id`;
    const claims = await client`
      insert into adopted_commands select c.command_id, 'null', stored_command_digest(c) from commands c
      where idempotency_key is not null and claim_proof is null
        and not exists (select from adopted_commands a where a.command_id = c.command_id)`;
    return `Open commands that are believed without a proof: ${listOf(adopted.map(({ command_id }) => command_id))}. Idempotency keys: ${claims.count}.`;
  },
  async 'api-keys'(client) {
    const adopted = await client`
      insert into adopted_api_keys select k.id, api_key_facts(k) from api_keys k
      where revoked_at is null and coalesce(expires_at > now(), true)
      on conflict (key_id) do update set facts = excluded.facts where adopted_api_keys.facts <> excluded.facts
      returning key_id`;
    return `API keys that are believed from now on: ${listOf(adopted.map(({ key_id }) => key_id))}.`;
  },
  async 'webhook-endpoints'(client) {
    const adopted = await client`
      insert into adopted_webhook_endpoints select e.id, webhook_endpoint_facts(e) from webhook_endpoints e
      where deleted_at is null
      on conflict (endpoint_id) do update set facts = excluded.facts
      where adopted_webhook_endpoints.facts <> excluded.facts
      returning endpoint_id`;
    return `Webhook endpoints whose addresses are believed from now on: ${listOf(adopted.map(({ endpoint_id }) => endpoint_id))}.`;
  },
};

function listOf(ids: readonly string[]): string {
  return ids.join(', ') || 'none';
}

/** How many of this code's migrations the database does not have yet. Works as the application's role. */
export async function pendingMigrations(db: Database): Promise<number> {
  const journal = JSON.parse(readFileSync(`${MIGRATIONS_FOLDER}/meta/_journal.json`, 'utf8')) as { entries: unknown[] };
  const [applied] = await db.execute<{ count: number }>(
    sql`select count(*)::integer as count from drizzle.__drizzle_migrations`,
  );
  return Math.max(0, journal.entries.length - (applied?.count ?? 0));
}

/**
 * Takes from everybody what nobody needs: making tables of their own. Here and not in a migration, because a copy or a
 * restore of the database does not take these rights over.
 */
async function closeDatabase(client: postgres.Sql): Promise<void> {
  const [statement] = await client<{ text: string }[]>`
    select format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC', current_database()) as text`;
  await client.unsafe(statement?.text ?? '');
  await client.unsafe('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
}

/**
 * What the login may do although {@link closeDatabase} took it away. PostgreSQL only warns a role that may not revoke,
 * such as one that does not own the database, and a grant to the login itself is left alone.
 */
async function rightsLeftTo(client: postgres.Sql, user: string): Promise<string | null> {
  const [left] = await client<{ sentence: string | null }[]>`
    select format('The login %s may still make tables of its own. As the owner of the database run: ', rolname)
      || string_agg(statement, '; ') as sentence
    from pg_roles cross join lateral (values
      (has_database_privilege(oid, current_database(), 'TEMPORARY, CREATE'),
        format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC, %I', current_database(), rolname)),
      (has_schema_privilege(oid, 'public', 'CREATE'), format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', rolname))
    ) as open (is_open, statement) where rolname = ${user} and is_open group by rolname`;
  return left?.sentence ?? null;
}

/** Answers what it did to the login, null when nothing. */
async function ensureLogin(client: postgres.Sql, user: string, application: URL): Promise<string | null> {
  const password = decodeURIComponent(application.password);
  const [existing] = await client`select from pg_roles where rolname = ${user}`;
  const isToSet = !existing || (await isPasswordRefused(application));
  if (isToSet) {
    // Neither takes parameters; quoting is left to the server.
    const [statement] = await client<{ text: string }[]>`
      select format(${existing ? 'ALTER' : 'CREATE'} || ' ROLE %I LOGIN PASSWORD %L', ${user}::text, ${password}::text) as text`;
    await client.unsafe(statement?.text ?? '');
  }
  const [grant] = await client<{ text: string }[]>`
    select format('GRANT %I TO %I', ${APPLICATION_ROLE}::text, ${user}::text) as text`;
  await client.unsafe(grant?.text ?? '');
  if (!isToSet) return null;
  return existing ? `The password of the login ${user} is the one of DATABASE_URL now.` : `The login ${user} was made.`;
}

/** Whether the server takes this login, but not with this password. */
async function isPasswordRefused(application: URL): Promise<boolean> {
  const sql = openDriver(application.href, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe('SELECT 1');
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === INVALID_PASSWORD;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

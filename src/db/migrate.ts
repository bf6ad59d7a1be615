/**
 * Brings the database to the current schema and gives the application's login its rights.
 */
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** The role that drizzle/0001_guards.sql grants rights to; the application's login is a member of it. */
export const APPLICATION_ROLE = 'tranche_app';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../drizzle', import.meta.url));
/** Any number will do, as long as nobody else in the database uses it. */
const MIGRATION_LOCK = 7_210_423_001;

/**
 * Applies pending migrations, one process at a time, and makes the login of `applicationUrl` if it is missing.
 *
 * @param migrationUrl a role that may change the schema and create roles
 * @param applicationUrl the application's URL; its user must be another one for append-only rows to be safe from it
 * @throws Error of the driver when the database cannot be reached or a migration fails; nothing is half applied
 */
export async function migrate(migrationUrl: string, applicationUrl: string): Promise<void> {
  const sql = postgres(migrationUrl, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: 'tranche-migrate' },
  });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await applyMigrations(drizzle(sql), { migrationsFolder: MIGRATIONS_FOLDER });
    await ensureLogin(sql, new URL(applicationUrl), new URL(migrationUrl));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function ensureLogin(sql: postgres.Sql, application: URL, migration: URL): Promise<void> {
  const user = decodeURIComponent(application.username);
  const password = decodeURIComponent(application.password);
  if (user === '' || user === decodeURIComponent(migration.username)) return;
  const [existing] = await sql`select from pg_roles where rolname = ${user}`;
  if (!existing) {
    // CREATE ROLE takes no parameters; quoting is left to the server.
    const [statement] = await sql<{ text: string }[]>`
      select format('CREATE ROLE %I LOGIN PASSWORD %L', ${user}::text, ${password}::text) as text`;
    await sql.unsafe(statement?.text ?? '');
  }
  const [grant] = await sql<{ text: string }[]>`
    select format('GRANT %I TO %I', ${APPLICATION_ROLE}::text, ${user}::text) as text`;
  await sql.unsafe(grant?.text ?? '');
}

/** A superuser's connection to a test's own database, for what only an operator, an attacker or a restore would do. */
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';

/** Closed after the file. Call it after the database was made, so that it is closed before the database is dropped. */
export function adminOf(database: { adminUrl: string }): postgres.Sql {
  return closedAfterFile(database.adminUrl);
}

/** A superuser's connection to another database of the server, for shutting a test's own one. */
export function adminOfServer(): postgres.Sql {
  return closedAfterFile(inject('databaseUrl'));
}

function closedAfterFile(url: string): postgres.Sql {
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  afterAll(() => sql.end({ timeout: 5 }));
  return sql;
}

import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { connect, type Database } from '../../src/db/client.ts';
import { APPLICATION_LOGIN, TEMPLATE_DATABASE, withDatabase, withLogin } from './urls.ts';

export interface TestDatabase {
  /** As the application's role. */
  readonly db: Database;
  readonly url: string;
  /** As superuser, for what only an attacker or a restore would do. */
  readonly adminUrl: string;
  /** Statements sent through `db` so far. */
  statements(): readonly string[];
}

/** A migrated, empty database of the test file's own. Dropped after the file. */
export async function testDatabase(): Promise<TestDatabase> {
  const maintenance = inject('databaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(maintenance, { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  // A copy does not take over the rights on its template, which migrating has taken away.
  await admin.unsafe(`REVOKE TEMPORARY, CREATE ON DATABASE ${name} FROM PUBLIC`);
  const adminUrl = withDatabase(maintenance, name);
  const url = withLogin(adminUrl, APPLICATION_LOGIN);
  const statements: string[] = [];
  const connection = connect(url, { onQuery: (text) => statements.push(text) });
  afterAll(async () => {
    await connection.close();
    await admin.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  return { db: connection.db, url, adminUrl, statements: () => statements };
}

/**
 * A connection for verifying. The service's connections give up after a second and a half, which is right for a commit
 * and wrong for summing up every posting there is.
 */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { DatabaseConnection } from '../db/client.ts';
import { openDriver } from '../db/driver.ts';
import * as schema from '../db/schema.ts';

const STATEMENT_TIMEOUT_MS = 10 * 60_000;

/** One connection that can only read. It is opened with its first statement. */
export function connectForVerifying(url: string, statementTimeoutMs = STATEMENT_TIMEOUT_MS): DatabaseConnection {
  const sql = openDriver(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    connection: {
      application_name: 'tranche-verify',
      statement_timeout: statementTimeoutMs,
      default_transaction_read_only: true,
    },
  });
  return { db: drizzle(sql, { schema }), close: () => sql.end({ timeout: 5 }) };
}

/**
 * Connections to PostgreSQL, and what its errors mean.
 */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { type Admit, openDriver } from './driver.ts';
import * as schema from './schema.ts';

export type { Admit } from './driver.ts';
export type Database = PostgresJsDatabase<typeof schema>;

export interface DatabaseConnection {
  readonly db: Database;
  /** Waits for running statements, at most five seconds, then cuts them off. */
  close(): Promise<void>;
}

/** As libraries that bring statements of their own want it. */
export interface QueryableConnection extends DatabaseConnection {
  /** Constant texts only: each is prepared. */
  query(text: string, values: unknown[]): Promise<{ rows: readonly Record<string, unknown>[]; rowCount: number }>;
}

/** The server ends a statement after this long. It stays under the 2 s that the commit's activity is given. */
const STATEMENT_TIMEOUT_MS = 1_500;

const RECONNECT_FIRST_S = 0.1;
const RECONNECT_LAST_S = 2;

/**
 * Opens a pool.
 *
 * @param options.max connections at most
 * @param options.admit asked before each statement
 * @param options.onQuery called with each statement's text, for counting them in tests and benchmarks
 */
export function connect(
  url: string,
  options: { max?: number; applicationName?: string; admit?: Admit; onQuery?: (text: string) => void } = {},
): QueryableConnection {
  const { max = 10, applicationName = 'tranche', admit, onQuery } = options;
  const sql = openDriver(url, {
    max,
    ...(admit && { admit }),
    connect_timeout: 5,
    backoff: (retries) => Math.min(RECONNECT_FIRST_S * 2 ** retries, RECONNECT_LAST_S),
    // Every text of this project is constant. Without it each statement of Drizzle costs a second round trip.
    prepareByName: true,
    onnotice: () => {},
    connection: {
      application_name: applicationName,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: 1_000,
      idle_in_transaction_session_timeout: 5_000,
      // The texts are constant and find their rows by key, so one plan a statement serves all parameters. Left to
      // itself the server may plan the commit's statement anew each time, which takes longer than running it.
      plan_cache_mode: 'force_generic_plan',
    },
  });
  const db = drizzle(sql, {
    schema,
    ...(onQuery && { logger: { logQuery: onQuery } }),
  });
  return {
    db,
    async query(text, values) {
      const rows = await sql.unsafe(text, values as never[]);
      return { rows, rowCount: rows.count };
    },
    close: () => sql.end({ timeout: 5 }),
  };
}

/** Whether repeating the same work cannot help: the data or the rule is at fault, not the moment. */
export function isPermanent(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && (state.startsWith('22') || state.startsWith('23') || state === 'P0001');
}

/** Conflicts between transactions that a repeat resolves: serialization failure, deadlock, lock not available. */
export function isContention(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(sqlState(error) ?? '');
}

/** Whether a table is asked for that migrations make. */
export function isMissingTable(error: unknown): boolean {
  return sqlState(error) === '42P01';
}

/** The five-character SQLSTATE, null when the error did not come from the server. */
export function sqlState(error: unknown): string | null {
  const cause = driverErrorOf(error);
  return cause instanceof postgres.PostgresError ? cause.code : null;
}

/** The name of the constraint or rule that refused, as in drizzle/0001_guards.sql. */
export function constraintOf(error: unknown): string | null {
  const cause = driverErrorOf(error);
  return cause instanceof postgres.PostgresError ? (cause.constraint_name ?? null) : null;
}

/** Drizzle wraps what the driver throws. */
export function driverErrorOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

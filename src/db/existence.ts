/** Whether something is there at all. */
import { sql } from 'drizzle-orm';
import type { Database } from './client.ts';

/**
 * Makes sure that a row which a read did not find is not there: "there is no such order" drops what was sent to it, and
 * must not come of an answer that was lost. This statement always answers one row, so none is a failure.
 *
 * @throws when the row is there, or nobody knows
 */
export async function requireMissing(db: Database, table: 'escrow_orders' | 'payouts', id: string): Promise<void> {
  const [row] = await db.execute<{ isThere: boolean }>(
    sql`SELECT EXISTS (SELECT FROM ${sql.identifier(table)} WHERE id = ${id}) AS "isThere"`,
  );
  if (row?.isThere !== false) throw new Error(`A read of ${table} did not find ${id}, and it is there`);
}

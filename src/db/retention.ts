/**
 * Statements that forget what no promise needs any more, a portion at a time, the oldest first. Several workers share it:
 * rows that one has locked are passed over by the others. By the database's clock, and in the order of an index, as all
 * sweeps are (sweeps.ts).
 */
import { sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';

/** How long things are kept, in days. */
export interface Retention {
  readonly commandDays: number;
  readonly deliveryDays: number;
}

const OLDER_THAN = {
  commands: (days: number) => sql`NOT open AND created_at < now() - ${days}::integer * interval '24 hours'`,
  deliveries: (days: number) =>
    sql`status <> 'pending' AND coalesce(last_attempt_at, created_at) < now() - ${days}::integer * interval '24 hours'`,
};

/**
 * Forgets commands that were stored before they were answered, and with them the claims of their idempotency keys. What
 * became of them stays in the order's log.
 *
 * @returns how many
 */
export async function forgetCommands(db: Database, days: number, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    DELETE FROM commands WHERE command_id = ANY(ARRAY(
      SELECT command_id FROM commands WHERE ${OLDER_THAN.commands(days)}
      ORDER BY created_at LIMIT ${limit}::integer FOR UPDATE SKIP LOCKED))
    RETURNING 1`);
  return rows.length;
}

/**
 * Forgets deliveries that are done, and the bytes of events that no delivery is left of. The events stay. Rows are found
 * by their place: a key of two columns would be joined, which may be planned as a read of the whole table.
 *
 * @returns how many deliveries
 */
export function forgetDeliveries(db: Database, days: number, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    const forgotten = await tx.execute<{ id: string }>(sql`
      DELETE FROM webhook_deliveries WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM webhook_deliveries WHERE ${OLDER_THAN.deliveries(days)}
        ORDER BY coalesce(last_attempt_at, created_at) LIMIT ${limit}::integer FOR UPDATE SKIP LOCKED))
      RETURNING event_id AS id`);
    if (forgotten.length === 0) return 0;
    await tx.execute(sql`
      DELETE FROM webhook_bodies b WHERE b.event_id = ANY(${texts(forgotten.map(({ id }) => id))})
        AND NOT EXISTS (SELECT FROM events v
          JOIN webhook_endpoints e ON e.merchant_id = v.merchant_id AND e.mode = v.mode
          JOIN webhook_deliveries d ON d.endpoint_id = e.id AND d.event_id = v.id
          WHERE v.id = b.event_id)`);
    return forgotten.length;
  });
}

/**
 * Forgets commands that were taken back long ago. The database decides when: not before it refuses them for their age.
 *
 * @returns how many
 */
export async function forgetWithdrawn(db: Database, limit: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`SELECT forget_withdrawn(${limit}::integer) AS count`);
  return row?.count ?? 0;
}

/** What is beyond this is told as this many. */
const COUNTED_AT_MOST = 10_000;

/** How much there is still to forget, at most ten thousand of each. */
export async function countToForget(db: Database, { commandDays, deliveryDays }: Retention): Promise<number> {
  const [row] = await db.execute<{ commands: number; deliveries: number }>(sql`
    SELECT
      (SELECT count(*)::integer FROM (SELECT FROM commands WHERE ${OLDER_THAN.commands(commandDays)}
        ORDER BY created_at LIMIT ${COUNTED_AT_MOST}::integer) c) AS commands,
      (SELECT count(*)::integer FROM (SELECT FROM webhook_deliveries WHERE ${OLDER_THAN.deliveries(deliveryDays)}
        ORDER BY coalesce(last_attempt_at, created_at) LIMIT ${COUNTED_AT_MOST}::integer) d) AS deliveries`);
  return (row?.commands ?? 0) + (row?.deliveries ?? 0);
}

/** What each table takes on disk, indexes and large values included. Reads no table, but asks for the size of each file. */
export async function tableSizes(db: Database): Promise<Record<string, number>> {
  const rows = await db.execute<{ name: string; bytes: number }>(sql`
    SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`);
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}

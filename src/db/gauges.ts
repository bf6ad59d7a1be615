/** What the database holds now, for metrics: one statement, each part of it served by an index of what is open. */
import { sql } from 'drizzle-orm';
import type { Database } from './client.ts';

export interface ServiceGauges {
  readonly heldCommands: number;
  readonly heldOldestSeconds: number;
  readonly pendingCommands: number;
  readonly pendingOldestSeconds: number;
  /** 0 while none is overdue. */
  readonly overdueDeadlineSeconds: number;
  readonly pendingPayouts: number;
  readonly payoutPendingOldestSeconds: number;
  readonly failedPayouts: number;
  /** Collections from buyers that are neither done nor refused, since their last step; 0 while there is none. */
  readonly fundingOpenOldestSeconds: number;
  /** By state, as PostgreSQL calls them. */
  readonly connections: Readonly<Record<string, number>>;
}

export async function readGauges(db: Database): Promise<ServiceGauges> {
  const age = (instant: string) => sql.raw(`coalesce(extract(epoch FROM now() - min(${instant})), 0)::float8`);
  const [row] = await db.execute<ServiceGauges & Record<string, unknown>>(sql`
    SELECT
      held."heldCommands", held."heldOldestSeconds",
      (SELECT count(*)::int FROM commands WHERE open) AS "pendingCommands",
      (SELECT ${age('created_at')} FROM commands WHERE open) AS "pendingOldestSeconds",
      (SELECT greatest(${age('next_deadline')}, 0)
         FROM escrow_orders WHERE next_deadline < now()) AS "overdueDeadlineSeconds",
      (SELECT count(*)::int FROM payouts WHERE status = 'PENDING') AS "pendingPayouts",
      (SELECT ${age('created_at')} FROM payouts WHERE status = 'PENDING') AS "payoutPendingOldestSeconds",
      (SELECT count(*)::int FROM payouts WHERE status = 'FAILED') AS "failedPayouts",
      (SELECT ${age('updated_at')} FROM fundings WHERE open) AS "fundingOpenOldestSeconds",
      (SELECT coalesce(jsonb_object_agg(state, n), '{}')
         FROM (SELECT coalesce(state, 'other') AS state, count(*) AS n FROM pg_stat_activity
               WHERE datname = current_database() GROUP BY 1) c) AS connections
    FROM (SELECT count(*)::int AS "heldCommands", ${age('held_at')} AS "heldOldestSeconds" FROM held_commands) AS held`);
  if (!row) throw new Error('An aggregate answered no row');
  return row;
}

/**
 * Whether the service signs in as a role that the database's guards hold. As the owner of its tables, or as a superuser,
 * it could rewrite the log and the ledger, and a fault in it could, too.
 */
import { sql } from 'drizzle-orm';
import type { Database } from './client.ts';

export interface Rights {
  readonly role: string;
  /**
   * It owns a table, may act as an owner, or was granted what guards rely on nobody having: changing what is only added
   * to, triggers of its own, or the setting that silences triggers.
   */
  readonly isPastGuards: boolean;
  /** Whether there are keys of live mode, so that real money depends on the guards. */
  readonly servesLive: boolean;
}

export async function readRights(db: Database): Promise<Rights> {
  const [rights] = await db.execute<Rights & Record<string, unknown>>(sql`
    SELECT current_user AS role,
      EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND pg_has_role(current_user, c.relowner, 'MEMBER'))
        OR has_table_privilege('postings', 'DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege('postings', 'UPDATE')
        OR has_table_privilege('order_log', 'DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege('order_log', 'UPDATE')
        OR has_column_privilege('ledger_accounts', 'balance', 'UPDATE')
        OR has_parameter_privilege('session_replication_role', 'SET') AS "isPastGuards",
      EXISTS (SELECT FROM api_keys WHERE mode = 'live' AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now())) AS "servesLive"`);
  if (!rights) throw new Error('A statement without FROM answers one row');
  return rights;
}

/** What is wrong with the role, and what to do. */
export function pastGuards({ role }: Rights): string {
  return (
    `The service signs in to PostgreSQL as ${role}, which owns its tables or may change what is only ever added to, so the ` +
    'guards of the database do not hold it. Set DATABASE_URL to a login of its own and MIGRATION_DATABASE_URL to this ' +
    'one, and run npm run migrate, which makes the login'
  );
}

/**
 * What the API shows of an order's past: its log and its ledger, both oldest first. Both are only ever added to at the
 * end, so pages never shift under a reader.
 */
import { and, asc, eq, getTableColumns, gt, notLike, sql } from 'drizzle-orm';
import type { AccountKind, LedgerTransaction } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import { type ActingKey, actingKey } from './acting-key.ts';
import type { Database } from './client.ts';
import type { LogEntry } from './order-log.ts';
import { orderLog } from './schema.ts';

const { hash: _hash, recordedAt: _recordedAt, ...entryColumns } = getTableColumns(orderLog);

/** What a command asked for, as far as the timeline shows it. */
export type Asked = { readonly milestoneIndex?: number; readonly amount?: string };

export interface HistoryEntry {
  readonly entry: LogEntry;
  /**
   * Null where nobody kept it: an entry without events says neither milestone nor amount, so they come from the
   * command that was held or is stored still, and one that was refused at once without being stored left neither.
   */
  readonly asked: Asked | null;
  readonly key: ActingKey | null;
}

/** Looked up for each row of a page. As joins they could be planned as reads of both whole tables. */
const asked = sql<Asked | null>`coalesce(order_log.held -> 'command',
  (SELECT h.held -> 'command' FROM order_log h
    WHERE h.command_id = order_log.command_id AND h.order_id = order_log.order_id AND h.outcome = 'held'),
  (SELECT c.payload FROM commands c WHERE c.command_id = order_log.command_id AND c.order_id = order_log.order_id))`;

/** Entries of an order's log after `afterVersion`. Without payouts, what became of them is passed over. */
export function listEntries(
  db: Database,
  orderId: string,
  { limit, afterVersion, showsPayouts }: { limit: number; afterVersion: number; showsPayouts: boolean },
): Promise<HistoryEntry[]> {
  return db
    .select({ entry: entryColumns, asked, key: actingKey })
    .from(orderLog)
    .where(
      and(
        eq(orderLog.orderId, orderId),
        gt(orderLog.version, afterVersion),
        showsPayouts ? undefined : notLike(orderLog.commandType, 'payout.%'),
      ),
    )
    .orderBy(asc(orderLog.version))
    .limit(limit);
}

export interface LedgerRow {
  readonly key: string;
  readonly kind: LedgerTransaction['kind'];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly version: number;
  readonly postings: readonly {
    readonly kind: AccountKind;
    readonly direction: 'debit' | 'credit';
    readonly amount: string;
    readonly currency: Currency;
  }[];
}

export interface LedgerPage {
  /** What is in escrow now, of the same moment as the transactions; null before the order is funded. */
  readonly balance: string | null;
  readonly transactions: readonly LedgerRow[];
  /** False when the page was to start after a transaction that the order does not have. */
  readonly cursorFound: boolean;
}

/** Ledger transactions of an order after the one whose key is `after`, with the balance of its escrow account. */
export async function listLedger(
  db: Database,
  orderId: string,
  { limit, after, showsPayouts }: { limit: number; after: string | null; showsPayouts: boolean },
): Promise<LedgerPage> {
  const [row] = await db.execute<LedgerPage & Record<string, unknown>>(sql`
    WITH cursor AS (
      SELECT version, key FROM ledger_transactions WHERE key = ${after}::text AND order_id = ${orderId}
        AND (${showsPayouts}::boolean OR kind <> 'payout')
    ), page AS (
      SELECT t.key, t.kind, t.version, (extract(epoch FROM t.at) * 1000)::float8 AS at, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'direction', p.direction,
          'amount', p.amount::text, 'currency', p.currency) ORDER BY p.leg), '[]')
        FROM postings p JOIN ledger_accounts a ON a.id = p.account_id WHERE p.transaction_key = t.key) AS postings
      FROM ledger_transactions t
      WHERE t.order_id = ${orderId} AND (${showsPayouts}::boolean OR t.kind <> 'payout')
        AND (${after}::text IS NULL OR (t.version, t.key) > (SELECT version, key FROM cursor))
      ORDER BY t.version, t.key LIMIT ${limit}::integer
    )
    SELECT (SELECT balance::text FROM ledger_accounts WHERE id = ${`escrow/${orderId}`}) AS balance,
      (SELECT coalesce(jsonb_agg(to_jsonb(page) ORDER BY version, key), '[]') FROM page) AS transactions,
      (${after}::text IS NULL OR EXISTS (SELECT FROM cursor)) AS "cursorFound"`);
  if (!row) throw new Error('A statement without FROM answers one row');
  return row;
}

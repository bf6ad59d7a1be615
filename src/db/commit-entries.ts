/**
 * The one statement that records a batch: order log, outcomes, held commands, milestones, ledger, outbox and the
 * order's row, or none of them. Compare-and-set on the order's version decides; every other part hangs on it.
 *
 * One statement rather than a transaction of ten: the cost of a commit does not depend on the size of the batch, no
 * connection can be left inside a transaction, and the order's row is locked for one round trip less each.
 */
import { sql } from 'drizzle-orm';
import type { MilestoneStatus } from '../domain/escrow-order.ts';
import type { LedgerTransaction } from '../domain/ledger.ts';
import type { Amount } from '../domain/money.ts';
import type { OrderEvent, ProposedEntry } from '../domain/outcomes.ts';
import type { OrderAfter } from '../domain/protocol.ts';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';

/** Columns of a milestone that a batch sets; those it leaves out stay as they are. Instants are ISO 8601. */
export interface MilestoneRow {
  id: string;
  milestone_index: number;
  version: number;
  status?: MilestoneStatus;
  description?: string | null;
  amount?: Amount;
  percentage?: number | null;
  due_at?: string | null;
  metadata?: Readonly<Record<string, string>>;
  created_at?: string;
  completed_at?: string | null;
  completed_by?: string | null;
  completion_proof?: string | null;
  completion_proof_uri?: string | null;
  cancelled_at?: string;
  released_at?: string;
  released_by?: string;
  released_amount?: Amount;
  refunded_amount?: Amount;
}

/** Rows of a batch, ready to be written: JSON with the column names of its tables. */
export interface BatchRows {
  readonly entries: readonly { readonly version: number; readonly entry: ProposedEntry }[];
  /** Milestones that the batch creates, in the state it leaves them in. */
  readonly created: readonly MilestoneRow[];
  /** Milestones that were there before, each once, in the state the batch leaves them in. */
  readonly changed: readonly MilestoneRow[];
  readonly transactions: readonly {
    readonly version: number;
    readonly at: number;
    readonly transaction: LedgerTransaction;
  }[];
  /** Public events in order; the statement numbers them on from the order's sequence. */
  readonly events: readonly { readonly version: number; readonly at: number; readonly event: OrderEvent }[];
}

/**
 * @returns whether the batch was recorded; false when the order is not at `expectedVersion` or one of the commands
 *   already has an outcome, and then nothing at all was written
 * @throws the driver's error; class 22, 23 and P0001 mean that the batch can never be written as it is
 */
export async function writeBatch(
  db: Database,
  order: OrderAfter,
  expectedVersion: number,
  rows: BatchRows,
): Promise<boolean> {
  const last = rows.entries.at(-1);
  if (!last) return true;
  const idsOf = (entries: BatchRows['entries']) => texts(entries.map(({ entry }) => entry.commandId));
  const allIds = idsOf(rows.entries);
  const settledIds = idsOf(rows.entries.filter(({ entry }) => entry.outcome !== 'held'));
  const recorded = await db.execute<{ version: number }>(sql`
    WITH target AS (
      UPDATE escrow_orders SET
        version = ${last.version}, status = ${order.status}, last_at = ${instant(last.entry.at)}::timestamptz,
        event_sequence = event_sequence + ${rows.events.length}, funded_amount = ${order.funded}::numeric,
        released_amount = ${order.released}::numeric, refunded_amount = ${order.refunded}::numeric,
        next_deadline = ${order.nextDeadline === null ? null : instant(order.nextDeadline)}::timestamptz,
        updated_at = ${instant(last.entry.at)}::timestamptz
      WHERE id = ${order.id} AND version = ${expectedVersion} AND NOT EXISTS (
        SELECT FROM order_log WHERE order_id = ${order.id} AND outcome <> 'held' AND command_id = ANY(${allIds}))
      RETURNING id, currency, mode, payment_intent_id, event_sequence - ${rows.events.length}::integer AS sequence_before
    ), entries AS (
      INSERT INTO order_log (order_id, version, command_id, command_type, actor_role, actor_id, outcome, reason, detail,
        events, held, at, hash)
      SELECT target.id, e.version, e.command_id, e.command_type, e.actor_role, e.actor_id, e.outcome, e.reason, e.detail,
        e.events, e.held, e.at, ''
      FROM target, jsonb_to_recordset(${json(rows.entries.map(logRow))}::jsonb) AS e(version integer, command_id text,
        command_type text, actor_role text, actor_id text, outcome text, reason text, detail jsonb, events jsonb,
        held jsonb, at timestamptz)
      ORDER BY e.version
    ), new_holds AS (
      INSERT INTO held_commands (order_id, command_id, version, command, reason, detail, until, held_at)
      SELECT target.id, h.command_id, h.version, h.command, h.reason, h.detail, h.until, h.held_at
      FROM target, jsonb_to_recordset(${json(rows.entries.flatMap(holdRow))}::jsonb) AS h(command_id text,
        version integer, command jsonb, reason text, detail jsonb, until timestamptz, held_at timestamptz)
    ), ended_holds AS (
      DELETE FROM held_commands USING target
      WHERE held_commands.order_id = target.id AND held_commands.command_id = ANY(${settledIds})
    ), created AS (
      INSERT INTO milestones (id, order_id, currency, milestone_index, description, amount, percentage, due_at, metadata,
        status, version, created_at, completed_at, completed_by, completion_proof, completion_proof_uri, cancelled_at,
        released_at, released_by, released_amount, refunded_amount)
      SELECT m.id, target.id, target.currency, m.milestone_index, m.description, m.amount, m.percentage, m.due_at,
        m.metadata, m.status, m.version, m.created_at, m.completed_at, m.completed_by, m.completion_proof,
        m.completion_proof_uri, m.cancelled_at, m.released_at, m.released_by, m.released_amount, m.refunded_amount
      FROM target, jsonb_populate_recordset(NULL::milestones, ${json(rows.created)}::jsonb) AS m
    ), changed AS (
      UPDATE milestones SET (status, version, amount, description, percentage, due_at, completed_at, completed_by,
          completion_proof, completion_proof_uri, cancelled_at, released_at, released_by, released_amount,
          refunded_amount) = (
        SELECT n.status, n.version, n.amount, n.description, n.percentage, n.due_at, n.completed_at, n.completed_by,
          n.completion_proof, n.completion_proof_uri, n.cancelled_at, n.released_at, n.released_by, n.released_amount,
          n.refunded_amount
        -- What the change does not name stays as it is.
        FROM jsonb_populate_record(milestones, change.value) AS n)
      FROM target, jsonb_array_elements(${json(rows.changed)}::jsonb) AS change
      WHERE milestones.order_id = target.id
        AND milestones.milestone_index = (change.value ->> 'milestone_index')::integer
    ), accounts AS (
      INSERT INTO ledger_accounts (id, kind, owner_id, mode, currency)
      SELECT a.id, a.kind, a.owner_id, target.mode, target.currency
      FROM target, jsonb_to_recordset(${json(accountRows(rows))}::jsonb) AS a(id text, kind text, owner_id text)
      ON CONFLICT (id) DO NOTHING
    ), movements AS (
      INSERT INTO ledger_transactions (key, order_id, version, kind, mode, currency, at)
      SELECT t.key, target.id, t.version, t.kind, target.mode, target.currency, t.at
      FROM target, jsonb_to_recordset(${json(rows.transactions.map(transactionRow))}::jsonb) AS t(key text,
        version integer, kind text, at timestamptz)
    ), legs AS (
      INSERT INTO postings (transaction_key, leg, account_id, mode, currency, direction, amount)
      SELECT p.transaction_key, p.leg, p.account_id, target.mode, target.currency, p.direction, p.amount
      FROM target, jsonb_to_recordset(${json(rows.transactions.flatMap(postingRows))}::jsonb) AS p(transaction_key text,
        leg integer, account_id text, direction text, amount numeric)
    ), outbox AS (
      INSERT INTO events (id, order_id, sequence, type, version, data, created_at)
      SELECT 'evt_' || regexp_replace(target.id, '^.*_', '') || lpad((target.sequence_before + o.position)::text, 7, '0'),
        target.id, target.sequence_before + o.position, o.type, o.version, o.data, o.at
      FROM target, jsonb_to_recordset(${json(rows.events.map(eventRow))}::jsonb) AS o(position integer, type text,
        version integer, data jsonb, at timestamptz)
    ), intent AS (
      UPDATE payment_intents SET updated_at = ${instant(last.entry.at)}::timestamptz,
        status = CASE WHEN ${order.funded}::numeric > 0 THEN 'SUCCEEDED' ELSE 'CANCELLED' END
      FROM target
      WHERE payment_intents.id = target.payment_intent_id AND payment_intents.status = 'INITIATED'
        AND (${order.funded}::numeric > 0 OR ${order.status} = 'CANCELLED')
    )
    SELECT ${last.version}::integer AS version FROM target`);
  return recorded.length === 1;
}

function logRow({ version, entry }: BatchRows['entries'][number]) {
  return {
    version,
    command_id: entry.commandId,
    command_type: entry.commandType,
    actor_role: entry.actor.role,
    actor_id: entry.actor.id,
    outcome: entry.outcome,
    at: instant(entry.at),
    ...(entry.outcome === 'accepted' ? { events: entry.events } : { reason: entry.reason, detail: entry.detail }),
    ...(entry.outcome === 'held' && { held: { command: entry.command, until: entry.until } }),
  };
}

function holdRow({ version, entry }: BatchRows['entries'][number]) {
  if (entry.outcome !== 'held') return [];
  const { commandId, command, reason, detail, until, at } = entry;
  const row = { command_id: commandId, version, command, reason, detail, held_at: instant(at) };
  return [until === null ? row : { ...row, until: instant(until) }];
}

function accountRows({ transactions }: BatchRows) {
  const accounts = transactions.flatMap(({ transaction }) => transaction.postings.map(({ account }) => account));
  return [...new Map(accounts.map(({ id, kind, ownerId }) => [id, { id, kind, owner_id: ownerId }])).values()];
}

function transactionRow({ version, at, transaction }: BatchRows['transactions'][number]) {
  return { key: transaction.key, kind: transaction.kind, version, at: instant(at) };
}

function postingRows({ transaction }: BatchRows['transactions'][number]) {
  return transaction.postings.map(({ account, direction, amount }, position) => ({
    transaction_key: transaction.key,
    leg: position + 1,
    account_id: account.id,
    direction,
    amount,
  }));
}

function eventRow({ version, at, event }: BatchRows['events'][number], position: number) {
  const { type, ...data } = event;
  return { position: position + 1, type, version, data, at: instant(at) };
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** JSON as text: the driver would otherwise encode it a second time for a jsonb parameter. */
function json(rows: readonly unknown[]): string {
  return JSON.stringify(rows);
}

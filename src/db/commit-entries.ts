/**
 * The one statement that records a batch: order log, outcomes, held commands, milestones, ledger, outbox and the
 * order's row, or none of them. Compare-and-set on the order's version decides; every other part hangs on it.
 *
 * One statement rather than a transaction of ten: the cost of a commit does not depend on the size of the batch, no
 * connection can be left inside a transaction, and the order's row is locked for one round trip less each.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { OrderAfter } from '../domain/protocol.ts';
import type { BatchRows, DisputeEnd } from './batch-row-types.ts';
import { changesIntent } from './batch-rows.ts';
import type { Database } from './client.ts';
import { texts } from './parameters.ts';

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
  const at = instant(last.entry.at);
  const target = sql`
      UPDATE escrow_orders SET
        version = ${last.version}, status = ${order.status}, last_at = ${at}::timestamptz, updated_at = ${at}::timestamptz,
        event_sequence = event_sequence + ${rows.events.length}, funded_amount = ${order.funded}::numeric,
        released_amount = ${order.released}::numeric, refunded_amount = ${order.refunded}::numeric,
        next_deadline = ${order.nextDeadline === null ? null : instant(order.nextDeadline)}::timestamptz,
        clock_offset_ms = ${order.clockOffsetMs}
      WHERE id = ${order.id} AND version = ${expectedVersion} AND NOT EXISTS (
        SELECT FROM order_log
        WHERE order_id = ${order.id} AND outcome <> 'held' AND command_id = ANY(${commandIds(rows.entries)}))
      RETURNING id, merchant_id, currency, mode, payment_intent_id, event_sequence - ${rows.events.length}::integer AS sequence_before`;
  const writes = partsOf(order, rows, at).map((part, position) => sql`, ${sql.raw(`part_${position}`)} AS (${part})`);
  const recorded = await db.execute(sql`WITH target AS (${target})${sql.join(writes)} SELECT FROM target`);
  return recorded.length === 1;
}

/**
 * What hangs on the order's row, each as a statement over `target`. A part without rows is left out: running it for
 * nothing, with its triggers, costs as much as one with a row. So there are some ten texts in all, each prepared once.
 */
function partsOf(order: OrderAfter, rows: BatchRows, at: string): SQL[] {
  const { entries, created, changed, transactions, events } = rows;
  const held = entries.flatMap(holdRow);
  const settled = entries.filter(({ entry }) => entry.outcome !== 'held' && entry.wasHeld);
  return [
    insertEntries(entries),
    ...(held.length > 0 ? [insertHolds(held)] : []),
    ...(settled.length > 0 ? [deleteHolds(settled)] : []),
    ...(created.length > 0 ? [insertMilestones(created)] : []),
    ...(changed.length > 0 ? [updateMilestones(changed)] : []),
    ...(rows.disputesRaised.length > 0 ? [insertDisputes(rows.disputesRaised)] : []),
    ...(rows.disputeEnd ? [endDispute(rows.disputeEnd)] : []),
    ...(rows.payoutsCreated.length > 0 ? [insertPayouts(rows.payoutsCreated)] : []),
    ...(rows.payoutsChanged.length > 0 ? [updatePayouts(rows.payoutsChanged)] : []),
    ...(transactions.length > 0 ? insertTransactions(transactions) : []),
    ...(events.length > 0 ? [insertEvents(events)] : []),
    ...(events.some(({ event }) => changesIntent(event)) ? [updateIntent(order, at)] : []),
  ];
}

function insertEntries(entries: BatchRows['entries']): SQL {
  return sql`
      INSERT INTO order_log (order_id, version, command_id, command_type, actor_role, actor_id, outcome, reason, detail,
        events, held, at, hash)
      SELECT target.id, e.version, e.command_id, e.command_type, e.actor_role, e.actor_id, e.outcome, e.reason, e.detail,
        e.events, e.held, e.at, ''
      FROM target, jsonb_to_recordset(${json(entries.map(logRow))}::jsonb) AS e(version integer, command_id text,
        command_type text, actor_role text, actor_id text, outcome text, reason text, detail jsonb, events jsonb,
        held jsonb, at timestamptz)
      ORDER BY e.version`;
}

function insertHolds(rows: readonly object[]): SQL {
  return sql`
      INSERT INTO held_commands (order_id, command_id, version, command, reason, detail, until, held_at)
      SELECT target.id, h.command_id, h.version, h.command, h.reason, h.detail, h.until, h.held_at
      FROM target, jsonb_to_recordset(${json(rows)}::jsonb) AS h(command_id text,
        version integer, command jsonb, reason text, detail jsonb, until timestamptz, held_at timestamptz)`;
}

function deleteHolds(entries: BatchRows['entries']): SQL {
  return sql`
      DELETE FROM held_commands USING target
      WHERE held_commands.order_id = target.id AND held_commands.command_id = ANY(${commandIds(entries)})`;
}

function insertMilestones(rows: BatchRows['created']): SQL {
  return sql`
      INSERT INTO milestones (id, order_id, currency, milestone_index, description, amount, percentage, due_at,
        overdue_at, metadata, status, version, created_at, completed_at, completed_by, completion_proof,
        completion_proof_uri, inspection_ends_at, extended_seconds, reminded_at, cancelled_at, released_at, released_by,
        released_amount, refunded_amount)
      SELECT m.id, target.id, target.currency, m.milestone_index, m.description, m.amount, m.percentage, m.due_at,
        m.overdue_at, m.metadata, m.status, m.version, m.created_at, m.completed_at, m.completed_by, m.completion_proof,
        m.completion_proof_uri, m.inspection_ends_at, m.extended_seconds, m.reminded_at, m.cancelled_at, m.released_at,
        m.released_by, m.released_amount, m.refunded_amount
      FROM target, jsonb_populate_recordset(NULL::milestones, ${json(rows)}::jsonb) AS m`;
}

function updateMilestones(rows: BatchRows['changed']): SQL {
  return sql`
      UPDATE milestones SET (status, version, amount, description, percentage, due_at, overdue_at, completed_at,
          completed_by, completion_proof, completion_proof_uri, inspection_ends_at, extended_seconds, reminded_at,
          cancelled_at, released_at, released_by, released_amount, refunded_amount) = (
        SELECT n.status, n.version, n.amount, n.description, n.percentage, n.due_at, n.overdue_at, n.completed_at,
          n.completed_by, n.completion_proof, n.completion_proof_uri, n.inspection_ends_at, n.extended_seconds,
          n.reminded_at, n.cancelled_at, n.released_at, n.released_by, n.released_amount, n.refunded_amount
        -- What the change does not name stays as it is.
        FROM jsonb_populate_record(milestones, change.value) AS n)
      FROM target, jsonb_array_elements(${json(rows)}::jsonb) AS change
      WHERE milestones.order_id = target.id
        AND milestones.milestone_index = (change.value ->> 'milestone_index')::integer`;
}

function insertDisputes(rows: BatchRows['disputesRaised']): SQL {
  return sql`
      INSERT INTO disputes (order_id, version, milestone_index, reason, raised_by, window_seconds, raised_at, ends_at,
        ended_at, resolution, resolved_by, merchant_amount, buyer_amount)
      SELECT target.id, d.version, d.milestone_index, d.reason, d.raised_by, d.window_seconds, d.raised_at, d.ends_at,
        d.ended_at, d.resolution, d.resolved_by, d.merchant_amount, d.buyer_amount
      FROM target, jsonb_populate_recordset(NULL::disputes, ${json(rows)}::jsonb) AS d`;
}

function endDispute(end: DisputeEnd): SQL {
  return sql`
      UPDATE disputes SET ended_at = ${end.ended_at}::timestamptz, resolution = ${end.resolution},
        resolved_by = ${end.resolved_by}, merchant_amount = ${end.merchant_amount ?? null}::numeric,
        buyer_amount = ${end.buyer_amount ?? null}::numeric
      FROM target WHERE disputes.order_id = target.id AND disputes.ended_at IS NULL`;
}

function insertPayouts(rows: BatchRows['payoutsCreated']): SQL {
  return sql`
      INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, attempts,
        last_error, reference, created_at, updated_at, paid_at)
      SELECT p.id, target.id, p.milestone_index, target.merchant_id, target.mode, target.currency, p.amount, p.status,
        p.version, coalesce(p.attempts, 0), p.last_error, p.reference, p.created_at, p.updated_at, p.paid_at
      FROM target, jsonb_populate_recordset(NULL::payouts, ${json(rows)}::jsonb) AS p`;
}

function updatePayouts(rows: BatchRows['payoutsChanged']): SQL {
  return sql`
      UPDATE payouts SET (status, version, attempts, last_error, reference, updated_at, paid_at) = (
        SELECT n.status, n.version, greatest(n.attempts, payouts.attempts), n.last_error, n.reference, n.updated_at,
          n.paid_at
        FROM jsonb_populate_record(payouts, change.value) AS n)
      FROM target, jsonb_array_elements(${json(rows)}::jsonb) AS change
      WHERE payouts.order_id = target.id AND payouts.id = change.value ->> 'id'`;
}

function insertTransactions(transactions: BatchRows['transactions']): SQL[] {
  return [
    sql`
      INSERT INTO ledger_accounts (id, kind, owner_id, mode, currency)
      SELECT a.id, a.kind, a.owner_id, target.mode, target.currency
      FROM target, jsonb_to_recordset(${json(accountRows(transactions))}::jsonb) AS a(id text, kind text, owner_id text)
      ON CONFLICT (id) DO NOTHING`,
    sql`
      INSERT INTO ledger_transactions (key, order_id, version, kind, mode, currency, at)
      SELECT t.key, target.id, t.version, t.kind, target.mode, target.currency, t.at
      FROM target, jsonb_to_recordset(${json(transactions.map(transactionRow))}::jsonb) AS t(key text,
        version integer, kind text, at timestamptz)`,
    sql`
      INSERT INTO postings (transaction_key, leg, account_id, mode, currency, direction, amount)
      SELECT p.transaction_key, p.leg, p.account_id, target.mode, target.currency, p.direction, p.amount
      FROM target, jsonb_to_recordset(${json(transactions.flatMap(postingRows))}::jsonb) AS p(transaction_key text,
        leg integer, account_id text, direction text, amount numeric)`,
  ];
}

function insertEvents(events: BatchRows['events']): SQL {
  return sql`
      INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode)
      SELECT 'evt_' || regexp_replace(target.id, '^.*_', '') || lpad((target.sequence_before + o.position)::text, 7, '0'),
        target.id, target.sequence_before + o.position, o.type, o.version, o.data, o.at,
        target.merchant_id, target.mode
      FROM target, jsonb_to_recordset(${json(events.map(eventRow))}::jsonb) AS o(position integer, type text,
        version integer, data jsonb, at timestamptz)`;
}

/** An intent succeeds when its order is funded, and is cancelled when its order is before that. */
function updateIntent(order: OrderAfter, at: string): SQL {
  return sql`
      UPDATE payment_intents SET updated_at = ${at}::timestamptz,
        status = CASE WHEN ${order.funded}::numeric > 0 THEN 'SUCCEEDED' ELSE 'CANCELLED' END
      FROM target
      WHERE payment_intents.id = target.payment_intent_id AND payment_intents.status = 'INITIATED'
        AND (${order.funded}::numeric > 0 OR ${order.status} = 'CANCELLED')`;
}

function commandIds(entries: BatchRows['entries']) {
  return texts(entries.map(({ entry }) => entry.commandId));
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

function accountRows(transactions: BatchRows['transactions']) {
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

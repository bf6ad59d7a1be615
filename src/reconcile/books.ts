/**
 * What the database says about itself: intents against orders, milestones against the ledger, and what is late. Each
 * check is one statement that looks at everything and answers with the first few that are off.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { CLOSED_STATUSES, type Finding, type Kind, MOST_FINDINGS, type Section } from './report.ts';

/** Workflows and the sweeper act within seconds. What is later than this, nobody acts on. */
const LATE = sql`interval '5 minutes'`;
/** A payout is tried for 80 minutes, the last tries an hour apart. */
const SILENT = sql`interval '2 hours'`;
export const CLOSED = sql.raw(CLOSED_STATUSES.map((status) => `'${status}'`).join(', '));

/** Its columns: order_id, subject, found. One row for each thing that is off. */
const OFF: Record<Exclude<Kind, 'payment' | 'workflow_missing' | 'workflow_left_over'>, { looked: SQL; off: SQL }> = {
  funding: {
    looked: sql`SELECT count(*) FROM escrow_orders`,
    off: sql`
      SELECT o.id AS order_id, i.id AS subject, concat('intent ', i.status, ' of ', i.amount, ' ', i.currency, ', order ',
        o.status, ' of ', o.amount, ' ', o.currency, ', funded ', o.funded_amount) AS found
      FROM escrow_orders o LEFT JOIN payment_intents i ON i.id = o.payment_intent_id
      WHERE i.id IS NULL OR i.amount <> o.amount OR i.currency <> o.currency OR o.funded_amount NOT IN (0, i.amount)
        OR i.status <> CASE WHEN o.funded_amount > 0 THEN 'SUCCEEDED' WHEN o.status IN (${CLOSED}) THEN 'CANCELLED'
          ELSE 'INITIATED' END`,
  },
  collection: {
    looked: sql`SELECT count(*) FROM fundings`,
    // What is collected belongs to an order that is funded with it, or goes back.
    off: sql`
      SELECT f.order_id, f.intent_id AS subject, concat('funding ', f.status, ' of ', f.amount, ' ', f.currency,
        CASE WHEN f.open THEN concat(' since ', f.updated_at, ', not finished') END, ', intent ', i.status,
        ', last error: ' || f.last_error) AS found
      FROM fundings f LEFT JOIN payment_intents i ON i.id = f.intent_id
      WHERE i.id IS NULL OR (f.amount, f.currency) IS DISTINCT FROM (i.amount, i.currency)
        OR f.open AND f.updated_at < clock_timestamp() - ${LATE}
        OR NOT f.open AND (f.status, i.status) NOT IN (('COLLECTED', 'SUCCEEDED'), ('REFUSED', 'INITIATED'),
          ('REFUSED', 'CANCELLED'), ('RETURNED', 'CANCELLED'))`,
  },
  released: {
    looked: sql`SELECT count(*) FROM milestones WHERE status = 'RELEASED'`,
    // What left the escrow account is compared; where it went is for the verifier to judge. The resolution of a dispute
    // about a whole order is one release of the order.
    off: sql`
      SELECT coalesce(m.order_id, t.order_id) AS order_id, coalesce(m.id, t.key) AS subject,
        concat(coalesce(m.kind, 'milestone'), ' says ', coalesce(m.released::text, 'nothing'),
          ', ledger says ', coalesce(t.paid::text, 'nothing')) AS found
      FROM (
        SELECT 'milestone' AS kind, order_id, id, released_amount + coalesce(refunded_amount, 0) AS released
        FROM milestones WHERE status = 'RELEASED'
        UNION ALL
        SELECT 'resolution', order_id, order_id, merchant_amount + buyer_amount FROM disputes
        WHERE milestone_index IS NULL AND resolution <> 'WITHDRAWN' AND merchant_amount + buyer_amount > 0
      ) m FULL JOIN (
        SELECT t.key, t.order_id, coalesce(sum(p.amount), 0) AS paid FROM ledger_transactions t
          LEFT JOIN postings p ON p.transaction_key = t.key AND p.direction = 'debit'
            AND p.account_id = 'escrow/' || t.order_id
        WHERE t.kind = 'release' GROUP BY t.key) t ON t.key = 'release/' || m.id
      WHERE t.paid IS DISTINCT FROM m.released`,
  },
  payout: {
    looked: sql`SELECT count(*) FROM payouts WHERE status = 'PENDING'`,
    // A result is a command only once the settlement has said it, so a rejected one is known to be true.
    off: sql`
      SELECT p.order_id, p.id AS subject, concat('PENDING, ', p.amount, ' ', p.currency, CASE WHEN l.id IS NULL
        THEN concat(', no news since ', p.updated_at, ', last error: ' || p.last_error)
        ELSE concat(', ', CASE WHEN l.id LIKE '%/paid%' THEN 'paid' ELSE 'failed' END,
          ' at the settlement, and the order rejected that ', l.times, ' times, last ', l.at, ' as ', l.reason) END) AS found
      FROM payouts p LEFT JOIN LATERAL (
        SELECT max(command_id) AS id, max(at) AS at, max(reason) AS reason, count(*) AS times FROM order_log l
        WHERE l.order_id = p.order_id AND l.version > p.version AND l.outcome = 'rejected'
          AND l.command_type = 'payout.settle'
          AND starts_with(l.command_id, concat('payout/', p.id, '/', p.version, '/'))) l ON true
      WHERE p.status = 'PENDING' AND (l.id IS NOT NULL OR p.updated_at < clock_timestamp() - ${SILENT})`,
  },
  deadline: {
    looked: sql`SELECT count(*) FROM escrow_orders WHERE next_deadline IS NOT NULL`,
    off: sql`
      SELECT id AS order_id, 'deadline' AS subject, concat('passed at ', next_deadline) AS found FROM escrow_orders
      WHERE next_deadline < clock_timestamp() - ${LATE} AND status NOT IN (${CLOSED})`,
  },
  command: {
    looked: sql`SELECT count(*) FROM commands WHERE open`,
    off: sql`
      SELECT c.order_id, c.command_id AS subject, concat('stored at ', c.created_at, ', no outcome') AS found
      FROM commands c WHERE c.open AND c.order_id IS NOT NULL AND c.created_at < clock_timestamp() - ${LATE}
        AND NOT EXISTS (SELECT FROM order_log l WHERE l.command_id = c.command_id AND l.order_id = c.order_id)`,
  },
};

export async function checkBooks(db: Database): Promise<Section[]> {
  const sections: Section[] = [];
  for (const [kind, { looked, off }] of Object.entries(OFF) as [keyof typeof OFF, { looked: SQL; off: SQL }][]) {
    const [total] = await db.execute<{ looked: number }>(sql`SELECT (${looked})::integer AS looked`);
    const rows = await db.execute<Finding & { total: number } & Record<string, unknown>>(sql`
      SELECT order_id AS "orderId", subject, found, (count(*) OVER ())::integer AS total FROM (${off}) AS off
      ORDER BY order_id, subject LIMIT ${MOST_FINDINGS}`);
    const findings = rows.map(({ orderId, subject, found }) => ({ orderId, subject, found }));
    sections.push({ kind, looked: total?.looked ?? 0, off: rows[0]?.total ?? 0, findings });
  }
  return sections;
}

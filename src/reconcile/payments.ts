/**
 * Payouts against what the settlement says that it paid: its payments as a file, one `<key>,<amount>,<currency>` a line.
 */
import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { type Finding, MOST_FINDINGS, type Section } from './report.ts';

export interface Payment {
  readonly key: string;
  readonly amount: string;
  readonly currency: string;
}

/** What the settlement paid, and since when its list is whole. */
export interface Payments {
  readonly list: readonly Payment[];
  /** Null: since ever. */
  readonly since: Date | null;
}

const LINE = /^([^,\s]+),(\d+(?:\.\d+)?),([A-Z]{3,5})$/;
const PAGE = 1_000;

/** @throws Error when a line cannot be read (the message names it) */
export function readPayments(path: string, since: string | undefined): Payments {
  const from = since === undefined ? null : new Date(since);
  if (from && Number.isNaN(from.getTime()))
    throw new Error(`--since takes an instant like 2026-01-31T12:00:00Z, got ${since}`);
  const list = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .flatMap((line, position) => {
      if (line.trim() === '') return [];
      const [, key, amount, currency] = LINE.exec(line.trim()) ?? [];
      if (key === undefined || amount === undefined || currency === undefined) {
        throw new Error(`Line ${position + 1} of ${path} must be <key>,<amount>,<currency>, got ${line}`);
      }
      return [{ key, amount, currency }];
    });
  return { list, since: from };
}

/** Both ways: what was paid and is not PAID here with the same amount, and what is PAID here and was not paid. */
export async function checkPayments(db: Database, { list, since }: Payments): Promise<Section> {
  const findings: Finding[] = [];
  for (let start = 0; start < list.length; start += PAGE) {
    const page = JSON.stringify(list.slice(start, start + PAGE));
    findings.push(
      ...(await db.execute<Finding & Record<string, unknown>>(sql`
        SELECT coalesce(p.order_id, '-') AS "orderId", paid.key AS subject,
          concat('paid at the settlement: ', paid.amount, ' ', paid.currency, ', here ',
            CASE WHEN p.id IS NULL THEN 'there is no such payout' ELSE concat(p.status, ', ', p.amount, ' ', p.currency) END) AS found
        FROM jsonb_to_recordset(${page}::jsonb) AS paid(key text, amount numeric, currency text)
          LEFT JOIN payouts p ON p.id = paid.key
        WHERE p.id IS NULL OR p.status <> 'PAID' OR (p.amount, p.currency) IS DISTINCT FROM (paid.amount, paid.currency)
        ORDER BY paid.key`)),
    );
  }
  const keys = new Set(list.map(({ key }) => key));
  let looked = list.length;
  for (let after = ''; ; ) {
    const page = await db.execute<Finding & { id: string } & Record<string, unknown>>(sql`
      SELECT id, order_id AS "orderId", id AS subject,
        concat('PAID here at ', paid_at, ': ', amount, ' ', currency, ', not paid at the settlement') AS found
      FROM payouts WHERE status = 'PAID' AND id > ${after} AND paid_at >= ${(since ?? new Date(0)).toISOString()}::timestamptz
      ORDER BY id LIMIT ${PAGE}`);
    findings.push(
      ...page.filter(({ id }) => !keys.has(id)).map(({ orderId, subject, found }) => ({ orderId, subject, found })),
    );
    looked += page.length;
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    after = last.id;
  }
  return { kind: 'payment', looked, off: findings.length, findings: findings.slice(0, MOST_FINDINGS) };
}

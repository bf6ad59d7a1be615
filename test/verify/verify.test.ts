import { readFileSync } from 'node:fs';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import * as schema from '../../src/db/schema.ts';
import { type Report, RULES, type Rule } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';
import { testOrders } from '../support/orders.ts';
import type { Corruption } from './corruption.ts';
import { CORRUPTIONS } from './corruptions.ts';
import { makeVariedOrders, type VariedOrders } from './varied-orders.ts';

const orders = await testOrders();
const superuser = postgres(orders.adminUrl, { max: 1, onnotice: () => {} });
const admin: Database = drizzle(superuser, { schema });
afterAll(() => superuser.end({ timeout: 5 }));

let varied: VariedOrders;
beforeAll(async () => {
  varied = await makeVariedOrders(orders);
});

const READ_AT_ONE_MOMENT = { isolationLevel: 'repeatable read' } as const;
/** Some orders' clocks run days ahead. */
const LATER_THAN_ANY_CLOCK = new Date(Date.now() + 60 * 86_400_000);

describe('sound orders', () => {
  test('verify clean, and everything is counted', async () => {
    const lines: string[] = [];
    const report = await verify(orders.db, { log: (line) => lines.push(line) });
    expect(lines).toEqual([]);
    expect(report).toMatchObject({ holds: true, since: null, violations: [], violationCount: 0 });
    expect(report.checked).toEqual(await countsOf(orders.db));
    expect(report.checked.orders).toBe(Object.keys(varied).length);
  });

  test('a short look back sees only what changed since', async () => {
    const [{ updatedAt } = { updatedAt: new Date() }] = await orders.db
      .select()
      .from(schema.escrowOrders)
      .where(eq(schema.escrowOrders.id, varied.automatic));
    const report = await verify(orders.db, { since: updatedAt });
    expect(report).toMatchObject({ holds: true, since: updatedAt });
    // This one and those made after it.
    expect(report.checked.orders).toBe(4);
    expect((await verify(orders.db, { since: LATER_THAN_ANY_CLOCK })).checked.orders).toBe(0);
  });

  test('what the migration puts into the balances of merchants is what commits would have put there', async () => {
    const migration = readFileSync('drizzle/0021_merchant_balances.sql', 'utf8').split('--> statement-breakpoint');
    const filling = migration.filter((statement) => statement.trim().startsWith('INSERT INTO merchant_balances'));
    expect(filling).toHaveLength(1);
    const report = await corrupted(async (tx) => {
      await tx.execute(sql`DELETE FROM merchant_balances`);
      await tx.execute(sql.raw(filling[0] ?? ''));
    });
    expect(report).toMatchObject({ holds: true, violations: [] });
  });

  test('work left to do is a finding with an action, not a violation', async () => {
    const report = await corrupted(async (tx) => {
      await tx.execute(sql`UPDATE payment_intents SET status = 'INITIATED'
        WHERE id = (SELECT payment_intent_id FROM escrow_orders WHERE id = ${varied.paid})`);
      await postponeTo(tx, varied.waiting, Date.now() - 61_000);
    });
    expect(report.findings).toEqual([
      { kind: 'intent_status', orders: 1, milestones: 0, examples: [varied.paid], action: expect.any(String) },
      {
        kind: 'completed_unreleased',
        orders: 1,
        milestones: 1,
        examples: [varied.underWay],
        action: expect.any(String),
      },
      { kind: 'deadline_overdue', orders: 1, milestones: 0, examples: [varied.waiting], action: expect.any(String) },
      { kind: 'payout_failed', orders: 1, milestones: 1, examples: [varied.paid], action: expect.any(String) },
    ]);
  });
});

describe('with the triggers off, a superuser', () => {
  test.each(CORRUPTIONS.map((one) => [one.title, one] as const))('%s', async (_, corruption) => {
    const report = await corrupted((tx) => plant(tx, corruption));
    expect(rulesOf(report)).toEqual([...corruption.rules].sort());
    const named = new Set(report.violations.map(({ orderId }) => orderId).filter((id) => id !== null));
    expect([...named]).toEqual(corruption.order === null ? [] : [corruption.lost ?? varied[corruption.order]]);
    expect(report.holds).toBe(false);
  });

  test('can break every rule, so that each is known to be looked at', () => {
    expect(new Set(CORRUPTIONS.flatMap(({ rules }) => rules))).toEqual(new Set(Object.keys(RULES)));
  });

  test('cannot hide a new ledger transaction in an order that has not changed for long', async () => {
    const since = LATER_THAN_ANY_CLOCK;
    const report = await corrupted(async (tx) => {
      await tx.execute(sql`INSERT INTO ledger_transactions SELECT 'refund/forged', order_id, version, 'refund', mode,
        currency, ${since.toISOString()}::timestamptz FROM ledger_transactions WHERE order_id = ${varied.paid} LIMIT 1`);
    }, since);
    expect(rulesOf(report)).toEqual(['L1_balanced', 'L6_transaction']);
    expect(report.checked.orders).toBe(1);
  });

  test('leaves no trace in the test database', async () => {
    expect((await verify(orders.db)).holds).toBe(true);
  });
});

async function plant(tx: Database, { order, statements }: Corruption): Promise<void> {
  for (const statement of statements(varied[order ?? 'underWay'])) await tx.execute(statement);
}

/** Verifies inside a transaction with the triggers off, and rolls it back. */
async function corrupted(corrupt: (tx: Database) => Promise<void>, since?: Date): Promise<Report> {
  let report: Report | null = null;
  const undo = new Error('undo');
  await admin
    .transaction(async (tx) => {
      await tx.execute(sql`SET LOCAL session_replication_role = replica`);
      await corrupt(tx as unknown as Database);
      report = await verify(tx as unknown as Database, since && { since });
      throw undo;
      // Of one moment: payouts are settled meanwhile.
    }, READ_AT_ONE_MOMENT)
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  if (!report) throw new Error('Nothing was verified');
  return report;
}

function rulesOf({ violations }: Report): Rule[] {
  return [...new Set(violations.map(({ rule }) => rule))].sort();
}

/** Gives the order's one deadline another instant, wherever it stands. */
async function postponeTo(tx: Database, orderId: string, instant: number): Promise<void> {
  await tx.execute(sql`UPDATE escrow_orders SET next_deadline = ${new Date(instant).toISOString()}::timestamptz
    WHERE id = ${orderId}`);
}

async function countsOf(db: Database): Promise<Report['checked']> {
  const [counts] = await db.execute<Report['checked'] & Record<string, number>>(sql`
    SELECT (SELECT count(*)::integer FROM escrow_orders) AS orders, (SELECT count(*)::integer FROM order_log) AS entries,
      (SELECT count(*)::integer FROM milestones) AS milestones,
      (SELECT count(*)::integer FROM payouts) AS payouts,
      (SELECT count(*)::integer FROM held_commands) AS "heldCommands",
      (SELECT count(*)::integer FROM ledger_transactions) AS "ledgerTransactions",
      (SELECT count(*)::integer FROM postings) AS postings,
      (SELECT count(*)::integer FROM ledger_accounts) AS accounts, (SELECT count(*)::integer FROM events) AS events`);
  if (!counts) throw new Error('No counts');
  return { ...counts };
}

/** Payouts without HTTP. */
import { eq, sql } from 'drizzle-orm';
import { payouts } from '../../src/db/schema.ts';
import { payoutId } from '../../src/domain/ids.ts';
import { command, type TestOrders } from './orders.ts';
import { complete, create, fund, release, wordFor } from './steps.ts';

/** Tries that follow each other at once. */
export const QUICK_TRIES = { attempts: 3, initialMs: 30, coefficient: 2, maximumMs: 200, timeoutMs: 1_000 };

/** An order of 1000.00 USDC with one milestone of 100.00 released; answers its payout's id. Nobody pays it yet. */
export async function releasedPayout(
  orders: TestOrders,
  options: Parameters<TestOrders['createOrder']>[0] & { clockAheadSeconds?: number } = {},
): Promise<{ orderId: string; payoutId: string }> {
  const { clockAheadSeconds, ...values } = options;
  const orderId = await orders.createOrder(values);
  const ahead = clockAheadSeconds ? [command('order.advance_clock', { seconds: clockAheadSeconds })] : [];
  for (const step of [fund(), ...ahead, create(0, { amount: '100.00' }), complete(0), release(0)]) {
    const word = wordFor(await orders.submit(orderId, step));
    if (word !== 'accepted') throw new Error(`${step.type} was ${word}`);
  }
  return { orderId, payoutId: payoutId(orderId, 0) };
}

export async function payoutRow({ db }: Pick<TestOrders, 'db'>, id: string) {
  const [row] = await db.select().from(payouts).where(eq(payouts.id, id));
  if (!row) throw new Error(`There is no payout ${id}`);
  return row;
}

/** How often the ledger has the payout: once, or not at all. */
export async function postingsOf({ db }: Pick<TestOrders, 'db'>, id: string): Promise<string[]> {
  const rows = await db.execute<{ leg: string }>(sql`
    SELECT p.direction || ' ' || p.account_id || ' ' || trim_scale(p.amount) AS leg FROM ledger_transactions t
    JOIN postings p ON p.transaction_key = t.key WHERE t.key LIKE 'payout/' || ${id} || '%' ORDER BY t.key, p.leg`);
  return rows.map(({ leg }) => leg);
}

/** Collecting for an intent and deciding it exclude each other, whichever comes first; due collections have one taker. */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import { claimFunding, findFunding, recordCollected, takeDueFundings } from '../../src/db/fundings.ts';
import type { FundOrder } from '../../src/domain/commands.ts';
import { adminOf } from '../support/admin.ts';
import { command, testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';

const orders = await testOrders({ worker: false });
const { db } = orders;
// Intents are decided by hand here, which the guards leave to their orders' commits.
await adminOf(orders).unsafe('ALTER TABLE payment_intents DISABLE TRIGGER decided_with_order');
const fund = () => command('order.fund') as FundOrder;

async function newIntent(): Promise<string> {
  const orderId = await orders.createOrder();
  const [row] = await db.execute<{ id: string }>(
    sql`SELECT payment_intent_id AS id FROM escrow_orders WHERE id = ${orderId}`,
  );
  return row?.id ?? '';
}

/** Sent at once: a statement of the ORM is not sent before it is waited for. */
async function decide(tx: Pick<Database, 'execute'>, intentId: string, status: 'SUCCEEDED' | 'CANCELLED') {
  await tx.execute(sql`UPDATE payment_intents SET status = ${status} WHERE id = ${intentId}`);
}

/** Until a statement waits for a lock that another one holds. */
function somebodyWaits() {
  return until('a statement that waits for a lock', async () => {
    const [row] = await db.execute<{ waiting: number }>(sql`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    return (row?.waiting ?? 0) > 0;
  });
}

test('nothing is collected for an intent that is being cancelled', async () => {
  const intentId = await newIntent();
  let claimed: ReturnType<typeof claimFunding> | null = null;
  await db.transaction(async (tx) => {
    await decide(tx, intentId, 'CANCELLED');
    claimed = claimFunding(db, intentId, fund(), null);
    await somebodyWaits();
  });
  expect(await claimed).toBeNull();
  expect(await findFunding(db, intentId)).toBeNull();
});

test('an intent that is cancelled while its collection is being recorded has its money given back', async () => {
  const intentId = await newIntent();
  let cancelled: Promise<unknown> | null = null;
  await db.transaction(async (tx) => {
    expect(await claimFunding(tx as unknown as Database, intentId, fund(), null)).not.toBeNull();
    cancelled = decide(db, intentId, 'CANCELLED');
    await somebodyWaits();
  });
  await cancelled;
  expect(await findFunding(db, intentId)).toEqual({ status: 'RETURNING', open: true });
});

test('money that is recorded after its order was funded is done with', async () => {
  const intentId = await newIntent();
  await claimFunding(db, intentId, fund(), null);
  await decide(db, intentId, 'SUCCEEDED');
  expect(await findFunding(db, intentId)).toEqual({ status: 'SUBMITTED', open: true });
  await recordCollected(db, intentId);
  expect(await findFunding(db, intentId)).toEqual({ status: 'COLLECTED', open: false });
});

test('a repeat under one idempotency key keeps its command, another request puts its own in its place', async () => {
  const intentId = await newIntent();
  const claim = { idempotencyKey: 'confirm', fingerprint: Buffer.from('one') };
  const first = await claimFunding(db, intentId, fund(), claim);
  expect(await claimFunding(db, intentId, fund(), claim)).toEqual(first);
  const other = fund();
  expect(await claimFunding(db, intentId, other, { ...claim, fingerprint: Buffer.from('two') })).toMatchObject({
    command: other,
  });
  const keyless = fund();
  expect(await claimFunding(db, intentId, keyless, null)).toMatchObject({ command: keyless });
});

test('a collection that is due is taken by one of those who ask, and by nobody again for a while', async () => {
  const intentId = await newIntent();
  await claimFunding(db, intentId, fund(), null);
  const keysOf = async () => (await takeDueFundings(db, 10)).map(({ key }) => key).filter((key) => key === intentId);
  expect(await keysOf()).toEqual([]);
  await db.execute(sql`UPDATE fundings SET look_at = clock_timestamp() WHERE intent_id = ${intentId}`);
  const taken = await Promise.all(Array.from({ length: 8 }, keysOf));
  expect(taken.flat()).toEqual([intentId]);
  const [next] = await db.execute<{ seconds: number; attempts: number }>(sql`
    SELECT round(extract(epoch FROM look_at - clock_timestamp()))::int AS seconds, attempts
    FROM fundings WHERE intent_id = ${intentId}`);
  expect(next?.attempts).toBe(1);
  expect(next?.seconds).toBeGreaterThan(10);
  await db.execute(sql`UPDATE fundings SET look_at = clock_timestamp(), attempts = 40 WHERE intent_id = ${intentId}`);
  expect(await keysOf()).toEqual([intentId]);
  const [last] = await db.execute<{ seconds: number }>(sql`
    SELECT round(extract(epoch FROM look_at - clock_timestamp()))::int AS seconds FROM fundings
    WHERE intent_id = ${intentId}`);
  expect(last?.seconds).toBeGreaterThan(590);
  expect(last?.seconds).toBeLessThanOrEqual(600);
});

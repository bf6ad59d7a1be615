/** What the database itself refuses of a payout, whatever the application does. */
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { constraintOf, sqlState } from '../../src/db/client.ts';
import { command, testOrders } from '../support/orders.ts';
import { payoutRow, releasedPayout } from '../support/payouts.ts';

const orders = await testOrders();
const admin = postgres(orders.adminUrl, { max: 1, onnotice: () => {} });
afterAll(() => admin.end({ timeout: 5 }));

/** The rule that refuses, as the application's role and as a superuser with the triggers on. */
async function refusals(statement: string): Promise<(string | null)[]> {
  const named = (error: unknown) => constraintOf(error) ?? sqlState(error);
  return [
    await orders.db.execute(sql.raw(statement)).then(() => null, named),
    await admin.unsafe(statement).then(
      () => null,
      (error: postgres.PostgresError) => error.constraint_name ?? error.code,
    ),
  ];
}

const PERMISSION_DENIED = '42501';

test('a payout cannot be paid without its posting', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  // A newer entry, for an attack to refer to.
  await orders.submit(orderId, command('milestone.create', { milestoneIndex: 0, amount: '1.00' }));
  const paid = `UPDATE payouts SET status = 'PAID', paid_at = now(), version = version + 1 WHERE id = '${payoutId}'`;
  expect(await refusals(paid)).toEqual(['L7_payout_posted', 'L7_payout_posted']);
  expect(await payoutRow(orders, payoutId)).toMatchObject({ status: 'PENDING', paidAt: null });
});

test('a failed payout becomes pending before it is paid, and a paid one changes no more', async () => {
  const { orderId, payoutId } = await releasedPayout(orders);
  const settle = (result: 'PAID' | 'FAILED') =>
    orders.submit(
      orderId,
      command('payout.settle', { actor: { role: 'system', id: 'payout' }, milestoneIndex: 0, result }),
    );
  await settle('FAILED');
  const set = (values: string) => refusals(`UPDATE payouts SET ${values} WHERE id = '${payoutId}'`);
  expect(await set(`status = 'PAID', paid_at = now()`)).toEqual(['L8_payout', 'L8_payout']);
  await orders.submit(orderId, command('payout.retry', { milestoneIndex: 0 }));
  await settle('PAID');
  expect(await set(`status = 'PENDING', paid_at = NULL`)).toEqual(['L8_payout', 'L8_payout']);
  expect(await set(`reference = 'another'`)).toEqual(['L8_payout', 'L8_payout']);
});

test('a payout keeps its amount, and its row', async () => {
  const { payoutId } = await releasedPayout(orders);
  const changed = `UPDATE payouts SET amount = 1 WHERE id = '${payoutId}'`;
  expect(await refusals(changed)).toEqual([PERMISSION_DENIED, 'L8_identity']);
  const deleted = `DELETE FROM payouts WHERE id = '${payoutId}'`;
  expect(await refusals(deleted)).toEqual([PERMISSION_DENIED, 'L5_append_only']);
});

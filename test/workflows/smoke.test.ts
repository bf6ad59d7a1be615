import { expect, test } from 'vitest';
import { command, testOrders } from '../support/orders.ts';

test('a hundred creates that arrive in any order are recorded in strict index order', async () => {
  const orders = await testOrders();
  const orderId = await orders.createOrder();
  const indexes = [...Array(100).keys()].sort(() => Math.random() - 0.5);
  const results = await Promise.all(
    indexes.map((milestoneIndex) =>
      orders.submit(orderId, command('milestone.create', { milestoneIndex, amount: '1.00', turnWaitMs: 5_000 })),
    ),
  );
  expect(results.map((result) => result.kind === 'recorded' && result.entry.outcome)).toEqual(Array(100).fill('accepted'));
});

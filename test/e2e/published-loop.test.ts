/** The published page's JavaScript, pasted into a file of its own and run by a Node that knows nothing of Tranche. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testService } from '../support/service.ts';

const LOOP = fileURLToPath(new URL('../tools/published-loop.mjs', import.meta.url));

const { createOrder, keys, port } = await testService();

test('the published loop creates its three milestones on an order of 1000.00', async () => {
  const order = await createOrder();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [LOOP], {
    env: { BASE_URL: `http://localhost:${port}`, API_KEY: keys.own, INTENT_ID: order.intentId },
  });
  expect(stderr).toBe('');
  const { milestones, allocatedAmount } = await order.read();
  expect(stdout.trim().split('\n')).toEqual(
    milestones.map(({ id }: { id: string }, index: number) => `Created milestone ${index}: ${id}`),
  );
  expect(milestones).toMatchObject([
    { milestoneIndex: 0, description: 'Initial payment - 30%', amount: '300.00', percentage: 30, status: 'PENDING' },
    { milestoneIndex: 1, description: 'Second payment - 50%', amount: '500.00', percentage: 50, status: 'PENDING' },
    { milestoneIndex: 2, description: 'Final payment - 20%', amount: '200.00', percentage: 20, status: 'PENDING' },
  ]);
  expect([milestones.length, allocatedAmount]).toEqual([3, '1000.00']);
});

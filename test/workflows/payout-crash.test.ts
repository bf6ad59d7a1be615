import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { referenceOf } from '../../src/settlement/mock.ts';
import { createPayoutStarts } from '../../src/temporal/payout-starts.ts';
import { verify } from '../../src/verify/verify.ts';
import { upTo } from '../support/numbers.ts';
import { testOrders } from '../support/orders.ts';
import { payoutRow, postingsOf, QUICK_TRIES, releasedPayout } from '../support/payouts.ts';
import { paymentsIn } from '../support/recorded-payments.ts';
import { until } from '../support/until.ts';
import { startWorkerProcesses } from '../support/worker-processes.ts';

const PAYOUTS = 10;
const KILLS = 6;

const orders = await testOrders({ worker: false });
const folder = mkdtempSync(path.join(tmpdir(), 'tranche-payments-'));

test('workers that die after paying, and before telling of it, pay nothing twice and lose nothing', {
  timeout: 180_000,
}, async () => {
  const released = await orders.startWorker();
  const made = await Promise.all(upTo(PAYOUTS).map(() => releasedPayout(orders)));
  await released.stop();
  const workers = startWorkerProcesses(orders, { count: 2, kills: KILLS, dieAfter: () => 1, paymentsFolder: folder });
  onTestFinished(async () => {
    await workers.stop();
    rmSync(folder, { recursive: true });
  });
  // Few at a time, so that the next worker has something to die of.
  const starts = createPayoutStarts(orders.client, orders.taskQueue, { ...QUICK_TRIES, attempts: 20 });
  for (const { payoutId } of made) {
    await starts.start(payoutId);
    await until('it to be paid', () => paymentsIn(folder).payments.has(payoutId), 60_000);
  }

  for (const { orderId, payoutId } of made) {
    const row = await until(
      `${payoutId} to be recorded`,
      async () => {
        const now = await payoutRow(orders, payoutId);
        return now.status === 'PAID' && now;
      },
      60_000,
    );
    expect(row.reference).toBe(referenceOf(payoutId));
    expect(await postingsOf(orders, payoutId)).toHaveLength(2);
    const paid = (await orders.logOf(orderId)).filter(({ commandType }) => commandType === 'payout.settle');
    expect(paid.map(({ outcome }) => outcome)).toEqual(['accepted']);
  }
  const { payments, callsOf } = paymentsIn(folder);
  expect([...payments.keys()].sort()).toEqual(made.map(({ payoutId }) => payoutId).sort());
  expect(workers.kills).toBeGreaterThanOrEqual(KILLS);
  expect(workers.failure).toBeNull();
  // Some were asked for twice: else nobody died between a payment and its record.
  const asked = made.map(({ payoutId }) => callsOf(payoutId));
  expect(Math.max(...asked)).toBeGreaterThan(1);
  const lines: string[] = [];
  await verify(orders.db, { log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
});

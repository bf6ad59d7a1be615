/** What Prometheus reads: what happened, in labels of closed sets, and what is in the database now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readGauges } from '../../src/db/gauges.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { testOrders } from '../support/orders.ts';
import { create as createCommand, hold, WITHOUT_END } from '../support/steps.ts';
import { until } from '../support/until.ts';
import { startApi } from './api-server.ts';
import { newOrder } from './order-client.ts';

const GAUGES_FRESH_MS = 5_000;
const orders = await testOrders();
const metrics = createMetrics({
  gauges: () => readGauges(orders.db),
  verification: () => ({ runs: 3, violations: 2, lastRunAt: new Date(1_700_000_000_000), lastViolations: 1 }),
  version: '1.2.3',
});
const api = await startApi(orders.db, orders.gateway, { metrics });

async function metric(series: string): Promise<number | null> {
  const { text } = await metrics.read();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

test('requests are counted by route template, status and reason', async () => {
  const order = await newOrder(api, {});
  expect((await order.create(0, '400.00')).status).toBe(201);
  expect((await order.create(0, '400.00')).status).toBe(400);
  expect((await api.send('GET', '/v1/payouts', { key: null })).status).toBe(401);
  const route = '/v1/payment-intents/:intentId/escrow/milestones';
  const labels = (status: number) => `{method="POST",route="${route}",status="${status}"}`;
  expect(await metric(`tranche_http_request_seconds_count${labels(201)}`)).toBe(1);
  expect(await metric(`tranche_http_request_seconds_count${labels(400)}`)).toBe(1);
  expect(await metric('tranche_http_refusals_total{reason="milestone_index_taken"}')).toBe(1);
  expect(await metric('tranche_http_refusals_total{reason="authentication_required"}')).toBe(1);
});

test('held commands and sessions are read from the database, at most every five seconds', async () => {
  const orderId = await orders.createOrder();
  await metric('tranche_held_commands');
  await hold(orders, orderId, createCommand(3, WITHOUT_END));
  const fresh = await until(
    'a fresh reading',
    async () => {
      await sleep(GAUGES_FRESH_MS / 10);
      const value = await metric('tranche_held_commands');
      return value !== null && value > 0 && value;
    },
    4 * GAUGES_FRESH_MS,
  );
  expect(fresh).toBe(1);
  expect(await metric('tranche_held_oldest_seconds')).toBeGreaterThan(0);
  expect(await metric('tranche_database_connections{state="active"}')).toBeGreaterThan(0);
  expect(await metric('tranche_failed_payouts')).toBe(0);
  expect(await metric('tranche_funding_open_oldest_seconds')).toBe(0);
});

test('what the verifier found is told', async () => {
  expect(await metric('tranche_invariant_violations')).toBe(2);
  expect(await metric('tranche_verifier_runs')).toBe(3);
  expect(await metric('tranche_verifier_last_run_timestamp_seconds')).toBe(1_700_000_000);
  expect(await metric('tranche_info{version="1.2.3"}')).toBe(1);
});

test('a database that cannot be read leaves its gauges out and is counted; the rest is told', async () => {
  const blind = createMetrics({
    gauges: () => Promise.reject(new Error('away')),
    verification: () => null,
    version: '1.2.3',
  });
  await blind.read();
  const { text } = await blind.read();
  expect(text).not.toMatch(/^tranche_(held|pending|failed|invariant)_\w+ /m);
  expect(text).toMatch(/^tranche_gauge_read_failures_total [1-9]/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
});

test('no id is a label', async () => {
  const order = await newOrder(api, {});
  await order.create(0, '400.00');
  const { text } = await metrics.read();
  expect(text).not.toMatch(/intent_|escrow_order_|milestone_[0-9]|cmd_|merchant_/);
});

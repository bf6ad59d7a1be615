/** Metrics where API and worker are processes of their own: each tells what it did. */
import { expect, test } from 'vitest';
import { freePort } from '../support/npm-start.ts';
import { testService } from '../support/service.ts';

test('a worker without an API tells on METRICS_PORT which commands it recorded, and that it runs', async () => {
  const api = await testService({ roles: { api: true, worker: false } });
  const port = await freePort();
  await api.startAnother({ roles: { api: false, worker: true }, env: { METRICS_PORT: String(port) } });
  const order = await api.createOrder();
  expect((await order.create(0, '300.00')).status).toBe(201);
  expect((await order.create(0, '300.00')).status).toBe(400);

  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('tranche_commands_total{type="milestone.create",outcome="accepted",reason=""} 1');
  expect(text).toContain(
    'tranche_commands_total{type="milestone.create",outcome="rejected",reason="milestone_index_taken"} 1',
  );
  expect(await (await fetch(`http://127.0.0.1:${port}/livez`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`http://127.0.0.1:${port}/v1/payment-intents`)).status).toBe(404);
});

/** Metrics where API and worker are processes of their own: each tells what it did. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { closeNow, DEFAULT_METRICS_PORT, listenForMetrics, portOf } from '../../src/api/listening.ts';
import { freePort } from '../support/npm-start.ts';
import { testService } from '../support/service.ts';

test('metrics are told on a port of their own, and not on the API’s', async () => {
  const service = await testService();
  expect((await service.send('GET', '/metrics')).headers['error-reason']).toBe('route_missing');
  const metrics = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text();
  expect(metrics).toContain('tranche_http_refusals_total{reason="route_missing"} 1');
});

test('who asks for no port of metrics gets the known one, or another where that is taken', async () => {
  const at = { PORT: 3_000, HOST: '127.0.0.1' };
  const servers = [createServer(), createServer()];
  onTestFinished(async () => {
    for (const server of servers) await closeNow(server);
  });
  const ports: number[] = [];
  for (const server of servers) ports.push(portOf(await listenForMetrics(server, { ...at, METRICS_PORT: undefined })));
  // Somebody else may have it on this machine.
  expect(ports.filter((port) => port === DEFAULT_METRICS_PORT).length).toBeLessThanOrEqual(1);
  const [taken = 0] = ports;
  const asked = listenForMetrics(createServer(), { ...at, METRICS_PORT: taken });
  await expect(asked).rejects.toThrow(
    `Port ${taken} on 127.0.0.1 is taken. Stop what listens there, or set METRICS_PORT`,
  );
});

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

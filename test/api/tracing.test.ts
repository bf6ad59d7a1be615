/** Traces, as a collector receives them; and nothing of the kind while none is named. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { NO_TRACING, startTracing } from '../../src/telemetry/tracing.ts';
import { testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';
import { startApi } from './api-server.ts';
import { newOrder } from './order-client.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

/** A collector for OTLP over HTTP in JSON, on a port of its own. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { spans, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a request is a span within the trace of its client, and what it waits for is one within it', async () => {
  const { spans, endpoint } = await startCollector();
  // Read by OpenTelemetry itself.
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const all = { ...settings, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  Object.assign(process.env, all);
  onTestFinished(() => {
    for (const name of Object.keys(all)) delete process.env[name];
  });
  const tracing = await startTracing('1.2.3', process.env);
  const orders = await testOrders({ worker: false });
  const worker = await orders.startWorker({ tracing });
  onTestFinished(() => worker.stop());
  const api = await startApi(orders.db, orders.gateway, { tracing });
  const order = await newOrder(api, {});
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const created = await order.create(0, '400.00', { headers });
  expect(created.status).toBe(201);
  await tracing.stop();

  const traced = await until('the spans', () => spans.length > 0 && spans);
  const request = traced.find((span) => span.traceId === traceId && span.parentSpanId === 'b7ad6b7169203331');
  expect(request?.name).toBe('POST /v1/payment-intents/:intentId/escrow/milestones');
  expect(JSON.stringify(request?.attributes)).toContain(String(created.headers['command-id']));
  expect(JSON.stringify(request?.attributes)).toContain('201');
  const waiting = traced.find(({ parentSpanId }) => parentSpanId === request?.spanId);
  expect(waiting?.name).toBe('await milestone.create');
  expect(JSON.stringify(waiting?.attributes)).toContain(String(created.headers['command-id']));
  const commit = traced.filter(({ name }) => name === 'commit entries');
  expect(JSON.stringify(commit)).toContain(String(created.headers['command-id']));
  // No key, no amount, no text of anybody's.
  expect(JSON.stringify(traced)).not.toMatch(/sk_test|400\.00/);
});

test('without an endpoint nothing is traced', async () => {
  expect(await startTracing('1.2.3', {})).toBe(NO_TRACING);
});

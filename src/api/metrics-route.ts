/**
 * What Prometheus reads, on a port of its own: no key is asked for, and nothing in it is for whoever can reach the API.
 */
import express, { type Express } from 'express';
import type { ApiDependencies } from './dependencies.ts';
import { sharedReading } from './shared-reading.ts';

/** Metrics, and whether the process runs: some have no API. */
export function createMetricsApp({ metrics }: Pick<ApiDependencies, 'metrics'>): Express {
  const app = express();
  const read = sharedReading(() => metrics.read());
  app.disable('x-powered-by');
  app.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/metrics', async (_request, response) => {
    const { text, contentType } = await read();
    response.set('Content-Type', contentType).send(text);
  });
  return app;
}

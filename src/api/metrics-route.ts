/**
 * What Prometheus reads: /metrics. No key is asked for, and nothing in it is anybody's: a proxy before the API keeps it
 * from the outside, as it does with the other routes for whoever runs the service.
 */
import express, { type Express, Router } from 'express';
import type { ApiDependencies } from './dependencies.ts';
import { route } from './routing.ts';
import { sharedReading } from './shared-reading.ts';

export function metricsRoutes({ metrics }: Pick<ApiDependencies, 'metrics'>): Router {
  const router = Router();
  const read = sharedReading(() => metrics.read());
  route(router, '/metrics', {
    async get(_request, response) {
      const { text, contentType } = await read();
      response.set('Content-Type', contentType).send(text);
    },
  });
  return router;
}

/** For processes without an API: metrics, and whether the process runs. */
export function createMetricsApp(deps: Pick<ApiDependencies, 'metrics'>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  app.use(metricsRoutes(deps));
  return app;
}

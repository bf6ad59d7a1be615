/** Every route of the API that could change something, as the application itself declares them. */
import type { Express, Router } from 'express';
import { type ApiDependencies, createApp } from '../../src/api/app.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import { testLog } from './test-log.ts';

const READS = new Set(['get', 'head', '_all']);
const ANY_LIMITS = { perMinute: 1, perHour: 1 };

/** Such as `POST /v1/payment-intents/:intentId/confirm`, sorted. */
export function mutatingRoutes(): string[] {
  // Declaring routes uses none of the dependencies that are left out.
  const deps = {
    authFailuresPerMinute: 1,
    overload: { requestsInFlight: 1, eventLoopDelayMs: 1 },
    rateLimits: createRateLimits({ limits: { test: ANY_LIMITS, live: ANY_LIMITS } }),
    log: testLog(),
    readiness: {},
  } as unknown as ApiDependencies;
  return routesOf(createApp(deps).router as unknown as Router).sort();
}

function routesOf(router: Pick<Express['router'], 'stack'>): string[] {
  return router.stack.flatMap(({ route, handle }) => {
    if (route) return methodsOf(route).map((method) => `${method.toUpperCase()} ${route.path}`);
    return 'stack' in handle ? routesOf(handle as unknown as Router) : [];
  });
}

function methodsOf(route: object): string[] {
  const { methods } = route as { methods: Record<string, boolean> };
  return Object.keys(methods).filter((method) => !READS.has(method));
}

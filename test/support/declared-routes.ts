/** The routes of the API, as the application itself declares them. */
import type { Express, Router } from 'express';
import { createApp } from '../../src/api/app.ts';
import { testApiDependencies } from './api-dependencies.ts';

const READS = new Set(['get', 'head']);

/** Such as `POST /v1/payment-intents/:intentId/confirm`, sorted; pages for people are left out. */
export function declaredRoutes(): string[] {
  // Declaring routes uses neither the database nor Temporal.
  const app = createApp(testApiDependencies(null as never, null as never));
  return routesOf(app.router as unknown as Router).sort();
}

/** Those that could change something. */
export function mutatingRoutes(): string[] {
  return declaredRoutes().filter((route) => !READS.has(route.split(' ')[0]?.toLowerCase() ?? ''));
}

function routesOf(router: Pick<Express['router'], 'stack'>): string[] {
  return router.stack.flatMap(({ route, handle }) => {
    if (route) return isPage(route.path) ? [] : methodsOf(route).map((method) => `${method} ${route.path}`);
    return 'stack' in handle ? routesOf(handle as unknown as Router) : [];
  });
}

function isPage(path: string): boolean {
  return path === '/' || path.startsWith('/docs');
}

function methodsOf(route: object): string[] {
  const { methods } = route as { methods: Record<string, boolean> };
  return Object.keys(methods)
    .filter((method) => method !== '_all')
    .map((method) => method.toUpperCase());
}

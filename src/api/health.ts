/**
 * Routes for whoever runs the service: alive, ready, which version. No key is asked for and nothing internal shown.
 */
import { Router } from 'express';
import { type Answer, sendAnswer } from './answers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { loggable } from './failures.ts';
import { route } from './routing.ts';
import { sharedReading } from './shared-reading.ts';

/** A check that takes longer counts as failed; whoever asks for readiness does not wait long. */
const CHECK_TIMEOUT_MS = 1_000;

export function healthRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, '/livez', {
    get: (_request, response) => sendAnswer(response, { status: 200, body: { status: 'ok' } }),
  });
  const readiness = sharedReading(() => readinessOf(deps));
  route(router, '/readyz', { get: async (_request, response) => sendAnswer(response, await readiness()) });
  route(router, '/version', {
    get: (_request, response) => sendAnswer(response, { status: 200, body: { version: deps.version } }),
  });
  return router;
}

/** 503 when something required is down; without Temporal the service still reads, so that is 200 and degraded. */
async function readinessOf({ readiness, gateway, log }: ApiDependencies): Promise<Answer> {
  const checks = { ...readiness, temporal: { required: false, isReady: () => gateway.isReachable() } };
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, { required, isReady }]) => {
      const works = await inTime(isReady).catch((thrown: unknown) => {
        log.warn({ check: name, failure: loggable(thrown) }, 'readiness check failed');
        return false;
      });
      return { name, required, works };
    }),
  );
  const isDown = results.some(({ required, works }) => required && !works);
  const isDegraded = results.some(({ works }) => !works);
  const status = isDown ? 'unavailable' : isDegraded ? 'degraded' : 'ready';
  const shown = Object.fromEntries(results.map(({ name, works }) => [name, works ? 'ok' : 'failed']));
  return {
    status: isDown ? 503 : 200,
    body: { status, checks: shown },
    ...(isDown && { headers: { 'Retry-After': '1' } }),
  };
}

async function inTime(isReady: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([isReady(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

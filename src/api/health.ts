/**
 * Routes for whoever runs the service: alive, ready, which version. No key is asked for and nothing internal shown.
 */
import { z } from 'zod';
import { loggable } from '../telemetry/loggable.ts';
import type { Answer } from './answers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { defineRoute, type Route, type RouteDependencies } from './route.ts';
import { named } from './shapes.ts';
import { sharedReading } from './shared-reading.ts';

/** A check that takes longer counts as failed; whoever asks for readiness does not wait long. */
const CHECK_TIMEOUT_MS = 1_000;

const status = (id: string, ...words: [string, ...string[]]) =>
  named(id, z.strictObject({ status: z.enum(words), checks: z.record(z.string(), z.enum(['ok', 'failed'])) }));

const readings = new WeakMap<RouteDependencies, () => Promise<Answer>>();

/** One reading for all who ask at a time, by application. */
function readinessFor(deps: RouteDependencies): Promise<Answer> {
  const reading = readings.get(deps) ?? sharedReading(() => readinessOf(deps));
  readings.set(deps, reading);
  return reading();
}

export const HEALTH_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'getLiveness',
    method: 'get',
    path: '/livez',
    tag: 'Service',
    summary: 'Tell whether the process runs',
    description: 'Needs no key. Whoever restarts processes asks here.',
    successes: {
      200: { description: 'It does', schema: named('Liveness', z.strictObject({ status: z.literal('ok') })) },
    },
    isPublic: true,
    handle: () => ({ status: 200, body: { status: 'ok' } }),
  }),
  defineRoute({
    operationId: 'getReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'Service',
    summary: 'Tell whether the service can work',
    description: 'Needs no key. Whoever routes requests asks here.',
    successes: {
      200: { description: 'It can, `degraded` without Temporal', schema: status('Readiness', 'ready', 'degraded') },
      503: { description: 'It cannot', schema: status('Unreadiness', 'unavailable'), retryAfter: true },
    },
    isPublic: true,
    handle: readinessFor,
  }),
  defineRoute({
    operationId: 'getVersion',
    method: 'get',
    path: '/version',
    tag: 'Service',
    summary: 'Tell the version of the service',
    description: 'Needs no key.',
    successes: {
      200: { description: 'The version', schema: named('Version', z.strictObject({ version: z.string() })) },
    },
    isPublic: true,
    handle: ({ version }) => ({ status: 200, body: { version } }),
  }),
];

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

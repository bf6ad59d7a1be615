/** What the application is given in tests that do not say otherwise: real parts, and limits that nobody reaches. */

import type { ApiDependencies } from '../../src/api/app.ts';
import { KeyUse } from '../../src/api/key-use.ts';
import { Places } from '../../src/api/overload.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import type { OrderGateway } from '../../src/api/submission.ts';
import type { Database } from '../../src/db/client.ts';
import { readGauges } from '../../src/db/gauges.ts';
import { referencePages } from '../../src/reference/router.ts';
import { mockFunding } from '../../src/settlement/mock.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { NO_TRACING } from '../../src/telemetry/tracing.ts';
import { testLog } from './test-log.ts';

/** More than any test sends. */
export const NO_LIMIT = 1_000_000;
const UNLIMITED = { perMinute: NO_LIMIT, perHour: NO_LIMIT };
const VERSION = '0.0.0-test';

export function testApiDependencies(db: Database, gateway: OrderGateway): ApiDependencies {
  return {
    db,
    gateway,
    funding: { test: mockFunding, live: null },
    config: { turnWaitMs: 2_000, commandWaitMs: 10_000 },
    authFailuresPerMinute: NO_LIMIT,
    corsOrigins: [],
    trustedProxies: false,
    proofs: null,
    places: new Places({ requestsInFlight: NO_LIMIT, eventLoopDelayMs: NO_LIMIT }),
    rateLimits: createRateLimits({ limits: { test: UNLIMITED, live: UNLIMITED } }),
    // Not written: what runs beside the requests would be counted among their statements.
    keyUse: new KeyUse(async () => {}),
    webhooks: { allowsPrivate: false, resolve: async () => ['93.184.216.34'] },
    secretsKey: null,
    log: testLog(),
    metrics: createMetrics({
      gauges: () => readGauges(db),
      verification: () => null,
      version: VERSION,
    }),
    tracing: NO_TRACING,
    readiness: {},
    pages: referencePages(),
    version: VERSION,
  };
}

/**
 * The Express application: what surrounds every route, and nothing that a route decides.
 */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { typeid } from 'typeid-js';
import { onBehalfOf } from '../db/turns.ts';
import { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import { confineBoundKeys } from './access.ts';
import { errorAnswer, sendAnswer } from './answers.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { authenticate, callerOf } from './auth.ts';
import { balanceRoutes } from './balance.ts';
import { clockRoutes } from './clock.ts';
import { commandRoutes } from './commands.ts';
import { allowOrigins, exceptPreflights } from './cors.ts';
import { deliveryProofRoutes } from './delivery-proof.ts';
import type { ApiDependencies } from './dependencies.ts';
import { disputeRoutes } from './disputes.ts';
import { escrowOrderRoutes } from './escrow-orders.ts';
import { eventRoutes } from './events.ts';
import { FailedAuthentication } from './failed-authentication.ts';
import { apiErrorOf, loggable } from './failures.ts';
import { refuseAmbiguousHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { ledgerRoutes } from './ledger.ts';
import { milestoneBatchRoutes } from './milestone-batches.ts';
import { milestoneRoutes } from './milestones.ts';
import { paymentIntentRoutes } from './payment-intents.ts';
import { payoutRoutes } from './payouts.ts';
import { limitRate } from './rate-limits.ts';
import { referenceRoutes } from './reference.ts';
import { RefusalPace } from './refusal-pace.ts';
import { parseQuery, routeMissing } from './routing.ts';
import { timelineRoutes } from './timeline.ts';
import { webhookDeliveryRoutes } from './webhook-deliveries.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

export type { ApiDependencies, ReadinessCheck } from './dependencies.ts';
export { createHttpServer } from './http-server.ts';

/** What a client may choose as its request id: short, and nothing that could forge a log line or a header. */
const REQUEST_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Builds the API. It listens to nothing and owns nothing: whoever made `deps` closes them. */
export function createApp(deps: ApiDependencies): Express {
  const app = express();
  app.set('etag', false); // Answers are small and private; hashing each of them buys nothing.
  app.set('query parser', parseQuery);
  app.disable('x-powered-by');
  app.set('trust proxy', deps.trustedProxies);
  app.use(
    deps.tracing.requests,
    identifyRequest(deps),
    helmet(),
    allowOrigins(deps.corsOrigins),
    forbidCaching,
    refuseAmbiguousHeaders,
  );
  const failures = new FailedAuthentication(deps.authFailuresPerMinute);
  app.use(failures.tell);
  app.use(healthRoutes(deps));
  app.use(deps.places.shed);
  app.use(referenceRoutes());
  // Before everything under it, so that a new route cannot forget it.
  const { db, keyUse } = deps;
  const proofs = deps.secretsKey && new ApiKeyProofs(deps.secretsKey);
  const onUnproven = (keyId: string) => {
    deps.log.error({ keyId }, 'an API key has no proof of this service and is refused');
    deps.metrics.unproven();
  };
  const aboutKeys = [authenticate(db, { failures, keyUse, proofs, onUnproven }), limitRate(deps.rateLimits)];
  const aboutCallers = [deps.places.share, confineBoundKeys, waitInOwnLine];
  app.use('/v1', ...[...aboutKeys, ...aboutCallers].map(exceptPreflights));
  app.use(paymentIntentRoutes(deps), escrowOrderRoutes(deps), commandRoutes(deps));
  // Batches first: `batch` is at the place of a milestone's id.
  app.use(milestoneBatchRoutes(deps), milestoneRoutes(deps));
  app.use(disputeRoutes(deps), clockRoutes(deps), deliveryProofRoutes(deps));
  app.use(timelineRoutes(deps), ledgerRoutes(deps));
  app.use(payoutRoutes(deps), balanceRoutes(deps), apiKeyRoutes(deps, proofs));
  app.use(eventRoutes(deps), webhookEndpointRoutes(deps), webhookDeliveryRoutes(deps));
  app.use(refuseUnknownRoute);
  app.use(answerFailure(deps));
  return app;
}

/** Gives each request an id, which its response carries, its one log line and its place in the metrics. */
function identifyRequest({ log, metrics }: Pick<ApiDependencies, 'log' | 'metrics'>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const wanted = request.get('x-request-id');
    const requestId = wanted !== undefined && REQUEST_ID.test(wanted) ? wanted : typeid('req').toString();
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    response.on('finish', () => {
      const route: string | undefined = request.route?.path;
      const { statusCode: status } = response;
      const seconds = (performance.now() - startedAt) / 1_000;
      const [reason, commandId] = [response.get('Error-Reason'), response.get('Command-Id')];
      metrics.request({ method: request.method, route, status, reason, seconds });
      const ms = Math.round(seconds * 1_000);
      log.debug({ requestId, commandId, method: request.method, route, status, ms }, 'request answered');
    });
    next();
  };
}

const forbidCaching: RequestHandler = (request, response, next) => {
  response.set('Cache-Control', 'no-store');
  // No answer has an ETag, and yet Express would answer 304, with nothing in it, to `If-None-Match: *`.
  delete request.headers['if-none-match'];
  next();
};

/** For connections to the database. */
const waitInOwnLine: RequestHandler = (_request, response, next) => onBehalfOf(callerOf(response).merchantId, next);

const refuseUnknownRoute: RequestHandler = (request) => {
  throw routeMissing(request);
};

/** Express knows an error handler by its four parameters. */
function answerFailure({ log, places }: Pick<ApiDependencies, 'log' | 'places'>): ErrorRequestHandler {
  const pace = new RefusalPace();
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = apiErrorOf(thrown);
    const { requestId } = response.locals;
    if (error.status >= 500) {
      log.error({ requestId, reason: error.reason, failure: loggable(error) }, 'request failed');
    } else {
      log.debug({ requestId, reason: error.reason, internal: error.message }, 'request refused');
    }
    const delayMs = pace.delayOf(error, request, response);
    if (delayMs === 0) return sendAnswer(response, errorAnswer(error));
    places.leave(response);
    const timer = setTimeout(() => sendAnswer(response, errorAnswer(error)), delayMs);
    response.once('close', () => clearTimeout(timer));
  };
}

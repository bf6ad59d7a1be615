/**
 * The Express application: what surrounds every route, and nothing that a route decides.
 */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { typeid } from 'typeid-js';
import { onBehalfOf } from '../db/turns.ts';
import { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import { loggable } from '../telemetry/loggable.ts';
import { confineBoundKeys } from './access.ts';
import { errorAnswer, sendAnswer } from './answers.ts';
import { authenticate } from './auth.ts';
import { callerOf } from './caller.ts';
import { allowOrigins, exceptPreflights } from './cors.ts';
import type { ApiDependencies } from './dependencies.ts';
import { DOCUMENT_ROUTE } from './document-route.ts';
import { FailedAuthentication } from './failed-authentication.ts';
import { apiErrorOf } from './failures.ts';
import { refuseAmbiguousHeaders } from './headers.ts';
import { HEALTH_ROUTES } from './health.ts';
import { mount, parseQuery, routeFinder, routeMissing } from './mount.ts';
import { limitRate } from './rate-limits.ts';
import { RefusalPace } from './refusal-pace.ts';
import { KEYED_ROUTES } from './routes.ts';

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
  const { db, keyUse } = deps;
  const proofs = deps.secretsKey && new ApiKeyProofs(deps.secretsKey);
  const routeDeps = { ...deps, keyProofs: proofs };
  mount(app, HEALTH_ROUTES, routeDeps);
  app.use(deps.places.shed);
  mount(app, [DOCUMENT_ROUTE], routeDeps);
  app.use(deps.pages);
  const onUnproven = (keyId: string) => {
    deps.log.error({ keyId }, 'an API key has no proof of this service and is refused');
    deps.metrics.unproven();
  };
  const find = routeFinder(KEYED_ROUTES);
  const aboutKeys = [authenticate(db, { failures, keyUse, proofs, onUnproven }), limitRate(deps.rateLimits, find)];
  const aboutCallers = [deps.places.share, confineBoundKeys(find), waitInOwnLine];
  // Before everything under it, so that a new route cannot forget it.
  app.use('/v1', ...[...aboutKeys, ...aboutCallers].map(exceptPreflights));
  mount(app, KEYED_ROUTES, routeDeps);
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

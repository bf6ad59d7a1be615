/**
 * Which web pages of other origins may call the API from a browser (CORS). Keys travel in headers and never in
 * cookies, so a page gets nothing that the key it was given would not get anyway; credentials are not allowed.
 */
import type { Request, RequestHandler } from 'express';

/** What clients send beyond what every page may send. */
const REQUEST_HEADERS = ['X-API-Key', 'Authorization', 'Content-Type', 'Idempotency-Key', 'Prefer', 'X-Request-Id'];
/** What a page may read of an answer's headers: all that the reference names. */
export const EXPOSED_HEADERS = [
  ...['X-Request-Id', 'Error-Reason', 'Retry-After', 'Location', 'Command-Id', 'Idempotent-Replayed', 'Allow'],
  ...['Preference-Applied', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
];
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** What a browser asks before it sends a page's request. It carries no key. */
export function isPreflight({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

/** @param origins such as `https://shop.example.com`; `*`: all. None: no page may */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const allowsAll = origins.includes('*');
  return (request, response, next) => {
    const { origin } = request.headers;
    if (origins.length > 0 && !allowsAll) response.vary('Origin');
    if (origin !== undefined && (allowsAll || origins.includes(origin))) {
      response.set('Access-Control-Allow-Origin', allowsAll ? '*' : origin);
      response.set('Access-Control-Expose-Headers', EXPOSED_HEADERS.join(', '));
    }
    next();
  };
}

/** Answers the preflights of a route for the origins that {@link allowOrigins} let through. */
export function answerPreflight(methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (!isPreflight(request) || response.get('Access-Control-Allow-Origin') === undefined) return next();
    response.set({
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': REQUEST_HEADERS.join(', '),
      'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_SECONDS),
    });
    response.status(204).end();
  };
}

/** For what is about keys: a preflight has none, changes nothing and is no guess. */
export function exceptPreflights(handler: RequestHandler): RequestHandler {
  return (request, response, next) => (isPreflight(request) ? next() : handler(request, response, next));
}

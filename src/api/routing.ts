/**
 * How routes are declared: a path with what may be done to it. Whatever else is tried is 405 with `Allow`.
 */
import { parse } from 'node:querystring';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { z } from 'zod';
import { isStorableText } from '../domain/field-reader.ts';
import { answerPreflight } from './cors.ts';
import { ApiError } from './errors.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { readJsonBody } from './json-body.ts';

const PARAM_MAX_LENGTH = 100;

type Handler = (request: Request, response: Response) => Promise<void> | void;
type Method = 'get' | 'post' | 'patch' | 'delete';

/**
 * Declares everything that can be done to one path. POST and PATCH handlers find their JSON body read.
 *
 * @param queries the query parameters that a method takes; one that is not named here takes none, and whatever else
 *   is sent is 400. They are checked right after the syntax of the body.
 */
export function route(
  router: Router,
  path: string,
  handlers: Partial<Record<Method, Handler>>,
  queries: Partial<Record<Method, z.ZodObject>> = {},
): void {
  const methods = Object.keys(handlers).flatMap((method) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  const declared = router.route(path);
  const query = (method: Method) => refuseUnknownParameters(Object.keys(queries[method]?.shape ?? {}));
  if (handlers.get) declared.get(query('get'), handlers.get);
  if (handlers.post) declared.post(...readJsonBody, query('post'), refuseBadIdempotencyKey, handlers.post);
  if (handlers.patch) declared.patch(...readJsonBody, query('patch'), refuseBadIdempotencyKey, handlers.patch);
  if (handlers.delete) declared.delete(query('delete'), refuseBadIdempotencyKey, handlers.delete);
  const refuse: RequestHandler = (request) => {
    const message = `${request.method} is not allowed here. Allowed: ${methods.join(', ')}`;
    throw new ApiError('method_not_allowed', { message, headers: { Allow: methods.join(', ') } });
  };
  declared.all(answerPreflight(methods), refuse);
}

/**
 * A parameter that is passed over is a wish that is passed over: `?amount=40.00` on a release would release all of it.
 * Names are taken as they are sent, in their case, brackets included.
 */
function refuseUnknownParameters(allowed: readonly string[]): RequestHandler {
  const choice = allowed.length === 0 ? 'this method takes none here' : `allowed are ${allowed.join(', ')}`;
  return (request, _response, next) => {
    for (const [name, value] of Object.entries(request.query)) {
      const param = name.slice(0, PARAM_MAX_LENGTH);
      if (!allowed.includes(name)) {
        const shown = JSON.stringify(param);
        throw new ApiError('field_invalid', { message: `Unknown query parameter ${shown}: ${choice}`, param });
      }
      if (Array.isArray(value)) {
        const message = `The query parameter ${param} must be given once, got ${value.length}`;
        throw new ApiError('field_invalid', { message, param });
      }
    }
    next();
  };
}

/** Reads all of a query string. Node's own reader stops at the thousandth part and passes over the rest. */
export function parseQuery(text: string | null): NodeJS.Dict<string | string[]> {
  return parse(text ?? '', '&', '=', { maxKeys: 0 });
}

/** Here and not in each handler, so that also those refuse it that change nothing and keep no key. */
const refuseBadIdempotencyKey: RequestHandler = (request, _response, next) => {
  readIdempotencyKey(request);
  next();
};

/** An id from the path. One that PostgreSQL could not even read becomes the empty id, which nothing has. */
export function pathId(request: Request, name: string): string {
  const id = request.params[name];
  return typeof id === 'string' && isStorableText(id) ? id : '';
}

/** The refusal of a path that leads nowhere. */
export function routeMissing(request: Request): ApiError {
  return new ApiError('route_missing', { message: `There is no ${request.method} ${request.path.slice(0, 200)}` });
}

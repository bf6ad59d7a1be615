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
import { parseBody, receiveBody } from './json-body.ts';
import type { Places } from './overload.ts';

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
  const checked = (method: Method, handler: Handler): Handler => {
    const allowed = Object.keys(queries[method]?.shape ?? {});
    return (request, response) => {
      if (hasBody(method)) parseBody(request);
      refuseUnknownParameters(request, allowed);
      // Here and not in each handler, so that also those refuse a bad one that change nothing and keep no key.
      if (method !== 'get') readIdempotencyKey(request);
      return handler(request, response);
    };
  };
  for (const [method, handler] of Object.entries(handlers) as [Method, Handler][]) {
    declared[method](...(hasBody(method) ? receiveBody : []), inTurn(checked(method, handler)));
  }
  const refuse: RequestHandler = (request) => {
    const message = `${request.method} is not allowed here. Allowed: ${methods.join(', ')}`;
    throw new ApiError('method_not_allowed', { message, headers: { Allow: methods.join(', ') } });
  };
  declared.all(answerPreflight(methods), refuse);
}

function hasBody(method: Method): boolean {
  return method === 'post' || method === 'patch';
}

/** Work begins once the body is there: a slow client must not take a turn from the others of its merchant. */
function inTurn(handler: Handler): Handler {
  return (request, response) => {
    const places: Places | undefined = response.locals.places;
    return places ? places.inTurn(response, async () => handler(request, response)) : handler(request, response);
  };
}

/**
 * A parameter that is passed over is a wish that is passed over: `?amount=40.00` on a release would release all of it.
 * Names are taken as they are sent, in their case, brackets included.
 */
function refuseUnknownParameters(request: Request, allowed: readonly string[]): void {
  for (const [name, value] of Object.entries(request.query)) {
    const param = name.slice(0, PARAM_MAX_LENGTH);
    if (!allowed.includes(name)) {
      const choice = allowed.length === 0 ? 'this method takes none here' : `allowed are ${allowed.join(', ')}`;
      const message = `Unknown query parameter ${JSON.stringify(param)}: ${choice}`;
      throw new ApiError('field_invalid', { message, param });
    }
    if (Array.isArray(value)) {
      const message = `The query parameter ${param} must be given once, got ${value.length}`;
      throw new ApiError('field_invalid', { message, param });
    }
  }
}

/** Reads all of a query string. Node's own reader stops at the thousandth part and passes over the rest. */
export function parseQuery(text: string | null): NodeJS.Dict<string | string[]> {
  return parse(text ?? '', '&', '=', { maxKeys: 0 });
}

/** An id from the path. One that PostgreSQL could not even read becomes the empty id, which nothing has. */
export function pathId(request: Request, name: string): string {
  const id = request.params[name];
  return typeof id === 'string' && isStorableText(id) ? id : '';
}

/** The refusal of a path that leads nowhere. */
export function routeMissing(request: Request): ApiError {
  return new ApiError('route_missing', { message: `There is no ${request.method} ${request.path.slice(0, 200)}` });
}

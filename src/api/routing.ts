/**
 * How routes are declared: a path with what may be done to it. Whatever else is tried is 405 with `Allow`.
 */
import type { Request, RequestHandler, Response, Router } from 'express';
import { isStorableText } from '../domain/field-reader.ts';
import { ApiError } from './errors.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { readJsonBody } from './json-body.ts';

type Handler = (request: Request, response: Response) => Promise<void> | void;

/** Declares everything that can be done to one path. POST and PATCH handlers find their JSON body read. */
export function route(
  router: Router,
  path: string,
  handlers: Partial<Record<'get' | 'post' | 'patch' | 'delete', Handler>>,
): void {
  const methods = Object.keys(handlers).flatMap((method) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  const declared = router.route(path);
  if (handlers.get) declared.get(handlers.get);
  if (handlers.post) declared.post(...readJsonBody, refuseBadIdempotencyKey, handlers.post);
  if (handlers.patch) declared.patch(...readJsonBody, refuseBadIdempotencyKey, handlers.patch);
  if (handlers.delete) declared.delete(refuseBadIdempotencyKey, handlers.delete);
  const refuse: RequestHandler = (request) => {
    const message = `${request.method} is not allowed here. Allowed: ${methods.join(', ')}`;
    throw new ApiError('method_not_allowed', { message, headers: { Allow: methods.join(', ') } });
  };
  declared.all(refuse);
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

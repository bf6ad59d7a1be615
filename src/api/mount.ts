/**
 * Puts routes into the application: everything that is the same for each of them is done here, once. What is tried on a
 * path and is no route is 405 with `Allow`.
 */
import { parse } from 'node:querystring';
import type { Request, RequestHandler, Response, Router } from 'express';
import { isStorableText } from '../domain/field-reader.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './caller.ts';
import { answerPreflight } from './cors.ts';
import { ApiError } from './errors.ts';
import { readIdempotencyKey, readKeyedRequest } from './idempotency.ts';
import { parseBody, receiveBody } from './json-body.ts';
import type { Places } from './overload.ts';
import type { Call, Operation, Route, RouteDependencies } from './route.ts';
import { readFields } from './validation.ts';

const PARAM_MAX_LENGTH = 100;

type Handler = (request: Request, response: Response) => Promise<void>;

export function mount(router: Router, routes: readonly Route[], deps: RouteDependencies): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path);
    const declared = router.route(path);
    for (const route of ofPath) {
      declared[route.method](...(takesBody(route) ? receiveBody : []), inTurn(handlerOf(route, deps)));
    }
    const methods = METHODS.filter((method) => ofPath.some((route) => route.method === method)).flatMap(namesOf);
    declared.all(answerPreflight(methods), refuseOthers(methods));
  }
}

/** Pages for people, which are in no document and take no parameters. */
export function mountPages(router: Router, pages: Readonly<Record<string, RequestHandler>>): void {
  for (const [path, page] of Object.entries(pages)) {
    const plain: RequestHandler = (request, _response, next) => {
      refuseUnknownParameters(request, []);
      next();
    };
    router.route(path).get(plain, page).all(answerPreflight(READ), refuseOthers(READ));
  }
}

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
const READ = ['GET', 'HEAD'];

function namesOf(method: Operation['method']): string[] {
  return method === 'get' ? READ : [method.toUpperCase()];
}

function refuseOthers(methods: readonly string[]): RequestHandler {
  return (request) => {
    const message = `${request.method} is not allowed here. Allowed: ${methods.join(', ')}`;
    throw new ApiError('method_not_allowed', { message, headers: { Allow: methods.join(', ') } });
  };
}

function takesBody({ method }: Operation): boolean {
  return method === 'post' || method === 'patch';
}

/** Syntax before rights, and rights before fields: who may not call learns nothing of what a route takes. */
function handlerOf(route: Route, deps: RouteDependencies): Handler {
  const parameters = Object.keys(route.query?.shape ?? {});
  return async (request, response) => {
    if (takesBody(route)) parseBody(request);
    refuseUnknownParameters(request, parameters);
    // Also where no key is kept: a bad one is refused alike.
    if (route.method !== 'get') readIdempotencyKey(request);
    if (!route.isPublic) route.access?.require(callerOf(response));
    const answer = await route.handle(deps, callOf(route, request, response));
    if (answer) sendAnswer(response, answer);
  };
}

function callOf(route: Route, request: Request, response: Response): Call {
  const body = route.body ? readFields(route.body, request.body, route.fieldReason) : {};
  const query = route.query ? readFields(route.query, request.query) : {};
  return {
    ...{ request, response, body, query },
    get caller() {
      return callerOf(response);
    },
    id: (name) => pathId(request, name),
    keyed: (asked = body) => readKeyedRequest(request, callerOf(response), route.fingerprinted ?? route.path, asked),
  };
}

/** Work begins once the body is there: a slow client must not take a turn from the others of its merchant. */
function inTurn(handler: Handler): Handler {
  return (request, response) => {
    const places: Places | undefined = response.locals.places;
    return places ? places.inTurn(response, () => handler(request, response)) : handler(request, response);
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

/** One that PostgreSQL could not even read becomes the empty id, which nothing has. */
function pathId(request: Request, name: string): string {
  const id = request.params[name];
  return typeof id === 'string' && isStorableText(id) ? id : '';
}

/** The refusal of a path that leads nowhere. */
export function routeMissing(request: Request): ApiError {
  return new ApiError('route_missing', { message: `There is no ${request.method} ${request.path.slice(0, 200)}` });
}

/**
 * Finds the route that a request is for before it is carried out; of a path with no such method, any that is there. In
 * every spelling that Express accepts: letters of either case, and a slash at the end.
 */
export function routeFinder(routes: readonly Route[]): (request: Request) => Route | undefined {
  const known = routes.map((route) => ({ route, parts: partsOf(route.path) }));
  return (request) => {
    const parts = partsOf(`${request.baseUrl}${request.path}`);
    const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
    const ofPath = known.filter((one) => isOf(one.parts, parts));
    const [first] = ofPath;
    // `…/batch` and `…/:id` are both paths of …/batch; the one that is declared first is meant.
    const meant = ofPath.filter(({ route }) => route.path === first?.route.path);
    return (meant.find(({ route }) => route.method === method) ?? first)?.route;
  };
}

function partsOf(path: string): string[] {
  return path.toLowerCase().replace(/\/$/, '').split('/');
}

function isOf(template: readonly string[], parts: readonly string[]): boolean {
  if (template.length !== parts.length) return false;
  return template.every((part, at) => (part.startsWith(':') ? parts[at] !== '' : part === parts[at]));
}

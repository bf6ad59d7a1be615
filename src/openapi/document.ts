/**
 * The API's document, OpenAPI 3.1: made from the routes, the schemas that validate, and the table of
 * refusals. `npm run openapi` writes it to openapi.json, and a test fails when that file says anything else.
 */
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { ERROR_FORMS, type ErrorReason } from '../api/errors.ts';
import { command } from '../api/order-shapes.ts';
import { isKeyed, type Operation, type Success, TAGS } from '../api/route.ts';
import { ROUTES } from '../api/routes.ts';
import { errorBody, named } from '../api/shapes.ts';
import { exampleMessage, pageOf, retryAfterOf } from './error-guide.ts';
import { reasonsOf, rolesOf, templateOf } from './operations.ts';
import { portable } from './portable.ts';
import { REFUSAL_GUIDE } from './refusal-guide.ts';

const DESCRIPTION = `Milestone escrow: the money of an order is released milestone by milestone, in order, exactly once.

Send your API key as \`X-API-Key\`. Amounts are decimal strings, instants ISO 8601 in UTC. Every change may carry an \`Idempotency-Key\`: repeating the request then gives the first answer again, marked \`Idempotent-Replayed\`.

Answers may get fields in any version: ignore those that you do not know. Requests may not: a field that is not listed is refused.

Every refusal has the same shape; its reason, in the header \`Error-Reason\`, is stable and meant to be switched on; [each has a page](/docs/errors). A command that waits for its turn, or whose outcome is not known in time, is answered 202 and can be read at \`/v1/commands/{commandId}\`.`;

/** @param version of the service */
export function createApiDocument(version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of ROUTES) {
    const template = templateOf(operation.path);
    paths[template] = { ...paths[template], [operation.method]: operationObject(operation) };
  }
  return portable(
    createDocument({
      openapi: '3.1.0',
      info: {
        title: 'Tranche',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
        contact: { name: 'Whoever runs this service' },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      security: [{ headerKey: [] }, { bearer: [] }],
      paths,
      components: {
        securitySchemes: {
          headerKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'sk_test_…, sk_live_…' },
          bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token' },
        },
        examples: Object.fromEntries(USED_REASONS.map((reason) => [reason, refusalExample(reason)])),
        responses: {
          CommandAccepted: successObject(TAKING_TURNS, HELD),
          ...Object.fromEntries(
            SHARED_STATUSES.map((status) => [
              SHARED_RESPONSES[status],
              refusalObject(
                status,
                USED_REASONS.filter((reason) => statusOf(reason) === status),
              ),
            ]),
          ),
        },
        headers: Object.fromEntries(
          Object.entries(HEADERS).map(([name, { description, type }]) => [name, { description, schema: { type } }]),
        ),
      },
    }),
  );
}

function operationObject(operation: Operation): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description, query, body, bodyExample, isPublic, command: type } = operation;
  const names = [...operation.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    ...(isPublic && { security: [] }),
    ...(!isPublic && { 'x-roles': rolesOf(operation), 'x-open-to-bound-keys': operation.openToBoundKeys === true }),
    ...(type && { 'x-command': type }),
    requestParams: {
      ...(names.length > 0 && { path: z.object(Object.fromEntries(names.map((name) => [name, PATH_ID]))) }),
      ...(query && { query }),
      ...(headersOf(operation) && { header: headersOf(operation) }),
    },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: {
          'application/json': {
            schema: named(requestNameOf(operation), body),
            ...(bodyExample !== undefined && { example: bodyExample }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.successes).map(([status, success]) => [status, successObject(operation, success)]),
      ),
      ...(type && { 202: { $ref: '#/components/responses/CommandAccepted' } }),
      ...refusalObjects(operation),
    },
  } as ZodOpenApiOperationObject;
}

/** `createMilestone` takes a `CreateMilestoneRequest`. */
function requestNameOf({ operationId }: Operation): string {
  return `${operationId.slice(0, 1).toUpperCase()}${operationId.slice(1)}Request`;
}

const PATH_ID = z.string().min(1);

/** An operation that may be answered 202, with all that such an answer may say. */
const TAKING_TURNS = ROUTES.find(({ takesTurns }) => takesTurns) as Operation;

const HELD: Success = {
  description: 'The command waits for its turn, or its outcome is not known yet',
  schema: command,
  location: true,
  links: {
    readCommand: { operationId: 'getCommand', parameters: { commandId: '$response.body#/id' } },
    cancelCommand: { operationId: 'cancelCommand', parameters: { commandId: '$response.body#/id' } },
  },
};

function headersOf(operation: Operation) {
  const shape = {
    ...(isKeyed(operation) && {
      'Idempotency-Key': z
        .string()
        .regex(/^[!-~]{1,255}$/)
        .meta({ description: '1 to 255 visible ASCII characters, for example a UUID. Kept for 30 days.' })
        .optional(),
    }),
    ...(operation.takesTurns && {
      Prefer: z
        .string()
        .meta({
          description:
            '`wait=N`: wait up to N seconds (at most 30) for the turn. `handling=strict`: refuse at once. `handling=lenient`: wait without end; answers 202.',
          examples: ['wait=5'],
        })
        .optional(),
    }),
  };
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
}

const HEADERS = {
  'X-Request-Id': { type: 'string', description: 'The request’s id; one that is sent is kept' },
  'X-RateLimit-Limit': { type: 'integer', description: 'Requests in the tighter of the windows' },
  'X-RateLimit-Remaining': { type: 'integer', description: 'Requests that are left in it' },
  'X-RateLimit-Reset': { type: 'integer', description: 'When it ends, in Unix seconds' },
  Location: { type: 'string', description: 'Where it can be read' },
  'Command-Id': { type: 'string', description: 'The command that this is the answer to; the timeline names it, too' },
  'Idempotent-Replayed': { type: 'string', description: '`true`: this was answered before' },
  'Preference-Applied': { type: 'string', description: 'Which preference was followed' },
  'Error-Reason': { type: 'string', description: 'Why: stable, and meant to be switched on' },
  'Retry-After': { type: 'integer', description: 'Seconds' },
} as const;
type HeaderName = keyof typeof HEADERS;

function headerRefs(...names: (HeaderName | false | undefined)[]) {
  const wanted = names.filter((name) => typeof name === 'string');
  return Object.fromEntries(wanted.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const LIMITS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const;

function successObject(
  operation: Operation,
  { description, schema, example, mediaType = 'application/json', location, retryAfter, links }: Success,
) {
  return {
    description,
    headers: headerRefs(
      'X-Request-Id',
      ...(operation.isPublic ? [] : LIMITS),
      location && 'Location',
      retryAfter && 'Retry-After',
      operation.command && 'Command-Id',
      isKeyed(operation) && 'Idempotent-Replayed',
      operation.takesTurns && 'Preference-Applied',
    ),
    content: { [mediaType]: { schema, ...(example !== undefined && { example }) } },
    ...(links && { links }),
  };
}

/** One response a status. Those that are the same for every operation are components. */
function refusalObjects(operation: Operation) {
  const reasons = reasonsOf(operation);
  const statuses = [...new Set(reasons.map(statusOf))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      SHARED_STATUSES.includes(status)
        ? { $ref: `#/components/responses/${SHARED_RESPONSES[status]}` }
        : refusalObject(
            status,
            reasons.filter((reason) => statusOf(reason) === status),
          ),
    ]),
  );
}

function refusalObject(status: number, reasons: readonly ErrorReason[]) {
  const mayRetry = reasons.some((reason) => retryAfterOf(reason) !== null);
  return {
    description: STATUS_MEANINGS[status] ?? 'Refused',
    headers: headerRefs('X-Request-Id', 'Error-Reason', mayRetry && 'Retry-After'),
    content: {
      'application/json': {
        schema: errorBody,
        examples: Object.fromEntries(reasons.map((reason) => [reason, { $ref: `#/components/examples/${reason}` }])),
      },
    },
    'x-error-reasons': reasons,
  };
}

const statusOf = (reason: ErrorReason): number => ERROR_FORMS[reason].status;
const USED_REASONS = [...new Set(ROUTES.flatMap(reasonsOf))];
/** The statuses whose reasons are the same wherever they occur at all, with the names of their answers. */
const SHARED_RESPONSES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  408: 'RequestTimeout',
  409: 'Conflict',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  500: 'InternalServerError',
};
const SHARED_STATUSES = Object.keys(SHARED_RESPONSES).map(Number);

const STATUS_MEANINGS: Readonly<Record<number, string>> = {
  400: 'The request, or the order’s state, does not allow it',
  401: 'There is no API key',
  403: 'The API key may not',
  404: 'There is no such object',
  408: 'The request took too long to arrive',
  409: 'The first request with this Idempotency-Key is still at work',
  413: 'The body is too large',
  415: 'The body is not declared as JSON',
  422: 'The Idempotency-Key was used for another request',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'A fault of the service',
  503: 'Not now; nothing was done unless the reason says otherwise',
};

function refusalExample(reason: ErrorReason) {
  const { code, type } = ERROR_FORMS[reason];
  const error = { code, message: exampleMessage(reason), type };
  const retryAfter = reason === 'rate_limit_exceeded' ? { retryAfter: 60 } : {};
  const { meaning, remedy } = REFUSAL_GUIDE[reason];
  return {
    summary: meaning,
    description: `${remedy} [More](${pageOf(reason)})`,
    value: { error: { ...error, ...retryAfter } },
  };
}

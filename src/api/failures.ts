/**
 * From whatever was thrown to an answer.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import { sqlState } from '../db/client.ts';
import { ApiError } from './errors.ts';

/** By the `type` that express.raw() gives its errors. */
const BODY_ERRORS = {
  'entity.too.large': () => new ApiError('body_too_large'),
  'encoding.unsupported': () =>
    new ApiError('content_type_unsupported', {
      message: 'The body must not be compressed: leave out Content-Encoding',
    }),
  'request.aborted': () => new ApiError('request_aborted'),
  'request.size.invalid': () => new ApiError('request_aborted'),
} as const;

/**
 * SQLSTATE classes and codes that mean "not now": no connection, no resources, operator intervention (a shutdown, or
 * the statement took too long), and conflicts that a repeat resolves.
 */
const PASSING_SQL_STATES = /^(08|53|57|58)|^(40001|40P01|55P03|25006|25P03)$/;
/** What the driver and the sockets below it say when there is no server to say something. */
const CONNECTION_ERROR_CODES = new Set([
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'EPROTO',
    'ENOTLS',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
]);

/** What a client is told about `thrown`. Anything not foreseen is a bug, and 500. */
export function apiErrorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const type = propertyOf(thrown, 'type');
  if (isBodyErrorType(type)) return BODY_ERRORS[type]();
  if (thrown instanceof URIError) return new ApiError('url_malformed', { cause: thrown });
  if (isDatabaseUnavailable(thrown)) return new ApiError('database_unavailable', { cause: thrown });
  return new ApiError('internal_error', { internal: 'Unforeseen failure', cause: thrown });
}

function isDatabaseUnavailable(thrown: unknown): boolean {
  const state = sqlState(thrown);
  if (state !== null) return PASSING_SQL_STATES.test(state);
  const cause = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  const code = propertyOf(cause, 'code');
  return typeof code === 'string' && CONNECTION_ERROR_CODES.has(code);
}

function isBodyErrorType(type: unknown): type is keyof typeof BODY_ERRORS {
  return typeof type === 'string' && Object.hasOwn(BODY_ERRORS, type);
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

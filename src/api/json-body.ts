/**
 * Reads a request body strictly: what two parsers could understand differently is refused, so that nothing behind
 * this file has to ask what a body means. express.json() would let through invalid UTF-8, NUL, duplicate keys,
 * `__proto__` and any depth, and take a missing content type for an empty body.
 */
import { Decimal } from 'decimal.js';
import express, { type Request, type RequestHandler } from 'express';
import { isStorableText } from '../domain/field-reader.ts';
import { ApiError } from './errors.ts';

export const BODY_LIMIT_BYTES = 65_536;
export const MAX_DEPTH = 5;
const JSON_TYPE = 'application/json';
/** RFC 7396, which is what a PATCH here is. */
const MERGE_PATCH_TYPE = 'application/merge-patch+json';

/** Puts the bytes of a body into `request.body`. */
export const receiveBody: RequestHandler[] = [
  inviteBody,
  express.raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false }),
];

/** Puts the JSON object of a received body into `request.body`; {} where there is none. `[]` is left to readFields(). */
export function parseBody(request: Request): void {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    request.body = {};
    return;
  }
  const contentType = request.headers['content-type'];
  const allowed = request.method === 'PATCH' ? [JSON_TYPE, MERGE_PATCH_TYPE] : [JSON_TYPE];
  if (contentType === undefined || !isJson(contentType, allowed)) {
    const given = contentType === undefined ? 'none' : JSON.stringify(contentType.slice(0, 100));
    const message = `The Content-Type of the body must be ${allowed.join(' or ')} in UTF-8, got ${given}`;
    throw new ApiError('content_type_unsupported', { message });
  }
  request.body = parseJsonObject(bytes);
}

/** Parameters mean nothing to JSON (RFC 8259, section 11); a charset other than UTF-8 would be a lie about the body. */
function isJson(contentType: string, allowed: readonly string[]): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charsets = parameters.filter((parameter) => parameter.startsWith('charset'));
  return allowed.includes(type) && charsets.every((charset) => /^charset\s*=\s*("utf-?8"|utf-?8)$/.test(charset));
}

/**
 * For a client that asks first (`Expect: 100-continue`): its body is invited only now, when the request has passed all
 * that comes before its body, and what the headers alone tell to be too large is not.
 */
function inviteBody(...[request, response, next]: Parameters<RequestHandler>): void {
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) throw new ApiError('body_too_large');
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  next();
}

/**
 * @throws ApiError body_malformed, which says what is wrong, and where it is a field, which one
 */
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> | [] {
  const text = decode(bytes);
  const value = parse(text);
  const isEmptyArray = Array.isArray(value) && value.length === 0;
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && !isEmptyArray)) {
    const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    throw malformed(`The body must be a JSON object, got ${given}`);
  }
  refuseAmbiguity(text);
  refuseUnstorable(value, '');
  return value as Record<string, unknown> | [];
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed('The body is not valid UTF-8', undefined, cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('The body is not valid JSON', undefined, cause);
  }
}

/** A key with its colon, another string, a number, a bracket, or what stands between two values. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*)|[{}[\],]/g;

/** An object or array that is open where the text is read. */
interface Open {
  /** The keys seen so far; null for an array. */
  readonly keys: Set<string> | null;
  /** The key or position of the value that comes next. */
  at: string | number;
}

/**
 * Refuses what JSON.parse passes over in silence: depth, duplicate keys, `__proto__`, and numbers that it changes. Works on text that
 * JSON.parse has accepted, which is why so little of a parser is enough.
 */
function refuseAmbiguity(text: string): void {
  const open: Open[] = [];
  for (const [token, string, colon, number] of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === '{' || token === '[') {
      open.push(token === '{' ? { keys: new Set(), at: '' } : { keys: null, at: 0 });
      if (open.length > MAX_DEPTH)
        throw malformed(`The body is nested too deeply: at most ${MAX_DEPTH} levels are allowed`);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (typeof inner?.at === 'number') inner.at++;
    } else if (number !== undefined) {
      requireKept(number, pathOf(open));
    } else if (string !== undefined && colon !== undefined) {
      const key: string = JSON.parse(string);
      if (key === '__proto__') throw malformed('Unknown field "__proto__"', key);
      if (inner?.keys?.has(key))
        throw malformed(`The body holds the key ${JSON.stringify(key.slice(0, 100))} twice`, key);
      inner?.keys?.add(key);
      if (inner) inner.at = key;
    }
  }
}

/** As clients write it: `metadata.key`, `milestones[1].amount`. */
function pathOf(open: readonly Open[]): string {
  const path = open.map(({ at }) => (typeof at === 'number' ? `[${at}]` : `.${at}`)).join('');
  return path.replace(/^\./, '');
}

/** As many digits as tell any two doubles apart; some serializers write all of them, 33.3 as 33.299999999999997. */
const DOUBLE_DIGITS = 17;
/** Below it doubles have fewer digits. */
const SMALLEST_EXACT = 2 ** -1022;

/**
 * A reader with other numbers than ours would go on with another value, and we could not show what was sent. A fraction
 * of at most 17 digits names its double, whoever reads it.
 */
function requireKept(number: string, param: string): void {
  const read = String(Number(number));
  if (read === number) return;
  const given = new Decimal(number);
  if (given.equals(read)) return;
  const isFraction = !given.isInteger() && given.precision() <= DOUBLE_DIGITS;
  if (isFraction && Math.abs(Number(number)) >= SMALLEST_EXACT) return;
  const shown = number.slice(0, 100);
  throw malformed(`${param} must be a number that can be kept: ${shown} would be read as ${read}`, param);
}

function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === 'string' && !isStorableText(value)) {
    throw malformed(`${path} must not contain NUL or lone surrogates`, path);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorableText(key)) throw malformed('A key must not contain NUL or lone surrogates', path || undefined);
    refuseUnstorable(inner, path === '' ? key : `${path}.${key}`);
  }
}

function malformed(message: string, param?: string, cause?: unknown): ApiError {
  return new ApiError('body_malformed', { message, ...(param !== undefined && { param: param.slice(0, 100) }), cause });
}

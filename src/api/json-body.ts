/**
 * Reads a request body strictly: what two parsers could understand differently is refused, so that nothing behind
 * this file has to ask what a body means. express.json() would let through invalid UTF-8, NUL, duplicate keys,
 * `__proto__` and any depth, and take a missing content type for an empty body.
 */
import { Decimal } from 'decimal.js';
import express, { type RequestHandler } from 'express';
import { isStorableText } from '../domain/field-reader.ts';
import { ApiError } from './errors.ts';

export const BODY_LIMIT_BYTES = 65_536;
const MAX_DEPTH = 5;
const JSON_CONTENT_TYPE = /^application\/json *(; *charset="?utf-8"? *)?$/i;

/** Puts the parsed JSON object into `request.body`; {} for a request without a body. */
export const readJsonBody: RequestHandler[] = [
  inviteBody,
  express.raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false }),
  (request, _response, next) => {
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
      request.body = {};
      return next();
    }
    const contentType = request.headers['content-type'];
    if (contentType === undefined || !JSON_CONTENT_TYPE.test(contentType)) {
      const given = contentType === undefined ? 'none' : JSON.stringify(contentType.slice(0, 100));
      const message = `The Content-Type of the body must be application/json, got ${given}`;
      throw new ApiError('content_type_unsupported', { message });
    }
    request.body = parseJsonObject(bytes);
    next();
  },
];

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
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  const text = decode(bytes);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    throw malformed(`The body must be a JSON object, got ${given}`);
  }
  refuseAmbiguity(text);
  refuseUnstorable(value, '');
  return value as Record<string, unknown>;
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

/** A key with its colon, another string, a number, or a bracket. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*)|[{}[\]]/g;

/**
 * Refuses what JSON.parse passes over in silence: depth, duplicate keys, `__proto__`, and numbers that it changes. Works on text that
 * JSON.parse has accepted, which is why so little of a parser is enough.
 */
function refuseAmbiguity(text: string): void {
  /** The keys seen in each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  for (const [token, string, colon, number] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH)
        throw malformed(`The body is nested too deeply: at most ${MAX_DEPTH} levels are allowed`);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (number !== undefined) {
      requireKept(number);
    } else if (string !== undefined && colon !== undefined) {
      const key: string = JSON.parse(string);
      const keys = open.at(-1);
      if (key === '__proto__') throw malformed('Unknown field "__proto__"', key);
      if (keys?.has(key)) throw malformed(`The body holds the key ${JSON.stringify(key.slice(0, 100))} twice`, key);
      keys?.add(key);
    }
  }
}

/** A reader with other numbers than ours would go on with another value, and we could not show what was sent. */
function requireKept(number: string): void {
  const read = String(Number(number));
  if (read === number || new Decimal(number).equals(read)) return;
  const shown = number.slice(0, 100);
  throw malformed(`The number ${shown} has more digits than can be kept: it would be read as ${read}`);
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

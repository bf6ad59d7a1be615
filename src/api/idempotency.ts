/**
 * Idempotency keys: how one is read, and what makes two requests the same. What a key does to a command is in
 * carry-out.ts.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Request } from 'express';
import type { KeyScope } from '../db/queries.ts';
import type { Caller } from './caller.ts';
import { ApiError } from './errors.ts';

const VISIBLE_ASCII = /^[!-~]{1,255}$/;
/** The IETF draft makes the key a structured-field string: in quotes, with quotes and backslashes escaped. */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/** A request under an idempotency key. */
export interface KeyedRequest {
  readonly scope: KeyScope;
  /** Equal for equal requests, and for nothing else. */
  readonly fingerprint: Buffer;
  /** The API key that asks. */
  readonly askedBy: string;
}

/**
 * The request's idempotency key with the fingerprint of what it asks; null when it has no key.
 *
 * @param route the route's template: the path without its ids
 * @param body the body as validated
 * @throws ApiError when the key cannot be used, or there are two
 */
export function readKeyedRequest(request: Request, caller: Caller, route: string, body: object): KeyedRequest | null {
  const idempotencyKey = readIdempotencyKey(request);
  if (idempotencyKey === null) return null;
  const { merchantId, mode, role, boundTo, keyId } = caller;
  const asked = canonicalize({ method: request.method, route, ids: request.params, body });
  const fingerprint = createHash('sha256')
    .update(asked ?? '')
    .digest();
  // Whoever holds a key for one order must not meet the idempotency keys of another order's. No key has a space.
  const ownKey = boundTo ? `${boundTo.orderId} ${idempotencyKey}` : idempotencyKey;
  return { scope: { merchantId, mode, role, idempotencyKey: ownKey }, fingerprint, askedBy: keyId };
}

/**
 * The key in a request's header; null when it has none.
 *
 * @throws ApiError when it cannot be used, or there are two
 */
export function readIdempotencyKey(request: Request): string | null {
  const given = request.headersDistinct['idempotency-key'];
  if (given === undefined) return null;
  const [header = ''] = given;
  if (given.length > 1) throw invalid(`Send one Idempotency-Key header, got ${given.length}`);
  const quoted = QUOTED.exec(header)?.[1];
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(.)/g, '$1');
  if (VISIBLE_ASCII.test(key) && (quoted !== undefined || !key.startsWith('"'))) return key;
  throw invalid('Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in double quotes');
}

function invalid(message: string): ApiError {
  return new ApiError('idempotency_key_invalid', { message });
}

/**
 * Who is calling. Every route under /v1 is behind {@link authenticate}; handlers ask `callerOf`.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type { UsableApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/client.ts';
import type { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import { apiKeyIdOf, hashApiKey } from './api-keys.ts';
import type { Caller } from './caller.ts';
import { clientNetworkOf } from './client-network.ts';
import { ApiError } from './errors.ts';
import type { FailedAuthentication } from './failed-authentication.ts';
import { createKeyLookUp } from './key-look-up.ts';
import type { KeyUse } from './key-use.ts';

/** A key's row is not read again for this long; so long its revocation may go unnoticed. */
const ROW_FRESH_MS = 2_000;
const FRESH_ROWS_MAX = 10_000;
const UNPROVEN_MAX = 1_000;

interface KeyChecks {
  readonly failures: FailedAuthentication;
  readonly keyUse: KeyUse;
  /** Null: whatever is stored is believed. */
  readonly proofs: ApiKeyProofs | null;
  /** Told of a key that is right, but that the service did not make. */
  readonly onUnproven: (keyId: string) => void;
}

/** Lets only requests with a valid API key pass, and remembers whose it is. */
export function authenticate(db: Database, { failures, keyUse, proofs, onUnproven }: KeyChecks): RequestHandler {
  const findRow = withFreshRows(createKeyLookUp(db));
  // Told of once per process.
  const unproven = new LRUCache<string, true>({ max: UNPROVEN_MAX });
  const isProven = (row: UsableApiKey): boolean => {
    if (proofs === null || proofs.prove(row)) return true;
    if (!unproven.has(row.id)) onUnproven(row.id);
    unproven.set(row.id, true);
    return false;
  };
  return async (request, response, next) => {
    const key = readApiKey(request);
    try {
      const caller = await callerWith(key, findRow, isProven);
      response.locals.caller = caller;
      keyUse.used(caller.keyId);
    } catch (thrown) {
      const isWrong = thrown instanceof ApiError && thrown.reason === 'invalid_api_key';
      throw isWrong ? await failures.failed(clientNetworkOf(request), response, thrown) : thrown;
    }
    next();
  };
}

async function callerWith(
  key: string,
  findRow: (id: string) => Promise<UsableApiKey | null>,
  isProven: (row: UsableApiKey) => boolean,
): Promise<Caller> {
  const id = apiKeyIdOf(key);
  if (id === null) throw new ApiError('invalid_api_key', { internal: 'The API key is malformed' });
  const row = await findRow(id);
  const fault = faultOf(row, key, isProven);
  if (!row || fault !== null) throw new ApiError('invalid_api_key', { internal: `API key ${id} ${fault}` });
  const { merchantId, mode, role, escrowOrderId, boundIntentId, scopes, expiresAt } = row;
  const isBound = escrowOrderId !== null && boundIntentId !== null;
  return {
    ...{ merchantId, mode, role, keyId: id, scopes, keyExpiresAt: expiresAt },
    ...(isBound && { boundTo: { orderId: escrowOrderId, intentId: boundIntentId } }),
  };
}

function readApiKey(request: Request): string {
  const { 'x-api-key': own = [], authorization = [] } = request.headersDistinct;
  const bearers = authorization.map((value) => /^Bearer +(\S+) *$/i.exec(value)?.[1] ?? '');
  const given = new Set([...own, ...bearers].filter((key) => key !== ''));
  const [key] = given;
  if (key === undefined) {
    throw new ApiError('authentication_required', { headers: { 'WWW-Authenticate': 'Bearer' } });
  }
  if (given.size > 1) throw new ApiError('api_keys_differ');
  return key;
}

function faultOf(row: UsableApiKey | null, key: string, isProven: (row: UsableApiKey) => boolean): string | null {
  if (!row) return 'does not exist';
  if (!timingSafeEqual(row.hash, hashApiKey(key))) return 'was sent with another secret';
  if (row.revokedAt) return 'is revoked';
  if (row.expiresAt && row.expiresAt.getTime() <= Date.now()) return 'has expired';
  if (!isProven(row)) return 'was not made by this service, or with another SECRETS_KEY';
  return null;
}

/**
 * Spares busy keys a statement a request, and those that ask while one runs another one. Only rows that exist are kept,
 * so made-up keys cannot fill the memory.
 */
function withFreshRows(read: (id: string) => Promise<UsableApiKey | null>): typeof read {
  const fresh = new LRUCache<string, UsableApiKey>({ max: FRESH_ROWS_MAX, ttl: ROW_FRESH_MS });
  const reading = new Map<string, Promise<UsableApiKey | null>>();
  const readAnew = async (id: string) => {
    try {
      const row = await read(id);
      if (row) fresh.set(id, row);
      return row;
    } finally {
      reading.delete(id);
    }
  };
  return async (id) => {
    const known = fresh.get(id);
    if (known) return known;
    const started = reading.get(id) ?? readAnew(id);
    reading.set(id, started);
    return started;
  };
}

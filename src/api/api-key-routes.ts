/**
 * Routes of API keys: /v1/api-keys. They show and change the keys of the caller's merchant and mode.
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import {
  type ApiKeyRow,
  findOwnApiKey,
  insertApiKey,
  listApiKeys,
  ownsOrder,
  replaceApiKey,
  revokeApiKey,
  type StoredApiKey,
} from '../db/api-keys.ts';
import type { Database } from '../db/client.ts';
import { type ApiKeyProofs, withProof } from '../proofs/api-key-proofs.ts';
import { answerOnce } from './answer-once.ts';
import { errorAnswer, sendAnswer } from './answers.ts';
import { keyBytesFor, showingKey } from './api-key-issue.ts';
import { API_KEY_ROLES, type ApiKeyRole, createApiKey } from './api-keys.ts';
import { type Caller, callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { BINDABLE_ROLES, requireManager } from './key-permissions.ts';
import { NOT_REPLACEABLE, OVERLAP_DEFAULT_SECONDS, OVERLAP_MAX_SECONDS, replacementOf } from './key-rotation.ts';
import { envelope, listOf, renderInstant } from './render.ts';
import { pathId, route } from './routing.ts';
import { instant, integer, oneOf, page, text } from './schemas.ts';
import { readFields } from './validation.ts';

const KEYS = '/v1/api-keys';
const ROTATE = `${KEYS}/:keyId/rotate`;
const REVOKE = `${KEYS}/:keyId/revoke`;
const NAME_MAX_LENGTH = 200;
const ID_MAX_LENGTH = 100;
const MADE_KEY_MAX_DAYS = 365;
const DAY_MS = 86_400_000;

export const createKeyBody = z.strictObject({
  role: oneOf(API_KEY_ROLES),
  expiresAt: instant.nullish(),
  escrowOrderId: text(ID_MAX_LENGTH, 1).nullish(),
  name: text(NAME_MAX_LENGTH, 1).nullish(),
});
export const rotateKeyBody = z.strictObject({
  overlapSeconds: integer(0, OVERLAP_MAX_SECONDS).default(OVERLAP_DEFAULT_SECONDS),
});
export const revokeKeyBody = z.strictObject({});
export const listKeysQuery = z.strictObject(page);

interface Dependencies extends Pick<ApiDependencies, 'db' | 'proofs' | 'secretsKey'> {
  readonly keyProofs: ApiKeyProofs | null;
}

export function apiKeyRoutes(
  { db, proofs, secretsKey }: Omit<Dependencies, 'keyProofs'>,
  keyProofs: ApiKeyProofs | null,
): Router {
  const deps = { db, proofs, secretsKey, keyProofs };
  const router = Router();
  route(
    router,
    KEYS,
    {
      get: (request, response) => list(deps, request, response),
      post: (request, response) => create(deps, request, response),
    },
    { get: listKeysQuery },
  );
  route(router, ROTATE, { post: (request, response) => rotate(deps, request, response) });
  route(router, REVOKE, { post: (request, response) => revoke(deps, request, response) });
  return router;
}

async function list({ db }: Pick<Dependencies, 'db'>, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  requireManager(caller, null);
  const { limit, starting_after: after } = readFields(listKeysQuery, request.query);
  const cursor = after === undefined ? null : await findOwnApiKey(db, caller, after);
  if (after !== undefined && cursor === null) {
    const message = `starting_after must be the id of one of your API keys, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listApiKeys(db, caller, { limit: limit + 1, cursor });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, (row) => envelope('api_key', keyData(row))) });
}

async function create(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(createKeyBody, request.body);
  const { role, expiresAt, escrowOrderId, name } = body;
  const keyed = readKeyedRequest(request, caller, KEYS, body);
  requireManager(caller, role);
  const bytesOf = keyBytesFor(deps.secretsKey, keyed);
  const keyOf = (claimId: string) => createApiKey(caller.mode, role, undefined, bytesOf(claimId));
  const answered = await answerOnce(deps, keyed, async (db, id) => {
    // Not before the claim: a repeat may come when the key that it made has long ended.
    const endsAt = requireEnd(caller, expiresAt);
    if (typeof escrowOrderId === 'string') await requireBindable(db, caller, role, escrowOrderId);
    const { key: _key, ...stored } = keyOf(id);
    const made = {
      ...stored,
      merchantId: caller.merchantId,
      escrowOrderId: escrowOrderId ?? null,
      name: name ?? null,
      expiresAt: endsAt,
      createdBy: caller.keyId,
    };
    const row = await insertApiKey(db, withProof(made, deps.keyProofs));
    return { status: 201, body: envelope('api_key', keyData(row)) };
  });
  sendAnswer(response, showingKey(answered, keyOf(answered.claimId)));
}

async function rotate(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(rotateKeyBody, request.body);
  const keyed = readKeyedRequest(request, caller, ROTATE, body);
  const old = await requireManagedKey(deps, caller, request);
  // Its replacement would have a proof.
  if (deps.keyProofs?.prove(old) === false) throw new ApiError('api_key_missing');
  const bytesOf = keyBytesFor(deps.secretsKey, keyed);
  const answered = await answerOnce(deps, keyed, async (db, id) => {
    const { replacement } = replacementOf(old, bytesOf(id));
    const expiresAt = old.id === caller.keyId ? old.expiresAt : earlier(old.expiresAt, latestEnd(caller));
    const made = withProof({ ...replacement, expiresAt, createdBy: caller.keyId }, deps.keyProofs);
    const replaced = await replaceApiKey(db, old.id, made, body.overlapSeconds);
    if (!replaced) return errorAnswer(new ApiError('api_key_ended', { message: NOT_REPLACEABLE }));
    return { status: 201, body: envelope('api_key', keyData(replaced.made)) };
  });
  const { answer, claimId } = answered;
  const isMade = answer.status === 201;
  sendAnswer(response, isMade ? showingKey(answered, replacementOf(old, bytesOf(claimId)).made) : answer);
}

async function revoke(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const keyed = readKeyedRequest(request, caller, REVOKE, readFields(revokeKeyBody, request.body));
  const { id } = await requireManagedKey(deps, caller, request);
  const { answer } = await answerOnce(deps, keyed, async (writer) => {
    const row = await revokeApiKey(writer, id);
    if (!row) throw new ApiError('api_key_missing');
    return { status: 200, body: envelope('api_key', keyData(row)) };
  });
  sendAnswer(response, answer);
}

/** What anybody is shown of a key that is stored. */
function keyData(row: ApiKeyRow) {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    role: row.role,
    escrowOrderId: row.escrowOrderId,
    lastFour: row.lastFour,
    createdAt: renderInstant(row.createdAt),
    expiresAt: row.expiresAt && renderInstant(row.expiresAt),
    revokedAt: row.revokedAt && renderInstant(row.revokedAt),
    replacedBy: row.replacedBy,
    scopes: row.scopes,
    createdBy: row.createdBy,
    lastUsedAt: row.lastUsedAt && renderInstant(row.lastUsedAt),
  };
}

/** A key that the caller may rotate and revoke: one that it manages, or itself. */
async function requireManagedKey(
  { db }: Pick<Dependencies, 'db'>,
  caller: Caller,
  request: Request,
): Promise<StoredApiKey> {
  const keyId = pathId(request, 'keyId');
  const isOwn = keyId === caller.keyId;
  if (!isOwn) requireManager(caller, null);
  const row = await findOwnApiKey(db, caller, keyId);
  if (!row || row.role === 'system') throw new ApiError('api_key_missing');
  if (!isOwn) requireManager(caller, row.role);
  return row;
}

/**
 * When a key that the caller makes ends at the latest; null: when it is revoked. A merchant's key makes none that
 * outlives it or {@link MADE_KEY_MAX_DAYS}: whoever holds it for an hour must not have keys for ever.
 */
function latestEnd({ role, keyExpiresAt }: Caller): Date | null {
  return role === 'operator' ? null : earlier(keyExpiresAt, new Date(Date.now() + MADE_KEY_MAX_DAYS * DAY_MS));
}

/** Null is never. */
function earlier(a: Date | null, b: Date | null): Date | null {
  return a === null || (b !== null && b < a) ? b : a;
}

/** When the new key ends: when the request says, or as late as it may. */
function requireEnd(caller: Caller, expiresAt: number | null | undefined): Date | null {
  const latest = latestEnd(caller);
  if (typeof expiresAt !== 'number') return latest;
  const param = 'expiresAt';
  if (expiresAt <= Date.now()) {
    throw new ApiError('field_invalid', { message: 'expiresAt must be in the future', param });
  }
  if (latest === null || expiresAt <= latest.getTime()) return new Date(expiresAt);
  const message = `expiresAt must be at most ${renderInstant(latest)}: a key that a merchant's key makes ends with it, and after ${MADE_KEY_MAX_DAYS} days at the latest`;
  throw new ApiError('field_invalid', { message, param });
}

async function requireBindable(
  db: Pick<Database, 'select'>,
  caller: Caller,
  role: ApiKeyRole,
  escrowOrderId: string,
): Promise<void> {
  const param = 'escrowOrderId';
  if (!BINDABLE_ROLES.includes(role)) {
    const message = `Only API keys of role ${BINDABLE_ROLES.join(' or ')} can be bound to an escrow order`;
    throw new ApiError('field_invalid', { message, param });
  }
  if (await ownsOrder(db, caller, escrowOrderId)) return;
  const message = `escrowOrderId must be the id of one of your escrow orders, got ${JSON.stringify(escrowOrderId)}`;
  throw new ApiError('field_invalid', { message, param });
}

/**
 * Routes of API keys. They show and change the keys of the caller's merchant and mode.
 */
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
import { withProof } from '../proofs/api-key-proofs.ts';
import { answerOnce } from './answer-once.ts';
import { errorAnswer } from './answers.ts';
import { keyBytesFor, showingKey } from './api-key-issue.ts';
import { API_KEY_ROLES, type ApiKeyRole, createApiKey } from './api-keys.ts';
import type { Access, Caller } from './caller.ts';
import { envelope, listOf, renderInstant } from './envelope.ts';
import { ApiError } from './errors.ts';
import { BINDABLE_ROLES, requireManager } from './key-permissions.ts';
import { NOT_REPLACEABLE, OVERLAP_DEFAULT_SECONDS, OVERLAP_MAX_SECONDS, replacementOf } from './key-rotation.ts';
import { page, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { type Call, defineRoute, type Route, type RouteDependencies } from './route.ts';
import { instant as instantField, integer, oneOf, text } from './schemas.ts';
import { envelopeOf, instant, listOf as listSchemaOf } from './shapes.ts';

const NAME_MAX_LENGTH = 200;
const ID_MAX_LENGTH = 100;
const MADE_KEY_MAX_DAYS = 365;
const DAY_MS = 86_400_000;

const createKeyBody = z.strictObject({
  role: oneOf(API_KEY_ROLES),
  expiresAt: instantField.nullish(),
  escrowOrderId: text(ID_MAX_LENGTH, 1).nullish(),
  name: text(NAME_MAX_LENGTH, 1).nullish(),
});
const rotateKeyBody = z.strictObject({
  overlapSeconds: integer(0, OVERLAP_MAX_SECONDS).default(OVERLAP_DEFAULT_SECONDS),
});
const revokeKeyBody = z.strictObject({});
const listKeysQuery = z.strictObject(page);

const keyFields = {
  id: z.string(),
  name: z.string().nullable(),
  mode: z.enum(['test', 'live']),
  role: z.enum(API_KEY_ROLES),
  escrowOrderId: z.string().nullable(),
  lastFour: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  replacedBy: z.string().nullable(),
  scopes: z.array(z.enum(['keys'])),
  createdBy: z
    .string()
    .nullable()
    .meta({ description: 'The API key that asked for it; null: made on the command line' }),
  lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
};
const apiKey = envelopeOf('ApiKey', 'api_key', z.strictObject(keyFields));
const newApiKey = envelopeOf(
  'NewApiKey',
  'api_key',
  z.strictObject({ ...keyFields, key: z.string().meta({ description: 'The key itself: shown here and never again' }) }),
);

/** A key may always rotate and revoke itself, so these rights are looked at when it is known which key is meant. */
const KEY_MANAGERS: Access = { roles: ['merchant', 'operator'], reason: 'api_key_role_not_allowed', require() {} };

export const API_KEY_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'createApiKey',
    method: 'post',
    path: PATHS.apiKeys,
    tag: 'API keys',
    summary: 'Make an API key',
    description:
      'A merchant’s key needs the scope `keys`. What it makes ends with it, and after 365 days at the latest; without `expiresAt`, then. A repeat shows the key to the API key that asked first alone.',
    body: createKeyBody,
    bodyExample: { role: 'merchant', name: 'Shop server' },
    successes: { 201: { description: 'The key, shown this once', schema: newApiKey } },
    reasons: ['idempotency_key_refused'],
    access: KEY_MANAGERS,
    async handle(deps, call) {
      const { caller, body } = call;
      const { role, expiresAt, escrowOrderId, name } = body;
      const keyed = call.keyed();
      requireManager(caller, role);
      const bytesOf = keyBytesFor(deps.secretsKey, keyed);
      const keyOf = (claimId: string) => createApiKey(caller.mode, role, undefined, bytesOf(claimId));
      const answered = await answerOnce(deps, keyed, async (db, id) => {
        // Not before the claim: a repeat may come when the key that it made has long ended.
        const endsAt = requireEnd(caller, expiresAt);
        if (typeof escrowOrderId === 'string') await requireBindable(db, caller, role, escrowOrderId);
        const { key: _key, ...stored } = keyOf(id);
        const made = {
          ...{ ...stored, merchantId: caller.merchantId, escrowOrderId: escrowOrderId ?? null, name: name ?? null },
          ...{ expiresAt: endsAt, createdBy: caller.keyId },
        };
        const row = await insertApiKey(db, withProof(made, deps.keyProofs));
        return { status: 201, body: envelope('api_key', keyData(row)) };
      });
      return showingKey(answered, keyOf(answered.claimId));
    },
  }),
  defineRoute({
    operationId: 'listApiKeys',
    method: 'get',
    path: PATHS.apiKeys,
    tag: 'API keys',
    summary: 'List API keys, the latest first',
    description:
      'Those of the caller’s merchant and mode, also those that ended. The keys themselves are never shown again.',
    query: listKeysQuery,
    successes: { 200: { description: 'A page', schema: listSchemaOf('ApiKeyList', apiKey) } },
    access: KEY_MANAGERS,
    async handle({ db }, { caller, query }) {
      requireManager(caller, null);
      const { limit, starting_after: after } = query;
      const cursor = await requireCursor(after, 'your API keys', (id) => findOwnApiKey(db, caller, id));
      const rows = await listApiKeys(db, caller, { limit: limit + 1, cursor });
      return { status: 200, body: listOf(rows, limit, (row) => envelope('api_key', keyData(row))) };
    },
  }),
  defineRoute({
    operationId: 'rotateApiKey',
    method: 'post',
    path: PATHS.rotateKey,
    tag: 'API keys',
    summary: 'Make a key that takes another one’s place',
    description:
      'Both work for `overlapSeconds`, then the old one ends. A key may always rotate itself; others need the scope `keys`.',
    body: rotateKeyBody,
    bodyExample: { overlapSeconds: 3_600 },
    successes: { 201: { description: 'The new key, shown this once', schema: newApiKey } },
    reasons: ['api_key_missing', 'api_key_ended', 'idempotency_key_refused'],
    access: KEY_MANAGERS,
    async handle(deps, call) {
      const { caller, body } = call;
      const keyed = call.keyed();
      const old = await requireManagedKey(deps, call);
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
      return answer.status === 201 ? showingKey(answered, replacementOf(old, bytesOf(claimId)).made) : answer;
    },
  }),
  defineRoute({
    operationId: 'revokeApiKey',
    method: 'post',
    path: PATHS.revokeKey,
    tag: 'API keys',
    summary: 'End an API key',
    description:
      'Every instance refuses it within five seconds. A key may always revoke itself; others need the scope `keys`.',
    body: revokeKeyBody,
    successes: { 200: { description: 'The key, with when it ended', schema: apiKey } },
    reasons: ['api_key_missing'],
    access: KEY_MANAGERS,
    async handle(deps, call) {
      const keyed = call.keyed();
      const { id } = await requireManagedKey(deps, call);
      const { answer } = await answerOnce(deps, keyed, async (writer) => {
        const row = await revokeApiKey(writer, id);
        if (!row) throw new ApiError('api_key_missing');
        return { status: 200, body: envelope('api_key', keyData(row)) };
      });
      return answer;
    },
  }),
];

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
  { db }: Pick<RouteDependencies, 'db'>,
  { caller, id }: Pick<Call, 'caller' | 'id'>,
): Promise<StoredApiKey> {
  const keyId = id('keyId');
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

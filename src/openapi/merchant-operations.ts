/** Operations of payouts, the balance, API keys, and for whoever runs the service. */
import { z } from 'zod';
import { createKeyBody, listKeysQuery, revokeKeyBody, rotateKeyBody } from '../api/api-key-routes.ts';
import { API_KEY_ROLES } from '../api/api-keys.ts';
import { listPayoutsQuery, retryPayoutBody } from '../api/payouts.ts';
import { MERCHANT_SIDE } from '../api/views.ts';
import { balance, payout, payoutList } from './milestone-shapes.ts';
import type { Operation } from './operation.ts';
import { envelopeOf, instant, listOf, named } from './shapes.ts';

const KEYS = '/v1/api-keys';
const KEY_MANAGERS = ['merchant', 'operator'] as const;

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

const status = (id: string, ...words: [string, ...string[]]) =>
  named(id, z.strictObject({ status: z.enum(words), checks: z.record(z.string(), z.enum(['ok', 'failed'])) }));

export const MERCHANT_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'listPayouts',
    method: 'get',
    path: '/v1/payouts',
    tag: 'Payouts',
    summary: 'List payouts, the latest first',
    description:
      'Those of the key’s merchant and mode, a page at a time. `status=failed` lists what can be tried again.',
    query: listPayoutsQuery,
    successes: { 200: { description: 'A page', schema: payoutList } },
    reasons: ['role_not_allowed'],
    roles: MERCHANT_SIDE,
  },
  {
    operationId: 'getPayout',
    method: 'get',
    path: '/v1/payouts/:payoutId',
    tag: 'Payouts',
    summary: 'Read a payout',
    description: '`lastError` tells why its last try failed.',
    successes: { 200: { description: 'The payout', schema: payout } },
    reasons: ['role_not_allowed', 'payout_missing'],
    roles: MERCHANT_SIDE,
  },
  {
    operationId: 'retryPayout',
    method: 'post',
    path: '/v1/payouts/:payoutId/retry',
    tag: 'Payouts',
    summary: 'Try a failed payout again',
    description: 'Safe also where it may have been paid: the settlement pays a key once.',
    body: retryPayoutBody,
    successes: { 200: { description: 'The payout, `pending`', schema: payout } },
    reasons: ['payout_missing', 'payout_not_failed'],
    command: 'payout.retry',
  },
  {
    operationId: 'getBalance',
    method: 'get',
    path: '/v1/balance',
    tag: 'Payouts',
    summary: 'Read what a merchant has, by currency',
    description: 'Of the key’s merchant and mode, one line per currency.',
    successes: { 200: { description: 'In escrow, released and not paid out yet, and paid out', schema: balance } },
    reasons: ['role_not_allowed'],
    roles: MERCHANT_SIDE,
  },
  {
    operationId: 'createApiKey',
    method: 'post',
    path: KEYS,
    tag: 'API keys',
    summary: 'Make an API key',
    description:
      'A merchant’s key needs the scope `keys`. What it makes ends with it, and after 365 days at the latest; without `expiresAt`, then. A repeat shows the key to the API key that asked first alone.',
    body: createKeyBody,
    bodyExample: { role: 'merchant', name: 'Shop server' },
    successes: { 201: { description: 'The key, shown this once', schema: newApiKey } },
    reasons: ['api_key_role_not_allowed', 'idempotency_key_refused'],
    roles: KEY_MANAGERS,
  },
  {
    operationId: 'listApiKeys',
    method: 'get',
    path: KEYS,
    tag: 'API keys',
    summary: 'List API keys, the latest first',
    description:
      'Those of the caller’s merchant and mode, also those that ended. The keys themselves are never shown again.',
    query: listKeysQuery,
    successes: { 200: { description: 'A page', schema: listOf('ApiKeyList', apiKey) } },
    reasons: ['api_key_role_not_allowed'],
    roles: KEY_MANAGERS,
  },
  {
    operationId: 'rotateApiKey',
    method: 'post',
    path: `${KEYS}/:keyId/rotate`,
    tag: 'API keys',
    summary: 'Make a key that takes another one’s place',
    description:
      'Both work for `overlapSeconds`, then the old one ends. A key may always rotate itself; others need the scope `keys`.',
    body: rotateKeyBody,
    bodyExample: { overlapSeconds: 3_600 },
    successes: { 201: { description: 'The new key, shown this once', schema: newApiKey } },
    reasons: ['api_key_role_not_allowed', 'api_key_missing', 'api_key_ended', 'idempotency_key_refused'],
    roles: KEY_MANAGERS,
  },
  {
    operationId: 'revokeApiKey',
    method: 'post',
    path: `${KEYS}/:keyId/revoke`,
    tag: 'API keys',
    summary: 'End an API key',
    description:
      'Every instance refuses it within five seconds. A key may always revoke itself; others need the scope `keys`.',
    body: revokeKeyBody,
    successes: { 200: { description: 'The key, with when it ended', schema: apiKey } },
    reasons: ['api_key_role_not_allowed', 'api_key_missing'],
    roles: KEY_MANAGERS,
  },
  {
    operationId: 'getLiveness',
    method: 'get',
    path: '/livez',
    tag: 'Service',
    summary: 'Tell whether the process runs',
    description: 'Needs no key. Whoever restarts processes asks here.',
    successes: {
      200: { description: 'It does', schema: named('Liveness', z.strictObject({ status: z.literal('ok') })) },
    },
    isPublic: true,
  },
  {
    operationId: 'getReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'Service',
    summary: 'Tell whether the service can work',
    description: 'Needs no key. Whoever routes requests asks here.',
    successes: {
      200: { description: 'It can, `degraded` without Temporal', schema: status('Readiness', 'ready', 'degraded') },
      503: { description: 'It cannot', schema: status('Unreadiness', 'unavailable'), retryAfter: true },
    },
    isPublic: true,
  },
  {
    operationId: 'getApiDocument',
    method: 'get',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'Read this document',
    description: 'Needs no key. Fields may be added to it in any version.',
    successes: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    isPublic: true,
  },
  {
    operationId: 'getVersion',
    method: 'get',
    path: '/version',
    tag: 'Service',
    summary: 'Tell the version of the service',
    description: 'Needs no key.',
    successes: {
      200: { description: 'The version', schema: named('Version', z.strictObject({ version: z.string() })) },
    },
    isPublic: true,
  },
];

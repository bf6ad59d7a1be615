/**
 * Routes of webhook endpoints. What is delivered to them is in webhook-deliveries.ts.
 */
import { typeid } from 'typeid-js';
import { z } from 'zod';
import { constraintOf } from '../db/client.ts';
import {
  changeEndpoint,
  deleteEndpoint,
  disableEndpoint,
  type EndpointRow,
  enableEndpoint,
  insertEndpoint,
  listEndpoints,
  replaceSecret,
} from '../db/webhook-endpoints.ts';
import { EVENT_TYPES } from '../domain/published-events.ts';
import { EndpointProofs } from '../proofs/endpoint-proofs.ts';
import { deriveBytes, type SecretsKey } from '../secrets-key.ts';
import { newSecret, SECRET_BYTES, sealSecret } from '../webhooks/secrets.ts';
import { type Answered, answerOnce } from './answer-once.ts';
import type { Answer } from './answers.ts';
import { secretOfOther } from './api-key-issue.ts';
import { listOf } from './envelope.ts';
import { ApiError } from './errors.ts';
import { page, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { defineRoute, type Route, type RouteDependencies } from './route.ts';
import { oneOf, text } from './schemas.ts';
import { envelopeOf, instant, listOf as listSchemaOf, statusOf } from './shapes.ts';
import { ownEndpoint, requireAllowedUrl, requireEndpoint, SUBSCRIBERS } from './webhook-access.ts';
import { endpointEnvelope } from './webhook-view.ts';

const URL_MAX_LENGTH = 2_048;
const DESCRIPTION_MAX_LENGTH = 500;
const OVERLAP_MAX_SECONDS = 7 * 86_400;
const OVERLAP_DEFAULT_SECONDS = 86_400;

const EVENTS = `["*"] for all, or a list of ${EVENT_TYPES.length} types at most, each one of ${EVENT_TYPES.join(', ')}`;
const events = z
  .array(z.enum(['*', ...EVENT_TYPES], EVENTS), EVENTS)
  .min(1, EVENTS)
  .max(EVENT_TYPES.length, EVENTS)
  .refine((types) => !types.includes('*') || types.length === 1, EVENTS);
const url = text(URL_MAX_LENGTH, 1);
const description = text(DESCRIPTION_MAX_LENGTH).nullish();

const createEndpointBody = z.strictObject({ url, events: events.optional(), description });
const changeEndpointBody = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description,
    status: oneOf(['enabled', 'disabled']).optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, {
    message: 'Give at least one of url, events, description and status',
    params: { verbatim: true },
  });
const rotateSecretBody = z.strictObject({
  overlapSeconds: z
    .int(`an integer from 0 to ${OVERLAP_MAX_SECONDS}`)
    .min(0)
    .max(OVERLAP_MAX_SECONDS)
    .default(OVERLAP_DEFAULT_SECONDS),
});
const listEndpointsQuery = z.strictObject(page);

const endpointFields = {
  id: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.enum(['*', ...EVENT_TYPES])),
  mode: z.enum(['test', 'live']),
  status: z.enum(['enabled', 'disabled']),
  disabledReason: z.enum(['request', 'gone', 'failing']).nullable(),
  disabledAt: instant.nullable(),
  failingSince: instant.nullable().meta({ description: 'Since when every attempt failed' }),
  lastError: z.string().nullable(),
  previousSecretEndsAt: instant.nullable().meta({ description: 'Until when the secret before this one signs, too' }),
  createdAt: instant,
  updatedAt: instant,
};
const endpoint = envelopeOf('WebhookEndpoint', 'webhook_endpoint', z.strictObject(endpointFields));
const newEndpoint = envelopeOf(
  'NewWebhookEndpoint',
  'webhook_endpoint',
  z.strictObject({
    ...endpointFields,
    secret: z.string().meta({ description: 'What its webhooks are signed with: shown here and never again' }),
  }),
);
type Dependencies = Pick<RouteDependencies, 'secretsKey'>;

export const WEBHOOK_ENDPOINT_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'createWebhookEndpoint',
    method: 'post',
    path: PATHS.endpoints,
    tag: 'Events and webhooks',
    summary: 'Have events sent to a URL',
    description:
      'From now on, events of the types in `events` are sent there, `*` being all. Verify them with the secret in the answer, which is not shown again.',
    body: createEndpointBody,
    bodyExample: { url: 'https://shop.example.com/webhooks', events: ['milestone.released', 'payout.paid'] },
    successes: { 201: { description: 'The endpoint with its secret, shown this once', schema: newEndpoint } },
    reasons: ['webhook_url_refused', 'webhook_endpoints_full', 'webhooks_unavailable', 'idempotency_key_refused'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const { caller, body } = call;
      const keyed = call.keyed();
      const secretsKey = requireSecretsKey(deps);
      await requireAllowedUrl(deps, caller, body.url);
      const { merchantId, mode } = caller;
      const answered = await answerOnce(deps, keyed, async (db, id) => {
        const facts = { id: typeid('webhook_endpoint').toString(), merchantId, mode, url: body.url };
        const row = await insertEndpoint(db, {
          ...{ ...facts, proof: new EndpointProofs(secretsKey).of(facts), description: body.description ?? null },
          eventTypes: storedEvents(body.events),
          secret: sealSecret(secretsKey, facts.id, secretOf(secretsKey, id)),
        }).catch(refuseFull);
        return { status: 201, body: endpointEnvelope(row) };
      });
      return showingSecret(answered, secretsKey);
    },
  }),
  defineRoute({
    operationId: 'listWebhookEndpoints',
    method: 'get',
    path: PATHS.endpoints,
    tag: 'Events and webhooks',
    summary: 'List webhook endpoints, the latest first',
    description: 'Those of the key’s merchant and mode, a page at a time.',
    query: listEndpointsQuery,
    successes: { 200: { description: 'A page', schema: listSchemaOf('WebhookEndpointList', endpoint) } },
    access: SUBSCRIBERS,
    async handle({ db }, { caller, query }) {
      const { limit, starting_after: after } = query;
      const cursor = await requireCursor(after, 'your webhook endpoints', (id) =>
        ownEndpoint({ db }, caller, id, { deleted: true }),
      );
      const rows = await listEndpoints(db, caller, { limit: limit + 1, cursor });
      return { status: 200, body: listOf(rows, limit, endpointEnvelope) };
    },
  }),
  defineRoute({
    operationId: 'getWebhookEndpoint',
    method: 'get',
    path: PATHS.endpoint,
    tag: 'Events and webhooks',
    summary: 'Read a webhook endpoint',
    description: 'Also tells whether its deliveries fail, and since when.',
    successes: { 200: { description: 'The endpoint', schema: endpoint } },
    reasons: ['webhook_endpoint_missing'],
    access: SUBSCRIBERS,
    handle: async (deps, call) => ({ status: 200, body: endpointEnvelope(await requireEndpoint(deps, call)) }),
  }),
  defineRoute({
    operationId: 'changeWebhookEndpoint',
    method: 'patch',
    path: PATHS.endpoint,
    tag: 'Events and webhooks',
    summary: 'Change, disable or enable a webhook endpoint',
    description: 'A disabled endpoint misses what happens meanwhile. It can be replayed when it is enabled again.',
    body: changeEndpointBody,
    bodyExample: { status: 'disabled' },
    successes: { 200: { description: 'The endpoint', schema: endpoint } },
    reasons: ['webhook_endpoint_missing', 'webhook_url_refused'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const { url: address, events: wanted, description: text, status } = call.body;
      const keyed = call.keyed();
      const found = await requireEndpoint(deps, call);
      if (address !== undefined) await requireAllowedUrl(deps, call.caller, address);
      const { answer } = await answerOnce(deps, keyed, async (db) => {
        if (status === 'enabled') await enableEndpoint(db, found.id);
        if (status === 'disabled') await disableEndpoint(db, found.id, 'request');
        const row = await changeEndpoint(db, found.id, {
          ...(address !== undefined && { address: addressOf(deps, found, address) }),
          ...(wanted !== undefined && { eventTypes: storedEvents(wanted) }),
          ...(text !== undefined && { description: text }),
        });
        return { status: 200, body: endpointEnvelope(required(row)) };
      });
      return answer;
    },
  }),
  defineRoute({
    operationId: 'deleteWebhookEndpoint',
    method: 'delete',
    path: PATHS.endpoint,
    tag: 'Events and webhooks',
    summary: 'Delete a webhook endpoint',
    description: 'Nothing is sent to it any more, also what was waiting.',
    successes: {
      200: {
        description: 'It is gone',
        schema: statusOf('WebhookEndpointDeletion', 'webhook_endpoint', 'deleted', {}),
      },
    },
    reasons: ['webhook_endpoint_missing'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const { answer } = await answerOnce(deps, call.keyed(), async (db) => {
        const { id } = await requireEndpoint(deps, call);
        await deleteEndpoint(db, id);
        return { status: 200, body: { object: 'webhook_endpoint', status: 'deleted' } };
      });
      return answer;
    },
  }),
  defineRoute({
    operationId: 'rotateWebhookSecret',
    method: 'post',
    path: PATHS.rotateSecret,
    tag: 'Events and webhooks',
    summary: 'Give a webhook endpoint another secret',
    description: 'For `overlapSeconds`, 24 hours unless told otherwise, webhooks are signed with both.',
    body: rotateSecretBody,
    bodyExample: { overlapSeconds: 86_400 },
    successes: { 200: { description: 'The endpoint with its new secret, shown this once', schema: newEndpoint } },
    reasons: ['webhook_endpoint_missing', 'webhooks_unavailable', 'idempotency_key_refused'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const keyed = call.keyed();
      const { id } = await requireEndpoint(deps, call);
      const secretsKey = requireSecretsKey(deps);
      const answered = await answerOnce(deps, keyed, async (db, claim) => {
        const sealed = sealSecret(secretsKey, id, secretOf(secretsKey, claim));
        const row = await replaceSecret(db, id, sealed, call.body.overlapSeconds * 1_000);
        return { status: 200, body: endpointEnvelope(required(row)) };
      });
      return showingSecret(answered, secretsKey);
    },
  }),
];

/** Each event is stored and sent once for each endpoint. The database counts, because requests that come at once cannot. */
function refuseFull(error: unknown): never {
  if (constraintOf(error) !== 'webhook_endpoints_full') throw error;
  const message = 'There are 20 webhook endpoints already. Delete one first.';
  throw new ApiError('webhook_endpoints_full', { message, cause: error });
}

/** From the claim's id, which is random: so a repeat shows the same secret, and nothing stored holds it in clear. */
function secretOf(key: SecretsKey, claimId: string): string {
  return newSecret(deriveBytes(key, 'new webhook secret', claimId, SECRET_BYTES));
}

/**
 * The secret is shown here, as the last field, and never again.
 *
 * @throws ApiError when another API key asked for it first
 */
function showingSecret({ answer, claimId, isAskers }: Answered, secretsKey: SecretsKey): Answer {
  const shown = answer.body as ReturnType<typeof endpointEnvelope>;
  if (!isAskers) throw secretOfOther(`The secret of webhook endpoint ${shown.id}`, 'Rotate it to get one.');
  return { ...answer, body: { ...shown, data: { ...shown.data, secret: secretOf(secretsKey, claimId) } } };
}

/** Without a secret nothing is sent, and a service that has one wants to be given the address again. */
function addressOf(
  { secretsKey }: Dependencies,
  endpoint: EndpointRow,
  url: string,
): Pick<EndpointRow, 'url' | 'proof'> {
  return { url, proof: secretsKey && new EndpointProofs(secretsKey).of({ ...endpoint, url }) };
}

function requireSecretsKey({ secretsKey }: Dependencies): SecretsKey {
  if (secretsKey === null) throw new ApiError('webhooks_unavailable');
  return secretsKey;
}

function storedEvents(given: readonly string[] | undefined): string[] | null {
  return given === undefined || given[0] === '*' ? null : [...given];
}

/** It may have been deleted since it was looked up. */
function required(row: EndpointRow | null): EndpointRow {
  if (!row) throw new ApiError('webhook_endpoint_missing');
  return row;
}

/**
 * Routes of webhook endpoints: /v1/webhook-endpoints. What is delivered to them is in webhook-deliveries.ts.
 */
import { type Request, type Response, Router } from 'express';
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
import { type Answer, sendAnswer } from './answers.ts';
import { secretOfOther } from './api-key-issue.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { listOf } from './render.ts';
import { route } from './routing.ts';
import { oneOf, page, text } from './schemas.ts';
import { readFields } from './validation.ts';
import { ownEndpoint, requireAllowedUrl, requireEndpoint, requireSubscriber } from './webhook-access.ts';
import { endpointEnvelope } from './webhook-view.ts';

const ENDPOINTS = '/v1/webhook-endpoints';
export const ENDPOINT = `${ENDPOINTS}/:endpointId`;
const ROTATE = `${ENDPOINT}/rotate-secret`;

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

export const createEndpointBody = z.strictObject({ url, events: events.optional(), description });
export const changeEndpointBody = z
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
export const rotateSecretBody = z.strictObject({
  overlapSeconds: z
    .int(`an integer from 0 to ${OVERLAP_MAX_SECONDS}`)
    .min(0)
    .max(OVERLAP_MAX_SECONDS)
    .default(OVERLAP_DEFAULT_SECONDS),
});
export const listEndpointsQuery = z.strictObject(page);

type Dependencies = Pick<ApiDependencies, 'db' | 'proofs' | 'secretsKey' | 'webhooks'>;

export function webhookEndpointRoutes(deps: Dependencies): Router {
  const router = Router();
  route(
    router,
    ENDPOINTS,
    {
      get: (request, response) => list(deps, request, response),
      post: (request, response) => create(deps, request, response),
    },
    { get: listEndpointsQuery },
  );
  route(router, ENDPOINT, {
    get: (request, response) => show(deps, request, response),
    patch: (request, response) => change(deps, request, response),
    delete: (request, response) => remove(deps, request, response),
  });
  route(router, ROTATE, { post: (request, response) => rotate(deps, request, response) });
  return router;
}

async function list(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  requireSubscriber(caller);
  const { limit, starting_after: after } = readFields(listEndpointsQuery, request.query);
  const cursor = after === undefined ? null : await ownEndpoint(deps, caller, after, { deleted: true });
  if (after !== undefined && cursor === null) {
    const message = `starting_after must be the id of one of your webhook endpoints, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listEndpoints(deps.db, caller, { limit: limit + 1, cursor });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, endpointEnvelope) });
}

async function show(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const endpoint = await requireEndpoint(deps, callerOf(response), request);
  sendAnswer(response, { status: 200, body: endpointEnvelope(endpoint) });
}

async function create(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(createEndpointBody, request.body);
  const keyed = readKeyedRequest(request, caller, ENDPOINTS, body);
  requireSubscriber(caller);
  const secretsKey = requireSecretsKey(deps);
  await requireAllowedUrl(deps, caller, body.url);
  const { merchantId, mode } = caller;
  const answered = await answerOnce(deps, keyed, async (db, id) => {
    const endpointId = typeid('webhook_endpoint').toString();
    const facts = { id: endpointId, merchantId, mode, url: body.url };
    const row = await insertEndpoint(db, {
      ...{ ...facts, proof: new EndpointProofs(secretsKey).of(facts), description: body.description ?? null },
      eventTypes: storedEvents(body.events),
      secret: sealSecret(secretsKey, endpointId, secretOf(secretsKey, id)),
    }).catch(refuseFull);
    return { status: 201, body: endpointEnvelope(row) };
  });
  sendAnswer(response, showingSecret(answered, secretsKey));
}

async function change(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(changeEndpointBody, request.body);
  const keyed = readKeyedRequest(request, caller, ENDPOINT, body);
  const endpoint = await requireEndpoint(deps, caller, request);
  const { id } = endpoint;
  if (body.url !== undefined) await requireAllowedUrl(deps, caller, body.url);
  const { answer } = await answerOnce(deps, keyed, async (db) => {
    if (body.status === 'enabled') await enableEndpoint(db, id);
    if (body.status === 'disabled') await disableEndpoint(db, id, 'request');
    const row = await changeEndpoint(db, id, {
      ...(body.url !== undefined && { address: addressOf(deps, endpoint, body.url) }),
      ...(body.events !== undefined && { eventTypes: storedEvents(body.events) }),
      ...(body.description !== undefined && { description: body.description }),
    });
    return { status: 200, body: endpointEnvelope(required(row)) };
  });
  sendAnswer(response, answer);
}

async function remove(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const keyed = readKeyedRequest(request, caller, ENDPOINT, {});
  const { answer } = await answerOnce(deps, keyed, async (db) => {
    const { id } = await requireEndpoint(deps, caller, request);
    await deleteEndpoint(db, id);
    return { status: 200, body: { object: 'webhook_endpoint', status: 'deleted' } };
  });
  sendAnswer(response, answer);
}

async function rotate(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(rotateSecretBody, request.body);
  const keyed = readKeyedRequest(request, caller, ROTATE, body);
  const { id } = await requireEndpoint(deps, caller, request);
  const secretsKey = requireSecretsKey(deps);
  const answered = await answerOnce(deps, keyed, async (db, claim) => {
    const sealed = sealSecret(secretsKey, id, secretOf(secretsKey, claim));
    const row = await replaceSecret(db, id, sealed, body.overlapSeconds * 1_000);
    return { status: 200, body: endpointEnvelope(required(row)) };
  });
  sendAnswer(response, showingSecret(answered, secretsKey));
}

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

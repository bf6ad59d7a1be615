/**
 * Routes of events: /v1/events. What webhooks tell, to be read again: the way back for who missed some.
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type EventView, findEvent, listEvents } from '../db/events.ts';
import { listEndpoints } from '../db/webhook-endpoints.ts';
import { isStorableText } from '../domain/field-reader.ts';
import { EVENT_TYPES, publishedType, storedTypes, TEST_EVENT } from '../domain/published-events.ts';
import { answerOnce } from './answer-once.ts';
import { sendAnswer } from './answers.ts';
import { type Caller, callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { eventObject } from './event-view.ts';
import { readKeyedRequest } from './idempotency.ts';
import { listOf } from './render.ts';
import { pathId, route } from './routing.ts';
import { instant, oneOf, page, text } from './schemas.ts';
import { readFields } from './validation.ts';
import { ownEndpoint, requireSubscriber } from './webhook-access.ts';
import { requireEnabled, sendAgain } from './webhook-deliveries.ts';
import { deliveryEnvelope } from './webhook-view.ts';

const EVENTS = '/v1/events';
const EVENT = `${EVENTS}/:eventId`;
const REPLAY = `${EVENT}/replay`;
const ID_MAX_LENGTH = 100;
const ENDPOINTS_MAX = 100;
const RENDERED_AT_ONCE = 3;

const id = z.string().max(ID_MAX_LENGTH).refine(isStorableText, 'an id').optional();
export const listEventsQuery = z.strictObject({
  ...page,
  type: oneOf(EVENT_TYPES).optional(),
  // Half-open, because answers show whole seconds: with them "after" and "up to" could not be told apart exactly.
  'created[gte]': instant.optional(),
  'created[lt]': instant.optional(),
  'recorded[gte]': instant.optional(),
  'recorded[lt]': instant.optional(),
  order: oneOf(['asc', 'desc']).default('desc'),
  escrowOrderId: id,
  paymentIntentId: id,
});
export const replayEventBody = z.strictObject({ webhookEndpointId: text(ID_MAX_LENGTH, 1).optional() });

type Dependencies = Pick<ApiDependencies, 'db' | 'proofs'>;

type Reading = Pick<Dependencies, 'db'>;

export function eventRoutes(deps: Dependencies): Router {
  const router = Router();
  route(router, EVENTS, { get: (request, response) => list(deps, request, response) }, { get: listEventsQuery });
  route(router, EVENT, { get: (request, response) => show(deps, request, response) });
  route(router, REPLAY, { post: (request, response) => replay(deps, request, response) });
  return router;
}

async function list({ db }: Reading, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  requireSubscriber(caller);
  const query = readFields(listEventsQuery, request.query);
  const { limit, starting_after: after, type } = query;
  const cursor = after === undefined ? null : await ownEvent({ db }, caller, after);
  if (after !== undefined && cursor === null) {
    const message = `starting_after must be the id of one of your events, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listEvents(db, caller, {
    limit: limit + 1,
    cursor: cursor?.event ?? null,
    types: type === undefined ? null : storedTypes([type]),
    orderId: query.escrowOrderId ?? null,
    intentId: query.paymentIntentId ?? null,
    created: { from: query['created[gte]'] ?? null, before: query['created[lt]'] ?? null },
    recorded: { from: query['recorded[gte]'] ?? null, before: query['recorded[lt]'] ?? null },
    order: query.order,
  });
  const { data, ...body } = listOf(rows, limit, (row) => row);
  sendAnswer(response, {
    status: 200,
    body: { object: body.object, data: await rendered(db, data), hasMore: body.hasMore },
  });
}

/** A few at a time: a page must not take all of the process's connections. */
async function rendered(db: Dependencies['db'], rows: readonly EventView[]): Promise<object[]> {
  const objects: object[] = [];
  for (let from = 0; from < rows.length; from += RENDERED_AT_ONCE) {
    const some = rows.slice(from, from + RENDERED_AT_ONCE);
    objects.push(...(await Promise.all(some.map((row) => eventObject(db, row)))));
  }
  return objects;
}

async function show(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const view = await requireEvent(deps, callerOf(response), request);
  sendAnswer(response, { status: 200, body: await eventObject(deps.db, view) });
}

/** Delivers an event once more: to one endpoint, whatever it subscribes to, or to all enabled ones that want it. */
async function replay(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(replayEventBody, request.body);
  const keyed = readKeyedRequest(request, caller, REPLAY, body);
  const { event } = await requireEvent(deps, caller, request);
  const { answer } = await answerOnce(deps, keyed, async (writer) => {
    const endpoints = await receivers(deps, caller, event.type, body.webhookEndpointId);
    const data = [];
    for (const endpoint of endpoints) data.push(deliveryEnvelope(await sendAgain(writer, endpoint, event.id)));
    return { status: 202, body: { object: 'list', data, hasMore: false } };
  });
  sendAnswer(response, answer);
}

async function receivers({ db }: Reading, caller: Caller, storedType: string, endpointId: string | undefined) {
  const type = publishedType(storedType);
  if (endpointId !== undefined) {
    const endpoint = isStorableText(endpointId) ? await ownEndpoint({ db }, caller, endpointId) : null;
    if (!endpoint) throw new ApiError('webhook_endpoint_missing');
    return [requireEnabled(endpoint)];
  }
  if (type === TEST_EVENT) return [];
  const all = await listEndpoints(db, caller, { limit: ENDPOINTS_MAX, cursor: null });
  return all.filter(({ status, eventTypes }) => status === 'enabled' && (eventTypes?.includes(type) ?? true));
}

async function requireEvent(deps: Reading, caller: Caller, request: Request): Promise<EventView> {
  requireSubscriber(caller);
  const view = await ownEvent(deps, caller, pathId(request, 'eventId'));
  if (!view) throw new ApiError('event_missing');
  return view;
}

/** Null also for another merchant's, and for the merchant's own of the other mode. */
async function ownEvent({ db }: Reading, { merchantId, mode }: Caller, eventId: string): Promise<EventView | null> {
  const view = await findEvent(db, eventId);
  return view?.event.merchantId === merchantId && view.event.mode === mode ? view : null;
}

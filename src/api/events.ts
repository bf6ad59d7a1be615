/**
 * Routes of events. What webhooks tell, to be read again: the way back for who missed some.
 */
import { z } from 'zod';
import { type EventView, findEvent, listEvents } from '../db/events.ts';
import { listEndpoints } from '../db/webhook-endpoints.ts';
import { isStorableText } from '../domain/field-reader.ts';
import { EVENT_TYPES, publishedType, storedTypes, TEST_EVENT } from '../domain/published-events.ts';
import { answerOnce } from './answer-once.ts';
import type { Caller } from './caller.ts';
import { listOf } from './envelope.ts';
import { ApiError } from './errors.ts';
import { eventObject } from './event-view.ts';
import { page, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { type Call, defineRoute, type Route, type RouteDependencies } from './route.ts';
import { instant as instantField, oneOf, text } from './schemas.ts';
import { actor, instant, listOf as listSchemaOf, named } from './shapes.ts';
import { ownEndpoint, SUBSCRIBERS } from './webhook-access.ts';
import { deliveryList, requireEnabled, sendAgain } from './webhook-deliveries.ts';
import { deliveryEnvelope } from './webhook-view.ts';

const ID_MAX_LENGTH = 100;
const ENDPOINTS_MAX = 100;
const RENDERED_AT_ONCE = 3;

const id = z.string().max(ID_MAX_LENGTH).refine(isStorableText, 'an id').optional();
const listEventsQuery = z.strictObject({
  ...page,
  type: oneOf(EVENT_TYPES).optional(),
  // Half-open, because answers show whole seconds: with them "after" and "up to" could not be told apart exactly.
  'created[gte]': instantField.optional(),
  'created[lt]': instantField.optional(),
  'recorded[gte]': instantField.optional(),
  'recorded[lt]': instantField.optional(),
  order: oneOf(['asc', 'desc']).default('desc'),
  escrowOrderId: id,
  paymentIntentId: id,
});
const replayEventBody = z.strictObject({ webhookEndpointId: text(ID_MAX_LENGTH, 1).optional() });

const event = named(
  'Event',
  z.strictObject({
    id: z.string(),
    object: z.literal('event'),
    type: z.enum(EVENT_TYPES),
    data: named(
      'EventData',
      z.strictObject({
        object: z.looseObject({ object: z.string() }).meta({ description: 'What it is about, as the event left it' }),
      }),
    ),
    created: instant.meta({ description: 'When it happened, on the clock of its order' }),
    recorded: instant
      .optional()
      .meta({ description: 'When it was recorded; missing in what versions up to 0.3.0 recorded' }),
    sequence: z.int().nullable().meta({ description: 'Of its escrow order: 1, 2, 3 … without gap' }),
    escrowOrderId: z.string().nullable(),
    actor: actor.optional(),
  }),
);

type Reading = Pick<RouteDependencies, 'db'>;

export const EVENT_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'listEvents',
    method: 'get',
    path: PATHS.events,
    tag: 'Events and webhooks',
    summary: 'List events, the last recorded first',
    description:
      'Every event is here, whether or not a webhook told of it. To follow them, ask with `order=asc` and go on with `starting_after` the last one, also after an empty page: none is missed, however late it was recorded. `recorded[gte]` and `recorded[lt]` are about when an event was recorded, `created[gte]` and `created[lt]` about when it happened on the clock of its order, which may be earlier, or far ahead in test mode.',
    query: listEventsQuery,
    successes: { 200: { description: 'A page', schema: listSchemaOf('EventList', event) } },
    access: SUBSCRIBERS,
    async handle({ db }, { caller, query }) {
      const { limit, starting_after: after, type } = query;
      const cursor = await requireCursor(after, 'your events', (eventId) => ownEvent({ db }, caller, eventId));
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
      return { status: 200, body: { object: body.object, data: await rendered(db, data), hasMore: body.hasMore } };
    },
  }),
  defineRoute({
    operationId: 'getEvent',
    method: 'get',
    path: PATHS.event,
    tag: 'Events and webhooks',
    summary: 'Read an event',
    description: 'As webhooks send it.',
    successes: { 200: { description: 'The event, as webhooks send it', schema: event } },
    reasons: ['event_missing'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      return { status: 200, body: await eventObject(deps.db, await requireEvent(deps, call)) };
    },
  }),
  defineRoute({
    operationId: 'replayEvent',
    method: 'post',
    path: PATHS.replayEvent,
    tag: 'Events and webhooks',
    summary: 'Deliver an event once more',
    description:
      'To one endpoint, or without `webhookEndpointId` to all enabled ones that want its type. The bytes are the same.',
    body: replayEventBody,
    bodyExample: {},
    successes: { 202: { description: 'The deliveries', schema: deliveryList } },
    reasons: ['event_missing', 'webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const keyed = call.keyed();
      const view = await requireEvent(deps, call);
      const { answer } = await answerOnce(deps, keyed, async (writer) => {
        const endpoints = await receivers(deps, call.caller, view.event.type, call.body.webhookEndpointId);
        const data = [];
        for (const endpoint of endpoints) data.push(deliveryEnvelope(await sendAgain(writer, endpoint, view.event.id)));
        return { status: 202, body: { object: 'list', data, hasMore: false } };
      });
      return answer;
    },
  }),
];

/** A few at a time: a page must not take all of the process's connections. */
async function rendered(db: Reading['db'], rows: readonly EventView[]): Promise<object[]> {
  const objects: object[] = [];
  for (let from = 0; from < rows.length; from += RENDERED_AT_ONCE) {
    const some = rows.slice(from, from + RENDERED_AT_ONCE);
    objects.push(...(await Promise.all(some.map((row) => eventObject(db, row)))));
  }
  return objects;
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

async function requireEvent(deps: Reading, call: Pick<Call, 'caller' | 'id'>): Promise<EventView> {
  const view = await ownEvent(deps, call.caller, call.id('eventId'));
  if (!view) throw new ApiError('event_missing');
  return view;
}

/** Null if it belongs to another merchant or mode. */
async function ownEvent({ db }: Reading, { merchantId, mode }: Caller, eventId: string): Promise<EventView | null> {
  const view = await findEvent(db, eventId);
  return view?.event.merchantId === merchantId && view.event.mode === mode ? view : null;
}

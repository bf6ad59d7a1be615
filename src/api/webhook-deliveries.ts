/**
 * Routes of what is delivered to a webhook endpoint: its deliveries, a test event, replays.
 */
import { typeid } from 'typeid-js';
import { z } from 'zod';
import { ALWAYS, insertEvents } from '../db/events.ts';
import { findDelivery, listDeliveries, replayEvents } from '../db/webhook-deliveries.ts';
import { type EndpointRow, endPause, type Statements } from '../db/webhook-endpoints.ts';
import { EVENT_TYPES, storedTypes, TEST_EVENT } from '../domain/published-events.ts';
import { answerOnce } from './answer-once.ts';
import { listOf } from './envelope.ts';
import { ApiError } from './errors.ts';
import { page, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { defineRoute, type Route } from './route.ts';
import { instant as instantField, oneOf } from './schemas.ts';
import { envelopeOf, instant, listOf as listSchemaOf, statusOf } from './shapes.ts';
import { requireEndpoint, SUBSCRIBERS } from './webhook-access.ts';
import { deliveryEnvelope, eventOfDelivery } from './webhook-view.ts';

/** Of one request; a longer range is replayed in parts. */
const REPLAY_MAX = 10_000;

const listDeliveriesQuery = z.strictObject({
  ...page,
  status: oneOf(['pending', 'delivered', 'failed']).optional(),
});
const testEndpointBody = z.strictObject({});
const replayBody = z.strictObject({
  from: instantField,
  to: instantField.optional(),
  types: z.array(oneOf(EVENT_TYPES)).min(1).max(EVENT_TYPES.length).optional(),
});

const delivery = envelopeOf(
  'WebhookDelivery',
  'webhook_delivery',
  z.strictObject({
    id: z.string(),
    webhookEndpointId: z.string(),
    eventId: z.string(),
    eventType: z.enum(EVENT_TYPES),
    escrowOrderId: z.string().nullable(),
    sequence: z.int().nullable(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int32(),
    replays: z.int32(),
    lastStatusCode: z.int32().nullable(),
    lastError: z.string().nullable(),
    lastDurationMs: z.int32().nullable(),
    lastAttemptAt: instant.nullable(),
    nextAttemptAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    createdAt: instant,
  }),
);
export const deliveryList = listSchemaOf('WebhookDeliveryList', delivery);

const NO_FILTER = { eventId: null, types: null, orderId: null, intentId: null, created: ALWAYS, recorded: ALWAYS };

export const WEBHOOK_DELIVERY_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'testWebhookEndpoint',
    method: 'post',
    path: PATHS.testEndpoint,
    tag: 'Events and webhooks',
    summary: 'Send a test event',
    description:
      'To this endpoint alone, whatever types it wants. Read what became of it in the endpoint’s deliveries.',
    body: testEndpointBody,
    successes: { 202: { description: 'Its delivery', schema: delivery } },
    reasons: ['webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const keyed = call.keyed();
      const endpoint = requireEnabled(await requireEndpoint(deps, call));
      const { merchantId, mode } = endpoint;
      const { answer } = await answerOnce(deps, keyed, async (db) => {
        const id = typeid('evt').toString();
        const none = { orderId: null, sequence: null, version: null };
        const data = { endpointId: endpoint.id, message: 'This is a test' };
        await insertEvents(db, [{ id, ...none, type: TEST_EVENT, data, createdAt: new Date(), merchantId, mode }]);
        return { status: 202, body: deliveryEnvelope(await sendAgain(db, endpoint, id)) };
      });
      return answer;
    },
  }),
  defineRoute({
    operationId: 'listWebhookDeliveries',
    method: 'get',
    path: PATHS.deliveries,
    tag: 'Events and webhooks',
    summary: 'List what was sent to a webhook endpoint, the latest first',
    description: '`status=failed` lists what was given up.',
    query: listDeliveriesQuery,
    successes: { 200: { description: 'A page', schema: deliveryList } },
    reasons: ['webhook_endpoint_missing'],
    access: SUBSCRIBERS,
    async handle({ db }, call) {
      const { limit, starting_after: after, status } = call.query;
      const endpoint = await requireEndpoint({ db }, call);
      const cursor = await requireCursor(after, "this endpoint's deliveries", async (id) => {
        const eventId = eventOfDelivery(endpoint.id, id);
        return eventId === null ? null : findDelivery(db, endpoint.id, eventId);
      });
      const rows = await listDeliveries(db, endpoint.id, { limit: limit + 1, cursor, status: status ?? null });
      return { status: 200, body: listOf(rows, limit, deliveryEnvelope) };
    },
  }),
  defineRoute({
    operationId: 'replayToWebhookEndpoint',
    method: 'post',
    path: PATHS.replayTo,
    tag: 'Events and webhooks',
    summary: 'Deliver the events of a time once more',
    description: 'Those recorded from `from` on and before `to`, the oldest first, at most 10 000 at a time.',
    body: replayBody,
    bodyExample: { from: '2026-01-31T12:00:00Z', to: '2026-01-31T13:00:00Z' },
    successes: {
      202: {
        description: 'How many',
        schema: statusOf('WebhookReplay', 'webhook_replay', 'started', { count: z.int32(), hasMore: z.boolean() }),
      },
    },
    reasons: ['webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    access: SUBSCRIBERS,
    async handle(deps, call) {
      const { from, to = null, types: wanted } = call.body;
      const keyed = call.keyed();
      const endpoint = requireEnabled(await requireEndpoint(deps, call));
      const types = wanted ?? endpoint.eventTypes;
      const { answer } = await answerOnce(deps, keyed, async (db) => {
        const count = await replayEvents(db, endpoint, {
          ...NO_FILTER,
          types: types && storedTypes(types),
          recorded: { from, before: to },
          limit: REPLAY_MAX,
        });
        await endPause(db, endpoint.id);
        const hasMore = count === REPLAY_MAX;
        return { status: 202, body: { object: 'webhook_replay', status: 'started', count, hasMore } };
      });
      return answer;
    },
  }),
];

/** Delivers one event once more, or for the first time; answers its delivery. */
export async function sendAgain(db: Statements, endpoint: EndpointRow, eventId: string) {
  await replayEvents(db, endpoint, { ...NO_FILTER, eventId, limit: 1 });
  await endPause(db, endpoint.id);
  const delivery = await findDelivery(db, endpoint.id, eventId);
  if (!delivery) throw new Error(`Event ${eventId} is not on its way to ${endpoint.id}`);
  return delivery;
}

/** @throws ApiError when nothing would be delivered */
export function requireEnabled(endpoint: EndpointRow): EndpointRow {
  if (endpoint.status === 'disabled') throw new ApiError('webhook_endpoint_disabled');
  return endpoint;
}

/** Operations of events and webhook endpoints. */
import { z } from 'zod';
import { listEventsQuery, replayEventBody } from '../api/events.ts';
import { listDeliveriesQuery, replayBody, testEndpointBody } from '../api/webhook-deliveries.ts';
import {
  changeEndpointBody,
  createEndpointBody,
  listEndpointsQuery,
  rotateSecretBody,
} from '../api/webhook-endpoints.ts';
import { EVENT_TYPES } from '../domain/published-events.ts';
import type { Operation } from './operation.ts';
import { actor, envelopeOf, instant, listOf, named, statusOf } from './shapes.ts';

const ENDPOINTS = '/v1/webhook-endpoints';
const ENDPOINT = `${ENDPOINTS}/:endpointId`;
const SUBSCRIBERS = ['merchant', 'operator'] as const;
const ROLE = 'webhook_role_not_allowed';

export const event = named(
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
const deliveryList = listOf('WebhookDeliveryList', delivery);

export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'listEvents',
    method: 'get',
    path: '/v1/events',
    tag: 'Events and webhooks',
    summary: 'List events, the last recorded first',
    description:
      'Every event is here, whether or not a webhook told of it. To follow them, ask with `order=asc` and go on with `starting_after` the last one, also after an empty page: none is missed, however late it was recorded. `recorded[gte]` and `recorded[lt]` are about when an event was recorded, `created[gte]` and `created[lt]` about when it happened on the clock of its order, which may be earlier, or far ahead in test mode.',
    query: listEventsQuery,
    successes: { 200: { description: 'A page', schema: listOf('EventList', event) } },
    reasons: [ROLE],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'getEvent',
    method: 'get',
    path: '/v1/events/:eventId',
    tag: 'Events and webhooks',
    summary: 'Read an event',
    description: 'As webhooks send it.',
    successes: { 200: { description: 'The event, as webhooks send it', schema: event } },
    reasons: [ROLE, 'event_missing'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'replayEvent',
    method: 'post',
    path: '/v1/events/:eventId/replay',
    tag: 'Events and webhooks',
    summary: 'Deliver an event once more',
    description:
      'To one endpoint, or without `webhookEndpointId` to all enabled ones that want its type. The bytes are the same.',
    body: replayEventBody,
    bodyExample: {},
    successes: { 202: { description: 'The deliveries', schema: deliveryList } },
    reasons: [ROLE, 'event_missing', 'webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'createWebhookEndpoint',
    method: 'post',
    path: ENDPOINTS,
    tag: 'Events and webhooks',
    summary: 'Have events sent to a URL',
    description:
      'From now on, events of the types in `events` are sent there, `*` being all. Verify them with the secret in the answer, which is not shown again.',
    body: createEndpointBody,
    bodyExample: { url: 'https://shop.example.com/webhooks', events: ['milestone.released', 'payout.paid'] },
    successes: { 201: { description: 'The endpoint with its secret, shown this once', schema: newEndpoint } },
    reasons: [ROLE, 'webhook_url_refused', 'webhook_endpoints_full', 'webhooks_unavailable', 'idempotency_key_refused'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'listWebhookEndpoints',
    method: 'get',
    path: ENDPOINTS,
    tag: 'Events and webhooks',
    summary: 'List webhook endpoints, the latest first',
    description: 'Those of the key’s merchant and mode, a page at a time.',
    query: listEndpointsQuery,
    successes: { 200: { description: 'A page', schema: listOf('WebhookEndpointList', endpoint) } },
    reasons: [ROLE],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'getWebhookEndpoint',
    method: 'get',
    path: ENDPOINT,
    tag: 'Events and webhooks',
    summary: 'Read a webhook endpoint',
    description: 'Also tells whether its deliveries fail, and since when.',
    successes: { 200: { description: 'The endpoint', schema: endpoint } },
    reasons: [ROLE, 'webhook_endpoint_missing'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'changeWebhookEndpoint',
    method: 'patch',
    path: ENDPOINT,
    tag: 'Events and webhooks',
    summary: 'Change, disable or enable a webhook endpoint',
    description: 'A disabled endpoint misses what happens meanwhile. It can be replayed when it is enabled again.',
    body: changeEndpointBody,
    bodyExample: { status: 'disabled' },
    successes: { 200: { description: 'The endpoint', schema: endpoint } },
    reasons: [ROLE, 'webhook_endpoint_missing', 'webhook_url_refused'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'deleteWebhookEndpoint',
    method: 'delete',
    path: ENDPOINT,
    tag: 'Events and webhooks',
    summary: 'Delete a webhook endpoint',
    description: 'Nothing is sent to it any more, also what was waiting.',
    successes: {
      200: {
        description: 'It is gone',
        schema: statusOf('WebhookEndpointDeletion', 'webhook_endpoint', 'deleted', {}),
      },
    },
    reasons: [ROLE, 'webhook_endpoint_missing'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'rotateWebhookSecret',
    method: 'post',
    path: `${ENDPOINT}/rotate-secret`,
    tag: 'Events and webhooks',
    summary: 'Give a webhook endpoint another secret',
    description: 'For `overlapSeconds`, 24 hours unless told otherwise, webhooks are signed with both.',
    body: rotateSecretBody,
    bodyExample: { overlapSeconds: 86_400 },
    successes: { 200: { description: 'The endpoint with its new secret, shown this once', schema: newEndpoint } },
    reasons: [ROLE, 'webhook_endpoint_missing', 'webhooks_unavailable', 'idempotency_key_refused'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'testWebhookEndpoint',
    method: 'post',
    path: `${ENDPOINT}/test`,
    tag: 'Events and webhooks',
    summary: 'Send a test event',
    description:
      'To this endpoint alone, whatever types it wants. Read what became of it in the endpoint’s deliveries.',
    body: testEndpointBody,
    successes: { 202: { description: 'Its delivery', schema: delivery } },
    reasons: [ROLE, 'webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'listWebhookDeliveries',
    method: 'get',
    path: `${ENDPOINT}/deliveries`,
    tag: 'Events and webhooks',
    summary: 'List what was sent to a webhook endpoint, the latest first',
    description: '`status=failed` lists what was given up.',
    query: listDeliveriesQuery,
    successes: { 200: { description: 'A page', schema: deliveryList } },
    reasons: [ROLE, 'webhook_endpoint_missing'],
    roles: SUBSCRIBERS,
  },
  {
    operationId: 'replayToWebhookEndpoint',
    method: 'post',
    path: `${ENDPOINT}/replay`,
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
    reasons: [ROLE, 'webhook_endpoint_missing', 'webhook_endpoint_disabled'],
    roles: SUBSCRIBERS,
  },
];

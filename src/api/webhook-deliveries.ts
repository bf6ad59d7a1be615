/**
 * Routes of what is delivered to a webhook endpoint: its deliveries, a test event, replays.
 */
import { type Request, type Response, Router } from 'express';
import { typeid } from 'typeid-js';
import { z } from 'zod';
import { ALWAYS, insertEvents } from '../db/events.ts';
import { findDelivery, listDeliveries, replayEvents } from '../db/webhook-deliveries.ts';
import { type EndpointRow, endPause, type Statements } from '../db/webhook-endpoints.ts';
import { EVENT_TYPES, storedTypes, TEST_EVENT } from '../domain/published-events.ts';
import { answerOnce } from './answer-once.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { listOf } from './render.ts';
import { route } from './routing.ts';
import { instant, oneOf, page } from './schemas.ts';
import { readFields } from './validation.ts';
import { requireEndpoint } from './webhook-access.ts';
import { ENDPOINT } from './webhook-endpoints.ts';
import { deliveryEnvelope, eventOfDelivery } from './webhook-view.ts';

const TEST = `${ENDPOINT}/test`;
const REPLAY = `${ENDPOINT}/replay`;
/** Of one request; a longer range is replayed in parts. */
const REPLAY_MAX = 10_000;

export const listDeliveriesQuery = z.strictObject({
  ...page,
  status: oneOf(['pending', 'delivered', 'failed']).optional(),
});
export const testEndpointBody = z.strictObject({});
export const replayBody = z.strictObject({
  from: instant,
  to: instant.optional(),
  types: z.array(oneOf(EVENT_TYPES)).min(1).max(EVENT_TYPES.length).optional(),
});

type Dependencies = Pick<ApiDependencies, 'db' | 'proofs'>;

export function webhookDeliveryRoutes(deps: Dependencies): Router {
  const router = Router();
  route(
    router,
    `${ENDPOINT}/deliveries`,
    { get: (request, response) => list(deps, request, response) },
    { get: listDeliveriesQuery },
  );
  route(router, TEST, { post: (request, response) => test(deps, request, response) });
  route(router, REPLAY, { post: (request, response) => replay(deps, request, response) });
  return router;
}

async function list(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const { limit, starting_after: after, status } = readFields(listDeliveriesQuery, request.query);
  const endpoint = await requireEndpoint(deps, callerOf(response), request);
  const eventId = after === undefined ? null : eventOfDelivery(endpoint.id, after);
  const cursor = eventId === null ? null : await findDelivery(deps.db, endpoint.id, eventId);
  if (after !== undefined && cursor === null) {
    const message = `starting_after must be the id of one of this endpoint's deliveries, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listDeliveries(deps.db, endpoint.id, { limit: limit + 1, cursor, status: status ?? null });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, deliveryEnvelope) });
}

/** Sends an event that means nothing, so that a receiver can be tried out. */
async function test(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const keyed = readKeyedRequest(request, caller, TEST, readFields(testEndpointBody, request.body));
  const endpoint = requireEnabled(await requireEndpoint(deps, caller, request));
  const { merchantId, mode } = endpoint;
  const { answer } = await answerOnce(deps, keyed, async (db) => {
    const id = typeid('evt').toString();
    const none = { orderId: null, sequence: null, version: null };
    const data = { endpointId: endpoint.id, message: 'This is a test' };
    await insertEvents(db, [{ id, ...none, type: TEST_EVENT, data, createdAt: new Date(), merchantId, mode }]);
    return { status: 202, body: deliveryEnvelope(await sendAgain(db, endpoint, id)) };
  });
  sendAnswer(response, answer);
}

async function replay(deps: Dependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(replayBody, request.body);
  const keyed = readKeyedRequest(request, caller, REPLAY, body);
  const endpoint = requireEnabled(await requireEndpoint(deps, caller, request));
  const types = body.types ?? endpoint.eventTypes;
  const { answer } = await answerOnce(deps, keyed, async (db) => {
    const count = await replayEvents(db, endpoint, {
      ...NO_FILTER,
      types: types && storedTypes(types),
      recorded: { from: body.from, before: body.to ?? null },
      limit: REPLAY_MAX,
    });
    await endPause(db, endpoint.id);
    return { status: 202, body: { object: 'webhook_replay', status: 'started', count, hasMore: count === REPLAY_MAX } };
  });
  sendAnswer(response, answer);
}

const NO_FILTER = { eventId: null, types: null, orderId: null, intentId: null, created: ALWAYS, recorded: ALWAYS };

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

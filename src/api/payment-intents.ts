/**
 * Routes of payment intents: /v1/payment-intents
 */
import { type Request, type Response, Router } from 'express';
import { typeid } from 'typeid-js';
import { findClaim, findIntent, listIntents } from '../db/queries.ts';
import type { ActorRole } from '../domain/commands.ts';
import { requireIntent } from './access.ts';
import { sendAnswer } from './answers.ts';
import { actorOf, type Caller, callerOf } from './auth.ts';
import { carryOut, requireSameRequest } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { collectFunds } from './funding.ts';
import { readKeyedRequest } from './idempotency.ts';
import { createIntent } from './intent-creation.ts';
import { rememberOpening } from './openings.ts';
import { intentEnvelope, listOf } from './render.ts';
import { pathId, route } from './routing.ts';
import { confirmIntentBody, createIntentBody, listIntentsQuery } from './schemas.ts';
import { readFields } from './validation.ts';

const INTENTS = '/v1/payment-intents';
const INTENT = `${INTENTS}/:intentId`;

export function paymentIntentRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(
    router,
    INTENTS,
    {
      get: (request, response) => list(deps, request, response),
      post: (request, response) => create(deps, request, response),
    },
    { get: listIntentsQuery },
  );
  route(router, INTENT, { get: (request, response) => show(deps, request, response) });
  route(router, `${INTENT}/confirm`, { post: (request, response) => confirm(deps, request, response) });
  return router;
}

/** Who may create payment intents: the merchant, and the operator for them. */
const MAKERS: readonly ActorRole[] = ['merchant', 'operator'];

async function create(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  if (!MAKERS.includes(caller.role)) {
    throw new ApiError('role_not_allowed', {
      message: `A key of role ${caller.role} may not create payment intents`,
    });
  }
  const body = readFields(createIntentBody, request.body, 'payment_intent_invalid');
  const keyed = readKeyedRequest(request, caller, INTENTS, body);
  sendAnswer(response, await createIntent(deps, caller, body, keyed));
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const { intent } = await requireIntent(deps.db, callerOf(response), pathId(request, 'intentId'), findIntent);
  sendAnswer(response, { status: 200, body: intentEnvelope(intent) });
}

async function list(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { limit, starting_after: after, status, ...created } = readFields(listIntentsQuery, request.query);
  const cursor = after === undefined ? null : await requireCursor(deps, caller, after);
  const rows = await listIntents(deps.db, caller, {
    limit: limit + 1,
    cursor,
    intentId: caller.boundTo?.intentId ?? null,
    status: status ?? null,
    createdFrom: created['created[gte]'] ?? null,
    createdBefore: created['created[lt]'] ?? null,
  });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, intentEnvelope) });
}

/** Funds the intent's escrow order in full. */
async function confirm(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(confirmIntentBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${INTENT}/confirm`, body);
  const { intent, order } = await requireIntent(deps.db, caller, pathId(request, 'intentId'), findIntent);
  if (!order) throw new ApiError('intent_not_confirmable');
  rememberOpening(deps.db, order);
  const command = {
    id: typeid('cmd').toString(),
    type: 'order.fund' as const,
    actor: actorOf(caller),
    receivedAt: Date.now(),
    turnWaitMs: 0,
  };
  // A key of another request is refused before anything is collected, not after.
  const claim = keyed && (await findClaim(deps.db, keyed.scope));
  if (keyed && claim) requireSameRequest(deps.proofs, claim, keyed);
  const toTell = await deps.places.whileWaiting(caller, () => collectFunds(deps, intent, order, command, keyed));
  sendAnswer(response, await carryOut(deps, { caller, order, keyed, ...toTell }));
}

/** The intent that a page starts after. */
async function requireCursor(deps: ApiDependencies, caller: Caller, id: string) {
  const found = await findIntent(deps.db, id);
  if (found?.intent.merchantId === caller.merchantId && found.intent.mode === caller.mode) return found.intent;
  const message = `starting_after must be the id of one of your payment intents, got ${JSON.stringify(id)}`;
  throw new ApiError('field_invalid', { message, param: 'starting_after' });
}

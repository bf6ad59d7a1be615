/**
 * Routes of escrow orders: /v1/payment-intents/:intentId/escrow
 */
import { type Request, type Response, Router } from 'express';
import { typeid } from 'typeid-js';
import { findIntentWithMilestones } from '../db/milestone-reads.ts';
import type { Command } from '../domain/commands.ts';
import { requireIntent, requireOrder } from './access.ts';
import { sendAnswer } from './answers.ts';
import { actorOf, callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { refuseWhileCollecting } from './funding.ts';
import { readKeyedRequest } from './idempotency.ts';
import { orderEnvelope } from './render.ts';
import { pathId, route } from './routing.ts';
import { amountIn, PAGE_MAX, reasonBody, refundOrderBody } from './schemas.ts';
import { readFields } from './validation.ts';

const INTENT = '/v1/payment-intents/:intentId';

export function escrowOrderRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, `${INTENT}/escrow`, { get: (request, response) => show(deps, request, response) });
  route(router, `${INTENT}/escrow/refund`, { post: (request, response) => refund(deps, request, response) });
  route(router, `${INTENT}/escrow/cancel`, {
    post: (request, response) => close(deps, request, response, 'order.cancel'),
  });
  route(router, `${INTENT}/cancel`, {
    post: (request, response) => close(deps, request, response, 'payment_intent.cancel'),
  });
  return router;
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const intentId = pathId(request, 'intentId');
  const found = await requireIntent(deps.db, callerOf(response), intentId, (db, id) =>
    findIntentWithMilestones(db, id, PAGE_MAX),
  );
  if (found.intent.type !== 'DELIVERY_VS_PAYMENT') throw new ApiError('not_delivery_versus_payment');
  if (!found.order) throw new ApiError('escrow_order_missing');
  sendAnswer(response, {
    status: 200,
    body: orderEnvelope({ ...found, order: found.order }),
  });
}

/** Unallocated money back to the buyer. */
async function refund(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(refundOrderBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${INTENT}/escrow/refund`, body);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const { amount, reason } = body;
  const command: Command = {
    ...base(response),
    type: 'order.refund',
    ...(amount !== undefined && { amount: amountIn(order.currency, amount) }),
    ...(reason !== undefined && { details: { reason } }),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

/** Ends an order: a funded one with a refund of what is left, or one that was never funded with its intent. */
async function close(
  deps: ApiDependencies,
  request: Request,
  response: Response,
  type: 'order.cancel' | 'payment_intent.cancel',
): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(reasonBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${INTENT}/${type}`, body);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  await refuseWhileCollecting(deps.db, order.paymentIntentId);
  const { reason } = body;
  const command: Command = { ...base(response), type, ...(reason !== undefined && { details: { reason } }) };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

function base(response: Response) {
  return { id: typeid('cmd').toString(), actor: actorOf(callerOf(response)), receivedAt: Date.now(), turnWaitMs: 0 };
}

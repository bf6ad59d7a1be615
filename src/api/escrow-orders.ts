/**
 * Routes of escrow orders: /v1/payment-intents/:intentId/escrow
 */
import { type Request, type Response, Router } from 'express';
import { findIntentWithMilestones } from '../db/queries.ts';
import { requireIntent } from './access.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { orderEnvelope } from './render.ts';
import { pathId, route } from './routing.ts';

export function escrowOrderRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, '/v1/payment-intents/:intentId/escrow', { get: (request, response) => show(deps, request, response) });
  return router;
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const intentId = pathId(request, 'intentId');
  const found = await requireIntent(deps.db, callerOf(response), intentId, findIntentWithMilestones);
  if (found.intent.type !== 'DELIVERY_VS_PAYMENT') throw new ApiError('not_delivery_versus_payment');
  if (!found.order) throw new ApiError('escrow_order_missing');
  sendAnswer(response, { status: 200, body: orderEnvelope(found.intent, found.order, found.milestones) });
}

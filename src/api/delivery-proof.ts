/**
 * The published route for proofs of delivery: /v1/payment-intents/:intentId/escrow/delivery-proof. Tranche executes
 * orders that are locked by milestones, and those are proven milestone by milestone; so this only ever refuses.
 */
import { type Request, type Response, Router } from 'express';
import { requireOrder } from './access.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { pathId, route } from './routing.ts';

export function deliveryProofRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, '/v1/payment-intents/:intentId/escrow/delivery-proof', {
    post: (request, response) => submit(deps, request, response),
  });
  return router;
}

/** Looks at no field: none could make a difference. */
async function submit(deps: ApiDependencies, request: Request, response: Response): Promise<never> {
  const { releaseType } = await requireOrder(deps.db, callerOf(response), pathId(request, 'intentId'));
  if (releaseType === 'MILESTONE_LOCKED') throw new ApiError('delivery_proof_not_needed');
  const message = `Cannot submit delivery proof: orders with release type ${releaseType} are stored, but Tranche executes MILESTONE_LOCKED only`;
  throw new ApiError('release_type_not_executed', { message });
}

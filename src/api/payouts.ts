/**
 * Routes of payouts: /v1/payouts
 */
import { type Request, type Response, Router } from 'express';
import { typeid } from 'typeid-js';
import { z } from 'zod';
import { findPayout, listPayouts, type PayoutView } from '../db/payouts.ts';
import type { RetryPayout } from '../domain/commands.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import { sendAnswer } from './answers.ts';
import { actorOf, type Caller, callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { rememberOpening } from './openings.ts';
import { payoutEnvelope } from './payout-view.ts';
import { listOf } from './render.ts';
import { pathId, route } from './routing.ts';
import { page } from './schemas.ts';
import { readFields } from './validation.ts';
import { requirePayoutView } from './views.ts';

const PAYOUTS = '/v1/payouts';
const PAYOUT = `${PAYOUTS}/:payoutId`;

const STATUSES = { pending: 'PENDING', paid: 'PAID', failed: 'FAILED' } as const;
export const listPayoutsQuery = z.strictObject({
  ...page,
  status: z.enum(['pending', 'paid', 'failed'], 'one of pending, paid, failed').optional(),
});
export const retryPayoutBody = z.strictObject({});

export function payoutRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, PAYOUTS, { get: (request, response) => list(deps, request, response) }, { get: listPayoutsQuery });
  route(router, PAYOUT, { get: (request, response) => show(deps, request, response) });
  route(router, `${PAYOUT}/retry`, { post: (request, response) => retry(deps, request, response) });
  return router;
}

async function list(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  requirePayoutView(caller.role);
  const { limit, starting_after: after, status } = readFields(listPayoutsQuery, request.query);
  const cursor = after === undefined ? null : await ownPayout(deps, caller, after);
  if (after !== undefined && !cursor) {
    const message = `starting_after must be the id of one of your payouts, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listPayouts(deps.db, caller, {
    limit: limit + 1,
    cursor,
    status: status === undefined ? null : STATUSES[status],
  });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, payoutEnvelope) });
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  requirePayoutView(caller.role);
  const payout = await requirePayout(deps, caller, request);
  sendAnswer(response, { status: 200, body: payoutEnvelope(payout) });
}

/** Tries a failed payout again. Its order says whether it may be, like about every change. */
async function retry(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(retryPayoutBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${PAYOUT}/retry`, body);
  const payout = await requirePayout(deps, caller, request);
  const { orderId, paymentIntentId, milestoneIndex, merchantId, mode } = payout;
  rememberOpening(deps.db, { id: orderId, ...payout.order });
  const command: RetryPayout = {
    id: typeid('cmd').toString(),
    type: 'payout.retry',
    actor: actorOf(caller),
    receivedAt: Date.now(),
    turnWaitMs: 0,
    ...(milestoneIndex !== null && { milestoneIndex }),
  };
  const order = { id: orderId, paymentIntentId, merchantId, mode };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function requirePayout(deps: ApiDependencies, caller: Caller, request: Request): Promise<PayoutView> {
  const payout = await ownPayout(deps, caller, pathId(request, 'payoutId'));
  if (payout) return payout;
  throw new ApiError('payout_missing', { message: rejectionMessage('payout.retry', 'payout_missing', {}) });
}

/** Null also for another merchant's, and for the merchant's own of the other mode. */
async function ownPayout(deps: ApiDependencies, caller: Caller, id: string): Promise<PayoutView | null> {
  const payout = await findPayout(deps.db, id);
  return payout?.merchantId === caller.merchantId && payout.mode === caller.mode ? payout : null;
}

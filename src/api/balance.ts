/**
 * Route of the merchant's money: /v1/balance
 */
import { type Response, Router } from 'express';
import { balancesOf } from '../db/payouts.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { route } from './routing.ts';
import { requirePayoutView } from './views.ts';

export function balanceRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, '/v1/balance', { get: (_request, response) => show(deps, response) });
  return router;
}

/**
 * By currency: what lies in escrow for this merchant's orders, what was released to the merchant and not paid out
 * yet, also because a payout failed, and what was paid out.
 */
async function show(deps: ApiDependencies, response: Response): Promise<void> {
  const caller = callerOf(response);
  requirePayoutView(caller.role);
  const data = await balancesOf(deps.db, caller);
  sendAnswer(response, { status: 200, body: { id: caller.merchantId, object: 'balance', data } });
}

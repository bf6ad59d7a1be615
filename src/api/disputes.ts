/**
 * Routes of disputes: /v1/payment-intents/:intentId/escrow/dispute
 */
import { type Request, type Response, Router } from 'express';
import type { Command } from '../domain/commands.ts';
import { milestoneIndexOf } from '../domain/ids.ts';
import { DISPUTE_WINDOW_DEFAULT_SECONDS } from '../domain/terms.ts';
import { milestoneMissing, type OrderIdentity, requireOrder } from './access.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { readKeyedRequest } from './idempotency.ts';
import { newCommand, unwaitingCommand } from './new-command.ts';
import { pathId, route } from './routing.ts';
import { amountIn, raiseDisputeBody, reasonBody, resolveDisputeBody } from './schemas.ts';
import { readFields } from './validation.ts';

const DISPUTE = '/v1/payment-intents/:intentId/escrow/dispute';
const ORDER_MISSING = 'Escrow order not found'; // published for this route, shorter than elsewhere

export function disputeRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, DISPUTE, { post: (request, response) => raise(deps, request, response) });
  route(router, `${DISPUTE}/resolve`, { post: (request, response) => resolve(deps, request, response) });
  route(router, `${DISPUTE}/withdraw`, { post: (request, response) => withdraw(deps, request, response) });
  return router;
}

/** Has no turn to wait for: there is nothing to object to in a milestone that is yet to be created. */
async function raise(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(raiseDisputeBody, request.body);
  const { milestoneId, disputeWindow, reason, raisedBy } = body;
  // Until 0.3.0 a window that was left out was read as the published default, and keys of then are still repeated.
  const asked = { ...body, disputeWindow: disputeWindow ?? String(DISPUTE_WINDOW_DEFAULT_SECONDS) };
  const keyed = readKeyedRequest(request, caller, DISPUTE, asked);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'), ORDER_MISSING);
  const command: Command = {
    ...unwaitingCommand(caller),
    type: 'dispute.raise',
    ...(milestoneId !== undefined && { milestoneIndex: indexOf(order, milestoneId) }),
    ...(disputeWindow !== undefined && { windowSeconds: Number(disputeWindow) }),
    details: { reason, raisedBy },
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

/** What pays the merchant may wait for its turn, as a release may. */
async function resolve(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(resolveDisputeBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${DISPUTE}/resolve`, body);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const { resolution, reason } = body;
  const amountOf = (name: 'merchantAmount' | 'buyerAmount') =>
    body[name] !== undefined && { [name]: amountIn(order.currency, body[name], 'field_invalid', name) };
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type: 'dispute.resolve',
    resolution,
    ...amountOf('merchantAmount'),
    ...amountOf('buyerAmount'),
    ...(reason !== undefined && { details: { reason } }),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function withdraw(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { reason } = readFields(reasonBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${DISPUTE}/withdraw`, { reason });
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const command: Command = {
    ...unwaitingCommand(caller),
    type: 'dispute.withdraw',
    ...(reason !== undefined && { details: { reason } }),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

function indexOf(order: OrderIdentity, milestoneId: string): number {
  const index = milestoneIndexOf(order.id, milestoneId);
  if (index === null) throw milestoneMissing();
  return index;
}

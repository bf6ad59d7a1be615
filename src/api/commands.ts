/**
 * Routes of commands: /v1/commands/:commandId
 */
import { type Request, type Response, Router } from 'express';
import { typeid } from 'typeid-js';
import { requireBoundOrder } from './access.ts';
import { orderOfCommand, sendAnswer, viewCommand } from './answers.ts';
import { actorOf, callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { pathId, route } from './routing.ts';
import { cancelCommandBody } from './schemas.ts';
import { readFields } from './validation.ts';
import { seesPayouts } from './views.ts';

const COMMAND = '/v1/commands/:commandId';

export function commandRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, COMMAND, { get: (request, response) => show(deps, request, response) });
  route(router, `${COMMAND}/cancel`, { post: (request, response) => cancel(deps, request, response) });
  return router;
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const command = await viewCommand(deps, caller, pathId(request, 'commandId'));
  if (!command) throw new ApiError('command_missing');
  if (command.data.type.startsWith('payout.') && !seesPayouts(caller.role)) throw new ApiError('command_missing');
  requireBoundOrder(caller, command.data.escrowOrderId);
  sendAnswer(response, { status: 200, body: command });
}

/** Withdraws a command that waits for its turn. */
async function cancel(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const keyed = readKeyedRequest(request, caller, `${COMMAND}/cancel`, readFields(cancelCommandBody, request.body));
  const targetCommandId = pathId(request, 'commandId');
  const order = await orderOfCommand(deps, caller, targetCommandId);
  if (!order) throw new ApiError('command_missing');
  requireBoundOrder(caller, order.id);
  const command = {
    id: typeid('cmd').toString(),
    type: 'command.cancel' as const,
    actor: actorOf(caller),
    receivedAt: Date.now(),
    turnWaitMs: 0,
    targetCommandId,
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

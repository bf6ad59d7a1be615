/**
 * The test clock of an order: /v1/payment-intents/:intentId/escrow/advance-clock
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import type { Database } from '../db/client.ts';
import { readOrder } from '../db/order-log.ts';
import type { Command } from '../domain/commands.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import { requireOrder } from './access.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { readKeyedRequest } from './idempotency.ts';
import { unwaitingCommand } from './new-command.ts';
import { pathId, route } from './routing.ts';
import { advanceClockBody } from './schemas.ts';
import { readFields } from './validation.ts';

const ADVANCE_CLOCK = '/v1/payment-intents/:intentId/escrow/advance-clock';
const LOOK_AGAIN_MS = 50;

export function clockRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, ADVANCE_CLOCK, { post: (request, response) => advance(deps, request, response) });
  return router;
}

/** Whoever advances the clock wants to see what that does, so the answer waits for it. */
async function advance(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { seconds } = readFields(advanceClockBody, request.body);
  const keyed = readKeyedRequest(request, caller, ADVANCE_CLOCK, { seconds });
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const command: Command = { ...unwaitingCommand(caller), type: 'order.advance_clock', seconds };
  const answer = await carryOut(deps, { caller, order, command, keyed });
  if (answer.status === 200) await untilExpired(deps.db, order.id, Date.now() + deps.config.commandWaitMs);
  sendAnswer(response, answer);
}

/**
 * Waits until all that had expired by now is recorded. Most is recorded together with the command; the rest follows
 * at once when there are other commands to take first, or more deadlines than go into one commit.
 */
async function untilExpired(db: Database, orderId: string, giveUpAt: number): Promise<void> {
  const now = Date.now();
  for (;;) {
    const order = await readOrder(db, orderId);
    const deadline = order && nextDeadline(order);
    if (deadline === null || deadline > now || Date.now() >= giveUpAt) return;
    await sleep(LOOK_AGAIN_MS);
  }
}

/**
 * Routes of an order's milestones: /v1/payment-intents/:intentId/escrow/milestones
 */
import { type Request, type Response, Router } from 'express';
import { findMilestoneWithPayout, listMilestones } from '../db/milestone-reads.ts';
import type { Command, CommandType } from '../domain/commands.ts';
import { milestoneIndexOf } from '../domain/ids.ts';
import { milestoneMissing, type OrderIdentity, requireMilestoneLocked, requireOrder } from './access.ts';
import { sendAnswer } from './answers.ts';
import { type Caller, callerOf, holderOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { newCommand, withoutMissing } from './new-command.ts';
import { listOf, milestoneEnvelope } from './render.ts';
import { pathId, route } from './routing.ts';
import {
  amendMilestoneBody,
  amountIn,
  completeMilestoneBody,
  createMilestoneBody,
  extendMilestoneBody,
  listMilestonesQuery,
  reasonBody,
  releaseMilestoneBody,
  reopenMilestoneBody,
} from './schemas.ts';
import { readFields } from './validation.ts';

const MILESTONES = '/v1/payment-intents/:intentId/escrow/milestones';
const MILESTONE = `${MILESTONES}/:milestoneId`;

export function milestoneRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(
    router,
    MILESTONES,
    {
      get: (request, response) => list(deps, request, response),
      post: (request, response) => create(deps, request, response),
    },
    { get: listMilestonesQuery },
  );
  route(router, MILESTONE, {
    get: (request, response) => show(deps, request, response),
    patch: (request, response) => amend(deps, request, response),
  });
  route(router, `${MILESTONE}/cancel`, {
    post: (request, response) => withReason(deps, request, response, 'milestone.cancel', reasonBody),
  });
  route(router, `${MILESTONE}/reopen`, {
    post: (request, response) => withReason(deps, request, response, 'milestone.reopen', reopenMilestoneBody),
  });
  route(router, `${MILESTONE}/complete`, { post: (request, response) => complete(deps, request, response) });
  route(router, `${MILESTONE}/release`, { post: (request, response) => release(deps, request, response) });
  route(router, `${MILESTONE}/extend`, { post: (request, response) => extend(deps, request, response) });
  return router;
}

/** The main route. */
async function create(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { milestoneIndex, amount, dueAt, ...details } = readFields(createMilestoneBody, request.body);
  const keyed = readKeyedRequest(request, caller, MILESTONES, { milestoneIndex, amount, dueAt, ...details });
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  requireMilestoneLocked(order, 'milestone.create');
  const command: Command = {
    ...newCommand(caller, request, response, deps.config.turnWaitMs),
    type: 'milestone.create',
    milestoneIndex,
    amount: amountIn(order.currency, amount),
    ...(dueAt !== undefined && { dueAt }),
    details: withoutMissing(details),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function complete(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const details = readFields(completeMilestoneBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${MILESTONE}/complete`, details);
  const { order, milestoneIndex } = await requireMilestone(deps, caller, request, 'milestone.complete');
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type: 'milestone.complete',
    milestoneIndex,
    details: withoutMissing(details),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function release(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(releaseMilestoneBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${MILESTONE}/release`, body);
  const { order, milestoneIndex } = await requireMilestone(deps, caller, request, 'milestone.release');
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type: 'milestone.release',
    milestoneIndex,
    ...(body.amount !== undefined && { amount: amountIn(order.currency, body.amount) }),
    details: { releasedBy: body.releasedBy ?? holderOf(caller) },
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function amend(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const body = readFields(amendMilestoneBody, request.body);
  const { amount, dueAt, ...details } = body;
  const keyed = readKeyedRequest(request, caller, MILESTONE, body);
  const { order, milestoneIndex } = await requireMilestone(deps, caller, request, 'milestone.amend');
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type: 'milestone.amend',
    milestoneIndex,
    ...(amount !== undefined && { amount: amountIn(order.currency, amount) }),
    ...(dueAt !== undefined && { dueAt }),
    details: withoutMissing(details),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

/** Gives the inspection more time. */
async function extend(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { seconds } = readFields(extendMilestoneBody, request.body);
  const keyed = readKeyedRequest(request, caller, `${MILESTONE}/extend`, { seconds });
  const { order, milestoneIndex } = await requireMilestone(deps, caller, request, 'milestone.extend');
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type: 'milestone.extend',
    milestoneIndex,
    seconds,
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

/** The commands that take nothing but a reason. */
async function withReason(
  deps: ApiDependencies,
  request: Request,
  response: Response,
  type: 'milestone.cancel' | 'milestone.reopen',
  schema: typeof reasonBody | typeof reopenMilestoneBody,
): Promise<void> {
  const caller = callerOf(response);
  const details = readFields(schema, request.body);
  const keyed = readKeyedRequest(request, caller, `${MILESTONE}/${type}`, details);
  const { order, milestoneIndex } = await requireMilestone(deps, caller, request, type);
  const command: Command = {
    ...newCommand(caller, request, response, 0),
    type,
    milestoneIndex,
    details: withoutMissing(details),
  };
  sendAnswer(response, await carryOut(deps, { caller, order, command, keyed }));
}

async function show(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const order = await requireOrder(deps.db, callerOf(response), pathId(request, 'intentId'));
  const index = milestoneIndexOf(order.id, pathId(request, 'milestoneId'));
  const milestone = index === null ? null : await findMilestoneWithPayout(deps.db, order.id, index);
  if (!milestone) throw milestoneMissing();
  sendAnswer(response, { status: 200, body: milestoneEnvelope(order, milestone) });
}

async function list(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const { limit, starting_after: after, status } = readFields(listMilestonesQuery, request.query);
  const order = await requireOrder(deps.db, callerOf(response), pathId(request, 'intentId'));
  const afterIndex = after === undefined ? -1 : milestoneIndexOf(order.id, after);
  if (afterIndex === null) {
    const message = `starting_after must be the id of one of this order's milestones, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listMilestones(deps.db, order.id, { limit: limit + 1, afterIndex, status: status ?? null });
  sendAnswer(response, { status: 200, body: listOf(rows, limit, (row) => milestoneEnvelope(order, row)) });
}

/**
 * The order and the position that a milestone's id stands for. Whether there is such a milestone is for the workflow
 * to say: with `handling=lenient` a command may wait for one that is yet to be created.
 */
async function requireMilestone(
  deps: ApiDependencies,
  caller: Caller,
  request: Request,
  commandType: CommandType,
): Promise<{ order: OrderIdentity; milestoneIndex: number }> {
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  requireMilestoneLocked(order, commandType);
  const milestoneIndex = milestoneIndexOf(order.id, pathId(request, 'milestoneId'));
  if (milestoneIndex === null) throw milestoneMissing();
  return { order, milestoneIndex };
}

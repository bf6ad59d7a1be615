/**
 * Several milestones at once: /v1/payment-intents/:intentId/escrow/milestones/batch
 */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { readOrder } from '../db/order-log.ts';
import type { Command, CreateMilestoneBatch } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { copyOf, type EscrowOrder } from '../domain/escrow-order.ts';
import { applyEntry } from '../domain/evolve.ts';
import type { Currency } from '../domain/money.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import { type OrderIdentity, requireMilestoneLocked, requireOrder } from './access.ts';
import { type Answer, sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import { carryOut } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, type ErrorBody } from './errors.ts';
import { readKeyedRequest } from './idempotency.ts';
import { unwaitingCommand, withoutMissing } from './new-command.ts';
import { pathId, route } from './routing.ts';
import { amountIn, milestoneBatchBody } from './schemas.ts';
import { readFields } from './validation.ts';

const BATCH = '/v1/payment-intents/:intentId/escrow/milestones/batch';

type Item = z.output<typeof milestoneBatchBody>['milestones'][number];
type CommandBase = Pick<Command, 'id' | 'actor' | 'receivedAt' | 'turnWaitMs'>;

export function milestoneBatchRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(router, BATCH, { post: (request, response) => create(deps, request, response) });
  return router;
}

/** A batch waits for nothing: a gap below it would hold up all of it. */
async function create(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const { milestones, dryRun = false } = readFields(milestoneBatchBody, request.body);
  // A dry run changes nothing, so it keeps no key, and is judged afresh each time.
  const keyed = dryRun ? null : readKeyedRequest(request, caller, BATCH, { milestones });
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  requireMilestoneLocked(order, 'milestone_batch.create');
  const base = unwaitingCommand(caller);
  if (dryRun) {
    sendAnswer(response, await judge(deps, order, base, milestones));
    return;
  }
  const tooFine = milestones.map((item, position) => decimalsProblem(order.currency, item, position)).find(Boolean);
  if (tooFine) throw tooFine;
  sendAnswer(response, await carryOut(deps, { caller, order, command: batchOf(base, milestones), keyed }));
}

function batchOf(base: CommandBase, items: readonly Item[]): CreateMilestoneBatch {
  return {
    ...base,
    type: 'milestone_batch.create',
    items: items.map(({ milestoneIndex, amount, dueAt }) => withoutMissing({ milestoneIndex, amount, dueAt })),
    details: {
      items: items.map(({ description, percentage, metadata }) =>
        withoutMissing({ description, percentage, metadata }),
      ),
    },
  };
}

/** What would become of each item, as a batch of its own after the valid ones with lower indexes. */
async function judge(
  { db }: ApiDependencies,
  { id }: OrderIdentity,
  base: CommandBase,
  items: readonly Item[],
): Promise<Answer> {
  const order = await readOrder(db, id);
  if (!order) throw new Error(`Escrow order ${id} was there a moment ago`);
  const draft = copyOf(order);
  const errors = new Map<number, ErrorBody['error']>();
  const inIndexOrder = [...items.entries()].sort(([, a], [, b]) => a.milestoneIndex - b.milestoneIndex);
  for (const [position, item] of inIndexOrder) {
    const refusal = decimalsProblem(order.currency, item, position) ?? take(draft, batchOf(base, [item]), position);
    if (refusal) errors.set(position, refusal.body.error);
  }
  const judged = items.map(({ milestoneIndex }, position) => {
    const error = errors.get(position);
    return { milestoneIndex, valid: !error, ...(error && { error }) };
  });
  return { status: 200, body: { object: 'milestone_batch', data: { valid: errors.size === 0, items: judged } } };
}

/** Adds a batch to the draft, or tells why it cannot be added. */
function take(draft: EscrowOrder, command: CreateMilestoneBatch, position: number): ApiError | null {
  const at = Math.max(draft.lastAt, command.receivedAt + draft.clockOffsetMs);
  const decision = decide(draft, command, at);
  if (decision.outcome === 'accepted') {
    applyEntry(draft, { commandId: command.id, at, outcome: 'accepted', events: decision.events });
    return null;
  }
  const { reason, detail } = decision;
  const message = rejectionMessage(command.type, reason, detail);
  const field = detail.param?.split('.').at(-1);
  return new ApiError(reason, { message, ...(field !== undefined && { param: paramOf(position, field) }) });
}

/** An amount with more decimals than its currency; null when it has no more. */
function decimalsProblem(currency: Currency, { amount }: Item, position: number): ApiError | null {
  try {
    amountIn(currency, amount, 'field_invalid', paramOf(position, 'amount'));
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function paramOf(position: number, field: string): string {
  return `milestones[${position}].${field}`;
}

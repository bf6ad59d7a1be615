/**
 * Several milestones at once: /v1/payment-intents/:intentId/escrow/milestones/batch
 */
import { z } from 'zod';
import { readOrder } from '../db/order-log.ts';
import type { Command, CreateMilestoneBatch } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { copyOf, type EscrowOrder } from '../domain/escrow-order.ts';
import { applyEntry } from '../domain/evolve.ts';
import type { Currency } from '../domain/money.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import type { OrderIdentity } from './access.ts';
import type { Answer } from './answers.ts';
import { carryOut } from './carry-out.ts';
import { commandBase, ofLockedOrder, withoutMissing } from './command-route.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, type ErrorBody } from './errors.ts';
import { milestoneList } from './milestone-shapes.ts';
import { PATHS } from './paths.ts';
import { defineRoute } from './route.ts';
import { amountIn, milestoneBatchBody } from './schemas.ts';
import { errorDetails, named } from './shapes.ts';

type Item = z.output<typeof milestoneBatchBody>['milestones'][number];
type CommandBase = Pick<Command, 'id' | 'actor' | 'receivedAt' | 'turnWaitMs'>;

const milestoneJudgement = named(
  'MilestoneJudgement',
  z.strictObject({ milestoneIndex: z.int32(), valid: z.boolean(), error: errorDetails.optional() }),
);
const milestoneBatchJudgement = named(
  'MilestoneBatchJudgement',
  z.strictObject({
    object: z.literal('milestone_batch'),
    data: named(
      'MilestoneBatchJudgementData',
      z.strictObject({ valid: z.boolean(), items: z.array(milestoneJudgement) }),
    ),
  }),
);

/** A batch waits for nothing: a gap below it would hold up all of it. */
export const MILESTONE_BATCH_ROUTE = defineRoute({
  operationId: 'createMilestoneBatch',
  method: 'post',
  path: PATHS.milestoneBatch,
  tag: 'Milestones',
  summary: 'Create several milestones, all or none',
  description: 'With `dryRun` nothing is created, and the answer tells for each item why it would be refused.',
  body: milestoneBatchBody,
  bodyExample: {
    milestones: [
      { milestoneIndex: 0, amount: '300.00' },
      { milestoneIndex: 1, amount: '700.00' },
    ],
  },
  successes: {
    201: { description: 'The milestones, in index order', schema: milestoneList },
    200: { description: 'Of a dry run: what would become of each item', schema: milestoneBatchJudgement },
  },
  reasons: [
    'escrow_order_missing',
    'order_not_milestone_locked',
    'order_closed',
    'order_disputed',
    'milestone_index_taken',
    'total_exceeds_order',
    'due_date_passed',
    'previous_milestone_missing',
  ],
  command: 'milestone_batch.create',
  openToBoundKeys: true,
  async handle(deps, call) {
    const { milestones, dryRun = false } = call.body;
    // A dry run changes nothing, so it keeps no key, and is judged afresh each time.
    const keyed = dryRun ? null : call.keyed({ milestones });
    const { order } = await ofLockedOrder(deps, call, 'milestone_batch.create');
    const base = commandBase(call.caller);
    if (dryRun) return judge(deps, order, base, milestones);
    const tooFine = milestones.map((item, position) => decimalsProblem(order.currency, item, position)).find(Boolean);
    if (tooFine) throw tooFine;
    return carryOut(deps, { caller: call.caller, order, command: batchOf(base, milestones), keyed });
  },
});

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

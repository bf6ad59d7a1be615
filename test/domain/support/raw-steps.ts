/** What a client, or a signal, would send for a step of the model. */
import type { CommandType } from '../../../src/domain/commands.ts';
import type { Currency } from '../../../src/domain/money.ts';
import type { Step, StepKind } from '../model/state.ts';

/** Decimals by currency, once more: the test must not believe the table it checks. */
export const DECIMALS = { USD: 2, EUR: 2, USDC: 6, USDT: 6, DAI: 18 } as const;

const TYPES: Record<StepKind, CommandType> = {
  create: 'milestone.create',
  batch: 'milestone_batch.create',
  complete: 'milestone.complete',
  release: 'milestone.release',
  amend: 'milestone.amend',
  drop: 'milestone.cancel',
  reopen: 'milestone.reopen',
  extend: 'milestone.extend',
  remind: 'milestone.remind',
  expire: 'milestone.expire',
  raise: 'dispute.raise',
  resolve: 'dispute.resolve',
  withdraw: 'dispute.withdraw',
  refund: 'order.refund',
  close: 'order.cancel',
  abandon: 'payment_intent.cancel',
  fund: 'order.fund',
  advance: 'order.advance_clock',
  settle: 'payout.settle',
  retry: 'payout.retry',
  cancel: 'command.cancel',
  garbage: 'milestone.create',
};

export function rawOf(step: Step, currency: Currency): { type: CommandType; raw: Record<string, unknown> } {
  const actor = { role: step.role, id: `${step.role}_1` };
  const envelope = { commandId: step.id, actor, receivedAt: step.receivedAt, turnWaitMs: step.wait };
  return { type: TYPES[step.kind], raw: { ...envelope, ...fieldsOf(step, currency) } };
}

function fieldsOf(step: Step, currency: Currency): Record<string, unknown> {
  const written = (minor: bigint) => decimal(minor, DECIMALS[currency]) + (step.isTooFine ? '1' : '');
  const amount = step.minor === null ? {} : { amount: written(step.minor) };
  const milestone = step.index === null ? {} : { milestoneIndex: step.index };
  const dueAt = step.due === null ? {} : { dueAt: step.due };
  switch (step.kind) {
    case 'create':
      return { ...milestone, ...amount, ...dueAt, description: step.id };
    case 'batch':
      return {
        milestones: step.items.map(({ index, minor, due }) => ({
          milestoneIndex: index,
          amount: written(minor),
          ...(due !== null && { dueAt: due }),
        })),
      };
    case 'amend':
      return { ...milestone, ...amount, dueAt: step.due };
    case 'reopen':
      return { ...milestone, reason: 'not yet' };
    case 'complete':
      return { ...milestone, completedBy: 'ann' };
    case 'release':
      return { ...milestone, ...amount };
    case 'extend':
      return { ...milestone, seconds: step.seconds };
    case 'raise':
      return { ...milestone, windowSeconds: step.seconds, reason: 'not as agreed' };
    case 'resolve': {
      const shares = { merchantAmount: written(step.minor ?? 1n), buyerAmount: written(step.rest) };
      return { resolution: step.verdict, ...(step.verdict === 'PARTIAL_REFUND' && shares) };
    }
    case 'refund':
      return amount;
    case 'advance':
      return { seconds: step.seconds };
    case 'settle':
      return { ...milestone, result: step.result, attempts: 1 };
    case 'cancel':
      return { targetCommandId: step.target };
    case 'garbage':
      return { ...milestone, amount: 'lots' };
    case 'drop':
    case 'remind':
    case 'expire':
    case 'retry':
      return milestone;
    case 'withdraw':
    case 'fund':
    case 'close':
    case 'abandon':
      return {};
  }
}

/** An amount as a client writes it, trailing zeros and all. */
export function decimal(minor: bigint, decimals: number): string {
  const digits = String(minor).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

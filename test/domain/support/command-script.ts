/**
 * Commands in words, for rule tests.
 *
 *   create 1 of 250.00 due 5000 wait 2000 received 1500 as b by buyer
 *   batch 0:10.00 1:20.00:5000 (due 5000), amend 1 due none, cancel-milestone 1, extend 0 by-seconds 60, remind 0, expire 0
 *   raise, raise 1 window 60, raise window own, resolve MERCHANT_WON, resolve PARTIAL_REFUND 60.00 40.00, withdraw
 *   refund of 50.00, cancel-order, cancel-intent, advance 60, settle 0 PAID, settle order FAILED, retry 0
 */
import { ACTOR_ROLES, type Command, type Resolution } from '../../../src/domain/commands.ts';

/** When everything happens unless a test says otherwise, in epoch milliseconds. */
export const NOW = 1_000;

/** Commands that name no milestone. */
const OF_THE_ORDER = ['fund', 'refund', 'cancel-order', 'cancel-intent', 'withdraw', 'batch', 'advance'];
/** Sent by Tranche, or by someone who is nobody's party, unless said otherwise; the rest by the merchant. */
const SENDERS: Record<string, Command['actor']['role']> = {
  remind: 'system',
  expire: 'system',
  settle: 'system',
  resolve: 'arbiter',
};

/** `create 1 of 250.00 wait 2000 received 1500 as b`; it refuses to wait and its id is `create-1` unless said so. */
export function command(words: string): Command {
  const [verb = '', ...rest] = words.split(' ');
  const option = (name: string): string | undefined => {
    const position = rest.indexOf(name);
    return position < 0 ? undefined : rest[position + 1];
  };
  const target = rest[0] ?? '';
  const wait = option('wait') ?? '0';
  const role = ACTOR_ROLES.find((one) => one === option('by')) ?? SENDERS[verb] ?? 'merchant';
  const base = {
    id: option('as') ?? (OF_THE_ORDER.includes(verb) || target === '' ? verb : `${verb}-${target}`),
    actor: { role, id: `${role}_1` },
    receivedAt: Number(option('received') ?? NOW),
    turnWaitMs: wait === 'forever' ? null : Number(wait),
  };
  const milestoneIndex = Number(target);
  const ofOne = /^[0-9]+$/.test(target) ? { milestoneIndex } : {};
  const amount = option('of');
  const ofAmount = amount === undefined ? {} : { amount };
  const due = option('due');
  switch (verb) {
    case 'create': {
      const dueAt = due === undefined ? {} : { dueAt: Number(due) };
      return { ...base, type: 'milestone.create', milestoneIndex, amount: amount ?? '100.00', ...dueAt };
    }
    case 'batch': {
      const items = rest.filter((word) => word.includes(':')).map((word) => word.split(':'));
      const listed = items.map(([index, each = '', at]) => ({
        ...{ milestoneIndex: Number(index), amount: each },
        ...(at !== undefined && { dueAt: Number(at) }),
      }));
      return { ...base, type: 'milestone_batch.create', items: listed };
    }
    case 'amend': {
      const dueAt = due === undefined ? {} : { dueAt: due === 'none' ? null : Number(due) };
      return { ...base, type: 'milestone.amend', milestoneIndex, ...ofAmount, ...dueAt };
    }
    case 'complete':
      return { ...base, type: 'milestone.complete', milestoneIndex };
    case 'release':
      return { ...base, type: 'milestone.release', milestoneIndex, ...ofAmount };
    case 'cancel-milestone':
      return { ...base, type: 'milestone.cancel', milestoneIndex };
    case 'reopen':
      return { ...base, type: 'milestone.reopen', milestoneIndex };
    case 'extend':
      return { ...base, type: 'milestone.extend', milestoneIndex, seconds: Number(option('by-seconds') ?? 60) };
    case 'remind':
      return { ...base, type: 'milestone.remind', milestoneIndex };
    case 'expire':
      return { ...base, type: 'milestone.expire', milestoneIndex };
    case 'raise':
      return { ...base, type: 'dispute.raise', ...ofOne, ...windowOf(option('window') ?? '604800') };
    case 'resolve':
      return { ...base, type: 'dispute.resolve', resolution: target as Resolution, ...splitOf(rest.slice(1, 3)) };
    case 'withdraw':
      return { ...base, type: 'dispute.withdraw' };
    case 'refund':
      return { ...base, type: 'order.refund', ...ofAmount };
    case 'cancel-order':
      return { ...base, type: 'order.cancel' };
    case 'cancel-intent':
      return { ...base, type: 'payment_intent.cancel' };
    case 'advance':
      return { ...base, type: 'order.advance_clock', seconds: Number(target) };
    case 'settle':
      return { ...base, type: 'payout.settle', ...ofOne, result: rest[1] === 'FAILED' ? 'FAILED' : 'PAID' };
    case 'retry':
      return { ...base, type: 'payout.retry', ...ofOne };
    case 'fund':
      return { ...base, type: 'order.fund' };
    case 'cancel':
      return { ...base, type: 'command.cancel', targetCommandId: target };
    default:
      throw new Error(`Not understood: ${words}`);
  }
}

function windowOf(words: string): object {
  return words === 'own' ? {} : { windowSeconds: Number(words) };
}

function splitOf([merchantAmount, buyerAmount]: string[]): object {
  const isSplit = merchantAmount !== undefined && /^[0-9]/.test(merchantAmount);
  return isSplit ? { merchantAmount, buyerAmount: buyerAmount ?? '' } : {};
}

/**
 * A small language for rule tests: orders, commands and outcomes in words, so that a rule fits on one line.
 *
 *   order     funded, auto-release, milestones COMPLETED PENDING, milestone 2 PENDING of 250.00
 *             milestone 0 RELEASED of 300.00 paid 200.00, refunded 50.00
 *   command   create 1 of 250.00 wait 2000 received 1500 as b
 *             amend 1 due none, cancel-milestone 1, refund of 50.00, cancel-order, cancel-intent
 *   outcome   rejected previous_milestone_open (0)
 */
import type { Command } from '../../../src/domain/commands.ts';
import type { EscrowOrder, Milestone, MilestoneStatus, OrderStatus } from '../../../src/domain/escrow-order.ts';
import { RELEASE_TYPES } from '../../../src/domain/escrow-order.ts';
import { violations } from '../../../src/domain/invariants.ts';
import { add, type Currency, subtract, sum, ZERO } from '../../../src/domain/money.ts';
import type { Decision, OrderEvent, ProposedEntry, RejectionDetail } from '../../../src/domain/outcomes.ts';

/** When everything happens unless a test says otherwise, in epoch milliseconds. */
export const NOW = 1_000;

/** An unfunded order of 1000.00 USDC without milestones. */
export function emptyOrder(overrides: Partial<EscrowOrder> = {}): EscrowOrder {
  return {
    id: 'escrow_order_abc123',
    paymentIntentId: 'intent_2xYz9AbC123',
    merchantId: 'merchant_1',
    mode: 'test',
    currency: 'USDC',
    amount: '1000.00',
    releaseType: 'MILESTONE_LOCKED',
    autoReleaseOnProof: false,
    status: 'PENDING',
    version: 0,
    lastAt: 0,
    funded: ZERO,
    allocated: ZERO,
    released: ZERO,
    refunded: ZERO,
    refundedUnallocated: ZERO,
    milestones: [],
    held: [],
    ...overrides,
  };
}

/** An order in words; without a currency and amounts it is 1000.00 USDC and its milestones 100.00 each. */
export function given(words: string): EscrowOrder {
  const parts: Partial<EscrowOrder> = {};
  const milestones: Milestone[] = [];
  const held: EscrowOrder['held'] = [];
  let funded = false;
  /** Of the refunded money: what belonged to no milestone, and the rests of partial releases. */
  let unallocated = ZERO;
  const rests: string[] = [];
  for (const clause of words.split(/, /)) {
    const [noun = '', ...rest] = clause.split(' ');
    const [first = '', second = ''] = rest;
    if (clause === 'empty') continue;
    else if (clause === 'funded') funded = true;
    else if (clause === 'completed') return completedOrder();
    else if (noun === 'milestones')
      milestones.push(...rest.filter((status) => status !== '').map((status) => milestoneOf(status)));
    else if (clause === 'auto-release') Object.assign(parts, { autoReleaseOnProof: true });
    else if (noun === 'order' && first === 'of')
      Object.assign(parts, { amount: second, currency: rest[2] as Currency });
    else if (noun === 'order') parts.status = first as OrderStatus;
    else if (RELEASE_TYPES.some((type) => type === noun)) Object.assign(parts, { releaseType: noun });
    else if (noun === 'refunded') unallocated = first;
    else if (noun === 'milestone') {
      milestones[Number(first)] = milestoneOf(second, rest[3]);
      if (rest[4] === 'paid') rests.push(subtract(rest[3] ?? '', rest[5] ?? ''));
    } else if (noun === 'held') held.push(heldInWords(rest.join(' ')));
    else throw new Error(`Not understood: ${clause}`);
  }
  const order = emptyOrder({ ...parts, milestones, held, ...totalsOf(milestones, sum(rests), unallocated) });
  if (funded) order.funded = order.amount;
  const unsound = violations(order);
  if (unsound.length > 0) throw new Error(`A test must start from a sound order: ${unsound.join('; ')}`);
  return order;
}

/** All of it released in one milestone. */
function completedOrder(): EscrowOrder {
  return { ...given('funded, milestone 0 RELEASED of 1000.00'), status: 'COMPLETED' };
}

const OF_THE_ORDER = ['fund', 'refund', 'cancel-order', 'cancel-intent'];

/** `create 1 of 250.00 wait 2000 received 1500 as b`; it refuses to wait and its id is `create-1` unless said so. */
export function command(words: string): Command {
  const [verb = '', ...rest] = words.split(' ');
  const option = (name: string): string | undefined => {
    const position = rest.indexOf(name);
    return position < 0 ? undefined : rest[position + 1];
  };
  const target = rest[0] ?? '';
  const wait = option('wait') ?? '0';
  const base = {
    id: option('as') ?? (OF_THE_ORDER.includes(verb) ? verb : `${verb}-${target}`),
    actor: { role: 'merchant', id: 'merchant_1' } as const,
    receivedAt: Number(option('received') ?? NOW),
    turnWaitMs: wait === 'forever' ? null : Number(wait),
  };
  const milestoneIndex = Number(target);
  const amount = option('of');
  const ofAmount = amount === undefined ? {} : { amount };
  switch (verb) {
    case 'create': {
      const due = option('due');
      const dueAt = due === undefined ? {} : { dueAt: Number(due) };
      return { ...base, type: 'milestone.create', milestoneIndex, amount: option('of') ?? '100.00', ...dueAt };
    }
    case 'amend': {
      const due = option('due');
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
    case 'refund':
      return { ...base, type: 'order.refund', ...ofAmount };
    case 'cancel-order':
      return { ...base, type: 'order.cancel' };
    case 'cancel-intent':
      return { ...base, type: 'payment_intent.cancel' };
    case 'fund':
      return { ...base, type: 'order.fund' };
    case 'cancel':
      return { ...base, type: 'command.cancel', targetCommandId: target };
    default:
      throw new Error(`Not understood: ${words}`);
  }
}

/** `accepted milestone.completed 0 + milestone.released 0 60.00 back 40.00`, `rejected milestone_missing (3)`, … */
export function inWords(decision: Decision): string {
  switch (decision.outcome) {
    case 'accepted':
      return `accepted ${decision.events.map(eventInWords).join(' + ')}`;
    case 'rejected':
      return `rejected ${decision.reason}${detailInWords(decision.detail)}`;
    case 'held': {
      const until = decision.until === null ? 'without end' : `until ${decision.until}`;
      return `held ${decision.reason}${detailInWords(decision.detail)} ${until}`;
    }
  }
}

/** `create-1 @1000 accepted milestone.created 1 100.00`. */
export function entryInWords(entry: ProposedEntry): string {
  return `${entry.commandId} @${entry.at} ${inWords(entry)}`;
}

function eventInWords(event: OrderEvent): string {
  const words: string[] = [event.type];
  if ('index' in event) words.push(String(event.index));
  if ('amount' in event) words.push(event.amount);
  if ('previousAmount' in event) words.push(`was ${event.previousAmount}`);
  if ('refundedAmount' in event) words.push(`back ${event.refundedAmount}`);
  if ('commandId' in event) words.push(event.commandId);
  if ('dueAt' in event) words.push(`due ${event.dueAt ?? 'none'}`);
  return words.join(' ');
}

function detailInWords(detail: RejectionDetail): string {
  const { problem: _, ...facts } = detail;
  const words = Object.values(facts).join(', ');
  return words === '' ? '' : ` (${words})`;
}

function milestoneOf(status: string, amount = '100.00'): Milestone {
  return { status: status as MilestoneStatus, amount };
}

/** `held create 2 wait 500` has waited since NOW. */
function heldInWords(words: string): EscrowOrder['held'][number] {
  const held = command(words);
  return { command: held, until: held.turnWaitMs === null ? null : NOW + held.turnWaitMs, cancelled: false };
}

type Totals = Pick<EscrowOrder, 'allocated' | 'released' | 'refunded' | 'refundedUnallocated'>;

function totalsOf(milestones: readonly Milestone[], rests: string, refundedUnallocated: string): Totals {
  const total = (...statuses: MilestoneStatus[]) =>
    sum(milestones.filter(({ status }) => statuses.includes(status)).map(({ amount }) => amount));
  return {
    allocated: total('PENDING', 'COMPLETED', 'RELEASED', 'REFUNDED'),
    released: subtract(total('RELEASED'), rests),
    refunded: add(add(total('REFUNDED'), rests), refundedUnallocated),
    refundedUnallocated,
  };
}

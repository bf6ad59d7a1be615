/**
 * A small language for rule tests: orders, commands (command-script.ts) and outcomes in words, so that a rule fits
 * on one line.
 *
 *   order     funded, auto-release, milestones COMPLETED PENDING, milestone 2 PENDING of 250.00
 *             milestone 0 RELEASED of 300.00 paid 200.00, refunded 50.00, disputed, disputed 1 by buyer until 5000
 *             milestone 0 COMPLETED of 300.00 ends 5000, milestone 1 PENDING of 300.00 due 5000
 *             milestone 0 RELEASED of 300.00 payout FAILED, live, inspection 60, releaseBy buyer, window 604800
 *   command   create 1 of 250.00 wait 2000 received 1500 as b
 *   outcome   rejected previous_milestone_open (0)
 */
import { ACTOR_ROLES } from '../../../src/domain/commands.ts';
import type {
  EscrowOrder,
  Milestone,
  MilestoneStatus,
  OrderStatus,
  PayoutStatus,
} from '../../../src/domain/escrow-order.ts';
import { RELEASE_TYPES } from '../../../src/domain/escrow-order.ts';
import { violations } from '../../../src/domain/invariants.ts';
import { add, type Currency, subtract, sum, ZERO } from '../../../src/domain/money.ts';
import type { Decision, OrderEvent, ProposedEntry, RejectionDetail } from '../../../src/domain/outcomes.ts';
import { DEFAULT_TERMS, type Terms } from '../../../src/domain/terms.ts';
import { command, NOW } from './command-script.ts';

export { command, NOW };

/** The default ones, but with the shortest window: a rule about disputes can name any. */
const TERMS: Terms = { ...DEFAULT_TERMS, disputeWindowSeconds: 1 };

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
    terms: TERMS,
    status: 'PENDING',
    version: 0,
    lastAt: 0,
    funded: ZERO,
    allocated: ZERO,
    released: ZERO,
    refunded: ZERO,
    paidUnallocated: ZERO,
    dispute: null,
    restPayout: null,
    clockOffsetMs: 0,
    milestones: [],
    held: [],
    ...overrides,
  };
}

/** An order in words; without a currency and amounts it is 1000.00 USDC and its milestones 100.00 each. */
export function given(words: string): EscrowOrder {
  const parts: Partial<{ -readonly [Name in keyof EscrowOrder]: EscrowOrder[Name] }> = {};
  let terms = TERMS;
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
    else if (noun === 'disputed') Object.assign(parts, disputed(rest));
    else if (clause === 'live') parts.mode = 'live';
    else if (noun === 'inspection') terms = { ...terms, inspectionPeriodSeconds: Number(first) };
    else if (noun === 'window') terms = { ...terms, disputeWindowSeconds: Number(first) };
    else if (noun in DEFAULT_TERMS) terms = { ...terms, [noun]: first };
    else if (clause === 'auto-release') Object.assign(parts, { autoReleaseOnProof: true });
    else if (noun === 'order' && first === 'of')
      Object.assign(parts, { amount: second, currency: rest[2] as Currency });
    else if (noun === 'order') parts.status = first as OrderStatus;
    else if (RELEASE_TYPES.some((type) => type === noun)) Object.assign(parts, { releaseType: noun });
    else if (noun === 'refunded') unallocated = first;
    else if (noun === 'milestone') {
      milestones[Number(first)] = { ...milestoneOf(second, rest[3]), ...extrasOf(rest[3], rest[4], rest[5]) };
      if (rest[4] === 'paid') rests.push(subtract(rest[3] ?? '', rest[5] ?? ''));
    } else if (noun === 'held') held.push(heldInWords(rest.join(' ')));
    else throw new Error(`Not understood: ${clause}`);
  }
  const order = emptyOrder({ ...parts, terms, milestones, held, ...totalsOf(milestones, sum(rests), unallocated) });
  if (funded) order.funded = order.amount;
  const unsound = violations(order);
  if (unsound.length > 0) throw new Error(`A test must start from a sound order: ${unsound.join('; ')}`);
  return order;
}

/** Raised half a second ago, by the merchant and with the published window unless it is said otherwise. */
function disputed(words: readonly string[]): Pick<EscrowOrder, 'status' | 'dispute'> {
  const [first = ''] = words;
  const milestoneIndex = /^[0-9]+$/.test(first) ? Number(first) : null;
  const endsAt = words.includes('until') ? Number(words.at(-1)) : NOW - 500 + 604_800_000;
  const raisedByRole = ACTOR_ROLES.find((role) => role === words[words.indexOf('by') + 1]) ?? 'merchant';
  return { status: 'DISPUTED', dispute: { milestoneIndex, raisedByRole, raisedAt: NOW - 500, endsAt } };
}

/** What a clause about one milestone says after its amount. */
function extrasOf(amount = '', name = '', value = ''): Partial<Milestone> {
  if (name === 'due') return { dueAt: Number(value) };
  if (name === 'ends') return { inspectionEndsAt: Number(value) };
  return name === 'payout' ? { payout: { status: value as PayoutStatus, amount } } : {};
}

/** All of it released in one milestone. */
function completedOrder(): EscrowOrder {
  return { ...given('funded, milestone 0 RELEASED of 1000.00'), status: 'COMPLETED' };
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
  if ('milestoneIndex' in event) words.push(event.milestoneIndex === null ? 'order' : String(event.milestoneIndex));
  if ('amount' in event) words.push(event.amount);
  if ('previousAmount' in event) words.push(`was ${event.previousAmount}`);
  if ('refundedAmount' in event) words.push(`back ${event.refundedAmount}`);
  if ('commandId' in event) words.push(event.commandId);
  if ('dueAt' in event) words.push(`due ${event.dueAt ?? 'none'}`);
  if ('inspectionEndsAt' in event) words.push(`ends ${event.inspectionEndsAt}`);
  if ('resolution' in event) words.push(`${event.resolution} ${event.merchantAmount} ${event.buyerAmount}`);
  if ('endsAt' in event) words.push(`until ${event.endsAt}`);
  if ('seconds' in event) words.push(`${event.seconds}`);
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

type Totals = Pick<EscrowOrder, 'allocated' | 'released' | 'refunded' | 'paidUnallocated'>;

function totalsOf(milestones: readonly Milestone[], rests: string, paidUnallocated: string): Totals {
  const total = (...statuses: MilestoneStatus[]) =>
    sum(milestones.filter(({ status }) => statuses.includes(status)).map(({ amount }) => amount));
  return {
    allocated: total('PENDING', 'COMPLETED', 'RELEASED', 'REFUNDED'),
    released: subtract(total('RELEASED'), rests),
    refunded: add(add(total('REFUNDED'), rests), paidUnallocated),
    paidUnallocated,
  };
}

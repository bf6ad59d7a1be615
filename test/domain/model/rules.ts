/** What stands in a command's way, a rule a line, in the contract's order of precedence. Imports nothing from src. */
import type { ModelState, Role, Rules, Step, StepKind } from './state.ts';

export interface Refusal {
  readonly reason: string;
  /** The milestone that the reason speaks of. */
  readonly index: number | null;
}

/** Commands about a milestone; of one index they go in this order when they have waited. */
export const LIFE: readonly StepKind[] = [
  'create',
  'raise',
  'amend',
  'drop',
  'complete',
  'extend',
  'reopen',
  'release',
];

/** What a command out of turn waits for; everything else that stands in its way is final. */
const TURNS = [
  'order_disputed',
  'milestone_disputed',
  'milestone_missing',
  'previous_milestone_missing',
  'previous_milestone_open',
  'previous_milestone_unreleased',
  'milestone_not_completed',
];
const HAVE_AMOUNTS: readonly StepKind[] = ['create', 'amend', 'release', 'refund'];
const CHANGES: readonly StepKind[] = ['amend', 'drop', 'complete', 'extend', 'reopen', 'release'];
const FOR_MILESTONES: readonly StepKind[] = [...CHANGES, 'create', 'batch', 'remind', 'expire'];

const EVERYBODY: Role[] = ['merchant', 'buyer', 'arbiter', 'operator'];
const PARTIES: Role[] = ['merchant', 'buyer', 'operator'];
const SELLER: Role[] = ['merchant', 'operator'];

function mayBeSentBy({ kind, verdict }: Step, releaseBy: 'merchant' | 'buyer'): Role[] {
  if (kind === 'release') return releaseBy === 'buyer' ? ['buyer', 'operator'] : PARTIES;
  if (kind === 'resolve' && verdict === 'MERCHANT_WON') return ['buyer', 'arbiter', 'operator'];
  if (kind === 'resolve' && verdict === 'BUYER_WON') return ['merchant', 'arbiter', 'operator'];
  if (kind === 'resolve') return ['arbiter', 'operator'];
  if (['raise', 'withdraw', 'advance', 'cancel'].includes(kind)) return EVERYBODY;
  if (['reopen', 'extend', 'fund', 'abandon'].includes(kind)) return PARTIES;
  return ['remind', 'expire', 'settle'].includes(kind) ? [] : SELLER;
}

function isPart({ milestones }: ModelState, { index, minor }: Step): boolean {
  return minor !== null && minor < (milestones.get(index ?? -1)?.minor ?? 0n);
}

function isOfTheMerchants({ role }: Step, { releaseBy }: Rules): boolean {
  return role === 'operator' || (role === 'merchant' && releaseBy === 'merchant');
}

/** Whether it is only too early: what is not completed may still be released, but there is nothing to reopen. */
export function isTurn({ kind }: Step, refusal: Refusal | null): boolean {
  if (kind === 'batch') return false;
  if (kind === 'reopen' && refusal?.reason === 'milestone_not_completed') return false;
  return TURNS.includes(refusal?.reason ?? '');
}

/** The first thing in the way; null when there is none. `isOwn`: sent by a deadline of the order itself. */
export function refusalOf(order: ModelState, step: Step, isOwn: boolean): Refusal | null {
  const lines = [
    ...inTheWayOfAny(order, step, isOwn),
    ...inTheWayOnTheOrder(order, step),
    ...inTheWayOfABatch(order, step),
    ...inTheWayOnAMilestone(order, step),
  ];
  const first = lines.find(([holds]) => holds);
  return first ? { reason: first[1], index: first[2] ?? null } : null;
}

type Line = [holds: boolean, reason: string, index?: number];

function inTheWayOfAny(order: ModelState, step: Step, isOwn: boolean): Line[] {
  const { kind, role, index, isTooFine } = step;
  const { rules } = order;
  const claimsToBeUs = role === 'system' && !isOwn && kind !== 'settle';
  const hasAmount = HAVE_AMOUNTS.includes(kind) || kind === 'batch' || isSplit(step);
  const isClosed = order.end !== null;
  // What became of a milestone says more than that its order is closed.
  const ownAnswer = [...CHANGES, 'remind', 'expire'].includes(kind) && order.milestones.has(index ?? -1);
  const status = order.milestones.get(index ?? -1)?.status;
  return [
    [kind === 'garbage' || claimsToBeUs || (hasAmount && isTooFine), 'invalid_command'],
    [role !== 'system' && !mayBeSentBy(step, rules.releaseBy).includes(role), 'role_not_allowed'],
    // Nobody gives themselves the rest.
    [
      kind === 'release' && role !== 'system' && isPart(order, step) && !isOfTheMerchants(step, rules),
      'role_not_allowed',
    ],
    [kind === 'advance' && !rules.isTestMode, 'test_mode_only'],
    [FOR_MILESTONES.includes(kind) && !rules.isMilestoneLocked, 'order_not_milestone_locked'],
    [(kind === 'fund' || kind === 'abandon') && order.isFunded, 'order_already_funded'],
    [isClosed && ownAnswer && status === 'RELEASED', 'milestone_already_released'],
    [isClosed && ownAnswer && status === 'CANCELLED', 'milestone_cancelled'],
    [isClosed && ownAnswer && status === 'REFUNDED', 'milestone_refunded'],
    [isClosed && !['cancel', 'settle', 'retry'].includes(kind), 'order_closed'],
    [['complete', 'release', 'refund', 'raise'].includes(kind) && !order.isFunded, 'order_not_funded'],
  ];
}

function inTheWayOnTheOrder(order: ModelState, step: Step): Line[] {
  const { kind, minor, index, target } = step;
  const { dispute } = order;
  const payout = order.payoutOf(index);
  const isPayout = kind === 'settle' || kind === 'retry';
  const isAboutAll = dispute !== null && dispute.index === null;
  return [
    [kind === 'refund' && order.free === 0n, 'nothing_to_refund'],
    [kind === 'refund' && (minor ?? 0n) > order.free, 'refund_exceeds_unallocated'],
    [kind === 'raise' && dispute !== null, 'dispute_already_raised'],
    [(kind === 'resolve' || kind === 'withdraw') && dispute === null, 'dispute_missing'],
    [kind === 'withdraw' && ![dispute?.by, 'operator'].includes(step.role), 'role_not_allowed'],
    [kind === 'withdraw' && order.isDecided && step.role !== 'operator', 'dispute_decided'],
    [kind === 'raise' && step.seconds < leastWindow(order, step), 'dispute_window_refused'],
    [isSplit(step) && (minor ?? 0n) + step.rest !== stakeOf(order), 'split_mismatch'],
    [isPayout && payout === null, 'payout_missing'],
    [kind === 'settle' && payout?.status !== 'PENDING', 'payout_not_pending'],
    [kind === 'retry' && payout?.status !== 'FAILED', 'payout_not_failed'],
    [kind === 'cancel' && !order.waiting.has(target), 'command_not_held'],
    [kind === 'cancel' && ![order.waiting.get(target)?.step.role, 'operator'].includes(step.role), 'role_not_allowed'],
    [kind === 'refund' && isAboutAll, 'order_disputed'],
    [(kind === 'close' || kind === 'abandon') && dispute !== null, 'order_disputed'],
  ];
}

function leastWindow({ rules }: ModelState, { role }: Step): number {
  if (role !== 'operator') return rules.windowSeconds;
  return rules.isTestMode ? 1 : 60;
}

function inTheWayOfABatch(order: ModelState, { kind, items }: Step): Line[] {
  if (kind !== 'batch') return [];
  const found: Line[] = [];
  const known = new Set(order.milestones.keys());
  let sum = 0n;
  let isPast = false;
  for (const { index, minor, due } of [...items].sort((a, b) => a.index - b.index)) {
    sum += minor;
    found.push([known.has(index), 'milestone_index_taken', index], [sum > order.free, 'total_exceeds_order']);
    isPast ||= order.rules.onOverdue === 'refund' && due !== null && due <= order.clock;
    known.add(index);
  }
  found.push([order.dispute !== null && order.dispute.index === null, 'order_disputed']);
  const gap = Math.min(...[...known].filter((index) => index > 0 && !known.has(index - 1)));
  found.push([gap < Number.POSITIVE_INFINITY, 'previous_milestone_missing', gap - 1]);
  return [...found, [isPast, 'due_date_passed']];
}

function inTheWayOnAMilestone(order: ModelState, step: Step): Line[] {
  const { kind, minor } = step;
  const index = step.index ?? -1;
  const milestone = order.milestones.get(index);
  const status = milestone?.status;
  const isChange = CHANGES.includes(kind);
  const isAbout = isChange || (kind === 'raise' && step.index !== null);
  const later = [...order.milestones].filter(([at, one]) => at > index && one.status === 'COMPLETED');
  const firstLater = Math.min(...later.map(([at]) => at));
  const tooLate = status === 'COMPLETED' && ['amend', 'drop', 'complete'].includes(kind);
  const worth = order.waiting.get(step.id)?.worth ?? null;
  const stop = order.dispute?.index ?? null;
  const isPast = order.rules.onOverdue === 'refund' && step.due !== null && step.due <= order.clock;
  const isStopped = isChange && order.isStopped(index);
  return [
    [kind === 'create' && milestone !== undefined, 'milestone_index_taken', index],
    [kind === 'create' && (minor ?? 0n) > order.free, 'total_exceeds_order'],
    [isAbout && milestone === undefined, 'milestone_missing', index],
    [isAbout && status === 'RELEASED', 'milestone_already_released'],
    [isAbout && status === 'CANCELLED', 'milestone_cancelled'],
    [isAbout && status === 'REFUNDED', 'milestone_refunded'],
    [kind === 'release' && worth !== null && worth !== milestone?.minor, 'milestone_amended', index],
    [tooLate, 'milestone_already_completed', index],
    // Here and not above: what an amendment adds is known once there is something that may be amended.
    [kind === 'amend' && (minor ?? 0n) - (milestone?.minor ?? 0n) > order.free, 'total_exceeds_order'],
    [kind === 'reopen' && status === 'PENDING', 'milestone_not_completed', index],
    [kind === 'reopen' && later.length > 0, 'later_milestone_completed', firstLater],
    [kind === 'extend' && milestone?.ends === null, 'inspection_not_running'],
    [kind === 'release' && (minor ?? 0n) > (milestone?.minor ?? 0n), 'release_exceeds_milestone'],
    [(isStopped || (kind === 'create' && order.dispute !== null)) && stop === null, 'order_disputed'],
    [isStopped, 'milestone_disputed', stop ?? -1],
    [kind === 'create' && index > 0 && !order.milestones.has(index - 1), 'previous_milestone_missing', index - 1],
    ...outOfTurn(order, step, index),
    [kind === 'release' && status === 'PENDING', 'milestone_not_completed', index],
    [(kind === 'create' || kind === 'amend') && isPast, 'due_date_passed'],
  ];
}

/** What is completed or paid before its time, by hand or by a resolution. */
function outOfTurn(order: ModelState, step: Step, index: number): Line[] {
  const isPaying = step.kind === 'resolve' && step.verdict !== 'BUYER_WON';
  const paid = isPaying ? (order.dispute?.index ?? 0) : index;
  const [previous, before] = order.lastBefore(paid);
  const isUnpaid = previous >= 0 && before !== 'RELEASED';
  return [
    [step.kind === 'complete' && before === 'PENDING', 'previous_milestone_open', previous],
    [(step.kind === 'release' || isPaying) && isUnpaid, 'previous_milestone_unreleased', previous],
  ];
}

function isSplit({ kind, verdict }: Step): boolean {
  return kind === 'resolve' && verdict === 'PARTIAL_REFUND';
}

/** What a dispute is about. */
export function stakeOf(order: ModelState): bigint {
  const index = order.dispute?.index ?? null;
  return index === null ? order.remaining : (order.milestones.get(index)?.minor ?? 0n);
}

/**
 * An escrow order told a second time, as naively as possible, from the HTTP contract (sections 1, 3 to 6) and not
 * from src/domain: milestones in a Map, money in whole minor units, one rule a line. model.test.ts runs it beside
 * the real thing. Must not import anything from src.
 */

/** `drop` cancels a milestone, `close` an order, `abandon` a payment intent, and `cancel` a held command. */
export type StepKind =
  | ('create' | 'amend' | 'drop' | 'complete' | 'reopen' | 'release')
  | ('fund' | 'refund' | 'close' | 'abandon' | 'cancel' | 'garbage');

/** One command as the model sees it. */
export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly index: number;
  /** In the currency's minor units; null: none is given. */
  readonly minor: bigint | null;
  /** The amount is sent with one decimal more than the currency has. */
  readonly isTooFine: boolean;
  /** Of a cancel: the id of the command to withdraw. */
  readonly target: string;
  /** Milliseconds; 0: not at all, null: without end. */
  readonly wait: number | null;
  readonly receivedAt: number;
}

export interface ModelOutcome {
  readonly id: string;
  readonly outcome: 'accepted' | 'rejected' | 'held';
  readonly reason: string | null;
  /** The milestone that the reason speaks of. */
  readonly index: number | null;
  readonly at: number;
}

interface Waiting {
  readonly step: Step;
  readonly until: number | null;
}

interface Refusal {
  readonly reason: string;
  readonly index: number | null;
}

export type ModelStatus = 'PENDING' | 'COMPLETED' | 'RELEASED' | 'CANCELLED' | 'REFUNDED';

interface ModelMilestone {
  minor: bigint;
  status: ModelStatus;
  /** What the merchant got of it. */
  paid: bigint;
}

/** What a command out of turn waits for; everything else that stands in its way is final. */
const TURNS = [
  'milestone_missing',
  'previous_milestone_missing',
  'previous_milestone_open',
  'previous_milestone_unreleased',
  'milestone_not_completed',
];
/** Commands about a milestone; of one index they go in this order. */
const LIFE: readonly StepKind[] = ['create', 'amend', 'drop', 'complete', 'reopen', 'release'];
const HAVE_AMOUNTS: readonly StepKind[] = ['create', 'amend', 'release', 'refund'];

export class ModelOrder {
  readonly milestones = new Map<number, ModelMilestone>();
  /** In the order in which they began to wait. */
  readonly waiting = new Map<string, Waiting>();
  isFunded = false;
  status: 'PENDING' | 'COMPLETED' | 'CANCELLED' = 'PENDING';
  /** Given back without ever having belonged to a milestone that was settled. */
  refundedUnallocated = 0n;
  clock = 0;
  private readonly total: bigint;
  private readonly isMilestoneLocked: boolean;
  private readonly releasesOnCompletion: boolean;
  private settled: ModelOutcome[] = [];

  constructor(total: bigint, isMilestoneLocked: boolean, releasesOnCompletion: boolean) {
    this.total = total;
    this.isMilestoneLocked = isMilestoneLocked;
    this.releasesOnCompletion = releasesOnCompletion;
  }

  /** Everything that is recorded for a batch: what was settled in its order, then what still waits. */
  batch(steps: readonly Step[], now: number): ModelOutcome[] {
    this.settled = [];
    const waitedBefore = new Set(this.waiting.keys());
    const inBatch = new Set<string>();
    for (const step of steps) {
      if (inBatch.has(step.id) || waitedBefore.has(step.id)) continue;
      inBatch.add(step.id);
      const at = Math.max(Math.min(step.receivedAt, now), this.clock);
      this.endWaits((until) => until < at);
      this.clock = at;
      this.judge(step);
    }
    this.endWaits((until) => until <= now);
    const stillWaiting = [...this.waiting.values()].filter(({ step }) => !waitedBefore.has(step.id));
    const held = stillWaiting.map(({ step }): ModelOutcome => {
      const { reason = '', index = null } = this.refusalOf(step) ?? {};
      return { id: step.id, outcome: 'held', reason, index, at: this.clock };
    });
    return [...this.settled, ...held];
  }

  sumOf(...statuses: ModelStatus[]): bigint {
    const counted = [...this.milestones.values()].filter(({ status }) => statuses.includes(status));
    return counted.reduce((sum, { minor }) => sum + minor, 0n);
  }

  get released(): bigint {
    return [...this.milestones.values()].reduce((sum, { paid }) => sum + paid, 0n);
  }

  /** What the merchant did not get of settled milestones, and what was unallocated. */
  get refunded(): bigint {
    return this.sumOf('RELEASED', 'REFUNDED') - this.released + this.refundedUnallocated;
  }

  get remaining(): bigint {
    return this.isFunded ? this.total - this.released - this.refunded : 0n;
  }

  get allocated(): bigint {
    return this.sumOf('PENDING', 'COMPLETED', 'RELEASED', 'REFUNDED');
  }

  /** What belongs to no milestone. */
  get free(): bigint {
    return this.total - this.allocated - this.refundedUnallocated;
  }

  private judge(step: Step): void {
    const refusal = this.refusalOf(step);
    if (refusal === null) {
      this.settle(step, 'accepted', null);
      this.carryOut(step);
      this.wakeAll();
    } else if (isTurn(step, refusal) && step.wait !== 0) {
      this.waiting.set(step.id, { step, until: step.wait === null ? null : this.clock + step.wait });
    } else {
      this.settle(step, 'rejected', refusal);
    }
  }

  /** The first thing that stands in a command's way, in the contract's order of precedence. */
  private refusalOf(step: Step): Refusal | null {
    const first = [...this.inTheWayOfAny(step), ...this.inTheWayOnAMilestone(step)].find(([holds]) => holds);
    return first ? { reason: first[1], index: first[2] ?? null } : null;
  }

  private inTheWayOfAny({ kind, minor, isTooFine, target }: Step): [boolean, string][] {
    const needsFunds = kind === 'complete' || kind === 'release' || kind === 'refund';
    return [
      [kind === 'garbage' || (HAVE_AMOUNTS.includes(kind) && isTooFine), 'invalid_command'],
      [LIFE.includes(kind) && !this.isMilestoneLocked, 'order_not_milestone_locked'],
      [(kind === 'fund' || kind === 'abandon') && this.isFunded, 'order_already_funded'],
      [kind !== 'cancel' && this.status !== 'PENDING', 'order_closed'],
      [needsFunds && !this.isFunded, 'order_not_funded'],
      [kind === 'refund' && this.free === 0n, 'nothing_to_refund'],
      [kind === 'refund' && (minor ?? 0n) > this.free, 'refund_exceeds_unallocated'],
      [kind === 'cancel' && !this.waiting.has(target), 'command_not_held'],
    ];
  }

  private inTheWayOnAMilestone({ kind, index, minor }: Step): [boolean, string, number?][] {
    const milestone = this.milestones.get(index);
    const status = milestone?.status;
    const isChange = LIFE.includes(kind) && kind !== 'create';
    const [previous, before] = this.lastBefore(index);
    const later = [...this.milestones].filter(([at, one]) => at > index && one.status === 'COMPLETED');
    const firstLater = Math.min(...later.map(([at]) => at));
    const tooLate = status === 'COMPLETED' && ['amend', 'drop', 'complete'].includes(kind);
    return [
      [kind === 'create' && milestone !== undefined, 'milestone_index_taken', index],
      [kind === 'create' && (minor ?? 0n) > this.free, 'total_exceeds_order'],
      [isChange && milestone === undefined, 'milestone_missing', index],
      [isChange && status === 'RELEASED', 'milestone_already_released'],
      [tooLate, 'milestone_already_completed', index],
      [isChange && status === 'CANCELLED', 'milestone_cancelled'],
      // Here and not above: what an amendment adds is known once there is something that may be amended.
      [kind === 'amend' && (minor ?? 0n) - (milestone?.minor ?? 0n) > this.free, 'total_exceeds_order'],
      [kind === 'reopen' && status === 'PENDING', 'milestone_not_completed', index],
      [kind === 'reopen' && later.length > 0, 'later_milestone_completed', firstLater],
      [kind === 'release' && (minor ?? 0n) > (milestone?.minor ?? 0n), 'release_exceeds_milestone'],
      [kind === 'create' && index > 0 && !this.milestones.has(index - 1), 'previous_milestone_missing', index - 1],
      [kind === 'complete' && before === 'PENDING', 'previous_milestone_open', previous],
      [kind === 'release' && before !== 'RELEASED' && previous >= 0, 'previous_milestone_unreleased', previous],
      [kind === 'release' && status === 'PENDING', 'milestone_not_completed', index],
    ];
  }

  /** The nearest predecessor that was not cancelled; −1 when there is none. */
  private lastBefore(index: number): [number, ModelStatus | undefined] {
    const earlier = [...this.milestones].filter(([at, one]) => at < index && one.status !== 'CANCELLED');
    const nearest = Math.max(-1, ...earlier.map(([at]) => at));
    return [nearest, this.milestones.get(nearest)?.status];
  }

  private carryOut({ kind, index, minor, target }: Step): void {
    const milestone = this.milestones.get(index);
    if (kind === 'fund') this.isFunded = true;
    if (kind === 'refund') this.refundedUnallocated += minor ?? this.free;
    if (kind === 'create') this.milestones.set(index, { minor: minor ?? 0n, status: 'PENDING', paid: 0n });
    if (milestone) this.change(milestone, kind, minor);
    if (kind === 'close' || kind === 'abandon') this.close();
    else if (this.isFunded && this.remaining === 0n) this.status = 'COMPLETED';
    const withdrawn = this.waiting.get(target);
    if (kind === 'cancel' && withdrawn)
      this.settle(withdrawn.step, 'rejected', { reason: 'command_cancelled', index: null });
  }

  private change(milestone: ModelMilestone, kind: StepKind, minor: bigint | null): void {
    if (kind === 'amend') milestone.minor = minor ?? milestone.minor;
    if (kind === 'drop') milestone.status = 'CANCELLED';
    if (kind === 'reopen') milestone.status = 'PENDING';
    if (kind === 'complete') milestone.status = 'COMPLETED';
    if (kind === 'release' || (kind === 'complete' && this.releasesOnCompletion)) {
      milestone.status = 'RELEASED';
      milestone.paid = (kind === 'release' ? minor : null) ?? milestone.minor;
    }
  }

  private close(): void {
    this.status = 'CANCELLED';
    for (const milestone of this.milestones.values()) {
      if (milestone.status === 'PENDING') milestone.status = 'CANCELLED';
      if (milestone.status === 'COMPLETED') milestone.status = 'REFUNDED';
    }
    this.refundedUnallocated += this.remaining;
  }

  /** One waiting command after the other, always the lowest that can go, until none can. */
  private wakeAll(): void {
    const inTurn = [...this.waiting.values()].sort(
      (a, b) => a.step.index - b.step.index || LIFE.indexOf(a.step.kind) - LIFE.indexOf(b.step.kind),
    );
    const next = inTurn.find(({ step }) => !isTurn(step, this.refusalOf(step)));
    if (!next) return;
    const refusal = this.refusalOf(next.step);
    this.settle(next.step, refusal === null ? 'accepted' : 'rejected', refusal);
    if (refusal === null) this.carryOut(next.step);
    this.wakeAll();
  }

  private endWaits(isOver: (until: number) => boolean): void {
    const ending = [...this.waiting.values()].flatMap(({ step, until }) =>
      until !== null && isOver(until) ? [{ step, until }] : [],
    );
    for (const { step, until } of ending.sort((a, b) => a.until - b.until)) {
      if (until > this.clock) this.clock = until;
      this.settle(step, 'rejected', this.refusalOf(step));
    }
  }

  private settle(step: Step, outcome: 'accepted' | 'rejected', refusal: Refusal | null): void {
    this.waiting.delete(step.id);
    this.settled.push({
      id: step.id,
      outcome,
      reason: refusal?.reason ?? null,
      index: refusal?.index ?? null,
      at: this.clock,
    });
  }
}

/** Whether it is only too early: a milestone that is not completed may still be released, but there is nothing to reopen. */
function isTurn({ kind }: Step, refusal: Refusal | null): boolean {
  if (kind === 'reopen' && refusal?.reason === 'milestone_not_completed') return false;
  return TURNS.includes(refusal?.reason ?? '');
}

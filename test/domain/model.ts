/**
 * An escrow order told a second time, as naively as possible, from the HTTP contract (sections 1, 3, 4, 6) and not
 * from src/domain: milestones in a Map, money in whole minor units, one rule a line. model.test.ts runs it beside
 * the real thing. Must not import anything from src.
 */

export type StepKind = 'create' | 'complete' | 'release' | 'fund' | 'cancel' | 'garbage';

/** One command as the model sees it. */
export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly index: number;
  /** Of a create, in the currency's minor units. */
  readonly minor: bigint;
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

export type ModelStatus = 'PENDING' | 'COMPLETED' | 'RELEASED';

/** What a command out of turn waits for; everything else that stands in its way is final. */
const TURNS = [
  'milestone_missing',
  'previous_milestone_missing',
  'previous_milestone_open',
  'previous_milestone_unreleased',
  'milestone_not_completed',
];
const LIFE: readonly StepKind[] = ['create', 'complete', 'release'];

export class ModelOrder {
  readonly milestones = new Map<number, { minor: bigint; status: ModelStatus }>();
  /** In the order in which they began to wait. */
  readonly waiting = new Map<string, Waiting>();
  isFunded = false;
  isCompleted = false;
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

  private judge(step: Step): void {
    const refusal = this.refusalOf(step);
    if (refusal === null) {
      this.settle(step, 'accepted', null);
      this.carryOut(step);
      this.wakeAll();
    } else if (TURNS.includes(refusal.reason) && step.wait !== 0) {
      this.waiting.set(step.id, { step, until: step.wait === null ? null : this.clock + step.wait });
    } else {
      this.settle(step, 'rejected', refusal);
    }
  }

  /** The first thing that stands in a command's way, in the contract's order of precedence. */
  private refusalOf({ kind, index, minor, isTooFine, target }: Step): Refusal | null {
    const isForMilestone = LIFE.includes(kind);
    const paying = kind === 'complete' || kind === 'release';
    const status = this.milestones.get(index)?.status;
    const previous = this.milestones.get(index - 1)?.status;
    const allocated = this.sumOf('PENDING', 'COMPLETED', 'RELEASED');
    const standsInTheWay: [boolean, string, number?][] = [
      [kind === 'garbage' || (kind === 'create' && isTooFine), 'invalid_command'],
      [isForMilestone && !this.isMilestoneLocked, 'order_not_milestone_locked'],
      [kind === 'fund' && this.isFunded, 'order_already_funded'],
      [kind !== 'cancel' && this.isCompleted, 'order_closed'],
      [paying && !this.isFunded, 'order_not_funded'],
      [kind === 'cancel' && !this.waiting.has(target), 'command_not_held'],
      [kind === 'create' && status !== undefined, 'milestone_index_taken', index],
      [kind === 'create' && allocated + minor > this.total, 'total_exceeds_order'],
      [paying && status === undefined, 'milestone_missing', index],
      [paying && status === 'RELEASED', 'milestone_already_released'],
      [kind === 'complete' && status === 'COMPLETED', 'milestone_already_completed', index],
      [kind === 'create' && index > 0 && previous === undefined, 'previous_milestone_missing', index - 1],
      [kind === 'complete' && previous === 'PENDING', 'previous_milestone_open', index - 1],
      [kind === 'release' && index > 0 && previous !== 'RELEASED', 'previous_milestone_unreleased', index - 1],
      [kind === 'release' && status === 'PENDING', 'milestone_not_completed', index],
    ];
    const first = standsInTheWay.find(([holds]) => holds);
    return first ? { reason: first[1], index: first[2] ?? null } : null;
  }

  private carryOut({ kind, index, minor, target }: Step): void {
    const milestone = this.milestones.get(index);
    if (kind === 'fund') this.isFunded = true;
    if (kind === 'create') this.milestones.set(index, { minor, status: 'PENDING' });
    if (kind === 'complete' && milestone) milestone.status = 'COMPLETED';
    if (milestone && (kind === 'release' || (kind === 'complete' && this.releasesOnCompletion))) {
      milestone.status = 'RELEASED';
      if (this.sumOf('RELEASED') === this.total) this.isCompleted = true;
    }
    const withdrawn = this.waiting.get(target);
    if (kind === 'cancel' && withdrawn)
      this.settle(withdrawn.step, 'rejected', { reason: 'command_cancelled', index: null });
  }

  /** One waiting command after the other, always the lowest that can go, until none can. */
  private wakeAll(): void {
    const inTurn = [...this.waiting.values()].sort(
      (a, b) => a.step.index - b.step.index || LIFE.indexOf(a.step.kind) - LIFE.indexOf(b.step.kind),
    );
    const next = inTurn.find(({ step }) => !TURNS.includes(this.refusalOf(step)?.reason ?? ''));
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

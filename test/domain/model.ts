/**
 * An escrow order told a second time, as naively as possible, from the HTTP contract (sections 1, 3 to 6) and not
 * from src/domain: one rule a line. model.test.ts runs it beside the real thing. With model/, it must not import
 * anything from src.
 */
import { carryOut } from './model/effects.ts';
import { isTurn, LIFE, type Refusal, refusalOf } from './model/rules.ts';
import { ModelState, type Rules, type Step, type StepKind } from './model/state.ts';

export interface ModelOutcome {
  readonly id: string;
  readonly outcome: 'accepted' | 'rejected' | 'held';
  readonly reason: string | null;
  /** The milestone that the reason speaks of. */
  readonly index: number | null;
  readonly at: number;
}

/** What happens by itself: a wait that ends, or a step that the order sends to itself. */
interface Expiry {
  readonly at: number;
  readonly step: Step;
  readonly isWait: boolean;
}

const DAY = 86_400_000;

export class ModelOrder {
  readonly state: ModelState;
  private settled: ModelOutcome[] = [];

  constructor(rules: Rules) {
    this.state = new ModelState(rules);
  }

  /** Everything that is recorded for a batch: what was settled in its order, then what still waits. */
  batch(steps: readonly Step[], now: number): ModelOutcome[] {
    this.settled = [];
    const { state } = this;
    const waitedBefore = new Set(state.waiting.keys());
    const inBatch = new Set<string>();
    for (const step of steps) {
      if (inBatch.has(step.id) || waitedBefore.has(step.id)) continue;
      inBatch.add(step.id);
      const at = Math.max(Math.min(step.receivedAt, now) + state.ahead, state.clock);
      this.expire((instant) => instant < at);
      state.clock = at;
      this.judge(step);
    }
    this.expire((instant) => instant <= Math.max(now + state.ahead, state.clock));
    const stillWaiting = [...state.waiting.values()].filter(({ step }) => !waitedBefore.has(step.id));
    const held = stillWaiting.map(({ step }): ModelOutcome => {
      const { reason = '', index = null } = this.refusalOf(step) ?? {};
      return { id: step.id, outcome: 'held', reason, index, at: state.clock };
    });
    return [...this.settled, ...held];
  }

  /** When the order next changes by itself, on the real clock. */
  get nextDeadline(): number | null {
    const next = this.nextExpiry();
    return next ? next.at - this.state.ahead : null;
  }

  private refusalOf(step: Step): Refusal | null {
    return refusalOf(this.state, step, step.id.startsWith('deadline/'));
  }

  private judge(step: Step): void {
    const refusal = this.refusalOf(step);
    if (refusal === null) {
      this.accept(step);
      this.wakeAll();
    } else if (isTurn(step, refusal) && step.wait !== 0) {
      const until = step.wait === null ? null : this.state.clock + step.wait;
      const isDecision = step.kind === 'resolve' && ['arbiter', 'operator'].includes(step.role);
      const worth =
        step.kind === 'release' && step.role !== 'merchant' ? this.state.milestones.get(step.index ?? -1) : null;
      this.state.waiting.set(step.id, { step, until, worth: worth?.minor ?? null, isDecision });
    } else {
      this.settle(step, 'rejected', refusal);
    }
  }

  private accept(step: Step): void {
    this.settle(step, 'accepted', null);
    carryOut(this.state, step);
    const withdrawn = step.kind === 'cancel' ? this.state.waiting.get(step.target) : undefined;
    if (withdrawn) this.settle(withdrawn.step, 'rejected', { reason: 'command_cancelled', index: null });
  }

  /** One waiting command after the other, always the lowest that can go, until none can. */
  private wakeAll(): void {
    // What resolves a dispute has its turn where the disputed milestone has.
    const place = ({ kind, index }: Step) => (kind === 'resolve' ? this.state.dispute?.index : index) ?? 0;
    const inTurn = [...this.state.waiting.values()].sort(
      (a, b) => place(a.step) - place(b.step) || LIFE.indexOf(a.step.kind) - LIFE.indexOf(b.step.kind),
    );
    const next = inTurn.find(({ step }) => !isTurn(step, this.refusalOf(step)))?.step;
    if (!next) return;
    const refusal = this.refusalOf(next);
    if (refusal === null) this.accept(next);
    else this.settle(next, 'rejected', refusal);
    this.wakeAll();
  }

  private expire(isOver: (instant: number) => boolean): void {
    for (let next = this.nextExpiry(); next && isOver(next.at); next = this.nextExpiry()) {
      this.state.clock = Math.max(this.state.clock, next.at);
      if (next.isWait) this.settle(next.step, 'rejected', this.refusalOf(next.step));
      else this.judge(next.step);
    }
  }

  /** The earliest; of several at one instant the first in this list. */
  private nextExpiry(): Expiry | null {
    const waits = [...this.state.waiting.values()].flatMap(({ step, until }) =>
      until === null ? [] : [{ at: until, step, isWait: true }],
    );
    const all = [...this.expiryOfDispute(), ...this.expiriesOfInspection(), ...this.overdue(), ...waits];
    return all.reduce<Expiry | null>((first, one) => (first === null || one.at < first.at ? one : first), null);
  }

  /** Where the merchant wins by default, it is in the milestone's turn; and nobody wins by default what they began. */
  private expiryOfDispute(): Expiry[] {
    const { dispute, turn, rules } = this.state;
    if (!dispute || this.state.isDecided) return [];
    if (dispute.by === 'buyer' && rules.disputeDefault === 'BUYER_WON') return [];
    if (dispute.by === 'merchant' && rules.disputeDefault === 'MERCHANT_WON') return [];
    if (dispute.index !== null && rules.disputeDefault === 'MERCHANT_WON' && dispute.index !== turn) return [];
    return [{ at: dispute.ends, isWait: false, step: own('resolve', null, dispute.ends, rules.disputeDefault) }];
  }

  /** Announced a day before its end, or in the last quarter; only the milestone in turn is released. */
  private expiriesOfInspection(): Expiry[] {
    const { turn, rules } = this.state;
    const milestone = this.state.milestones.get(turn ?? -1);
    if (turn === null || !milestone || milestone.ends === null || this.state.isStopped(turn)) return [];
    const announced = milestone.ends - Math.min(DAY, (rules.inspectionSeconds ?? 0) * 250);
    const end = { at: milestone.ends, isWait: false, step: own('release', turn, milestone.ends) };
    if (milestone.isAnnounced) return [end];
    return [{ at: announced, isWait: false, step: own('remind', turn, announced) }, end];
  }

  private overdue(): Expiry[] {
    const byIndex = [...this.state.milestones].sort(([a], [b]) => a - b);
    return byIndex.flatMap(([index, { status, due }]) => {
      if (status !== 'PENDING' || due === null || this.state.isStopped(index)) return [];
      return [{ at: due, isWait: false, step: own('expire', index, due) }];
    });
  }

  private settle(step: Step, outcome: 'accepted' | 'rejected', refusal: Refusal | null): void {
    this.state.waiting.delete(step.id);
    this.settled.push({
      id: step.id,
      outcome,
      reason: refusal?.reason ?? null,
      index: refusal?.index ?? null,
      at: this.state.clock,
    });
  }
}

const NAMES: Partial<Record<StepKind, string>> = {
  resolve: 'dispute',
  remind: 'reminder',
  release: 'inspection',
  expire: 'due',
};

function own(kind: StepKind, index: number | null, at: number, verdict: Step['verdict'] = 'BUYER_WON'): Step {
  return {
    id: `deadline/${NAMES[kind]}/${index === null ? '' : `${index}/`}${at}`,
    kind,
    role: 'system',
    index,
    verdict,
    minor: null,
    rest: 0n,
    isTooFine: false,
    due: null,
    seconds: 0,
    result: 'PAID',
    items: [],
    target: '',
    wait: 0,
    receivedAt: at,
  };
}

/**
 * Random sequences of commands against the reference model. A failure prints its seed and path; replay it with
 * `MODEL_SEED=<seed> MODEL_PATH=<path> npx vitest run test/domain/model.test.ts`. More runs: `MODEL_RUNS=100000`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromSnapshot, toSnapshot } from '../../src/domain/compact.ts';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { allocatable, type EscrowOrder, remaining } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { violations } from '../../src/domain/invariants.ts';
import { transactionOf } from '../../src/domain/ledger.ts';
import type { OrderEvent, ProposedEntry } from '../../src/domain/outcomes.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';
import { propose } from '../../src/domain/propose.ts';
import { ModelOrder, type ModelOutcome, type Step } from './model.ts';
import { deepFrozen, recorded } from './support/recorder.ts';
import { emptyOrder } from './support/script.ts';
import { DECIMALS, rawOf, type Sequence, sequences } from './support/sequences.ts';
import { textOf, unitsOf } from './support/units.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 1_000);
const FALLBACK = { id: 'none', actor: { role: 'merchant', id: 'merchant_1' }, receivedAt: 0 } as const;

/** One sequence, run through the domain and through the model side by side. */
class SideBySide {
  readonly model: ModelOrder;
  order: EscrowOrder;
  private readonly sequence: Sequence;
  private readonly settledIds = new Set<string>();
  private readonly balances = { external: 0n, escrow: 0n, merchant: 0n };
  private readonly keys = new Set<string>();
  /** The kinds of ledger transactions, and how many legs they had. */
  readonly moved: string[] = [];

  constructor(given: Sequence) {
    const { currency, total, isMilestoneLocked, releasesOnCompletion } = given;
    this.sequence = given;
    this.model = new ModelOrder(total, isMilestoneLocked, releasesOnCompletion);
    this.order = emptyOrder({
      currency,
      amount: this.text(total),
      releaseType: isMilestoneLocked ? 'MILESTONE_LOCKED' : 'DELIVERY_PROOF',
      autoReleaseOnProof: releasesOnCompletion,
    });
  }

  batch(steps: readonly Step[], now: number): ModelOutcome[] {
    // The commit answers a command that has its outcome with that outcome; it never gets a second one.
    const fresh = steps.filter(({ id }) => !this.settledIds.has(id));
    const commands = fresh.map((step) => {
      const { type, raw } = rawOf(step, this.sequence.currency);
      return parseCommand(type, raw, FALLBACK);
    });
    const entries = propose(deepFrozen(this.order), commands, now);
    const restored = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(this.order))));
    expect(restored, 'a snapshot is the order').toEqual(this.order);
    expect(propose(restored, commands, now), 'a restored order goes on the same').toEqual(entries);
    const outcomes = this.model.batch(fresh, now);
    expect(entries.map(outcomeOf)).toEqual(outcomes);
    for (const { id, outcome } of outcomes) if (outcome !== 'held') this.settledIds.add(id);
    this.fold(entries);
    this.compare(now);
    return outcomes;
  }

  private fold(entries: readonly ProposedEntry[]): void {
    const log = recorded(this.order.version, entries);
    const atOnce = evolve(this.order, log);
    expect(
      log.reduce((order, entry) => evolve(order, [entry]), this.order),
      'entry by entry',
    ).toEqual(atOnce);
    this.order = atOnce;
    for (const [position, { version }] of log.entries()) {
      const entry = entries[position];
      if (entry?.outcome === 'accepted') for (const event of entry.events) this.post(version, event);
    }
  }

  private post(version: number, event: OrderEvent): void {
    const transaction = transactionOf(this.order, version, event);
    if (transaction === null) return;
    expect(this.keys.has(transaction.key), `${transaction.key} is moved once`).toBe(false);
    this.keys.add(transaction.key);
    this.moved.push(`${transaction.kind} of ${transaction.postings.length} legs`);
    let sum = 0n;
    for (const { account, direction, amount } of transaction.postings) {
      const change = direction === 'credit' ? unitsOf(amount) : -unitsOf(amount);
      sum += change;
      this.balances[account.kind] += change;
    }
    expect(sum, 'the postings of a transaction add up to zero').toBe(0n);
  }

  private compare(now: number): void {
    const { order, model } = this;
    expect(violations(order)).toEqual([]);
    expect(viewOf(order)).toEqual({
      status: model.status,
      milestones: [...model.milestones]
        .sort(([a], [b]) => a - b)
        .map(([, { status, minor }]) => [status, this.text(minor)]),
      held: [...model.waiting.values()].map(({ step, until }) => [step.id, until]),
      lastAt: order.version === 0 ? 0 : model.clock,
      funded: this.text(model.isFunded ? this.sequence.total : 0n),
      allocated: this.text(model.allocated),
      released: this.text(model.released),
      refunded: this.text(model.refunded),
      refundedUnallocated: this.text(model.refundedUnallocated),
      remaining: this.text(model.remaining),
      allocatable: this.text(model.free),
    });
    const [funded, released, refunded] = [order.funded, order.released, order.refunded].map(unitsOf) as [
      bigint,
      bigint,
      bigint,
    ];
    expect(this.balances).toEqual({
      external: -(funded - refunded),
      escrow: funded - released - refunded,
      merchant: released,
    });
    expect(nextDeadline(order) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
  }

  private text(minor: bigint): string {
    return textOf(minor * 10n ** BigInt(18 - DECIMALS[this.sequence.currency]));
  }
}

function viewOf(order: EscrowOrder): object {
  const { status, milestones, held, lastAt, funded, allocated, released, refunded, refundedUnallocated } = order;
  return {
    status,
    milestones: milestones.map(({ status, amount }) => [status, amount]),
    held: held.map(({ command, until }) => [command.id, until]),
    lastAt,
    funded,
    allocated,
    released,
    refunded,
    refundedUnallocated,
    remaining: remaining(order),
    allocatable: allocatable(order),
  };
}

function outcomeOf(entry: ProposedEntry): ModelOutcome {
  const { commandId: id, outcome, at } = entry;
  if (entry.outcome === 'accepted') return { id, outcome, reason: null, index: null, at };
  return { id, outcome, reason: entry.reason, index: entry.detail.index ?? null, at };
}

/** Runs a sequence and then lets every wait end. Answers what was seen on the way. */
function run(given: Sequence): string[] {
  const both = new SideBySide(given);
  const seen: ModelOutcome[] = given.batches.flatMap(({ now, steps }) => both.batch(steps, now));
  for (let deadline = nextDeadline(both.order); deadline !== null; deadline = nextDeadline(both.order)) {
    seen.push(...both.batch([], deadline));
  }
  return [
    ...seen.map(({ outcome, reason }) => reason ?? outcome),
    ...(both.order.status === 'PENDING' ? [] : [both.order.status]),
    ...both.moved,
  ];
}

describe('The order and its reference model', () => {
  const seen = new Map<string, number>();

  it(`agree on every outcome, amount and held command, and every amount is in the ledger, in ${RUNS} random sequences`, {
    timeout: 600_000,
  }, () => {
    const seed = process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) };
    const path = process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH };
    fc.assert(
      fc.property(sequences, (given) => {
        for (const word of run(given)) seen.set(word, (seen.get(word) ?? 0) + 1);
      }),
      { numRuns: RUNS, ...seed, ...path },
    );
  });
  it.runIf(RUNS >= 1_000 && process.env.MODEL_PATH === undefined)('meet every kind of outcome more than once', () => {
    const REACHABLE = [
      'accepted',
      'COMPLETED',
      'CANCELLED',
      'invalid_command',
      'order_not_milestone_locked',
      'order_closed',
    ]
      .concat(['order_already_funded', 'order_not_funded', 'command_not_held', 'command_cancelled'])
      .concat(['milestone_index_taken', 'total_exceeds_order', 'milestone_missing', 'milestone_already_released'])
      .concat(['milestone_already_completed', 'milestone_not_completed', 'previous_milestone_missing'])
      .concat(['previous_milestone_open', 'previous_milestone_unreleased', 'nothing_to_refund', 'milestone_cancelled'])
      .concat(['refund_exceeds_unallocated', 'later_milestone_completed', 'release_exceeds_milestone'])
      .concat(['fund of 2 legs', 'release of 2 legs', 'release of 4 legs', 'refund of 2 legs']);
    if (process.env.MODEL_STATS) console.log(Object.fromEntries(seen));
    expect(REACHABLE.filter((word) => (seen.get(word) ?? 0) < 5)).toEqual([]);
  });
});

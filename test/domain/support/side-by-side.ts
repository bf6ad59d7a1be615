/** One sequence, run through the domain and through the reference model, and compared after every batch. */
import { expect } from 'vitest';
import { fromSnapshot, toSnapshot } from '../../../src/domain/compact.ts';
import { earliestDeadline, nextDeadline } from '../../../src/domain/deadlines.ts';
import { allocatable, type EscrowOrder, remaining } from '../../../src/domain/escrow-order.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { violations } from '../../../src/domain/invariants.ts';
import { transactionOf } from '../../../src/domain/ledger.ts';
import type { OrderEvent, ProposedEntry } from '../../../src/domain/outcomes.ts';
import { parseCommand } from '../../../src/domain/parse-command.ts';
import { propose } from '../../../src/domain/propose.ts';
import { mayRefuse } from '../../../src/domain/refusals.ts';
import type { ModelMilestone, ModelPayout, Step } from '../model/state.ts';
import { ModelOrder, type ModelOutcome } from '../model.ts';
import { DECIMALS, rawOf } from './raw-steps.ts';
import { deepFrozen, recorded } from './recorder.ts';
import { emptyOrder } from './script.ts';
import type { Sequence } from './sequences.ts';
import { textOf, unitsOf } from './units.ts';

const FALLBACK = { id: 'none', actor: { role: 'merchant', id: 'merchant_1' }, receivedAt: 0 } as const;

export class SideBySide {
  readonly model: ModelOrder;
  order: EscrowOrder;
  private readonly sequence: Sequence;
  private readonly settledIds = new Set<string>();
  private readonly balances = { external: 0n, escrow: 0n, merchant: 0n };
  private readonly keys = new Set<string>();
  /** What happened: event types, and the kinds of ledger transactions with how many legs they had. */
  readonly seen: string[] = [];

  constructor(given: Sequence) {
    const { currency, rules } = given;
    this.sequence = given;
    this.model = new ModelOrder(rules);
    this.order = emptyOrder({
      currency,
      amount: this.text(rules.total),
      releaseType: rules.isMilestoneLocked ? 'MILESTONE_LOCKED' : 'DELIVERY_PROOF',
      autoReleaseOnProof: rules.releasesOnCompletion,
      mode: rules.isTestMode ? 'test' : 'live',
      terms: {
        inspectionPeriodSeconds: rules.inspectionSeconds,
        releaseBy: rules.releaseBy,
        onOverdue: rules.onOverdue,
        disputeDefault: rules.disputeDefault,
        disputeWindowSeconds: rules.windowSeconds,
      },
    });
  }

  batch(steps: readonly Step[], now: number): ModelOutcome[] {
    // The commit answers a command that has its outcome with that outcome; it never gets a second one.
    const fresh = steps.filter(({ id }) => !this.settledIds.has(id));
    const commands = fresh.map((step) => {
      const { type, raw } = rawOf(step, this.sequence.currency);
      return parseCommand(type, raw, FALLBACK);
    });
    this.expiryIsConsumed();
    const { entries } = propose(deepFrozen(this.order), commands, now);
    const restored = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(this.order))));
    expect(restored, 'a snapshot is the order').toStrictEqual(this.order);
    expect(propose(restored, commands, now).entries, 'a restored order goes on the same').toEqual(entries);
    const outcomes = this.model.batch(fresh, now);
    expect(entries.map(outcomeOf)).toEqual(outcomes);
    expect(entries.filter(isNotInTheTable), 'the table of refusals has it').toEqual([]);
    for (const { commandId, outcome } of entries) {
      if (outcome === 'held') continue;
      expect(this.settledIds.has(commandId), `${commandId} is settled once`).toBe(false);
      this.settledIds.add(commandId);
    }
    this.fold(entries);
    expect(propose(this.order, [], now).entries, 'a batch leaves nothing whose turn has come').toEqual([]);
    this.compare(now);
    return outcomes;
  }

  /** What expires next has an outcome of its own, after which something else expires next, or nothing. */
  private expiryIsConsumed(): void {
    const deadline = earliestDeadline(this.order);
    const at = nextDeadline(this.order);
    if (deadline === null || at === null) return;
    const [first] = propose(this.order, [], at).entries;
    expect(first, 'an expiry has an outcome').toBeDefined();
    const after = evolve(this.order, recorded(this.order.version, first ? [first] : []));
    expect(earliestDeadline(after), 'an expiry consumes its deadline').not.toEqual(deadline);
  }

  private fold(entries: readonly ProposedEntry[]): void {
    const log = recorded(this.order.version, entries);
    const atOnce = evolve(this.order, log);
    const oneByOne = log.reduce((order, entry) => {
      const next = evolve(order, [entry]);
      // What an order held when it closed is rejected by the entries that follow.
      expect(violations({ ...next, held: isLive(next) ? next.held : [] })).toEqual([]);
      return next;
    }, this.order);
    expect(oneByOne, 'entry by entry').toEqual(atOnce);
    this.order = atOnce;
    expect(violations(this.order)).toEqual([]);
    for (const [position, { version }] of log.entries()) {
      const entry = entries[position];
      if (entry?.outcome === 'accepted') for (const event of entry.events) this.post(version, event);
    }
  }

  private post(version: number, event: OrderEvent): void {
    this.seen.push(event.type);
    const transaction = transactionOf(this.order, version, event);
    if (transaction === null) return;
    expect(this.keys.has(transaction.key), `${transaction.key} is moved once`).toBe(false);
    this.keys.add(transaction.key);
    this.seen.push(`${transaction.kind} of ${transaction.postings.length} legs`);
    let sum = 0n;
    for (const { account, direction, amount } of transaction.postings) {
      const change = direction === 'credit' ? unitsOf(amount) : -unitsOf(amount);
      sum += change;
      this.balances[account.kind] += change;
    }
    expect(sum, 'the postings of a transaction add up to zero').toBe(0n);
    const { escrow, merchant } = this.balances;
    expect(escrow >= 0n && merchant >= 0n, 'no balance is ever below zero').toBe(true);
  }

  private compare(now: number): void {
    const { order } = this;
    const { state } = this.model;
    expect(viewOf(order)).toEqual({
      status: state.status,
      milestones: [...state.milestones].sort(([a], [b]) => a - b).map(([, one]) => this.milestoneView(one)),
      dispute: state.dispute && [state.dispute.index, state.dispute.raised, state.dispute.ends],
      restPayout: this.payoutView(state.restPayout),
      held: [...state.waiting.values()].map(({ step, until }) => [step.id, until]),
      lastAt: order.version === 0 ? 0 : state.clock,
      ahead: state.ahead,
      deadline: this.model.nextDeadline,
      funded: this.text(state.isFunded ? this.sequence.rules.total : 0n),
      allocated: this.text(state.allocated),
      released: this.text(state.released),
      refunded: this.text(state.refunded),
      paidUnallocated: this.text(state.paidUnallocated),
      remaining: this.text(state.remaining),
      allocatable: this.text(state.free),
    });
    const unit = 10n ** BigInt(18 - DECIMALS[this.sequence.currency]);
    const { released, refunded, settledPayouts } = state;
    const funded = state.isFunded ? this.sequence.rules.total : 0n;
    expect(this.balances).toEqual({
      external: -(funded - refunded - settledPayouts) * unit,
      escrow: (funded - released - refunded) * unit,
      merchant: (released - settledPayouts) * unit,
    });
    expect(nextDeadline(order) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
  }

  private milestoneView({ status, minor, due, ends, isAnnounced, payout }: ModelMilestone): unknown[] {
    return [status, this.text(minor), due, ends, isAnnounced, this.payoutView(payout)];
  }

  private payoutView(payout: ModelPayout | null): unknown[] | null {
    return payout && [payout.status, this.text(payout.minor)];
  }

  private text(minor: bigint): string {
    return textOf(minor * 10n ** BigInt(18 - DECIMALS[this.sequence.currency]));
  }
}

function isLive({ status }: EscrowOrder): boolean {
  return status === 'PENDING' || status === 'DISPUTED';
}

function viewOf(order: EscrowOrder): object {
  const { status, milestones, held, lastAt, funded, allocated, released, refunded, paidUnallocated } = order;
  const { dispute, restPayout, clockOffsetMs } = order;
  return {
    status,
    milestones: milestones.map((one) => [
      one.status,
      one.amount,
      one.dueAt ?? null,
      one.inspectionEndsAt ?? null,
      one.reminded ?? false,
      one.payout ? [one.payout.status, one.payout.amount] : null,
    ]),
    dispute: dispute && [dispute.milestoneIndex, dispute.raisedAt, dispute.endsAt],
    restPayout: restPayout && [restPayout.status, restPayout.amount],
    held: held.map(({ command, until }) => [command.id, until]),
    lastAt,
    ahead: clockOffsetMs,
    deadline: nextDeadline(order),
    funded,
    allocated,
    released,
    refunded,
    paidUnallocated,
    remaining: remaining(order),
    allocatable: allocatable(order),
  };
}

/** The id of an expiry ends with a version, which the model does not count. */
function outcomeOf(entry: ProposedEntry): ModelOutcome {
  const { outcome, at } = entry;
  const id = entry.commandId.replace(/^(deadline\/.*)\/[0-9]+$/, '$1');
  if (entry.outcome === 'accepted') return { id, outcome, reason: null, index: null, at };
  return { id, outcome, reason: entry.reason, index: entry.detail.index ?? null, at };
}

/** A refusal that no table, and so no document, tells of. */
export function isNotInTheTable(entry: ProposedEntry): boolean {
  return entry.outcome !== 'accepted' && entry.commandType !== 'unknown' && !mayRefuse(entry.commandType, entry.reason);
}

/** However much expires at once, a task proposes a portion of it, and the portions lead to the same in the end. */
import { describe, expect, it } from 'vitest';
import { MAX_HELD_COMMANDS } from '../../src/domain/decisions.ts';
import type { EscrowOrder, Milestone } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { ProposedEntry } from '../../src/domain/outcomes.ts';
import { COMMIT_LIMITS, propose } from '../../src/domain/propose.ts';
import { DEFAULT_TERMS, type Terms } from '../../src/domain/terms.ts';
import { recorded } from './support/recorder.ts';
import { command, given } from './support/script.ts';

const DUE = 1_000;
const NOW = 2_000;
/** The SDK ends the isolate after five seconds, on a machine that may be busy with others. */
const LIMIT_MS = 1_000;

/** What this process has computed, however busy the machine is. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

interface Given extends Partial<Terms> {
  readonly milestones: number;
  readonly held: number;
}

/** Everything is due at once, and the held commands wait for milestones at the end. */
function overdueOrder({ milestones: count, held, ...terms }: Given): EscrowOrder {
  const milestones = Array.from(
    { length: count },
    (): Milestone => ({ status: 'PENDING', amount: '1.00', dueAt: DUE }),
  );
  const total = `${count}.00`;
  return {
    ...given('funded'),
    ...{ amount: total, funded: total, allocated: total, milestones, terms: { ...DEFAULT_TERMS, ...terms } },
    held: Array.from({ length: held }, (_, position) => ({
      command: { ...command(`release ${count - 1 - (position % count)} wait forever`), id: `held-${position}` },
      until: null,
      cancelled: false,
    })),
  };
}

/** All portions, one after the other. */
function inPortions(order: EscrowOrder, limits = COMMIT_LIMITS): { entries: ProposedEntry[]; portions: number } {
  const entries: ProposedEntry[] = [];
  for (let portions = 1; ; portions++) {
    const portion = propose(order, [], NOW, false, limits);
    expect(portion.entries.length).toBeLessThanOrEqual(limits.entries);
    expect(portion.entries.length > 0 || portion.isWhole).toBe(true);
    entries.push(...portion.entries);
    order = evolve(order, recorded(order.version, portion.entries));
    if (portion.isWhole) return { entries, portions };
  }
}

describe('Many deadlines that pass at once', () => {
  it.each<Given>([
    { milestones: 2_000, held: 700, onOverdue: 'event' },
    { milestones: 2_000, held: 700, onOverdue: 'refund' },
    { milestones: 10_000, held: 0, onOverdue: 'refund' },
    { milestones: 10_000, held: 1_000, onOverdue: 'refund' },
    { milestones: 10_000, held: 1_000, onOverdue: 'event' },
  ])('are proposed in portions of bounded work: $milestones milestones, $held held, $onOverdue', (size) => {
    const order = overdueOrder(size);
    const before = cpuMs();
    const { entries, isWhole } = propose(order, [], NOW, false, COMMIT_LIMITS);
    expect(cpuMs() - before).toBeLessThan(LIMIT_MS);
    expect(isWhole).toBe(false);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.length).toBeLessThanOrEqual(COMMIT_LIMITS.entries);
  });

  it.each<Given>([
    { milestones: 40, held: 30, onOverdue: 'event' },
    { milestones: 40, held: 30, onOverdue: 'refund' },
    { milestones: 300, held: 0, onOverdue: 'refund' },
  ])('lead to the same as at once: $milestones milestones, $held held, $onOverdue', (size) => {
    const order = overdueOrder(size);
    const { entries } = propose(order, [], NOW);
    expect(inPortions(order, { ...COMMIT_LIMITS, entries: 7, decisions: 100 })).toMatchObject({ entries });
    expect(inPortions(order, { ...COMMIT_LIMITS, decisions: 1 })).toMatchObject({ entries });
    expect(inPortions(order, { ...COMMIT_LIMITS, bytes: 600 })).toMatchObject({ entries });
    expect(inPortions(order).portions).toBe(1);
  });
});

describe('A portion', () => {
  const creates = (count: number, offset = 0) =>
    Array.from({ length: count }, (_, index) => command(`create ${index + offset} of 0.01`));
  it('has as many entries as it may, and not one more', () => {
    const { entries } = COMMIT_LIMITS;
    expect(propose(given('funded'), creates(entries), NOW, false, COMMIT_LIMITS)).toMatchObject({ isWhole: true });
    const beyond = propose(given('funded'), creates(entries + 1), NOW, false, COMMIT_LIMITS);
    expect([beyond.entries.length, beyond.isWhole]).toEqual([entries, false]);
  });
  it('ends after as many decisions as it may', () => {
    const held = Array.from({ length: MAX_HELD_COMMANDS - 1 }, (_, index) => ({
      command: { ...command(`release ${index + 20} wait forever`), id: `held-${index}` },
      ...{ until: null, cancelled: false },
    }));
    const order = { ...given('funded'), held };
    // At first, and after each create, what is held is decided: a thousand decisions each.
    const drains = COMMIT_LIMITS.decisions / MAX_HELD_COMMANDS;
    const within = propose(order, creates(drains - 1), NOW, false, { ...COMMIT_LIMITS, decisions: 10_000 });
    expect([within.entries.length, within.isWhole]).toEqual([drains - 1, true]);
    const beyond = propose(order, creates(drains + 1), NOW, false, COMMIT_LIMITS);
    expect([beyond.entries.length, beyond.isWhole]).toEqual([drains, false]);
  });
});

it('Amendments that wait, of which each new milestone may refuse some, take a task little time', () => {
  const held = Array.from({ length: MAX_HELD_COMMANDS }, (_, position) => {
    const words = position % 2 === 0 ? `amend 0 of ${1_000 - position}.00` : `create ${(position + 3) / 2} of 1.00`;
    return { command: { ...command(`${words} wait forever`), id: `held-${position}` }, until: null, cancelled: false };
  });
  const order = { ...given('funded, milestones PENDING, disputed 0'), held };
  const before = cpuMs();
  const { entries } = propose(order, [command('create 1 of 1.00')], NOW, false, COMMIT_LIMITS);
  expect(cpuMs() - before).toBeLessThan(LIMIT_MS);
  expect(entries.slice(0, 5).map(({ commandId, outcome }) => `${commandId} ${outcome}`)).toEqual([
    'create-1 accepted',
    'held-0 rejected',
    'held-1 accepted',
    'held-3 accepted',
    'held-2 rejected',
  ]);
});

/**
 * Random sequences of commands against the reference model. A failure prints its seed and path; replay it with
 * `MODEL_SEED=<seed> MODEL_PATH=<path> npx vitest run test/domain/model.test.ts`. More runs: `MODEL_RUNS=20000`. A
 * failing sequence is made shorter, which can take minutes: `MODEL_SHRINK=0` shows it as it is.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { REASONS } from '../../src/domain/outcomes.ts';
import type { Rules, Step } from './model/state.ts';
import type { ModelOutcome } from './model.ts';
import { type Sequence, sequences } from './support/sequences.ts';
import { SideBySide } from './support/side-by-side.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 1_000);

/** Runs a sequence and then lets everything expire. Answers what was seen on the way. */
function run(given: Sequence): string[] {
  const both = new SideBySide(given);
  const outcomes: ModelOutcome[] = given.batches.flatMap(({ now, steps }) => both.batch(steps, now));
  for (let deadline = nextDeadline(both.order); deadline !== null; deadline = nextDeadline(both.order)) {
    outcomes.push(...both.batch([], deadline));
  }
  const held = outcomes.filter(({ outcome }) => outcome === 'held').map(({ reason }) => `held ${reason}`);
  const expired = outcomes.map(({ id }) => /^deadline\/[a-z]+/.exec(id)?.[0]).filter((word) => word !== undefined);
  return [
    ...outcomes.filter(({ outcome }) => outcome !== 'held').map(({ outcome, reason }) => reason ?? outcome),
    ...held,
    ...expired,
    both.order.status,
    ...both.seen,
  ];
}

/**
 * Not met here: a thousand held commands, months of extensions, and a database that refuses. Met too seldom: what becomes
 * of holds that others act on (parties.test.ts).
 */
const NOT_MET = [
  ...['held_commands_full', 'deadline_not_reached', 'extension_too_long', 'internal_conflict'],
  ...['dispute_decided', 'milestone_amended'],
];
const EVENTS = `
  escrow_order.funded escrow_order.completed escrow_order.refunded escrow_order.cancelled escrow_order.clock_advanced
  milestone.created milestone.completed milestone.extended milestone.inspection_ending milestone.overdue
  milestone.released milestone.amended milestone.cancelled milestone.reopened milestone.refunded
  dispute.raised dispute.resolved dispute.withdrawn payout.created payout.paid payout.failed payout.retried
  command.cancelled
`;
const MUST_BE_MET = [
  ...REASONS.filter((reason) => !NOT_MET.includes(reason)),
  ...EVENTS.trim().split(/\s+/),
  ...['accepted', 'PENDING', 'COMPLETED', 'CANCELLED'],
  ...['deadline/dispute', 'deadline/inspection', 'deadline/reminder', 'deadline/due'],
  ...['held order_disputed', 'held milestone_disputed', 'held milestone_missing', 'held milestone_not_completed'],
  ...['held previous_milestone_missing', 'held previous_milestone_open', 'held previous_milestone_unreleased'],
  ...['fund of 2 legs', 'release of 2 legs', 'release of 4 legs', 'refund of 2 legs', 'payout of 2 legs'],
];

const STEP: Step = {
  ...{ id: '', kind: 'create', role: 'merchant', index: null, minor: null, rest: 1n, isTooFine: false, due: null },
  ...{ seconds: 60, verdict: 'BUYER_WON', result: 'PAID', items: [], target: '', wait: null, receivedAt: 1_000 },
};
const RULES: Rules = {
  ...{ total: 1_000n, isMilestoneLocked: true, isTestMode: true, releasesOnCompletion: false },
  ...{ inspectionSeconds: null, releaseBy: 'merchant', onOverdue: 'event', disputeDefault: 'BUYER_WON' },
  windowSeconds: 1,
};

describe('The order and its reference model', () => {
  const seen = new Map<string, number>();

  it('agree on what a new milestone refuses that waits at a lower index', () => {
    const steps = [
      { kind: 'fund' },
      { index: 0, minor: 100n },
      { kind: 'raise', index: 0 },
      { kind: 'amend', index: 0, minor: 400n },
      { index: 2, minor: 500n },
      { index: 3, minor: 600n },
    ] satisfies Partial<Step>[];
    const batches = [steps, [{ index: 1, minor: 200n }]].map((batch, number) => ({
      now: 1_000,
      steps: batch.map((step, position): Step => ({ ...STEP, ...step, id: `${number}-${position}` })),
    }));
    expect(
      run({ currency: 'USD', rules: RULES, batches }).filter((word) => word === 'total_exceeds_order'),
    ).toHaveLength(2);
  });

  it(`agree on every outcome, deadline, amount and held command, and the ledger with both, in ${RUNS} random sequences`, {
    timeout: 3_600_000,
  }, () => {
    const seed = process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) };
    const path = process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH };
    fc.assert(
      fc.property(sequences, (given) => {
        for (const word of run(given)) seen.set(word, (seen.get(word) ?? 0) + 1);
      }),
      { numRuns: RUNS, endOnFailure: process.env.MODEL_SHRINK === '0', ...seed, ...path },
    );
  });
  it.runIf(RUNS >= 1_000 && process.env.MODEL_PATH === undefined)('meet every reason, event and expiry', () => {
    if (process.env.MODEL_STATS) console.log(Object.fromEntries(seen));
    // Once is enough to know that they can be met: the rarest are met some eight times in 1 000 sequences.
    expect(MUST_BE_MET.filter((word) => !seen.has(word))).toEqual([]);
  });
});

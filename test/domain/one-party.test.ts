/**
 * No sequence of commands by one party alone moves money to that party, unless the terms say so. What they say is told
 * in one-party/watch.ts. More sequences: `PARTY_RUNS=100000`; the same again: `PARTY_SEED=<seed>`.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { OrderEvent } from '../../src/domain/outcomes.ts';
import { propose } from '../../src/domain/propose.ts';
import { type Domain, play } from './one-party/play.ts';
import { played } from './one-party/sequences.ts';

const RUNS = Number(process.env.PARTY_RUNS ?? 20_000);
/** Always the same ones. Most breaks are found in some hundreds. */
const RUNS_PER_BREAK = 20_000;

const seed = process.env.PARTY_SEED === undefined ? {} : { seed: Number(process.env.PARTY_SEED) };
const gainsNothing = (domain: Domain, met: string[] = []) =>
  fc.property(played, (given) => {
    const { complaints, allowed, told } = play(domain, given);
    met.push(...allowed);
    if (complaints.length > 0) throw new Error([...complaints, ...told].join('\n'));
  });

describe('One party alone', () => {
  const met: string[] = [];
  it(`gets what the terms give it and nothing else, in ${RUNS} random sequences`, { timeout: 600_000 }, () => {
    fc.assert(gainsNothing({ propose, evolve, nextDeadline }, met), { numRuns: RUNS, ...seed });
  });
  it.runIf(RUNS >= 1_000)('and each of the terms does give it something in them', () => {
    const counts: Record<string, number> = {};
    for (const word of met.map((one) => one.replace(/^asked for.*/, 'asked for')))
      counts[word] = (counts[word] ?? 0) + 1;
    if (process.env.MODEL_STATS) console.log(counts);
    expect(Object.keys(counts).sort()).toEqual([
      ...[
        'asked for',
        'automatic release',
        'default for the buyer',
        'default for the merchant',
        'due date',
        'inspection',
      ],
      'release',
    ]);
  });
});

type Decide = (order: { readonly terms: object }, ...rest: unknown[]) => unknown;
type Module = Readonly<Record<string, Decide>>;

/** A rule that reads other terms than those of the order. */
const withTerms =
  (terms: object) =>
  (rule: Decide): Decide =>
  (order, ...rest) =>
    rule({ ...order, terms: { ...order.terms, ...terms } }, ...rest);

/** A rule that leaves some events out. */
const without =
  (isLeftOut: (event: OrderEvent) => boolean) =>
  (rule: Decide): Decide =>
  (...given) => {
    const decision = rule(...given) as { outcome: string; events?: OrderEvent[] };
    return decision.events ? { ...decision, events: decision.events.filter((event) => !isLeftOut(event)) } : decision;
  };

/** Each plants a break: a module, what in it is replaced, and by what, given what was there. */
const BREAKS: readonly [
  what: string,
  module: string,
  name: string,
  broken: (rule: Decide) => Decide | (() => unknown),
][] = [
  ['the window of a dispute is the one asked for', 'terms', 'disputeWindowOf', () => () => 1],
  ['a default pays who raised the dispute', 'terms', 'defaultPays', () => () => false],
  [
    'anybody’s held command can be cancelled',
    'decide-order',
    'decideCancelCommand',
    (rule) => (order, command) => rule(order, { ...(command as object), actor: { role: 'operator' } }),
  ],
  [
    'completing releases although only the buyer may',
    'decide-milestone',
    'decideComplete',
    withTerms({ releaseBy: 'merchant' }),
  ],
  [
    'a part of a milestone is released by the buyer',
    'permissions',
    'isAllowed',
    (rule) => (order, command) => rule({ terms: order.terms }, command),
  ],
  [
    'a release that waits pays whatever its milestone is worth by then',
    'decide-milestone',
    'decideRelease',
    (rule) => (order, command, at) => rule(order, { ...(command as object), worth: undefined }, at),
  ],
  ['anybody may do anything', 'permissions', 'isAllowed', () => () => true],
  ['rejected work keeps its due date', 'decide-milestone', 'decideReopen', withTerms({ onOverdue: 'event' })],
  [
    'the work after rejected work keeps its due dates',
    'decide-milestone',
    'decideReopen',
    without(({ type }) => type === 'milestone.amended'),
  ],
  [
    'a dispute takes time from due dates',
    'decide-dispute',
    'decideWithdraw',
    without((event) => event.type === 'milestone.extended' && event.dueAt !== undefined),
  ],
  [
    'a dispute takes time from inspections',
    'decide-dispute',
    'decideWithdraw',
    without((event) => event.type === 'milestone.extended' && event.inspectionEndsAt !== undefined),
  ],
  ['a decision that waits can be withdrawn from under', 'escrow-order', 'isDecided', () => () => false],
  ['what a dispute stops expires', 'escrow-order', 'isStopped', () => () => false],
];

describe('A planted break is found', () => {
  afterEach(() => vi.resetModules());
  it.runIf(RUNS >= 1_000).each(BREAKS)('%s', { timeout: 600_000 }, async (_, module, name, broken) => {
    const path = `../../src/domain/${module}.ts`;
    const actual = await vi.importActual<Module>(path);
    vi.resetModules();
    vi.doMock(path, () => ({ ...actual, [name]: broken(actual[name] as Decide) }));
    const domain = {
      ...(await import('../../src/domain/propose.ts')),
      ...(await import('../../src/domain/evolve.ts')),
      ...(await import('../../src/domain/deadlines.ts')),
    };
    vi.doUnmock(path);
    const found = fc.check(gainsNothing(domain), { numRuns: RUNS_PER_BREAK, endOnFailure: true, seed: 7 });
    if (process.env.MODEL_STATS) console.log(module, name, found.numRuns, String(found.errorInstance).split('\n')[0]);
    expect(found.failed).toBe(true);
  });
});

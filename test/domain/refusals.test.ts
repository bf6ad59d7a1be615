/**
 * What each command may be refused for: whatever a rule says is in the table, and whatever is in the table is said by a
 * rule. Here are the rule tables and some sequences; model.test.ts and one-party.test.ts ask the first of theirs, too.
 */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { COMMAND_TYPES, type Command, type CommandType } from '../../src/domain/commands.ts';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { decide } from '../../src/domain/decide.ts';
import { OF_ANY_COMMAND, OF_WAITING_COMMANDS, REFUSALS } from '../../src/domain/refusals.ts';
import { Recorder } from './support/recorder.ts';
import {
  BY_MILESTONE_STATUS,
  BY_ORDER_STATUS,
  BY_RELEASE_TYPE,
  IN_ORDER_OF_THEIR_INDEX,
  PAYOUTS,
  PRECEDENCE,
} from './support/rule-tables.ts';
import { command, given, NOW } from './support/script.ts';
import { sequences } from './support/sequences.ts';
import { SideBySide } from './support/side-by-side.ts';
import { SITUATIONS } from './support/situations.ts';
import { rowsOf } from './support/table.ts';
import { cellsOf } from './support/transition-cells.ts';

const TABLES = [BY_MILESTONE_STATUS, BY_ORDER_STATUS, BY_RELEASE_TYPE, IN_ORDER_OF_THEIR_INDEX, PAYOUTS, PRECEDENCE];
/** Its milestone 0 is worth 100.00. */
const WORTH_100 = 'funded, milestones COMPLETED';
const SEQUENCES = 400;
/** Always the same ones: each refusal must be met. */
const SEED = 3;

const met = new Map<string, Set<string>>(COMMAND_TYPES.map((type) => [type, new Set()]));

// Also what makes a command wait: one that does not want to wait is refused for that.
vi.mock(import('../../src/domain/decide.ts'), async (original) => {
  const rules = await original();
  return {
    ...rules,
    decide: (...asked: Parameters<typeof rules.decide>) => {
      const decision = rules.decide(...asked);
      if (decision.outcome !== 'accepted') met.get(asked[1].type)?.add(decision.reason);
      return decision;
    },
  };
});

it('the table is what the rules say, no more and no less', () => {
  for (const [state = '', words = ''] of TABLES.flatMap(rowsOf)) decide(given(state), command(words), NOW);
  for (const { state, words } of Object.keys(SITUATIONS).flatMap(cellsOf)) decide(given(state), command(words), NOW);
  const someSequences = fc.property(sequences, (sequence) => {
    const both = new SideBySide(sequence);
    for (const { now, steps } of sequence.batches) both.batch(steps, now);
    for (let at = nextDeadline(both.order); at !== null; at = nextDeadline(both.order)) both.batch([], at);
  });
  fc.assert(someSequences, { numRuns: SEQUENCES, seed: SEED });
  // What sequences meet too seldom.
  decide(given('onOverdue refund'), command('batch 0:10.00:1000'), NOW);
  decide(given(WORTH_100), { ...command('release 0'), worth: '1.00' } as Command, NOW);
  const decided = new Recorder('funded, milestones COMPLETED COMPLETED, window 60');
  decided.batch(1_000, 'raise 1 window 60 by merchant');
  decided.batch(1_000, 'resolve PARTIAL_REFUND 60.00 40.00 wait forever as it by arbiter');
  decided.batch(2_000, 'withdraw received 2000');
  const anywhere: readonly string[] = [...OF_ANY_COMMAND, ...OF_WAITING_COMMANDS];
  for (const [type, reasons] of met) {
    const own = [...reasons].filter((reason) => !anywhere.includes(reason));
    expect([type, ...own.sort()]).toEqual([type, ...[...REFUSALS[type as CommandType]].sort()]);
  }
}, 120_000);

it('says nothing twice', () => {
  for (const [type, reasons] of Object.entries(REFUSALS)) {
    expect([type, new Set(reasons).size]).toEqual([type, reasons.length]);
    expect(
      [...OF_ANY_COMMAND, ...OF_WAITING_COMMANDS].filter((one) => (reasons as readonly string[]).includes(one)),
    ).toEqual([]);
  }
});

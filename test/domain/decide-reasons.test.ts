import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { MILESTONE_TRANSITIONS, ORDER_TRANSITIONS } from '../../src/domain/escrow-order.ts';
import { REASONS } from '../../src/domain/outcomes.ts';
import {
  BY_MILESTONE_STATUS,
  BY_ORDER_STATUS,
  BY_RELEASE_TYPE,
  IN_ORDER_OF_THEIR_INDEX,
  PAYOUTS,
  PRECEDENCE,
} from './support/rule-tables.ts';
import { command, given, inWords, NOW } from './support/script.ts';
import { SITUATIONS } from './support/situations.ts';
import { rowsOf, rules } from './support/table.ts';
import { cellsOf } from './support/transition-cells.ts';

/** Every command in every status (transition-table.test.ts). */
const TRANSITION_CELLS = Object.keys(SITUATIONS).flatMap(cellsOf);

describe('Of two reasons that hold, the first in the order of precedence is recorded', () => {
  rules(PRECEDENCE);
  it('also for an amendment that is both too late and too large', () => {
    const decision = decide(given('funded, milestone 0 COMPLETED'), command('amend 0 of 1000.01'), NOW);
    expect(inWords(decision)).toContain('rejected milestone_already_completed');
  });
});

describe('The closed set of reasons', () => {
  it('has each of its reasons on a line above, or produced elsewhere', () => {
    const ELSEWHERE = [
      'dispute_decided', // decide-dispute.ts: a decision that waits (parties.test.ts)
      'milestone_amended', // decide-milestone.ts: a release that waited (parties.test.ts)
      'held_commands_full', // above, outside the tables
      'command_cancelled', // propose.ts: the held command that a cancel withdrew (propose.test.ts)
      'internal_conflict', // src/activities/order-log.ts: the culprit of a permanent SQL error
    ];
    const tables = [
      BY_MILESTONE_STATUS,
      BY_ORDER_STATUS,
      BY_RELEASE_TYPE,
      IN_ORDER_OF_THEIR_INDEX,
      PAYOUTS,
      PRECEDENCE,
    ];
    const inTheTables = tables.flatMap(rowsOf).map((columns) => columns[3]?.split(' ')[0] ?? '');
    const named = [...inTheTables, ...TRANSITION_CELLS.map(({ outcome }) => outcome.replace('held ', ''))];
    expect(REASONS.filter((reason) => !named.includes(reason))).toEqual(ELSEWHERE);
  });
  it('is in order of precedence: whatever is passed over above comes later in it', () => {
    const rank = (reason = '') => (REASONS as readonly string[]).indexOf(reason);
    const pairs = rowsOf(PRECEDENCE).map((columns) => [columns[3]?.split(' ')[0], columns[4]?.replace('over ', '')]);
    expect(pairs.filter(([first, second]) => !(rank(first) >= 0 && rank(first) < rank(second)))).toEqual([]);
  });
});

describe('Nothing is left out above', () => {
  const missing = (table: string, statuses: string[], statusOf: (state: string) => string[], ...without: string[]) => {
    const lines = [...rowsOf(table), ...TRANSITION_CELLS.map(({ state, words }) => [state, words])];
    const seen = lines.flatMap(([state = '', words = '']) =>
      statusOf(state).map((status) => `${command(words).type} ${status}`),
    );
    const all = COMMAND_TYPES.filter((type) => !without.includes(type)).flatMap((type) =>
      statuses.map((status) => `${type} ${status}`),
    );
    return all.filter((one) => !seen.includes(one));
  };
  it('every command has a line for every status of a milestone', () => {
    const statuses = Object.keys(MILESTONE_TRANSITIONS);
    // The tables are about milestone 0, the transitions about the one in the middle of three, or missing after one.
    const ofItsOwn = (state: string) => {
      const { milestones } = given(state);
      const isTransition = TRANSITION_CELLS.some((cell) => cell.state === state);
      return [milestones[isTransition ? 1 : 0]?.status ?? 'none'];
    };
    // Neither looks at milestones; an order with a milestone past PENDING was funded, so its intent is not cancelled.
    expect(missing(BY_MILESTONE_STATUS, ['none', ...statuses], ofItsOwn, 'order.fund', 'command.cancel')).toEqual([]);
  });
  it('every command has a line for every status of the order', () => {
    const statuses = Object.keys(ORDER_TRANSITIONS);
    expect(missing(BY_ORDER_STATUS, statuses, (state) => [given(state).status])).toEqual([]);
  });
  it('every command has a line for an order with money and for one without', () => {
    const isFunded = (state: string) => [given(state).funded === '0.00' ? 'unfunded' : 'funded'];
    expect(missing(BY_ORDER_STATUS, ['unfunded', 'funded'], isFunded)).toEqual([]);
  });
});

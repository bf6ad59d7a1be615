import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { MILESTONE_TRANSITIONS, ORDER_TRANSITIONS } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { violations } from '../../src/domain/invariants.ts';
import { command, given, NOW } from './support/script.ts';
import { COMMANDS, SITUATIONS } from './support/situations.ts';
import { rowsOf } from './support/table.ts';
import { cellsOf, columnsOf } from './support/transition-cells.ts';
import { TRANSITIONS } from './support/transitions.ts';

for (const situation of Object.keys(TRANSITIONS)) {
  describe(`Every command, ${situation}`, () => {
    for (const { status, words, state, outcome } of cellsOf(situation)) {
      it(`milestone ${status}: ${words} → ${outcome}`, () => {
        const order = given(state);
        const decision = decide(order, command(`${words} wait forever`), NOW);
        const reason = decision.outcome === 'accepted' ? 'accepted' : decision.reason;
        expect(decision.outcome === 'held' ? `held ${reason}` : reason).toBe(outcome);
        const impatient = decide(order, command(words), NOW);
        if (decision.outcome !== 'accepted') {
          expect(impatient).toMatchObject({ outcome: 'rejected', reason });
          return;
        }
        expect(impatient).toEqual(decision);
        const entry = { version: 1, commandId: 'c', at: NOW, outcome: 'accepted', events: decision.events } as const;
        const after = evolve(order, [entry]);
        const isClosed = after.status === 'COMPLETED' || after.status === 'CANCELLED';
        // What waits on an order that closes is rejected by the entries that follow.
        expect(violations({ ...after, held: isClosed ? [] : after.held })).toEqual([]);
        after.milestones.forEach(({ status: to }, index) => {
          const from = order.milestones[index]?.status ?? 'PENDING';
          // A resolution completes a milestone that was not, and then pays for it.
          const ways = from === 'PENDING' && to === 'RELEASED' ? ['RELEASED'] : MILESTONE_TRANSITIONS[from];
          expect([from, ...ways]).toContain(to);
        });
        expect([order.status, ...ORDER_TRANSITIONS[order.status]]).toContain(after.status);
      });
    }
  });
}

describe('Nothing is left out of the transition table', () => {
  it('every situation has its table, with a column for every status that the milestone can have in it', () => {
    expect(Object.keys(TRANSITIONS)).toEqual(Object.keys(SITUATIONS));
    for (const [name, { statuses }] of Object.entries(SITUATIONS)) expect(columnsOf(name)).toEqual([...statuses]);
  });
  it('every table has a line for every command', () => {
    expect([...new Set(COMMANDS.map((words) => command(words).type))].sort()).toEqual([...COMMAND_TYPES].sort());
    for (const table of Object.values(TRANSITIONS)) {
      const [, ...rows] = rowsOf(table);
      expect(rows.map(([words]) => words)).toEqual(COMMANDS);
    }
  });
  it('every status of an order and of a milestone is met', () => {
    const orders = Object.keys(SITUATIONS)
      .flatMap(cellsOf)
      .map(({ state }) => given(state));
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(Object.keys(ORDER_TRANSITIONS)));
    const statuses = orders.map(({ milestones }) => milestones[1]?.status ?? 'missing');
    expect(new Set(statuses)).toEqual(new Set(['missing', ...Object.keys(MILESTONE_TRANSITIONS)]));
  });
});

/** Runs rule tables: lines of columns that stand at least two spaces apart. */
import { expect, it } from 'vitest';
import { decide } from '../../../src/domain/decide.ts';
import type { EscrowOrder } from '../../../src/domain/escrow-order.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import type { Decision, RecordedEntry } from '../../../src/domain/outcomes.ts';
import { command, given, inWords, NOW } from './script.ts';

/** One test a line, each from its own order: order, command, outcome. A column "over …" is a note for the reader. */
export function rules(table: string): void {
  for (const [state = '', words = '', ...columns] of rowsOf(table)) {
    const outcome = columns.filter((column) => !column.startsWith('over ')).join(' ');
    it(`${state}: ${words} → ${columns.join(' ')}`, () => {
      expect(inWords(decide(given(state), command(words), NOW))).toBe(outcome);
    });
  }
}

/** One test a table: command, outcome. What a line leads to is recorded before the next. */
export function story(state: string, table: string): void {
  it(`given ${state}`, () => {
    let order = given(state);
    const told = rowsOf(table).map(([words = '']) => {
      const decision = decide(order, command(words), NOW);
      order = evolve(order, [recorded(order, words, decision)]);
      return `${words} → ${inWords(decision)}`;
    });
    expect(told).toEqual(rowsOf(table).map(([words = '', ...outcome]) => `${words} → ${outcome.join(' ')}`));
  });
}

/** The columns of each line that is not blank. */
export function rowsOf(table: string): string[][] {
  const lines = table.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => line.split(/ {2,}/));
}

function recorded(order: EscrowOrder, words: string, decision: Decision): RecordedEntry {
  const { id } = command(words);
  const base = { version: order.version + 1, commandId: id, at: NOW, outcome: decision.outcome };
  if (decision.outcome === 'accepted') return { ...base, events: decision.events };
  if (decision.outcome === 'held') return { ...base, held: { command: command(words), until: decision.until } };
  return base;
}

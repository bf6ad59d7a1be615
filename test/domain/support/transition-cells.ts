/** The transition table, cell by cell. */
import type { Column } from './situations.ts';
import { SITUATIONS } from './situations.ts';
import { rowsOf } from './table.ts';
import { TRANSITIONS } from './transitions.ts';

export interface Cell {
  readonly status: Column;
  /** The command, and the order it meets, in the words of script.ts. */
  readonly words: string;
  readonly state: string;
  /** `accepted`, a reason, or `held` and a reason. */
  readonly outcome: string;
}

export function columnsOf(situation: string): Column[] {
  const [[, ...statuses] = []] = rowsOf(TRANSITIONS[situation] ?? '');
  return statuses as Column[];
}

export function cellsOf(situation: string): Cell[] {
  const [, ...rows] = rowsOf(TRANSITIONS[situation] ?? '');
  const columns = columnsOf(situation);
  return rows.flatMap(([words = '', ...outcomes]) =>
    columns.map((status, position) => ({
      status,
      words,
      state: SITUATIONS[situation]?.of(status) ?? '',
      outcome: outcomes[position] ?? 'nothing',
    })),
  );
}

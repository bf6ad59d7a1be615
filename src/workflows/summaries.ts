/**
 * One-line summaries that the Temporal UI shows beside activities and timers. Short and without anything that people
 * wrote: Temporal refuses summaries of more than 400 bytes, and that would stop the order.
 */
import type { Deadline } from '../domain/deadlines.ts';
import type { ProposedEntry } from '../domain/outcomes.ts';

const SUMMARY_MAX_LENGTH = 160;

/** "4: create 2", "5-9: create 3-6, release 0, 2 refused, 1 held": the versions, and what is recorded as them. */
export function summaryOfBatch(entries: readonly ProposedEntry[], expectedVersion: number): string {
  const first = expectedVersion + 1;
  const last = expectedVersion + entries.length;
  const parts = [...accepted(entries), ...counted(entries, 'rejected', 'refused'), ...counted(entries, 'held', 'held')];
  const text = `${first === last ? first : `${first}-${last}`}: ${parts.join(', ')}`;
  return text.length > SUMMARY_MAX_LENGTH ? `${text.slice(0, SUMMARY_MAX_LENGTH)}...` : text;
}

function accepted(entries: readonly ProposedEntry[]): string[] {
  const indexes = new Map<string, number[]>();
  for (const entry of entries) {
    if (entry.outcome !== 'accepted') continue;
    const [event] = entry.events;
    const known = indexes.get(entry.commandType) ?? [];
    indexes.set(entry.commandType, event && 'index' in event ? [...known, event.index] : known);
  }
  return [...indexes].map(([type, of]) => `${nameOf(type)}${of.length > 0 ? ` ${ranges(of)}` : ''}`);
}

function counted(entries: readonly ProposedEntry[], outcome: ProposedEntry['outcome'], word: string): string[] {
  const count = entries.filter((entry) => entry.outcome === outcome).length;
  return count === 0 ? [] : [`${count} ${word}`];
}

/** "milestone.create" is the usual case and only "create". */
function nameOf(type: string): string {
  return type.replace(/^milestone\./, '').replace(/[._]/g, ' ');
}

/** "0-2, 5" */
function ranges(indexes: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const index of indexes) {
    const run = runs.at(-1);
    if (run && run[1] + 1 === index) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** What happens at a deadline: "inspection of milestone 1 ends". */
export function describeDeadline(deadline: Deadline): string {
  switch (deadline.kind) {
    case 'held':
      return 'a held command stops waiting';
    case 'dispute':
      return 'the dispute is resolved by default';
    case 'inspection':
      return `inspection of milestone ${deadline.index} ends`;
    case 'reminder':
      return `the end of the inspection of milestone ${deadline.index} is announced`;
    case 'due':
      return `milestone ${deadline.index} is overdue`;
  }
}

/**
 * How results are shown: as a table in the terminal, and as a page.
 */
import type { MemoryPerOrder } from './checks/memory.ts';
import type { StatementCount } from './checks/statements.ts';
import type { Figure } from './figures.ts';
import type { LoadResult } from './load/loads.ts';
import type { Plan } from './plan.ts';
import { type Rounds, rateOf } from './rounds.ts';
import type { Machine } from './support/machine.ts';
import { median } from './support/statistics.ts';

export interface Results {
  readonly machine: Machine;
  readonly plan: Plan;
  readonly figures: readonly Figure[];
  readonly rounds: readonly Rounds[];
  readonly statements: readonly StatementCount[];
  readonly memory: MemoryPerOrder;
}

type Table = readonly (readonly string[])[];

const FIGURES_HEAD = ['create a milestone', 'Tranche', 'floor-local', 'ratio', 'goal', 'met'];

/** For the terminal. */
export function renderText(results: Results): string {
  const { machine } = results;
  return [
    `${machine.hardware} · ${machine.system} · load ${machine.load} · ${machine.date} UTC · commit ${machine.commit}`,
    machine.versions,
    ...sections(results).map(({ title, note, table }) => `${title}\n${note}\n\n${aligned(table)}`),
  ].join('\n\n');
}

/** For RESULTS.md. */
export function renderMarkdown(results: Results): string {
  const { machine, plan } = results;
  return `${[
    '# What Tranche costs',
    `Written by \`npm run bench\`: ${plan.rounds} rounds, each load on each contender in turn, medians quoted. ` +
      'Everything runs on one machine: service, reference, PostgreSQL, Temporal and the load itself.',
    `* Machine: ${machine.hardware}, ${machine.system}; load average ${machine.load} before the run\n` +
      `* ${machine.versions}\n* Commit ${machine.commit}, ${machine.date} UTC`,
    ...sections(results).map(({ title, note, table }) => `## ${title}\n\n${note}\n\n${markdownTable(table)}`),
  ].join('\n\n')}\n`;
}

function sections({ plan, figures, rounds, statements, memory }: Results) {
  return [
    {
      title: 'Figures',
      note: 'Tranche: its whole HTTP path. floor-local: a signal, a loop, an empty local activity, an answer.',
      table: [FIGURES_HEAD, ...figures.map(figureRow)],
    },
    {
      title: 'Processor time',
      note: `Milliseconds a command at ${plan.spreadClients} clients. Unlike rates, these hold on a busy machine too.`,
      table: processorTable(rounds),
    },
    { title: 'SQL statements', note: 'By what they are for.', table: statementTable(statements) },
    {
      title: 'Memory of an idle order',
      note:
        'A funded order with one milestone, its workflow cached. V8 heaps after a full collection, before and after ' +
        'the orders were made, divided by their number.',
      table: memoryTable(memory),
    },
    { title: 'Rounds', note: 'What the medians are of.', table: roundsTable(rounds) },
  ];
}

function figureRow({ name, tranche, floor, ratio, goal, met }: Figure): string[] {
  return [name, tranche, floor, ratio, goal, met === null ? '' : met ? 'yes' : 'NO'];
}

function processorTable(rounds: readonly Rounds[]): Table {
  const each = (results: readonly LoadResult[], key: 'own' | 'temporal' | 'postgres') => {
    const values = results.flatMap(({ cpu, commands }) => {
      const seconds = cpu[key];
      return seconds === null ? [] : [(seconds * 1_000) / commands];
    });
    return values.length === 0 ? '' : median(values).toFixed(2);
  };
  return [
    ['', 'own process', 'Temporal', 'PostgreSQL'],
    ...rounds.map(({ contender, spread }) => [
      contender,
      each(spread, 'own'),
      each(spread, 'temporal'),
      each(spread, 'postgres'),
    ]),
  ];
}

function statementTable(statements: readonly StatementCount[]): Table {
  return [
    ['load', 'purpose', 'number depends on', 'statements'],
    ...statements.flatMap(({ requests, atOnce, keyed, counts }) => {
      const load = `${requests} creates ${atOnce ? 'at once' : 'in turn'}${keyed ? ', with key' : ''}`;
      return counts.map(({ purpose, cause, count }) => [load, purpose, cause, String(count)]);
    }),
  ];
}

function memoryTable({ orders, workflowHeapKiB, mainHeapKiB, rssKiB }: MemoryPerOrder): Table {
  return [
    ['what', 'KiB an order'],
    ['V8 heap of the thread that holds all workflows', workflowHeapKiB.toFixed(1)],
    ['V8 heap of the main thread', mainHeapKiB.toFixed(1)],
    ['resident memory of the process, garbage included', rssKiB.toFixed(1)],
    ['(orders made)', String(orders)],
  ];
}

function roundsTable(rounds: readonly Rounds[]): Table {
  const list = (results: readonly LoadResult[], read: (result: LoadResult) => number, digits: number) =>
    results.map((result) => read(result).toFixed(digits)).join(' ');
  return [
    ['', 'commands/s', 'one client p50, ms', 'one client p99, ms', 'burst, ms'],
    ...rounds.map(({ contender, spread, lone, burst }) => [
      contender,
      list(spread, rateOf, 0),
      list(lone, ({ p50Ms }) => p50Ms, 1),
      list(lone, ({ p99Ms }) => p99Ms, 1),
      list(burst, ({ ms }) => ms, 0),
    ]),
  ];
}

/** Numbers to the right, words to the left. */
function aligned(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          /^[≤≥]?\s?[\d.]/.test(cell) && column > 0
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.trim()).join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

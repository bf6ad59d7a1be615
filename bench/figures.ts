/**
 * From measurements to the figures that are quoted, each with its goal.
 */
import { BURST_COMMANDS, type HistoryEvents } from './checks/history.ts';
import type { MemoryPerOrder } from './checks/memory.ts';
import { batchStatements, type StatementCount, statementsPerRequest } from './checks/statements.ts';
import { type Rounds, rateOf } from './rounds.ts';
import { median } from './support/statistics.ts';

export interface Figure {
  readonly name: string;
  readonly tranche: string;
  readonly floor: string;
  readonly ratio: string;
  readonly goal: string;
  /** Null without a goal. */
  readonly met: boolean | null;
  /** Whether missing the goal means that the code is wrong, not only slow: such a figure does not depend on time. */
  readonly isBound: boolean;
}

const GOALS = {
  spreadRatio: 0.7,
  loneRatio: 1.5,
  tailRatio: 4,
  burstRatio: 0.5,
  loneEvents: 5,
  startEvents: 6,
  burstEvents: 20,
  statements: 2,
  statementsKeyed: 3,
  burstBatchStatements: 20,
  memoryKiB: 60,
} as const;

/** @param rounds of Tranche, of Tranche with idempotency keys, and of the floor */
export function timedFigures([tranche, keyed, floor]: readonly [Rounds, Rounds, Rounds]): Figure[] {
  const figure = (
    name: string,
    ours: Rounds,
    kind: 'spread' | 'lone' | 'burst',
    read: (result: Rounds['spread'][number]) => number,
    goal: { atLeast?: number; atMost?: number },
  ): Figure => {
    // Ratios within a round, because the machine may have changed from one round to the next.
    const ratios = ours[kind].map((result, round) => read(result) / read(floor[kind][round] as typeof result));
    const ratio = median(ratios);
    const [digits, unit] = kind === 'spread' ? [0, '/s'] : [1, ' ms'];
    const show = (rounds: Rounds) => `${median(rounds[kind].map(read)).toFixed(digits)}${unit}`;
    return { name, tranche: show(ours), floor: show(floor), ratio: ratio.toFixed(2), ...judge(ratio, goal) };
  };
  const tail = median(tranche.lone.map(({ p99Ms, p50Ms }) => p99Ms / p50Ms));
  const burst = `${BURST_COMMANDS} at once on one order, until all are answered`;
  const whole = (result: Rounds['burst'][number]) => result.ms;
  return [
    figure('32 clients, many orders: commands', tranche, 'spread', rateOf, { atLeast: GOALS.spreadRatio }),
    figure('  the same with Idempotency-Key', keyed, 'spread', rateOf, {}),
    figure('one client, one order: p50', tranche, 'lone', ({ p50Ms }) => p50Ms, { atMost: GOALS.loneRatio }),
    figure('  the same with Idempotency-Key', keyed, 'lone', ({ p50Ms }) => p50Ms, {}),
    figure('one client, one order: p99', tranche, 'lone', ({ p99Ms }) => p99Ms, {}),
    plain('  p99 as a multiple of the own p50', tail, 1, { atMost: GOALS.tailRatio }, false),
    figure(burst, tranche, 'burst', whole, { atMost: GOALS.burstRatio }),
    figure('  the same with Idempotency-Key', keyed, 'burst', whole, {}),
  ];
}

export function historyFigures(events: HistoryEvents): Figure[] {
  return [
    plain('history events: a command on an order at rest', events.loneCommand, 0, { atMost: GOALS.loneEvents }, true),
    plain('history events: start and load', events.startAndLoad, 0, { atMost: GOALS.startEvents }, true),
    plain('  with the first command', events.firstCommand, 0, {}, false),
    plain(`history events: ${BURST_COMMANDS} creates at once`, events.burst, 0, { atMost: GOALS.burstEvents }, true),
    plain('  with what their timers add later', events.burstLater, 0, {}, false),
  ];
}

/** @param counts without keys in turn and at once, then the same with keys */
export function statementFigures(counts: readonly StatementCount[]): Figure[] {
  return counts.map((count) => {
    const keyed = count.keyed ? ' with Idempotency-Key' : '';
    if (!count.atOnce) {
      const goal = { atMost: count.keyed ? GOALS.statementsKeyed : GOALS.statements };
      return plain(`SQL statements a create${keyed}`, statementsPerRequest(count), 2, goal, true);
    }
    const name = `SQL statements for the batches of ${count.requests} creates at once${keyed}`;
    return plain(name, batchStatements(count), 0, { atMost: GOALS.burstBatchStatements }, true);
  });
}

export function memoryFigures(memory: MemoryPerOrder): Figure[] {
  const { workflowHeapKiB, mainHeapKiB, rssKiB, orders } = memory;
  return [
    plain(`KiB of workflow heap an idle order (${orders})`, workflowHeapKiB, 0, { atMost: GOALS.memoryKiB }, false),
    plain('  KiB of main heap', mainHeapKiB, 0, {}, false),
    plain('  KiB of resident memory, garbage included', rssKiB, 0, {}, false),
  ];
}

function plain(
  name: string,
  value: number,
  digits: number,
  goal: { atLeast?: number; atMost?: number },
  isBound: boolean,
): Figure {
  return { name, tranche: value.toFixed(digits), floor: '', ratio: '', ...judge(value, goal), isBound };
}

function judge(value: number, { atLeast, atMost }: { atLeast?: number; atMost?: number }) {
  if (atLeast !== undefined) return { goal: `≥ ${atLeast}`, met: value >= atLeast, isBound: false };
  if (atMost !== undefined) return { goal: `≤ ${atMost}`, met: value <= atMost, isBound: false };
  return { goal: '', met: null, isBound: false };
}

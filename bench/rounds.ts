/**
 * The timed part: every contender under every load, in turn, round after round, so that a machine that speeds up or
 * slows down meanwhile does the same to all of them.
 */
import type { Load, LoadResult } from './load/loads.ts';
import type { Plan } from './plan.ts';
import type { Contender } from './support/contenders.ts';
import { median } from './support/statistics.ts';

export interface Rounds {
  readonly contender: string;
  readonly spread: readonly LoadResult[];
  readonly lone: readonly LoadResult[];
  readonly burst: readonly LoadResult[];
}

const WARM_UP_COMMANDS = 30;
const WARM_UP_BURSTS = 2;

/** Warms all contenders up, then measures them. */
export async function measureRounds(
  contenders: readonly Contender[],
  plan: Plan,
  say: (line: string) => void,
): Promise<Rounds[]> {
  for (const contender of contenders) {
    say(`warming up ${contender.name}`);
    await contender.run({ kind: 'spread', clients: plan.spreadClients, windowMs: plan.warmUpMs });
    await contender.run({ kind: 'lone', commands: WARM_UP_COMMANDS });
    for (let time = 0; time < WARM_UP_BURSTS; time++) {
      await contender.run({ kind: 'burst', commands: plan.burstCommands });
    }
  }
  const measured = contenders.map(({ name }) => ({
    contender: name,
    spread: [] as LoadResult[],
    lone: [] as LoadResult[],
    burst: [] as LoadResult[],
  }));
  for (let round = 1; round <= plan.rounds; round++) {
    for (const load of loadsOf(plan)) {
      for (const [position, contender] of contenders.entries()) {
        const times = load.kind === 'burst' ? plan.burstsPerRound : 1;
        const results: LoadResult[] = [];
        for (let time = 0; time < times; time++) results.push(await contender.run(load));
        measured[position]?.[load.kind].push(middleOf(results));
        say(`round ${round} of ${plan.rounds}, ${describe(load.kind, middleOf(results))}, ${contender.name}`);
      }
    }
  }
  return measured;
}

/** Commands per second. */
export function rateOf({ commands, ms }: LoadResult): number {
  return (commands / ms) * 1_000;
}

function loadsOf(plan: Plan): Load[] {
  return [
    { kind: 'spread', clients: plan.spreadClients, windowMs: plan.spreadMs },
    { kind: 'lone', commands: plan.loneCommands },
    { kind: 'burst', commands: plan.burstCommands },
  ];
}

/** The repetition with the median time. */
function middleOf(results: readonly LoadResult[]): LoadResult {
  const middle = median(results.map(({ ms }) => ms));
  const sorted = [...results].sort((a, b) => Math.abs(a.ms - middle) - Math.abs(b.ms - middle));
  return sorted[0] as LoadResult;
}

function describe(kind: Load['kind'], result: LoadResult): string {
  switch (kind) {
    case 'spread':
      return `spread ${rateOf(result).toFixed(0)} commands/s`;
    case 'lone':
      return `one client p50 ${result.p50Ms.toFixed(1)} ms`;
    case 'burst':
      return `burst ${result.ms.toFixed(0)} ms`;
  }
}

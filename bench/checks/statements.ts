/**
 * How many SQL statements a create costs, counted where the service sends them and listed by what they are for.
 */
import { runLoad } from '../load/loads.ts';
import type { TrancheTarget } from '../load/tranche-target.ts';
import type { Child } from '../support/child.ts';
import { readNoCpu } from '../support/cpu.ts';
import { BURST_COMMANDS } from './history.ts';

export interface StatementCount {
  readonly requests: number;
  readonly atOnce: boolean;
  readonly keyed: boolean;
  readonly counts: readonly PurposeCount[];
}

export interface PurposeCount {
  readonly purpose: string;
  readonly cause: Cause;
  readonly count: number;
}

/** What a statement's number depends on: the requests, the batches that they end up in, or the time that passes. */
export type Cause = 'request' | 'batch' | 'time';

const LONE_COMMANDS = 50;
/** Opens connections and compiles code: a burst on a cold service may take longer than a create waits for its turn. */
const WARM_UP = { kind: 'spread', clients: 32, windowMs: 2_000 } as const;

/** What a statement is for, by its text; the first that matches. */
const PURPOSES: readonly { purpose: string; pattern: RegExp; cause: Cause }[] = [
  { purpose: 'commit of a batch', pattern: /^\s*with target as/i, cause: 'batch' },
  { purpose: 'details of held commands', pattern: /^select .* from "held_commands"/is, cause: 'batch' },
  { purpose: 'claim of an idempotency key', pattern: /^insert into "commands"/i, cause: 'request' },
  { purpose: 'look-up of intent and order', pattern: /^select .* from "payment_intents"/is, cause: 'request' },
  { purpose: 'API key, at most every 2 s', pattern: /from "api_keys"/i, cause: 'time' },
  { purpose: 'search for late outcomes, every 25 ms', pattern: /from "order_log" where .*= any\(/is, cause: 'time' },
  {
    purpose: 'sweep, every 2 s',
    pattern:
      /^\s*(with due as|update commands set open)|^\s*update fundings|^\s*select o\.id|^\s*select id, updated_at::text/i,
    cause: 'time',
  },
];

/**
 * Counts for creates one after the other and for a burst.
 *
 * @param child the instrumented service that `target` sends to
 * @param keyed whether the target's creates have idempotency keys
 */
export async function countStatements(child: Child, target: TrancheTarget, keyed: boolean): Promise<StatementCount[]> {
  await runLoad(target, WARM_UP, readNoCpu);
  const counts: StatementCount[] = [];
  for (const load of [
    { kind: 'lone', commands: LONE_COMMANDS },
    { kind: 'burst', commands: BURST_COMMANDS },
  ] as const) {
    const orders = await target.prepare(1);
    await child.ask('statements');
    const { commands } = await runLoad({ ...target, prepare: async () => orders }, load, readNoCpu);
    const texts = await child.ask<[string, number][]>('statements');
    counts.push({ requests: commands, atOnce: load.kind === 'burst', keyed, counts: byPurpose(texts) });
  }
  return counts;
}

/** Statements for the requests and their batches, per request. */
export function statementsPerRequest({ counts, requests }: StatementCount): number {
  return sumOf(counts.filter(({ cause }) => cause !== 'time')) / requests;
}

/** Statements for all batches together. */
export function batchStatements({ counts }: StatementCount): number {
  return sumOf(counts.filter(({ cause }) => cause === 'batch'));
}

function sumOf(counts: readonly PurposeCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function byPurpose(texts: readonly [string, number][]): PurposeCount[] {
  const counts = new Map<string, PurposeCount>();
  for (const [text, times] of texts) {
    const known = PURPOSES.find(({ pattern }) => pattern.test(text));
    const { purpose, cause } = known ?? { purpose: `other: ${text.trim().slice(0, 60)}`, cause: 'request' };
    counts.set(purpose, { purpose, cause, count: (counts.get(purpose)?.count ?? 0) + times });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

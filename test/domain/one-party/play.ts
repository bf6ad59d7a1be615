/** Plays a random order through the domain, or through one that a test has broken, under the eyes of {@link Watch}. */

import type { Command } from '../../../src/domain/commands.ts';
import type { EscrowOrder } from '../../../src/domain/escrow-order.ts';
import type { ProposedEntry } from '../../../src/domain/outcomes.ts';
import { recorded } from '../support/recorder.ts';
import { command, emptyOrder } from '../support/script.ts';
import { isNotInTheTable } from '../support/side-by-side.ts';
import type { Move, Played } from './sequences.ts';
import { type Party, Watch } from './watch.ts';

/** The parts of the domain that a test can break. */
export interface Domain {
  readonly propose: typeof import('../../../src/domain/propose.ts').propose;
  readonly evolve: typeof import('../../../src/domain/evolve.ts').evolve;
  readonly nextDeadline: typeof import('../../../src/domain/deadlines.ts').nextDeadline;
}

export interface Verdict {
  /** What is wrong; empty when nothing is. */
  readonly complaints: readonly string[];
  /** What the terms allowed the party to get meanwhile. */
  readonly allowed: readonly string[];
  /** Each move with what became of it, for whoever reads a failure. */
  readonly told: readonly string[];
}

/** More deadlines than an order of these sequences can have. */
const DEADLINES_MAX = 60;

export function play(domain: Domain, { agreed, together, alone, moves }: Played): Verdict {
  const { inspectionSeconds, isAutomatic, windowSeconds, ...terms } = agreed;
  const watch = new Watch(agreed);
  const complaints: string[] = [];
  const told: string[] = [];
  let order: EscrowOrder = emptyOrder({
    amount: '35.00',
    currency: 'USD',
    autoReleaseOnProof: isAutomatic,
    terms: { ...terms, inspectionPeriodSeconds: inspectionSeconds, disputeWindowSeconds: windowSeconds },
  });
  let now = 1_000;
  const settled = new Set<string>();

  const batch = (commands: Command[], who: Party | null) => {
    const { entries } = domain.propose(order, commands, now);
    order = domain.evolve(order, recorded(order.version, entries));
    for (const entry of entries) {
      if (entry.outcome !== 'held') settled.add(entry.commandId);
      told.push(wordsOf(entry));
      if (isNotInTheTable(entry)) complaints.push(`${wordsOf(entry)} is in no table of refusals`);
      const complaint = watch.see(entry, who);
      if (complaint !== null) complaints.push(complaint);
    }
  };
  let number = 0;
  const move = ({ words, role, gap, dueIn }: Move, who: Party | null) => {
    now += gap;
    const ahead = Math.ceil((now + order.clockOffsetMs) / 1_000) * 1_000;
    const hasDate = dueIn !== null && (words.startsWith('create') || words.startsWith('amend'));
    const due = hasDate ? ` due ${ahead + dueIn * 1_000}` : '';
    const sender = words.startsWith('settle') ? 'system' : role;
    const sent = `${words}${due} received ${now} as step-${number++} by ${sender}`;
    told.push(`> ${sent}`);
    batch([command(sent)], who);
  };
  for (const one of together) move(one, null);
  for (const one of moves) move(one, alone);
  for (let rounds = 0; rounds < DEADLINES_MAX; rounds++) {
    const next = domain.nextDeadline(order);
    if (next === null) break;
    now = Math.max(now, next);
    batch([], alone);
  }
  return { complaints, allowed: watch.allowed, told };
}

function wordsOf(entry: ProposedEntry): string {
  const { commandId, commandType, actor, at, outcome } = entry;
  const why = entry.outcome === 'accepted' ? entry.events.map(({ type }) => type).join(' + ') : entry.reason;
  return `@${at} ${commandId} ${commandType} by ${actor.role}: ${outcome} ${why}`;
}

/** Records batches the way the commit does: what is proposed gets versions, is stored as JSON, and is folded. */
import type { Command, InvalidCommand } from '../../../src/domain/commands.ts';
import { compactEntry } from '../../../src/domain/compact.ts';
import type { EscrowOrder } from '../../../src/domain/escrow-order.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import type { ProposedEntry, RecordedEntry } from '../../../src/domain/outcomes.ts';
import { propose } from '../../../src/domain/propose.ts';
import { command, entryInWords, given } from './script.ts';

export class Recorder {
  order: EscrowOrder;
  /** What the last batch proposed. */
  entries: readonly ProposedEntry[] = [];

  constructor(state: string | EscrowOrder) {
    this.order = deepFrozen(typeof state === 'string' ? given(state) : state);
  }

  /** Proposes and records one batch; answers its entries in words. */
  batch(now: number, ...commands: (string | Command | InvalidCommand)[]): string[] {
    const parsed = commands.map((one) => (typeof one === 'string' ? command(one) : one));
    this.entries = propose(this.order, parsed, now).entries;
    // Frozen, so that whoever changes an order that is not his own fails.
    this.order = deepFrozen(evolve(this.order, recorded(this.order.version, this.entries)));
    return this.entries.map(entryInWords);
  }

  heldIds(): string[] {
    return this.order.held.map((held) => held.command.id);
  }
}

/** The entries as the workflow gets them back: compact, and through JSON. */
export function recorded(version: number, entries: readonly ProposedEntry[]): RecordedEntry[] {
  return JSON.parse(JSON.stringify(entries.map((entry, position) => compactEntry(version + 1 + position, entry))));
}

export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFrozen(part);
  }
  return value;
}

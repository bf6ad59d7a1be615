/**
 * Turns a batch of commands into the entries to record: in arrival order, each held command as soon as its turn has
 * come, and what has expired. Works on a draft; nothing it assumes counts until it is recorded.
 */
import { type Actor, type Command, type InvalidCommand, isInvalid } from './commands.ts';
import { CONSEQUENCES } from './consequences.ts';
import { type Deadline, DueDates, earliestDeadline } from './deadlines.ts';
import { decide } from './decide.ts';
import { addedBy } from './decide-milestone.ts';
import { notAfterTheEnd } from './decisions.ts';
import { allocatable, copyOf, type EscrowOrder, type HeldCommand } from './escrow-order.ts';
import { applyEntry } from './evolve.ts';
import { appraised, inTurn } from './held-commands.ts';
import { type Amount, compare } from './money.ts';
import type { Decision, ProposedEntry } from './outcomes.ts';
import { ANSWER_MAX_BYTES, countWithin, jsonBytes } from './payload-limits.ts';

/** What is recorded first of what a batch leads to. */
export interface Proposal {
  /** Empty when there is nothing to record: a command that is already held, or twice in the batch, makes no entry. */
  readonly entries: readonly ProposedEntry[];
  /** False: the batch leads to more, which is to be proposed again once these are recorded. */
  readonly isWhole: boolean;
}

/** How much is proposed in one go. */
export interface ProposalLimits {
  /** Entries, but for the rejection of a cancelled command: it is recorded with the cancellation, which it follows. */
  readonly entries: number;
  /** Decisions. A workflow's task may take 5 s in all, or the SDK ends the isolate that it runs in. */
  readonly decisions: number;
  /** Of the entries as JSON, but for a single one that is larger: they are an activity's input, and come back as its answer. */
  readonly bytes: number;
}

/** Of one commit; a drain of a full held list comes in several. 10 000 decisions take about a tenth of a second. */
export const COMMIT_LIMITS: ProposalLimits = { entries: 500, decisions: 10_000, bytes: ANSWER_MAX_BYTES };

const WITHOUT_END = Number.POSITIVE_INFINITY;
const NO_LIMITS: ProposalLimits = { entries: WITHOUT_END, decisions: WITHOUT_END, bytes: WITHOUT_END };

/** Looking at a milestone for its deadline is this much cheaper than deciding a command. */
const LOOKS_PER_DECISION = 500;

/**
 * The entries that `commands` and the passing of time lead to.
 *
 * A deadline lets in what was received up to and including its instant: a command is judged at the time it was
 * received (never before the last recorded instant, never in the future), and whatever expired before that time
 * expires first. So a command sent in time is in time, though the workers were down.
 *
 * @param now the batch's time in epoch milliseconds
 * @param more whether further commands have arrived: one of them may have been received before a deadline that has
 *   passed by now, so nothing expires yet but what expired before the commands given here
 */
export function propose(
  order: EscrowOrder,
  commands: readonly (Command | InvalidCommand)[],
  now: number,
  more = false,
  limits = NO_LIMITS,
): Proposal {
  const batch = new Batch(order, now, limits);
  batch.drain();
  for (const command of commands) batch.take(command);
  if (!more) batch.expireUpTo(batch.now);
  return batch.proposal();
}

const SYSTEM: Actor = { role: 'system', id: 'tranche' };

/** An amendment that a drain has passed over, and what it adds to its milestone. */
interface Raise {
  readonly held: HeldCommand;
  readonly added: Amount;
}

class Batch {
  private readonly realNow: number;
  private readonly draft: EscrowOrder;
  private readonly heldBefore: ReadonlySet<string>;
  private readonly seen: Set<string>;
  private readonly settled: ProposedEntry[] = [];
  /** Commands held in this batch, with the decision that held them; recorded only if still held at its end. */
  private readonly newlyHeld = new Map<string, ProposedEntry & { outcome: 'held' }>();
  private readonly limits: ProposalLimits;
  private decisions = 0;
  private bytes = 0;
  private dueDates: DueDates | null = null;

  constructor(order: EscrowOrder, now: number, limits: ProposalLimits) {
    this.limits = limits;
    this.draft = copyOf(order);
    this.realNow = now;
    this.heldBefore = new Set(order.held.map((held) => held.command.id));
    this.seen = new Set(this.heldBefore);
  }

  /** On the order's clock, which a command of this batch may have advanced. */
  get now(): number {
    return Math.max(notAfterTheEnd(this.realNow + this.draft.clockOffsetMs), this.draft.lastAt);
  }

  /** With an entry at least: what is left out is proposed again after what is recorded. */
  private get isFull(): boolean {
    const count = this.settled.length + this.newlyHeld.size;
    const { entries, decisions, bytes } = this.limits;
    return this.settled.length > entries || (count > 0 && (this.decisions >= decisions || this.bytes > bytes));
  }

  take(command: Command | InvalidCommand): void {
    if (this.isFull || this.seen.has(command.id)) return;
    this.seen.add(command.id);
    const received = command.receivedAt + this.draft.clockOffsetMs;
    const at = Math.max(this.draft.lastAt, Math.min(received, this.now));
    this.expireUpTo(at - 1);
    if (this.isFull) return;
    this.draft.lastAt = at;
    const decision: Decision = isInvalid(command)
      ? { outcome: 'rejected', reason: 'invalid_command', detail: { problem: command.problem } }
      : this.decide(command, at);
    this.record(command, decision, at);
    this.drainAfter(decision);
  }

  private decide(command: Command, at: number): Decision {
    this.decisions++;
    return decide(this.draft, command, at);
  }

  private drainAfter(decision: Decision): void {
    if (decision.outcome === 'accepted' && decision.events.some(({ type }) => CONSEQUENCES[type].frees)) this.drain();
  }

  /**
   * Records every held command whose turn has come, lowest index first. One pass is enough: what a command waits for
   * comes before it in this order. Only the end of a dispute sets lower ones free, and only a new milestone, by taking
   * the room, refuses lower ones.
   */
  drain(): void {
    let raises: Raise[] = [];
    for (const held of inTurn(this.draft)) {
      const { command } = held;
      const decision = this.decideHeld(held);
      if (decision.outcome === 'held') {
        if (command.type === 'milestone.amend') raises.push({ held, added: addedBy(this.draft, command) });
        continue;
      }
      this.record(command, decision, this.draft.lastAt);
      if (decision.outcome === 'rejected') continue;
      if (command.type === 'dispute.resolve') {
        this.drain();
        return;
      }
      if (command.type === 'milestone.create') raises = this.withRoom(raises);
    }
  }

  /** Those that still have room; the others are recorded as refused. Deciding all anew would take a task's time. */
  private withRoom(raises: readonly Raise[]): Raise[] {
    if (raises.length === 0) return [];
    const room = allocatable(this.draft);
    return raises.filter(({ held, added }) => {
      if (compare(added, room) <= 0) return true;
      this.record(held.command, this.decideHeld(held), this.draft.lastAt);
      return false;
    });
  }

  /** Whatever expires up to `at`, the earliest first. Each outcome uses its deadline up, or this would not end. */
  expireUpTo(at: number): void {
    let last: string | null = null;
    for (let next = this.earliestDeadline(); next && next.at <= at; next = this.earliestDeadline()) {
      if (this.isFull) return;
      const name = nameOf(next);
      if (name === last) throw new Error(`The outcome of ${name} of ${this.draft.id} did not use it up`);
      last = name;
      this.draft.lastAt = Math.max(this.draft.lastAt, next.at);
      const command = this.commandOf(next);
      const decision = this.decide(command, this.draft.lastAt);
      this.record(command, decision, this.draft.lastAt);
      // Whatever came due during an outage expires now.
      if (next.kind === 'due') this.dueDates ??= new DueDates(this.draft);
      this.drainAfter(decision);
    }
  }

  private earliestDeadline(): Deadline | null {
    if (this.dueDates) return earliestDeadline(this.draft, this.dueDates.earliest(this.draft));
    this.decisions += this.draft.milestones.length / LOOKS_PER_DECISION;
    return earliestDeadline(this.draft);
  }

  /** What a deadline makes happen. A wait that is over gets the answer that an impatient client would get. */
  private commandOf(deadline: Deadline): Command {
    if (deadline.kind === 'held') return { ...deadline.held.command, turnWaitMs: 0 };
    // Unique over the order's life: the same deadline may come again, but not at the same version.
    const version = this.draft.version + this.settled.length;
    const base = {
      id: `deadline/${deadline.kind}/${'index' in deadline ? `${deadline.index}/` : ''}${deadline.at}/${version}`,
      actor: SYSTEM,
      receivedAt: deadline.at,
      turnWaitMs: 0,
    };
    switch (deadline.kind) {
      case 'dispute':
        return { ...base, type: 'dispute.resolve', resolution: this.draft.terms.disputeDefault };
      case 'inspection':
        return {
          ...base,
          type: 'milestone.release',
          milestoneIndex: deadline.index,
          details: { releasedBy: 'system' },
        };
      case 'reminder':
        return { ...base, type: 'milestone.remind', milestoneIndex: deadline.index };
      case 'due':
        return { ...base, type: 'milestone.expire', milestoneIndex: deadline.index };
    }
  }

  proposal(): Proposal {
    const isWhole = !this.isFull;
    const entries = this.entries();
    let end = Math.min(this.limits.entries, countWithin(this.limits.bytes, entries));
    const isOwed = (next: ProposedEntry | undefined) =>
      next?.outcome === 'rejected' && next.reason === 'command_cancelled';
    while (isOwed(entries[end])) end++;
    return { entries: entries.slice(0, end), isWhole: isWhole && entries.length <= end };
  }

  private entries(): ProposedEntry[] {
    const at = this.draft.lastAt;
    // What it waits for may have changed since it was held: recorded is what it still waits for.
    const holds = [...this.newlyHeld.values()].map((entry) => {
      const decision = decide(this.draft, entry.command, at);
      return decision.outcome === 'held' ? { ...entry, at, reason: decision.reason, detail: decision.detail } : entry;
    });
    return [...this.settled, ...holds];
  }

  private decideHeld(held: HeldCommand): Decision {
    if (held.cancelled) return { outcome: 'rejected', reason: 'command_cancelled', detail: {} };
    return this.decide(held.command, this.draft.lastAt);
  }

  private record(command: Command | InvalidCommand, decision: Decision, at: number): void {
    const base = {
      commandId: command.id,
      commandType: command.type,
      actor: command.actor,
      at,
    };
    if (decision.outcome === 'held') {
      const entry = { ...base, ...decision, command: appraised(this.draft, command as Command) };
      this.newlyHeld.set(command.id, entry);
      this.bytes += jsonBytes(entry);
      applyEntry(this.draft, {
        commandId: command.id,
        at,
        outcome: 'held',
        held: { command: entry.command, until: entry.until },
      });
      return;
    }
    if (decision.outcome === 'accepted' && decision.events.some(({ type }) => CONSEQUENCES[type].moves)) {
      this.dueDates = null;
    }
    this.newlyHeld.delete(command.id);
    const entry = { ...base, ...decision, wasHeld: this.heldBefore.has(command.id) };
    this.settled.push(entry);
    this.bytes += jsonBytes(entry);
    applyEntry(this.draft, { commandId: command.id, at, ...decision });
  }
}

/** Whether an entry comes of time alone: nobody sent its command, and it is proposed for as long as it is not recorded. */
export function isOfDeadline({ commandId, actor }: Pick<ProposedEntry, 'commandId' | 'actor'>): boolean {
  return actor.role === 'system' && commandId.startsWith('deadline/');
}

/** For telling two deadlines apart. */
function nameOf(deadline: Deadline): string {
  if (deadline.kind === 'held') return `held/${deadline.held.command.id}`;
  return `${deadline.kind}/${'index' in deadline ? deadline.index : ''}/${deadline.at}`;
}

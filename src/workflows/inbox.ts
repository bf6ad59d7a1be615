/**
 * The commands that have arrived and are not recorded yet, in order of arrival. Takes anything and throws for nothing but
 * commands of a newer version: an exception fails the workflow's task, again and again.
 */
import { COMMAND_TYPES, type Command, isInvalid } from '../domain/commands.ts';
import { isRecord, nameOf, UNKNOWN_FIELD } from '../domain/field-reader.ts';
import { parseCommand, payloadOf } from '../domain/parse-command.ts';
import { type EscrowOrderInput, SIGNALS, WAKE_SIGNAL } from './messages.ts';
import { CARRIED_INBOX, isProven, problemOf, type Verdict, verdictOf } from './proofs.ts';
import { ANONYMOUS_OPERATOR, claims, type Fallback, type InboxCommand, unbelieved } from './unproven.ts';

export type { InboxCommand } from './unproven.ts';

export const BATCH_MAX_COMMANDS = 100;
/** In UTF-16 units, of at most three bytes: counted otherwise, a run of before would replay with other batches. */
export const BATCH_MAX_LENGTH = 256 * 1024;
/** A longer inbox is worked off before the run ends: the input of the next run has a size limit. Counted likewise. */
export const CARRY_MAX_LENGTH = 256 * 1024;

interface Item {
  readonly command: InboxCommand;
  /** As JSON, in UTF-16 units. */
  readonly jsonLength: number;
  /** Counts what arrives in a run; the same in every replay, unlike a verdict, which depends on a key. */
  readonly ordinal: number;
  /** It says who sent it or what it is called, and does not prove it. */
  readonly isUnproven: boolean;
  /** The command when what it says of its sender does not count. */
  readonly unbelieved: () => InboxCommand;
}

export class Inbox {
  private items: Item[] = [];
  private ordinal = 0;
  private readonly runId: string;
  private readonly orderId: string;

  /**
   * @param carried what the run was started with, by the one before it or by anybody else
   * @throws Error as {@link receive} does
   */
  constructor(runId: string, orderId: string, carried: Partial<EscrowOrderInput>) {
    this.runId = runId;
    this.orderId = orderId;
    const isOfRunBefore = verdictOf(carried, orderId, CARRIED_INBOX) === 'proven';
    const { inbox = [], unproven = [] } = carried;
    for (const [position, value] of inbox.entries()) {
      const verdict = isOfRunBefore && !unproven.includes(position) ? 'proven' : 'none';
      const command = this.add(verdict, Date.now(), (as) => readCarried(value, as));
      if (verdict === 'proven' && !isKnownInvalid(value)) leaveToNewer(command);
    }
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  get length(): number {
    return this.items.length;
  }

  /** Whether it fits into the input of the next run. */
  get isCarriable(): boolean {
    return this.items.reduce((sum, { jsonLength }) => sum + jsonLength, 0) <= CARRY_MAX_LENGTH;
  }

  /**
   * Reads a signal. Each of its arguments is a command; a signal without any is a malformed one.
   *
   * @throws Error for a command of a newer version of the service. That fails the workflow's task, and Temporal tries it
   *   again, ever more rarely, until a worker of that version has it; rejected, the command would be lost.
   */
  receive(signalName: string, payloads: readonly unknown[], receivedAt: number): void {
    if (signalName === WAKE_SIGNAL) return;
    for (const payload of payloads.length > 0 ? payloads : [undefined]) {
      const type = commandOf(signalName) ?? '';
      const command = this.add(verdictOf(payload, this.orderId, type), receivedAt, (as) =>
        readSignal(signalName, payload, as),
      );
      if (isProven(payload, this.orderId)) leaveToNewer(command);
    }
  }

  /** The next batch, left in the inbox until {@link remove}. */
  peek(): InboxCommand[] {
    let sum = 0;
    let count = 0;
    while (count < Math.min(this.items.length, BATCH_MAX_COMMANDS)) {
      sum += this.items[count]?.jsonLength ?? 0;
      if (count > 0 && sum > BATCH_MAX_LENGTH) break;
      count++;
    }
    return this.items.slice(0, count).map(({ command }) => command);
  }

  /** Takes out the commands that are dealt with. */
  remove(isDone: (command: InboxCommand) => boolean): void {
    this.items = this.items.filter(({ command }) => !isDone(command));
  }

  /** All that is left, for the next run. */
  carry(): Pick<EscrowOrderInput, 'inbox' | 'unproven'> {
    const unproven = this.items.flatMap(({ isUnproven }, position) => (isUnproven ? [position] : []));
    return { inbox: this.items.map(({ command }) => command), ...(unproven.length > 0 && { unproven }) };
  }

  /** The numbers of those in the batch that do not prove what they say of their sender. */
  unproven(batch: readonly InboxCommand[]): number[] {
    const isIn = ({ command, isUnproven }: Item) => isUnproven && batch.includes(command);
    return this.items.filter(isIn).map(({ ordinal }) => ordinal);
  }

  /** Puts stored commands before all others: their proof was checked, and they were received first. */
  insert(commands: readonly Command[]): void {
    const items = commands.map((command) => {
      const ordinal = this.ordinal++;
      return {
        command,
        ordinal,
        jsonLength: JSON.stringify(command).length,
        isUnproven: false,
        unbelieved: () => command,
      };
    });
    this.items = [...items, ...this.items];
  }

  /** What these say of their sender counts no longer. */
  disbelieve(ordinals: readonly number[]): void {
    this.items = this.items.map((item) =>
      ordinals.includes(item.ordinal) ? { ...item, command: item.unbelieved(), isUnproven: false } : item,
    );
  }

  private add(verdict: Verdict, receivedAt: number, read: (fallback: Fallback) => InboxCommand): InboxCommand {
    const ordinal = this.ordinal++;
    // Unique over all runs of all orders, and the same in every replay.
    const fallback = { id: `signal/${this.runId}/${ordinal}`, actor: ANONYMOUS_OPERATOR, receivedAt };
    const command = read(fallback);
    this.items.push({
      command,
      ordinal,
      jsonLength: JSON.stringify(command).length,
      isUnproven: verdict !== 'proven' && claims(command, fallback),
      unbelieved: () => unbelieved(command, fallback, verdict),
    });
    return command;
  }
}

/** @throws Error for what the service made and this version does not know */
function leaveToNewer(command: InboxCommand): void {
  if (!isInvalid(command) || !(command.type === 'unknown' || command.problem.startsWith(UNKNOWN_FIELD))) return;
  throw new Error(`Command ${command.id} is of a newer version, whose workers will take it. ${command.problem}`);
}

function commandOf(signalName: string) {
  return Object.hasOwn(SIGNALS, signalName) ? SIGNALS[signalName]?.command : undefined;
}

/** What the run before had found invalid already. */
function isKnownInvalid(value: unknown): boolean {
  return isRecord(value) && value.problem !== undefined;
}

/** A command carried over from the run before; total as well, because people can start workflows by hand. */
function readCarried(value: unknown, fallback: Fallback): InboxCommand {
  const problem = 'The workflow was started with something that is no command';
  if (!isRecord(value)) return { ...fallback, type: 'unknown', problem };
  const type = COMMAND_TYPES.find((known) => known === value.type);
  if (type && value.problem === undefined) return parseCommand(type, payloadOf(value as unknown as Command), fallback);
  const { id, problem: carried } = value;
  return {
    ...fallback,
    ...(typeof id === 'string' && { id }),
    type: type ?? 'unknown',
    problem: typeof carried === 'string' ? carried : problem,
  };
}

function readSignal(signalName: string, payload: unknown, fallback: Fallback): InboxCommand {
  const type = commandOf(signalName);
  const problem = problemOf(payload);
  if (type && problem) return { ...fallback, type, problem };
  if (type) return parseCommand(type, payload, fallback);
  const names = Object.keys(SIGNALS).join(', ');
  return { ...fallback, type: 'unknown', problem: `No signal is called ${nameOf(signalName)}. Known: ${names}` };
}

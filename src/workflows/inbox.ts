/**
 * The commands that have arrived and are not recorded yet, in order of arrival. Takes anything and never throws:
 * an exception here would fail the workflow task, again and again.
 */
import { type Actor, COMMAND_TYPES, type Command, type InvalidCommand } from '../domain/commands.ts';
import { isRecord, nameOf } from '../domain/field-reader.ts';
import { parseCommand, payloadOf } from '../domain/parse-command.ts';
import { SIGNALS, WAKE_SIGNAL } from './messages.ts';

export type InboxCommand = Command | InvalidCommand;

/** Somebody at the Temporal UI or CLI, who did not say who they are. */
const ANONYMOUS_OPERATOR: Actor = { role: 'operator', id: 'temporal' };

export const BATCH_MAX_COMMANDS = 100;
export const BATCH_MAX_BYTES = 256 * 1024;

export class Inbox {
  private items: { readonly command: InboxCommand; readonly bytes: number }[] = [];
  private ordinal = 0;
  private readonly runId: string;

  constructor(runId: string, carried: readonly unknown[]) {
    this.runId = runId;
    for (const value of carried) this.add(readCarried(value, this.nextFallback(Date.now())));
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  get length(): number {
    return this.items.length;
  }

  get bytes(): number {
    return this.items.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Reads a signal. Each of its arguments is a command; a signal without any is a malformed one. */
  receive(signalName: string, payloads: readonly unknown[], receivedAt: number): void {
    if (signalName === WAKE_SIGNAL) return;
    for (const payload of payloads.length > 0 ? payloads : [undefined]) {
      this.add(readSignal(signalName, payload, this.nextFallback(receivedAt)));
    }
  }

  /** The next batch, left in the inbox until {@link remove}. */
  peek(): InboxCommand[] {
    let bytes = 0;
    let count = 0;
    while (count < Math.min(this.items.length, BATCH_MAX_COMMANDS)) {
      bytes += this.items[count]?.bytes ?? 0;
      if (count > 0 && bytes > BATCH_MAX_BYTES) break;
      count++;
    }
    return this.items.slice(0, count).map(({ command }) => command);
  }

  /** Takes out the commands that are dealt with. */
  remove(isDone: (command: InboxCommand) => boolean): void {
    this.items = this.items.filter(({ command }) => !isDone(command));
  }

  /** All that is left, for the next run. */
  carry(): InboxCommand[] {
    return this.items.map(({ command }) => command);
  }

  private nextFallback(receivedAt: number): Fallback {
    // Unique over all runs of all orders, and the same in every replay.
    return { id: `signal/${this.runId}/${this.ordinal++}`, actor: ANONYMOUS_OPERATOR, receivedAt };
  }

  private add(command: InboxCommand): void {
    this.items.push({ command, bytes: JSON.stringify(command).length });
  }
}

interface Fallback {
  readonly id: string;
  readonly actor: Actor;
  readonly receivedAt: number;
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
  const signal = Object.hasOwn(SIGNALS, signalName) ? SIGNALS[signalName] : undefined;
  if (signal) return parseCommand(signal.command, payload, fallback);
  const names = Object.keys(SIGNALS).join(', ');
  return { ...fallback, type: 'unknown', problem: `No signal is called ${nameOf(signalName)}. Known: ${names}` };
}

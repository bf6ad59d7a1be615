/**
 * Commands: requests to change one escrow order. `parseCommand` is total: whatever arrives in a signal, also one
 * typed by hand in the Temporal UI, becomes a command or a list of problems, and never an exception.
 */
import { MAX_MILESTONE_INDEX } from './ids.ts';
import { parseAmount } from './money.ts';

/** Who asks. `system` is Tranche itself: an expired deadline, an automatic release. */
export const ACTOR_ROLES = ['merchant', 'buyer', 'arbiter', 'operator', 'system'] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];

export interface Actor {
  readonly role: ActorRole;
  readonly id: string;
}

export const COMMAND_TYPES = [
  'milestone.create',
  'milestone.complete',
  'milestone.release',
  'order.fund',
  'command.cancel',
] as const;
export type CommandType = (typeof COMMAND_TYPES)[number];

/**
 * What people wrote: recorded and echoed, never decided on. Kept apart so that it can be left out of everything
 * the workflow has to remember.
 */
export interface CommandDetails {
  readonly description?: string | null;
  readonly percentage?: number | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly completedBy?: string;
  readonly completionProof?: string;
  readonly completionProofURI?: string;
  readonly releasedBy?: string;
}

interface CommandBase {
  readonly id: string;
  readonly actor: Actor;
  /** When Tranche received it, in epoch milliseconds. */
  readonly receivedAt: number;
  /** How long to hold the command while its turn has not come: 0 refuses at once, null holds without end. */
  readonly turnWaitMs: number | null;
  /** Missing once the command is held: then the database keeps them. */
  readonly details?: CommandDetails;
}

export interface CreateMilestone extends CommandBase {
  readonly type: 'milestone.create';
  readonly milestoneIndex: number;
  /** As given; its decimals are judged where the currency is known. */
  readonly amount: string;
  /** Epoch milliseconds, whole seconds. */
  readonly dueAt?: number;
}
export interface CompleteMilestone extends CommandBase {
  readonly type: 'milestone.complete';
  readonly milestoneIndex: number;
}
export interface ReleaseMilestone extends CommandBase {
  readonly type: 'milestone.release';
  readonly milestoneIndex: number;
}
export interface FundOrder extends CommandBase {
  readonly type: 'order.fund';
}
/** Withdraws a held command. */
export interface CancelCommand extends CommandBase {
  readonly type: 'command.cancel';
  readonly targetCommandId: string;
}

export type Command = CreateMilestone | CompleteMilestone | ReleaseMilestone | FundOrder | CancelCommand;

/** What is left of something that is not a command: recorded as rejected, so that its sender can find it. */
export interface InvalidCommand {
  readonly id: string;
  /** `unknown`: a signal by a name that nobody handles. */
  readonly type: CommandType | 'unknown';
  readonly actor: Actor;
  readonly receivedAt: number;
  readonly problem: string;
}

export const DESCRIPTION_MAX_LENGTH = 2_000;
export const TEXT_MAX_LENGTH = 2_000;
export const METADATA_MAX_PAIRS = 20;
export const METADATA_KEY_MAX_LENGTH = 40;
export const METADATA_VALUE_MAX_LENGTH = 500;
/** The last instant that JavaScript, PostgreSQL and ISO 8601 with four-digit years agree on. */
export const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59);

const COMMAND_ID = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** NUL cannot be stored by PostgreSQL, and a lone surrogate has no UTF-8 form. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/**
 * Reads a signal's argument.
 *
 * @param raw anything: the sender may be a person
 * @param fallback what an argument without id, actor or time gets
 */
export function parseCommand(
  type: CommandType,
  raw: unknown,
  fallback: { id: string; actor: Actor; receivedAt: number },
): Command | InvalidCommand {
  const fields = isRecord(raw) ? raw : {};
  const read = new FieldReader(fields);
  const id = read.commandId('commandId') ?? fallback.id;
  const actor = read.actor('actor') ?? fallback.actor;
  const receivedAt = read.integer('receivedAt', 0, MAX_INSTANT, false) ?? fallback.receivedAt;
  // A command from the UI or CLI has nobody waiting for an answer, so it is held without end.
  const turnWaitMs = read.turnWait('turnWaitMs');
  const base = { id, actor, receivedAt, turnWaitMs };
  const command = readFields(type, base, read);
  read.refuseUnread();
  const problem = isRecord(raw) ? read.firstProblem() : `The payload must be a JSON object, got ${nameOf(raw)}`;
  return problem === null ? command : { id, type, actor, receivedAt, problem };
}

/** Tells what `parseCommand` returned. */
export function isInvalid(command: Command | InvalidCommand): command is InvalidCommand {
  return 'problem' in command;
}

function readFields(
  type: CommandType,
  base: Pick<CommandBase, 'id' | 'actor' | 'receivedAt' | 'turnWaitMs'>,
  read: FieldReader,
): Command {
  switch (type) {
    case 'milestone.create': {
      const dueAt = read.wholeSeconds('dueAt');
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        amount: read.amount('amount'),
        ...(dueAt === undefined ? {} : { dueAt }),
        details: read.details({
          description: read.text('description', DESCRIPTION_MAX_LENGTH, false),
          percentage: read.percentage('percentage'),
          metadata: read.metadata('metadata'),
        }),
      };
    }
    case 'milestone.complete':
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        details: read.details({
          completedBy: read.text('completedBy', TEXT_MAX_LENGTH, true),
          completionProof: read.text('completionProof', TEXT_MAX_LENGTH, false),
          completionProofURI: read.text('completionProofURI', TEXT_MAX_LENGTH, false),
        }),
      };
    case 'milestone.release':
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        details: read.details({ releasedBy: read.text('releasedBy', TEXT_MAX_LENGTH, false) ?? base.actor.id }),
      };
    case 'order.fund':
      return { ...base, type };
    case 'command.cancel':
      return { ...base, type, targetCommandId: read.commandId('targetCommandId', true) ?? '' };
  }
}

/** Collects the first problem instead of throwing; a reader's result counts only when there was none. */
class FieldReader {
  private readonly fields: Record<string, unknown>;
  private readonly unread: Set<string>;
  private problem: string | null = null;

  constructor(fields: Record<string, unknown>) {
    this.fields = fields;
    this.unread = new Set(Object.keys(fields));
  }

  firstProblem(): string | null {
    return this.problem;
  }

  refuseUnread(): void {
    const name = this.unread.values().next().value;
    if (name !== undefined) this.fail(`Unknown field ${nameOf(name)}`);
  }

  milestoneIndex(): number {
    return this.integer('milestoneIndex', 0, MAX_MILESTONE_INDEX, true) ?? 0;
  }

  integer(name: string, min: number, max: number, required: boolean): number | undefined {
    const value = this.take(name);
    if (value === undefined && !required) return undefined;
    // JSON can bring a minus zero, and writes it back as a plain one.
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value + 0;
    return this.fail(`${name} must be an integer from ${min} to ${max}, got ${nameOf(value)}`);
  }

  wholeSeconds(name: string): number | undefined {
    const value = this.integer(name, 0, MAX_INSTANT, false);
    if (value === undefined || value % 1_000 === 0) return value;
    return this.fail(`${name} must be in whole seconds, as epoch milliseconds, got ${value}`);
  }

  /** Null and nothing both mean: hold without end. */
  turnWait(name: string): number | null {
    if (this.fields[name] === null) {
      this.take(name);
      return null;
    }
    return this.integer(name, 0, MAX_INSTANT, false) ?? null;
  }

  amount(name: string): string {
    const value = this.take(name);
    const parsed = parseAmount(value, 18);
    if (parsed.ok) return value as string;
    this.fail(`${name} must be a decimal string greater than 0 such as "300.00", got ${nameOf(value)}`);
    return '0.00';
  }

  percentage(name: string): number | null | undefined {
    const value = this.take(name);
    if (value === undefined || value === null) return value;
    if (typeof value === 'number' && value >= 0 && value <= 100) return value;
    return this.fail(`${name} must be a number from 0 to 100, got ${nameOf(value)}`);
  }

  text(name: string, maxLength: number, required: boolean): string | undefined {
    const value = this.take(name);
    if ((value === undefined || value === null) && !required) return undefined;
    if (typeof value !== 'string' || (required && value.length === 0)) {
      return this.fail(`${name} must be a ${required ? 'non-empty ' : ''}string, got ${nameOf(value)}`);
    }
    if (value.length > maxLength) return this.fail(`${name} must have at most ${maxLength} characters`);
    return isStorableText(value) ? value : this.fail(`${name} must not contain NUL or lone surrogates`);
  }

  commandId(name: string, required = false): string | undefined {
    const value = this.take(name);
    if (value === undefined && !required) return undefined;
    if (typeof value === 'string' && COMMAND_ID.test(value)) return value;
    return this.fail(`${name} must be 1 to 128 letters, digits or _.:/-, got ${nameOf(value)}`);
  }

  actor(name: string): Actor | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (isRecord(value) && Object.keys(value).every((key) => key === 'role' || key === 'id')) {
      const role = ACTOR_ROLES.find((known) => known === value.role);
      const id = value.id;
      if (role && typeof id === 'string' && id.length > 0 && id.length <= 200 && isStorableText(id))
        return { role, id };
    }
    return this.fail(`${name} must be {"role": one of ${ACTOR_ROLES.join(', ')}, "id": string}`);
  }

  metadata(name: string): Record<string, string> | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const pairs = isRecord(value) ? Object.entries(value) : null;
    const sound = pairs?.every(
      ([key, text]) =>
        key.length >= 1 &&
        key.length <= METADATA_KEY_MAX_LENGTH &&
        isStorableText(key) &&
        typeof text === 'string' &&
        text.length <= METADATA_VALUE_MAX_LENGTH &&
        isStorableText(text),
    );
    if (pairs && sound && pairs.length <= METADATA_MAX_PAIRS)
      return Object.fromEntries(pairs) as Record<string, string>;
    return this.fail(`${name} must be an object of at most ${METADATA_MAX_PAIRS} string pairs`);
  }

  /** Leaves out what was not given, so that nothing undefined crosses a Temporal boundary. */
  details(values: Record<string, unknown>): CommandDetails {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  }

  private take(name: string): unknown {
    this.unread.delete(name);
    return this.fields[name];
  }

  private fail(problem: string): undefined {
    this.problem ??= problem;
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names a value in an error without repeating something huge or unstorable. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  if (text.length > 60 || !isStorableText(text)) return `a ${typeof value} of ${text.length} characters`;
  return typeof value === 'string' ? JSON.stringify(value) : text;
}

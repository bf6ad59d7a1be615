/**
 * Reads the fields of a value that may be anything. Null is as good as nothing, where {@link FieldReader.changed} does not
 * read it. Collects the first problem instead of throwing; what it returned
 * counts only when there was none.
 */
import {
  ACTOR_ROLES,
  type Actor,
  type CommandDetails,
  MAX_INSTANT,
  METADATA_KEY_MAX_LENGTH,
  METADATA_MAX_PAIRS,
  METADATA_VALUE_MAX_LENGTH,
} from './commands.ts';
import { MAX_MILESTONE_INDEX } from './ids.ts';
import { parseAmount } from './money.ts';
import { PERIOD_MAX_SECONDS } from './terms.ts';

/** How the problem of a field that nobody reads begins. */
export const UNKNOWN_FIELD = 'Unknown field';

const COMMAND_ID = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** NUL cannot be stored by PostgreSQL, and a lone surrogate has no UTF-8 form. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** In Unicode code points, as JSON Schema and PostgreSQL count. */
export function lengthOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

export class FieldReader {
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

  /** Makes a problem of something that only the caller can judge. */
  refuse(problem: string): void {
    this.fail(problem);
  }

  refuseUnread(): void {
    const name = this.unread.values().next().value;
    if (name !== undefined) this.fail(`${UNKNOWN_FIELD} ${nameOf(name)}`);
  }

  milestoneIndex(): number {
    return this.integer('milestoneIndex', 0, MAX_MILESTONE_INDEX, true) ?? 0;
  }

  integer(name: string, min: number, max: number, required: boolean): number | undefined {
    const value = this.take(name);
    if (isMissing(value) && !required) return undefined;
    // JSON can bring a minus zero, and writes it back as a plain one.
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value + 0;
    return this.fail(`${name} must be an integer from ${min} to ${max}, got ${nameOf(value)}`);
  }

  /** A length of time. */
  seconds(name: string): number {
    return this.integer(name, 1, PERIOD_MAX_SECONDS, true) ?? 1;
  }

  oneOf<const Value extends string>(name: string, known: readonly Value[]): Value {
    const value = this.take(name);
    const found = known.find((one) => one === value);
    if (found === undefined) this.fail(`${name} must be one of ${known.join(', ')}, got ${nameOf(value)}`);
    return found ?? (known[0] as Value);
  }

  /** A list of objects, each read by `read`; the first problem of an item names its position. */
  list<Item>(name: string, max: number, read: (item: FieldReader) => Item): Item[] {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > max) {
      this.fail(`${name} must be a list of 1 to ${max} objects, got ${nameOf(value)}`);
      return [];
    }
    return value.map((fields: unknown, position) => {
      const item = new FieldReader(isRecord(fields) ? fields : {});
      const made = read(item);
      item.refuseUnread();
      const problem = isRecord(fields) ? item.firstProblem() : `must be an object, got ${nameOf(fields)}`;
      if (problem !== null) this.fail(`${name}[${position}]: ${problem}`);
      return made;
    });
  }

  wholeSeconds(name: string): number | undefined {
    const value = this.integer(name, 0, MAX_INSTANT, false);
    if (value === undefined || value % 1_000 === 0) return value;
    return this.fail(`${name} must be in whole seconds, as epoch milliseconds, got ${value}`);
  }

  amount(name: string): string {
    const value = this.take(name);
    const parsed = parseAmount(value, 18);
    if (parsed.ok) return value as string;
    this.fail(`${name} must be a decimal string greater than 0 such as "300.00", got ${nameOf(value)}`);
    return '0.00';
  }

  /** An object with the field that `read` reads, or without it where it was not given. */
  given<Name extends string, Value>(name: Name, read: () => Value): { [Key in Name]?: Value } {
    const value = this.take(name);
    return isMissing(value) ? {} : ({ [name]: read() } as { [Key in Name]?: Value });
  }

  /** The same of a field that null takes away from what there is. */
  changed<Name extends string, Value>(name: Name, read: () => Value): { [Key in Name]?: Value | null } {
    return this.take(name) === null ? ({ [name]: null } as { [Key in Name]?: null }) : this.given(name, read);
  }

  percentage(name: string): number | undefined {
    const value = this.take(name);
    if (isMissing(value)) return undefined;
    if (typeof value === 'number' && value >= 0 && value <= 100) return value + 0;
    return this.fail(`${name} must be a number from 0 to 100, got ${nameOf(value)}`);
  }

  text(name: string, maxLength: number, required: boolean): string | undefined {
    const value = this.take(name);
    if (isMissing(value) && !required) return undefined;
    if (typeof value !== 'string' || (required && value.length === 0)) {
      return this.fail(`${name} must be a ${required ? 'non-empty ' : ''}string, got ${nameOf(value)}`);
    }
    if (lengthOf(value) > maxLength) {
      return this.fail(`${name} must have at most ${maxLength} characters, got ${lengthOf(value)}`);
    }
    return isStorableText(value) ? value : this.fail(`${name} must not contain NUL or lone surrogates`);
  }

  commandId(name: string, required = false): string | undefined {
    const value = this.take(name);
    if (isMissing(value) && !required) return undefined;
    if (typeof value === 'string' && COMMAND_ID.test(value)) return value;
    return this.fail(`${name} must be 1 to 128 letters, digits or _.:/-, got ${nameOf(value)}`);
  }

  actor(name: string): Actor | undefined {
    const value = this.take(name);
    if (isMissing(value)) return undefined;
    if (isRecord(value) && Object.keys(value).every((key) => key === 'role' || key === 'id')) {
      const role = ACTOR_ROLES.find((known) => known === value.role);
      const id = value.id;
      if (role && typeof id === 'string' && id.length > 0 && id.length <= 200 && isStorableText(id))
        return { role, id };
    }
    return this.fail(`${name} must be {"role": one of ${ACTOR_ROLES.join(', ')}, "id": string}`);
  }

  metadata(name: string): Record<string, string> | undefined {
    const value = objectOf(this.take(name));
    if (isMissing(value)) return undefined;
    const pairs = isRecord(value) ? Object.entries(value) : null;
    const sound = pairs?.every(
      ([key, text]) =>
        key.length >= 1 &&
        lengthOf(key) <= METADATA_KEY_MAX_LENGTH &&
        isStorableText(key) &&
        typeof text === 'string' &&
        lengthOf(text) <= METADATA_VALUE_MAX_LENGTH &&
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

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Many programs send null for each field that has no value. */
function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** PHP writes an empty object as an empty list. */
export function objectOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? {} : value;
}

/** Names a value in an error without repeating something huge or unstorable. */
export function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  if (text.length > 60 || !isStorableText(text)) return `a ${typeof value} of ${text.length} characters`;
  return typeof value === 'string' ? JSON.stringify(value) : text;
}

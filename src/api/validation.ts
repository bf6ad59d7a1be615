/**
 * From a zod schema to the published error: which field, what is allowed, what was given.
 *
 * A schema's messages are noun phrases ("an integer from 0 to 9999"); the sentence around them is made here.
 */
import { z } from 'zod';
import { lengthOf } from '../domain/field-reader.ts';
import { ApiError, type ErrorReason } from './errors.ts';

/** What a schema leaves unsaid, in our words: as a noun phrase, like those that schemas say. */
z.config({
  customError: (issue) => {
    switch (issue.code) {
      case 'invalid_type':
        return KINDS[issue.expected] ?? `a ${issue.expected}`;
      case 'too_small':
        return `${KINDS[issue.origin] ?? `a ${issue.origin}`} of at least ${issue.minimum}`;
      case 'too_big':
        return `${KINDS[issue.origin] ?? `a ${issue.origin}`} of at most ${issue.maximum}`;
      case 'invalid_value':
        return `one of ${issue.values.map(String).join(', ')}`;
      case 'unrecognized_keys':
        return undefined;
      default:
        return 'of another form';
    }
  },
});

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  int: 'an integer',
  boolean: 'true or false',
};

type ObjectSchema = z.ZodObject<z.ZodRawShape>;
type Issue = z.core.$ZodIssue;

/**
 * Reads `input` by `schema`.
 *
 * @throws ApiError of `reason` for the first field at fault, in the schema's order; unknown fields come last
 */
export function readFields<Schema extends ObjectSchema>(
  schema: Schema,
  input: unknown,
  reason: ErrorReason = 'field_invalid',
): z.output<Schema> {
  const given = withoutNulls(schema, input);
  if (Array.isArray(given))
    throw new ApiError('body_malformed', { message: 'The body must be a JSON object, got an array' });
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (!issue) throw new Error('zod refused without an issue');
  throw new ApiError(reason, describe(issue, given, fieldsAt(schema, issue.path)));
}

/**
 * What serializers write for a field that has no value is the same as leaving it out: null, where a field may be missing
 * and null means nothing of its own, and `[]` for an object without required fields, which is PHP's empty array.
 */
function withoutNulls(schema: z.core.$ZodType, input: unknown): unknown {
  const inner = unwrapped(schema);
  const isObject = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  if (isObject && Array.isArray(input) && input.length === 0 && isMissable(inner, {})) return {};
  if (inner instanceof z.ZodArray && Array.isArray(input))
    return input.map((item) => withoutNulls(inner.element, item));
  if (!(inner instanceof z.ZodObject) || typeof input !== 'object' || input === null || Array.isArray(input))
    return input;
  return Object.fromEntries(
    Object.entries(input).flatMap(([key, value]) => {
      const field: z.core.$ZodType | undefined = Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined;
      if (field === undefined) return [[key, value]];
      if (value === null && isMissable(field, undefined) && !isMissable(field, null)) return [];
      return [[key, withoutNulls(field, value)]];
    }),
  );
}

function isMissable(schema: z.core.$ZodType, value: unknown): boolean {
  return z.safeParse(schema, value).success;
}

function describe(issue: Issue, input: unknown, allowed: readonly string[]): { message: string; param: string } {
  if (issue.code === 'unrecognized_keys') {
    const [field = ''] = issue.keys;
    const choice = allowed.length === 0 ? 'no field is allowed here' : `allowed are ${allowed.join(', ')}`;
    return { message: `Unknown field ${shown(field)}: ${choice}`, param: paramOf([...issue.path, field]) };
  }
  // The path of a bad key ends with the key itself; what is at fault is the object that holds it.
  const path = issue.code === 'invalid_key' ? issue.path.slice(0, -1) : issue.path;
  const param = paramOf(path);
  if (issue.code === 'custom' && issue.params?.verbatim) return { message: issue.message, param };
  const value = path.reduce<unknown>((holder, key) => (holder as Record<PropertyKey, unknown>)[key], input);
  if (value === undefined) return { message: `${param} is required: ${issue.message}`, param };
  return { message: `${param} must be ${issue.message}, got ${shown(value)}`, param };
}

/** The field at fault as clients write it: `metadata.key`, `milestones[1].amount`. */
function paramOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '').slice(0, 100);
}

/** The fields of the object that `path` leads to. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  if (inner instanceof z.ZodArray && key !== undefined) return fieldsAt(inner.element, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  const field: z.core.$ZodType | undefined = key === undefined ? undefined : inner.shape[String(key)];
  return field ? fieldsAt(field, rest) : Object.keys(inner.shape);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema;
}

/** Names a value without repeating something huge. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= 80) return text;
  return `a ${typeof value} of ${lengthOf(typeof value === 'string' ? value : text)} characters`;
}

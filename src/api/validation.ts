/**
 * From a zod schema to the published error: which field, what is allowed, what was given.
 *
 * A schema's messages are noun phrases ("an integer from 0 to 9999"); the sentence around them is made here.
 */
import { z } from 'zod';
import { ApiError, type ErrorReason } from './errors.ts';

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
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (!issue) throw new Error('zod refused without an issue');
  throw new ApiError(reason, describe(issue, input, fieldsAt(schema, issue.path)));
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
  return text.length <= 80 ? text : `a ${typeof value} of ${text.length} characters`;
}

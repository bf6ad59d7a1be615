/**
 * The document in the form that generators of clients read. zod writes what it validates; here it becomes what is
 * promised, and what oapi-codegen, ogen, openapi-generator and the others have types for.
 *
 * - No object is closed: an answer may get fields in any version, and openapi-generator makes a request with
 *   `additionalProperties: false` a map, which it sends as `{}`.
 * - A closed set of words is a component of its own, so that a client has one type for it.
 * - A field of several types is an `anyOf`: Go's generators stop at a list of types, except where it only adds `null`.
 * - Numbers say how wide they are; without a format, Go reads a number into 32 bits.
 */
import { nameOfWords, WORDS } from './words.ts';

type Node = Readonly<Record<string, unknown>>;

/** Not schemas: what stands below is shown as it is. */
const LEFT_ALONE = /^(examples?|default|x-.*)$/;

/** @param document as zod-openapi writes it; is not changed */
export function portable<Document extends { components?: object }>(document: Document): Document {
  const rewritten = rewrite(document) as Document & { components: { schemas: object } };
  const words = Object.entries(WORDS).map(([name, values]) => [name, { type: 'string', enum: values }]);
  const schemas = { ...rewritten.components.schemas, ...Object.fromEntries(words) };
  return { ...rewritten, components: { ...rewritten.components, schemas } };
}

function rewrite(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(rewrite);
  if (typeof given !== 'object' || given === null) return given;
  const parts = Object.entries(given).map(([key, value]) => [key, LEFT_ALONE.test(key) ? value : rewrite(value)]);
  return schemaOf(Object.fromEntries(parts));
}

function schemaOf({ additionalProperties, ...node }: Node): Node {
  const open = additionalProperties === undefined || additionalProperties === false;
  const schema = open ? node : { ...node, additionalProperties };
  if (Array.isArray(schema.enum)) return wordsOf(schema, schema.enum);
  if (Array.isArray(schema.type)) return typesOf(schema, schema.type);
  if (schema.type === 'integer') return integerOf(schema);
  if (schema.type === 'number') return { ...schema, format: 'double' };
  return schema;
}

function wordsOf({ type, enum: words, ...more }: Node, values: readonly unknown[]): Node {
  const name = nameOfWords(values);
  return name === undefined ? { type, enum: words, ...more } : { $ref: `#/components/schemas/${name}`, ...more };
}

function typesOf({ type, ...more }: Node, types: readonly string[]): Node {
  const isNullable = types.length === 2 && types.includes('null');
  return isNullable ? { type, ...more } : { anyOf: types.map((one) => schemaOf({ type: one })), ...more };
}

/** Without the bounds of JavaScript's integers, which are nobody's rule. */
function integerOf({ minimum, maximum, ...more }: Node): Node {
  const isNarrow = Number(minimum) >= INT32.min && Number(maximum) <= INT32.max;
  return {
    ...more,
    format: isNarrow ? 'int32' : 'int64',
    ...(isRule(minimum, INT32.min) && { minimum }),
    ...(isRule(maximum, INT32.max) && { maximum }),
  };
}

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

function isRule(bound: unknown, widest: number): boolean {
  return (
    typeof bound === 'number' &&
    bound !== widest &&
    Number.isSafeInteger(bound) &&
    Math.abs(bound) !== Number.MAX_SAFE_INTEGER
  );
}

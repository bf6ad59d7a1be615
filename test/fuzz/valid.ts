/** Values that a schema of the document allows, more often such as lead an order on. */
import fc from 'fast-check';
import openapi from '../../openapi.json' with { type: 'json' };

/** The part of JSON Schema that the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
}

/** Stands for an id of this kind, which is known only when the request is sent. */
export const idOf = (kind: string) => `<<${kind}>>`;

const cents = fc.integer({ min: 1, max: 40_000 }).map((value) => (value / 100).toFixed(2));

/** By the name of the field: what makes sense, where the schema alone says too little. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  amount: cents,
  merchantAmount: cents,
  buyerAmount: cents,
  milestoneIndex: fc.integer({ min: 0, max: 4 }),
  milestoneId: fc.constant(idOf('milestone')),
  escrowOrderId: fc.constant(idOf('escrow_order')),
  type: fc.constant('DELIVERY_VS_PAYMENT'),
  settlementDestination: fc.constantFrom('bank_account_123', 'decline', 'fail_always'),
  seconds: fc.integer({ min: 1, max: 500_000 }),
  disputeWindow: fc.constantFrom('1', '3600', '604800'),
  raisedBy: fc.constantFrom('buyer', 'merchant', 'buyer-7'),
};
const INTENT_METADATA = fc
  .nat(9)
  .map((dice) => (dice === 0 ? {} : { releaseType: dice === 1 ? 'TIME_LOCKED' : 'MILESTONE_LOCKED' }));

/** Where `$ref` leads. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  return resolved((openapi.components.schemas as unknown as Readonly<Record<string, Schema>>)[name] ?? {});
}

/** @param operationId whose request it is part of */
export function validValue(given: Schema, operationId: string, name = ''): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  if (name === 'metadata' && operationId === 'createPaymentIntent') return INTENT_METADATA;
  const known = BY_NAME[name];
  const fitting = fromSchema(schema, operationId, name);
  return known && (name !== 'type' || operationId === 'createPaymentIntent')
    ? fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: fitting })
    : fitting;
}

function fromSchema(schema: Schema, operationId: string, name: string): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => validValue(one, operationId, name)));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(validValue(schema.items ?? {}, operationId), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'object':
      return object(schema, operationId);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function text(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    const range = { min: new Date('2026-01-01T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true };
    return fc.date(range).map((date) => `${date.toISOString().slice(0, 19)}Z`);
  }
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  const { minLength = 0, maxLength = 50 } = schema;
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 50) });
}

function object(schema: Schema, operationId: string): fc.Arbitrary<object> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0 && typeof schema.additionalProperties === 'object') {
    const value = validValue(schema.additionalProperties, operationId);
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), value, { maxKeys: 3 });
  }
  const fields = Object.fromEntries(properties.map(([key, value]) => [key, validValue(value, operationId, key)]));
  const alwaysGiven = operationId === 'createPaymentIntent' && fields.metadata ? ['metadata'] : [];
  return fc.record(fields, { requiredKeys: [...(schema.required ?? []), ...alwaysGiven] as never[] });
}

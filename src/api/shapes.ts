/**
 * Schemas of what the API answers with, and the parts they share. Strict: a key that is not named here is a fault in
 * our own tests. The document opens them again, because clients must not mind a key that a later version adds.
 */
import { z } from 'zod';
import { ACTOR_ROLES } from '../domain/commands.ts';
import { ACTOR_VIAS } from './actor-view.ts';
import { ERROR_CODES, ERROR_TYPES } from './errors.ts';

/** A schema that the document keeps among its components. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), id });
}

export const amount = named(
  'Amount',
  z
    .string()
    .regex(/^(0|[1-9][0-9]*)\.[0-9]{2,18}$/)
    .meta({ description: 'A decimal string with at least two decimals', examples: ['300.00'] }),
);
export const instant = named(
  'Instant',
  z.iso.datetime().meta({ description: 'ISO 8601, UTC, in whole seconds', examples: ['2026-01-31T12:00:00Z'] }),
);
export const currency = z.enum(['USDC', 'USDT', 'DAI', 'USD', 'EUR']);
export const metadataOf = (value: z.ZodType) => z.record(z.string(), value);

/** The published success envelope. */
export function envelopeOf<Data extends z.ZodType>(id: string, object: string, data: Data) {
  const body = data.meta()?.id === undefined ? named(`${id}Data`, data) : data;
  return named(id, z.strictObject({ id: z.string(), object: z.literal(object), data: body }));
}

export function listOf<Item extends z.ZodType>(id: string, item: Item) {
  const isThereMore = z.boolean().meta({ description: 'Whether there is another page after this one' });
  return named(id, z.strictObject({ object: z.literal('list'), data: z.array(item), hasMore: isThereMore }));
}

/** The short answers of the published API: an object's name and what became of it. */
export function statusOf<Shape extends z.ZodRawShape>(id: string, object: string, status: string, more: Shape) {
  return named(id, z.strictObject({ object: z.literal(object), status: z.literal(status), ...more }));
}

export const errorDetails = named(
  'ErrorDetails',
  z.strictObject({
    code: z.enum(ERROR_CODES),
    message: z.string().meta({ description: 'For people. Switch on the header Error-Reason instead.' }),
    type: z.enum(ERROR_TYPES),
    param: z.string().meta({ description: 'The field at fault' }).optional(),
    retryAfter: z.int32().meta({ description: 'Seconds' }).optional(),
  }),
);
export const errorBody = named('Error', z.strictObject({ error: errorDetails }));

/** Who did something. */
export const actor = named(
  'Actor',
  z.strictObject({
    role: z.enum(ACTOR_ROLES),
    id: z.string().meta({ description: 'The merchant for a key of a merchant, the key for any other' }),
    via: z.enum(ACTOR_VIAS).optional(),
    keyId: z.string().optional(),
    keyName: z.string().optional(),
  }),
);

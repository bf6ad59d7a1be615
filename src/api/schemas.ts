/**
 * What clients may send, one schema per body. Unknown fields are refused. `null` for an optional field is as if it were
 * missing (validation.ts), except where it takes a value away.
 */
import { z } from 'zod';
import {
  BATCH_MAX_MILESTONES,
  DESCRIPTION_MAX_LENGTH,
  MAX_INSTANT,
  METADATA_KEY_MAX_LENGTH,
  METADATA_MAX_PAIRS,
  METADATA_VALUE_MAX_LENGTH,
  RESOLUTIONS,
  TEXT_MAX_LENGTH,
} from '../domain/commands.ts';
import { RELEASE_TYPES } from '../domain/escrow-order.ts';
import { MAX_MILESTONE_INDEX } from '../domain/ids.ts';
import { type Amount, CURRENCY_DECIMALS, type Currency, parseAmount } from '../domain/money.ts';
import {
  DISPUTE_DEFAULTS,
  DISPUTE_WINDOW_MAX_SECONDS,
  OVERDUE_RULES,
  PERIOD_MAX_SECONDS,
  RELEASERS,
} from '../domain/terms.ts';
import { ApiError, type ErrorReason } from './errors.ts';
import { page } from './paging.ts';

const WIDEST_DECIMALS = Math.max(...Object.values(CURRENCY_DECIMALS));
export const SETTLEMENT_METHODS = ['OFF_RAMP_MOCK', 'OFF_RAMP_TO_RTP', 'OFF_RAMP_TO_BANK'] as const;
export const PAYMENT_INTENT_TYPES = ['CONSENTED_PULL', 'DELIVERY_VS_PAYMENT'] as const;
const CURRENCIES = Object.keys(CURRENCY_DECIMALS) as [Currency, ...Currency[]];
const SECONDS_PER_CENTURY = 3_155_760_000;

export function integer(min: number, max: number) {
  const allowed = `an integer from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

export function text(maxLength: number, minLength = 0) {
  const allowed = `a ${minLength > 0 ? 'non-empty ' : ''}string of at most ${maxLength} characters`;
  return z.string(allowed).min(minLength, allowed).max(maxLength, allowed);
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** A message that is a sentence of its own. */
const verbatim = (message: string) => ({ code: 'custom' as const, message, params: { verbatim: true } });

/** The syntax of an amount. How many decimals its currency has is checked by {@link amountIn}. */
const AMOUNT_FORM = {
  pattern: `^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,${WIDEST_DECIMALS}})?$`,
  examples: ['300.00'],
  description: 'A decimal string greater than 0, with no more decimals than the currency has',
};

const amountText = z
  .string('a decimal string greater than 0, such as "300.00"')
  .superRefine((given, context) => {
    const parsed = parseAmount(given, WIDEST_DECIMALS);
    if (parsed.ok) return;
    if (parsed.problem === 'not_positive') {
      context.addIssue({ code: 'custom', message: 'The amount must be greater than 0', params: { verbatim: true } });
    } else {
      context.addIssue({
        code: 'custom',
        message: 'a decimal string greater than 0 without sign, exponent, spaces or leading zeros, such as "300.00"',
      });
    }
  })
  .meta(AMOUNT_FORM);

/**
 * The canonical form of a given amount.
 *
 * @throws ApiError when it has more decimals than its currency
 */
export function amountIn(
  currency: Currency,
  given: string,
  reason: ErrorReason = 'field_invalid',
  param = 'amount',
): Amount {
  const decimals = CURRENCY_DECIMALS[currency];
  const parsed = parseAmount(given, decimals);
  if (parsed.ok) return parsed.amount;
  const message = `${param} must have at most ${decimals} decimals in ${currency}, got "${given}"`;
  throw new ApiError(reason, { message, param });
}

const INSTANT = 'an RFC 3339 instant with its offset, such as "2026-01-31T12:00:00Z", from 1970 to 9999';
/** RFC 3339, section 5.6; seconds may be left out, and so may the colon of the offset. */
const INSTANT_FORM = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i;

/** Epoch milliseconds, null for what is no instant: the 30th of February, for example. */
function readInstant(given: string): number | null {
  const [, day, minute, second = ':00', fraction = '', offset] = INSTANT_FORM.exec(given) ?? [];
  if (day === undefined || minute === undefined || offset === undefined || minute > '23:59') return null;
  const [zone, hours, minutes] = [offset.toUpperCase(), offset.slice(1, 3), offset.slice(-2)];
  if (zone !== 'Z' && (hours > '23' || minutes > '59')) return null;
  const isDay = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(isDay.getTime()) || isDay.toISOString().slice(0, 10) !== day) return null;
  const shift = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = Date.parse(`${day}T${minute}${second}${fraction.slice(0, 4)}Z`);
  return Number.isNaN(local) ? null : local - shift * 60_000;
}

/** Read into epoch milliseconds, cut to whole seconds, which is all that answers show. */
export const instant = z
  .string(INSTANT)
  .transform((given, context): number => {
    const epochMs = readInstant(given);
    const seconds = epochMs === null ? null : Math.floor(epochMs / 1_000) * 1_000;
    if (seconds !== null && seconds >= 0 && seconds <= MAX_INSTANT) return seconds;
    const hasSpace = INSTANT_FORM.test(given.replace(' ', '+'));
    const message = hasSpace ? `${INSTANT}; in a query write + as %2B` : INSTANT;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .meta({
    format: 'date-time',
    examples: ['2027-01-31T12:00:00Z'],
    description: 'RFC 3339 with its offset; read in whole seconds',
  });

function metadata<Value extends z.ZodType>(value: Value) {
  const allowed = `an object of at most ${METADATA_MAX_PAIRS} pairs with keys of 1 to ${METADATA_KEY_MAX_LENGTH} characters`;
  return z
    .record(z.string().min(1).max(METADATA_KEY_MAX_LENGTH), value, allowed)
    .refine((pairs) => Object.keys(pairs).length <= METADATA_MAX_PAIRS, allowed)
    .meta({ maxProperties: METADATA_MAX_PAIRS });
}

const percentage = z
  .number('a number from 0 to 100')
  .min(0, 'a number from 0 to 100')
  .max(100, 'a number from 0 to 100');

export const createMilestoneBody = z.strictObject({
  milestoneIndex: integer(0, MAX_MILESTONE_INDEX),
  amount: amountText,
  description: text(DESCRIPTION_MAX_LENGTH).nullish(),
  percentage: percentage.nullish(),
  dueAt: instant.optional(),
  metadata: metadata(text(METADATA_VALUE_MAX_LENGTH)).optional(),
});

export const completeMilestoneBody = z.strictObject({
  completedBy: text(TEXT_MAX_LENGTH, 1),
  completionProof: text(TEXT_MAX_LENGTH).optional(),
  completionProofURI: text(TEXT_MAX_LENGTH).optional(),
});

export const releaseMilestoneBody = z.strictObject({
  releasedBy: text(TEXT_MAX_LENGTH, 1).optional(),
  amount: amountText.optional(),
});

/** Fields that are left out stay as they are. */
export const amendMilestoneBody = z
  .strictObject({
    amount: amountText.optional(),
    description: text(DESCRIPTION_MAX_LENGTH, 1).nullish(),
    percentage: percentage.nullish(),
    dueAt: instant.nullish(),
  })
  .refine((fields) => Object.keys(fields).length > 0, {
    message: 'Give at least one of amount, description, percentage and dueAt',
    params: { verbatim: true },
  });

const reason = text(TEXT_MAX_LENGTH, 1);
export const reasonBody = z.strictObject({ reason: reason.optional() });
export const reopenMilestoneBody = z.strictObject({ reason });
export const refundOrderBody = z.strictObject({ amount: amountText.optional(), reason: reason.optional() });

const seconds = integer(1, PERIOD_MAX_SECONDS);
export const extendMilestoneBody = z.strictObject({ seconds });
export const advanceClockBody = z.strictObject({ seconds });

const BATCH = `an array of 1 to ${BATCH_MAX_MILESTONES} milestones`;
export const milestoneBatchBody = z.strictObject({
  milestones: z.array(createMilestoneBody, BATCH).min(1, BATCH).max(BATCH_MAX_MILESTONES, BATCH),
  dryRun: z.boolean('true or false').optional(),
});

const WINDOW = `a string of digits: seconds from 1 to ${DISPUTE_WINDOW_MAX_SECONDS}`;
export const raiseDisputeBody = z.strictObject({
  reason,
  raisedBy: text(TEXT_MAX_LENGTH, 1),
  disputeWindow: z
    .string(WINDOW)
    .regex(/^[1-9][0-9]{0,8}$/, WINDOW)
    .refine((given) => Number(given) <= DISPUTE_WINDOW_MAX_SECONDS, WINDOW)
    .meta({ description: 'Seconds; not less than the order’s own window, which is the default' })
    .optional(),
  milestoneId: text(TEXT_MAX_LENGTH).optional(),
});

export const resolveDisputeBody = z
  .strictObject({
    resolution: oneOf(RESOLUTIONS),
    merchantAmount: amountText.optional(),
    buyerAmount: amountText.optional(),
    reason: reason.optional(),
  })
  .superRefine((given, context) => {
    for (const path of ['merchantAmount', 'buyerAmount'] as const) {
      if (given.resolution === 'PARTIAL_REFUND' && given[path] === undefined) {
        context.addIssue({ code: 'custom', path: [path], message: 'a PARTIAL_REFUND says who gets how much' });
      }
      if (given.resolution !== 'PARTIAL_REFUND' && given[path] !== undefined) {
        const message = `${path} is for a PARTIAL_REFUND only: ${given.resolution} gives all of it to one party`;
        context.addIssue({ ...verbatim(message), path: [path] });
      }
    }
  });

/** What the published API sends to confirm. The mock funds without looking at it; it is part of the fingerprint. */
export const confirmIntentBody = z.strictObject({
  signature: text(TEXT_MAX_LENGTH).optional(),
  payerAddress: text(TEXT_MAX_LENGTH).optional(),
});

export const cancelCommandBody = z.strictObject({});

/** Fixed when the intent is created. What is left out is as in DEFAULT_TERMS. */
const milestoneTerms = z.strictObject({
  inspectionPeriodSeconds: integer(1, PERIOD_MAX_SECONDS).nullish(),
  releaseBy: oneOf(RELEASERS).optional(),
  onOverdue: oneOf(OVERDUE_RULES).optional(),
  disputeDefault: oneOf(DISPUTE_DEFAULTS).optional(),
  disputeWindowSeconds: integer(1, DISPUTE_WINDOW_MAX_SECONDS).optional(),
});

const METADATA_SCALAR = `a string of at most ${METADATA_VALUE_MAX_LENGTH} characters, a number or a boolean`;
export const createIntentBody = z
  .strictObject({
    amount: z
      .unknown()
      .transform((given, context): string => {
        if (typeof given === 'string' && parseAmount(given, WIDEST_DECIMALS).ok) return given;
        context.addIssue(verbatim('Amount must be a positive number')); // published
        return z.NEVER;
      })
      .meta({ type: 'string', ...AMOUNT_FORM }),
    currency: oneOf(CURRENCIES),
    type: z
      .unknown()
      .transform((given, context): (typeof PAYMENT_INTENT_TYPES)[number] => {
        const type = PAYMENT_INTENT_TYPES.find((known) => known === given);
        if (type) return type;
        context.addIssue(verbatim('Invalid payment type. Must be CONSENTED_PULL or DELIVERY_VS_PAYMENT')); // published
        return z.NEVER;
      })
      .meta({ type: 'string', enum: PAYMENT_INTENT_TYPES }),
    settlementMethod: oneOf(SETTLEMENT_METHODS),
    settlementDestination: text(TEXT_MAX_LENGTH, 1),
    description: text(DESCRIPTION_MAX_LENGTH).nullish(),
    metadata: metadata(z.union([text(METADATA_VALUE_MAX_LENGTH), z.number(), z.boolean()], METADATA_SCALAR))
      .superRefine(({ releaseType, autoRelease }, context) => {
        if (releaseType !== undefined && !RELEASE_TYPES.some((known) => known === releaseType)) {
          context.addIssue({ code: 'custom', path: ['releaseType'], message: `one of ${RELEASE_TYPES.join(', ')}` });
        }
        if (autoRelease !== undefined && typeof autoRelease !== 'boolean') {
          context.addIssue({ code: 'custom', path: ['autoRelease'], message: 'true or false' });
        }
      })
      .optional(),
    deliveryPeriod: integer(0, SECONDS_PER_CENTURY).optional(),
    expectedDeliveryHash: text(TEXT_MAX_LENGTH).optional(),
    autoRelease: z.boolean('true or false').optional(),
    deliveryOracle: text(TEXT_MAX_LENGTH).optional(),
    milestoneTerms: milestoneTerms.optional(),
  })
  .superRefine(({ autoRelease, metadata: pairs, milestoneTerms: terms }, context) => {
    if (autoRelease !== undefined && pairs?.autoRelease !== undefined && autoRelease !== pairs.autoRelease) {
      context.addIssue({ code: 'custom', path: ['autoRelease'], message: 'the same as metadata.autoRelease' });
      return;
    }
    if (terms?.releaseBy !== 'buyer' || !(autoRelease ?? pairs?.autoRelease)) return;
    const path = autoRelease === undefined ? ['metadata', 'autoRelease'] : ['autoRelease'];
    const message = `${path.join('.')} must not be true where milestoneTerms.releaseBy is buyer: the merchant would release by completing`;
    context.addIssue({ ...verbatim(message), path });
  });

export const listIntentsQuery = z.strictObject({
  ...page,
  // Half-open, because answers show whole seconds: with them "after" and "up to" could not be told apart exactly.
  'created[gte]': instant.optional(),
  'created[lt]': instant.optional(),
  status: oneOf(['INITIATED', 'SUCCEEDED', 'CANCELLED']).optional(),
});

export const listMilestonesQuery = z.strictObject({
  ...page,
  status: oneOf(['PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED']).optional(),
});

/** Payment intents, commands, and what happened to an order, as answers show them. */
import { z } from 'zod';
import { COMMAND_TYPES } from '../domain/commands.ts';
import { REASONS } from '../domain/outcomes.ts';
import { PAYMENT_INTENT_TYPES, SETTLEMENT_METHODS } from './schemas.ts';
import { actor, amount, currency, envelopeOf, errorDetails, instant, metadataOf, named } from './shapes.ts';

const MERCHANT_SIDE_ONLY = 'For keys of role merchant and operator';

const intentStatus = z.enum(['INITIATED', 'SUCCEEDED', 'CANCELLED']);
const intentData = named(
  'PaymentIntentData',
  z.strictObject({
    id: z.string(),
    object: z.literal('payment_intent'),
    status: intentStatus,
    amount,
    currency,
    type: z.enum(PAYMENT_INTENT_TYPES),
    description: z.string().nullable(),
    settlementMethod: z.enum(SETTLEMENT_METHODS),
    settlementDestination: z.string().meta({ description: MERCHANT_SIDE_ONLY }).optional(),
    metadata: metadataOf(z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: MERCHANT_SIDE_ONLY })
      .optional(),
    deliveryPeriod: z.int().optional(),
    expectedDeliveryHash: z.string().optional(),
    deliveryOracle: z.string().optional(),
    created: instant,
    updated: instant,
  }),
);
export const paymentIntent = named(
  'PaymentIntent',
  z.strictObject({
    id: z.string(),
    object: z.literal('payment_intent'),
    status: intentStatus,
    data: intentData,
    created: instant,
    updated: instant,
  }),
);

const commandId = z.string();
export const command = envelopeOf(
  'Command',
  'command',
  z.strictObject({
    id: commandId,
    type: z.enum([...COMMAND_TYPES, 'unknown']),
    status: z.enum(['PENDING', 'HELD', 'ACCEPTED', 'REJECTED']),
    waitingFor: z.string().meta({ description: 'Of a held command: what its turn waits for' }).optional(),
    escrowOrderId: z.string(),
    paymentIntentId: z.string(),
    createdAt: instant,
    result: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Of an accepted command: the body that it answered' })
      .optional(),
    error: errorDetails.meta({ description: 'Of a rejected command: the error that it answered' }).optional(),
    reason: z
      .enum(REASONS)
      .meta({ description: 'Of a rejected command: what its answer says in the header Error-Reason' })
      .optional(),
  }),
);

const timelineEvent = named(
  'TimelineEvent',
  z.strictObject({
    type: z.string(),
    milestoneId: z.string().optional(),
    milestoneIndex: z.int32().optional(),
    resolution: z.string().optional(),
    merchantAmount: amount.optional(),
    buyerAmount: amount.optional(),
    windowSeconds: z.int().optional(),
    endsAt: instant.optional(),
    defaultApplies: z
      .literal(false)
      .meta({
        description:
          'Only false: the order’s default would pay the party that raised the dispute, so somebody has to decide it',
      })
      .optional(),
    inspectionEndsAt: instant.optional(),
    seconds: z.int().optional(),
    amount: amount.optional(),
    previousAmount: amount.optional(),
    refundedAmount: amount.optional(),
    dueAt: instant.nullish(),
    commandId: commandId.optional(),
    description: z.string().optional(),
    percentage: z.number().optional(),
    metadata: metadataOf(z.string()).optional(),
    completedBy: z.string().optional(),
    completionProof: z.string().optional(),
    completionProofURI: z.string().optional(),
    releasedBy: z.string().optional(),
    reason: z.string().optional(),
    raisedBy: z.string().optional(),
    reference: z.string().optional(),
    attempts: z.int32().optional(),
  }),
);
export const timelineEntry = envelopeOf(
  'TimelineEntry',
  'timeline_entry',
  z.strictObject({
    id: z.string(),
    escrowOrderId: z.string(),
    paymentIntentId: z.string(),
    version: z.int(),
    at: instant,
    commandId,
    type: z.enum([...COMMAND_TYPES, 'unknown']),
    actor,
    outcome: z.enum(['accepted', 'rejected', 'held']),
    milestoneId: z.string().optional(),
    milestoneIndex: z.int32().optional(),
    events: z.array(timelineEvent).optional(),
    amount: amount.optional(),
    reason: z.enum(REASONS).optional(),
    message: z.string().optional(),
    waitingFor: z.string().optional(),
    until: instant.optional(),
  }),
);

const ledgerPosting = named(
  'LedgerPosting',
  z.strictObject({
    account: z.enum(['external', 'escrow', 'merchant']),
    direction: z.enum(['debit', 'credit']),
    amount,
    currency,
  }),
);
const ledgerTransaction = envelopeOf(
  'LedgerTransaction',
  'ledger_transaction',
  z.strictObject({
    id: z.string(),
    escrowOrderId: z.string(),
    paymentIntentId: z.string(),
    type: z.enum(['fund', 'release', 'refund', 'payout']),
    at: instant,
    timelineEntryId: z.string(),
    postings: z.array(ledgerPosting),
  }),
);
export const ledgerPage = named(
  'LedgerPage',
  z.strictObject({
    object: z.literal('list'),
    data: z.array(ledgerTransaction),
    hasMore: z.boolean(),
    balances: z.array(named('LedgerBalance', z.strictObject({ account: z.literal('escrow'), amount, currency }))),
  }),
);

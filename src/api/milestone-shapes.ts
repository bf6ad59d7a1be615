/** Milestones, disputes and payouts as answers show them. */
import { z } from 'zod';
import { RESOLUTIONS } from '../domain/commands.ts';
import { DISPUTE_DEFAULTS, OVERDUE_RULES, RELEASERS } from '../domain/terms.ts';
import { PAGE_MAX } from './paging.ts';
import { amount, currency, envelopeOf, instant, listOf, metadataOf, named } from './shapes.ts';

const payoutStatus = z.enum(['pending', 'paid', 'failed']);
const payoutSummary = named(
  'PayoutSummary',
  z.strictObject({
    id: z.string(),
    status: payoutStatus,
    attempts: z.int32(),
    lastError: z.string().optional(),
    paidAt: instant.optional(),
  }),
);
const milestoneDispute = named(
  'MilestoneDispute',
  z.strictObject({
    reason: z.string(),
    raisedBy: z.string(),
    raisedAt: instant,
    endsAt: instant,
    resolution: z.string().optional(),
    endedAt: instant.optional(),
  }),
);

const milestoneData = named(
  'MilestoneData',
  z.strictObject({
    id: z.string(),
    escrowOrderId: z.string(),
    paymentIntentId: z.string(),
    milestoneIndex: z.int32(),
    description: z.string().nullable(),
    amount,
    percentage: z.number().nullable(),
    status: z.enum(['PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED']),
    createdAt: instant,
    dueAt: instant.optional(),
    overdueAt: instant.optional(),
    metadata: metadataOf(z.string()).optional(),
    completedAt: instant.optional(),
    completedBy: z.string().optional(),
    completionProof: z.string().optional(),
    completionProofURI: z.string().optional(),
    inspectionEndsAt: instant.optional(),
    cancelledAt: instant.optional(),
    releasedAt: instant.optional(),
    releasedBy: z.string().optional(),
    releasedAmount: amount.optional(),
    refundedAmount: amount.optional(),
    dispute: milestoneDispute.optional(),
    payout: payoutSummary.optional(),
  }),
);
export const milestone = envelopeOf('Milestone', 'milestone', milestoneData);
export const milestoneList = listOf('MilestoneList', milestone);

export const milestoneTerms = named(
  'MilestoneTerms',
  z.strictObject({
    inspectionPeriodSeconds: z.int().nullable(),
    releaseBy: z.enum(RELEASERS),
    onOverdue: z.enum(OVERDUE_RULES),
    disputeDefault: z.enum(DISPUTE_DEFAULTS),
    disputeWindowSeconds: z.int(),
  }),
);

const NOT_YET = 'Null: nothing that Tranche is connected to gives it';
const notYet = z.string().nullable().meta({ description: NOT_YET });

export const escrowOrder = envelopeOf(
  'EscrowOrder',
  'escrow_order',
  z.strictObject({
    id: z.string(),
    paymentIntentId: z.string(),
    orderId: z.string(),
    merchantId: z.string(),
    amount,
    currency,
    contractAddress: notYet,
    buyerAddress: notYet,
    tokenAddress: notYet,
    deliveryPeriod: z.int().nullable(),
    deliveryDeadline: instant.nullable().meta({ description: NOT_YET }),
    expectedDeliveryHash: z.string().nullable(),
    actualDeliveryHash: notYet,
    deliveryOracle: z.string().nullable(),
    releaseType: z.string(),
    autoReleaseOnProof: z.boolean(),
    orderStatus: z.enum(['PENDING', 'DISPUTED', 'COMPLETED', 'CANCELLED']),
    settlementStatus: z.enum(['NONE', 'SCHEDULED', 'EXECUTED', 'CONFIRMED', 'CANCELLED']),
    disputeWindow: z.string().meta({ description: 'Seconds' }),
    disputeRaisedAt: instant.nullable(),
    disputeReason: z.string().nullable(),
    disputeRaisedBy: z.string().nullable(),
    releasedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    milestones: z.array(milestoneData).max(PAGE_MAX),
    moreMilestones: z
      .string()
      .meta({ description: 'Where an order with more milestones has the next ones: a path of this API' })
      .optional(),
    fundedAmount: amount,
    allocatedAmount: amount,
    releasedAmount: amount,
    refundedAmount: amount,
    remainingAmount: amount,
    version: z.int(),
    milestoneTerms: milestoneTerms.optional(),
    unallocatedAmount: amount
      .meta({
        description:
          'What keeps the order open although all its milestones are settled: it belongs to none. Refund it (`POST …/escrow/refund`) or give it to a new milestone',
      })
      .optional(),
    disputeEndsAt: instant
      .nullable()
      .meta({ description: 'When the order’s default decides the open dispute; null where that never happens' })
      .optional(),
    disputeDefaultApplies: z
      .boolean()
      .nullable()
      .meta({
        description:
          'False: the order’s default would pay the party that raised the open dispute, so it waits until the other party gives in or an arbiter or the operator decides; or one of them has, and the decision waits for its turn',
      })
      .optional(),
    disputeEndedAt: instant.nullable().optional(),
    disputeResolution: z
      .enum([...RESOLUTIONS, 'WITHDRAWN'])
      .nullable()
      .optional(),
  }),
);

export const payout = envelopeOf(
  'Payout',
  'payout',
  z.strictObject({
    id: z.string(),
    escrowOrderId: z.string(),
    paymentIntentId: z.string(),
    milestoneId: z.string().nullable(),
    amount,
    currency,
    status: payoutStatus,
    attempts: z.int32(),
    lastError: z.string().nullable(),
    settlementMethod: z.string(),
    settlementDestination: z.string(),
    reference: z.string().nullable(),
    createdAt: instant,
    paidAt: instant.nullable(),
  }),
);
export const payoutList = listOf('PayoutList', payout);

export const balance = named(
  'Balance',
  z.strictObject({
    id: z.string(),
    object: z.literal('balance'),
    data: z.array(
      named('CurrencyBalance', z.strictObject({ currency, inEscrow: amount, payoutPending: amount, paidOut: amount })),
    ),
  }),
);

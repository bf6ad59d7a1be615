/**
 * Routes of an order's milestones: to read them, to create them, and what may be asked of each.
 */
import { findMilestoneWithPayout, listMilestones } from '../db/milestone-reads.ts';
import { milestoneIndexOf } from '../domain/ids.ts';
import { milestoneMissing } from './access.ts';
import { holderOf } from './caller.ts';
import { commandRoute, ofLockedOrder, ofMilestone, ofOrder, withoutMissing } from './command-route.ts';
import { listOf } from './envelope.ts';
import { MILESTONE_BATCH_ROUTE } from './milestone-batches.ts';
import { milestone, milestoneList } from './milestone-shapes.ts';
import { requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { milestoneEnvelope } from './render.ts';
import { defineRoute, type Route } from './route.ts';
import {
  amendMilestoneBody,
  amountIn,
  completeMilestoneBody,
  createMilestoneBody,
  extendMilestoneBody,
  listMilestonesQuery,
  reasonBody,
  releaseMilestoneBody,
  reopenMilestoneBody,
} from './schemas.ts';
import { statusOf } from './shapes.ts';

const EXAMPLE = {
  id: 'milestone_xyz789',
  object: 'milestone',
  data: {
    id: 'milestone_xyz789',
    escrowOrderId: 'escrow_order_abc123',
    paymentIntentId: 'intent_2xYz9AbC123',
    milestoneIndex: 0,
    description: 'Initial payment - 30%',
    amount: '300.00',
    percentage: 30,
    status: 'PENDING',
    createdAt: '2024-01-01T00:00:00Z',
  },
};

const links = Object.fromEntries(
  ['getMilestone', 'completeMilestone', 'releaseMilestone', 'amendMilestone', 'cancelMilestone'].map((operationId) => [
    operationId,
    {
      operationId,
      parameters: { intentId: '$response.body#/data/paymentIntentId', milestoneId: '$response.body#/id' },
    },
  ]),
);

export const MILESTONE_ROUTES: readonly Route[] = [
  commandRoute({
    operationId: 'createMilestone',
    method: 'post',
    path: PATHS.milestones,
    tag: 'Milestones',
    summary: 'Create a milestone',
    description:
      'Milestones are created in the order of their indexes. One that comes before its predecessor waits two seconds for its turn, unless `Prefer` says otherwise.',
    body: createMilestoneBody,
    bodyExample: { milestoneIndex: 0, description: 'Initial payment - 30%', amount: '300.00', percentage: 30 },
    successes: { 201: { description: 'The milestone', schema: milestone, example: EXAMPLE, location: true, links } },
    command: 'milestone.create',
    takesTurns: true,
    openToBoundKeys: true,
    subject: ofLockedOrder,
    waitMs: ({ config }) => config.turnWaitMs,
    build: ({ body: { milestoneIndex, amount, dueAt, ...details } }, { order }) => ({
      milestoneIndex,
      amount: amountIn(order.currency, amount),
      ...(dueAt !== undefined && { dueAt }),
      details: withoutMissing(details),
    }),
  }),
  // Before milestones by id: `batch` is at the place of one.
  MILESTONE_BATCH_ROUTE,
  defineRoute({
    operationId: 'listMilestones',
    method: 'get',
    path: PATHS.milestones,
    tag: 'Milestones',
    summary: 'List milestones, in index order',
    description: 'A page at a time. `status` picks those of one status.',
    query: listMilestonesQuery,
    successes: { 200: { description: 'A page', schema: milestoneList } },
    openToBoundKeys: true,
    async handle({ db }, call) {
      const { limit, starting_after: after, status } = call.query;
      const { order } = await ofOrder({ db }, call);
      const afterIndex = await requireCursor(after, "this order's milestones", (id) => milestoneIndexOf(order.id, id));
      const page = { limit: limit + 1, afterIndex: afterIndex ?? -1, status: status ?? null };
      const rows = await listMilestones(db, order.id, page);
      return { status: 200, body: listOf(rows, limit, (row) => milestoneEnvelope(order, row)) };
    },
  }),
  defineRoute({
    operationId: 'getMilestone',
    method: 'get',
    path: PATHS.milestone,
    tag: 'Milestones',
    summary: 'Read a milestone',
    description: 'With its dispute and its payout, where it has them.',
    successes: { 200: { description: 'The milestone', schema: milestone } },
    reasons: ['milestone_missing'],
    openToBoundKeys: true,
    async handle({ db }, call) {
      const { order } = await ofOrder({ db }, call);
      const index = milestoneIndexOf(order.id, call.id('milestoneId'));
      const found = index === null ? null : await findMilestoneWithPayout(db, order.id, index);
      if (!found) throw milestoneMissing();
      return { status: 200, body: milestoneEnvelope(order, found) };
    },
  }),
  commandRoute({
    operationId: 'amendMilestone',
    method: 'patch',
    path: PATHS.milestone,
    tag: 'Milestones',
    summary: 'Amend a pending milestone',
    description: 'Fields that are left out stay as they are.',
    body: amendMilestoneBody,
    bodyExample: { amount: '350.00' },
    successes: { 200: { description: 'The milestone as amended', schema: milestone } },
    command: 'milestone.amend',
    takesTurns: true,
    openToBoundKeys: true,
    subject: ofMilestone,
    build: ({ body: { amount, dueAt, ...details } }, { order, milestoneIndex }) => ({
      milestoneIndex,
      ...(amount !== undefined && { amount: amountIn(order.currency, amount) }),
      ...(dueAt !== undefined && { dueAt }),
      details: withoutMissing(details),
    }),
  }),
  commandRoute({
    operationId: 'completeMilestone',
    method: 'post',
    path: PATHS.completeMilestone,
    tag: 'Milestones',
    summary: 'Complete a milestone',
    description: 'Its work is done. Where the order says so, release follows by itself.',
    body: completeMilestoneBody,
    bodyExample: { completedBy: 'designer-12', completionProof: 'sha256:9f86d081' },
    successes: {
      200: {
        description: 'The milestone is completed',
        schema: statusOf('MilestoneCompletion', 'milestone', 'completed', {}),
      },
    },
    command: 'milestone.complete',
    takesTurns: true,
    openToBoundKeys: true,
    subject: ofMilestone,
    build: ({ body }, { milestoneIndex }) => ({ milestoneIndex, details: withoutMissing(body) }),
  }),
  commandRoute({
    operationId: 'releaseMilestone',
    method: 'post',
    path: PATHS.releaseMilestone,
    tag: 'Milestones',
    summary: 'Release a milestone’s money',
    description:
      'With `amount` a part of it; the rest goes back to the buyer, who may release in full only. One that waits for its turn is refused once the merchant changes what its milestone is worth.',
    body: releaseMilestoneBody,
    bodyExample: { releasedBy: 'buyer-7' },
    successes: { 200: { description: 'The milestone, `RELEASED`', schema: milestone } },
    command: 'milestone.release',
    takesTurns: true,
    openToBoundKeys: true,
    subject: ofMilestone,
    build: ({ body: { amount, releasedBy }, caller }, { order, milestoneIndex }) => ({
      milestoneIndex,
      ...(amount !== undefined && { amount: amountIn(order.currency, amount) }),
      details: { releasedBy: releasedBy ?? holderOf(caller) },
    }),
  }),
  commandRoute({
    operationId: 'cancelMilestone',
    method: 'post',
    path: PATHS.cancelMilestone,
    tag: 'Milestones',
    summary: 'Cancel a pending milestone',
    description: 'Its amount can be allocated again, and its index stays taken. Later milestones do not wait for it.',
    body: reasonBody,
    bodyExample: { reason: 'No longer needed' },
    successes: { 200: { description: 'The milestone, `CANCELLED`', schema: milestone } },
    command: 'milestone.cancel',
    takesTurns: true,
    openToBoundKeys: true,
    fingerprinted: `${PATHS.milestone}/milestone.cancel`,
    subject: ofMilestone,
    build: ({ body }, { milestoneIndex }) => ({ milestoneIndex, details: withoutMissing(body) }),
  }),
  commandRoute({
    operationId: 'reopenMilestone',
    method: 'post',
    path: PATHS.reopenMilestone,
    tag: 'Milestones',
    summary: 'Reopen a completed milestone',
    description: 'Its work was rejected. It is pending again and may be completed again.',
    body: reopenMilestoneBody,
    bodyExample: { reason: 'The logo is missing' },
    successes: { 200: { description: 'The milestone, `PENDING`', schema: milestone } },
    command: 'milestone.reopen',
    takesTurns: true,
    openToBoundKeys: true,
    fingerprinted: `${PATHS.milestone}/milestone.reopen`,
    subject: ofMilestone,
    build: ({ body }, { milestoneIndex }) => ({ milestoneIndex, details: withoutMissing(body) }),
  }),
  commandRoute({
    operationId: 'extendMilestone',
    method: 'post',
    path: PATHS.extendMilestone,
    tag: 'Milestones',
    summary: 'Extend a running inspection period',
    description: 'The period ends later by `seconds`; at most 90 days can be added in all.',
    body: extendMilestoneBody,
    bodyExample: { seconds: 86_400 },
    successes: { 200: { description: 'The milestone with its new end of inspection', schema: milestone } },
    command: 'milestone.extend',
    takesTurns: true,
    openToBoundKeys: true,
    subject: ofMilestone,
    build: ({ body: { seconds } }, { milestoneIndex }) => ({ milestoneIndex, seconds }),
  }),
];

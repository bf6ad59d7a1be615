/**
 * Routes of disputes.
 */
import { z } from 'zod';
import { RESOLUTIONS } from '../domain/commands.ts';
import { milestoneIndexOf } from '../domain/ids.ts';
import { DISPUTE_WINDOW_DEFAULT_SECONDS } from '../domain/terms.ts';
import { milestoneMissing, requireOrder } from './access.ts';
import { commandRoute, ofOrder } from './command-route.ts';
import { PATHS } from './paths.ts';
import type { Route } from './route.ts';
import { amountIn, raiseDisputeBody, reasonBody, resolveDisputeBody } from './schemas.ts';
import { amount, statusOf } from './shapes.ts';

const ORDER_MISSING = 'Escrow order not found'; // published for this route, shorter than elsewhere

export const DISPUTE_ROUTES: readonly Route[] = [
  commandRoute({
    operationId: 'raiseDispute',
    method: 'post',
    path: PATHS.dispute,
    tag: 'Disputes',
    summary: 'Raise a dispute',
    description:
      'About one milestone, or without `milestoneId` about the whole order. When its window ends undecided, the order’s default decides, except in favour of the party that raised the dispute: then it stays open until the other party gives in or an arbiter or the operator decides. The window is the order’s own; merchant, buyer and arbiter may only lengthen it, the operator may choose.',
    body: raiseDisputeBody,
    bodyExample: { reason: 'The design does not match the brief', raisedBy: 'buyer-7', disputeWindow: '604800' },
    successes: {
      200: { description: 'The dispute is raised', schema: statusOf('DisputeRaised', 'dispute', 'raised', {}) },
    },
    command: 'dispute.raise',
    openToBoundKeys: true,
    // Until 0.3.0 a window that was left out was read as the published default, and keys of then are still repeated.
    asked: (body) => ({ ...body, disputeWindow: body.disputeWindow ?? String(DISPUTE_WINDOW_DEFAULT_SECONDS) }),
    // It has no turn to wait for: there is nothing to object to in a milestone that is yet to be created.
    async subject({ db }, call) {
      return { order: await requireOrder(db, call.caller, call.id('intentId'), ORDER_MISSING) };
    },
    build({ body: { milestoneId, disputeWindow, reason, raisedBy } }, { order }) {
      const milestoneIndex = milestoneId === undefined ? undefined : milestoneIndexOf(order.id, milestoneId);
      if (milestoneIndex === null) throw milestoneMissing();
      return {
        ...(milestoneIndex !== undefined && { milestoneIndex }),
        ...(disputeWindow !== undefined && { windowSeconds: Number(disputeWindow) }),
        details: { reason, raisedBy },
      };
    },
  }),
  commandRoute({
    operationId: 'resolveDispute',
    method: 'post',
    path: PATHS.resolveDispute,
    tag: 'Disputes',
    summary: 'Resolve a dispute',
    description:
      'A party may give in to the other; only the arbiter and the operator may decide against one. A `PARTIAL_REFUND` names two amounts that add up to the disputed milestone, or to all that is left of the order.',
    body: resolveDisputeBody,
    bodyExample: { resolution: 'PARTIAL_REFUND', merchantAmount: '200.00', buyerAmount: '100.00' },
    successes: {
      200: {
        description: 'Who got how much',
        schema: statusOf('DisputeResolved', 'dispute', 'resolved', {
          resolution: z.enum(RESOLUTIONS),
          merchantAmount: amount,
          buyerAmount: amount,
        }),
      },
    },
    command: 'dispute.resolve',
    takesTurns: true,
    openToBoundKeys: true,
    // What pays the merchant may wait for its turn, as a release may.
    subject: ofOrder,
    build({ body }, { order }) {
      const { resolution, reason } = body;
      const amountOf = (name: 'merchantAmount' | 'buyerAmount') =>
        body[name] !== undefined && { [name]: amountIn(order.currency, body[name], 'field_invalid', name) };
      return {
        resolution,
        ...amountOf('merchantAmount'),
        ...amountOf('buyerAmount'),
        ...(reason !== undefined && { details: { reason } }),
      };
    },
  }),
  commandRoute({
    operationId: 'withdrawDispute',
    method: 'post',
    path: PATHS.withdrawDispute,
    tag: 'Disputes',
    summary: 'Withdraw a dispute',
    description: 'For whoever raised it, and the operator.',
    body: reasonBody,
    bodyExample: { reason: 'We agreed' },
    successes: {
      200: {
        description: 'The dispute is withdrawn',
        schema: statusOf('DisputeWithdrawn', 'dispute', 'withdrawn', {}),
      },
    },
    command: 'dispute.withdraw',
    openToBoundKeys: true,
    subject: ofOrder,
    build: ({ body: { reason } }) => ({ ...(reason !== undefined && { details: { reason } }) }),
  }),
];

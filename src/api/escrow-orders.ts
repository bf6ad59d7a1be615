/**
 * Routes of escrow orders: to read one, and what ends it or gives money back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import { findIntentWithMilestones } from '../db/milestone-reads.ts';
import { readOrder } from '../db/order-log.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import { requireIntent } from './access.ts';
import { commandRoute, ofOrder } from './command-route.ts';
import { ApiError } from './errors.ts';
import { refuseWhileCollecting } from './funding.ts';
import { LEDGER_ROUTE } from './ledger.ts';
import { escrowOrder } from './milestone-shapes.ts';
import { PAGE_MAX } from './paging.ts';
import { PATHS } from './paths.ts';
import { orderEnvelope } from './render.ts';
import { type Call, defineRoute, type Route, type RouteDependencies } from './route.ts';
import { advanceClockBody, amountIn, reasonBody, refundOrderBody } from './schemas.ts';
import { amount, instant, statusOf } from './shapes.ts';
import { TIMELINE_ROUTE } from './timeline.ts';

const LOOK_AGAIN_MS = 50;

/** Ends an order: a funded one with a refund of what is left, or one that was never funded with its intent. */
export const closing = {
  async subject(deps: RouteDependencies, call: Call) {
    const { order } = await ofOrder(deps, call);
    await refuseWhileCollecting(deps.db, order.paymentIntentId);
    return { order };
  },
  build: ({ body: { reason } }: Call<z.output<typeof reasonBody>>) => ({
    ...(reason !== undefined && { details: { reason } }),
  }),
};

export const ESCROW_ORDER_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'getEscrowOrder',
    method: 'get',
    path: PATHS.escrow,
    tag: 'Escrow orders',
    summary: 'Read an escrow order with its milestones',
    description: `What became of its money, and its first ${PAGE_MAX} milestones, by index. An order with more says in \`moreMilestones\` where they are.`,
    successes: { 200: { description: 'The escrow order', schema: escrowOrder } },
    reasons: ['not_delivery_versus_payment'],
    openToBoundKeys: true,
    async handle({ db }, call) {
      const found = await requireIntent(db, call.caller, call.id('intentId'), (reader, id) =>
        findIntentWithMilestones(reader, id, PAGE_MAX),
      );
      if (found.intent.type !== 'DELIVERY_VS_PAYMENT') throw new ApiError('not_delivery_versus_payment');
      if (!found.order) throw new ApiError('escrow_order_missing');
      return { status: 200, body: orderEnvelope({ ...found, order: found.order }) };
    },
  }),
  commandRoute({
    operationId: 'refundEscrowOrder',
    method: 'post',
    path: PATHS.refund,
    tag: 'Escrow orders',
    summary: 'Give unallocated money back to the buyer',
    description: 'Without `amount`, all of it.',
    body: refundOrderBody,
    bodyExample: { amount: '100.00', reason: 'Less work than planned' },
    successes: { 200: { description: 'The refund', schema: statusOf('Refund', 'refund', 'refunded', { amount }) } },
    command: 'order.refund',
    openToBoundKeys: true,
    subject: ofOrder,
    build: ({ body: { amount: wanted, reason } }, { order }) => ({
      ...(wanted !== undefined && { amount: amountIn(order.currency, wanted) }),
      ...(reason !== undefined && { details: { reason } }),
    }),
  }),
  commandRoute({
    operationId: 'cancelEscrowOrder',
    method: 'post',
    path: PATHS.cancelOrder,
    tag: 'Escrow orders',
    summary: 'Close an order and give back what is left',
    description: 'Everything that is not released goes to the buyer.',
    body: reasonBody,
    bodyExample: { reason: 'The project was stopped' },
    successes: {
      200: {
        description: 'What the buyer got back',
        schema: statusOf('EscrowOrderCancellation', 'escrow_order', 'cancelled', { refundedAmount: amount }),
      },
    },
    reasons: ['funding_under_way'],
    command: 'order.cancel',
    openToBoundKeys: true,
    fingerprinted: `${PATHS.intent}/order.cancel`,
    ...closing,
  }),
  TIMELINE_ROUTE,
  LEDGER_ROUTE,
  commandRoute({
    operationId: 'advanceClock',
    method: 'post',
    path: PATHS.advanceClock,
    tag: 'Escrow orders',
    summary: 'Let an order’s clock run ahead',
    description: 'In test mode only, to try periods. The answer comes once everything that expired by it is done.',
    body: advanceClockBody,
    bodyExample: { seconds: 86_400 },
    successes: {
      200: {
        description: 'What the clock says now',
        schema: statusOf('ClockAdvance', 'clock', 'advanced', { seconds: z.int(), advancedTo: instant }),
      },
    },
    command: 'order.advance_clock',
    openToBoundKeys: true,
    subject: ofOrder,
    build: ({ body: { seconds } }) => ({ seconds }),
    // Whoever advances the clock wants to see what that does.
    async after({ db, config }, { order }, { status }) {
      if (status === 200) await untilExpired(db, order.id, Date.now() + config.commandWaitMs);
    },
  }),
  defineRoute({
    operationId: 'submitDeliveryProof',
    method: 'post',
    path: PATHS.deliveryProof,
    tag: 'Escrow orders',
    summary: 'Submit a proof of delivery',
    description:
      'Always refused: Tranche carries out orders that are locked by milestones, and those are proven milestone by milestone.',
    body: z.looseObject({}),
    successes: {
      200: {
        description: 'The proof is accepted: for release types that Tranche does not carry out yet',
        schema: statusOf('DeliveryProof', 'delivery_proof', 'accepted', {}),
      },
    },
    reasons: ['delivery_proof_not_needed', 'release_type_not_executed'],
    openToBoundKeys: true,
    // Looks at no field: none could make a difference.
    async handle(deps, call) {
      const { releaseType } = (await ofOrder(deps, call)).order;
      if (releaseType === 'MILESTONE_LOCKED') throw new ApiError('delivery_proof_not_needed');
      const message = `Cannot submit delivery proof: orders with release type ${releaseType} are stored, but Tranche executes MILESTONE_LOCKED only`;
      throw new ApiError('release_type_not_executed', { message });
    },
  }),
];

/**
 * Waits until all that had expired by now is recorded. Most is recorded together with the command; the rest follows
 * at once when there are other commands to take first, or more deadlines than go into one commit.
 */
async function untilExpired(db: Database, orderId: string, giveUpAt: number): Promise<void> {
  const now = Date.now();
  for (;;) {
    const order = await readOrder(db, orderId);
    const deadline = order && nextDeadline(order);
    if (deadline === null || deadline > now || Date.now() >= giveUpAt) return;
    await sleep(LOOK_AGAIN_MS);
  }
}

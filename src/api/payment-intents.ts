/**
 * Routes of payment intents.
 */
import { findClaim, findIntent, listIntents } from '../db/queries.ts';
import { requireIntent } from './access.ts';
import { accessOf } from './caller.ts';
import { carryOut, requireSameRequest } from './carry-out.ts';
import { commandBase, commandRoute } from './command-route.ts';
import { listOf } from './envelope.ts';
import { ApiError } from './errors.ts';
import { closing } from './escrow-orders.ts';
import { collectFunds } from './funding.ts';
import { createIntent } from './intent-creation.ts';
import { rememberOpening } from './openings.ts';
import { paymentIntent } from './order-shapes.ts';
import { requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import { intentEnvelope } from './render.ts';
import { defineRoute, type Route } from './route.ts';
import { confirmIntentBody, createIntentBody, listIntentsQuery, reasonBody } from './schemas.ts';
import { listOf as listSchemaOf } from './shapes.ts';

/** Who may create payment intents: the merchant, and the operator for them. */
const MAKERS = accessOf(['merchant', 'operator'], 'role_not_allowed', 'create payment intents');

const intentLinks = {
  readPaymentIntent: { operationId: 'getPaymentIntent', parameters: { intentId: '$response.body#/id' } },
  confirmPaymentIntent: { operationId: 'confirmPaymentIntent', parameters: { intentId: '$response.body#/id' } },
  readEscrowOrder: { operationId: 'getEscrowOrder', parameters: { intentId: '$response.body#/id' } },
  createMilestone: { operationId: 'createMilestone', parameters: { intentId: '$response.body#/id' } },
};

export const PAYMENT_INTENT_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'createPaymentIntent',
    method: 'post',
    path: PATHS.intents,
    tag: 'Payment intents',
    summary: 'Create a payment intent',
    description:
      'One of type `DELIVERY_VS_PAYMENT` has an escrow order from the beginning. Give `metadata.releaseType` `MILESTONE_LOCKED` to pay it by milestones.',
    body: createIntentBody,
    bodyExample: {
      amount: '1000.00',
      currency: 'USDC',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
      metadata: { releaseType: 'MILESTONE_LOCKED' },
    },
    successes: {
      201: { description: 'The payment intent', schema: paymentIntent, location: true, links: intentLinks },
    },
    reasons: ['payment_intent_invalid'],
    fieldReason: 'payment_intent_invalid',
    access: MAKERS,
    cost: 'create_intent',
    handle: (deps, call) => createIntent(deps, call.caller, call.body, call.keyed()),
  }),
  defineRoute({
    operationId: 'listPaymentIntents',
    method: 'get',
    path: PATHS.intents,
    tag: 'Payment intents',
    summary: 'List payment intents, the latest first',
    description:
      'Those of the key’s merchant and mode, a page at a time. `created[gte]` and `created[lt]` bound when they were made.',
    query: listIntentsQuery,
    successes: { 200: { description: 'A page', schema: listSchemaOf('PaymentIntentList', paymentIntent) } },
    openToBoundKeys: true,
    async handle({ db }, { caller, query }) {
      const { limit, starting_after: after, status, ...created } = query;
      const cursor = await requireCursor(after, 'your payment intents', async (id) => {
        const found = await findIntent(db, id);
        const isOwn = found?.intent.merchantId === caller.merchantId && found.intent.mode === caller.mode;
        return isOwn ? found.intent : null;
      });
      const rows = await listIntents(db, caller, {
        limit: limit + 1,
        cursor,
        intentId: caller.boundTo?.intentId ?? null,
        status: status ?? null,
        createdFrom: created['created[gte]'] ?? null,
        createdBefore: created['created[lt]'] ?? null,
      });
      return { status: 200, body: listOf(rows, limit, intentEnvelope) };
    },
  }),
  defineRoute({
    operationId: 'getPaymentIntent',
    method: 'get',
    path: PATHS.intent,
    tag: 'Payment intents',
    summary: 'Read a payment intent',
    description: 'Its escrow order, where it has one, is read with `GET …/escrow`.',
    successes: { 200: { description: 'The payment intent', schema: paymentIntent } },
    openToBoundKeys: true,
    async handle({ db }, call) {
      const { intent } = await requireIntent(db, call.caller, call.id('intentId'), findIntent);
      return { status: 200, body: intentEnvelope(intent) };
    },
  }),
  defineRoute({
    operationId: 'confirmPaymentIntent',
    method: 'post',
    path: PATHS.confirmIntent,
    tag: 'Payment intents',
    summary: 'Confirm a payment intent',
    description: 'Funds its escrow order in full. In test mode the money is there at once.',
    body: confirmIntentBody,
    bodyExample: { signature: '0xabc', payerAddress: '0xdef' },
    successes: { 200: { description: 'The payment intent, `SUCCEEDED`', schema: paymentIntent } },
    reasons: ['intent_not_confirmable', 'live_funding_unavailable', 'funding_refused', 'funding_unavailable'],
    command: 'order.fund',
    cost: 'confirm_intent',
    openToBoundKeys: true,
    async handle(deps, call) {
      const { caller } = call;
      const keyed = call.keyed();
      const { intent, order } = await requireIntent(deps.db, caller, call.id('intentId'), findIntent);
      if (!order) throw new ApiError('intent_not_confirmable');
      rememberOpening(deps.db, order);
      const command = { ...commandBase(caller), type: 'order.fund' as const };
      // A key of another request is refused before anything is collected, not after.
      const claim = keyed && (await findClaim(deps.db, keyed.scope));
      if (keyed && claim) requireSameRequest(deps.proofs, claim, keyed);
      const toTell = await deps.places.whileWaiting(caller, () => collectFunds(deps, intent, order, command, keyed));
      return carryOut(deps, { caller, order, keyed, ...toTell });
    },
  }),
  commandRoute({
    operationId: 'cancelPaymentIntent',
    method: 'post',
    path: PATHS.cancelIntent,
    tag: 'Payment intents',
    summary: 'Cancel a payment intent that is not funded',
    description: 'Its escrow order is cancelled with it. Once it is funded, cancel the escrow order instead.',
    body: reasonBody,
    bodyExample: { reason: 'The buyer changed their mind' },
    successes: { 200: { description: 'The payment intent, `CANCELLED`', schema: paymentIntent } },
    reasons: ['escrow_order_missing', 'funding_under_way'],
    command: 'payment_intent.cancel',
    openToBoundKeys: true,
    fingerprinted: `${PATHS.intent}/payment_intent.cancel`,
    ...closing,
  }),
];

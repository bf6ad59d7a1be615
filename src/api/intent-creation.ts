/**
 * Makes a payment intent, and with it the escrow order of one that delivers versus payment. No workflow takes part:
 * intent, order, their events and the idempotency key commit together or not at all.
 */
import { typeid } from 'typeid-js';
import type { z } from 'zod';
import { isContention } from '../db/client.ts';
import { type Claim, findClaim, findIntent, type IntentRow, insertIntent, type OrderRow } from '../db/queries.ts';
import { RELEASE_TYPES, type ReleaseType } from '../domain/escrow-order.ts';
import { eventId } from '../domain/ids.ts';
import {
  DEFAULT_TERMS,
  DISPUTE_WINDOW_MAX_SECONDS,
  DISPUTE_WINDOW_MIN_SECONDS,
  disputeWindowOf,
  type Terms,
} from '../domain/terms.ts';
import { withProofs } from '../proofs/stored-proofs.ts';
import type { Answer } from './answers.ts';
import type { Caller } from './caller.ts';
import { forgetIfExpired, replayed, replayedToTwin, requireSameRequest } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';
import { PATHS, pathTo } from './paths.ts';
import { intentEnvelope } from './render.ts';
import { amountIn, type createIntentBody } from './schemas.ts';
import { amongTwins } from './twins.ts';

type IntentBody = z.output<typeof createIntentBody>;
const DEFAULT_RELEASE_TYPE: ReleaseType = 'DELIVERY_PROOF';

/** Creates the intent, or answers as it was answered when its idempotency key was used before. */
export function createIntent(
  deps: Pick<ApiDependencies, 'db' | 'proofs'>,
  caller: Caller,
  body: IntentBody,
  keyed: KeyedRequest | null,
): Promise<Answer> {
  return amongTwins(deps.db, keyed, () => createClaimed(deps, caller, body, keyed), replayedToTwin);
}

async function createClaimed(...[deps, caller, body, keyed]: Parameters<typeof createIntent>): Promise<Answer> {
  requireAllowedTerms(caller, body);
  const intent = intentRow(caller, body);
  const order = body.type === 'DELIVERY_VS_PAYMENT' ? orderRow(intent, body) : null;
  const events = order ? creationEvents(intent, order) : [];
  const claim = keyed && withProofs(claimRow(keyed, intent), deps.proofs);
  if (await insertUnlessClaimed(deps, { intent, order, events, claim })) return createdAnswer(intent);
  const stored = keyed && (await findClaim(deps.db, keyed.scope));
  // Without a stored claim somebody has just forgotten it; the client's next attempt makes a new one.
  if (!stored) throw new ApiError('idempotency_in_progress');
  if (await forgetIfExpired(deps, stored)) return createClaimed(deps, caller, body, keyed);
  requireSameRequest(deps.proofs, stored, keyed);
  return replayed(createdAnswer(await intentOf(deps, stored)));
}

async function insertUnlessClaimed(
  { db }: Pick<ApiDependencies, 'db'>,
  rows: Parameters<typeof insertIntent>[1],
): Promise<boolean> {
  try {
    return await insertIntent(db, rows);
  } catch (error) {
    // The first request with this key has not committed for as long as the database lets us wait for it.
    if (rows.claim && isContention(error)) throw new ApiError('idempotency_in_progress', { cause: error });
    throw error;
  }
}

function createdAnswer(intent: IntentRow): Answer {
  const { createdAt } = intent;
  const body = intentEnvelope({ ...intent, status: 'INITIATED', updatedAt: createdAt });
  return { status: 201, body, headers: { Location: pathTo(PATHS.intent, { intentId: intent.id }) } };
}

async function intentOf({ db }: Pick<ApiDependencies, 'db'>, { commandId, payload }: Claim): Promise<IntentRow> {
  const found = 'paymentIntentId' in payload ? await findIntent(db, payload.paymentIntentId) : null;
  if (!found) throw new Error(`Claim ${commandId} names no payment intent`);
  return found.intent;
}

function intentRow(caller: Caller, body: IntentBody): IntentRow {
  const now = new Date();
  return {
    id: typeid('intent').toString(),
    merchantId: caller.merchantId,
    mode: caller.mode,
    type: body.type,
    status: 'INITIATED',
    amount: amountIn(body.currency, body.amount, 'payment_intent_invalid'),
    currency: body.currency,
    settlementMethod: body.settlementMethod,
    settlementDestination: body.settlementDestination,
    description: body.description ?? null,
    metadata: body.metadata ?? {},
    deliveryPeriod: body.deliveryPeriod ?? null,
    expectedDeliveryHash: body.expectedDeliveryHash ?? null,
    deliveryOracle: body.deliveryOracle ?? null,
    createdAt: now,
    updatedAt: now,
  };
}

function orderRow(intent: IntentRow, body: IntentBody) {
  const { merchantId, mode, currency, amount, createdAt, updatedAt } = intent;
  return {
    id: typeid('escrow_order').toString(),
    paymentIntentId: intent.id,
    merchantId,
    mode,
    currency,
    amount,
    releaseType: RELEASE_TYPES.find((known) => known === body.metadata?.releaseType) ?? DEFAULT_RELEASE_TYPE,
    terms: termsOf(body),
    autoReleaseOnProof: body.autoRelease ?? body.metadata?.autoRelease === true,
    lastAt: createdAt,
    eventSequence: 2,
    createdAt,
    updatedAt,
  };
}

/** @throws ApiError when the terms leave a party too little time to answer a dispute */
function requireAllowedTerms({ mode }: Caller, { milestoneTerms }: IntentBody): void {
  const given = milestoneTerms?.disputeWindowSeconds;
  const min = DISPUTE_WINDOW_MIN_SECONDS[mode];
  if (given === undefined || given >= min) return;
  const message = `milestoneTerms.disputeWindowSeconds must be an integer from ${min} to ${DISPUTE_WINDOW_MAX_SECONDS} in ${mode} mode, got ${given}`;
  throw new ApiError('payment_intent_invalid', { message, param: 'milestoneTerms.disputeWindowSeconds' });
}

function termsOf({ milestoneTerms }: IntentBody): Terms {
  const { inspectionPeriodSeconds, releaseBy, onOverdue, disputeDefault } = DEFAULT_TERMS;
  return {
    inspectionPeriodSeconds: milestoneTerms?.inspectionPeriodSeconds ?? inspectionPeriodSeconds,
    releaseBy: milestoneTerms?.releaseBy ?? releaseBy,
    onOverdue: milestoneTerms?.onOverdue ?? onOverdue,
    disputeDefault: milestoneTerms?.disputeDefault ?? disputeDefault,
    disputeWindowSeconds: milestoneTerms?.disputeWindowSeconds ?? disputeWindowOf(DEFAULT_TERMS),
  };
}

/** The first two events of an order's sequence, which no command made. */
export function creationEvents(
  intent: Pick<IntentRow, 'id' | 'merchantId' | 'mode' | 'amount' | 'currency' | 'createdAt'>,
  order: Pick<OrderRow, 'id' | 'releaseType' | 'autoReleaseOnProof'>,
) {
  const { merchantId, mode, amount, currency, createdAt } = intent;
  const { releaseType, autoReleaseOnProof } = order;
  const facts = [
    { type: 'payment_intent.created', data: { paymentIntentId: intent.id, amount, currency } },
    { type: 'escrow_order.created', data: { amount, currency, releaseType, autoReleaseOnProof } },
  ];
  return facts.map((fact, position) => {
    const sequence = position + 1;
    return { id: eventId(order.id, sequence), orderId: order.id, sequence, createdAt, merchantId, mode, ...fact };
  });
}

function claimRow(keyed: KeyedRequest, intent: IntentRow) {
  return {
    commandId: typeid('cmd').toString(),
    ...keyed.scope,
    fingerprint: keyed.fingerprint,
    orderId: null,
    payload: { paymentIntentId: intent.id },
    open: false,
  };
}

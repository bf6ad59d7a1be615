/**
 * What happened to an order, oldest first: /v1/payment-intents/:intentId/escrow/timeline
 *
 * One object for each entry of the order's log: the accepted commands with what they did, the refused ones with their
 * reason, and those that were held. Each key is named here; nothing is spread from a row.
 */
import { type Request, type Response, Router } from 'express';
import { type HistoryEntry, listEntries } from '../db/order-history.ts';
import type { CommandDetails, Resolution } from '../domain/commands.ts';
import { eventId, milestoneId } from '../domain/ids.ts';
import { formatAmount } from '../domain/money.ts';
import { rejectionMessage, waitingFor } from '../domain/outcome-messages.ts';
import type { OrderEvent, TurnReason } from '../domain/outcomes.ts';
import { requireOrder } from './access.ts';
import { renderActor } from './actor-view.ts';
import { sendAnswer } from './answers.ts';
import { callerOf } from './auth.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import { envelope, given, listOf, type OrderIds, renderInstant, sortedByKey } from './render.ts';
import { pathId, route } from './routing.ts';
import { pageQuery } from './schemas.ts';
import type { LogEntry } from './submission.ts';
import { readFields } from './validation.ts';
import { seesPayouts } from './views.ts';

export function timelineRoutes(deps: ApiDependencies): Router {
  const router = Router();
  route(
    router,
    '/v1/payment-intents/:intentId/escrow/timeline',
    {
      get: (request, response) => list(deps, request, response),
    },
    { get: pageQuery },
  );
  return router;
}

async function list(deps: ApiDependencies, request: Request, response: Response): Promise<void> {
  const { limit, starting_after: after } = readFields(pageQuery, request.query);
  const caller = callerOf(response);
  const showsPayouts = seesPayouts(caller.role);
  const order = await requireOrder(deps.db, caller, pathId(request, 'intentId'));
  const afterVersion = after === undefined ? 0 : entryVersionOf(order.id, after);
  if (afterVersion === null) {
    const message = `starting_after must be the id of one of this order's timeline entries, got ${JSON.stringify(after)}`;
    throw new ApiError('field_invalid', { message, param: 'starting_after' });
  }
  const rows = await listEntries(deps.db, order.id, { limit: limit + 1, afterVersion, showsPayouts });
  const render = (row: HistoryEntry) => entryEnvelope(order, row, showsPayouts);
  sendAnswer(response, { status: 200, body: listOf(rows, limit, render) });
}

/** Numbered as an order's events are, so that both kinds of id look and sort alike. */
export function entryId(orderId: string, version: number): string {
  return eventId(orderId, version).replace(/^evt_/, 'entry_');
}

const MAX_VERSION = 2_147_483_647;

/** The inverse of {@link entryId}: the version, or null when the id is not one of this order's. */
export function entryVersionOf(orderId: string, id: string): number | null {
  const version = Number(/[0-9]{7,10}$/.exec(id.slice(entryId(orderId, 0).length - 7))?.[0] ?? Number.NaN);
  return version <= MAX_VERSION && entryId(orderId, version) === id ? version : null;
}

function entryEnvelope(order: OrderIds, { entry, asked, key }: HistoryEntry, showsPayouts: boolean) {
  const index = entry.events?.map(factsOf).find((facts) => facts.index !== undefined)?.index ?? asked?.milestoneIndex;
  const events = (entry.events ?? []).filter(({ type }) => showsPayouts || !type.startsWith('payout.'));
  return envelope('timeline_entry', {
    id: entryId(order.id, entry.version),
    escrowOrderId: order.id,
    paymentIntentId: order.paymentIntentId,
    version: entry.version,
    at: renderInstant(entry.at),
    commandId: entry.commandId,
    type: entry.commandType,
    actor: renderActor({ role: entry.actorRole, id: entry.actorId }, key),
    outcome: entry.outcome,
    ...given('milestoneId', index, (known) => milestoneId(order.id, known)),
    ...given('milestoneIndex', index),
    ...(entry.outcome === 'accepted'
      ? { events: events.map((event) => eventData(order, event)) }
      : { ...given('amount', asked?.amount, formatAmount), ...refusalData(entry) }),
  });
}

/** Why a command was refused, or what it waits for. */
function refusalData({ outcome, commandType, reason, detail, held }: LogEntry) {
  if (reason === null) return {};
  if (outcome === 'held') {
    const waits = waitingFor(reason as TurnReason, detail?.index ?? 0);
    return { reason, waitingFor: waits, ...given('until', held?.until, renderInstant) };
  }
  // What is wrong with a signal that nobody knows is said in words that are the operator's business.
  const message =
    commandType === 'unknown'
      ? 'The request is not one that can be made'
      : rejectionMessage(commandType, reason, detail ?? {});
  return { reason, message };
}

/** What events have in common, whichever they are. A key of another shape does not compile. */
interface EventFacts {
  readonly type: OrderEvent['type'];
  readonly index?: number;
  readonly amount?: string;
  readonly previousAmount?: string;
  readonly refundedAmount?: string;
  readonly dueAt?: number | null;
  readonly commandId?: string;
  /** Of disputes and payouts; null: about the whole order. */
  readonly milestoneIndex?: number | null;
  readonly resolution?: Resolution;
  readonly merchantAmount?: string;
  readonly buyerAmount?: string;
  readonly windowSeconds?: number;
  readonly endsAt?: number;
  readonly isOpenEnded?: true;
  readonly inspectionEndsAt?: number;
  readonly seconds?: number;
  readonly details?: CommandDetails;
}

function factsOf(event: OrderEvent): EventFacts {
  return event;
}

function eventData(order: OrderIds, event: OrderEvent) {
  const { type, amount, previousAmount, refundedAmount, dueAt, commandId, details = {}, ...facts } = factsOf(event);
  const index = facts.index ?? facts.milestoneIndex ?? undefined;
  return {
    type,
    ...given('milestoneId', index, (known) => milestoneId(order.id, known)),
    ...given('milestoneIndex', index),
    ...given('resolution', type === 'dispute.withdrawn' ? 'WITHDRAWN' : facts.resolution),
    ...given('merchantAmount', facts.merchantAmount, formatAmount),
    ...given('buyerAmount', facts.buyerAmount, formatAmount),
    ...given('windowSeconds', facts.windowSeconds),
    ...given('endsAt', facts.endsAt, renderInstant),
    ...given('defaultApplies', facts.isOpenEnded && false),
    ...given('inspectionEndsAt', facts.inspectionEndsAt, renderInstant),
    ...given('seconds', facts.seconds),
    ...given('amount', amount, formatAmount),
    ...given('previousAmount', previousAmount, formatAmount),
    ...given('refundedAmount', refundedAmount, formatAmount),
    ...(dueAt === null ? { dueAt: null } : given('dueAt', dueAt, renderInstant)),
    ...given('commandId', commandId),
    ...given('description', details.description),
    ...given('percentage', details.percentage),
    ...given('metadata', details.metadata, sortedByKey),
    ...given('completedBy', details.completedBy),
    ...given('completionProof', details.completionProof),
    ...given('completionProofURI', details.completionProofURI),
    ...given('releasedBy', details.releasedBy),
    ...given('reason', details.reason),
    ...given('raisedBy', details.raisedBy),
    ...given('reference', details.reference),
    ...given('attempts', details.attempts),
  };
}

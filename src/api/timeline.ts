/**
 * What happened to an order, oldest first.
 *
 * One object for each entry of the order's log: the accepted commands with what they did, the refused ones with their
 * reason, and those that were held. Each key is named here; nothing is spread from a row.
 */
import { type HistoryEntry, listEntries } from '../db/order-history.ts';
import type { CommandDetails, Resolution } from '../domain/commands.ts';
import { eventId, milestoneId } from '../domain/ids.ts';
import { formatAmount } from '../domain/money.ts';
import { rejectionMessage, waitingFor } from '../domain/outcome-messages.ts';
import type { OrderEvent, TurnReason } from '../domain/outcomes.ts';
import { renderActor } from './actor-view.ts';
import { ofOrder } from './command-route.ts';
import { envelope, given, listOf, renderInstant, sortedByKey } from './envelope.ts';
import { timelineEntry } from './order-shapes.ts';
import { pageQuery, requireCursor } from './paging.ts';
import { PATHS } from './paths.ts';
import type { OrderIds } from './render.ts';
import { defineRoute } from './route.ts';
import { listOf as listSchemaOf } from './shapes.ts';
import type { LogEntry } from './submission.ts';
import { seesPayouts } from './views.ts';

export const TIMELINE_ROUTE = defineRoute({
  operationId: 'listTimeline',
  method: 'get',
  path: PATHS.timeline,
  tag: 'Escrow orders',
  summary: 'List what happened to an order, oldest first',
  description: 'Every command that had an outcome, also those that were rejected, with who asked for it.',
  query: pageQuery,
  successes: { 200: { description: 'A page', schema: listSchemaOf('TimelineEntryList', timelineEntry) } },
  openToBoundKeys: true,
  async handle({ db }, call) {
    const { limit, starting_after: after } = call.query;
    const showsPayouts = seesPayouts(call.caller.role);
    const { order } = await ofOrder({ db }, call);
    const afterVersion = await requireCursor(after, "this order's timeline entries", (id) =>
      entryVersionOf(order.id, id),
    );
    const page = { limit: limit + 1, afterVersion: afterVersion ?? 0, showsPayouts };
    const rows = await listEntries(db, order.id, page);
    return { status: 200, body: listOf(rows, limit, (row) => entryEnvelope(order, row, showsPayouts)) };
  },
});

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

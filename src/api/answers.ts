/**
 * What a recorded entry answers. An answer is made from its entry alone, plus what can no longer change once the
 * entry is there, so that a replay years later has the same bytes.
 */
import type { Response } from 'express';
import type { Database } from '../db/client.ts';
import { readOrder } from '../db/order-log.ts';
import type { Owner } from '../db/owner.ts';
import { findCommandEntries, findIntent, findMilestone, findStoredCommand, type OrderRow } from '../db/queries.ts';
import type { Command, CommandType } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { type Amount, sum } from '../domain/money.ts';
import { rejectionMessage, waitingFor } from '../domain/outcome-messages.ts';
import type { OrderEvent, Reason, TurnReason } from '../domain/outcomes.ts';
import type { Caller } from './caller.ts';
import type { ApiDependencies } from './dependencies.ts';
import { envelope, renderInstant } from './envelope.ts';
import { ApiError, type ErrorBody } from './errors.ts';
import { milestoneAt } from './milestone-at.ts';
import { PATHS, pathTo } from './paths.ts';
import { retriedPayout } from './payout-view.ts';
import { intentEnvelope, milestoneEnvelope, milestonePath, type OrderIds } from './render.ts';
import type { LogEntry } from './submission.ts';
import { viewFor } from './views.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The part of an order that answers need; all of it is there from the beginning and never changes. */
export type AnsweredOrder = OrderIds & Owner;

type StoredReading = Pick<ApiDependencies, 'db' | 'proofs'>;

/** The one way out: whatever an answer was made from, it leaves as its reader may see it. */
export function sendAnswer(response: Response, answer: Answer): void {
  const caller: Caller | undefined = response.locals.caller;
  response
    .status(answer.status)
    .set(answer.headers ?? {})
    .json(caller ? viewFor(caller.role, answer.body) : answer.body);
}

/** The answer to a command whose outcome, or whose hold, is recorded. */
export function answerTo(db: Database, order: AnsweredOrder, entry: LogEntry): Promise<Answer> | Answer {
  switch (entry.outcome) {
    case 'held':
      return accepted202(heldCommand(order, entry));
    case 'rejected':
      return refusalOf(entry);
    case 'accepted':
      return answerToAccepted(db, order, entry);
  }
}

/** 202 for a command that is stored and has no outcome yet. */
export function pendingAnswer(order: OrderIds, command: Command): Answer {
  return accepted202(pendingCommand(order, command));
}

/** A command as `GET /v1/commands/:id` shows it; null when the owner has none of this id. */
export async function viewCommand({ db, proofs }: StoredReading, owner: Owner, commandId: string) {
  const recorded = await recordedCommand(db, owner, commandId);
  if (recorded !== undefined) return recorded;
  const stored = await storedCommand({ db, proofs }, owner, commandId);
  return stored && pendingCommand(stored.order, stored.payload);
}

/** One that the service stored: nobody sends any other, so it is not pending. */
async function storedCommand({ db, proofs }: StoredReading, owner: Owner, commandId: string) {
  const stored = await findStoredCommand(db, owner, commandId);
  return stored && (proofs?.prove(stored.order.id, stored) ?? true) ? stored : null;
}

/** A command that the log has; null when it is nobody's request, undefined when the log has none. */
async function recordedCommand(db: Database, owner: Owner, commandId: string) {
  const [recorded, hold] = await findCommandEntries(db, owner, commandId);
  if (!recorded) return undefined;
  const { entry, order, payload } = recorded;
  // What a deadline did is nobody's request: it has no answer to show.
  if (entry.actorRole === 'system') return null;
  if (entry.outcome === 'held') return heldCommand(order, { ...entry, ...(await currentTurn(db, entry)) });
  const received =
    payload && 'receivedAt' in payload ? payload.receivedAt : (hold?.entry.held?.command.receivedAt ?? entry.at);
  const { body } = await answerTo(db, order, entry);
  return commandEnvelope(order, {
    id: entry.commandId,
    type: entry.commandType,
    status: entry.outcome === 'accepted' ? 'ACCEPTED' : 'REJECTED',
    createdAt: renderInstant(received),
    ...(entry.outcome === 'accepted'
      ? { result: body }
      : { error: (body as ErrorBody).error, ...(entry.reason !== null && { reason: entry.reason }) }),
  });
}

/** What a held command waits for now: the reason it was once held for may have gone, and another one come. */
async function currentTurn(db: Database, entry: LogEntry): Promise<Pick<LogEntry, 'reason' | 'detail'>> {
  const order = await readOrder(db, entry.orderId);
  if (order && entry.held) {
    const at = Math.max(order.lastAt, Date.now() + order.clockOffsetMs);
    const decision = decide(order, entry.held.command, at);
    if (decision.outcome === 'held') return decision;
  }
  // Its turn has just come, and its outcome is about to be recorded.
  return entry;
}

/** The order of one of the owner's commands, recorded or only stored; null when there is no such command. */
export async function orderOfCommand(deps: StoredReading, owner: Owner, commandId: string): Promise<OrderRow | null> {
  const [recorded] = await findCommandEntries(deps.db, owner, commandId);
  return recorded?.order ?? (await storedCommand(deps, owner, commandId))?.order ?? null;
}

async function answerToAccepted(db: Database, order: AnsweredOrder, entry: LogEntry): Promise<Answer> {
  switch (entry.commandType) {
    case 'milestone.create': {
      const created = eventOf(entry, 'milestone.created');
      const headers = { Location: milestonePath(order, created.index) };
      return { status: 201, body: createdMilestone(order, created, entry.at), headers };
    }
    case 'milestone.complete':
      return { status: 200, body: { object: 'milestone', status: 'completed' } };
    case 'milestone.release': {
      const { index, amount, details } = eventOf(entry, 'milestone.released');
      const row = await findMilestone(db, order.id, index);
      if (!row) throw new Error(`Milestone ${index} of ${order.id} was released but has no row`);
      // A released milestone changes no more, so whatever came before its release is as it was then. Its release
      // itself is taken from the entry, and what may come after it does not belong here.
      const released = { releasedAt: entry.at, releasedBy: details?.releasedBy ?? null, releasedAmount: amount };
      return { status: 200, body: milestoneEnvelope(order, { ...row, status: 'RELEASED', ...released }) };
    }
    case 'milestone_batch.create':
      return { status: 201, body: batchOf(order, entry) };
    case 'dispute.raise':
      return { status: 200, body: { object: 'dispute', status: 'raised' } };
    case 'dispute.withdraw':
      return { status: 200, body: { object: 'dispute', status: 'withdrawn' } };
    case 'dispute.resolve': {
      const { resolution, merchantAmount, buyerAmount } = eventOf(entry, 'dispute.resolved');
      return { status: 200, body: { object: 'dispute', status: 'resolved', resolution, merchantAmount, buyerAmount } };
    }
    case 'order.advance_clock': {
      const { seconds } = eventOf(entry, 'escrow_order.clock_advanced');
      const advancedTo = renderInstant(entry.at.getTime() + seconds * 1_000);
      return { status: 200, body: { object: 'clock', status: 'advanced', seconds, advancedTo } };
    }
    case 'payout.retry':
      return { status: 200, body: await retriedPayout(db, entry) };
    case 'payout.settle':
    case 'milestone.remind':
    case 'milestone.expire':
      throw new Error(`${entry.commandType} is no request of anybody's and has no answer`);
    case 'milestone.amend':
    case 'milestone.cancel':
    case 'milestone.reopen':
    case 'milestone.extend':
      return { status: 200, body: milestoneEnvelope(order, await milestoneAt(db, order.id, entry)) };
    case 'order.refund': {
      const { amount } = eventOf(entry, 'escrow_order.refunded');
      return { status: 200, body: { object: 'refund', status: 'refunded', amount } };
    }
    case 'order.cancel': {
      const refundedAmount = refundedBy(entry);
      return { status: 200, body: { object: 'escrow_order', status: 'cancelled', refundedAmount } };
    }
    case 'payment_intent.cancel':
    case 'order.fund': {
      const found = await findIntent(db, order.paymentIntentId);
      if (!found) throw new Error(`Escrow order ${order.id} has no payment intent`);
      const status = entry.commandType === 'order.fund' ? 'SUCCEEDED' : 'CANCELLED';
      return { status: 200, body: intentEnvelope({ ...found.intent, status, updatedAt: entry.at }) };
    }
    case 'command.cancel': {
      const { commandId } = eventOf(entry, 'command.cancelled');
      const cancelled = await recordedCommand(db, order, commandId);
      if (!cancelled) throw new Error(`Command ${commandId} was cancelled but is not recorded`);
      return { status: 200, body: cancelled };
    }
    case 'unknown':
      throw new Error(`Entry ${entry.version} of ${entry.orderId} accepts a command of no known type`);
  }
}

type CreatedEvent = Extract<OrderEvent, { type: 'milestone.created' }>;

function createdMilestone(order: AnsweredOrder, { index, amount, dueAt, details }: CreatedEvent, createdAt: Date) {
  return milestoneEnvelope(order, {
    milestoneIndex: index,
    amount,
    status: 'PENDING',
    createdAt,
    description: details?.description ?? null,
    percentage: details?.percentage ?? null,
    metadata: details?.metadata ?? null,
    ...(dueAt !== undefined && { dueAt: new Date(dueAt) }),
  });
}

/** A batch's milestones, in index order. */
function batchOf(order: AnsweredOrder, entry: LogEntry) {
  const created = (entry.events ?? []).filter((event) => event.type === 'milestone.created');
  return { object: 'list', data: created.map((event) => createdMilestone(order, event, entry.at)), hasMore: false };
}

/** All that an order's end gave back to the buyer: for completed milestones, and what was left after them. */
function refundedBy({ events }: LogEntry): Amount {
  return sum(
    (events ?? []).flatMap((event) => {
      if (event.type === 'milestone.refunded') return [event.amount];
      return event.type === 'escrow_order.cancelled' ? [event.refundedAmount] : [];
    }),
  );
}

function refusalOf(entry: LogEntry): Answer {
  const { reason, detail } = entry;
  if (!reason) throw new Error(`Entry ${entry.version} of ${entry.orderId} is rejected without a reason`);
  const message = rejectionMessage(entry.commandType, reason, detail ?? {});
  return errorAnswer(new ApiError(reason, { message, ...(detail?.param !== undefined && { param: detail.param }) }));
}

/** An error as an answer. */
export function errorAnswer({ status, body, headers }: ApiError): Answer {
  return { status, body, headers };
}

function heldCommand(order: OrderIds, entry: LogEntry) {
  const { held, reason, detail, at } = entry;
  return commandEnvelope(order, {
    id: entry.commandId,
    type: entry.commandType,
    status: 'HELD',
    waitingFor: waitingFor(reason as TurnReason, detail?.index ?? 0),
    createdAt: renderInstant(held?.command.receivedAt ?? at),
  });
}

function pendingCommand(order: OrderIds, command: Command) {
  const { id, type, receivedAt } = command;
  return commandEnvelope(order, { id, type, status: 'PENDING', createdAt: renderInstant(receivedAt) });
}

function commandEnvelope(
  order: OrderIds,
  command: {
    readonly id: string;
    readonly type: CommandType | 'unknown';
    readonly status: 'PENDING' | 'HELD' | 'ACCEPTED' | 'REJECTED';
    readonly waitingFor?: string;
    readonly createdAt: string;
    readonly result?: object;
    readonly error?: ErrorBody['error'];
    readonly reason?: Reason;
  },
) {
  return envelope('command', {
    id: command.id,
    type: command.type,
    status: command.status,
    ...(command.waitingFor !== undefined && { waitingFor: command.waitingFor }),
    escrowOrderId: order.id,
    paymentIntentId: order.paymentIntentId,
    createdAt: command.createdAt,
    ...(command.result && { result: command.result }),
    ...(command.error && { error: command.error }),
    ...(command.reason !== undefined && { reason: command.reason }),
  });
}

function accepted202(command: ReturnType<typeof commandEnvelope>): Answer {
  return { status: 202, body: command, headers: { Location: pathTo(PATHS.command, { commandId: command.id }) } };
}

function eventOf<Type extends OrderEvent['type']>(entry: LogEntry, type: Type): Extract<OrderEvent, { type: Type }> {
  const event = entry.events?.find((one): one is Extract<OrderEvent, { type: Type }> => one.type === type);
  if (!event) throw new Error(`Entry ${entry.version} of ${entry.orderId} holds no ${type}`);
  return event;
}

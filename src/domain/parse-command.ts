/**
 * Signals into commands. Total: whatever arrives in a signal, also one typed by hand in the Temporal UI, becomes a
 * command or a sentence about what is wrong, and never an exception.
 */
import {
  type Actor,
  BATCH_MAX_MILESTONES,
  type Command,
  type CommandDetails,
  type CommandType,
  type CreateMilestoneBatch,
  DESCRIPTION_MAX_LENGTH,
  type InvalidCommand,
  MAX_INSTANT,
  RESOLUTIONS,
  TEXT_MAX_LENGTH,
} from './commands.ts';
import { FieldReader, isRecord, nameOf, objectOf } from './field-reader.ts';
import { COMMAND_MAX_BYTES, jsonBytes } from './payload-limits.ts';

/**
 * Reads a signal's argument.
 *
 * @param given anything: the sender may be a person
 * @param fallback what an argument without id, actor or time gets
 */
export function parseCommand(
  type: CommandType,
  given: unknown,
  fallback: { id: string; actor: Actor; receivedAt: number },
): Command | InvalidCommand {
  const raw = objectOf(given);
  const fields = isRecord(raw) ? raw : {};
  const read = new FieldReader(fields);
  const id = read.commandId('commandId') ?? fallback.id;
  const actor = read.actor('actor') ?? fallback.actor;
  const receivedAt = read.integer('receivedAt', 0, MAX_INSTANT, false) ?? fallback.receivedAt;
  // A command from the UI or CLI has nobody waiting for an answer, so it is held without end.
  const turnWaitMs = read.integer('turnWaitMs', 0, MAX_INSTANT, false) ?? null;
  const base = { id, actor, receivedAt, turnWaitMs };
  const command = readFields(type, base, read);
  read.refuseUnread();
  // Tranche itself sends nothing but this; whoever else says to be the system is somebody else.
  if (actor.role === 'system' && type !== 'payout.settle') read.refuse('actor must not have the role system');
  const bytes = jsonBytes(command);
  if (bytes > COMMAND_MAX_BYTES) read.refuse(`The command must have at most ${COMMAND_MAX_BYTES} bytes, got ${bytes}`);
  const problem = isRecord(raw) ? read.firstProblem() : `The payload must be a JSON object, got ${nameOf(raw)}`;
  return problem === null ? command : { id, type, actor, receivedAt, problem };
}

/** The inverse: the payload that `parseCommand` reads as this command. */
export function payloadOf(command: Command): Record<string, unknown> {
  const { type, id, details, ...rest } = command;
  if (type !== 'milestone_batch.create') return { commandId: id, ...rest, ...details };
  const { items, ...fields } = rest as Omit<CreateMilestoneBatch, 'type' | 'id' | 'details'>;
  const milestones = items.map((item, position) => ({ ...item, ...details?.items?.[position] }));
  return { commandId: id, ...fields, milestones };
}

function readFields(
  type: CommandType,
  base: Pick<Command, 'id' | 'actor' | 'receivedAt' | 'turnWaitMs'>,
  read: FieldReader,
): Command {
  switch (type) {
    case 'milestone.create':
      return { ...base, type, ...newMilestone(read) };
    case 'milestone_batch.create': {
      const items = read.list('milestones', BATCH_MAX_MILESTONES, newMilestone);
      return {
        ...base,
        type,
        items: items.map(({ details: _, ...item }) => item),
        details: { items: items.map(({ details }) => details) },
      };
    }
    case 'milestone.complete':
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        details: read.details({
          completedBy: read.text('completedBy', TEXT_MAX_LENGTH, true),
          completionProof: read.text('completionProof', TEXT_MAX_LENGTH, false),
          completionProofURI: read.text('completionProofURI', TEXT_MAX_LENGTH, false),
        }),
      };
    case 'milestone.release':
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        ...read.given('amount', () => read.amount('amount')),
        details: read.details({ releasedBy: read.text('releasedBy', TEXT_MAX_LENGTH, false) ?? base.actor.id }),
      };
    case 'milestone.amend':
      return {
        ...base,
        type,
        milestoneIndex: read.milestoneIndex(),
        ...read.given('amount', () => read.amount('amount')),
        ...read.changed('dueAt', () => read.wholeSeconds('dueAt') ?? 0),
        details: read.details({
          ...read.changed('description', () => read.text('description', DESCRIPTION_MAX_LENGTH, true) ?? ''),
          ...read.changed('percentage', () => read.percentage('percentage')),
        }),
      };
    case 'milestone.cancel':
    case 'milestone.reopen':
      return { ...base, type, milestoneIndex: read.milestoneIndex(), details: reasonOf(type, read) };
    case 'milestone.extend':
      return { ...base, type, milestoneIndex: read.milestoneIndex(), seconds: read.seconds('seconds') };
    case 'milestone.remind':
    case 'milestone.expire':
      return { ...base, type, milestoneIndex: read.milestoneIndex() };
    case 'dispute.raise':
      return {
        ...base,
        type,
        ...read.given('milestoneIndex', () => read.milestoneIndex()),
        ...read.given('windowSeconds', () => read.seconds('windowSeconds')),
        details: read.details({
          reason: read.text('reason', TEXT_MAX_LENGTH, true),
          raisedBy: read.text('raisedBy', TEXT_MAX_LENGTH, false) ?? base.actor.id,
        }),
      };
    case 'dispute.resolve':
      return { ...base, type, ...resolutionOf(read), details: reasonOf(type, read) };
    case 'dispute.withdraw':
      return { ...base, type, details: reasonOf(type, read) };
    case 'order.advance_clock':
      return { ...base, type, seconds: read.seconds('seconds') };
    case 'payout.settle':
      return {
        ...base,
        type,
        ...read.given('milestoneIndex', () => read.milestoneIndex()),
        result: read.oneOf('result', ['PAID', 'FAILED']),
        details: read.details({
          reference: read.text('reference', TEXT_MAX_LENGTH, false),
          error: read.text('error', TEXT_MAX_LENGTH, false),
          attempts: read.integer('attempts', 0, MAX_INSTANT, false),
        }),
      };
    case 'payout.retry':
      return { ...base, type, ...read.given('milestoneIndex', () => read.milestoneIndex()) };
    case 'order.fund':
      return { ...base, type };
    case 'order.refund':
      return {
        ...base,
        type,
        ...read.given('amount', () => read.amount('amount')),
        details: reasonOf(type, read),
      };
    case 'order.cancel':
    case 'payment_intent.cancel':
      return { ...base, type, details: reasonOf(type, read) };
    case 'command.cancel':
      return { ...base, type, targetCommandId: read.commandId('targetCommandId', true) ?? '' };
  }
}

function newMilestone(read: FieldReader) {
  const dueAt = read.wholeSeconds('dueAt');
  return {
    milestoneIndex: read.milestoneIndex(),
    amount: read.amount('amount'),
    ...(dueAt === undefined ? {} : { dueAt }),
    details: read.details({
      description: read.text('description', DESCRIPTION_MAX_LENGTH, false),
      percentage: read.percentage('percentage'),
      metadata: read.metadata('metadata'),
    }),
  };
}

/** The amounts belong to a split, and to nothing else. */
function resolutionOf(read: FieldReader) {
  const resolution = read.oneOf('resolution', RESOLUTIONS);
  if (resolution !== 'PARTIAL_REFUND') return { resolution };
  return { resolution, merchantAmount: read.amount('merchantAmount'), buyerAmount: read.amount('buyerAmount') };
}

/** Rejecting work needs a reason; the others may have one. */
function reasonOf(type: CommandType, read: FieldReader): CommandDetails {
  return read.details({ reason: read.text('reason', TEXT_MAX_LENGTH, type === 'milestone.reopen') });
}

/**
 * The only writer of an order's state. `commitEntries` may be called any number of times, by any number of workers,
 * with the same or other batches: the version it expects decides, and it answers with what is recorded.
 */
import type { Logger } from 'pino';
import { batchRows } from '../db/batch-rows.ts';
import { constraintOf, type Database, isContention, isPermanent, sqlState } from '../db/client.ts';
import { writeBatch } from '../db/commit-entries.ts';
import { requireMissing } from '../db/existence.ts';
import { entriesAfter, heldCommandsOf, type LogEntry, readOrder, settledCommands } from '../db/order-log.ts';
import { openCommandsOf } from '../db/queries.ts';
import { onBehalfOf } from '../db/turns.ts';
import type { Command } from '../domain/commands.ts';
import { compactEntry, toSnapshot, withDetails } from '../domain/compact.ts';
import type { ProposedEntry } from '../domain/outcomes.ts';
import { ANSWER_MAX_BYTES, countWithin } from '../domain/payload-limits.ts';
import { isOfDeadline } from '../domain/propose.ts';
import {
  type CommitResult,
  type OrderActivities,
  type ProposedBatch,
  RECORDED_PAGE,
  type Searchability,
} from '../domain/protocol.ts';
import type { StoredProofs } from '../proofs/stored-proofs.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { withBriefFailures } from './failures.ts';

export interface OrderLogDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Told after each commit of this process, so that requests waiting here are answered without a look-up. */
  readonly onRecorded: (entries: readonly LogEntry[]) => void;
  /** Called between the commit and its answer; tests crash the process there. */
  readonly afterCommit?: () => void;
  /** Traces commits. Default: nothing is traced. */
  readonly tracing?: Pick<Tracing, 'span'>;
  /** Whether Temporal knows the search attributes. Default: it does not, and workflows leave them alone. */
  readonly isSearchable?: () => boolean;
  /** Whether commands must prove who sent them. Default: they are believed. */
  readonly requiresProof?: boolean;
  /** What stored commands are believed by. Default: all are. */
  readonly proofs?: StoredProofs | null;
}

/** Attempts at a write that lost against another transaction. They follow at once: the winner is done by then. */
const CONTENTION_ATTEMPTS = 3;

export function createOrderActivities(deps: OrderLogDependencies): OrderActivities {
  const report = (orderId: string) => (error: unknown) =>
    deps.log.warn(
      { orderId, sqlState: sqlState(error), kind: error instanceof Error ? error.name : typeof error },
      'activity failed',
    );
  const { tracing = NO_TRACING } = deps;
  return {
    commitEntries: (batch) =>
      withBriefFailures('commitEntries', report(batch.order.id), () =>
        tracing.span('commit entries', spanAttributes(batch), async () => {
          const result = await onBehalfOf(batch.order.merchantId, () => commitEntries(deps, batch));
          return result.kind === 'recorded' ? { ...result, ...searchability(deps) } : result;
        }),
      ),
    loadOrder: (orderId) =>
      withBriefFailures('loadOrder', report(orderId), async () => {
        const order = await readOrder(deps.db, orderId);
        if (!order) await requireMissing(deps.db, 'escrow_orders', orderId);
        return order && { ...toSnapshot(order), ...searchability(deps) };
      }),
  };
}

/** A batch may hold a hundred commands; a trace names enough of them to be found. */
const TRACED_COMMANDS = 20;

function spanAttributes({ order, expectedVersion, entries }: ProposedBatch) {
  return {
    'tranche.order.id': order.id,
    'tranche.order.version': expectedVersion,
    'tranche.command.ids': entries.slice(0, TRACED_COMMANDS).map(({ commandId }) => commandId),
  };
}

/** To be added to an answer. */
export function searchability({ isSearchable }: Pick<OrderLogDependencies, 'isSearchable'>): Searchability {
  return isSearchable?.() ? { searchable: true } : {};
}

async function commitEntries(deps: OrderLogDependencies, proposed: ProposedBatch): Promise<CommitResult> {
  const { unproven } = proposed;
  if (deps.requiresProof && unproven) return { kind: 'recorded', asProposed: false, entries: [], known: [], unproven };
  if (await paysWhoRaised(deps.db, proposed)) {
    return { kind: 'refused', sqlState: RAISED_BY_ITS_WINNER, rule: 'dispute_default' };
  }
  const earlier = await receivedBefore(deps, proposed);
  if (earlier.length > 0) return { kind: 'recorded', asProposed: false, entries: [], known: [], earlier };
  const batch = await withHeldDetails(deps.db, proposed);
  const written = await tryWrite(deps, batch);
  if (typeof written === 'object') return written;
  if (!written) return answerRecorded(deps, batch);
  deps.afterCommit?.();
  const versioned = batch.entries.map((entry, position) => ({ version: batch.expectedVersion + position + 1, entry }));
  if (deps.log.isLevelEnabled('debug')) deps.log.debug(spanAttributes(batch), 'entries recorded');
  deps.onRecorded(versioned.map(({ version, entry }) => logEntryOf(batch.order.id, version, entry)));
  return {
    kind: 'recorded',
    asProposed: true,
    entries: versioned.map(({ version, entry }) => compactEntry(version, entry)),
    known: [],
  };
}

/** As the database's own guards refuse. */
const RAISED_BY_ITS_WINNER = 'P0001';

/**
 * Whether a default would pay the party that raised the dispute. Proposed only by runs that loaded their order under
 * 0.3.0, where it did; refused, they load it anew, and then wait for somebody's decision.
 */
async function paysWhoRaised(db: Database, { order, entries }: ProposedBatch): Promise<boolean> {
  const isDefault = entries.some(
    ({ commandType, actor, outcome }) =>
      commandType === 'dispute.resolve' && actor.role === 'system' && outcome === 'accepted',
  );
  return isDefault && (await readOrder(db, order.id))?.dispute?.isOpenEnded === true;
}

/**
 * Stored commands that were received before the first deadline of a batch: a 202 promised that the time of receiving
 * decides, and what sends them may be late. Asked for only where time decides.
 */
async function receivedBefore({ db, proofs }: OrderLogDependencies, batch: ProposedBatch): Promise<Command[]> {
  const { order, entries } = batch;
  const deadline = entries.find(isOfDeadline);
  if (!deadline) return [];
  const ids = new Set(entries.map(({ commandId }) => commandId));
  const stored = await openCommandsOf(db, order.id);
  const received = stored
    .filter((one) => !ids.has(one.payload.id) && one.payload.receivedAt + order.clockOffsetMs <= deadline.at)
    .filter((one) => proofs?.prove(order.id, one) ?? true)
    .map(({ payload }) => payload);
  return received.slice(0, countWithin(ANSWER_MAX_BYTES, received));
}

async function tryWrite(
  deps: OrderLogDependencies,
  batch: ProposedBatch,
): Promise<boolean | Extract<CommitResult, { kind: 'refused' }>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeBatch(deps.db, batch.order, batch.expectedVersion, batchRows(batch));
    } catch (error) {
      if (isContention(error) && attempt < CONTENTION_ATTEMPTS) continue;
      if (!isPermanent(error)) throw error;
      const refused = { kind: 'refused', sqlState: sqlState(error) ?? '', rule: constraintOf(error) } as const;
      deps.log.error({ orderId: batch.order.id, version: batch.expectedVersion, ...refused }, 'batch refused');
      return refused;
    }
  }
}

/** The batch was not written: somebody else wrote first, or some of its commands are done. Tells what there is. */
async function answerRecorded({ db }: OrderLogDependencies, batch: ProposedBatch): Promise<CommitResult> {
  const { order, expectedVersion, entries } = batch;
  const known = await settledCommands(
    db,
    order.id,
    entries.map(({ commandId }) => commandId),
  );
  const recorded = await entriesAfter(db, order.id, expectedVersion, RECORDED_PAGE);
  if (recorded.version < expectedVersion) return { kind: 'behind', version: recorded.version };
  return {
    kind: 'recorded',
    asProposed: false,
    entries: recorded.entries.slice(0, countWithin(ANSWER_MAX_BYTES, recorded.entries)),
    known,
  };
}

/** Accepted commands that were held come without what people wrote; it waits in held_commands. */
async function withHeldDetails(db: Database, batch: ProposedBatch): Promise<ProposedBatch> {
  const wasHeld = (entry: ProposedEntry) => entry.outcome === 'accepted' && entry.wasHeld;
  const ids = batch.entries.filter(wasHeld).map(({ commandId }) => commandId);
  if (ids.length === 0) return batch;
  const held = await heldCommandsOf(db, batch.order.id, ids);
  return {
    ...batch,
    entries: batch.entries.map((entry) =>
      entry.outcome === 'accepted' && entry.wasHeld
        ? { ...entry, events: withDetails(entry.events, held.get(entry.commandId)?.details) }
        : entry,
    ),
  };
}

function logEntryOf(orderId: string, version: number, entry: ProposedEntry): LogEntry {
  const { commandId, commandType, actor, outcome } = entry;
  return {
    orderId,
    version,
    commandId,
    commandType,
    actorRole: actor.role,
    actorId: actor.id,
    outcome,
    at: new Date(entry.at),
    reason: entry.outcome === 'accepted' ? null : entry.reason,
    detail: entry.outcome === 'accepted' ? null : entry.detail,
    events: entry.outcome === 'accepted' ? [...entry.events] : null,
    held: entry.outcome === 'held' ? { command: entry.command, until: entry.until } : null,
  };
}

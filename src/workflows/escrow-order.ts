/**
 * The workflow of one escrow order: the only sequencer of its commands. It proposes entries, has them recorded, and
 * folds what was recorded. It keeps no truth of its own, so it can start anew at any time from the database.
 */
import {
  CancellationScope,
  continueAsNew,
  defineQuery,
  defineSignal,
  log,
  patched,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { compactEntry, fromSnapshot } from '../domain/compact.ts';
import { earliestDeadline, nextDeadline } from '../domain/deadlines.ts';
import { type EscrowOrder, isClosed } from '../domain/escrow-order.ts';
import { evolve } from '../domain/evolve.ts';
import type { ProposedEntry, RecordedEntry } from '../domain/outcomes.ts';
import { COMMIT_LIMITS, isOfDeadline, type ProposalLimits, propose } from '../domain/propose.ts';
import type { CommitResult, ProposedBatch } from '../domain/protocol.ts';
import { Alarm, type Wakeup } from './alarm.ts';
import { commitEntries, loadOrder } from './commit.ts';
import { Display } from './display.ts';
import { Inbox, type InboxCommand } from './inbox.ts';
import { type EscrowOrderInput, ORDER_QUERY, orderIdOfWorkflow, SIGNALS, WAKE_SIGNAL } from './messages.ts';
import { readRefusals } from './operator-page.ts';
import { type OrderView, viewOf } from './operator-view.ts';
import { toBeProven } from './proofs.ts';
import { describeDeadline } from './summaries.ts';

type Recorded = Extract<CommitResult, { kind: 'recorded' }>;

const ISOLATING_LIMITS: ProposalLimits = { ...COMMIT_LIMITS, entries: 1 };
const BACK_OFF_FIRST_MS = 1_000;
const BACK_OFF_LAST_MS = 120_000;
/** Runs that were woken under an earlier version did not load then, and their histories must replay so. */
const RELOAD_WHEN_WOKEN = 'reload when woken';
/** Versions up to 0.3.0 recorded a rejection and went on. */
const PARK_AT_REFUSED_DEADLINE = 'park at a refused deadline';

/** Runs until the order is closed. Never fails: whatever cannot be recorded is retried and shown. */
export async function escrowOrder(input?: Partial<EscrowOrderInput>): Promise<void> {
  // The workflow's id names the order, so that one started by hand without input works like any other.
  const { workflowId } = workflowInfo();
  const sequencer = new Sequencer(orderIdOfWorkflow(workflowId) ?? workflowId, input ?? {});
  // "Request cancellation" in the UI must not lose commands: an order ends by being closed, not by being cancelled.
  await CancellationScope.nonCancellable(() => sequencer.run());
}

class Sequencer {
  private readonly orderId: string;
  private readonly inbox: Inbox;
  private readonly display: Display;
  private readonly alarm = new Alarm(() => this.wakeUp());
  private order: EscrowOrder | null = null;
  /** After a refusal entries are recorded one by one, until the inbox is empty again. */
  private isolating = false;
  private backOffMs = BACK_OFF_FIRST_MS;
  /** Since the last load somebody asked to look at the database: it may have been restored to an earlier state. */
  private isToReload = false;
  private wakeUp: () => void = () => {};

  constructor(orderId: string, carried: Partial<EscrowOrderInput>) {
    this.orderId = orderId;
    this.inbox = new Inbox(workflowInfo().runId, orderId, carried);
    this.display = new Display(readRefusals(carried.refusals));
    const receive = (name: string, ...payloads: unknown[]) => {
      this.inbox.receive(name, payloads, Date.now());
      this.wakeUp();
    };
    // First the default handler: it takes what arrived before this line, across all names, in the order of arrival.
    // Named handlers alone would take it name by name.
    setDefaultSignalHandler(receive);
    for (const [name, { description }] of Object.entries(SIGNALS)) {
      setHandler(defineSignal<unknown[]>(name), (...payloads) => receive(name, ...payloads), { description });
    }
    const wake = () => {
      this.isToReload = true;
      this.wakeUp();
    };
    setHandler(defineSignal(WAKE_SIGNAL), wake, {
      description: 'Makes the order load its state from the database and look at its deadlines. No input.',
    });
    setHandler(defineQuery<OrderView | null>(ORDER_QUERY), () => this.order && viewOf(this.order, this.inbox.length), {
      description: 'The order as this workflow sees it: amounts, milestones, held commands, next deadline. No input.',
    });
  }

  async run(): Promise<void> {
    await this.load();
    while (this.order) {
      // Whoever wakes an order goes by the database. If that was restored, it has deadlines which this run left behind.
      if (this.isToReload && patched(RELOAD_WHEN_WOKEN)) {
        await this.load();
        continue;
      }
      this.isToReload = false;
      const order: EscrowOrder = this.order;
      if (workflowInfo().continueAsNewSuggested && this.inbox.isCarriable) await this.startAfresh();
      const batch = this.inbox.peek();
      const limits = this.isolating ? ISOLATING_LIMITS : COMMIT_LIMITS;
      const { entries, isWhole } = propose(order, batch, Date.now(), batch.length < this.inbox.length, limits);
      if (entries.length > 0) {
        const result = await this.commit(order, entries, this.inbox.unproven(batch));
        if (result.kind === 'recorded') this.accept(order, result, isWhole ? batch : []);
        else await this.recover(order, result, entries);
        continue;
      }
      // Nothing to record: the batch held only repeats of commands that wait already.
      this.inbox.remove((command) => batch.includes(command));
      if (!this.inbox.isEmpty) continue;
      this.isolating = false;
      this.display.settle(order);
      // The inbox was empty right after the last await, so no signal is lost by ending here.
      if (isClosed(order)) return;
      this.alarm.set(wakeupOf(order));
      await this.sleepUntilWoken();
    }
  }

  /** A promise of our own: the SDK's condition() costs several, and one more call into the sandbox each time. */
  private sleepUntilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeUp = resolve;
    });
  }

  /** Without an order in the database there is nothing to sequence, and the workflow ends. */
  private async load(): Promise<void> {
    this.isToReload = false;
    const loaded = await loadOrder(this.orderId, () => this.display.hindered('load failing'));
    this.display.learn(loaded);
    if (!loaded) {
      log.error('There is no such escrow order; its signals are dropped', { orderId: this.orderId });
      this.order = null;
      return this.display.showMissing();
    }
    const { searchable: _, ...snapshot } = loaded;
    this.order = fromSnapshot(snapshot);
    this.display.show(this.order);
  }

  private async commit(
    order: EscrowOrder,
    entries: readonly ProposedEntry[],
    unproven: readonly number[] = [],
  ): Promise<CommitResult> {
    const batch = { ...batchOf(order, entries), ...(unproven.length > 0 && { unproven }) };
    const result = await commitEntries(batch, () => this.display.hindered('commit failing'));
    if (result.kind === 'recorded') this.display.learn(result);
    if (result.kind === 'recorded' && result.asProposed) this.display.refused(entries, order.version + 1);
    return result;
  }

  private fold(order: EscrowOrder, entries: readonly RecordedEntry[]): void {
    this.order = evolve(order, entries);
    this.display.show(this.order);
  }

  /** @param batch the commands that are dealt with when everything was recorded as proposed */
  private accept(order: EscrowOrder, result: Recorded, batch: readonly InboxCommand[]): void {
    if (result.unproven) this.inbox.disbelieve(result.unproven);
    if (result.earlier) this.inbox.insert(result.earlier);
    this.fold(order, result.entries);
    this.backOffMs = BACK_OFF_FIRST_MS;
    const done = new Set([...result.known, ...result.entries.map(({ commandId }) => commandId)]);
    this.inbox.remove((command) => done.has(command.id) || (result.asProposed && batch.includes(command)));
  }

  private async recover(
    order: EscrowOrder,
    result: Exclude<CommitResult, Recorded>,
    entries: readonly ProposedEntry[],
  ): Promise<void> {
    if (result.kind === 'behind') {
      log.error('The database is at an earlier version than this order: it was restored. Reloading', {
        expected: order.version,
        found: result.version,
      });
      this.display.hindered('database restored');
      await this.backOff();
      return this.load();
    }
    log.error('The database refuses a batch of this order', { sqlState: result.sqlState, rule: result.rule });
    await this.load();
    if (this.isolating) await this.recordConflict(entries);
    this.isolating = true;
  }

  /** The entry that the database refuses becomes a rejection, so that its sender hears of it and the rest goes on. */
  private async recordConflict([culprit]: readonly ProposedEntry[]): Promise<void> {
    if (!culprit || !this.order) return;
    const { commandId, commandType, actor } = culprit;
    // A deadline stays due, whatever is recorded about it, and would be proposed again at once.
    if (isOfDeadline(culprit) && patched(PARK_AT_REFUSED_DEADLINE)) {
      this.display.hindered('deadline refused');
      return this.backOff();
    }
    const entry: ProposedEntry = {
      commandId,
      commandType,
      actor,
      at: Math.max(this.order.lastAt, culprit.at),
      outcome: 'rejected',
      reason: 'internal_conflict',
      detail: {},
      wasHeld: culprit.outcome !== 'held' && culprit.wasHeld,
    };
    const result = await this.commit(this.order, [entry]);
    if (result.kind !== 'recorded') return this.backOff();
    this.fold(this.order, result.entries);
    this.inbox.remove((command) => command.id === commandId);
  }

  private async backOff(): Promise<void> {
    await sleep(this.backOffMs, { summary: 'waiting before the next try' });
    this.backOffMs = Math.min(this.backOffMs * 2, BACK_OFF_LAST_MS);
  }

  private async startAfresh(): Promise<never> {
    return continueAsNew<typeof escrowOrder>(
      toBeProven({ ...this.inbox.carry(), refusals: this.display.carry() }, this.orderId),
    );
  }
}

/** When the order next changes by itself, and how. */
function wakeupOf(order: EscrowOrder): Wakeup | null {
  const next = earliestDeadline(order);
  return next && { at: next.at - order.clockOffsetMs, summary: describeDeadline(next) };
}

function batchOf(order: EscrowOrder, entries: readonly ProposedEntry[]): ProposedBatch {
  const after = evolve(
    order,
    entries.map((entry, position) => compactEntry(order.version + position + 1, entry)),
  );
  const { id, paymentIntentId, merchantId, mode, currency, status, funded, released, refunded, clockOffsetMs } = after;
  return {
    order: {
      id,
      paymentIntentId,
      merchantId,
      mode,
      currency,
      status,
      funded,
      released,
      refunded,
      clockOffsetMs,
      nextDeadline: nextDeadline(after),
    },
    expectedVersion: order.version,
    entries,
  };
}

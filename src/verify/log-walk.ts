/**
 * One order's log, walked from its first entry: the fold, and what follows from the log besides it. Knows no database.
 */
import type { EscrowOrder, MilestoneStatus } from '../domain/escrow-order.ts';
import { evolve } from '../domain/evolve.ts';
import { type LedgerTransaction, transactionOf } from '../domain/ledger.ts';
import { type Amount, formatAmount, ZERO } from '../domain/money.ts';
import type { OrderEvent } from '../domain/outcomes.ts';
import type { LogRow, OrderRow } from './order-pages.ts';
import type { Notes } from './report.ts';

/** A milestone's row, as the log says it must be. Instants are epoch milliseconds. */
export interface MilestoneFacts {
  version: number;
  status: MilestoneStatus;
  createdAt: number;
  dueAt: number | null;
  completedAt: number | null;
  cancelledAt: number | null;
  releasedAt: number | null;
  releasedAmount: Amount | null;
  refundedAmount: Amount | null;
}

export interface ExpectedTransaction extends LedgerTransaction {
  readonly version: number;
  readonly at: number;
}

type MilestoneEvent = Extract<OrderEvent, { index: number }>;

export class LogWalk {
  /** The fold so far. */
  order: EscrowOrder;
  /** Of the last entry, folded or not. */
  lastVersion = 0;
  /** Set when the fold had to stop; nothing that follows from it can be judged then. */
  broken = false;
  readonly milestones: MilestoneFacts[] = [];
  readonly transactions: ExpectedTransaction[] = [];
  /** The entry that holds each command that was ever held. */
  readonly heldIn = new Map<string, number>();
  /** All milestones before this one are settled. */
  private lowestOpen = 0;
  private readonly notes: Notes;

  constructor(row: OrderRow, notes: Notes) {
    this.order = beginningOf(row);
    this.notes = notes;
  }

  /** The next entries, in the order of their versions. */
  take(rows: readonly LogRow[]): void {
    this.notes.checked.entries += rows.length;
    for (const row of rows) this.follow(row);
    if (this.broken) return;
    try {
      for (const row of rows) this.record(row);
      this.order = evolve(this.order, rows);
    } catch (error) {
      this.broken = true;
      this.notes.violation('V4_log', this.order.id, 'log', 'a log that can be folded', String(error));
    }
  }

  /** L9. After a gap nothing that follows from the log can be judged. */
  private follow({ version, chained }: LogRow): void {
    const { id } = this.order;
    if (version !== this.lastVersion + 1) {
      this.notes.violation('L9_version', id, 'next entry', this.lastVersion + 1, version);
      this.broken = true;
    }
    if (!chained) {
      const expected = 'the hash of it and the one before';
      this.notes.violation('L9_chain', id, `hash of entry ${version}`, expected, 'another');
    }
    this.lastVersion = version;
  }

  private record({ version, at, commandId, outcome, events = [] }: LogRow): void {
    if (outcome === 'held') this.heldIn.set(commandId, version);
    for (const event of events) {
      if ('index' in event) this.recordMilestone(event, version, at);
      const transaction = transactionOf(this.order, version, event);
      if (transaction) this.transactions.push({ ...transaction, version, at });
    }
  }

  private recordMilestone(event: MilestoneEvent, version: number, at: number): void {
    const { index } = event;
    const { id } = this.order;
    if (event.type === 'milestone.created') {
      this.notes.equal('V5_no_gap', id, 'next milestone created', this.milestones.length, index);
      this.milestones[index] = created(version, at, event.dueAt ?? null);
      return;
    }
    const milestone = this.milestones[index];
    if (!milestone) throw new Error(`Entry ${version} changes milestone ${index}, which was not created`);
    if (event.type === 'milestone.released') {
      while (isSettled(this.milestones[this.lowestOpen])) this.lowestOpen++;
      this.notes.equal('V5_release_order', id, `milestone released by entry ${version}`, this.lowestOpen, index);
      this.notes.equal(
        'V5_release_order',
        id,
        `status of milestone ${index} before release`,
        'COMPLETED',
        milestone.status,
      );
    }
    this.milestones[index] = { ...milestone, version, ...changeBy(event, at) };
  }
}

/** The order before its first entry: its columns that never change, and nothing else. */
function beginningOf(row: OrderRow): EscrowOrder {
  const { id, paymentIntentId, merchantId, mode, currency, releaseType, autoReleaseOnProof } = row;
  return {
    ...{ id, paymentIntentId, merchantId, mode, currency, releaseType, autoReleaseOnProof },
    amount: formatAmount(row.amount),
    status: 'PENDING',
    version: 0,
    lastAt: row.createdAt.getTime(),
    ...{ funded: ZERO, allocated: ZERO, released: ZERO, refunded: ZERO, refundedUnallocated: ZERO },
    ...{ milestones: [], held: [] },
  };
}

function created(version: number, createdAt: number, dueAt: number | null): MilestoneFacts {
  const notYet = { completedAt: null, cancelledAt: null, releasedAt: null, releasedAmount: null, refundedAmount: null };
  return { version, status: 'PENDING', createdAt, dueAt, ...notYet };
}

function changeBy(event: Exclude<MilestoneEvent, { type: 'milestone.created' }>, at: number): Partial<MilestoneFacts> {
  switch (event.type) {
    case 'milestone.completed':
      return { status: 'COMPLETED', completedAt: at };
    case 'milestone.reopened':
      return { status: 'PENDING', completedAt: null };
    case 'milestone.amended':
      return event.dueAt === undefined ? {} : { dueAt: event.dueAt };
    case 'milestone.cancelled':
      return { status: 'CANCELLED', cancelledAt: at };
    case 'milestone.refunded':
      return { status: 'REFUNDED', refundedAmount: event.amount };
    case 'milestone.released': {
      const refundedAmount = event.refundedAmount ?? ZERO;
      return { status: 'RELEASED', releasedAt: at, releasedAmount: event.amount, refundedAmount };
    }
  }
}

function isSettled(milestone: MilestoneFacts | undefined): boolean {
  return milestone !== undefined && ['RELEASED', 'CANCELLED', 'REFUNDED'].includes(milestone.status);
}

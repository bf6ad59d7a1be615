/**
 * One order's log, walked from its first entry: the fold, and what follows from the log besides it. Knows no database.
 */
import type { Resolution } from '../domain/commands.ts';
import type { EscrowOrder, MilestoneStatus, PayoutStatus } from '../domain/escrow-order.ts';
import { evolve } from '../domain/evolve.ts';
import { type LedgerTransaction, transactionOf } from '../domain/ledger.ts';
import { type Amount, formatAmount, isZero, ZERO } from '../domain/money.ts';
import type { OrderEvent, PayoutEvent } from '../domain/outcomes.ts';
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
  overdueAt: number | null;
  inspectionEndsAt: number | null;
  remindedAt: number | null;
  extendedSeconds: number | null;
}

/** A dispute's row, as the log says it must be. */
export interface DisputeFacts {
  readonly version: number;
  readonly milestoneIndex: number | null;
  readonly raisedAt: number;
  readonly endsAt: number;
  endedAt: number | null;
  resolution: Resolution | 'WITHDRAWN' | null;
  merchantAmount: Amount | null;
  buyerAmount: Amount | null;
}

/** A payout's row, as the log says it must be. */
export interface PayoutFacts {
  readonly amount: Amount;
  readonly status: PayoutStatus;
  readonly version: number;
  readonly createdAt: number;
  readonly paidAt: number | null;
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
  readonly disputes: DisputeFacts[] = [];
  readonly transactions: ExpectedTransaction[] = [];
  /** What each milestone, or (null) a resolution beyond milestones, released to the merchant. */
  readonly releases = new Map<number | null, Amount>();
  /** By the same keys: what the log says of their payouts. */
  readonly payouts = new Map<number | null, PayoutFacts>();
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
      this.recordDispute(event, version, at);
      if (isPayoutEvent(event)) this.recordPayout(event, version, at);
      if (event.type === 'milestone.released') this.releases.set(event.index, event.amount);
      if (event.type === 'dispute.resolved' && event.milestoneIndex === null && !isZero(event.merchantAmount))
        this.releases.set(null, event.merchantAmount);
      const transaction = transactionOf(this.order, version, event);
      if (transaction) this.transactions.push({ ...transaction, version, at });
    }
  }

  private recordDispute(event: OrderEvent, version: number, at: number): void {
    if (event.type === 'dispute.raised') {
      const { milestoneIndex, endsAt } = event;
      const open = { endedAt: null, resolution: null, merchantAmount: null, buyerAmount: null };
      this.disputes.push({ version, milestoneIndex, raisedAt: at, endsAt, ...open });
    }
    const last = this.disputes.at(-1);
    if (last && event.type === 'dispute.withdrawn') Object.assign(last, { endedAt: at, resolution: 'WITHDRAWN' });
    if (last && event.type === 'dispute.resolved') {
      const { resolution, merchantAmount, buyerAmount } = event;
      Object.assign(last, { endedAt: at, resolution, merchantAmount, buyerAmount });
    }
  }

  private recordPayout({ type, milestoneIndex, amount }: PayoutEvent, version: number, at: number): void {
    const createdAt = this.payouts.get(milestoneIndex)?.createdAt ?? at;
    const paidAt = type === 'payout.paid' ? at : null;
    this.payouts.set(milestoneIndex, { amount, status: PAYOUT_STATUSES[type], version, createdAt, paidAt });
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
  const { id, paymentIntentId, merchantId, mode, currency, releaseType, autoReleaseOnProof, terms } = row;
  return {
    ...{ id, paymentIntentId, merchantId, mode, currency, releaseType, autoReleaseOnProof, terms },
    amount: formatAmount(row.amount),
    status: 'PENDING',
    version: 0,
    lastAt: row.createdAt.getTime(),
    ...{ funded: ZERO, allocated: ZERO, released: ZERO, refunded: ZERO, paidUnallocated: ZERO },
    ...{ milestones: [], held: [], dispute: null, restPayout: null, clockOffsetMs: 0 },
  };
}

function created(version: number, createdAt: number, dueAt: number | null): MilestoneFacts {
  const notYet = { completedAt: null, cancelledAt: null, releasedAt: null, releasedAmount: null, refundedAmount: null };
  const noPeriod = { overdueAt: null, inspectionEndsAt: null, remindedAt: null, extendedSeconds: null };
  return { version, status: 'PENDING', createdAt, dueAt, ...notYet, ...noPeriod };
}

function changeBy(event: Exclude<MilestoneEvent, { type: 'milestone.created' }>, at: number): Partial<MilestoneFacts> {
  switch (event.type) {
    case 'milestone.completed':
      return {
        status: 'COMPLETED',
        completedAt: at,
        inspectionEndsAt: event.inspectionEndsAt ?? null,
        remindedAt: null,
      };
    case 'milestone.reopened':
      return {
        ...{ status: 'PENDING', completedAt: null, inspectionEndsAt: null, remindedAt: null, extendedSeconds: null },
        ...(event.dueAt === null && { dueAt: null }),
      };
    case 'milestone.amended':
      return event.dueAt === undefined ? {} : { dueAt: event.dueAt, overdueAt: null };
    case 'milestone.extended': {
      const { dueAt, inspectionEndsAt, extendedSeconds } = event;
      return {
        ...(dueAt !== undefined && { dueAt }),
        ...(inspectionEndsAt !== undefined && { inspectionEndsAt, remindedAt: null }),
        ...(extendedSeconds !== undefined && { extendedSeconds }),
      };
    }
    case 'milestone.inspection_ending':
      return { remindedAt: at };
    case 'milestone.overdue':
      return { overdueAt: at };
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

const PAYOUT_STATUSES: Readonly<Record<PayoutEvent['type'], PayoutStatus>> = {
  'payout.created': 'PENDING',
  'payout.retried': 'PENDING',
  'payout.paid': 'PAID',
  'payout.failed': 'FAILED',
};

function isPayoutEvent(event: OrderEvent): event is PayoutEvent {
  return event.type in PAYOUT_STATUSES;
}

function isSettled(milestone: MilestoneFacts | undefined): boolean {
  return milestone !== undefined && ['RELEASED', 'CANCELLED', 'REFUNDED'].includes(milestone.status);
}

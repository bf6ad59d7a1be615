/**
 * The rows that a batch leads to: made by batch-rows.ts, written by commit-entries.ts.
 */
import type { Resolution } from '../domain/commands.ts';
import type { MilestoneStatus, PayoutStatus } from '../domain/escrow-order.ts';
import type { LedgerTransaction } from '../domain/ledger.ts';
import type { Amount } from '../domain/money.ts';
import type { ProposedEntry } from '../domain/outcomes.ts';
import type { PublicEvent } from '../domain/published-events.ts';

/** Columns of a milestone that a batch sets; those it leaves out stay as they are. Instants are ISO 8601. */
export interface MilestoneRow {
  id: string;
  milestone_index: number;
  version: number;
  status?: MilestoneStatus;
  description?: string | null;
  amount?: Amount;
  percentage?: number | null;
  due_at?: string | null;
  overdue_at?: string | null;
  metadata?: Readonly<Record<string, string>>;
  created_at?: string;
  completed_at?: string | null;
  completed_by?: string | null;
  completion_proof?: string | null;
  completion_proof_uri?: string | null;
  inspection_ends_at?: string | null;
  extended_seconds?: number | null;
  reminded_at?: string | null;
  cancelled_at?: string;
  released_at?: string;
  released_by?: string;
  released_amount?: Amount;
  refunded_amount?: Amount;
}

export interface DisputeRow extends Partial<DisputeEnd> {
  version: number;
  milestone_index: number | null;
  reason: string;
  raised_by: string;
  window_seconds: number;
  raised_at: string;
  ends_at: string;
}

export interface DisputeEnd {
  ended_at: string;
  resolution: Resolution | 'WITHDRAWN';
  resolved_by: string;
  merchant_amount?: Amount;
  buyer_amount?: Amount;
}

export interface PayoutRow {
  id: string;
  milestone_index: number | null;
  version: number;
  status: PayoutStatus;
  amount: Amount;
  updated_at: string;
  created_at?: string;
  paid_at?: string;
  attempts?: number;
  last_error?: string | null;
  reference?: string;
}

/** Rows of a batch, ready to be written: JSON with the column names of its tables. */
export interface BatchRows {
  readonly entries: readonly { readonly version: number; readonly entry: ProposedEntry }[];
  /** Milestones that the batch creates, in the state it leaves them in. */
  readonly created: readonly MilestoneRow[];
  /** Milestones that were there before, each once, in the state the batch leaves them in. */
  readonly changed: readonly MilestoneRow[];
  readonly disputesRaised: readonly DisputeRow[];
  /** The end of the dispute that was open before the batch; null when it goes on, or there was none. */
  readonly disputeEnd: DisputeEnd | null;
  /** Payouts that the batch creates, and those it changes, each once. */
  readonly payoutsCreated: readonly PayoutRow[];
  readonly payoutsChanged: readonly PayoutRow[];
  readonly transactions: readonly {
    readonly version: number;
    readonly at: number;
    readonly transaction: LedgerTransaction;
  }[];
  /** Public events in order; the statement numbers them on from the order's sequence. */
  readonly events: readonly { readonly version: number; readonly at: number; readonly event: PublicEvent }[];
}

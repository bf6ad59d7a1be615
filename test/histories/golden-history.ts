/** A recorded order: what its workflow did, and what its log says came of it. */
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import type { RecordedEntry } from '../../src/domain/outcomes.ts';

export interface GoldenHistory {
  readonly release: string;
  readonly workflowId: string;
  /** The order before its first entry. */
  readonly beginning: EscrowOrder;
  /** All entries, in the compact form that workflows fold. */
  readonly log: readonly RecordedEntry[];
  /** The histories of its runs, oldest first, as `historyToJSON` writes them. */
  readonly runs: readonly unknown[];
}

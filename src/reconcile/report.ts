/** What reconciling looked at and what was off, and how it is told. */
import { isClosed, ORDER_TRANSITIONS, type OrderStatus } from '../domain/escrow-order.ts';

export type Kind =
  | 'funding'
  | 'collection'
  | 'released'
  | 'payout'
  | 'payment'
  | 'deadline'
  | 'command'
  | 'workflow_missing'
  | 'workflow_left_over';

export interface Finding {
  readonly orderId: string;
  /** What is off: an intent, a milestone, a command, a workflow. */
  readonly subject: string;
  readonly found: string;
}

export interface Section {
  readonly kind: Kind;
  /** How many were looked at. */
  readonly looked: number;
  /** How many are off; `findings` are the first of them. */
  readonly off: number;
  readonly findings: readonly Finding[];
}

/** Shown of each kind. Repairing is not limited by it. */
export const MOST_FINDINGS = 100;

export const CLOSED_STATUSES = (Object.keys(ORDER_TRANSITIONS) as OrderStatus[]).filter((status) =>
  isClosed({ status }),
);

const TEXTS: Record<Kind, { looked: string; next: string }> = {
  funding: {
    looked: 'orders against their intents',
    next: 'Run npm run verify: the order’s log is right. Find out what wrote the row that differs.',
  },
  collection: {
    looked: 'collections from buyers',
    next: 'Check that a worker runs: it asks the funding port again, at least every ten minutes. What the port said last is in fundings.last_error. Money of a cancelled intent is with the port until it is given back.',
  },
  released: {
    looked: 'released milestones against the ledger',
    next: 'Run npm run verify, which names the entry. Pay nothing out of this order until it is explained.',
  },
  payout: {
    looked: 'pending payouts',
    next: 'One that was paid is recorded by itself once the database takes it: its rule is in the worker’s log beside "The database refuses a batch of this order". For one without news look at the workflow payout/<id> in the Temporal UI, and check that a worker runs.',
  },
  payment: {
    looked: 'payments and paid payouts against each other',
    next: 'PENDING is recorded by itself when workers run. For FAILED, POST /v1/payouts/<id>/retry: it is paid once. Whatever else: docs/OPERATIONS.md, "What was paid".',
  },
  deadline: {
    looked: 'deadlines',
    next: 'Check that a worker runs, then --repair wakes the order. If it stays late, read the worker’s log.',
  },
  command: {
    looked: 'open commands',
    next: 'Check that a worker runs, then --repair sends them again. Sending twice is safe.',
  },
  workflow_missing: {
    looked: 'open orders with a deadline or a pending command',
    next: '--repair wakes the order, which starts its workflow from the database.',
  },
  workflow_left_over: {
    looked: 'running workflows',
    next: '--repair wakes it, and it ends. If it is stuck, terminate it: it decides nothing that is not recorded.',
  },
};

export function linesOf(sections: readonly Section[]): string[] {
  return sections.flatMap(({ kind, looked, off, findings }) => [
    `${kind}: ${looked} ${TEXTS[kind].looked}, ${off} off.`,
    ...findings.map(({ orderId, subject, found }) => `  ${orderId} ${subject}: ${found}`),
    ...(off > findings.length ? [`  and ${off - findings.length} more`] : []),
    ...(off > 0 ? [`  Next: ${TEXTS[kind].next}`] : []),
  ]);
}

export function isClean(sections: readonly Section[]): boolean {
  return sections.every(({ off }) => off === 0);
}

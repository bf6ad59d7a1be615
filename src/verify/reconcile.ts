/**
 * What is sound and still wants somebody's attention. Findings, not violations: no rule is broken.
 */
import { isClosed } from '../domain/escrow-order.ts';
import { isZero } from '../domain/money.ts';
import type { IntentRow, MilestoneRow, OrderRow, PayoutRow } from './order-pages.ts';
import type { Finding } from './report.ts';

const OVERDUE_MS = 60_000;
const EXAMPLES = 5;

const ACTIONS: Record<Finding['kind'], string> = {
  intent_status:
    'Compare the intent with its order: the log is right. Correct the intent by a migration, and find out what wrote it.',
  completed_unreleased: 'Release the completed milestones, or reopen what is not accepted.',
  deadline_overdue:
    'Look for the order’s workflow in the Temporal UI. The sweeper wakes it within a minute if a worker runs.',
  payout_failed: 'Read why at GET /v1/payouts?status=failed, mend it, and retry: POST /v1/payouts/<id>/retry.',
};

interface Tally {
  orders: number;
  milestones: number;
  examples: string[];
}

/** Takes orders one by one and sums up. */
export class Reconciliation {
  private readonly tallies = new Map<Finding['kind'], Tally>();
  private readonly now: number;

  constructor(now: number) {
    this.now = now;
  }

  take(
    order: OrderRow,
    intent: IntentRow | null,
    milestones: readonly MilestoneRow[],
    payouts: readonly PayoutRow[],
  ): void {
    if (intent && intent.status !== statusOf(order)) this.add('intent_status', order.id, 0);
    const completed = milestones.filter(({ status }) => status === 'COMPLETED').length;
    if (completed > 0) this.add('completed_unreleased', order.id, completed);
    const { nextDeadline } = order;
    if (nextDeadline && this.now - nextDeadline.getTime() > OVERDUE_MS) this.add('deadline_overdue', order.id, 0);
    const failed = payouts.filter(({ status }) => status === 'FAILED').length;
    if (failed > 0) this.add('payout_failed', order.id, failed);
  }

  findings(): Finding[] {
    return (Object.keys(ACTIONS) as Finding['kind'][]).flatMap((kind) => {
      const tally = this.tallies.get(kind);
      return tally ? [{ kind, ...tally, action: ACTIONS[kind] }] : [];
    });
  }

  private add(kind: Finding['kind'], orderId: string, milestones: number): void {
    const tally = this.tallies.get(kind) ?? { orders: 0, milestones: 0, examples: [] };
    tally.orders++;
    tally.milestones += milestones;
    if (tally.examples.length < EXAMPLES) tally.examples.push(orderId);
    this.tallies.set(kind, tally);
  }
}

/** The status that an intent has when its order is like this. */
function statusOf(order: OrderRow): IntentRow['status'] {
  if (!isZero(order.fundedAmount)) return 'SUCCEEDED';
  return isClosed(order) ? 'CANCELLED' : 'INITIATED';
}

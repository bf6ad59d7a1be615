/**
 * What became of payouts. They outlive their order: most are settled after its last milestone was released.
 */
import type { RetryPayout, SettlePayout } from './commands.ts';
import { accepted, detailsOf, rejected } from './decisions.ts';
import { type EscrowOrder, payoutOf } from './escrow-order.ts';
import type { Decision } from './outcomes.ts';

export function decideSettlePayout(order: EscrowOrder, command: SettlePayout): Decision {
  const { milestoneIndex = null, result } = command;
  const payout = payoutOf(order, milestoneIndex);
  if (!payout) return rejected('payout_missing');
  if (payout.status !== 'PENDING') return rejected('payout_not_pending');
  // After this point the command is accepted.
  const type = result === 'PAID' ? 'payout.paid' : 'payout.failed';
  return accepted({ type, milestoneIndex, amount: payout.amount, ...detailsOf(command) });
}

export function decideRetryPayout(order: EscrowOrder, command: RetryPayout): Decision {
  const { milestoneIndex = null } = command;
  const payout = payoutOf(order, milestoneIndex);
  if (!payout) return rejected('payout_missing');
  if (payout.status !== 'FAILED') return rejected('payout_not_failed');
  // After this point the command is accepted.
  return accepted({ type: 'payout.retried', milestoneIndex, amount: payout.amount });
}

/** What clients send. */
import type { CommandType } from '../../../src/domain/commands.ts';

/** A complete payload of each type, in which every field is given. */
export const COMPLETE: Record<CommandType, Record<string, unknown>> = {
  'milestone.create': {
    milestoneIndex: 3,
    amount: '300.5',
    dueAt: 1_700_000_000_000,
    description: 'Initial payment - 30%',
    percentage: 30,
    metadata: { po: '4711' },
  },
  'milestone.complete': {
    milestoneIndex: 0,
    completedBy: 'ann',
    completionProof: 'hash',
    completionProofURI: 'ipfs://x',
  },
  'milestone.release': { milestoneIndex: 9_999, amount: '0.10', releasedBy: 'ann' },
  'milestone.amend': { milestoneIndex: 1, amount: '250', dueAt: 5_000, description: 'Half', percentage: 50 },
  'milestone.cancel': { milestoneIndex: 1, reason: 'not needed' },
  'milestone.reopen': { milestoneIndex: 1, reason: 'not what was agreed' },
  'order.fund': {},
  'order.refund': { amount: '7.5', reason: 'too much' },
  'order.cancel': { reason: 'given up' },
  'payment_intent.cancel': { reason: 'given up' },
  'milestone.extend': { milestoneIndex: 2, seconds: 86_400 },
  'milestone.remind': { milestoneIndex: 2 },
  'milestone.expire': { milestoneIndex: 2 },
  'milestone_batch.create': {
    milestones: [
      { milestoneIndex: 3, amount: '300.5', dueAt: 5_000, description: 'Initial payment', metadata: { po: '4711' } },
      { milestoneIndex: 4, amount: '7', percentage: 70 },
    ],
  },
  'dispute.raise': { milestoneIndex: 2, windowSeconds: 3_600, reason: 'not as agreed', raisedBy: 'ben' },
  'dispute.resolve': {
    resolution: 'PARTIAL_REFUND',
    merchantAmount: '60',
    buyerAmount: '40.5',
    reason: 'both are right',
  },
  'dispute.withdraw': { reason: 'settled' },
  'order.advance_clock': { seconds: 60 },
  'payout.settle': { milestoneIndex: 2, result: 'FAILED', reference: 'tx_1', error: 'account closed', attempts: 3 },
  'payout.retry': { milestoneIndex: 2 },
  'command.cancel': { targetCommandId: 'cmd_2' },
};
export const ENVELOPE = {
  commandId: 'cmd_1',
  actor: { role: 'buyer', id: 'b_1' },
  receivedAt: 1_000,
  turnWaitMs: 2_000,
};

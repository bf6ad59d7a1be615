/** Every signal with an order in which its example, sent as it stands, is accepted. */
import type { LogEntry } from '../../src/db/order-log.ts';
import type { CommandType } from '../../src/domain/commands.ts';

type Sent = [signal: string, json: string];

export interface OperatorCommand {
  readonly signal: string;
  readonly type: CommandType;
  /** What was sent before. */
  readonly before: readonly Sent[];
  /** What an operator has to replace in the example. */
  readonly changes?: (log: () => Promise<readonly LogEntry[]>) => Promise<Record<string, string>>;
}

const FUND: Sent = ['fundOrder', '{}'];
const create = (milestoneIndex: number): Sent => [
  'createMilestone',
  JSON.stringify({ milestoneIndex, amount: '300.00' }),
];
const COMPLETE: Sent = ['completeMilestone', '{"milestoneIndex": 0, "completedBy": "ann"}'];
const DISPUTE: Sent = ['raiseDispute', '{"milestoneIndex": 0, "reason": "not as agreed"}'];
const RELEASE: Sent = ['releaseMilestone', '{"milestoneIndex": 0}'];
const FAILED: Sent = [
  'settlePayout',
  '{"milestoneIndex": 0, "result": "FAILED", "actor": {"role": "system", "id": "payout"}}',
];

export const OPERATOR_COMMANDS: readonly OperatorCommand[] = [
  { signal: 'createMilestone', type: 'milestone.create', before: [] },
  { signal: 'completeMilestone', type: 'milestone.complete', before: [FUND, create(0)] },
  { signal: 'releaseMilestone', type: 'milestone.release', before: [FUND, create(0), COMPLETE] },
  { signal: 'amendMilestone', type: 'milestone.amend', before: [create(0)] },
  { signal: 'cancelMilestone', type: 'milestone.cancel', before: [create(0)] },
  { signal: 'reopenMilestone', type: 'milestone.reopen', before: [FUND, create(0), COMPLETE] },
  { signal: 'createMilestones', type: 'milestone_batch.create', before: [] },
  { signal: 'extendInspection', type: 'milestone.extend', before: [FUND, create(0), COMPLETE] },
  { signal: 'raiseDispute', type: 'dispute.raise', before: [FUND, create(0)] },
  { signal: 'resolveDispute', type: 'dispute.resolve', before: [FUND, create(0), DISPUTE] },
  { signal: 'withdrawDispute', type: 'dispute.withdraw', before: [FUND, create(0), DISPUTE] },
  { signal: 'advanceClock', type: 'order.advance_clock', before: [] },
  { signal: 'retryPayout', type: 'payout.retry', before: [FUND, create(0), COMPLETE, RELEASE, FAILED] },
  { signal: 'refundOrder', type: 'order.refund', before: [FUND] },
  { signal: 'cancelOrder', type: 'order.cancel', before: [FUND] },
  { signal: 'cancelPaymentIntent', type: 'payment_intent.cancel', before: [] },
  { signal: 'fundOrder', type: 'order.fund', before: [] },
  {
    signal: 'cancelCommand',
    type: 'command.cancel',
    before: [create(3)],
    changes: async (log) => ({ 'cmd_01…': (await log()).at(-1)?.commandId ?? '' }),
  },
];

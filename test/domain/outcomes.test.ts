import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { rejectionMessage, waitingFor } from '../../src/domain/outcome-messages.ts';
import { REASONS, type Reason, type RejectionDetail, type TurnReason } from '../../src/domain/outcomes.ts';
import { command, given, NOW } from './support/script.ts';
import { rowsOf } from './support/table.ts';

// Columns: order  command  what its sender reads, word for word.

const PUBLISHED = `
  DELIVERY_PROOF                             create 0            Cannot create milestone for order with release type: DELIVERY_PROOF
  milestones PENDING                         create 0            Milestone with index 0 already exists
  milestones PENDING PENDING PENDING         create 2            Milestone with index 2 already exists
  empty                                      create 0 of 1000.01  Total milestone amounts exceed escrow order amount
  empty                                      create 2            Previous milestone (index 1) must be created first
  milestones PENDING                         complete 0          Escrow order is not funded
  milestones PENDING                         release 0           Escrow order is not funded
  funded                                     complete 0          Milestone not found
  funded                                     release 0           Milestone not found
  funded, milestones COMPLETED               complete 0          Milestone already completed
  funded, milestones RELEASED                complete 0          Milestone already released
  funded, milestones RELEASED                release 0           Milestone already released
  funded, milestones PENDING PENDING         complete 1          Previous milestone (index 0) must be completed first
  funded                                     fund                Cannot confirm payment intent in status: SUCCEEDED
  milestones PENDING                         amend 0 of 1000.01  Total milestone amounts exceed escrow order amount
  milestones PENDING                         amend 1             Milestone not found
  funded                                     cancel-milestone 0  Milestone not found
  funded                                     reopen 0            Milestone not found
  funded, milestones COMPLETED               amend 0             Milestone already completed
  funded, milestones COMPLETED               cancel-milestone 0  Milestone already completed
  funded, milestones RELEASED                reopen 0            Milestone already released
  empty                                      refund              Escrow order is not funded
  completed                                  fund                Cannot confirm payment intent in status: SUCCEEDED
`;

const OURS = `
  TIME_LOCKED, funded                        complete 0          Cannot complete milestone for order with release type: TIME_LOCKED
  AUTO_RELEASE, funded                       release 0           Cannot release milestone for order with release type: AUTO_RELEASE
  completed                                  create 1            Cannot create milestone: order is already completed
  completed                                  complete 0          Milestone already released
  completed                                  complete 1          Cannot complete milestone: order is already completed
  order CANCELLED                            fund                Cannot fund order: order is already cancelled
  order CANCELLED                            release 0           Cannot release milestone: order is already cancelled
  empty                                      cancel x            Command is not held: only a command that waits for its turn can be cancelled
  funded, milestones CANCELLED               complete 0          Milestone is cancelled
  funded, milestones REFUNDED                release 0           Milestone is refunded
  funded, milestones PENDING                 release 0           Milestone (index 0) must be completed before it can be released
  funded, milestones COMPLETED COMPLETED     release 1           Previous milestone (index 0) must be released first
  TIME_LOCKED                                amend 0             Cannot amend milestone for order with release type: TIME_LOCKED
  TIME_LOCKED                                cancel-milestone 0  Cannot cancel milestone for order with release type: TIME_LOCKED
  TIME_LOCKED                                reopen 0            Cannot reopen milestone for order with release type: TIME_LOCKED
  completed                                  amend 1             Cannot amend milestone: order is already completed
  completed                                  cancel-milestone 1  Cannot cancel milestone: order is already completed
  order CANCELLED                            reopen 0            Cannot reopen milestone: order is already cancelled
  completed                                  refund              Cannot refund order: order is already completed
  order CANCELLED                            cancel-order        Cannot cancel order: order is already cancelled
  funded                                     cancel-intent       Cannot cancel payment intent in status: SUCCEEDED
  completed                                  cancel-intent       Cannot cancel payment intent in status: SUCCEEDED
  funded, milestone 0 PENDING of 1000.00     refund              Nothing to refund: no money of this order is unallocated
  funded, milestones PENDING                 refund of 900.01    The refund exceeds the unallocated amount of 900.00
  funded, milestones COMPLETED               release 0 of 100.01  Release amount exceeds milestone amount
  funded, milestones COMPLETED CANCELLED COMPLETED  reopen 0       A later milestone (index 2) is completed and must be reopened first
  funded, milestones PENDING                 reopen 0            Milestone is not completed
  funded, milestones CANCELLED               amend 0             Milestone is cancelled
  funded, milestones REFUNDED                reopen 0            Milestone is refunded
  funded                                     refund of 0.1234567  amount must have at most 6 decimals in USDC, got "0.1234567"
  funded, milestones COMPLETED               release 0 of 0.1234567  amount must have at most 6 decimals in USDC, got "0.1234567"
  empty                                      fund by arbiter     A key of role arbiter may not fund order
  live, funded                               advance 60          The clock can be advanced in test mode only
  completed                                  advance 60          Cannot advance the clock: order is already completed
  disputed, funded                           raise               Dispute already raised for this order
  completed                                  raise               Cannot raise dispute: order is already completed
  funded, window 60                          raise window 59     disputeWindow must be from 60 to 7776000 seconds here, got 59
  funded                                     withdraw            There is no open dispute on this order
  funded                                     resolve BUYER_WON   There is no open dispute on this order
  disputed 0, funded, milestones PENDING     resolve PARTIAL_REFUND 1.00 1.00  merchantAmount and buyerAmount must add up to 100.00
  disputed, funded                           resolve PARTIAL_REFUND 1.00 1.00  merchantAmount and buyerAmount must add up to 1000.00
  disputed, funded                           create 0            Cannot create milestone: order is disputed
  disputed 0, funded, milestones PENDING     cancel-order        Cannot cancel order: order is disputed
  disputed 0, funded, milestones PENDING PENDING  amend 1        Milestone (index 0) is disputed: its dispute must be resolved first
  disputed 1, funded, milestones PENDING PENDING  resolve MERCHANT_WON  Previous milestone (index 0) must be released first
  funded                                     settle 0 PAID       Payout not found
  funded, milestone 0 RELEASED of 100.00 payout PAID     settle 0 PAID  Payout is not pending
  funded, milestone 0 RELEASED of 100.00 payout PENDING  retry 0  Payout has not failed: only a failed payout can be retried
  funded, milestones COMPLETED               extend 0            Milestone has no running inspection period
  funded, milestone 0 COMPLETED of 100.00 ends 5000  extend 0 by-seconds 7776001  seconds must be at most 7776000, got 7776001: an inspection is extended by at most 90 days in all
  funded, milestones PENDING                 expire 0            The deadline has not been reached
  onOverdue refund                           create 0 due 1000   dueAt must be after 1970-01-01T00:00:01.000Z, which it is on the order’s clock, got 1970-01-01T00:00:01.000Z: with onOverdue refund a date that has passed refunds at once
  empty                                      create 0 of 0.1234567  amount must have at most 6 decimals in USDC, got "0.1234567"
`;

/** Those whose detail does not come from `decide`, or that take a whole test to reach. */
const ELSEWHERE: readonly [Reason, RejectionDetail, string][] = [
  ['invalid_command', { problem: 'Unknown field x' }, 'Unknown field x'],
  ['invalid_command', {}, 'The command is malformed'],
  [
    'held_commands_full',
    {},
    'Too many commands wait for their turn on this order. Send the missing ones first, then retry.',
  ],
  ['dispute_decided', {}, 'The dispute is decided: the decision waits for its turn'],
  [
    'milestone_amended',
    { index: 1 },
    'Milestone (index 1) was worth another amount when this release was sent: send it again if it still holds',
  ],
  ['command_cancelled', {}, 'Command was cancelled while it waited for its turn'],
  ['internal_conflict', {}, 'The command could not be recorded and was not carried out. Operators have been alerted.'],
];

/** Reason and message of a refused command. */
function refusal(state: string, words: string): { reason: Reason; message: string } {
  const asked = command(words);
  const decision = decide(given(state), asked, NOW);
  if (decision.outcome !== 'rejected') throw new Error(`${words} was ${decision.outcome}`);
  return { reason: decision.reason, message: rejectionMessage(asked.type, decision.reason, decision.detail) };
}

describe('A refused command is answered with the published message', () => {
  for (const [state = '', words = '', message] of rowsOf(PUBLISHED)) {
    it(`${state}: ${words} → ${message}`, () => expect(refusal(state, words).message).toBe(message));
  }
});

describe('Where nothing is published the message says what stands in the way', () => {
  for (const [state = '', words = '', message] of rowsOf(OURS)) {
    it(`${state}: ${words} → ${message}`, () => expect(refusal(state, words).message).toBe(message));
  }
  for (const [reason, detail, message] of ELSEWHERE) {
    it(`${reason} → ${message}`, () => expect(rejectionMessage('milestone.create', reason, detail)).toBe(message));
  }
  // Both read wrong, see the code of rejectionMessage: `phraseOf` shows the type's underscore, and what is not
  // allocated may have been refunded before.
  it('names a payment intent in words', () => {
    const { message } = refusal('order CANCELLED', 'cancel-intent');
    expect(message).toBe('Cannot cancel payment intent: order is already cancelled');
  });
  it('does not say that all is allocated when all of the rest was refunded before', () => {
    const { message } = refusal('funded, refunded 900.00, milestones PENDING', 'refund');
    expect(message).not.toContain('all of the order is allocated');
  });
  it('covers every reason', () => {
    const covered = [PUBLISHED, OURS].flatMap(rowsOf).map(([state = '', words = '']) => refusal(state, words).reason);
    const missing = REASONS.filter((reason) => ![...covered, ...ELSEWHERE.map(([first]) => first)].includes(reason));
    expect(missing).toEqual([]);
  });
  it('never shows an undefined or an object, for any command and reason', () => {
    const detail = {
      index: 3,
      releaseType: 'TIME_LOCKED',
      orderStatus: 'CANCELLED',
      role: 'buyer',
      problem: 'no',
      available: '1.00',
      ...{ min: 1, max: 2, given: 3 },
    } as const;
    const messages = COMMAND_TYPES.flatMap((type) => REASONS.map((reason) => rejectionMessage(type, reason, detail)));
    expect(messages.filter((text) => text === '' || /undefined|null|NaN|\[object/.test(text))).toEqual([]);
  });
});

describe('A held command tells what it waits for', () => {
  const SENTENCES: Record<TurnReason, string> = {
    milestone_missing: 'milestone 1 to be created',
    previous_milestone_missing: 'milestone 1 to be created',
    milestone_not_completed: 'milestone 1 to be completed',
    previous_milestone_open: 'milestone 1 to be completed',
    previous_milestone_unreleased: 'milestone 1 to be released',
    order_disputed: 'the dispute of the order to be resolved',
    milestone_disputed: 'the dispute of milestone 1 to be resolved',
  };
  for (const [reason, sentence] of Object.entries(SENTENCES)) {
    it(`${reason}: ${sentence}`, () => expect(waitingFor(reason as TurnReason, 1)).toBe(sentence));
  }
  it('the contract example: milestone 2 created after 0 waits for "milestone 1 to be created"', () => {
    const decision = decide(given('milestones PENDING'), command('create 2 wait forever'), NOW);
    expect(decision).toMatchObject({ outcome: 'held', reason: 'previous_milestone_missing', detail: { index: 1 } });
  });
});

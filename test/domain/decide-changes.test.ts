import { describe, expect, it } from 'vitest';
import type { Command, CommandDetails } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { command, given, NOW } from './support/script.ts';
import { rules, story } from './support/table.ts';

// Columns: order  command  outcome. Amounts are 1000.00 for the order and 100.00 a milestone where none is given.

describe('An amendment may use up what the order has left, and no unit more', () =>
  rules(`
    milestones PENDING PENDING                              amend 1 of 900.00       accepted  milestone.amended 1 900.00 was 100.00
    milestones PENDING PENDING                              amend 1 of 900.000001   rejected  total_exceeds_order
    milestones PENDING PENDING                              amend 0 of 900.00       accepted  milestone.amended 0 900.00 was 100.00
    milestone 0 PENDING of 1000.00                          amend 0 of 1000.00      accepted  milestone.amended 0 1000.00 was 1000.00
    milestone 0 PENDING of 1000.00                          amend 0 of 1000.000001  rejected  total_exceeds_order
    milestone 0 PENDING of 1000.00                          amend 0 of 0.000001     accepted  milestone.amended 0 0.000001 was 1000.00
    milestone 0 PENDING of 1000.00                          amend 0 due 5000        accepted  milestone.amended 0 1000.00 was 1000.00 due 5000
    milestone 0 CANCELLED of 900.00, milestone 1 PENDING    amend 1 of 1000.00      accepted  milestone.amended 1 1000.00 was 100.00
    funded, milestone 0 RELEASED of 900.00, milestone 1 PENDING of 50.00              amend 1 of 100.00       accepted  milestone.amended 1 100.00 was 50.00
    funded, milestone 0 RELEASED of 900.00, milestone 1 PENDING of 50.00              amend 1 of 100.000001   rejected  total_exceeds_order
    funded, milestone 0 RELEASED of 900.00 paid 1.00, milestone 1 PENDING of 50.00    amend 1 of 100.000001   rejected  total_exceeds_order
    funded, refunded 600.00, milestone 0 PENDING            amend 0 of 400.00       accepted  milestone.amended 0 400.00 was 100.00
    funded, refunded 600.00, milestone 0 PENDING            amend 0 of 400.000001   rejected  total_exceeds_order
    order of 10.00 USD, milestone 0 PENDING of 1.00         amend 0 of 1.001        rejected  invalid_command (amount)
    milestone 0 PENDING                                     amend 0 of 250          accepted  milestone.amended 0 250.00 was 100.00
    milestone 0 PENDING                                     amend 0 due none        accepted  milestone.amended 0 100.00 was 100.00 due none
    milestone 0 PENDING                                     amend 0 of 2.50 due 0   accepted  milestone.amended 0 2.50 was 100.00 due 0
  `));

describe('A change of a milestone that does not exist yet is held for as long as it wants to wait', () =>
  rules(`
    funded               amend 0 wait 2000             held      milestone_missing (0) until 3000
    empty                amend 3 of 9.00 wait forever  held      milestone_missing (3) without end
    empty                cancel-milestone 1 wait 500   held      milestone_missing (1) until 1500
    funded               reopen 1 wait forever         held      milestone_missing (1) without end
    milestones PENDING   reopen 0 wait forever         rejected  milestone_not_completed (0)
    empty                refund wait forever           rejected  order_not_funded
    funded, milestones COMPLETED COMPLETED  reopen 0 wait forever             rejected  later_milestone_completed (1)
    funded, milestones COMPLETED            cancel-milestone 0 wait forever   rejected  milestone_already_completed (0)
    funded, milestones PENDING              release 0 of 60.00 wait forever   held      milestone_not_completed (0) without end
  `));

describe('A cancelled milestone gives its amount back and stands in nobody’s way', () => {
  story(
    'funded, milestone 0 PENDING of 400.00, milestone 1 PENDING of 600.00',
    `
      create 2 of 0.01    rejected  total_exceeds_order
      complete 1          rejected  previous_milestone_open (0)
      cancel-milestone 0  accepted  milestone.cancelled 0
      cancel-milestone 0  rejected  milestone_cancelled
      complete 1          accepted  milestone.completed 1
      release 1           accepted  milestone.released 1 600.00 + payout.created 1 600.00
      create 0 of 400.00  rejected  milestone_index_taken (0)
      create 2 of 400.01  rejected  total_exceeds_order
      create 2 of 400.00  accepted  milestone.created 2 400.00
      complete 2          accepted  milestone.completed 2
      release 2           accepted  milestone.released 2 400.00 + payout.created 2 400.00 + escrow_order.completed
    `,
  );
  story(
    'funded, milestones PENDING PENDING PENDING PENDING',
    `
      complete 0          accepted  milestone.completed 0
      cancel-milestone 1  accepted  milestone.cancelled 1
      cancel-milestone 2  accepted  milestone.cancelled 2
      complete 3          accepted  milestone.completed 3
      release 3           rejected  previous_milestone_unreleased (0)
      release 0           accepted  milestone.released 0 100.00 + payout.created 0 100.00
      release 3           accepted  milestone.released 3 100.00 + payout.created 3 100.00
      create 4            accepted  milestone.created 4 100.00
    `,
  );
  story(
    'funded, milestones PENDING',
    `
      cancel-milestone 0      accepted  milestone.cancelled 0
      create 0                rejected  milestone_index_taken (0)
      create 1 of 1000.00     accepted  milestone.created 1 1000.00
      refund                  rejected  nothing_to_refund
      cancel-milestone 1      accepted  milestone.cancelled 1
      refund of 1000.000001   rejected  refund_exceeds_unallocated (amount, 1000.00)
      refund                  accepted  escrow_order.refunded 1000.00 + escrow_order.completed
    `,
  );
});

describe('A reopened milestone is pending again, with all that follows', () => {
  story(
    'funded, milestones PENDING PENDING',
    `
      complete 0         accepted  milestone.completed 0
      reopen 0           accepted  milestone.reopened 0
      reopen 0           rejected  milestone_not_completed (0)
      release 0          rejected  milestone_not_completed (0)
      complete 1         rejected  previous_milestone_open (0)
      amend 0 of 120.00  accepted  milestone.amended 0 120.00 was 100.00
      complete 0         accepted  milestone.completed 0
      release 0          accepted  milestone.released 0 120.00 + payout.created 0 120.00
      reopen 0           rejected  milestone_already_released
    `,
  );
  story(
    'funded, milestones COMPLETED COMPLETED COMPLETED',
    `
      reopen 0            rejected  later_milestone_completed (1)
      reopen 1            rejected  later_milestone_completed (2)
      reopen 2            accepted  milestone.reopened 2
      reopen 1            accepted  milestone.reopened 1
      complete 2          rejected  previous_milestone_open (1)
      cancel-milestone 1  accepted  milestone.cancelled 1
      complete 2          accepted  milestone.completed 2
      reopen 0            rejected  later_milestone_completed (2)
      release 0           accepted  milestone.released 0 100.00 + payout.created 0 100.00
      release 2           accepted  milestone.released 2 100.00 + payout.created 2 100.00
    `,
  );
});

describe('What people wrote goes with the event', () => {
  const eventsOf = (state: string, words: string, details: CommandDetails) =>
    decide(given(state), { ...command(words), details } as Command, NOW);

  it('the new texts of an amended milestone, also that there is none any more', () => {
    const details = { description: null, percentage: 40 };
    const amended = { type: 'milestone.amended', index: 0, amount: '100.00', previousAmount: '100.00', details };
    expect(eventsOf('milestones PENDING', 'amend 0', details)).toEqual({ outcome: 'accepted', events: [amended] });
  });
  it.each([
    ['milestones PENDING', 'cancel-milestone 0', 'milestone.cancelled'],
    ['funded, milestones COMPLETED', 'reopen 0', 'milestone.reopened'],
    ['funded', 'refund of 1.00', 'escrow_order.refunded'],
    ['funded', 'cancel-order', 'escrow_order.cancelled'],
    ['empty', 'cancel-intent', 'escrow_order.cancelled'],
  ])('%s: the reason of %s', (state, words, type) => {
    const details = { reason: 'as agreed' };
    expect(eventsOf(state, words, details)).toMatchObject({ events: [{ type, details }] });
  });
  it('the reason an order is cancelled for stands once, with the order and not with each milestone', () => {
    const decision = eventsOf('funded, milestones COMPLETED PENDING', 'cancel-order', { reason: 'bankrupt' });
    expect(decision).toEqual({
      outcome: 'accepted',
      events: [
        { type: 'milestone.refunded', index: 0, amount: '100.00' },
        { type: 'milestone.cancelled', index: 1 },
        { type: 'escrow_order.cancelled', refundedAmount: '900.00', details: { reason: 'bankrupt' } },
      ],
    });
  });
});

import { describe } from 'vitest';
import { rules, story } from './support/table.ts';

// Columns: order  command  outcome. Amounts are 1000.00 for the order and 100.00 a milestone where none is given.

describe('A release may be of less than the milestone; the rest goes back to the buyer', () => {
  rules(`
    funded, milestone 0 COMPLETED of 300.00               release 0                accepted  milestone.released 0 300.00 + payout.created 0 300.00
    funded, milestone 0 COMPLETED of 300.00               release 0 of 300.00      accepted  milestone.released 0 300.00 + payout.created 0 300.00
    funded, milestone 0 COMPLETED of 300.00               release 0 of 300         accepted  milestone.released 0 300.00 + payout.created 0 300.00
    funded, milestone 0 COMPLETED of 300.00               release 0 of 299.999999  accepted  milestone.released 0 299.999999 back 0.000001 + payout.created 0 299.999999
    funded, milestone 0 COMPLETED of 300.00               release 0 of 0.000001    accepted  milestone.released 0 0.000001 back 299.999999 + payout.created 0 0.000001
    funded, milestone 0 COMPLETED of 300.00               release 0 of 300.000001  rejected  release_exceeds_milestone (amount)
    funded, milestone 0 COMPLETED of 300.00               release 0 of 1000.00     rejected  release_exceeds_milestone (amount)
    funded, milestone 0 COMPLETED of 300.00               release 0 of 1.0000001   rejected  invalid_command (amount)
    order of 10.00 USD, funded, milestone 0 COMPLETED of 0.02  release 0 of 0.01   accepted  milestone.released 0 0.01 back 0.01 + payout.created 0 0.01
    order of 1.00 DAI, funded, milestone 0 COMPLETED of 0.30  release 0 of 0.299999999999999999  accepted  milestone.released 0 0.299999999999999999 back 0.000000000000000001 + payout.created 0 0.299999999999999999
  `);
  story(
    'funded, milestone 0 COMPLETED of 300.00, milestone 1 PENDING of 600.00',
    `
      release 0 of 200.00  accepted  milestone.released 0 200.00 back 100.00 + payout.created 0 200.00
      release 0 of 100.00  rejected  milestone_already_released
      create 2 of 100.01   rejected  total_exceeds_order
      complete 1           accepted  milestone.completed 1
      refund               accepted  escrow_order.refunded 100.00
      release 1 of 0.01    accepted  milestone.released 1 0.01 back 599.99 + payout.created 1 0.01 + escrow_order.completed
    `,
  );
});

describe('An order is complete with the last of its money, whoever gets it', () => {
  rules(`
    funded, milestone 0 COMPLETED of 1000.00                                  release 0 of 300.00   accepted  milestone.released 0 300.00 back 700.00 + payout.created 0 300.00 + escrow_order.completed
    funded, milestone 0 COMPLETED of 999.999999                               release 0 of 300.00   accepted  milestone.released 0 300.00 back 699.999999 + payout.created 0 300.00
    funded, milestone 0 COMPLETED of 300.00                                   release 0             accepted  milestone.released 0 300.00 + payout.created 0 300.00
    funded, refunded 700.00, milestone 0 COMPLETED of 300.00                  release 0             accepted  milestone.released 0 300.00 + payout.created 0 300.00 + escrow_order.completed
    funded, refunded 699.99, milestone 0 COMPLETED of 300.00                  release 0             accepted  milestone.released 0 300.00 + payout.created 0 300.00
    funded, milestone 0 RELEASED of 300.00                                    refund                accepted  escrow_order.refunded 700.00 + escrow_order.completed
    funded, milestone 0 RELEASED of 300.00 paid 10.00                         refund                accepted  escrow_order.refunded 700.00 + escrow_order.completed
    funded, milestone 0 RELEASED of 300.00                                    refund of 699.999999  accepted  escrow_order.refunded 699.999999
    funded, refunded 600.00, milestone 0 RELEASED of 300.00                   refund of 100.00      accepted  escrow_order.refunded 100.00 + escrow_order.completed
    funded, milestone 0 COMPLETED of 300.00                                   refund                accepted  escrow_order.refunded 700.00
    funded, auto-release, refunded 900.00, milestones PENDING                 complete 0            accepted  milestone.completed 0 + milestone.released 0 100.00 + payout.created 0 100.00 + escrow_order.completed
  `);
  story(
    'funded, milestone 0 PENDING of 300.00, milestone 1 PENDING of 700.00',
    `
      complete 0           accepted  milestone.completed 0
      release 0            accepted  milestone.released 0 300.00 + payout.created 0 300.00
      cancel-milestone 1   accepted  milestone.cancelled 1
      refund of 699.99     accepted  escrow_order.refunded 699.99
      create 2 of 0.02     rejected  total_exceeds_order
      create 2 of 0.01     accepted  milestone.created 2 0.01
      refund               rejected  nothing_to_refund
      cancel-milestone 2   accepted  milestone.cancelled 2
      refund of 0.01       accepted  escrow_order.refunded 0.01 + escrow_order.completed
      refund               rejected  order_closed (COMPLETED)
    `,
  );
});

describe('Only what no milestone is allocated can be refunded', () => {
  rules(`
    funded                                                refund of 1000.00      accepted  escrow_order.refunded 1000.00 + escrow_order.completed
    funded                                                refund of 1000.000001  rejected  refund_exceeds_unallocated (amount, 1000.00)
    funded, milestones PENDING                            refund of 900.00       accepted  escrow_order.refunded 900.00
    funded, milestones PENDING                            refund of 900.000001   rejected  refund_exceeds_unallocated (amount, 900.00)
    funded, milestones COMPLETED                          refund of 900.000001   rejected  refund_exceeds_unallocated (amount, 900.00)
    funded, milestones CANCELLED                          refund of 1000.000001  rejected  refund_exceeds_unallocated (amount, 1000.00)
    funded, milestone 0 RELEASED of 300.00 paid 100.00    refund of 700.000001   rejected  refund_exceeds_unallocated (amount, 700.00)
    funded, milestone 0 PENDING of 999.999999             refund of 0.000001     accepted  escrow_order.refunded 0.000001
    funded, milestone 0 PENDING of 999.999999             refund of 0.000002     rejected  refund_exceeds_unallocated (amount, 0.000001)
    funded, milestone 0 PENDING of 1000.00                refund                 rejected  nothing_to_refund
    funded, refunded 900.00, milestones PENDING           refund                 rejected  nothing_to_refund
    funded, refunded 900.00, milestones CANCELLED         refund of 100.01       rejected  refund_exceeds_unallocated (amount, 100.00)
    funded                                                refund of 1.0000001    rejected  invalid_command (amount)
    funded                                                refund of 1            accepted  escrow_order.refunded 1.00
    funded, refunded 999.99                               create 0 of 0.01       accepted  milestone.created 0 0.01
    funded, refunded 999.99                               create 0 of 0.02       rejected  total_exceeds_order
  `);
});

describe('A cancelled order gives back all that was not released, and is closed', () => {
  rules(`
    funded, milestones RELEASED COMPLETED PENDING CANCELLED            cancel-order   accepted  milestone.refunded 1 100.00 + milestone.cancelled 2 + escrow_order.cancelled back 800.00
    funded, milestones RELEASED REFUNDED                               cancel-order   accepted  escrow_order.cancelled back 800.00
    funded, refunded 50.00, milestone 0 RELEASED of 300.00 paid 200.00  cancel-order   accepted  escrow_order.cancelled back 650.00
    funded, milestone 0 RELEASED of 999.999999                         cancel-order   accepted  escrow_order.cancelled back 0.000001
    milestones PENDING CANCELLED                                       cancel-order   accepted  milestone.cancelled 0 + escrow_order.cancelled back 0.00
    milestones PENDING PENDING                                         cancel-intent  accepted  milestone.cancelled 0 + milestone.cancelled 1 + escrow_order.cancelled back 0.00
  `);
  story(
    'funded, milestones RELEASED COMPLETED PENDING',
    `
      cancel-order         accepted  milestone.refunded 1 100.00 + milestone.cancelled 2 + escrow_order.cancelled back 800.00
      cancel-order         rejected  order_closed (CANCELLED)
      cancel-intent        rejected  order_already_funded
      refund               rejected  order_closed (CANCELLED)
      release 1            rejected  milestone_refunded
      amend 2 of 1.00      rejected  milestone_cancelled
      create 3             rejected  order_closed (CANCELLED)
      fund                 rejected  order_already_funded
    `,
  );
  story(
    'milestones PENDING',
    `
      cancel-intent        accepted  milestone.cancelled 0 + escrow_order.cancelled back 0.00
      cancel-intent        rejected  order_closed (CANCELLED)
      fund                 rejected  order_closed (CANCELLED)
      cancel-order         rejected  order_closed (CANCELLED)
    `,
  );
});

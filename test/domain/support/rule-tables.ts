/**
 * What becomes of each command in each situation. Columns: order, command, outcome. Amounts are 1000.00 for the order
 * and 100.00 a milestone where none is given.
 */
export const BY_MILESTONE_STATUS = `
  funded                         create 0    accepted  milestone.created 0 100.00
  funded                         complete 0  rejected  milestone_missing (0)
  funded                         release 0   rejected  milestone_missing (0)
  funded, milestone 0 PENDING    create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 PENDING    complete 0  accepted  milestone.completed 0
  funded, milestone 0 PENDING    release 0   rejected  milestone_not_completed (0)
  funded, milestone 0 COMPLETED  create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 COMPLETED  complete 0  rejected  milestone_already_completed (0)
  funded, milestone 0 COMPLETED  release 0   accepted  milestone.released 0 100.00 + payout.created 0 100.00
  funded, milestone 0 RELEASED   create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 RELEASED   complete 0  rejected  milestone_already_released
  funded, milestone 0 RELEASED   release 0   rejected  milestone_already_released
  funded, milestone 0 CANCELLED  create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 CANCELLED  complete 0  rejected  milestone_cancelled
  funded, milestone 0 CANCELLED  release 0   rejected  milestone_cancelled
  funded, milestone 0 REFUNDED   create 0    rejected  milestone_index_taken (0)
  funded, milestone 0 REFUNDED   complete 0  rejected  milestone_refunded
  funded, milestone 0 REFUNDED   release 0   rejected  milestone_refunded
  funded                         amend 0 of 250.00            rejected  milestone_missing (0)
  funded                         cancel-milestone 0           rejected  milestone_missing (0)
  funded                         reopen 0                     rejected  milestone_missing (0)
  funded                         release 0 of 60.00           rejected  milestone_missing (0)
  funded, milestone 0 PENDING    amend 0 of 250.00            accepted  milestone.amended 0 250.00 was 100.00
  funded, milestone 0 PENDING    cancel-milestone 0           accepted  milestone.cancelled 0
  funded, milestone 0 PENDING    reopen 0                     rejected  milestone_not_completed (0)
  funded, milestone 0 PENDING    release 0 of 60.00           rejected  milestone_not_completed (0)
  funded, milestone 0 COMPLETED  amend 0 of 250.00            rejected  milestone_already_completed (0)
  funded, milestone 0 COMPLETED  cancel-milestone 0           rejected  milestone_already_completed (0)
  funded, milestone 0 COMPLETED  reopen 0                     accepted  milestone.reopened 0
  funded, milestone 0 COMPLETED  release 0 of 60.00           accepted  milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
  funded, milestone 0 RELEASED   amend 0 of 250.00            rejected  milestone_already_released
  funded, milestone 0 RELEASED   cancel-milestone 0           rejected  milestone_already_released
  funded, milestone 0 RELEASED   reopen 0                     rejected  milestone_already_released
  funded, milestone 0 RELEASED   release 0 of 60.00           rejected  milestone_already_released
  funded, milestone 0 CANCELLED  amend 0 of 250.00            rejected  milestone_cancelled
  funded, milestone 0 CANCELLED  cancel-milestone 0           rejected  milestone_cancelled
  funded, milestone 0 CANCELLED  reopen 0                     rejected  milestone_cancelled
  funded, milestone 0 CANCELLED  release 0 of 60.00           rejected  milestone_cancelled
  funded, milestone 0 REFUNDED   amend 0 of 250.00            rejected  milestone_refunded
  funded, milestone 0 REFUNDED   cancel-milestone 0           rejected  milestone_refunded
  funded, milestone 0 REFUNDED   reopen 0                     rejected  milestone_refunded
  funded, milestone 0 REFUNDED   release 0 of 60.00           rejected  milestone_refunded
  funded                         cancel-order                 accepted  escrow_order.cancelled back 1000.00
  funded, milestone 0 PENDING    cancel-order                 accepted  milestone.cancelled 0 + escrow_order.cancelled back 1000.00
  funded, milestone 0 COMPLETED  cancel-order                 accepted  milestone.refunded 0 100.00 + escrow_order.cancelled back 900.00
  funded, milestone 0 RELEASED   cancel-order                 accepted  escrow_order.cancelled back 900.00
  funded, milestone 0 CANCELLED  cancel-order                 accepted  escrow_order.cancelled back 1000.00
  funded, milestone 0 REFUNDED   cancel-order                 accepted  escrow_order.cancelled back 900.00
  funded                         refund                       accepted  escrow_order.refunded 1000.00 + escrow_order.completed
  funded, milestone 0 PENDING    refund                       accepted  escrow_order.refunded 900.00
  funded, milestone 0 COMPLETED  refund                       accepted  escrow_order.refunded 900.00
  funded, milestone 0 RELEASED   refund                       accepted  escrow_order.refunded 900.00 + escrow_order.completed
  funded, milestone 0 CANCELLED  refund                       accepted  escrow_order.refunded 1000.00 + escrow_order.completed
  funded, milestone 0 REFUNDED   refund                       accepted  escrow_order.refunded 900.00 + escrow_order.completed
  empty                          cancel-intent                accepted  escrow_order.cancelled back 0.00
  milestone 0 PENDING            cancel-intent                accepted  milestone.cancelled 0 + escrow_order.cancelled back 0.00
  milestone 0 CANCELLED          cancel-intent                accepted  escrow_order.cancelled back 0.00
  funded, milestone 0 PENDING    cancel-intent                rejected  order_already_funded
  funded, milestone 0 COMPLETED  cancel-intent                rejected  order_already_funded
  funded, milestone 0 RELEASED   cancel-intent                rejected  order_already_funded
  funded, milestone 0 CANCELLED  cancel-intent                rejected  order_already_funded
  funded, milestone 0 REFUNDED   cancel-intent                rejected  order_already_funded
`;

export const BY_ORDER_STATUS = `
  empty                               fund        accepted  escrow_order.funded 1000.00
  empty                               cancel x    rejected  command_not_held
  empty                               create 0    accepted  milestone.created 0 100.00
  milestone 0 PENDING                 complete 0  rejected  order_not_funded
  milestone 0 PENDING                 release 0   rejected  order_not_funded
  funded                              fund        rejected  order_already_funded
  funded, held create 2 as x          cancel x    accepted  command.cancelled x
  disputed, funded                    fund        rejected  order_already_funded
  disputed, funded, held create 2 as x  cancel x    accepted  command.cancelled x
  disputed, funded                    create 0    rejected  order_disputed
  disputed 0, funded, milestones PENDING  create 1  accepted  milestone.created 1 100.00
  completed                           fund        rejected  order_already_funded
  completed                           cancel x    rejected  command_not_held
  completed                           create 1    rejected  order_closed (COMPLETED)
  completed                           complete 0  rejected  milestone_already_released
  completed                           release 0   rejected  milestone_already_released
  order CANCELLED                     fund        rejected  order_closed (CANCELLED)
  order CANCELLED                     cancel x    rejected  command_not_held
  order CANCELLED                     create 0    rejected  order_closed (CANCELLED)
  order CANCELLED                     complete 0  rejected  order_closed (CANCELLED)
  order CANCELLED                     release 0   rejected  order_closed (CANCELLED)
  milestone 0 PENDING                 amend 0 of 250.00    accepted  milestone.amended 0 250.00 was 100.00
  milestone 0 PENDING                 cancel-milestone 0   accepted  milestone.cancelled 0
  milestone 0 PENDING                 reopen 0             rejected  milestone_not_completed (0)
  milestone 0 PENDING                 release 0 of 60.00   rejected  order_not_funded
  empty                               refund               rejected  order_not_funded
  empty                               cancel-order         accepted  escrow_order.cancelled back 0.00
  empty                               cancel-intent        accepted  escrow_order.cancelled back 0.00
  funded, milestone 0 PENDING         amend 0 of 250.00    accepted  milestone.amended 0 250.00 was 100.00
  funded, milestone 0 PENDING         cancel-milestone 0   accepted  milestone.cancelled 0
  funded, milestone 0 COMPLETED       reopen 0             accepted  milestone.reopened 0
  funded, milestone 0 COMPLETED       release 0 of 60.00   accepted  milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
  funded                              refund of 1000.01    rejected  refund_exceeds_unallocated (amount, 1000.00)
  funded                              refund of 60.00      accepted  escrow_order.refunded 60.00
  funded                              cancel-order         accepted  escrow_order.cancelled back 1000.00
  funded                              cancel-intent        rejected  order_already_funded
  disputed, funded, milestone 0 PENDING        amend 0 of 250.00   rejected  order_disputed
  disputed, funded, milestone 0 PENDING        cancel-milestone 0  rejected  order_disputed
  disputed 0, funded, milestone 0 COMPLETED    reopen 0            rejected  milestone_disputed (0)
  disputed 0, funded, milestone 0 COMPLETED    release 0 of 60.00  rejected  milestone_disputed (0)
  disputed, funded, milestone 0 PENDING        complete 0          rejected  order_disputed
  disputed, funded                    refund of 60.00      rejected  order_disputed
  disputed 0, funded, milestones PENDING  refund of 60.00  accepted  escrow_order.refunded 60.00
  disputed, funded                    cancel-order         rejected  order_disputed
  disputed, funded                    cancel-intent        rejected  order_already_funded
  completed                           amend 0 of 250.00    rejected  milestone_already_released
  completed                           cancel-milestone 0   rejected  milestone_already_released
  completed                           reopen 0             rejected  milestone_already_released
  completed                           release 0 of 60.00   rejected  milestone_already_released
  completed                           refund               rejected  order_closed (COMPLETED)
  completed                           cancel-order         rejected  order_closed (COMPLETED)
  completed                           cancel-intent        rejected  order_already_funded
  order CANCELLED                     amend 0 of 250.00    rejected  order_closed (CANCELLED)
  order CANCELLED                     cancel-milestone 0   rejected  order_closed (CANCELLED)
  order CANCELLED                     reopen 0             rejected  order_closed (CANCELLED)
  order CANCELLED                     release 0 of 60.00   rejected  order_closed (CANCELLED)
  order CANCELLED                     refund               rejected  order_closed (CANCELLED)
  order CANCELLED                     cancel-order         rejected  order_closed (CANCELLED)
  order CANCELLED                     cancel-intent        rejected  order_closed (CANCELLED)
  funded, refunded 1000.00, order CANCELLED   cancel-order   rejected  order_closed (CANCELLED)
  funded, refunded 1000.00, order CANCELLED   refund         rejected  order_closed (CANCELLED)
  funded, refunded 1000.00, order CANCELLED   cancel-intent  rejected  order_already_funded
  funded, refunded 1000.00, order CANCELLED   fund           rejected  order_already_funded
  funded, refunded 1000.00, order COMPLETED   create 0       rejected  order_closed (COMPLETED)
  funded, refunded 1000.00, order COMPLETED   refund         rejected  order_closed (COMPLETED)
`;

export const BY_RELEASE_TYPE = `
  DELIVERY_PROOF          create 0    rejected  order_not_milestone_locked (DELIVERY_PROOF)
  DELIVERY_PROOF, funded  complete 0  rejected  order_not_milestone_locked (DELIVERY_PROOF)
  DELIVERY_PROOF, funded  release 0   rejected  order_not_milestone_locked (DELIVERY_PROOF)
  TIME_LOCKED             create 0    rejected  order_not_milestone_locked (TIME_LOCKED)
  AUTO_RELEASE            create 0    rejected  order_not_milestone_locked (AUTO_RELEASE)
  DELIVERY_PROOF          fund        accepted  escrow_order.funded 1000.00
  TIME_LOCKED, funded     fund        rejected  order_already_funded
  AUTO_RELEASE            cancel x    rejected  command_not_held
  DELIVERY_PROOF          amend 0         rejected  order_not_milestone_locked (DELIVERY_PROOF)
  TIME_LOCKED             cancel-milestone 0  rejected  order_not_milestone_locked (TIME_LOCKED)
  AUTO_RELEASE, funded    reopen 0        rejected  order_not_milestone_locked (AUTO_RELEASE)
  DELIVERY_PROOF, funded  release 0 of 60.00  rejected  order_not_milestone_locked (DELIVERY_PROOF)
  DELIVERY_PROOF, funded  refund of 60.00  accepted  escrow_order.refunded 60.00
  DELIVERY_PROOF, funded  refund          accepted  escrow_order.refunded 1000.00 + escrow_order.completed
  TIME_LOCKED, funded     cancel-order    accepted  escrow_order.cancelled back 1000.00
  AUTO_RELEASE            cancel-intent   accepted  escrow_order.cancelled back 0.00
`;

export const IN_ORDER_OF_THEIR_INDEX = `
  empty                                             create 1    rejected  previous_milestone_missing (0)
  milestone 0 PENDING                               create 3    rejected  previous_milestone_missing (2)
  milestone 0 PENDING                               create 1    accepted  milestone.created 1 100.00
  milestone 0 CANCELLED                             create 1    accepted  milestone.created 1 100.00
  funded, milestones PENDING PENDING                complete 1  rejected  previous_milestone_open (0)
  funded, milestones COMPLETED PENDING              complete 1  accepted  milestone.completed 1
  funded, milestones RELEASED PENDING               complete 1  accepted  milestone.completed 1
  funded, milestones CANCELLED PENDING              complete 1  accepted  milestone.completed 1
  funded, milestones REFUNDED PENDING               complete 1  accepted  milestone.completed 1
  funded, milestones PENDING PENDING                release 1   rejected  previous_milestone_unreleased (0)
  funded, milestones COMPLETED COMPLETED            release 1   rejected  previous_milestone_unreleased (0)
  funded, milestones RELEASED COMPLETED             release 1   accepted  milestone.released 1 100.00 + payout.created 1 100.00
  funded, milestones CANCELLED COMPLETED            release 1   accepted  milestone.released 1 100.00 + payout.created 1 100.00
  funded, milestones REFUNDED COMPLETED             release 1   accepted  milestone.released 1 100.00 + payout.created 1 100.00
  funded, milestones RELEASED PENDING               release 1   rejected  milestone_not_completed (1)
  funded, milestones PENDING PENDING PENDING        complete 2  rejected  previous_milestone_open (1)
  funded, milestones PENDING CANCELLED PENDING      complete 2  rejected  previous_milestone_open (0)
  funded, milestones PENDING REFUNDED PENDING       complete 2  rejected  previous_milestone_open (0)
  funded, milestones COMPLETED CANCELLED PENDING    complete 2  accepted  milestone.completed 2
  funded, milestones COMPLETED CANCELLED COMPLETED  release 2   rejected  previous_milestone_unreleased (0)
  funded, milestones COMPLETED REFUNDED COMPLETED   release 2   rejected  previous_milestone_unreleased (0)
  funded, milestones RELEASED CANCELLED COMPLETED   release 2   accepted  milestone.released 2 100.00 + payout.created 2 100.00
  funded, milestones COMPLETED CANCELLED COMPLETED  reopen 2            accepted  milestone.reopened 2
  funded, milestones COMPLETED COMPLETED COMPLETED  reopen 0            rejected  later_milestone_completed (1)
  funded, milestones COMPLETED CANCELLED COMPLETED  reopen 0            rejected  later_milestone_completed (2)
  funded, milestones COMPLETED CANCELLED PENDING    reopen 0            accepted  milestone.reopened 0
  funded, milestones RELEASED COMPLETED PENDING     reopen 1            accepted  milestone.reopened 1
  funded, milestones PENDING PENDING                cancel-milestone 1  accepted  milestone.cancelled 1
  funded, milestones COMPLETED PENDING              cancel-milestone 1  accepted  milestone.cancelled 1
  funded, milestones PENDING PENDING                amend 1 of 250.00   accepted  milestone.amended 1 250.00 was 100.00
`;

/** Of a milestone's payout in each of its states; the order may be closed. */
export const PAYOUTS = `
  funded, milestone 0 RELEASED of 100.00 payout PENDING             settle 0 PAID      accepted  payout.paid 0 100.00
  funded, milestone 0 RELEASED of 100.00 payout PENDING             settle 0 FAILED    accepted  payout.failed 0 100.00
  funded, milestone 0 RELEASED of 100.00 payout PENDING             retry 0            rejected  payout_not_failed
  funded, milestone 0 RELEASED of 100.00 payout FAILED              settle 0 PAID      rejected  payout_not_pending
  funded, milestone 0 RELEASED of 100.00 payout FAILED              retry 0            accepted  payout.retried 0 100.00
  funded, milestone 0 RELEASED of 100.00 payout FAILED              retry 0 by buyer   rejected  role_not_allowed (buyer)
  funded, milestone 0 RELEASED of 100.00 payout PAID                settle 0 FAILED    rejected  payout_not_pending
  funded, milestone 0 RELEASED of 100.00 payout PAID                retry 0            rejected  payout_not_failed
  funded, milestone 0 RELEASED of 1000.00 payout FAILED, order COMPLETED  retry 0      accepted  payout.retried 0 1000.00
  funded, milestone 0 RELEASED of 1000.00 payout PENDING, order COMPLETED  settle 0 PAID  accepted  payout.paid 0 1000.00
  funded, milestones COMPLETED                                      settle 0 PAID      rejected  payout_missing
  completed                                                         settle order PAID  rejected  payout_missing
  completed                                                         retry order        rejected  payout_missing
`;

/** Several reasons hold on every line; the last column names those that are passed over. */
export const PRECEDENCE = `
  DELIVERY_PROOF, order CANCELLED         create 0                          rejected  order_not_milestone_locked (DELIVERY_PROOF)  over order_closed
  DELIVERY_PROOF                          create 0 of 1000.01               rejected  order_not_milestone_locked (DELIVERY_PROOF)  over total_exceeds_order
  DELIVERY_PROOF                          complete 0                        rejected  order_not_milestone_locked (DELIVERY_PROOF)  over order_not_funded
  completed                               fund                              rejected  order_already_funded                         over order_closed
  completed                               create 0                          rejected  order_closed (COMPLETED)                     over milestone_index_taken
  order CANCELLED                         complete 0                        rejected  order_closed (CANCELLED)                     over order_not_funded
  order CANCELLED, milestones CANCELLED   create 0                          rejected  order_closed (CANCELLED)                     over milestone_index_taken
  order CANCELLED                         create 0 of 1000.01               rejected  order_closed (CANCELLED)                     over total_exceeds_order
  order CANCELLED                         create 5                          rejected  order_closed (CANCELLED)                     over previous_milestone_missing
  milestones PENDING                      create 0 of 0.0000001             rejected  invalid_command (amount)                     over milestone_index_taken
  empty                                   create 0 of 1000.0000001          rejected  invalid_command (amount)                     over total_exceeds_order
  milestones PENDING                      create 0 of 1000.01               rejected  milestone_index_taken (0)                    over total_exceeds_order
  empty                                   create 5 of 1000.01               rejected  total_exceeds_order                          over previous_milestone_missing
  empty                                   create 5 of 1000.01 wait forever  rejected  total_exceeds_order                          over previous_milestone_missing
  DELIVERY_PROOF                          create 0 of 0.0000001             rejected  invalid_command (amount)                     over order_not_milestone_locked
  order CANCELLED                         create 0 of 0.0000001             rejected  invalid_command (amount)                     over order_closed
  empty                                   complete 0                        rejected  order_not_funded                             over milestone_missing
  empty                                   release 0                         rejected  order_not_funded                             over milestone_missing
  milestones PENDING PENDING              complete 1                        rejected  order_not_funded                             over previous_milestone_open
  funded                                  complete 5                        rejected  milestone_missing (5)                        over previous_milestone_missing
  funded, milestones PENDING CANCELLED    complete 1                        rejected  milestone_cancelled                          over previous_milestone_open
  funded, milestones COMPLETED CANCELLED  release 1                         rejected  milestone_cancelled                          over milestone_not_completed
  funded, milestones PENDING PENDING      release 1                         rejected  previous_milestone_unreleased (0)            over milestone_not_completed
  funded, milestones COMPLETED REFUNDED   release 1                         rejected  milestone_refunded                           over previous_milestone_unreleased
  DELIVERY_PROOF                          amend 0 of 0.0000001              rejected  invalid_command (amount)                     over order_not_milestone_locked
  completed                               release 0 of 0.0000001            rejected  invalid_command (amount)                     over order_closed
  empty                                   refund of 0.0000001               rejected  invalid_command (amount)                     over order_not_funded
  DELIVERY_PROOF, order CANCELLED         reopen 0                          rejected  order_not_milestone_locked (DELIVERY_PROOF)  over order_closed
  DELIVERY_PROOF                          cancel-milestone 0                rejected  order_not_milestone_locked (DELIVERY_PROOF)  over milestone_missing
  completed                               cancel-intent                     rejected  order_already_funded                         over order_closed
  order CANCELLED                         refund                            rejected  order_closed (CANCELLED)                     over order_not_funded
  completed                               refund                            rejected  order_closed (COMPLETED)                     over nothing_to_refund
  completed                               refund of 1.00                    rejected  order_closed (COMPLETED)                     over refund_exceeds_unallocated
  order CANCELLED                         amend 0 of 1000.01                rejected  order_closed (CANCELLED)                     over milestone_missing
  milestones PENDING                      release 0 of 100.01               rejected  order_not_funded                             over release_exceeds_milestone
  milestone 0 PENDING of 1000.00          refund                            rejected  order_not_funded                             over nothing_to_refund
  milestone 0 PENDING of 100.00           refund of 900.01                  rejected  order_not_funded                             over refund_exceeds_unallocated
  funded, milestone 0 PENDING of 1000.00  refund of 0.01                    rejected  nothing_to_refund                            over refund_exceeds_unallocated
  funded, milestones RELEASED             release 0 of 100.01               rejected  milestone_already_released                   over release_exceeds_milestone
  funded, milestones CANCELLED            release 0 of 100.01               rejected  milestone_cancelled                          over release_exceeds_milestone
  funded, milestones REFUNDED             release 0 of 100.01               rejected  milestone_refunded                           over release_exceeds_milestone
  funded, milestones COMPLETED COMPLETED  release 1 of 100.01               rejected  release_exceeds_milestone (amount)           over previous_milestone_unreleased
  funded, milestones PENDING              release 0 of 100.01               rejected  release_exceeds_milestone (amount)           over milestone_not_completed
  funded, milestones PENDING              release 0 of 100.01 wait forever  rejected  release_exceeds_milestone (amount)           over milestone_not_completed
  funded, milestones COMPLETED COMPLETED  reopen 0                          rejected  later_milestone_completed (1)                over previous_milestone_unreleased
  funded                                  create 0 of 0.0000001 by buyer    rejected  invalid_command (amount)                     over role_not_allowed
  completed                               create 1 by buyer                 rejected  role_not_allowed (buyer)                     over order_closed
  DELIVERY_PROOF, funded                  complete 0 by buyer               rejected  role_not_allowed (buyer)                     over order_not_milestone_locked
  live, funded, refunded 1000.00, order COMPLETED  advance 60               rejected  test_mode_only                               over order_closed
  completed                               batch 1:0.0000001                 rejected  invalid_command (milestones[0].amount)       over order_closed
  milestones PENDING                      batch 0:1000.01                   rejected  milestone_index_taken (0, milestones[0].milestoneIndex)  over total_exceeds_order
  disputed, funded                        batch 1:10.00                     rejected  order_disputed                               over previous_milestone_missing
  empty                                   batch 1:1000.01                   rejected  total_exceeds_order (milestones[0].amount)   over previous_milestone_missing
  completed                               raise                             rejected  order_closed (COMPLETED)                     over dispute_already_raised
  empty                                   raise 0                           rejected  order_not_funded                             over milestone_missing
  funded, disputed, milestone 0 COMPLETED of 100.00 ends 5000  extend 0 by-seconds 7776001  rejected  extension_too_long (seconds, 7776000, 7776001)  over order_disputed
  disputed, funded                        raise 0                           rejected  dispute_already_raised                       over milestone_missing
  disputed 1, funded, milestones PENDING PENDING, held resolve MERCHANT_WON as x    withdraw by buyer  rejected  role_not_allowed (buyer)     over dispute_decided
  disputed, funded, window 60             raise 0 window 59                 rejected  dispute_already_raised                       over dispute_window_refused
  funded, window 60                       raise 0 window 59                 rejected  dispute_window_refused (disputeWindow, 60, 7776000, 59)  over milestone_missing
  completed                               resolve BUYER_WON                 rejected  order_closed (COMPLETED)                     over dispute_missing
  funded                                  resolve PARTIAL_REFUND 1.00 1.00  rejected  dispute_missing                              over split_mismatch
  disputed 1, funded, milestones PENDING PENDING  resolve PARTIAL_REFUND 1.00 1.00  rejected  split_mismatch (100.00)              over previous_milestone_unreleased
  disputed, funded, milestone 0 COMPLETED  release 0 of 100.01              rejected  release_exceeds_milestone (amount)           over order_disputed
  disputed 0, funded, milestone 0 PENDING  amend 0 of 1000.01               rejected  total_exceeds_order                          over milestone_disputed
  disputed 1, funded, milestones COMPLETED COMPLETED  release 1             rejected  milestone_disputed (1)                       over previous_milestone_unreleased
  disputed 0, funded, milestones PENDING PENDING  complete 1                rejected  milestone_disputed (0)                       over previous_milestone_open
  milestone 0 PENDING, onOverdue refund, disputed, funded  amend 0 due 1000  rejected  order_disputed                              over due_date_passed
  milestones PENDING, onOverdue refund    create 2 due 1000                 rejected  previous_milestone_missing (1)               over due_date_passed
  milestones PENDING, onOverdue refund    create 1 of 950.00 due 1000       rejected  total_exceeds_order                          over due_date_passed
  onOverdue refund                        batch 1:10.00:1000                rejected  previous_milestone_missing (0, milestones[0].milestoneIndex)  over due_date_passed
  onOverdue refund                        create 0 due 1000                 rejected  due_date_passed (dueAt, 1000, 1000)          over held_commands_full
  disputed, funded                        create 5                          rejected  order_disputed                               over previous_milestone_missing
`;

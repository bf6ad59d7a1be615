/**
 * What becomes of every command about milestone 1, in every status of it and in every situation of its order: the
 * specification that transition-table.test.ts checks and docs/LIFECYCLE.md shows.
 *
 * Each command is willing to wait: `held …` would be the refusal of one that is not. Senders are those who may.
 */
export const TRANSITIONS: Record<string, string> = {
  'order PENDING': `
    command                             missing                 PENDING                       COMPLETED                    RELEASED                    CANCELLED              REFUNDED
    create 1 of 50.00                   accepted                milestone_index_taken         milestone_index_taken        milestone_index_taken       milestone_index_taken  milestone_index_taken
    batch 1:50.00                       accepted                milestone_index_taken         milestone_index_taken        milestone_index_taken       milestone_index_taken  milestone_index_taken
    amend 1 of 120.00                   held milestone_missing  accepted                      milestone_already_completed  milestone_already_released  milestone_cancelled    milestone_refunded
    cancel-milestone 1                  held milestone_missing  accepted                      milestone_already_completed  milestone_already_released  milestone_cancelled    milestone_refunded
    complete 1                          held milestone_missing  accepted                      milestone_already_completed  milestone_already_released  milestone_cancelled    milestone_refunded
    reopen 1                            held milestone_missing  milestone_not_completed       accepted                     milestone_already_released  milestone_cancelled    milestone_refunded
    extend 1                            held milestone_missing  inspection_not_running        accepted                     milestone_already_released  milestone_cancelled    milestone_refunded
    release 1                           held milestone_missing  held milestone_not_completed  accepted                     milestone_already_released  milestone_cancelled    milestone_refunded
    remind 1                            deadline_not_reached    deadline_not_reached          accepted                     deadline_not_reached        deadline_not_reached   deadline_not_reached
    expire 1                            deadline_not_reached    accepted                      deadline_not_reached         deadline_not_reached        deadline_not_reached   deadline_not_reached
    raise 1                             held milestone_missing  accepted                      accepted                     milestone_already_released  milestone_cancelled    milestone_refunded
    raise                               accepted                accepted                      accepted                     accepted                    accepted               accepted
    resolve MERCHANT_WON                dispute_missing         dispute_missing               dispute_missing              dispute_missing             dispute_missing        dispute_missing
    resolve BUYER_WON                   dispute_missing         dispute_missing               dispute_missing              dispute_missing             dispute_missing        dispute_missing
    resolve PARTIAL_REFUND 60.00 40.00  dispute_missing         dispute_missing               dispute_missing              dispute_missing             dispute_missing        dispute_missing
    withdraw                            dispute_missing         dispute_missing               dispute_missing              dispute_missing             dispute_missing        dispute_missing
    fund                                order_already_funded    order_already_funded          order_already_funded         order_already_funded        order_already_funded   order_already_funded
    refund                              accepted                accepted                      accepted                     accepted                    accepted               accepted
    cancel-order                        accepted                accepted                      accepted                     accepted                    accepted               accepted
    cancel-intent                       order_already_funded    order_already_funded          order_already_funded         order_already_funded        order_already_funded   order_already_funded
    advance 60                          accepted                accepted                      accepted                     accepted                    accepted               accepted
    settle 1 PAID                       payout_missing          payout_missing                payout_missing               accepted                    payout_missing         payout_missing
    retry 1                             payout_missing          payout_missing                payout_missing               payout_not_failed           payout_missing         payout_missing
    cancel x                            accepted                accepted                      accepted                     accepted                    accepted               accepted
  `,
  unfunded: `
    command                             missing                 PENDING                  CANCELLED
    create 1 of 50.00                   accepted                milestone_index_taken    milestone_index_taken
    batch 1:50.00                       accepted                milestone_index_taken    milestone_index_taken
    amend 1 of 120.00                   held milestone_missing  accepted                 milestone_cancelled
    cancel-milestone 1                  held milestone_missing  accepted                 milestone_cancelled
    complete 1                          order_not_funded        order_not_funded         order_not_funded
    reopen 1                            held milestone_missing  milestone_not_completed  milestone_cancelled
    extend 1                            held milestone_missing  inspection_not_running   milestone_cancelled
    release 1                           order_not_funded        order_not_funded         order_not_funded
    remind 1                            deadline_not_reached    deadline_not_reached     deadline_not_reached
    expire 1                            deadline_not_reached    accepted                 deadline_not_reached
    raise 1                             order_not_funded        order_not_funded         order_not_funded
    raise                               order_not_funded        order_not_funded         order_not_funded
    resolve MERCHANT_WON                dispute_missing         dispute_missing          dispute_missing
    resolve BUYER_WON                   dispute_missing         dispute_missing          dispute_missing
    resolve PARTIAL_REFUND 60.00 40.00  dispute_missing         dispute_missing          dispute_missing
    withdraw                            dispute_missing         dispute_missing          dispute_missing
    fund                                accepted                accepted                 accepted
    refund                              order_not_funded        order_not_funded         order_not_funded
    cancel-order                        accepted                accepted                 accepted
    cancel-intent                       accepted                accepted                 accepted
    advance 60                          accepted                accepted                 accepted
    settle 1 PAID                       payout_missing          payout_missing           payout_missing
    retry 1                             payout_missing          payout_missing           payout_missing
    cancel x                            accepted                accepted                 accepted
  `,
  'DISPUTED, this milestone': `
    command                             PENDING                  COMPLETED
    create 1 of 50.00                   milestone_index_taken    milestone_index_taken
    batch 1:50.00                       milestone_index_taken    milestone_index_taken
    amend 1 of 120.00                   held milestone_disputed  milestone_already_completed
    cancel-milestone 1                  held milestone_disputed  milestone_already_completed
    complete 1                          held milestone_disputed  milestone_already_completed
    reopen 1                            milestone_not_completed  held milestone_disputed
    extend 1                            inspection_not_running   held milestone_disputed
    release 1                           held milestone_disputed  held milestone_disputed
    remind 1                            deadline_not_reached     deadline_not_reached
    expire 1                            deadline_not_reached     deadline_not_reached
    raise 1                             dispute_already_raised   dispute_already_raised
    raise                               dispute_already_raised   dispute_already_raised
    resolve MERCHANT_WON                accepted                 accepted
    resolve BUYER_WON                   accepted                 accepted
    resolve PARTIAL_REFUND 60.00 40.00  accepted                 accepted
    withdraw                            accepted                 accepted
    fund                                order_already_funded     order_already_funded
    refund                              accepted                 accepted
    cancel-order                        held order_disputed      held order_disputed
    cancel-intent                       order_already_funded     order_already_funded
    advance 60                          accepted                 accepted
    settle 1 PAID                       payout_missing           payout_missing
    retry 1                             payout_missing           payout_missing
    cancel x                            accepted                 accepted
  `,
  'DISPUTED, an earlier milestone': `
    command                             missing                 PENDING                  COMPLETED                    CANCELLED               REFUNDED
    create 1 of 50.00                   accepted                milestone_index_taken    milestone_index_taken        milestone_index_taken   milestone_index_taken
    batch 1:50.00                       accepted                milestone_index_taken    milestone_index_taken        milestone_index_taken   milestone_index_taken
    amend 1 of 120.00                   held milestone_missing  held milestone_disputed  milestone_already_completed  milestone_cancelled     milestone_refunded
    cancel-milestone 1                  held milestone_missing  held milestone_disputed  milestone_already_completed  milestone_cancelled     milestone_refunded
    complete 1                          held milestone_missing  held milestone_disputed  milestone_already_completed  milestone_cancelled     milestone_refunded
    reopen 1                            held milestone_missing  milestone_not_completed  held milestone_disputed      milestone_cancelled     milestone_refunded
    extend 1                            held milestone_missing  inspection_not_running   held milestone_disputed      milestone_cancelled     milestone_refunded
    release 1                           held milestone_missing  held milestone_disputed  held milestone_disputed      milestone_cancelled     milestone_refunded
    remind 1                            deadline_not_reached    deadline_not_reached     deadline_not_reached         deadline_not_reached    deadline_not_reached
    expire 1                            deadline_not_reached    deadline_not_reached     deadline_not_reached         deadline_not_reached    deadline_not_reached
    raise 1                             dispute_already_raised  dispute_already_raised   dispute_already_raised       dispute_already_raised  dispute_already_raised
    raise                               dispute_already_raised  dispute_already_raised   dispute_already_raised       dispute_already_raised  dispute_already_raised
    resolve MERCHANT_WON                accepted                accepted                 accepted                     accepted                accepted
    resolve BUYER_WON                   accepted                accepted                 accepted                     accepted                accepted
    resolve PARTIAL_REFUND 60.00 40.00  accepted                accepted                 accepted                     accepted                accepted
    withdraw                            accepted                accepted                 accepted                     accepted                accepted
    fund                                order_already_funded    order_already_funded     order_already_funded         order_already_funded    order_already_funded
    refund                              accepted                accepted                 accepted                     accepted                accepted
    cancel-order                        held order_disputed     held order_disputed      held order_disputed          held order_disputed     held order_disputed
    cancel-intent                       order_already_funded    order_already_funded     order_already_funded         order_already_funded    order_already_funded
    advance 60                          accepted                accepted                 accepted                     accepted                accepted
    settle 1 PAID                       payout_missing          payout_missing           payout_missing               payout_missing          payout_missing
    retry 1                             payout_missing          payout_missing           payout_missing               payout_missing          payout_missing
    cancel x                            accepted                accepted                 accepted                     accepted                accepted
  `,
  'DISPUTED, a later milestone': `
    command                             PENDING                             COMPLETED                           RELEASED                    CANCELLED               REFUNDED
    create 1 of 50.00                   milestone_index_taken               milestone_index_taken               milestone_index_taken       milestone_index_taken   milestone_index_taken
    batch 1:50.00                       milestone_index_taken               milestone_index_taken               milestone_index_taken       milestone_index_taken   milestone_index_taken
    amend 1 of 120.00                   accepted                            milestone_already_completed         milestone_already_released  milestone_cancelled     milestone_refunded
    cancel-milestone 1                  accepted                            milestone_already_completed         milestone_already_released  milestone_cancelled     milestone_refunded
    complete 1                          accepted                            milestone_already_completed         milestone_already_released  milestone_cancelled     milestone_refunded
    reopen 1                            milestone_not_completed             accepted                            milestone_already_released  milestone_cancelled     milestone_refunded
    extend 1                            inspection_not_running              accepted                            milestone_already_released  milestone_cancelled     milestone_refunded
    release 1                           held milestone_not_completed        accepted                            milestone_already_released  milestone_cancelled     milestone_refunded
    remind 1                            deadline_not_reached                accepted                            deadline_not_reached        deadline_not_reached    deadline_not_reached
    expire 1                            accepted                            deadline_not_reached                deadline_not_reached        deadline_not_reached    deadline_not_reached
    raise 1                             dispute_already_raised              dispute_already_raised              dispute_already_raised      dispute_already_raised  dispute_already_raised
    raise                               dispute_already_raised              dispute_already_raised              dispute_already_raised      dispute_already_raised  dispute_already_raised
    resolve MERCHANT_WON                held previous_milestone_unreleased  held previous_milestone_unreleased  accepted                    accepted                accepted
    resolve BUYER_WON                   accepted                            accepted                            accepted                    accepted                accepted
    resolve PARTIAL_REFUND 60.00 40.00  held previous_milestone_unreleased  held previous_milestone_unreleased  accepted                    accepted                accepted
    withdraw                            accepted                            accepted                            accepted                    accepted                accepted
    fund                                order_already_funded                order_already_funded                order_already_funded        order_already_funded    order_already_funded
    refund                              accepted                            accepted                            accepted                    accepted                accepted
    cancel-order                        held order_disputed                 held order_disputed                 held order_disputed         held order_disputed     held order_disputed
    cancel-intent                       order_already_funded                order_already_funded                order_already_funded        order_already_funded    order_already_funded
    advance 60                          accepted                            accepted                            accepted                    accepted                accepted
    settle 1 PAID                       payout_missing                      payout_missing                      accepted                    payout_missing          payout_missing
    retry 1                             payout_missing                      payout_missing                      payout_not_failed           payout_missing          payout_missing
    cancel x                            accepted                            accepted                            accepted                    accepted                accepted
  `,
  'DISPUTED, the whole order': `
    command                             missing                 PENDING                  COMPLETED                    RELEASED                    CANCELLED               REFUNDED
    create 1 of 50.00                   held order_disputed     milestone_index_taken    milestone_index_taken        milestone_index_taken       milestone_index_taken   milestone_index_taken
    batch 1:50.00                       order_disputed          milestone_index_taken    milestone_index_taken        milestone_index_taken       milestone_index_taken   milestone_index_taken
    amend 1 of 120.00                   held milestone_missing  held order_disputed      milestone_already_completed  milestone_already_released  milestone_cancelled     milestone_refunded
    cancel-milestone 1                  held milestone_missing  held order_disputed      milestone_already_completed  milestone_already_released  milestone_cancelled     milestone_refunded
    complete 1                          held milestone_missing  held order_disputed      milestone_already_completed  milestone_already_released  milestone_cancelled     milestone_refunded
    reopen 1                            held milestone_missing  milestone_not_completed  held order_disputed          milestone_already_released  milestone_cancelled     milestone_refunded
    extend 1                            held milestone_missing  inspection_not_running   held order_disputed          milestone_already_released  milestone_cancelled     milestone_refunded
    release 1                           held milestone_missing  held order_disputed      held order_disputed          milestone_already_released  milestone_cancelled     milestone_refunded
    remind 1                            deadline_not_reached    deadline_not_reached     deadline_not_reached         deadline_not_reached        deadline_not_reached    deadline_not_reached
    expire 1                            deadline_not_reached    deadline_not_reached     deadline_not_reached         deadline_not_reached        deadline_not_reached    deadline_not_reached
    raise 1                             dispute_already_raised  dispute_already_raised   dispute_already_raised       dispute_already_raised      dispute_already_raised  dispute_already_raised
    raise                               dispute_already_raised  dispute_already_raised   dispute_already_raised       dispute_already_raised      dispute_already_raised  dispute_already_raised
    resolve MERCHANT_WON                accepted                accepted                 accepted                     accepted                    accepted                accepted
    resolve BUYER_WON                   accepted                accepted                 accepted                     accepted                    accepted                accepted
    resolve PARTIAL_REFUND 60.00 40.00  split_mismatch          split_mismatch           split_mismatch               split_mismatch              split_mismatch          split_mismatch
    withdraw                            accepted                accepted                 accepted                     accepted                    accepted                accepted
    fund                                order_already_funded    order_already_funded     order_already_funded         order_already_funded        order_already_funded    order_already_funded
    refund                              held order_disputed     held order_disputed      held order_disputed          held order_disputed         held order_disputed     held order_disputed
    cancel-order                        held order_disputed     held order_disputed      held order_disputed          held order_disputed         held order_disputed     held order_disputed
    cancel-intent                       order_already_funded    order_already_funded     order_already_funded         order_already_funded        order_already_funded    order_already_funded
    advance 60                          accepted                accepted                 accepted                     accepted                    accepted                accepted
    settle 1 PAID                       payout_missing          payout_missing           payout_missing               accepted                    payout_missing          payout_missing
    retry 1                             payout_missing          payout_missing           payout_missing               payout_not_failed           payout_missing          payout_missing
    cancel x                            accepted                accepted                 accepted                     accepted                    accepted                accepted
  `,
  'order COMPLETED': `
    command                             missing               RELEASED                    CANCELLED             REFUNDED
    create 1 of 50.00                   order_closed          order_closed                order_closed          order_closed
    batch 1:50.00                       order_closed          order_closed                order_closed          order_closed
    amend 1 of 120.00                   order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    cancel-milestone 1                  order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    complete 1                          order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    reopen 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    extend 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    release 1                           order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    remind 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    expire 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    raise 1                             order_closed          order_closed                order_closed          order_closed
    raise                               order_closed          order_closed                order_closed          order_closed
    resolve MERCHANT_WON                order_closed          order_closed                order_closed          order_closed
    resolve BUYER_WON                   order_closed          order_closed                order_closed          order_closed
    resolve PARTIAL_REFUND 60.00 40.00  order_closed          order_closed                order_closed          order_closed
    withdraw                            order_closed          order_closed                order_closed          order_closed
    fund                                order_already_funded  order_already_funded        order_already_funded  order_already_funded
    refund                              order_closed          order_closed                order_closed          order_closed
    cancel-order                        order_closed          order_closed                order_closed          order_closed
    cancel-intent                       order_already_funded  order_already_funded        order_already_funded  order_already_funded
    advance 60                          order_closed          order_closed                order_closed          order_closed
    settle 1 PAID                       payout_missing        accepted                    payout_missing        payout_missing
    retry 1                             payout_missing        payout_not_failed           payout_missing        payout_missing
    cancel x                            command_not_held      command_not_held            command_not_held      command_not_held
  `,
  'order CANCELLED': `
    command                             missing               RELEASED                    CANCELLED             REFUNDED
    create 1 of 50.00                   order_closed          order_closed                order_closed          order_closed
    batch 1:50.00                       order_closed          order_closed                order_closed          order_closed
    amend 1 of 120.00                   order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    cancel-milestone 1                  order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    complete 1                          order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    reopen 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    extend 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    release 1                           order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    remind 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    expire 1                            order_closed          milestone_already_released  milestone_cancelled   milestone_refunded
    raise 1                             order_closed          order_closed                order_closed          order_closed
    raise                               order_closed          order_closed                order_closed          order_closed
    resolve MERCHANT_WON                order_closed          order_closed                order_closed          order_closed
    resolve BUYER_WON                   order_closed          order_closed                order_closed          order_closed
    resolve PARTIAL_REFUND 60.00 40.00  order_closed          order_closed                order_closed          order_closed
    withdraw                            order_closed          order_closed                order_closed          order_closed
    fund                                order_already_funded  order_already_funded        order_already_funded  order_already_funded
    refund                              order_closed          order_closed                order_closed          order_closed
    cancel-order                        order_closed          order_closed                order_closed          order_closed
    cancel-intent                       order_already_funded  order_already_funded        order_already_funded  order_already_funded
    advance 60                          order_closed          order_closed                order_closed          order_closed
    settle 1 PAID                       payout_missing        accepted                    payout_missing        payout_missing
    retry 1                             payout_missing        payout_not_failed           payout_missing        payout_missing
    cancel x                            command_not_held      command_not_held            command_not_held      command_not_held
  `,
};

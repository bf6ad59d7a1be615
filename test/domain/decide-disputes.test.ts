import { describe, expect, it } from 'vitest';
import { Recorder } from './support/recorder.ts';
import { PAYOUTS } from './support/rule-tables.ts';
import { rules, story } from './support/table.ts';

// Columns: order  command  outcome. Disputes in the order's words were raised at 500, and it is 1000.

const THREE = 'funded, milestones COMPLETED PENDING PENDING';

describe('What a resolution about one milestone does', () =>
  rules(`
    disputed 0, ${THREE}  resolve MERCHANT_WON                 accepted  dispute.resolved 0 MERCHANT_WON 100.00 0.00 + milestone.released 0 100.00 + payout.created 0 100.00
    disputed 0, ${THREE}  resolve BUYER_WON                    accepted  dispute.resolved 0 BUYER_WON 0.00 100.00 + milestone.refunded 0 100.00
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60.00 40.00   accepted  dispute.resolved 0 PARTIAL_REFUND 60.00 40.00 + milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60 40         accepted  dispute.resolved 0 PARTIAL_REFUND 60.00 40.00 + milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60.00 39.99   rejected  split_mismatch (100.00)
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60.00 40.000001  rejected  split_mismatch (100.00)
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60.0000001 40.00  rejected  invalid_command (merchantAmount)
    disputed 0, ${THREE}  resolve PARTIAL_REFUND 60.00 40.0000001  rejected  invalid_command (buyerAmount)
    disputed 0, funded, milestones PENDING  resolve MERCHANT_WON  accepted  dispute.resolved 0 MERCHANT_WON 100.00 0.00 + milestone.completed 0 + milestone.released 0 100.00 + payout.created 0 100.00
    disputed 0, funded, milestones PENDING  resolve BUYER_WON     accepted  dispute.resolved 0 BUYER_WON 0.00 100.00 + milestone.refunded 0 100.00
    disputed 0, funded, milestone 0 PENDING of 1000.00  resolve BUYER_WON  accepted  dispute.resolved 0 BUYER_WON 0.00 1000.00 + milestone.refunded 0 1000.00 + escrow_order.completed
    disputed 1, ${THREE}  resolve BUYER_WON                    accepted  dispute.resolved 1 BUYER_WON 0.00 100.00 + milestone.refunded 1 100.00
    disputed 1, ${THREE}  resolve MERCHANT_WON wait forever    held  previous_milestone_unreleased (0) without end
    disputed 0, ${THREE}  withdraw                             accepted  dispute.withdrawn 0
  `));

describe('What a resolution about the whole order does', () =>
  rules(`
    disputed, ${THREE}  resolve MERCHANT_WON                   accepted  dispute.resolved order MERCHANT_WON 1000.00 0.00 + milestone.cancelled 0 + milestone.cancelled 1 + milestone.cancelled 2 + payout.created order 1000.00 + escrow_order.completed
    disputed, ${THREE}  resolve BUYER_WON                      accepted  dispute.resolved order BUYER_WON 0.00 1000.00 + milestone.cancelled 0 + milestone.cancelled 1 + milestone.cancelled 2 + escrow_order.completed
    disputed, funded, milestones RELEASED COMPLETED  resolve PARTIAL_REFUND 899.99 0.01  accepted  dispute.resolved order PARTIAL_REFUND 899.99 0.01 + milestone.cancelled 1 + payout.created order 899.99 + escrow_order.completed
    disputed, funded, milestones RELEASED COMPLETED  resolve PARTIAL_REFUND 900.00 0.01  rejected  split_mismatch (900.00)
    disputed, funded    resolve MERCHANT_WON by merchant       rejected  role_not_allowed (merchant)
    disputed, funded    resolve MERCHANT_WON by buyer          accepted  dispute.resolved order MERCHANT_WON 1000.00 0.00 + payout.created order 1000.00 + escrow_order.completed
    disputed, funded    withdraw                               accepted  dispute.withdrawn order
  `));

describe('The payout of the rest of an order', () =>
  story(
    'disputed, funded, milestones RELEASED COMPLETED',
    `
      resolve PARTIAL_REFUND 500.00 400.00  accepted  dispute.resolved order PARTIAL_REFUND 500.00 400.00 + milestone.cancelled 1 + payout.created order 500.00 + escrow_order.completed
      complete 1                            rejected  milestone_cancelled
      settle order FAILED                   accepted  payout.failed order 500.00
      settle order PAID                     rejected  payout_not_pending
      retry order                           accepted  payout.retried order 500.00
      retry order                           rejected  payout_not_failed
      settle order PAID                     accepted  payout.paid order 500.00
      retry order                           rejected  payout_not_failed
    `,
  ));

describe('A payout', () => rules(PAYOUTS));

describe('A batch creates all of its milestones or none', () =>
  rules(`
    empty                   batch 0:10.00 1:20.00       accepted  milestone.created 0 10.00 + milestone.created 1 20.00
    empty                   batch 1:20.00 0:10.00       accepted  milestone.created 0 10.00 + milestone.created 1 20.00
    empty                   batch 0:500.00 1:500.00     accepted  milestone.created 0 500.00 + milestone.created 1 500.00
    empty                   batch 0:500.00 1:500.01     rejected  total_exceeds_order (milestones[1].amount)
    empty                   batch 0:10.00 0:10.00       rejected  milestone_index_taken (0, milestones[1].milestoneIndex)
    empty                   batch 0:10.00 2:10.00       rejected  previous_milestone_missing (1, milestones[1].milestoneIndex)
    empty                   batch 1:10.00 wait forever  rejected  previous_milestone_missing (0, milestones[0].milestoneIndex)
    milestones PENDING      batch 1:10.00 0:10.00       rejected  milestone_index_taken (0, milestones[1].milestoneIndex)
    empty                   batch 0:10.00 1:0.0000001   rejected  invalid_command (milestones[1].amount)
    order of 10.00 USD      batch 0:1.001               rejected  invalid_command (milestones[0].amount)
    disputed, funded        batch 0:10.00 wait forever  rejected  order_disputed
    disputed 0, funded, milestones PENDING  batch 1:10.00  accepted  milestone.created 1 10.00
  `));

describe('What waited for the end of a dispute goes on, lowest first', () => {
  it('a withdrawn dispute sets free what it stopped', () => {
    const log = new Recorder('disputed, funded, milestones PENDING');
    log.batch(1_000, 'create 1 wait forever', 'complete 0 wait forever');
    expect(log.batch(1_000, 'withdraw')).toEqual([
      'withdraw @1000 accepted dispute.withdrawn order',
      'complete-0 @1000 accepted milestone.completed 0',
      'create-1 @1000 accepted milestone.created 1 100.00',
    ]);
  });
  it('a resolution that waits for its turn has it once the milestone before is released, also when that waited too', () => {
    const log = new Recorder('disputed 1, funded, milestones PENDING PENDING');
    const waiting = ['resolve MERCHANT_WON', 'release 0', 'cancel-order'];
    log.batch(1_000, ...waiting.map((words) => `${words} wait forever`));
    expect(log.batch(1_000, 'complete 0')).toEqual([
      'complete-0 @1000 accepted milestone.completed 0',
      'release-0 @1000 accepted milestone.released 0 100.00 + payout.created 0 100.00',
      'resolve-MERCHANT_WON @1000 accepted dispute.resolved 1 MERCHANT_WON 100.00 0.00 + milestone.completed 1 + milestone.released 1 100.00 + payout.created 1 100.00',
      'cancel-order @1000 accepted escrow_order.cancelled back 800.00',
    ]);
    expect(log.heldIds()).toEqual([]);
  });
  it('a dispute about a milestone that was not there yet is raised as soon as it is', () => {
    const log = new Recorder('funded, milestones PENDING');
    log.batch(1_000, 'raise 1 window 60 wait forever', 'complete 0');
    expect(log.batch(1_000, 'create 1')).toEqual([
      'create-1 @1000 accepted milestone.created 1 100.00',
      'raise-1 @1000 accepted dispute.raised 1 until 61000',
    ]);
  });
  it('the reason of a held cancellation stays with the order', () => {
    const log = new Recorder('disputed, funded, milestones PENDING');
    log.batch(1_000, 'cancel-order wait forever');
    expect(log.batch(1_000, 'withdraw')).toEqual([
      'withdraw @1000 accepted dispute.withdrawn order',
      'cancel-order @1000 accepted milestone.cancelled 0 + escrow_order.cancelled back 1000.00',
    ]);
  });
});

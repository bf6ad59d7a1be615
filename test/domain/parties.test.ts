/** What one party may not do to another, whatever the state of the order. */
import { describe, expect, it } from 'vitest';
import { Recorder } from './support/recorder.ts';
import { rules, story } from './support/table.ts';
import { MUCH_LATER } from './support/time.ts';

describe('A held command is cancelled by the role that sent it, or by the operator', () =>
  rules(`
    funded, held create 2 as x                                      cancel x              accepted  command.cancelled x
    funded, held create 2 as x                                      cancel x by operator  accepted  command.cancelled x
    funded, held create 2 as x                                      cancel x by buyer     rejected  role_not_allowed (buyer, merchant)
    funded, held create 2 as x                                      cancel x by arbiter   rejected  role_not_allowed (arbiter, merchant)
    funded, milestones PENDING, held release 0 as x by buyer        cancel x              rejected  role_not_allowed (merchant, buyer)
    funded, milestones PENDING, held release 0 as x by buyer        cancel x by buyer     accepted  command.cancelled x
    funded, milestones PENDING, held release 0 as x by operator     cancel x              rejected  role_not_allowed (merchant, operator)
    funded, milestones PENDING, held release 0 as x by operator     cancel x by operator  accepted  command.cancelled x
    disputed 1, funded, milestones PENDING PENDING, held resolve MERCHANT_WON as x  cancel x by buyer     rejected  role_not_allowed (buyer, arbiter)
    disputed 1, funded, milestones PENDING PENDING, held resolve MERCHANT_WON as x  cancel x by arbiter   accepted  command.cancelled x
    funded, held create 2 as x                                      cancel y by buyer     rejected  command_not_held
  `));

describe('A part of a milestone is released by whom the rest does not go to', () =>
  rules(`
    funded, milestones COMPLETED                   release 0 of 99.999999 by buyer     rejected  role_not_allowed (buyer, amount)
    funded, milestones COMPLETED                   release 0 of 100 by buyer           accepted  milestone.released 0 100.00 + payout.created 0 100.00
    funded, milestones COMPLETED                   release 0 of 60.00                  accepted  milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
    funded, milestones COMPLETED                   release 0 of 60.00 by operator      accepted  milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
    funded, milestones COMPLETED, releaseBy buyer  release 0 of 60.00 by buyer         rejected  role_not_allowed (buyer, amount)
    funded, milestones COMPLETED, releaseBy buyer  release 0 of 60.00 by merchant      rejected  role_not_allowed (merchant, amount)
    funded, milestones COMPLETED, releaseBy buyer  release 0 of 60.00 by operator      accepted  milestone.released 0 60.00 back 40.00 + payout.created 0 60.00
    funded, milestones COMPLETED, releaseBy buyer  release 0 by buyer                  accepted  milestone.released 0 100.00 + payout.created 0 100.00
    funded, milestones COMPLETED                   release 0 of 100.01 by buyer        rejected  release_exceeds_milestone (amount)
  `));

describe('A decision that waits for its turn stands', () => {
  const decided = (role: string) => {
    const log = new Recorder('funded, milestones COMPLETED COMPLETED, window 60');
    log.batch(1_000, 'raise 1 window 60 by merchant');
    log.batch(1_000, `resolve PARTIAL_REFUND 60.00 40.00 wait forever as it by ${role}`);
    return log;
  };
  it.each(['arbiter', 'operator'])(
    'who raised the dispute does not withdraw it from under the %s’s decision',
    (role) => {
      const log = decided(role);
      expect(log.batch(2_000, 'withdraw received 2000')).toEqual(['withdraw @2000 rejected dispute_decided']);
      expect(log.batch(3_000, 'withdraw received 3000 by operator as other')[0]).toContain('accepted');
    },
  );
  it('nor does the default come before it, however long the milestones before take', () => {
    const log = decided('arbiter');
    expect(log.batch(MUCH_LATER)).toEqual([]);
    expect(log.batch(MUCH_LATER, `release 0 received ${MUCH_LATER} by buyer`).at(-1)).toContain(
      'accepted dispute.resolved 1 PARTIAL_REFUND 60.00 40.00',
    );
  });
  it('but once it is cancelled, a window that is over is over', () => {
    const log = decided('arbiter');
    expect(log.batch(MUCH_LATER, `cancel it received ${MUCH_LATER} by arbiter`).at(-1)).toContain('BUYER_WON');
  });
  it('a party that gives in may wait, and the dispute is withdrawn all the same', () => {
    const log = new Recorder('funded, milestones COMPLETED COMPLETED, window 60');
    log.batch(1_000, 'raise 1 window 60', 'resolve MERCHANT_WON wait forever as it by buyer');
    expect(log.batch(2_000, 'withdraw received 2000')[0]).toContain('accepted dispute.withdrawn 1');
  });
});

describe('A release that waits is of what its milestone was worth', () => {
  const waiting = (role: string) => {
    const log = new Recorder('funded, milestones PENDING');
    log.batch(1_000, `release 0 wait forever as it by ${role}`);
    return log;
  };
  it.each(['buyer', 'operator'])('a larger one is not paid by the %s’s release, which is refused at once', (role) => {
    const log = waiting(role);
    expect(log.batch(1_000, 'amend 0 of 900.00')).toEqual([
      'amend-0 @1000 accepted milestone.amended 0 900.00 was 100.00',
      'it @1000 rejected milestone_amended (0)',
    ]);
    expect(log.heldIds()).toEqual([]);
  });
  it('other changes, and those of the merchant’s own release, leave it as it is', () => {
    const log = waiting('buyer');
    log.batch(1_000, 'amend 0 due 900000', 'amend 0 of 100 as again');
    expect(log.batch(1_000, 'complete 0').at(-1)).toContain('it @1000 accepted milestone.released 0 100.00');
    const own = waiting('merchant');
    own.batch(1_000, 'amend 0 of 900.00');
    expect(own.batch(1_000, 'complete 0').at(-1)).toContain('it @1000 accepted milestone.released 0 900.00');
  });
});

describe('Where the buyer releases, completing pays nobody, also on orders that were made to release by themselves', () => {
  story(
    'funded, auto-release, releaseBy buyer, milestones PENDING PENDING',
    `
      complete 0          accepted  milestone.completed 0
      release 0           rejected  role_not_allowed (merchant)
      release 0 by buyer  accepted  milestone.released 0 100.00 + payout.created 0 100.00
      complete 1          accepted  milestone.completed 1
    `,
  );
  story(
    'funded, auto-release, milestones PENDING',
    'complete 0          accepted  milestone.completed 0 + milestone.released 0 100.00 + payout.created 0 100.00',
  );
});

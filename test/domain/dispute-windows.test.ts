/** How long a dispute stays open, who may say so, and whom its end may pay. */
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { Recorder } from './support/recorder.ts';
import { rules } from './support/table.ts';
import { MUCH_LATER } from './support/time.ts';

const DAY = 86_400_000;

describe('The window of a dispute is the order’s own', () =>
  rules(`
    funded, window 604800              raise window own by buyer            accepted  dispute.raised order until 604801000
    funded, window 604800              raise window 604800 by buyer         accepted  dispute.raised order until 604801000
    funded, window 604800              raise window 604799 by buyer         rejected  dispute_window_refused (disputeWindow, 604800, 7776000, 604799)
    funded, window 604800              raise window 1 by merchant           rejected  dispute_window_refused (disputeWindow, 604800, 7776000, 1)
    funded, window 604800              raise window 1 by arbiter            rejected  dispute_window_refused (disputeWindow, 604800, 7776000, 1)
    funded, window 604800              raise window 7776000 by merchant     accepted  dispute.raised order until 7776001000
    funded, window 604800              raise window 7776001 by merchant     rejected  dispute_window_refused (disputeWindow, 604800, 7776000, 7776001)
    funded, window 604800              raise window 1 by operator           accepted  dispute.raised order until 2000
    funded, window 604800, live        raise window 59 by operator          rejected  dispute_window_refused (disputeWindow, 60, 7776000, 59)
    funded, window 604800, live        raise window 60 by operator          accepted  dispute.raised order until 61000
    funded, window 604800              raise window 7776001 by operator     rejected  dispute_window_refused (disputeWindow, 1, 7776000, 7776001)
  `));

it('An order of before there was such a term has the published window', () => {
  const log = new Recorder('funded, milestones PENDING');
  const { disputeWindowSeconds: _, ...terms } = log.order.terms;
  log.order = { ...log.order, terms };
  expect(log.batch(1_000, 'raise window own as it')).toEqual([
    'it @1000 accepted dispute.raised order until 604801000',
  ]);
});

describe('A default never pays the party that raised the dispute', () => {
  const raisedBy = (role: string, disputeDefault: string) => {
    const log = new Recorder(`funded, milestones COMPLETED PENDING, disputeDefault ${disputeDefault}`);
    log.batch(1_000, `raise 0 window 60 by ${role}`);
    return log;
  };
  it.each([
    ['buyer', 'BUYER_WON'],
    ['merchant', 'MERCHANT_WON'],
  ])('raised by the %s under %s, it waits for somebody’s decision without end', (role, disputeDefault) => {
    const log = raisedBy(role, disputeDefault);
    expect(nextDeadline(log.order)).toBeNull();
    expect(log.batch(1_000 + 3_650 * DAY)).toEqual([]);
    expect(log.order).toMatchObject({ status: 'DISPUTED', released: '0.00', refunded: '0.00' });
    const giving = disputeDefault === 'BUYER_WON' ? 'resolve MERCHANT_WON by buyer' : 'resolve BUYER_WON by merchant';
    expect(log.batch(MUCH_LATER, giving)[0]).toContain('accepted dispute.resolved 0');
  });
  it.each([
    ['merchant', 'BUYER_WON'],
    ['buyer', 'MERCHANT_WON'],
    ['arbiter', 'BUYER_WON'],
    ['arbiter', 'MERCHANT_WON'],
    ['operator', 'BUYER_WON'],
    ['operator', 'MERCHANT_WON'],
  ])('raised by the %s under %s, it ends with its window', (role, disputeDefault) => {
    const log = raisedBy(role, disputeDefault);
    expect(nextDeadline(log.order)).toBe(61_000);
    expect(log.batch(61_000)[0]).toContain(`accepted dispute.resolved 0 ${disputeDefault}`);
  });
  it('but a dispute that was recorded without that mark ends as it was recorded: histories replay', () => {
    const log = raisedBy('buyer', 'BUYER_WON');
    const { dispute } = log.order;
    if (!dispute) throw new Error('no dispute');
    const { isOpenEnded: _, ...before } = dispute;
    log.order = { ...log.order, dispute: before };
    expect(nextDeadline(log.order)).toBe(61_000);
  });
});

/** Nobody gains by when they do something: rejecting work shortly before its date, disputing it then, extending without end. */
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { Recorder } from './support/recorder.ts';
import { rules } from './support/table.ts';
import { MUCH_LATER, recordedBy } from './support/time.ts';

const THREE =
  'funded, onOverdue refund, milestone 0 COMPLETED of 10.00 due 10000, milestone 1 PENDING of 10.00 due 11000, milestone 2 PENDING of 10.00';

describe('Rejected work is not overdue, where overdue means refunded', () => {
  it.each(['buyer', 'operator'])(
    'rejected by the %s a millisecond before its date, it has no date any more',
    (role) => {
      const log = new Recorder(THREE);
      expect(log.batch(9_999, `reopen 0 received 9999 by ${role}`)).toEqual([
        'reopen-0 @9999 accepted milestone.reopened 0 due none + milestone.amended 1 10.00 was 10.00 due none',
      ]);
      expect(nextDeadline(log.order)).toBeNull();
      expect(log.batch(MUCH_LATER)).toEqual([]);
      expect(log.order.refunded).toBe('0.00');
    },
  );
  it('and what comes after it, which cannot be completed before it, has none either', () => {
    const log = new Recorder(THREE);
    log.batch(9_000, 'reopen 0 received 9000 by buyer');
    expect(log.batch(10_500, 'complete 1 received 10500')[0]).toContain('rejected previous_milestone_open (0)');
    expect(log.batch(20_000)).toEqual([]);
    expect(log.batch(20_000, 'complete 0 received 20000', 'complete 1 received 20000').join()).not.toContain(
      'rejected',
    );
  });
  it('who rejects their own work keeps its date, and may take the time for it from nobody', () => {
    const log = new Recorder(THREE);
    expect(log.batch(9_000, 'reopen 0 received 9000')[0]).toBe('reopen-0 @9000 accepted milestone.reopened 0');
    expect(recordedBy(log.batch(20_000))).toEqual([
      ...['10000 overdue 0', '11000 overdue 1'].flatMap((words) => [words, words.replace('overdue', 'refunded')]),
    ]);
  });
  it('where overdue is only an event, a date that is still to come stays', () => {
    const log = new Recorder(THREE.replace('refund', 'event'));
    expect(log.batch(9_000, 'reopen 0 received 9000 by buyer')[0]).toBe('reopen-0 @9000 accepted milestone.reopened 0');
  });
});

describe('A dispute takes as much time from a due date as completing was refused', () => {
  const order = 'funded, onOverdue refund, milestone 0 PENDING of 10.00 due 10000';
  it('a date that comes a millisecond after its end moves by all of it', () => {
    const log = new Recorder(order);
    log.batch(1_000, 'raise 0 window 7200 by buyer');
    expect(log.batch(9_999, 'withdraw received 9999 by buyer')).toEqual([
      'withdraw @9999 accepted dispute.withdrawn 0 + milestone.extended 0 due 19000',
    ]);
    expect(log.batch(19_000, 'complete 0 received 19000')[0]).toContain('accepted milestone.completed 0');
  });
  it('again and again, each adds what it took', () => {
    const log = new Recorder(order);
    for (const at of [1_000, 5_000, 9_000]) {
      log.batch(at, `raise 0 window 7200 received ${at} by buyer as raise-${at}`);
      log.batch(at + 3_500, `withdraw received ${at + 3_500} by buyer as withdraw-${at}`);
    }
    // 3.5 s three times, each rounded up to a second.
    expect(nextDeadline(log.order)).toBe(22_000);
  });
  it('raised in the very instant of the date, it leaves the rest of a second to complete', () => {
    const log = new Recorder(order);
    log.batch(10_000, 'raise 0 window 7200 received 10000 by buyer', 'complete 0 received 10000');
    expect(log.batch(60_250, 'withdraw received 60250 by buyer')[0]).toContain('milestone.extended 0 due 61000');
    expect(log.order.milestones[0]?.status).toBe('PENDING');
  });
});

describe('An inspection is extended by 90 days in all', () => {
  const state = 'funded, inspection 60, milestone 0 COMPLETED of 10.00 ends 61000';
  rules(`
    ${state}                          extend 0 by-seconds 7776000              accepted  milestone.extended 0 ends 7776061000
    ${state}                          extend 0 by-seconds 7776001 by buyer     rejected  extension_too_long (seconds, 7776000, 7776001)
    ${state}                          extend 0 by-seconds 7776001 by operator  rejected  extension_too_long (seconds, 7776000, 7776001)
  `);
  it('by whomever, in however many steps; a new inspection may be extended anew', () => {
    const log = new Recorder(state);
    expect(log.batch(1_000, 'extend 0 by-seconds 7000000 by buyer as a')[0]).toContain('accepted');
    expect(log.batch(1_000, 'extend 0 by-seconds 776000 by merchant as b')[0]).toContain('accepted');
    expect(log.batch(1_000, 'extend 0 by-seconds 1 by buyer as c')[0]).toContain('extension_too_long (seconds, 0, 1)');
    // What a dispute gives back is no extension.
    log.batch(2_000, 'raise 0 window 60 received 2000', 'withdraw received 3000');
    expect(log.order.milestones[0]?.extendedSeconds).toBe(7_776_000);
    log.batch(4_000, 'reopen 0 received 4000', 'complete 0 received 4000');
    expect(log.order.milestones[0]).not.toHaveProperty('extendedSeconds');
    expect(log.batch(5_000, 'extend 0 by-seconds 60 received 5000 as d')[0]).toContain('accepted');
  });
});

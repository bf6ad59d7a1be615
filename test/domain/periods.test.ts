/** What time does, without waiting for it: every instant is given. Orders in words say what expires when. */
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { Recorder } from './support/recorder.ts';
import { emptyOrder, given } from './support/script.ts';
import { DAY, MUCH_LATER, recordedBy } from './support/time.ts';

describe('An inspection of 30 days, with the order’s clock advanced', () => {
  it('is announced a day before its end, and then releases the milestone', () => {
    const log = new Recorder('funded, inspection 2592000, milestones PENDING PENDING');
    expect(log.batch(1_000, 'complete 0')).toEqual([
      `complete-0 @1000 accepted milestone.completed 0 ends ${30 * DAY + 1_000}`,
    ]);
    expect(nextDeadline(log.order)).toBe(29 * DAY + 1_000);
    expect(log.batch(1_000, `advance ${29 * 86_400 - 1} as a`)).toEqual([
      'a @1000 accepted escrow_order.clock_advanced 2505599',
    ]);
    expect(nextDeadline(log.order)).toBe(2_000);
    expect(log.batch(1_999)).toEqual([]);
    expect(log.batch(2_000)).toEqual([
      `deadline/reminder/0/2505601000/2 @2505601000 accepted milestone.inspection_ending 0 ends ${30 * DAY + 1_000}`,
    ]);
    expect(nextDeadline(log.order)).toBe(2_000 + DAY);
    expect(log.batch(2_000, 'advance 86400 received 2000 as b')).toEqual([
      'b @2505601000 accepted escrow_order.clock_advanced 86400',
      'deadline/inspection/0/2592001000/4 @2592001000 accepted milestone.released 0 100.00 + payout.created 0 100.00',
    ]);
    expect(nextDeadline(log.order)).toBeNull();
  });
  it('ends in one step too, whatever lies between expires first', () => {
    const log = new Recorder('funded, inspection 2592000, milestones PENDING');
    const batch = ['complete 0', `advance ${31 * 86_400} as a`, 'complete 0 as late'];
    expect(log.batch(1_000, ...batch).map((words) => words.split(' ').slice(0, 4).join(' '))).toEqual([
      'complete-0 @1000 accepted milestone.completed',
      'a @1000 accepted escrow_order.clock_advanced',
      'deadline/reminder/0/2505601000/2 @2505601000 accepted milestone.inspection_ending',
      'deadline/inspection/0/2592001000/3 @2592001000 accepted milestone.released',
      'late @2678401000 rejected milestone_already_released',
    ]);
  });
});

// Each line is sent at its instant, and comes to be judged an hour later: the workers were down.
const IN_TIME = {
  'a due date at 10 s and work claimed done': {
    order: 'funded, onOverdue refund, milestone 0 PENDING of 100.00 due 10000',
    command: 'complete 0',
    early: 'accepted milestone.completed 0',
    late: 'rejected milestone_refunded',
  },
  'a due date at 10 s that is moved': {
    order: 'funded, onOverdue refund, milestone 0 PENDING of 100.00 due 10000',
    command: 'amend 0 due 7200000',
    early: 'accepted milestone.amended 0 100.00 was 100.00 due 7200000',
    late: 'rejected milestone_refunded',
  },
  'an inspection that ends at 10 s and a dispute': {
    order: 'funded, inspection 4, milestone 0 COMPLETED of 100.00 ends 10000',
    command: 'raise 0 window 7200',
    early: 'accepted dispute.raised 0 until',
    late: 'rejected milestone_already_released',
  },
  'an inspection that ends at 10 s and its extension': {
    order: 'funded, inspection 4, milestone 0 COMPLETED of 100.00 ends 10000',
    command: 'extend 0 by-seconds 7200',
    early: 'accepted milestone.extended 0 ends 7210000',
    late: 'rejected milestone_already_released',
  },
  'an inspection that ends at 10 s and rejected work': {
    order: 'funded, inspection 4, milestone 0 COMPLETED of 100.00 ends 10000',
    command: 'reopen 0',
    early: 'accepted milestone.reopened 0',
    late: 'rejected milestone_already_released',
  },
  'a dispute that ends at 10 s and its resolution': {
    order: 'funded, milestones COMPLETED, disputed 0 until 10000',
    command: 'resolve MERCHANT_WON',
    early:
      'accepted dispute.resolved 0 MERCHANT_WON 100.00 0.00 + milestone.released 0 100.00 + payout.created 0 100.00',
    late: 'rejected dispute_missing',
  },
  'a dispute that ends at 10 s and its withdrawal': {
    order: 'funded, milestones COMPLETED, disputed 0 until 10000',
    command: 'withdraw',
    early: 'accepted dispute.withdrawn 0',
    late: 'rejected dispute_missing',
  },
};

describe('A command received at the instant of a deadline is in time', () => {
  for (const [name, { order, command, early, late }] of Object.entries(IN_TIME)) {
    it.each([
      ['a second before', 9_000, early],
      ['a millisecond before', 9_999, early],
      ['exactly then', 10_000, early],
      ['a millisecond after', 10_001, late],
      ['a second after', 11_000, late],
    ])(`${name}: %s`, (_, received, outcome) => {
      const entries = new Recorder(order).batch(MUCH_LATER, `${command} received ${received} as it`);
      const mine = entries.find((words) => words.startsWith('it '));
      expect(mine).toContain(`it @${received} ${outcome}`);
    });
  }
});

describe('A dispute takes no time from anybody', () => {
  it('raised in the last millisecond of an inspection, that millisecond is left when it is withdrawn', () => {
    const log = new Recorder('funded, inspection 4, milestone 0 COMPLETED of 100.00 ends 10000');
    expect(log.batch(9_999, 'raise 0 window 7200 received 9999').at(-1)).toContain('raise-0 @9999 accepted');
    expect(log.batch(3_600_000)).toEqual([]);
    expect(log.batch(3_600_000, 'withdraw received 3600000').slice(0, 2)).toEqual([
      'withdraw @3600000 accepted dispute.withdrawn 0 + milestone.extended 0 ends 3600001',
      'deadline/reminder/0/3599001/3 @3600000 accepted milestone.inspection_ending 0 ends 3600001',
    ]);
    expect(nextDeadline(log.order)).toBe(3_600_001);
    expect(log.batch(3_600_001)[0]).toContain('@3600001 accepted milestone.released 0 100.00');
  });
  it('about the whole order: every inspection and every due date has what was left of it', () => {
    const log = new Recorder(
      'funded, milestone 0 COMPLETED of 10.00 ends 10000, milestone 1 PENDING of 10.00 due 5000, milestone 2 PENDING of 10.00 due 90000',
    );
    log.batch(1_500, 'raise window 7200 received 1500');
    // 3.5 s were left of the date at 5 s; dates are whole seconds, never less. Of that at 90 s there were 88.5 s left.
    expect(log.batch(60_250, 'withdraw received 60250')[0]).toBe(
      'withdraw @60250 accepted dispute.withdrawn order + milestone.extended 0 ends 68750 + milestone.extended 1 due 64000 + milestone.extended 2 due 149000',
    );
  });
  it('about one milestone: those before it go on, those after it stop', () => {
    const order =
      'funded, milestone 0 PENDING of 10.00 due 5000, milestone 1 PENDING of 10.00 due 5000, milestone 2 PENDING of 10.00 due 5000';
    const log = new Recorder(order);
    log.batch(1_000, 'raise 1 window 7200');
    expect(log.batch(6_000)).toEqual(['deadline/due/0/5000/1 @5000 accepted milestone.overdue 0 due 5000']);
    expect(log.batch(7_000, 'withdraw received 7000')[0]).toBe(
      'withdraw @7000 accepted dispute.withdrawn 1 + milestone.extended 1 due 11000 + milestone.extended 2 due 11000',
    );
  });
  it('nor gives time: an inspection that was over before it has none left', () => {
    const log = new Recorder(
      'funded, inspection 4, milestone 0 COMPLETED of 10.00 ends 60000, milestone 1 COMPLETED of 10.00 ends 2000',
    );
    log.batch(3_000, 'raise 1 window 7200 received 3000');
    expect(log.batch(5_000, 'withdraw received 5000')).toEqual(['withdraw @5000 accepted dispute.withdrawn 1']);
  });
});

describe('Inspections end in the order of the index', () => {
  it('one that is over waits for those before it, and is then released at once', () => {
    const log = new Recorder(
      'funded, inspection 4, milestone 0 COMPLETED of 10.00 ends 9000, milestone 1 COMPLETED of 10.00 ends 2000',
    );
    expect(recordedBy(log.batch(8_999))).toEqual(['8000 inspection_ending 0']);
    expect(recordedBy(log.batch(9_000))).toEqual(['9000 released 0', '9000 inspection_ending 1', '9000 released 1']);
  });
  it('a dispute whose default pays the merchant ends in the milestone’s turn, and one that does not at once', () => {
    const order = 'funded, milestones PENDING COMPLETED, disputed 1 until 10000';
    const waits = new Recorder(
      given(order.replace('PENDING COMPLETED', 'COMPLETED COMPLETED').concat(', disputeDefault MERCHANT_WON')),
    );
    expect(waits.batch(20_000)).toEqual([]);
    expect(
      waits.batch(30_000, 'release 0 received 30000').map((words) => words.split(' ').slice(0, 4).join(' ')),
    ).toEqual([
      'release-0 @30000 accepted milestone.released',
      'deadline/dispute/10000/1 @30000 accepted dispute.resolved',
    ]);
    const atOnce = new Recorder(order.replace('PENDING COMPLETED', 'COMPLETED COMPLETED'));
    expect(atOnce.batch(20_000)[0]).toContain('deadline/dispute/10000/0 @10000 accepted dispute.resolved 1 BUYER_WON');
  });
});

describe('A period is its seconds times 1 000, whatever calendars say', () => {
  it.each([
    ['over 29 February 2028', '2028-02-28T12:00:00Z', 2 * 86_400, '2028-03-01T12:00:00Z'],
    ['over 28 February 2027', '2027-02-28T12:00:00Z', 86_400, '2027-03-01T12:00:00Z'],
    ['over the night that Berlin loses an hour', '2027-03-27T23:00:00Z', 86_400, '2027-03-28T23:00:00Z'],
    ['over the night that Berlin gains an hour', '2027-10-30T22:00:00Z', 86_400, '2027-10-31T22:00:00Z'],
    ['over the end of a year', '2027-12-31T23:59:59Z', 1, '2028-01-01T00:00:00Z'],
  ])('%s', (_, from, seconds, to) => {
    const at = Date.parse(from);
    const terms = { ...emptyOrder().terms, inspectionPeriodSeconds: seconds };
    const log = new Recorder({ ...given('funded, milestones PENDING PENDING'), terms });
    log.batch(at, `complete 0 received ${at}`, `raise 1 window ${seconds} received ${at}`);
    const { milestones, dispute } = log.order;
    expect(milestones[0]?.inspectionEndsAt).toBe(at + seconds * 1_000);
    expect(dispute?.endsAt).toBe(at + seconds * 1_000);
    expect(new Date(dispute?.endsAt ?? 0).toISOString()).toBe(to.replace('Z', '.000Z'));
  });
  it('and clocks on walls in Berlin differ on those days', () => {
    const hour = (instant: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit' }).format(Date.parse(instant));
    expect([hour('2027-03-27T23:00:00Z'), hour('2027-03-28T23:00:00Z')]).toEqual(['00', '01']);
    expect([hour('2027-10-30T22:00:00Z'), hour('2027-10-31T22:00:00Z')]).toEqual(['00', '23']);
  });
  it('but nothing lasts beyond the year 9999', () => {
    const end = Date.UTC(9999, 11, 31, 23, 59, 59);
    const log = new Recorder('funded, inspection 86400, milestones PENDING PENDING');
    log.batch(end - 1_000, `complete 0 received ${end - 1_000}`, `raise 1 window 86400 received ${end - 1_000}`);
    expect(log.order.milestones[0]?.inspectionEndsAt).toBe(end);
    expect(log.order.dispute?.endsAt).toBe(end);
    expect(log.batch(end - 500, `advance 60 received ${end - 500}`)[0]).toContain('rejected invalid_command');
    expect(recordedBy(log.batch(end + 60_000))).toEqual([`${end} refunded 1`, `${end} released 0`]);
    expect(log.order.lastAt).toBe(end);
  });
});

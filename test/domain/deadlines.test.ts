import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { Recorder } from './support/recorder.ts';
import { given } from './support/script.ts';

// A batch reads: when it is processed, its commands. `held create 1 wait 500` in an order has waited since 1000.

const WAITS_UNTIL_1500 = 'held create 1 wait 500';
const IN_TIME = [
  'create-0 @1500 accepted milestone.created 0 100.00',
  'create-1 @1500 accepted milestone.created 1 100.00',
];

describe('The next deadline', () => {
  it.each([
    ['empty', null],
    ['held create 1 wait forever', null],
    ['held create 1 wait 500', 1_500],
    ['held create 3 wait 900, held create 2 wait 500, held create 1 wait forever', 1_500],
  ])('of %s is %s', (state, instant) => expect(nextDeadline(given(state))).toBe(instant));
});

describe('A wait ends at its deadline with the answer an impatient client would get', () => {
  it('not a millisecond before', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(1_499)).toEqual([]);
  });
  it('but at the instant itself, when nothing has come', () => {
    const log = new Recorder(WAITS_UNTIL_1500);
    expect(log.batch(1_500)).toEqual(['create-1 @1500 rejected previous_milestone_missing (0)']);
    expect(log.order).toMatchObject({ held: [], lastAt: 1_500 });
  });
  it('with the reason that holds then, not the one it was held for', () => {
    const log = new Recorder('funded');
    log.batch(1_000, 'complete 1 wait 500', 'create 0', 'create 1');
    expect(log.batch(2_000)).toEqual(['complete-1 @1500 rejected previous_milestone_open (0)']);
  });
  it('each at its own instant, the earliest first, though they are noticed late and together', () => {
    const log = new Recorder('held create 3 wait 900, held create 2 wait 700, held create 1 wait 800');
    expect(log.batch(9_000)).toEqual([
      'create-2 @1700 rejected previous_milestone_missing (1)',
      'create-1 @1800 rejected previous_milestone_missing (0)',
      'create-3 @1900 rejected previous_milestone_missing (2)',
    ]);
    expect(log.order.lastAt).toBe(1_900);
  });
  it('also within the batch in which it began', () => {
    expect(new Recorder('empty').batch(9_000, 'create 1 wait 500')).toEqual([
      'create-1 @1500 rejected previous_milestone_missing (0)',
    ]);
  });
  it('and never happens later', () => {
    const log = new Recorder(WAITS_UNTIL_1500);
    log.batch(1_500);
    expect(log.batch(1_501, 'create 0 received 1501')).toEqual(['create-0 @1501 accepted milestone.created 0 100.00']);
  });
});

describe('A command is judged by when it was received', () => {
  it('exactly at a deadline is in time', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(1_500, 'create 0 received 1500')).toEqual(IN_TIME);
  });
  it('one millisecond later is not', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(1_501, 'create 0 received 1501')).toEqual([
      'create-1 @1500 rejected previous_milestone_missing (0)',
      'create-0 @1501 accepted milestone.created 0 100.00',
    ]);
  });
  it('in time is in time, though the workers were down for an hour', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(3_600_000, 'create 0 received 1500')).toEqual(IN_TIME);
  });
  it('both the one that waits and the one it waits for may be late', () => {
    const batch = ['create 1 wait 500 received 1000', 'create 0 received 1500'];
    expect(new Recorder('empty').batch(3_600_000, ...batch)).toEqual(IN_TIME);
  });
  it('a command from the future is judged now', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(1_200, 'create 0 received 9999')).toEqual([
      'create-0 @1200 accepted milestone.created 0 100.00',
      'create-1 @1200 accepted milestone.created 1 100.00',
    ]);
  });
  it('nothing is judged before what is recorded, also when the clock is set back', () => {
    const log = new Recorder('empty');
    log.batch(5_000, 'create 0 received 5000');
    expect(log.batch(2_000, 'create 1 received 1000', 'create 3 wait 10 received 1000')).toEqual([
      'create-1 @5000 accepted milestone.created 1 100.00',
      'create-3 @5000 held previous_milestone_missing (2) until 5010',
    ]);
  });
  it('a wait that is over by the time of the log is over, also when the clock is set back', () => {
    const order = { ...given(WAITS_UNTIL_1500), lastAt: 2_000 };
    expect(new Recorder(order).batch(1_000)).toEqual(['create-1 @2000 rejected previous_milestone_missing (0)']);
  });
  it('a command that was withdrawn in time is cancelled, one millisecond later it has expired', () => {
    expect(new Recorder(WAITS_UNTIL_1500).batch(9_000, 'cancel create-1 received 1500')).toEqual([
      'cancel-create-1 @1500 accepted command.cancelled create-1',
      'create-1 @1500 rejected command_cancelled',
    ]);
    expect(new Recorder(WAITS_UNTIL_1500).batch(9_000, 'cancel create-1 received 1501')).toEqual([
      'create-1 @1500 rejected previous_milestone_missing (0)',
      'cancel-create-1 @1501 rejected command_not_held',
    ]);
  });
});

describe('Time in the log', () => {
  const verb = fc.constantFrom('create', 'complete', 'release');
  const words = fc
    .tuple(
      verb,
      fc.nat(4),
      fc.constantFrom('0', '1', '50', '400', 'forever'),
      fc.integer({ min: 0, max: 3_000 }),
      fc.nat(30),
    )
    .map(([name, index, wait, received, id]) => `${name} ${index} wait ${wait} received ${received} as id${id}`);
  const batches = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.array(words, { maxLength: 8 })), {
    maxLength: 6,
  });

  it('never runs backwards, never ahead of now, and its last instant is the order’s', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const log = new Recorder('funded');
        for (const [now, batch] of all) {
          const before = log.order.lastAt;
          log.batch(now, ...batch);
          const instants = log.entries.map(({ at }) => at);
          expect(instants).toEqual([...instants].sort((a, b) => a - b));
          for (const at of instants) expect(at).toBeGreaterThanOrEqual(before);
          for (const at of instants) expect(at).toBeLessThanOrEqual(Math.max(now, before));
          expect(log.order.lastAt).toBe(instants.at(-1) ?? before);
        }
      }),
      { numRuns: 300 },
    );
  });
  it('every deadline is consumed when it is due: the loop never spins', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const log = new Recorder('funded');
        for (const [now, batch] of all) log.batch(now, ...batch);
        for (let deadline = nextDeadline(log.order); deadline !== null; ) {
          expect(log.batch(deadline).length).toBeGreaterThan(0);
          const next = nextDeadline(log.order);
          expect(next === null || next > deadline).toBe(true);
          deadline = next;
        }
        expect(log.order.held.every(({ until }) => until === null)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
  it('after a batch nothing that is due is left', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const log = new Recorder('funded');
        for (const [now, batch] of all) {
          log.batch(now, ...batch);
          expect(nextDeadline(log.order) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
          expect(log.batch(now)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { ProposedEntry } from '../../src/domain/outcomes.ts';
import { propose } from '../../src/domain/propose.ts';
import { Recorder } from './support/recorder.ts';
import { command, given } from './support/script.ts';

// A batch reads: when it is processed, its commands. An entry reads: command id @instant outcome.

describe('A change sets free what waited for it', () => {
  it('a cancelled milestone its successors, in the order of their turn', () => {
    const log = new Recorder('funded, milestones PENDING PENDING');
    expect(log.batch(1_000, 'release 1 wait forever', 'complete 1 wait forever')).toHaveLength(2);
    expect(log.batch(1_000, 'cancel-milestone 0')).toEqual([
      'cancel-milestone-0 @1000 accepted milestone.cancelled 0',
      'complete-1 @1000 accepted milestone.completed 1',
      'release-1 @1000 accepted milestone.released 1 100.00 + payout.created 1 100.00',
    ]);
  });
  it('a cancelled milestone refuses what waited for itself', () => {
    const log = new Recorder('funded, milestones PENDING, held release 0 of 60.00 wait forever');
    expect(log.batch(1_000, 'cancel-milestone 0')).toEqual([
      'cancel-milestone-0 @1000 accepted milestone.cancelled 0',
      'release-0 @1000 rejected milestone_cancelled',
    ]);
  });
  it('a smaller milestone refuses a release that waited for more than it now has', () => {
    const log = new Recorder('funded, milestones PENDING, held release 0 of 60.00 wait forever');
    expect(log.batch(1_000, 'amend 0 of 59.99')).toEqual([
      'amend-0 @1000 accepted milestone.amended 0 59.99 was 100.00',
      'release-0 @1000 rejected release_exceeds_milestone (amount)',
    ]);
  });
  it('a refund refuses a create that waited for the room it takes', () => {
    const log = new Recorder('funded, held create 1 of 600.00 wait forever');
    expect(log.batch(1_000, 'refund of 400.01')).toEqual([
      'refund @1000 accepted escrow_order.refunded 400.01',
      'create-1 @1000 rejected total_exceeds_order',
    ]);
  });
  it('a new milestone refuses an amendment that waited for the room it takes, before those after it', () => {
    const log = new Recorder('funded, milestones PENDING, disputed 0');
    const waiting = ['amend 0 of 400.00', 'amend 0 of 110.00 as little', 'create 2 of 500.00', 'create 3 of 600.00'];
    log.batch(1_000, ...waiting.map((words) => `${words} wait forever`));
    expect(log.batch(1_000, 'create 1 of 200.00')).toEqual([
      'create-1 @1000 accepted milestone.created 1 200.00',
      'create-2 @1000 accepted milestone.created 2 500.00',
      'amend-0 @1000 rejected total_exceeds_order',
      'create-3 @1000 rejected total_exceeds_order',
    ]);
    expect(log.heldIds()).toEqual(['little']);
  });
  it('a reopened milestone nothing: what waits for its release waits on', () => {
    const log = new Recorder('funded, milestones COMPLETED PENDING, held release 1 wait forever');
    expect(log.batch(1_000, 'reopen 0')).toEqual(['reopen-0 @1000 accepted milestone.reopened 0']);
    expect(log.batch(1_000, 'complete 0', 'release 0 of 60.00', 'complete 1')).toEqual([
      'complete-0 @1000 accepted milestone.completed 0',
      'release-0 @1000 accepted milestone.released 0 60.00 back 40.00 + payout.created 0 60.00',
      'complete-1 @1000 accepted milestone.completed 1',
      'release-1 @1000 accepted milestone.released 1 100.00 + payout.created 1 100.00',
    ]);
  });
});

describe('However an order closes, nothing stays held', () => {
  it.each([
    ['funded, ', 'cancel-order', 'CANCELLED'],
    ['', 'cancel-order', 'CANCELLED'],
    ['', 'cancel-intent', 'CANCELLED'],
    ['funded, ', 'refund', 'COMPLETED'],
    ['funded, milestone 0 COMPLETED of 1000.00, ', 'release 0 of 1.00', 'COMPLETED'],
  ])('%s%s', (state, words, status) => {
    const log = new Recorder(
      `${state}held amend 5 wait 900, held reopen 6 wait forever, held cancel-milestone 4 wait 9`,
    );
    const [closing, ...others] = log.batch(1_000, words, 'amend 7 wait forever');
    expect(closing).toContain('accepted');
    expect(others).toEqual(
      ['cancel-milestone-4', 'amend-5', 'reopen-6', 'amend-7'].map(
        (id) => `${id} @1000 rejected order_closed (${status})`,
      ),
    );
    expect(log.order).toMatchObject({ status, held: [] });
  });
});

describe('A change that came too early happens as soon as its milestone exists', () => {
  // rankOf in propose.ts knows create, complete and release only: the others get rank −1, are looked at before the
  // create of their own index, and the drain makes one pass. They then wait for the next accepted command or for the
  // end of their wait, and are recorded as waiting for a milestone that exists.
  it('an amendment', () => {
    const log = new Recorder('held create 1 wait forever, held amend 1 of 250.00 wait forever');
    expect(log.batch(1_000, 'create 0')).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'create-1 @1000 accepted milestone.created 1 100.00',
      'amend-1 @1000 accepted milestone.amended 1 250.00 was 100.00',
    ]);
  });
  it('a cancellation, though all arrives in one batch', () => {
    const batch = ['cancel-milestone 1 wait forever', 'create 1 wait forever', 'create 0'];
    expect(new Recorder('empty').batch(1_000, ...batch)).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'create-1 @1000 accepted milestone.created 1 100.00',
      'cancel-milestone-1 @1000 accepted milestone.cancelled 1',
    ]);
  });
  it('and nothing whose turn has come is left after a batch', () => {
    const log = new Recorder('held create 1 wait forever, held amend 1 of 250.00 wait forever');
    log.batch(1_000, 'create 0');
    expect(log.batch(1_000)).toEqual([]);
  });
  it('it does, when the create comes by itself', () => {
    const log = new Recorder('held amend 0 of 250.00 wait forever');
    expect(log.batch(1_000, 'create 0')).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'amend-0 @1000 accepted milestone.amended 0 250.00 was 100.00',
    ]);
  });
});

describe('A batch that closes an order', () => {
  it('may be recorded in parts: what comes after is refused the same when it is proposed again', () => {
    const words = ['cancel-order', 'create 0', 'refund', 'cancel-order as again', 'cancel-intent'];
    const { entries } = propose(given('funded'), words.map(command), 1_000);
    const reasons = (list: readonly ProposedEntry[]) =>
      list.map((entry) => (entry.outcome === 'rejected' ? entry.reason : entry.outcome));
    expect(reasons(entries)).toEqual([
      'accepted',
      'order_closed',
      'order_closed',
      'order_closed',
      'order_already_funded',
    ]);
    const limits = { entries: 1, decisions: 1_000, bytes: 1_000 };
    const part = propose(given('funded'), words.map(command), 1_000, false, limits);
    expect(part).toEqual({ entries: entries.slice(0, 1), isWhole: false });
  });
});

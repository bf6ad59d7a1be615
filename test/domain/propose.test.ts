import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, InvalidCommand } from '../../src/domain/commands.ts';
import { MAX_HELD_COMMANDS } from '../../src/domain/decisions.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { ProposedEntry } from '../../src/domain/outcomes.ts';
import { propose } from '../../src/domain/propose.ts';
import { upTo } from '../support/numbers.ts';
import { Recorder, recorded } from './support/recorder.ts';
import { command, given } from './support/script.ts';

// A batch reads: when it is processed, its commands. An entry reads: command id @instant outcome.

describe('Commands that arrive in any order are recorded in the order of their turn', () => {
  it('100 shuffled creates become one batch in strict index order', () => {
    const shuffled = fc.shuffledSubarray(upTo(100), { minLength: 100 });
    fc.assert(
      fc.property(shuffled, (indexes) => {
        const batch = new Recorder('empty').batch(
          1_000,
          ...indexes.map((index) => `create ${index} of 1.00 wait 2000`),
        );
        expect(batch).toEqual(
          upTo(100).map((index) => `create-${index} @1000 accepted milestone.created ${index} 1.00`),
        );
      }),
      { numRuns: 30 },
    );
  });
  it('a whole life in any order, in any batches, ends with everything released, in index order', () => {
    const steps = upTo(10).flatMap((index) => [`create ${index}`, `complete ${index}`, `release ${index}`]);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(steps, { minLength: steps.length }),
        fc.integer({ min: 1, max: 40 }),
        (all, size) => {
          const log = new Recorder('funded');
          const released: string[] = [];
          for (let start = 0; start < all.length; start += size) {
            const words = all.slice(start, start + size).map((step) => `${step} wait forever`);
            released.push(...log.batch(1_000, ...words).filter((entry) => entry.includes('milestone.released')));
          }
          expect(released.map((entry) => entry.split(' ')[0])).toEqual(upTo(10).map((index) => `release-${index}`));
          expect(log.order).toMatchObject({ status: 'COMPLETED', held: [], released: '1000.00' });
        },
      ),
      { numRuns: 50 },
    );
  });
  it('of the held commands the lowest index goes first, and of one index create, complete, release', () => {
    const log = new Recorder('funded');
    const waiting = ['release 0', 'complete 1', 'create 2', 'complete 0', 'create 1'];
    expect(log.batch(1_000, ...waiting.map((words) => `${words} wait forever`))).toHaveLength(5);
    expect(log.batch(1_500, 'create 0 received 1500')).toEqual([
      'create-0 @1500 accepted milestone.created 0 100.00',
      'complete-0 @1500 accepted milestone.completed 0',
      'release-0 @1500 accepted milestone.released 0 100.00 + payout.created 0 100.00',
      'create-1 @1500 accepted milestone.created 1 100.00',
      'complete-1 @1500 accepted milestone.completed 1',
      'create-2 @1500 accepted milestone.created 2 100.00',
    ]);
    expect(log.heldIds()).toEqual([]);
  });
  it('of two held creates with one index the first to arrive wins', () => {
    const log = new Recorder('empty');
    log.batch(1_000, 'create 1 of 1.00 wait forever as a', 'create 1 of 2.00 wait forever as b');
    expect(log.batch(1_000, 'create 0')).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'a @1000 accepted milestone.created 1 1.00',
      'b @1000 rejected milestone_index_taken (1)',
    ]);
  });
  it('a held create is refused as soon as the others leave it no room', () => {
    const log = new Recorder('empty');
    log.batch(1_000, 'create 2 of 600.00 wait forever');
    expect(log.batch(1_000, 'create 0 of 400.01')).toEqual([
      'create-0 @1000 accepted milestone.created 0 400.01',
      'create-2 @1000 rejected total_exceeds_order',
    ]);
  });
  it('what can go when an order is loaded goes, though no command arrives', () => {
    const order = given('milestone 0 PENDING, held create 1 wait 500');
    expect(new Recorder(order).batch(9_000)).toEqual(['create-1 @0 accepted milestone.created 1 100.00']);
  });
  it('a rejected command sets nothing free', () => {
    const log = new Recorder('held create 1 wait forever');
    expect(log.batch(1_000, 'create 0 of 1000.01')).toEqual(['create-0 @1000 rejected total_exceeds_order']);
    expect(log.heldIds()).toEqual(['create-1']);
  });
});

describe('Only what is still held at the end of a batch is recorded as held', () => {
  it('with the time its wait ends, after everything that was settled', () => {
    const log = new Recorder('funded');
    expect(log.batch(1_200, 'create 2 wait 2000 received 1000', 'create 0 received 1100')).toEqual([
      'create-0 @1100 accepted milestone.created 0 100.00',
      'create-2 @1100 held previous_milestone_missing (1) until 3000',
    ]);
    expect(log.order.held).toMatchObject([{ until: 3_000, cancelled: false, command: { id: 'create-2' } }]);
  });
  it('with what it waits for then, though it was held for something else', () => {
    const log = new Recorder('funded');
    expect(log.batch(1_000, 'complete 1 wait forever', 'create 0', 'create 1').at(-1)).toBe(
      'complete-1 @1000 held previous_milestone_open (0) without end',
    );
  });
  it('an entry tells whether its command was held before this batch', () => {
    const log = new Recorder('empty');
    log.batch(1_000, 'create 2 wait forever');
    log.batch(1_000, 'create 1', 'create 0', 'cancel create-2');
    expect(log.entries.map((entry) => [entry.commandId, 'wasHeld' in entry && entry.wasHeld])).toEqual([
      ['create-1', false],
      ['create-0', false],
      ['cancel-create-2', false],
      ['create-2', true],
    ]);
  });
  it('a command that waited within its batch keeps what people wrote', () => {
    const details = { description: 'Final payment' };
    const create: Command = { ...command('create 1 wait 2000'), details };
    expect(propose(given('empty'), [create, command('create 0')], 1_000).entries[1]).toMatchObject({
      commandId: 'create-1',
      events: [{ type: 'milestone.created', index: 1, details }],
    });
    expect(propose(given('empty'), [create], 1_000).entries).toMatchObject([{ outcome: 'held', command: { details } }]);
  });
  it('an entry names who asked, and for what', () => {
    expect(propose(given('empty'), [command('create 1 wait 9'), command('create 0')], 1_000).entries).toMatchObject([
      { commandType: 'milestone.create', actor: { role: 'merchant', id: 'merchant_1' }, commandId: 'create-0' },
      { commandType: 'milestone.create', actor: { role: 'merchant', id: 'merchant_1' }, commandId: 'create-1' },
    ]);
  });
});

describe('What arrives twice makes no second entry', () => {
  it('a command twice in a batch', () => {
    const batch = new Recorder('empty').batch(1_000, 'create 0', 'create 0', 'create 2 wait 5', 'create 2 wait 5');
    expect(batch).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'create-2 @1000 held previous_milestone_missing (1) until 1005',
    ]);
  });
  it('a repeat of a held command, whatever it now says', () => {
    const log = new Recorder('empty');
    log.batch(1_000, 'create 1 wait 2000');
    expect(log.batch(2_000, 'create 1 wait 9000 received 2000', 'create 0 as create-1')).toEqual([]);
    expect(log.order.held).toMatchObject([{ until: 3_000 }]);
  });
  it('a repeat of a held command whose turn comes in the same batch', () => {
    const log = new Recorder('held create 1 wait forever');
    expect(log.batch(1_000, 'create 1', 'create 0', 'create 1')).toHaveLength(2);
  });
});

describe('What is no command is recorded as rejected', () => {
  const broken: InvalidCommand = {
    id: 'sig_1',
    type: 'milestone.create',
    actor: { role: 'operator', id: 'ui' },
    receivedAt: 1_000,
    problem: 'Unknown field x',
  };
  it('once, with its problem, and everything else goes on', () => {
    const log = new Recorder('empty');
    expect(log.batch(1_000, broken, broken, 'create 0')).toEqual([
      'sig_1 @1000 rejected invalid_command',
      'create-0 @1000 accepted milestone.created 0 100.00',
    ]);
    expect(log.entries[0]).toMatchObject({ detail: { problem: 'Unknown field x' }, actor: broken.actor });
  });
});

describe('A held command can be withdrawn', () => {
  it('in a later batch', () => {
    const log = new Recorder('held create 2 wait forever');
    expect(log.batch(1_500, 'cancel create-2 received 1500')).toEqual([
      'cancel-create-2 @1500 accepted command.cancelled create-2',
      'create-2 @1500 rejected command_cancelled',
    ]);
    expect(log.heldIds()).toEqual([]);
  });
  it('in the batch it arrives in', () => {
    expect(new Recorder('empty').batch(1_000, 'create 2 wait forever', 'cancel create-2')).toEqual([
      'cancel-create-2 @1000 accepted command.cancelled create-2',
      'create-2 @1000 rejected command_cancelled',
    ]);
  });
  it('once, and not when its turn has come before', () => {
    const log = new Recorder('held create 1 wait forever');
    expect(log.batch(1_000, 'create 0', 'cancel create-1')).toEqual([
      'create-0 @1000 accepted milestone.created 0 100.00',
      'create-1 @1000 accepted milestone.created 1 100.00',
      'cancel-create-1 @1000 rejected command_not_held',
    ]);
    expect(log.batch(1_000, 'cancel create-1 as again')).toEqual(['again @1000 rejected command_not_held']);
  });
  it('and then never happens, though its turn comes', () => {
    const log = new Recorder('empty');
    log.batch(1_000, 'create 1 wait forever', 'cancel create-1');
    expect(log.batch(1_000, 'create 0')).toEqual(['create-0 @1000 accepted milestone.created 0 100.00']);
  });
});

describe(`At most ${MAX_HELD_COMMANDS} commands are held`, () => {
  const fullLog = () => {
    const log = new Recorder('empty');
    for (let start = 2; start < MAX_HELD_COMMANDS + 2; start += 100) {
      log.batch(1_000, ...upTo(100).map((step) => `create ${start + step} of 0.01 wait forever`));
    }
    return log;
  };
  it('the next is refused, also when it is in the same batch', () => {
    const log = fullLog();
    expect(log.heldIds()).toHaveLength(MAX_HELD_COMMANDS);
    expect(log.batch(1_000, 'create 1500 wait forever')).toEqual(['create-1500 @1000 rejected held_commands_full']);
    expect(log.batch(1_000, 'cancel create-2', 'create 1501 wait 9', 'create 1502 wait 9').slice(2)).toEqual([
      'create-1502 @1000 rejected held_commands_full',
      'create-1501 @1000 held previous_milestone_missing (1500) until 1009',
    ]);
  });
  it('and all of them go when their turn comes', () => {
    const log = fullLog();
    expect(log.batch(1_000, 'create 0 of 0.01', 'create 1 of 0.01')).toHaveLength(MAX_HELD_COMMANDS + 2);
    expect(log.order).toMatchObject({ held: [], allocated: '10.02' });
  });
});

describe('When an order closes nothing stays held', () => {
  it('what waited, before this batch or since it began, is rejected', () => {
    const log = new Recorder('funded, milestone 0 COMPLETED of 1000.00, held complete 1 wait forever');
    expect(log.batch(1_000, 'release 2 wait forever', 'release 0', 'create 1 of 1.00')).toEqual([
      'release-0 @1000 accepted milestone.released 0 1000.00 + payout.created 0 1000.00 + escrow_order.completed',
      'complete-1 @1000 rejected order_closed (COMPLETED)',
      'release-2 @1000 rejected order_closed (COMPLETED)',
      'create-1 @1000 rejected order_closed (COMPLETED)',
    ]);
    expect(log.order).toMatchObject({ status: 'COMPLETED', held: [] });
  });
});

describe('A batch of which only a beginning is recorded', () => {
  const words = fc
    .tuple(
      fc.constantFrom('create', 'complete', 'release', 'cancel'),
      fc.nat(4),
      fc.constantFrom('0', 'forever'),
      fc.nat(40),
    )
    .map(([verb, index, wait, id]) =>
      verb === 'cancel'
        ? `cancel id${id} as id${id + 100}`
        : `${verb} ${index} wait ${wait} received ${1_000 + id * 7} as id${id}`,
    );
  it('goes on with the same outcomes when the rest is proposed again', () => {
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 20 }),
        fc.nat(20),
        fc.nat(60),
        fc.nat(9_000),
        (batch, entries, decisions, bytes) => {
          const commands = batch.map((line) => command(line));
          const atOnce = propose(given('funded'), commands, 2_000).entries;
          const limits = { entries, decisions, bytes };
          const { entries: first, isWhole } = propose(given('funded'), commands, 2_000, false, limits);
          if (isWhole) expect(first).toEqual(atOnce);
          const log = evolve(given('funded'), recorded(0, first));
          const known = new Set(first.map(({ commandId }) => commandId));
          const rest = propose(
            log,
            commands.filter(({ id }) => !known.has(id)),
            2_000,
          ).entries;
          // Order and reason may differ: what waited within the batch is now taken in the order of its arrival. Where the
          // decisions are bounded, it may have been recorded as waiting.
          const outcomes = (entries: readonly ProposedEntry[]) =>
            new Map(entries.map(({ commandId, outcome }) => [commandId, outcome]));
          expect(outcomes([...first, ...rest])).toEqual(outcomes(atOnce));
        },
      ),
      { numRuns: 500 },
    );
  });

  const idsOf = (entries: readonly ProposedEntry[]) => entries.map(({ commandId }) => commandId);
  const withdrawing = ['create 0', 'create 2 wait forever', 'cancel create-2', 'create 4 wait forever', 'create 1'];
  const part = (entries: number) =>
    propose(
      given('funded'),
      withdrawing.map((line) => command(line)),
      1_000,
      false,
      { entries, decisions: 1_000, bytes: 100_000 },
    );
  it('ends where it is asked to', () => {
    expect(idsOf(part(500).entries)).toEqual(['create-0', 'cancel-create-2', 'create-2', 'create-1', 'create-4']);
    expect([0, 1, 3, 4, 5, 500].map((most) => part(most).entries.length)).toEqual([0, 1, 3, 4, 5, 5]);
    expect([0, 4, 5, 500].map((most) => part(most).isWhole)).toEqual([false, false, true, true]);
  });
  it('but never between the withdrawal of a command and the end of its wait', () => {
    expect(idsOf(part(2).entries)).toEqual(['create-0', 'cancel-create-2', 'create-2']);
  });
});

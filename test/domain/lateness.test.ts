import { describe, expect, it } from 'vitest';
import { evolve } from '../../src/domain/evolve.ts';
import { propose } from '../../src/domain/propose.ts';
import { recorded } from './support/recorder.ts';
import { command, entryInWords, given } from './support/script.ts';

describe('A command that was received in time is in time, however late and in however many batches it is worked off', () => {
  const waiting = command('create 1 received 1000 wait 2000');
  const inTime = command('create 0 received 1500');
  const both = [
    'create-0 @1500 accepted milestone.created 0 100.00',
    'create-1 @1500 accepted milestone.created 1 100.00',
  ];

  it('in one batch', () => {
    expect(propose(given('empty'), [waiting, inTime], 10_000).entries.map(entryInWords)).toEqual(both);
  });

  it('in two: nothing expires while further commands have arrived', () => {
    const order = given('empty');
    const first = propose(order, [waiting], 10_000, true).entries;
    expect(first.map(({ outcome }) => outcome)).toEqual(['held']);
    const second = propose(evolve(order, recorded(order.version, first)), [inTime], 10_000).entries;
    expect(second.map(entryInWords)).toEqual(both);
  });

  it('and without further commands what has expired expires', () => {
    expect(propose(given('empty'), [waiting], 10_000).entries.map(({ outcome }) => outcome)).toEqual(['rejected']);
  });
});

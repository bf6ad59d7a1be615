/** What docs/LIFECYCLE.md says of who may do what, and whom it pays, in one sentence each. */
import { describe, expect, it } from 'vitest';
import { clockRows, ownGains, typesNotTried } from './support/party-tables.ts';

describe('The tables of parties', () => {
  it('try every command', () => {
    expect(typesNotTried).toEqual([]);
  });
  it('let a party pay itself in two ways only: the merchant releases, or completes what releases itself', () => {
    expect(ownGains()).toEqual([
      'merchant: milestone.complete, `autoRelease`',
      'merchant: milestone.release',
      'merchant: milestone.release of 60.00',
    ]);
  });
  it('let no deadline pay a party that started it, but an inspection, which is the buyer’s time', () => {
    const own = clockRows().filter(({ starter, paid }) => (paid as readonly string[]).includes(starter));
    expect(own.map(({ deadline, starter }) => `${deadline} ${starter}`)).toEqual(['inspection merchant']);
  });
});

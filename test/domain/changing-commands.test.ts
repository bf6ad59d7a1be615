import { describe, expect, it } from 'vitest';
import { type CommandType, isInvalid, MAX_INSTANT } from '../../src/domain/commands.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';

const FALLBACK = { id: 'sig_1', actor: { role: 'operator', id: 'temporal' }, receivedAt: 5_000 } as const;
const parse = (type: CommandType, raw: unknown) => parseCommand(type, raw, FALLBACK);
const problemOf = (type: CommandType, raw: object): string | null => {
  const result = parse(type, raw);
  return isInvalid(result) ? result.problem : null;
};
const amendOf = (fields: object) => parse('milestone.amend', { milestoneIndex: 0, ...fields });
const base = { ...FALLBACK, turnWaitMs: null };

describe('An amendment', () => {
  it('without a field leaves it as it is: what is not given is missing in the command', () => {
    const amend = { ...base, type: 'milestone.amend', milestoneIndex: 0 };
    expect(amendOf({})).toStrictEqual({ ...amend, details: {} });
    expect(amendOf({ amount: '250' })).toStrictEqual({ ...amend, amount: '250', details: {} });
    expect(amendOf({ percentage: 0 })).toStrictEqual({ ...amend, details: { percentage: 0 } });
  });
  it('with null takes the due date, the description or the percentage away', () => {
    expect(amendOf({ dueAt: null })).toMatchObject({ dueAt: null, details: {} });
    expect(amendOf({ description: null })).toMatchObject({ details: { description: null } });
    expect(amendOf({ percentage: null })).toMatchObject({ details: { percentage: null } });
    expect(amendOf({ dueAt: null })).not.toHaveProperty('amount');
  });
  it('takes dates at both ends of time', () => {
    expect(amendOf({ dueAt: 0 })).toMatchObject({ dueAt: 0 });
    expect(amendOf({ dueAt: MAX_INSTANT })).toMatchObject({ dueAt: MAX_INSTANT });
  });
  it.each([
    ['amount', [300, '', '0', '0.00', '-1', '1e3', ' 1', '.5', '1.', {}]],
    ['dueAt', ['2024-01-01', -1_000, 0.5, 1_234, MAX_INSTANT + 1, {}]],
    ['description', ['', 1, {}, 'x'.repeat(2_001), 'a\0b', '\ud800']],
    ['percentage', ['30', -1, 101, {}]],
    ['milestoneIndex', [undefined, null, '0', 0.5, -1, 10_000]],
  ])('with a bad %s is refused', (name, values) => {
    for (const value of values) {
      expect(problemOf('milestone.amend', { milestoneIndex: 0, [name]: value })).toMatch(new RegExp(`^${name} must `));
    }
  });
});

describe('A reason', () => {
  const TYPES = ['milestone.cancel', 'order.refund', 'order.cancel', 'payment_intent.cancel'] as const;
  const payloadOf = (type: CommandType) => (type.startsWith('milestone') ? { milestoneIndex: 0 } : {});

  it('is required to reopen a milestone: whoever rejects work says why', () => {
    for (const reason of [undefined, null, '', 1, {}, 'x'.repeat(2_001)]) {
      expect(problemOf('milestone.reopen', { milestoneIndex: 0, reason })).toMatch(/^reason must /);
    }
    expect(problemOf('milestone.reopen', { milestoneIndex: 0, reason: 'x'.repeat(2_000) })).toBeNull();
  });
  it.each(TYPES)('may be left out of %s', (type) => {
    expect(parse(type, payloadOf(type))).toMatchObject({ type, details: {} });
    expect(parse(type, { ...payloadOf(type), reason: null })).toMatchObject({ type, details: {} });
  });
  it.each(TYPES)('of %s is a text that can be stored', (type) => {
    for (const reason of [1, {}, ['x'], 'x'.repeat(2_001), 'a\0b', '\udc00']) {
      expect(problemOf(type, { ...payloadOf(type), reason })).toMatch(/^reason must /);
    }
  });
});

describe('An amount to release or to refund', () => {
  const TYPES = ['milestone.release', 'order.refund'] as const;
  const withAmount = (type: CommandType, fields: object) =>
    parse(type, { ...(type === 'milestone.release' && { milestoneIndex: 0 }), ...fields });

  it.each(TYPES)('may be left out of %s, which then means all of it', (type) => {
    expect(withAmount(type, {})).not.toHaveProperty('amount');
    expect(withAmount(type, {})).not.toHaveProperty('problem');
  });
  it.each(TYPES)('of %s is kept as it was written, up to 18 decimals', (type) => {
    for (const amount of ['1', '1.10', '0.000000000000000001', '999999999999999999.999999999999999999']) {
      expect(withAmount(type, { amount })).toMatchObject({ amount });
    }
  });
  it.each(TYPES)('of %s is a positive decimal string', (type) => {
    for (const amount of [1, '', '0', '0.000', '-1', '+1', '1e3', '01', '1,5', '0.0000000000000000001', {}]) {
      expect(withAmount(type, { amount })).toMatchObject({
        problem: expect.stringMatching(/^amount must be a decimal string greater than 0/),
      });
    }
  });
});

describe('What the other new commands need', () => {
  it('a milestone to cancel or reopen has an index', () => {
    for (const type of ['milestone.cancel', 'milestone.reopen'] as const) {
      expect(problemOf(type, { reason: 'x' })).toMatch(/^milestoneIndex must be an integer from 0 to 9999/);
      expect(problemOf(type, { reason: 'x', milestoneIndex: -1 })).toMatch(/^milestoneIndex must /);
    }
  });
  it('an order to cancel needs nothing, and takes no milestone', () => {
    for (const type of ['order.cancel', 'order.refund', 'payment_intent.cancel'] as const) {
      expect(problemOf(type, {})).toBeNull();
      expect(problemOf(type, { milestoneIndex: 0 })).toBe('Unknown field "milestoneIndex"');
    }
  });
});

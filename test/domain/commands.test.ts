import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES, type CommandType, isInvalid, MAX_INSTANT } from '../../src/domain/commands.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';
import { COMPLETE, ENVELOPE } from './support/payloads.ts';

const FALLBACK = { id: 'sig_1', actor: { role: 'operator', id: 'temporal' }, receivedAt: 5_000 } as const;
const parse = (type: CommandType, raw: unknown) => parseCommand(type, raw, FALLBACK);

/** What the problem says, or null when it is a command. */
function problemOf(type: CommandType, raw: unknown): string | null {
  const result = parse(type, raw);
  return isInvalid(result) ? result.problem : null;
}
const createWith = (fields: object) => problemOf('milestone.create', { milestoneIndex: 0, amount: '1', ...fields });

describe('A payload becomes a command with exactly what was sent', () => {
  const base = { id: 'cmd_1', actor: { role: 'buyer', id: 'b_1' }, receivedAt: 1_000, turnWaitMs: 2_000 };
  const EXPECTED: Record<CommandType, object> = {
    'milestone.create': {
      milestoneIndex: 3,
      amount: '300.5',
      dueAt: 1_700_000_000_000,
      details: { description: 'Initial payment - 30%', percentage: 30, metadata: { po: '4711' } },
    },
    'milestone.complete': {
      milestoneIndex: 0,
      details: { completedBy: 'ann', completionProof: 'hash', completionProofURI: 'ipfs://x' },
    },
    'milestone.release': { milestoneIndex: 9_999, amount: '0.10', details: { releasedBy: 'ann' } },
    'milestone.amend': {
      milestoneIndex: 1,
      amount: '250',
      dueAt: 5_000,
      details: { description: 'Half', percentage: 50 },
    },
    'milestone.cancel': { milestoneIndex: 1, details: { reason: 'not needed' } },
    'milestone.reopen': { milestoneIndex: 1, details: { reason: 'not what was agreed' } },
    'order.fund': {},
    'order.refund': { amount: '7.5', details: { reason: 'too much' } },
    'order.cancel': { details: { reason: 'given up' } },
    'payment_intent.cancel': { details: { reason: 'given up' } },
    'milestone.extend': { milestoneIndex: 2, seconds: 86_400 },
    'milestone.remind': { milestoneIndex: 2 },
    'milestone.expire': { milestoneIndex: 2 },
    'milestone_batch.create': {
      items: [
        { milestoneIndex: 3, amount: '300.5', dueAt: 5_000 },
        { milestoneIndex: 4, amount: '7' },
      ],
      details: { items: [{ description: 'Initial payment', metadata: { po: '4711' } }, { percentage: 70 }] },
    },
    'dispute.raise': {
      milestoneIndex: 2,
      windowSeconds: 3_600,
      details: { reason: 'not as agreed', raisedBy: 'ben' },
    },
    'dispute.resolve': {
      resolution: 'PARTIAL_REFUND',
      merchantAmount: '60',
      buyerAmount: '40.5',
      details: { reason: 'both are right' },
    },
    'dispute.withdraw': { details: { reason: 'settled' } },
    'order.advance_clock': { seconds: 60 },
    'payout.settle': {
      milestoneIndex: 2,
      result: 'FAILED',
      details: { reference: 'tx_1', error: 'account closed', attempts: 3 },
    },
    'payout.retry': { milestoneIndex: 2 },
    'command.cancel': { targetCommandId: 'cmd_2' },
  };
  it.each(COMMAND_TYPES)('%s', (type) => {
    expect(parse(type, { ...ENVELOPE, ...COMPLETE[type] })).toStrictEqual({ ...base, type, ...EXPECTED[type] });
  });
});

describe('What a hand-typed signal leaves out', () => {
  it.each(COMMAND_TYPES)('%s gets an id, an actor and a time, and is held without end', (type) => {
    expect(parse(type, COMPLETE[type])).toMatchObject({ ...FALLBACK, type, turnWaitMs: null });
  });
  it('a wait of null means without end, a wait of 0 not at all', () => {
    expect(parse('order.fund', { turnWaitMs: null })).toMatchObject({ turnWaitMs: null });
    expect(parse('order.fund', { turnWaitMs: 0 })).toMatchObject({ turnWaitMs: 0 });
  });
  it('a release without a name is by whoever asks', () => {
    expect(parse('milestone.release', { milestoneIndex: 0 })).toMatchObject({ details: { releasedBy: 'temporal' } });
    const actor = { role: 'buyer', id: 'b_1' };
    expect(parse('milestone.release', { milestoneIndex: 0, actor })).toMatchObject({ details: { releasedBy: 'b_1' } });
  });
  it('optional fields that are missing are missing in the command, not undefined', () => {
    const command = parse('milestone.create', { milestoneIndex: 0, amount: '1' });
    expect(command).toStrictEqual({
      ...FALLBACK,
      type: 'milestone.create',
      turnWaitMs: null,
      milestoneIndex: 0,
      amount: '1',
      details: {},
    });
  });
  it.each(COMMAND_TYPES)('null in a field of %s that may be missing is as good as nothing', (type) => {
    const CHANGED = type === 'milestone.amend' ? ['dueAt', 'description', 'percentage'] : [];
    const complete: Record<string, unknown> = { ...ENVELOPE, ...COMPLETE[type] };
    for (const name of Object.keys(complete).filter((name) => !CHANGED.includes(name))) {
      const { [name]: _, ...others } = complete;
      const [without, asNull] = [parse(type, others), parse(type, { ...others, [name]: null })];
      if (isInvalid(without)) expect(problemOf(type, { ...others, [name]: null })).toMatch(`${name} must `);
      else expect(asNull).toStrictEqual(without);
    }
  });
  it('null takes a due date, a description and a percentage away in a change, and nothing else', () => {
    const change = { milestoneIndex: 0, amount: null, dueAt: null, description: null, percentage: null };
    const command = parse('milestone.amend', change);
    expect(command).toMatchObject({ dueAt: null, details: { description: null, percentage: null } });
    expect(command).not.toHaveProperty('amount');
  });
  it('an empty list is an empty object, which is what PHP means by it', () => {
    expect(parse('order.fund', [])).toStrictEqual(parse('order.fund', {}));
    const create = { milestoneIndex: 0, amount: '1' };
    expect(parse('milestone.create', { ...create, metadata: [] })).toMatchObject({ details: { metadata: {} } });
    expect(problemOf('milestone.create', [])).toBe('milestoneIndex must be an integer from 0 to 9999, got nothing');
  });
  it('something that is no object at all is still recorded under an id', () => {
    const problem = 'The payload must be a JSON object, got nothing';
    expect(parse('milestone.create', undefined)).toStrictEqual({ ...FALLBACK, type: 'milestone.create', problem });
  });
});

describe('What is wrong is named, the first thing first', () => {
  it.each([
    [null, 'The payload must be a JSON object, got null'],
    [[1], 'The payload must be a JSON object, got an array'],
    ['x', 'The payload must be a JSON object, got "x"'],
    [Number.NaN, 'The payload must be a JSON object, got NaN'],
    ['x'.repeat(1e6), 'The payload must be a JSON object, got a string of 1000000 characters'],
    ['\ud800', 'The payload must be a JSON object, got a string of 1 characters'],
  ])('%o', (raw, problem) => expect(problemOf('order.fund', raw)).toBe(problem));

  it.each([
    ['milestoneIndex', [undefined, null, '0', 0.5, -1, 10_000, Number.NaN, JSON.parse('1e400'), 1n, [0], {}]],
    ['amount', [undefined, null, 300, '', '0', '-1', '1e3', '0x10', 'NaN', '1'.repeat(1e6), '\ud800', ['1'], {}]],
    ['dueAt', ['2024-01-01', -1, 0.5, 1_234, MAX_INSTANT + 1, Number.POSITIVE_INFINITY]],
    ['description', [1, {}, 'x'.repeat(2_001), 'a\0b', '\ud800', '\udc00x', ['x']]],
    ['percentage', ['30', -0.001, 100.001, Number.NaN, Number.POSITIVE_INFINITY, {}]],
    ['metadata', [['x'], 'x', { a: 1 }, { '': 'x' }, { a: '\0' }, { '\ud800': 'x' }, { a: { b: 'c' } }]],
    [
      'metadata',
      [{ ['k'.repeat(41)]: 'x' }, { k: 'x'.repeat(501) }, Object.fromEntries([...Array(21)].map((_, i) => [i, '']))],
    ],
    ['commandId', ['', 'a b', 'x'.repeat(129), '\0', 'é', 1, {}, 'a\n']],
    ['actor', ['x', [], {}, { role: 'merchant' }, { role: 'god', id: 'x' }, { role: 'buyer', id: '' }]],
    [
      'actor',
      [
        { role: 'buyer', id: 1 },
        { role: 'buyer', id: 'x'.repeat(201) },
        { role: 'buyer', id: '\ud800' },
        { role: 'buyer', id: 'b', extra: 1 },
      ],
    ],
    ['receivedAt', [-1, 0.5, '0', MAX_INSTANT + 1, Number.NaN]],
    ['turnWaitMs', [-1, 0.5, '2000', Number.POSITIVE_INFINITY, MAX_INSTANT + 1, true]],
  ])('%s of a create', (name, values) => {
    for (const value of values)
      expect(createWith({ [name]: value }), String(name)).toMatch(new RegExp(`^${name} must `));
  });
  it('completedBy is required, and not empty', () => {
    for (const completedBy of [undefined, null, '', 1, 'x'.repeat(2_001)]) {
      expect(problemOf('milestone.complete', { milestoneIndex: 0, completedBy })).toMatch(/^completedBy must /);
    }
  });
  it('the target of a cancel is required', () => {
    for (const targetCommandId of [undefined, null, '', 'a b']) {
      expect(problemOf('command.cancel', { targetCommandId })).toMatch(/^targetCommandId must be 1 to 128/);
    }
  });
  it('the limits themselves are allowed', () => {
    const metadata = Object.fromEntries([...Array(20)].map((_, i) => [`${i}`.padEnd(40, 'k'), 'v'.repeat(500)]));
    const most = {
      description: 'x'.repeat(2_000),
      metadata,
      percentage: 100,
      dueAt: MAX_INSTANT,
      turnWaitMs: MAX_INSTANT,
    };
    expect(createWith({ ...most, milestoneIndex: 9_999, commandId: 'x'.repeat(128) })).toBeNull();
    expect(createWith({ description: '', percentage: 0, metadata: {}, dueAt: 0, receivedAt: MAX_INSTANT })).toBeNull();
    expect(createWith({ description: '💶 ﷽', percentage: 33.333 })).toBeNull();
  });
  it('of several problems the first in the order of reading', () => {
    expect(createWith({ commandId: '', milestoneIndex: -1, amount: 1 })).toMatch(/^commandId/);
    expect(createWith({ milestoneIndex: -1, amount: 1, extra: 1 })).toMatch(/^milestoneIndex/);
  });
  it('a bad id is replaced, a good one is kept with the problem, so that its sender finds it', () => {
    expect(parse('order.fund', { commandId: 'a b' })).toMatchObject({ id: 'sig_1' });
    expect(parse('order.fund', { commandId: 'cmd_1', receivedAt: 'x' })).toMatchObject({
      id: 'cmd_1',
      receivedAt: 5_000,
    });
  });
});

describe('Unknown fields are refused', () => {
  it.each(COMMAND_TYPES)('%s', (type) => {
    for (const name of ['extra', 'id', 'type', 'toString', 'constructor', 'Amount', ' amount', '']) {
      expect(problemOf(type, { ...COMPLETE[type], [name]: 1 })).toBe(`Unknown field "${name}"`);
    }
    expect(problemOf(type, JSON.parse('{"__proto__":{"milestoneIndex":0}}'))).not.toBeNull();
  });
  it('those of another type of command too', () => {
    expect(problemOf('order.fund', { milestoneIndex: 0 })).toBe('Unknown field "milestoneIndex"');
    expect(problemOf('milestone.complete', { ...COMPLETE['milestone.complete'], amount: '1.00' })).toBe(
      'Unknown field "amount"',
    );
    expect(problemOf('milestone.cancel', { milestoneIndex: 0, amount: '1.00' })).toBe('Unknown field "amount"');
    expect(problemOf('order.cancel', { amount: '1.00' })).toBe('Unknown field "amount"');
    expect(problemOf('milestone.amend', { milestoneIndex: 0, metadata: {} })).toBe('Unknown field "metadata"');
  });
  it('and named so that the problem can be stored', () => {
    expect(problemOf('order.fund', { '\0': 1 })).toBe('Unknown field a string of 1 characters');
    const halfInside = `${'x'.repeat(39)}💶`;
    expect(problemOf('order.fund', { [halfInside]: 1 })).toBe(`Unknown field "${halfInside}"`);
    expect(problemOf('order.fund', { ['x'.repeat(1e6)]: 1 })).toBe('Unknown field a string of 1000000 characters');
  });
  it('a __proto__ in the metadata is a key like any other', () => {
    const metadata = JSON.parse('{"__proto__":"x"}');
    const command = parse('milestone.create', { milestoneIndex: 0, amount: '1', metadata });
    expect(JSON.stringify(command)).toContain('"metadata":{"__proto__":"x"}');
  });
});

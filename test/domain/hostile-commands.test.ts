import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES, type CommandType, isInvalid } from '../../src/domain/commands.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';
import { COMPLETE, ENVELOPE } from './support/payloads.ts';
import { flawsOf } from './support/sound-command.ts';

const FALLBACK = { id: 'sig_1', actor: { role: 'operator', id: 'temporal' }, receivedAt: 5_000 } as const;
const parse = (type: CommandType, raw: unknown) => parseCommand(type, raw, FALLBACK);

describe('Whatever arrives becomes a sound command or a sound problem', () => {
  const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
  const hostile = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, '', '\0', '\ud800', '__proto__', null, undefined),
    text.map((short) => short.repeat(200)),
    text,
  );
  const names = [...new Set(COMMAND_TYPES.flatMap((type) => Object.keys({ ...ENVELOPE, ...COMPLETE[type] })))];
  /** A complete payload in which up to three fields are replaced, or come in addition. */
  const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text });
  const nearly = fc.tuple(fc.constantFrom(...COMMAND_TYPES), fc.dictionary(name, hostile, { maxKeys: 3 }));

  function expectSound(type: CommandType, raw: unknown): void {
    const result = parse(type, raw);
    expect(flawsOf(type, result)).toEqual([]);
    const text = JSON.stringify(result);
    expect(JSON.parse(text)).toStrictEqual(result);
    expect(text.length).toBeLessThan(50_000);
  }

  it('anything at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_TYPES), hostile, (type, raw) => expectSound(type, raw)),
      { numRuns: 2_000 },
    );
  });
  it('good payloads with bad fields', () => {
    fc.assert(
      fc.property(nearly, ([type, bad]) => expectSound(type, { ...ENVELOPE, ...COMPLETE[type], ...bad })),
      { numRuns: 3_000 },
    );
  });
  it('the minus zeros that JSON can bring', () => {
    const zeros = '{"milestoneIndex":-0,"turnWaitMs":-0,"receivedAt":-0}';
    expectSound('milestone.create', { ...JSON.parse(zeros), amount: '1', dueAt: -0 });
  });
  it('a minus zero as the percentage', () => {
    expectSound('milestone.create', { milestoneIndex: 0, amount: '1', percentage: -0 });
  });
  it('nesting of 30 000 levels, 100 000 keys, a million characters', () => {
    const nested = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    const wide = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`k${i}`, 'v']));
    for (const type of COMMAND_TYPES) {
      for (const raw of [nested, { actor: nested }, { metadata: nested }, wide, { metadata: wide }, 'x'.repeat(1e6)]) {
        expect(isInvalid(parse(type, raw))).toBe(true);
        expectSound(type, raw);
      }
    }
  });
});

/** What goes through Temporal stays below its limit of a payload, at the most that can be asked for and one beyond it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODY_LIMIT_BYTES } from '../../src/api/json-body.ts';
import {
  type Command,
  type CommandDetails,
  METADATA_KEY_MAX_LENGTH,
  METADATA_MAX_PAIRS,
  METADATA_VALUE_MAX_LENGTH,
} from '../../src/domain/commands.ts';
import { compactEntry, toSnapshot } from '../../src/domain/compact.ts';
import { MAX_HELD_COMMANDS } from '../../src/domain/decisions.ts';
import type { EscrowOrder, Milestone } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';
import {
  ANSWER_MAX_BYTES,
  COMMAND_MAX_BYTES,
  countOfSignal,
  countWithin,
  jsonBytes,
  PAYLOAD_MAX_BYTES,
  SIGNAL_LIMITS,
} from '../../src/domain/payload-limits.ts';
import { COMMIT_LIMITS, propose } from '../../src/domain/propose.ts';
import { recorded } from './support/recorder.ts';
import { command, given } from './support/script.ts';

const FOUR_BYTES = '😀';
const NOW = 1_000_000;

/** All that a person can write about a milestone. */
const WIDEST_METADATA = Object.fromEntries(
  Array.from({ length: METADATA_MAX_PAIRS }, (_, number) => [
    `${FOUR_BYTES.repeat(METADATA_KEY_MAX_LENGTH - 2)}${number + 10}`,
    FOUR_BYTES.repeat(METADATA_VALUE_MAX_LENGTH),
  ]),
);

function createsOf(count: number, details: CommandDetails): Command[] {
  return Array.from({ length: count }, (_, index) => ({ ...command(`create ${index} of 1.00`), details }));
}

/** Commits one portion after the other, as the workflow does; answers the bytes of each and of its answer. */
function committed(start: EscrowOrder, commands: readonly Command[]) {
  let order = start;
  let left = commands;
  const sizes: { proposed: number; answered: number }[] = [];
  while (left.length > 0) {
    const { entries } = propose(order, left, NOW, false, COMMIT_LIMITS);
    expect(entries.length).toBeGreaterThan(0);
    const answers = entries.map((entry, position) => compactEntry(order.version + position + 1, entry));
    sizes.push({ proposed: jsonBytes(entries), answered: jsonBytes(answers) });
    order = evolve(order, recorded(order.version, entries));
    const done = new Set(entries.map(({ commandId }) => commandId));
    left = left.filter(({ id }) => !done.has(id));
  }
  return { order, sizes };
}

const orderOf = (count: number, milestone: Milestone, fields: Partial<EscrowOrder> = {}): EscrowOrder => ({
  ...given('funded'),
  ...{ amount: `${count}.00`, funded: `${count}.00`, allocated: `${count}.00` },
  milestones: Array.from({ length: count }, () => milestone),
  ...fields,
});

describe('Bytes are counted as they are sent', () => {
  it('for any JSON', () => {
    const value = fc.anything({ withUnicodeString: true } as never);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), value), (given) => {
        const json = JSON.stringify(given, (_, one) => (typeof one === 'bigint' ? null : one)) ?? '';
        expect(jsonBytes(json === '' ? undefined : JSON.parse(json))).toBe(Buffer.byteLength(json));
      }),
    );
  });
  it('up to the limit and not one beyond, but the first whatever it is', () => {
    expect(countWithin(9, ['a', 'b', 'c', 'd'])).toBe(3);
    expect(countWithin(8, ['a', 'b', 'c', 'd'])).toBe(2);
    expect(countWithin(8, ['😀'.repeat(9), 'b'])).toBe(1);
    expect(countWithin(8, [])).toBe(0);
  });
});

describe('What is recorded in one go', () => {
  it.each<[string, CommandDetails]>([
    ['descriptions of 1 000 characters of four bytes', { description: FOUR_BYTES.repeat(1_000) }],
    ['all metadata there can be', { metadata: WIDEST_METADATA }],
  ])('of 500 milestones with %s comes in portions', (_, details) => {
    const { order, sizes } = committed(given('funded'), createsOf(500, details));
    expect(order.milestones).toHaveLength(500);
    expect(sizes.length).toBeGreaterThan(5);
    for (const { proposed, answered } of sizes) {
      expect(proposed).toBeLessThanOrEqual(ANSWER_MAX_BYTES + 500);
      expect(answered).toBeLessThanOrEqual(ANSWER_MAX_BYTES);
    }
  });
  it('of disputes that are raised and withdrawn 49 times over 600 inspections comes in portions', () => {
    const inspected = orderOf(600, { status: 'COMPLETED', amount: '1.00', inspectionEndsAt: NOW * 2 });
    const lines = Array.from({ length: 98 }, (_, turn) => {
      const word = turn % 2 === 0 ? 'raise 0' : 'withdraw';
      return { ...command(`${word} received ${1_000 + turn * 10}`), id: `turn-${turn}` };
    });
    const { sizes } = committed(inspected, lines);
    expect(sizes.length).toBeGreaterThan(5);
    for (const { proposed } of sizes) expect(proposed).toBeLessThanOrEqual(ANSWER_MAX_BYTES + 200);
  });
  it('goes on in the same portion at the limit, and not one byte beyond it', () => {
    const creates = createsOf(2, {});
    const { entries } = propose(given('funded'), creates, NOW);
    const bytes = entries.reduce((sum, entry) => sum + jsonBytes(entry), 0);
    const within = (limit: number) => propose(given('funded'), creates, NOW, false, { ...COMMIT_LIMITS, bytes: limit });
    expect(within(bytes)).toEqual({ entries, isWhole: true });
    expect(within(bytes - 1)).toEqual({ entries: entries.slice(0, 1), isWhole: false });
  });
});

describe('What cannot be cut stays below the limit of a payload', () => {
  const WIDE = '99999999999999.123456789012345678';
  const due = { dueAt: 253_402_300_799_000 };
  const pending: Milestone = { status: 'PENDING', amount: WIDE, ...due };
  const inspected: Milestone = { status: 'COMPLETED', amount: WIDE, ...due, inspectionEndsAt: 253_402_300_799_999 };
  const disputed = (milestoneIndex: number | null) => ({
    status: 'DISPUTED' as const,
    dispute: { milestoneIndex, raisedByRole: 'merchant' as const, raisedAt: 1, endsAt: NOW * 9 },
  });
  it.each<[string, string, EscrowOrder]>([
    ['cancelling the order', 'cancel-order', orderOf(10_000, inspected)],
    ['deciding a dispute about the order', 'resolve BUYER_WON', orderOf(10_000, inspected, disputed(null))],
    ['withdrawing a dispute', 'withdraw', orderOf(10_000, inspected, disputed(null))],
    ['withdrawing a dispute before the work', 'withdraw', orderOf(10_000, pending, disputed(null))],
    ['deciding a dispute about the first', 'resolve BUYER_WON by arbiter', orderOf(10_000, inspected, disputed(0))],
  ])('%s, of 10 000 milestones', (_, words, order) => {
    const total = `${WIDE.slice(0, 14)}0000.00`;
    const wide = { ...order, amount: total, funded: total, allocated: total };
    const { entries } = propose(wide, [command(words)], NOW, false, COMMIT_LIMITS);
    expect(entries.map(({ outcome }) => outcome)).toEqual(['accepted']);
    expect(jsonBytes(entries)).toBeGreaterThan(ANSWER_MAX_BYTES);
    expect(jsonBytes(entries)).toBeLessThan(PAYLOAD_MAX_BYTES * 0.75);
  });
  it('loading an order with 10 000 of the widest milestones and as many held commands as there may be', () => {
    const payout = { status: 'FAILED', amount: '88888888888888.123456789012345678' } as const;
    const widest: Milestone = { ...inspected, extendedSeconds: 7_776_000, reminded: true, payout };
    const held = Array.from({ length: MAX_HELD_COMMANDS }, (_, number) => ({
      command: {
        ...command(`create ${number} of ${WIDE}`),
        ...{ id: 'x'.repeat(128), actor: { role: 'operator', id: 'x'.repeat(128) }, turnWaitMs: 253_402_300_799_000 },
        ...due,
      } as Command,
      until: 253_402_300_799_000,
      cancelled: false,
    }));
    const bytes = jsonBytes(toSnapshot(orderOf(10_000, widest, { held })));
    expect(bytes).toBeLessThan(PAYLOAD_MAX_BYTES * 0.8);
  });
});

describe('A command', () => {
  const ACTOR = { role: 'operator', id: 'ann' } as const;
  const parsed = (milestones: unknown) =>
    parseCommand('milestone_batch.create', { milestones }, { id: 'c', actor: ACTOR, receivedAt: NOW });
  const batchOf = (padding: number) => [
    ...Array.from({ length: 2 }, (_, milestoneIndex) => ({
      milestoneIndex,
      amount: '1.00',
      metadata: WIDEST_METADATA,
    })),
    ...Array.from({ length: 12 }, (_, number) => ({
      milestoneIndex: number + 2,
      amount: '1.00',
      description: number < 11 ? FOUR_BYTES.repeat(number < 10 ? 1_000 : 500) : 'x'.repeat(padding),
    })),
  ];
  const room = COMMAND_MAX_BYTES - jsonBytes(parsed(batchOf(0)));

  it('is taken at the limit', () => {
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThan(2_000);
    expect(jsonBytes(parsed(batchOf(room)))).toBe(COMMAND_MAX_BYTES);
    expect(parsed(batchOf(room))).not.toHaveProperty('problem');
  });
  it('is refused one byte beyond it, with both figures', () => {
    expect(parsed(batchOf(room + 1))).toMatchObject({
      problem: `The command must have at most ${COMMAND_MAX_BYTES} bytes, got ${COMMAND_MAX_BYTES + 1}`,
    });
  });
  it('that fits into a request fits into the limit: a body is refused first', () => {
    expect(BODY_LIMIT_BYTES * 1.5).toBeLessThan(COMMAND_MAX_BYTES);
  });
});

describe('A signal', () => {
  const many = (count: number, details: CommandDetails): Command[] => createsOf(count, details);
  it('has as many commands as it may, and not one more', () => {
    expect(countOfSignal(many(SIGNAL_LIMITS.commands, {}))).toBe(50);
    expect(countOfSignal(many(SIGNAL_LIMITS.commands + 1, {}))).toBe(50);
  });
  it('has as many bytes as it may, and not one more', () => {
    const details = { description: FOUR_BYTES.repeat(2_000) };
    const count = countOfSignal(many(50, details));
    const bytes = (first: number) => many(first, details).reduce((sum, one) => sum + jsonBytes(one), 0);
    expect(bytes(count)).toBeLessThanOrEqual(SIGNAL_LIMITS.bytes);
    expect(bytes(count + 1)).toBeGreaterThan(SIGNAL_LIMITS.bytes);
  });
  it('has commands of one type', () => {
    expect(countOfSignal(['create 0', 'create 1', 'complete 0', 'create 2'].map((words) => command(words)))).toBe(2);
    expect(countOfSignal([])).toBe(0);
  });
  it('has one command at least, however large', () => {
    const largest = { description: 'x'.repeat(SIGNAL_LIMITS.bytes) };
    expect(countOfSignal(many(2, largest))).toBe(1);
  });
});

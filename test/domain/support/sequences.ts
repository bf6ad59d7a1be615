/**
 * Random sequences of commands: a plan that leads an order through its life, out of order and with noise, cut into
 * batches. What is generated is what the model reads; `rawOf` says the same to `parseCommand`.
 */
import fc from 'fast-check';
import type { CommandType } from '../../../src/domain/commands.ts';
import type { Currency } from '../../../src/domain/money.ts';
import type { Step, StepKind } from '../model.ts';

export interface Sequence {
  readonly currency: Currency;
  readonly total: bigint;
  readonly isMilestoneLocked: boolean;
  readonly releasesOnCompletion: boolean;
  readonly batches: readonly { readonly now: number; readonly steps: readonly Step[] }[];
}

/** Decimals by currency, once more: the test must not believe the table it checks. */
export const DECIMALS = { USD: 2, EUR: 2, USDC: 6, USDT: 6, DAI: 18 } as const;

const HAVE_AMOUNTS: readonly StepKind[] = ['create', 'amend', 'release', 'refund'];

const wait = fc.oneof(fc.constant(0), fc.constant(null), fc.integer({ min: 1, max: 300 }));
/** What ends an order comes seldom, or nothing else would be seen. */
const kind = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<StepKind>('create', 'complete', 'release', 'fund', 'cancel', 'cancel') },
  { weight: 9, arbitrary: fc.constantFrom<StepKind>('amend', 'amend', 'drop', 'reopen', 'reopen', 'refund') },
  { weight: 1, arbitrary: fc.constantFrom<StepKind>('close', 'abandon', 'garbage') },
);
const noise = fc.record({
  kind,
  index: fc.nat(6),
  minor: fc.oneof(fc.bigInt({ min: 1n, max: 60n }), fc.bigInt({ min: 1n, max: 400n }), fc.constant(null)),
  isTooFine: fc.nat(7).map((dice) => dice === 0),
  /** Where in the plan it stands; and whose id a cancel names, or a repeat takes. */
  position: fc.nat(60),
  other: fc.nat(30),
  isRepeat: fc.nat(3).map((dice) => dice === 0),
  wait,
});

/**
 * Changes that come too early and wait. propose.ts does not wake them when it should (propose-changes.test.ts), so
 * until it does they refuse to wait.
 */

type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never;
/** Of a planned release: whether a part of it stays with the buyer. */
const isPartial = fc.nat(4).map((dice) => dice === 0);

type Planned = Omit<Step, 'receivedAt'> & { readonly position: number };

export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    currency: fc.constantFrom<Currency>('USD', 'EUR', 'USDC', 'USDT', 'DAI'),
    amounts: fc.array(fc.bigInt({ min: 1n, max: 200n }), { minLength: 1, maxLength: 5 }),
    spare: fc.constantFrom(0n, 0n, 1n, 250n),
    dice: fc.nat(19),
    releasesOnCompletion: fc.nat(3).map((dice) => dice === 0),
    /** How far each planned step is moved from its place, and how long it waits for its turn. */
    moves: fc.array(fc.record({ by: fc.nat(12), wait, isPartial }), { minLength: 16, maxLength: 16 }),
    noise: fc.array(noise, { maxLength: 20 }),
    gaps: fc.array(fc.integer({ min: -40, max: 120 }), { minLength: 1, maxLength: 12 }),
    sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }),
    lags: fc.array(fc.integer({ min: -60, max: 500 }), { minLength: 1, maxLength: 8 }),
  })
  .map((parts) => {
    const planned = planOf(parts.amounts, parts.moves);
    const all = [...planned, ...parts.noise.map((one, number) => noisy(one, number, planned, parts.currency))];
    all.sort((a, b) => a.position - b.position);
    return {
      currency: parts.currency,
      total: parts.amounts.reduce((sum, minor) => sum + minor, parts.spare),
      isMilestoneLocked: parts.dice > 0,
      releasesOnCompletion: parts.releasesOnCompletion,
      batches: cut(all, parts),
    };
  });

/** Fund, create, complete and release everything, each step somewhat later than it should come. */
function planOf(amounts: bigint[], moves: { by: number; wait: number | null; isPartial: boolean }[]): Planned[] {
  const life: [StepKind, number][] = [['fund', 0]];
  for (const kind of ['create', 'complete', 'release'] as const) {
    for (const index of amounts.keys()) life.push([kind, index]);
  }
  return life.map(([kind, index], number) => ({
    id: `${kind}-${index}`,
    kind,
    index,
    minor: plannedMinor(kind, amounts[index] ?? 1n, moves[number]?.isPartial ?? false),
    isTooFine: false,
    target: '',
    wait: moves[number]?.wait ?? null,
    position: number * 3 + (moves[number]?.by ?? 0),
  }));
}

const CHANGES: readonly StepKind[] = ['amend', 'drop', 'reopen'];

/** Most changes come when their milestone is there to be changed; at any other time they are refused for one reason. */
function placeOf(kind: StepKind, index: number, position: number, count: number): { index: number; position: number } {
  if (!CHANGES.includes(kind) && kind !== 'release') return { index, position };
  if (index === 6) return { index, position };
  const completing = 3 * (1 + count);
  const early = 3 + (position % (6 * count));
  const late = completing + (position % (3 * count + 9));
  return { index: index % count, position: kind === 'amend' || kind === 'drop' ? early : late };
}

function plannedMinor(kind: StepKind, amount: bigint, isPartial: boolean): bigint | null {
  if (kind === 'create') return amount;
  return kind === 'release' && isPartial ? (amount + 1n) / 2n : null;
}

function noisy(
  { position, other, isRepeat, ...step }: Noise,
  number: number,
  planned: Planned[],
  currency: Currency,
): Planned {
  const target = planned[other % planned.length];
  if (isRepeat && target) return { ...target, position };
  // A 19th decimal is no amount in any currency, so DAI has nothing that is only too fine.
  const hasAmount = step.kind === 'create' || (step.minor !== null && HAVE_AMOUNTS.includes(step.kind));
  const isTooFine = step.isTooFine && hasAmount && currency !== 'DAI';
  const minor = step.kind === 'create' ? (step.minor ?? 1n) : step.minor;
  const place = placeOf(step.kind, step.index, position, (planned.length - 1) / 3);
  return { ...step, ...place, minor, isTooFine, id: `noise-${number}`, target: target?.id ?? '' };
}

/** The clock runs unevenly, batches are processed late or empty, and some commands claim to come from the future. */
function cut(steps: Planned[], by: { gaps: number[]; sizes: number[]; lags: number[] }): Sequence['batches'] {
  const batches: { now: number; steps: Step[] }[] = [];
  const sizes = [...by.sizes, 3];
  let clock = 1_000;
  let now = 0;
  for (let start = 0; start < steps.length; ) {
    const size = sizes[batches.length % sizes.length] ?? 3;
    const received = steps.slice(start, start + size).map(({ position: _, ...step }, number): Step => {
      clock += by.gaps[(start + number) % by.gaps.length] ?? 0;
      return { ...step, receivedAt: Math.max(0, clock) };
    });
    now = Math.max(now, clock + (by.lags[batches.length % by.lags.length] ?? 0));
    batches.push({ now, steps: received });
    start += size;
  }
  return batches;
}

const TYPES: Record<StepKind, CommandType> = {
  create: 'milestone.create',
  complete: 'milestone.complete',
  release: 'milestone.release',
  amend: 'milestone.amend',
  drop: 'milestone.cancel',
  reopen: 'milestone.reopen',
  refund: 'order.refund',
  close: 'order.cancel',
  abandon: 'payment_intent.cancel',
  fund: 'order.fund',
  cancel: 'command.cancel',
  garbage: 'milestone.create',
};

/** The payload that a client would send for `step`. */
export function rawOf(step: Step, currency: Currency): { type: CommandType; raw: Record<string, unknown> } {
  const type = TYPES[step.kind];
  const envelope = { commandId: step.id, receivedAt: step.receivedAt, turnWaitMs: step.wait };
  const written = step.minor === null ? null : decimal(step.minor, DECIMALS[currency]) + (step.isTooFine ? '1' : '');
  const amount = written === null ? {} : { amount: written };
  switch (step.kind) {
    case 'create':
      return { type, raw: { ...envelope, milestoneIndex: step.index, ...amount, description: step.id } };
    case 'amend':
      return { type, raw: { ...envelope, milestoneIndex: step.index, ...amount, dueAt: null } };
    case 'drop':
      return { type, raw: { ...envelope, milestoneIndex: step.index } };
    case 'reopen':
      return { type, raw: { ...envelope, milestoneIndex: step.index, reason: 'not yet' } };
    case 'complete':
      return { type, raw: { ...envelope, milestoneIndex: step.index, completedBy: 'ann' } };
    case 'release':
      return { type, raw: { ...envelope, milestoneIndex: step.index, ...amount } };
    case 'refund':
      return { type, raw: { ...envelope, ...amount } };
    case 'fund':
    case 'close':
    case 'abandon':
      return { type, raw: envelope };
    case 'cancel':
      return { type, raw: { ...envelope, targetCommandId: step.target } };
    case 'garbage':
      return { type, raw: { ...envelope, milestoneIndex: step.index, amount: 'lots' } };
  }
}

/** An amount as a client writes it, trailing zeros and all. */
export function decimal(minor: bigint, decimals: number): string {
  const digits = String(minor).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

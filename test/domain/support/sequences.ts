/**
 * Random sequences of commands: a plan that leads an order through its life, out of order and with noise, cut into
 * batches. What is generated is what the model reads; raw-steps.ts says the same to `parseCommand`.
 */
import fc from 'fast-check';
import type { Currency } from '../../../src/domain/money.ts';
import type { Item, Role, Rules, Step, StepKind, Verdict } from '../model/state.ts';

export interface Sequence {
  readonly currency: Currency;
  readonly rules: Rules;
  readonly batches: readonly { readonly now: number; readonly steps: readonly Step[] }[];
}

const HAVE_AMOUNTS: readonly StepKind[] = ['create', 'amend', 'release', 'refund'];

/** Periods are whole seconds; these meet the ends of the periods to the millisecond, and beside it. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -40, max: 120 }) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 249, 250, 251, 500, 750, 1_000) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 4_000 }) },
);
const wait = fc.oneof(fc.constant(0), fc.constant(null), fc.integer({ min: 1, max: 300 }), fc.constant(2_000));
const due = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 25 }).map((second) => second * 1_000) },
);
/** What ends an order comes seldom, or nothing else would be seen. */
const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<StepKind>('create', 'complete', 'release', 'fund', 'cancel', 'cancel') },
  { weight: 8, arbitrary: fc.constantFrom<StepKind>('amend', 'amend', 'drop', 'reopen', 'reopen', 'refund') },
  { weight: 8, arbitrary: fc.constantFrom<StepKind>('raise', 'raise', 'resolve', 'resolve', 'withdraw', 'extend') },
  { weight: 8, arbitrary: fc.constantFrom<StepKind>('settle', 'settle', 'settle', 'retry', 'retry', 'advance') },
  { weight: 4, arbitrary: fc.constantFrom<StepKind>('batch', 'batch', 'extend') },
  { weight: 2, arbitrary: fc.constantFrom<StepKind>('close', 'abandon', 'garbage', 'remind', 'expire') },
);
const minor = fc.oneof(fc.bigInt({ min: 1n, max: 60n }), fc.bigInt({ min: 1n, max: 400n }));
const noise = fc.record({
  kind,
  /** Null where the kind has no milestone, or need not have one. */
  index: fc.nat(6),
  isAboutAll: fc.nat(3).map((dice) => dice === 0),
  minor: fc.oneof({ weight: 2, arbitrary: minor }, { weight: 1, arbitrary: fc.constant(null) }),
  /** Of a split: whether it adds up, and which part is the merchant's. */
  rest: minor,
  isFitting: fc.nat(3).map((dice) => dice > 0),
  isTooFine: fc.nat(7).map((dice) => dice === 0),
  due,
  seconds: fc.integer({ min: 1, max: 5 }),
  verdict: fc.constantFrom<Verdict>('MERCHANT_WON', 'BUYER_WON', 'PARTIAL_REFUND'),
  result: fc.constantFrom<Step['result']>('PAID', 'FAILED'),
  items: fc.array(fc.record({ skip: fc.nat(9), minor: fc.bigInt({ min: 1n, max: 90n }), due }), {
    minLength: 1,
    maxLength: 3,
  }),
  role: fc.constantFrom<Role>('merchant', 'buyer', 'arbiter', 'operator', 'system'),
  isUsualRole: fc.nat(5).map((dice) => dice > 0),
  /** Where in the plan it stands; and whose id a cancel names, or a repeat takes. */
  position: fc.nat(90),
  other: fc.nat(30),
  isRepeat: fc.nat(5).map((dice) => dice === 0),
  /** What comes soon after a dispute. */
  follow: fc.constantFrom<StepKind | null>('withdraw', 'withdraw', 'resolve', 'resolve', null),
  wait,
});

type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never;
type Planned = Omit<Step, 'receivedAt'> & { readonly position: number };

const seldom = fc.nat(3).map((dice) => dice === 0);
const terms = fc.record({
  inspectionSeconds: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 5 })),
  releaseBy: fc.constantFrom('merchant' as const, 'merchant' as const, 'buyer' as const),
  onOverdue: fc.constantFrom('event' as const, 'refund' as const),
  disputeDefault: fc.constantFrom('BUYER_WON' as const, 'MERCHANT_WON' as const),
  windowSeconds: fc.constantFrom(1, 1, 2, 4),
  isTestMode: fc.nat(5).map((dice) => dice > 0),
  releasesOnCompletion: seldom,
});

export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    currency: fc.constantFrom<Currency>('USD', 'EUR', 'USDC', 'USDT', 'DAI'),
    amounts: fc.array(fc.bigInt({ min: 1n, max: 200n }), { minLength: 1, maxLength: 5 }),
    spare: fc.constantFrom(0n, 0n, 1n, 250n),
    dice: fc.nat(19),
    terms,
    /** How far each planned step is moved from its place, and how long it waits for its turn. */
    moves: fc.array(fc.record({ by: fc.nat(12), wait, isPartial: fc.nat(4).map((dice) => dice === 0), due }), {
      minLength: 21,
      maxLength: 21,
    }),
    noise: fc.array(noise, { maxLength: 24, size: 'max' }),
    gaps: fc.array(gap, { minLength: 1, maxLength: 12 }),
    sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }),
    lags: fc.array(fc.oneof(fc.integer({ min: -60, max: 500 }), fc.integer({ min: 0, max: 3_000 })), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map((parts) => {
    const planned = planOf(parts.amounts, parts.moves);
    const all = [...planned, ...parts.noise.flatMap((one, number) => noisy(one, number, planned, parts))];
    all.sort((a, b) => a.position - b.position);
    const total = parts.amounts.reduce((sum, one) => sum + one, parts.spare);
    return {
      currency: parts.currency,
      rules: { ...parts.terms, total, isMilestoneLocked: parts.dice > 0 },
      batches: cut(all, parts),
    };
  });

const BLANK: Omit<Planned, 'id' | 'kind' | 'position' | 'role'> = {
  index: null,
  minor: null,
  rest: 1n,
  isTooFine: false,
  due: null,
  seconds: 1,
  verdict: 'BUYER_WON',
  result: 'PAID',
  items: [],
  target: '',
  wait: 0,
};

/** Fund, create, complete, release and pay out everything, each step somewhat later than it should come. */
function planOf(
  amounts: bigint[],
  moves: { by: number; wait: number | null; isPartial: boolean; due: number | null }[],
): Planned[] {
  const life: [StepKind, number][] = [['fund', 0]];
  for (const step of ['create', 'complete', 'release', 'settle'] as const) {
    for (const index of amounts.keys()) life.push([step, index]);
  }
  return life.flatMap(([step, index], number) => {
    const {
      by,
      wait: waits,
      isPartial,
      due: date,
    } = moves[number] ?? { by: 0, wait: null, isPartial: false, due: null };
    const one: Planned = {
      ...BLANK,
      id: `${step}-${index}`,
      kind: step,
      role: step === 'release' && isPartial ? 'operator' : usualRole(step, 'BUYER_WON'),
      index: step === 'fund' ? null : index,
      minor: plannedMinor(step, amounts[index] ?? 1n, isPartial),
      due: date,
      wait: waits,
      position: number * 3 + by,
    };
    return step === 'settle' && isPartial ? triedAgain(one) : [one];
  });
}

/** A payout that fails, is retried and is paid. */
function triedAgain(settle: Planned): Planned[] {
  const { id, position } = settle;
  return [
    { ...settle, result: 'FAILED' },
    { ...settle, id: `${id}-again`, kind: 'retry', role: 'merchant', position: position + 3 },
    { ...settle, id: `${id}-paid`, position: position + 6 },
  ];
}

function usualRole(step: StepKind, verdict: Verdict): Role {
  if (step === 'settle') return 'system';
  if (step === 'release' || step === 'raise') return 'buyer';
  if (step === 'resolve') return verdict === 'PARTIAL_REFUND' ? 'arbiter' : 'operator';
  return 'merchant';
}

function plannedMinor(step: StepKind, amount: bigint, isPartial: boolean): bigint | null {
  if (step === 'create') return amount;
  return step === 'release' && isPartial ? (amount + 1n) / 2n : null;
}

const CHANGES: readonly StepKind[] = ['amend', 'drop', 'reopen', 'extend', 'release', 'raise', 'settle', 'retry'];
const OF_THE_ORDER: readonly StepKind[] = ['batch', 'fund', 'refund', 'close', 'abandon', 'cancel', 'advance'].concat([
  'resolve',
  'withdraw',
]) as StepKind[];
const EARLY: readonly StepKind[] = ['amend', 'drop'];
const LATE: readonly StepKind[] = ['settle', 'retry'];

/** Most changes come when their milestone is there to be changed; at any other time they are refused for one reason. */
function placeOf(step: StepKind, index: number, position: number, count: number): { index: number; position: number } {
  if (!CHANGES.includes(step) || index === 6) return { index, position };
  const completing = 3 * (1 + count);
  const early = 3 + (position % (6 * count));
  const late = completing + (position % (3 * count + 9));
  if (LATE.includes(step)) return { index: index % count, position: late + 6 * count };
  return { index: index % count, position: EARLY.includes(step) ? early : late };
}

function noisy(
  { position, other, isRepeat, isAboutAll, isFitting, isUsualRole, items, follow, ...step }: Noise,
  number: number,
  planned: Planned[],
  { currency, amounts, spare }: { currency: Currency; amounts: bigint[]; spare: bigint },
): Planned[] {
  const target = planned[other % planned.length];
  if (isRepeat && target) return [{ ...target, position }];
  // A 19th decimal is no amount in any currency, so DAI has nothing that is only too fine.
  const isSplit = step.kind === 'resolve' && step.verdict === 'PARTIAL_REFUND';
  const hasAmount = ['create', 'batch'].includes(step.kind) || isSplit;
  const maybe = step.minor !== null && HAVE_AMOUNTS.includes(step.kind);
  const isTooFine = step.isTooFine && (hasAmount || maybe) && currency !== 'DAI';
  const { index, position: place } = placeOf(step.kind, step.index, position, amounts.length);
  const mayHaveNone = ['raise', 'settle', 'retry'].includes(step.kind);
  const hasNone = OF_THE_ORDER.includes(step.kind) || (isAboutAll && mayHaveNone);
  const all = amounts.reduce((sum, one) => sum + one, spare);
  const shares = isFitting ? sharesOf(isAboutAll ? all : (amounts[index] ?? 1n), step.rest) : null;
  const one: Planned = {
    ...step,
    ...(isSplit && shares),
    minor: isSplit && shares ? shares.minor : hasAmount ? (step.minor ?? 1n) : step.minor,
    position: place,
    index: hasNone ? null : index,
    isTooFine,
    items: itemsOf(items, amounts.length),
    role: isUsualRole ? usualRole(step.kind, step.verdict) : step.role,
    id: `noise-${number}`,
    target: target?.id ?? '',
  };
  if (step.kind !== 'raise' || follow === null) return [one];
  const split = sharesOf(hasNone ? all : (amounts[index] ?? 1n), step.rest);
  // Only who raised a dispute may take it back.
  const role = follow === 'withdraw' ? one.role : usualRole(follow, step.verdict);
  const ending = { kind: follow, index: null, id: `noise-${number}-end`, role };
  return [one, { ...one, ...(split ?? { minor: 1n }), ...ending, position: place + 1 + (other % 9) }];
}

/** Two positive parts of a stake, if it has any. */
function sharesOf(stake: bigint, dice: bigint): { minor: bigint; rest: bigint } | null {
  if (stake < 2n) return null;
  const minor = 1n + (dice % (stake - 1n));
  return { minor, rest: stake - minor };
}

/** Mostly what comes next, now and then with a gap, a repeat, or in another order. */
function itemsOf(items: { skip: number; minor: bigint; due: number | null }[], count: number): Item[] {
  return items.map(({ skip, minor: one, due: date }, number) => ({
    index: skip > 6 ? skip - 6 : Math.max(0, count + number - (skip % 3)),
    minor: one,
    due: date,
  }));
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

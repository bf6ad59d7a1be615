/** Random orders: what several parties do to one, and then what one of them does alone. Commands are in words (command-script.ts). */
import fc from 'fast-check';
import { upTo } from '../../support/numbers.ts';
import type { Agreed, Party } from './watch.ts';

export interface Played {
  readonly agreed: Agreed;
  readonly together: readonly Move[];
  readonly alone: Party;
  readonly moves: readonly Move[];
}

export interface Move {
  /** In words, without what depends on the clock. */
  readonly words: string;
  readonly role: string;
  /** How long after the move before it, in milliseconds. */
  readonly gap: number;
  /** Of a due date: how many seconds ahead; null: none is given. */
  readonly dueIn: number | null;
}

const index = fc.nat(2);
const seconds = fc.integer({ min: 1, max: 5 });
const waits = fc.constantFrom('', '', ' wait forever');
/** Periods are whole seconds; these meet their ends to the millisecond, and beside it. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 10, 100) },
  { weight: 3, arbitrary: fc.constantFrom(999, 1_000, 1_001, 2_000, 3_000) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 8_000 }) },
);
const dueIn = fc.option(fc.integer({ min: 1, max: 8 }), { freq: 3 });

const words = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(index, waits).map(([of, wait]) => `complete ${of}${wait}`) },
  { weight: 5, arbitrary: fc.tuple(index, waits).map(([of, wait]) => `release ${of}${wait}`) },
  { weight: 2, arbitrary: fc.tuple(index, waits).map(([of, wait]) => `release ${of} of 0.01${wait}`) },
  { weight: 5, arbitrary: fc.tuple(index, waits).map(([of, wait]) => `reopen ${of}${wait}`) },
  { weight: 3, arbitrary: fc.tuple(index, seconds).map(([of, by]) => `extend ${of} by-seconds ${by}`) },
  { weight: 3, arbitrary: fc.tuple(index, waits).map(([of, wait]) => `amend ${of}${wait}`) },
  { weight: 2, arbitrary: index.map((of) => `amend ${of} of 12.00`) },
  { weight: 1, arbitrary: index.map((of) => `cancel-milestone ${of}`) },
  { weight: 1, arbitrary: fc.integer({ min: 3, max: 4 }).map((of) => `create ${of} of 1.00 wait forever`) },
  { weight: 6, arbitrary: fc.tuple(index, seconds).map(([of, window]) => `raise ${of} window ${window}`) },
  { weight: 2, arbitrary: fc.constantFrom('raise window own', 'raise window 1', 'raise window 5') },
  { weight: 4, arbitrary: fc.constant('withdraw') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('MERCHANT_WON', 'BUYER_WON', 'PARTIAL_REFUND 1.00 9.00'), waits)
      .map(([how, wait]) => `resolve ${how}${wait}`),
  },
  { weight: 2, arbitrary: fc.nat(20).map((number) => `cancel step-${number}`) },
  { weight: 1, arbitrary: fc.constantFrom('refund', 'refund of 1.00', 'cancel-order', 'cancel-intent') },
  { weight: 1, arbitrary: fc.constantFrom('refund wait forever', 'cancel-order wait forever') },
  { weight: 2, arbitrary: seconds.map((by) => `advance ${by}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(index, fc.constantFrom('PAID', 'FAILED')).map(([of, how]) => `settle ${of} ${how}`),
  },
);
const by = (role: fc.Arbitrary<string>) => fc.record({ words, role, gap, dueIn });

const agreed: fc.Arbitrary<Agreed> = fc.record({
  inspectionSeconds: fc.option(seconds),
  releaseBy: fc.constantFrom('merchant', 'buyer'),
  onOverdue: fc.constantFrom('event', 'refund', 'refund'),
  disputeDefault: fc.constantFrom('MERCHANT_WON', 'BUYER_WON'),
  windowSeconds: fc.integer({ min: 2, max: 5 }),
  isAutomatic: fc.nat(3).map((dice) => dice === 0),
});

/** Three milestones of 10.00 in an order of 35.00, most often funded, some of them completed and released. */
const beginning: fc.Arbitrary<readonly Move[]> = fc
  .record({
    dates: fc.array(dueIn, { minLength: 3, maxLength: 3 }),
    isFunded: fc.nat(9).map((dice) => dice > 0),
    completed: fc.nat(3),
    released: fc.nat(3),
    waiting: fc.option(fc.constantFrom('merchant', 'buyer', 'operator'), { freq: 3 }),
  })
  .map(({ dates, isFunded, completed, released, waiting }) => [
    ...(isFunded ? [move('fund', 'buyer')] : []),
    ...dates.map((date, of) => move(`create ${of} of 10.00`, 'merchant', date)),
    ...upTo(completed).map((of) => move(`complete ${of}`, 'merchant')),
    ...upTo(Math.max(0, completed - released)).map((of) => move(`release ${of}`, 'buyer')),
    ...(waiting === null ? [] : [move('release 2 wait forever', waiting)]),
  ]);

function move(said: string, role: string, date: number | null = null): Move {
  return { words: said, role, gap: 0, dueIn: date };
}

export const played: fc.Arbitrary<Played> = fc
  .record({
    agreed,
    beginning,
    together: fc.array(by(fc.constantFrom('merchant', 'merchant', 'buyer', 'arbiter', 'operator')), { maxLength: 8 }),
    alone: fc.constantFrom<Party>('merchant', 'buyer'),
    moves: fc.array(by(fc.constant('')), { minLength: 1, maxLength: 7 }),
  })
  .map(({ beginning: first, together, moves, alone, ...rest }) => ({
    ...rest,
    alone,
    together: [...first, ...together],
    moves: moves.map((move) => ({ ...move, role: alone })),
  }));

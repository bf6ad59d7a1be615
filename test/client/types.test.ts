/** What the compiler knows and refuses. `npm run check` is what tests it: nothing here is run. */
import { expectTypeOf, test } from 'vitest';
import {
  isTrancheError,
  type Milestone,
  type Outcome,
  type PaymentIntent,
  type Tranche,
  type TrancheError,
  type TurnOptions,
} from '../../clients/typescript/src/index.ts';

/** Never called: only its type is looked at. */
function calls(tranche: Tranche, options: TurnOptions, wait: boolean) {
  const body = { milestoneIndex: 0, amount: '300.00' };
  return {
    waits: () => tranche.milestones.create('intent', body),
    waitsAsTold: () => tranche.milestones.create('intent', body, { wait: true, turn: 'hold' }),
    doesNotWait: () => tranche.milestones.create('intent', body, { wait: false }),
    mayWait: () => tranche.milestones.create('intent', body, { wait }),
    asGiven: () => tranche.milestones.create('intent', body, options),
    intent: () => tranche.paymentIntents.confirm('intent'),
    list: () => tranche.milestones.list('intent', { status: 'PENDING' }),
  };
}
type Calls = ReturnType<typeof calls>;
type Given<Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;

test('a change answers its result, or an outcome where it is not waited for', () => {
  expectTypeOf<Given<'waits'>>().toEqualTypeOf<Milestone>();
  expectTypeOf<Given<'waitsAsTold'>>().toEqualTypeOf<Milestone>();
  expectTypeOf<Given<'doesNotWait'>>().toEqualTypeOf<Outcome<Milestone>>();
  expectTypeOf<Given<'mayWait'>>().toEqualTypeOf<Milestone | Outcome<Milestone>>();
  expectTypeOf<Given<'asGiven'>>().toEqualTypeOf<Milestone | Outcome<Milestone>>();
  expectTypeOf<Given<'intent'>>().toEqualTypeOf<PaymentIntent>();
  expectTypeOf<Given<'list'>>().toEqualTypeOf<AsyncGenerator<Milestone>>();
});

test('what the API would refuse does not compile', () => {
  const refused = (tranche: Tranche) => [
    // @ts-expect-error amounts are text
    tranche.milestones.create('intent', { milestoneIndex: 0, amount: 300 }),
    // @ts-expect-error the amount is missing
    tranche.milestones.create('intent', { milestoneIndex: 0 }),
    // @ts-expect-error there is no such field
    tranche.milestones.create('intent', { milestoneIndex: 0, amount: '300.00', colour: 'red' }),
    // @ts-expect-error there is no such status
    tranche.milestones.list('intent', { status: 'DONE' }),
    // @ts-expect-error funding takes no turns
    tranche.paymentIntents.confirm('intent', {}, { turn: 'hold' }),
    // @ts-expect-error there is no such route
    tranche.http.GET('/v1/nothing'),
  ];
  expectTypeOf(refused).toBeFunction();
});

test('an error is narrowed to the reasons that were asked for', () => {
  const narrowed = (error: unknown) => {
    if (isTrancheError(error, 'milestone_index_taken', 'total_exceeds_order')) {
      expectTypeOf(error.reason).toEqualTypeOf<'milestone_index_taken' | 'total_exceeds_order'>();
    } else if (isTrancheError(error)) {
      expectTypeOf(error).toEqualTypeOf<TrancheError>();
      expectTypeOf(error.reason).toExtend<string>();
    }
    // @ts-expect-error there is no such reason
    return isTrancheError(error, 'milestone_index_token');
  };
  expectTypeOf(narrowed).toBeFunction();
});

/** Orders in every state that commands can bring them to, made by those commands. */
import { events } from '../../src/db/schema.ts';
import { eventId } from '../../src/domain/ids.ts';
import { command, type TestOrders } from '../support/orders.ts';
import { cancel, complete, create, fund, hold, release, WITHOUT_END, wordFor } from '../support/steps.ts';

export interface VariedOrders {
  /** Funded 1000.00: milestone 0 released with a rest refunded, 1 completed after a reopening, 2 pending and amended, 3 cancelled. */
  readonly underWay: string;
  /** Funded, one milestone, and two commands held: one without end, one with a deadline in ten minutes. */
  readonly waiting: string;
  /** Released to the end. */
  readonly paid: string;
  /** Cancelled with one milestone pending and one completed. */
  readonly cancelled: string;
  /** Cancelled before it was funded. */
  readonly givenUp: string;
  /** Live, in EUR, released by itself on completion. */
  readonly automatic: string;
  /** Never had a command. */
  readonly untouched: string;
}

/** A held command of `waiting`, without a deadline. */
export const HELD_WITHOUT_END = 'cmd_held_without_end';

export async function makeVariedOrders(orders: TestOrders): Promise<VariedOrders> {
  const run = async (orderId: string, ...steps: [ReturnType<typeof command> | ReturnType<typeof create>, string][]) => {
    for (const [step, expected] of steps) {
      const word = wordFor(await orders.submit(orderId, step));
      if (word !== expected) throw new Error(`${step.type} was ${word} instead of ${expected}`);
    }
  };
  const underWay = await orderWithCreationEvents(orders);
  await run(
    underWay,
    [fund(), 'accepted'],
    [create(0, { amount: '300.00' }), 'accepted'],
    [create(1, { amount: '300.00' }), 'accepted'],
    [create(2, { amount: '300.00', dueAt: 1_900_000_000_000 } as never), 'accepted'],
    [create(3, { amount: '20.00' }), 'accepted'],
    [complete(0), 'accepted'],
    [release(0, { amount: '200.00' } as never), 'accepted'],
    [complete(1), 'accepted'],
    [command('milestone.reopen', { milestoneIndex: 1, details: { reason: 'not what was agreed' } }), 'accepted'],
    [complete(1), 'accepted'],
    [command('milestone.amend', { milestoneIndex: 2, amount: '250.00', dueAt: null }), 'accepted'],
    [command('milestone.cancel', { milestoneIndex: 3 }), 'accepted'],
    [command('order.refund', { amount: '50.00' }), 'accepted'],
    [release(2), 'previous_milestone_unreleased'],
  );
  const waiting = await orders.createOrder({ funded: true });
  await run(waiting, [create(0), 'accepted']);
  const unwanted = create(4, WITHOUT_END);
  await hold(orders, waiting, unwanted);
  await hold(orders, waiting, create(2, { ...WITHOUT_END, id: HELD_WITHOUT_END, details: { description: 'later' } }));
  await hold(orders, waiting, complete(3, { turnWaitMs: 600_000 }));
  await run(waiting, [cancel(unwanted.id), 'accepted']);

  const paid = await orders.createOrder({ funded: true, currency: 'DAI' });
  await hold(orders, paid, create(1, { ...WITHOUT_END, amount: '999.123456789012345678' }));
  await run(
    paid,
    [create(0, { amount: '0.876543210987654322' }), 'accepted'],
    [complete(0), 'accepted'],
    [complete(1), 'accepted'],
    [release(0), 'accepted'],
    [release(1), 'accepted'],
  );
  const cancelled = await orders.createOrder({ funded: true });
  await run(
    cancelled,
    [create(0, { amount: '100.00' }), 'accepted'],
    [create(1, { amount: '100.00' }), 'accepted'],
    [complete(0), 'accepted'],
    [command('order.cancel', { details: { reason: 'given up' } }), 'accepted'],
  );
  const givenUp = await orders.createOrder();
  await run(givenUp, [create(0), 'accepted'], [command('payment_intent.cancel'), 'accepted']);
  const automatic = await orders.createOrder({ funded: true, mode: 'live', currency: 'EUR', autoReleaseOnProof: true });
  await run(automatic, [create(0, { amount: '600.00' }), 'accepted'], [complete(0), 'accepted']);
  return { underWay, waiting, paid, cancelled, givenUp, automatic, untouched: await orders.createOrder() };
}

/** As the API makes it: two events tell of the creation, and no log entry does. */
async function orderWithCreationEvents(orders: TestOrders): Promise<string> {
  const orderId = await orders.createOrder({ eventSequence: 2 });
  const createdAt = new Date();
  await orders.db.insert(events).values(
    ['payment_intent.created', 'escrow_order.created'].map((type, position) => ({
      id: eventId(orderId, position + 1),
      ...{ orderId, sequence: position + 1, type, version: null, data: {}, createdAt },
    })),
  );
  return orderId;
}

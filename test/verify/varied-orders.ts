/** Orders in every state that commands can bring them to, made by those commands. */
import { insertEvents } from '../../src/db/events.ts';
import type { Command, Resolution, SettlePayout } from '../../src/domain/commands.ts';
import { eventId } from '../../src/domain/ids.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import { command, MERCHANT_ID, type TestOrders } from '../support/orders.ts';
import { cancel, complete, create, fund, hold, release, WITHOUT_END, wordFor } from '../support/steps.ts';

export interface VariedOrders {
  /** Funded 1000.00: milestone 0 released with a rest refunded, 1 completed after a reopening, 2 pending and amended, 3 cancelled. */
  readonly underWay: string;
  /** Funded, one milestone, and two commands held: one without end, one with a deadline in ten minutes. */
  readonly waiting: string;
  /** Released to the end; the first payout is paid, the second failed. */
  readonly paid: string;
  /** Cancelled with one milestone pending and one completed. */
  readonly cancelled: string;
  /** Cancelled before it was funded. */
  readonly givenUp: string;
  /** Live, in EUR, released by itself on completion. */
  readonly automatic: string;
  /** With inspections, its clock advanced: 0 released by time, 1 split, 2 refunded overdue, 3 disputed and open. */
  readonly disputed: string;
  /** Split as a whole by an arbiter, with milestone 0 completed and 1 pending. */
  readonly settled: string;
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
    [settle({ milestoneIndex: 0, result: 'PAID', details: { reference: 'r-1', attempts: 2 } }), 'accepted'],
    [settle({ milestoneIndex: 1, result: 'FAILED', details: { error: 'no account', attempts: 8 } }), 'accepted'],
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
  const disputed = await disputedOrder(orders, run);
  const settled = await orders.createOrder({ funded: true });
  await run(
    settled,
    [create(0, { amount: '100.00' }), 'accepted'],
    [create(1, { amount: '100.00' }), 'accepted'],
    [complete(0), 'accepted'],
    [raise({}), 'accepted'],
    [resolve('PARTIAL_REFUND', { merchantAmount: '600.00', buyerAmount: '400.00' }), 'accepted'],
  );
  return {
    underWay,
    waiting,
    paid,
    cancelled,
    givenUp,
    automatic,
    disputed,
    settled,
    untouched: await orders.createOrder(),
  };
}

type Run = (orderId: string, ...steps: [Command, string][]) => Promise<void>;

const DAY_SECONDS = 24 * 60 * 60;
const ARBITER = { actor: { role: 'arbiter', id: 'arbiter_1' } } as const;
const advance = (days: number) => command('order.advance_clock', { seconds: days * DAY_SECONDS });

function raise(fields: { milestoneIndex?: number }): Command {
  const details = { reason: 'not as agreed', raisedBy: 'buyer@example.com' };
  return command('dispute.raise', { windowSeconds: 30 * DAY_SECONDS, details, ...fields });
}

function resolve(resolution: Resolution, amounts: { merchantAmount?: string; buyerAmount?: string } = {}): Command {
  return command('dispute.resolve', { resolution, ...amounts, ...ARBITER });
}

async function disputedOrder(orders: TestOrders, run: Run): Promise<string> {
  const orderId = await orders.createOrder({
    funded: true,
    terms: { ...DEFAULT_TERMS, inspectionPeriodSeconds: 7 * DAY_SECONDS, onOverdue: 'refund' },
  });
  const dueAt = Math.ceil(Date.now() / 1_000) * 1_000 + 10 * DAY_SECONDS * 1_000;
  await run(
    orderId,
    [create(0, { amount: '100.00' }), 'accepted'],
    [create(1, { amount: '200.00' }), 'accepted'],
    [create(2, { amount: '300.00', dueAt } as never), 'accepted'],
    [create(3, { amount: '50.00' }), 'accepted'],
    [complete(0), 'accepted'],
    [complete(1), 'accepted'],
    [command('milestone.extend', { milestoneIndex: 1, seconds: DAY_SECONDS }), 'accepted'],
    [advance(7), 'accepted'],
    [raise({ milestoneIndex: 1 }), 'accepted'],
    [resolve('PARTIAL_REFUND', { merchantAmount: '150.00', buyerAmount: '50.00' }), 'accepted'],
    [raise({ milestoneIndex: 3 }), 'accepted'],
    [command('dispute.withdraw'), 'accepted'],
    [advance(3), 'accepted'],
    [raise({ milestoneIndex: 3 }), 'accepted'],
  );
  return orderId;
}

function settle(fields: Pick<SettlePayout, 'milestoneIndex' | 'result' | 'details'>) {
  return command('payout.settle', { actor: { role: 'system', id: 'payout' }, ...fields });
}

/** As the API makes it: two events tell of the creation, and no log entry does. */
async function orderWithCreationEvents(orders: TestOrders): Promise<string> {
  const orderId = await orders.createOrder({ eventSequence: 2 });
  const createdAt = new Date();
  await insertEvents(
    orders.db,
    ['payment_intent.created', 'escrow_order.created'].map((type, position) => ({
      id: eventId(orderId, position + 1),
      ...{
        orderId,
        sequence: position + 1,
        type,
        version: null,
        data: {},
        createdAt,
        merchantId: MERCHANT_ID,
        mode: 'test' as const,
      },
    })),
  );
  return orderId;
}

/** What the recorded orders live through. Each scenario answers the id of its order. */
import type postgres from 'postgres';
import type { Command } from '../../src/domain/commands.ts';
import { signalOf } from '../../src/workflows/messages.ts';
import { historyOf, restingHistoryOf, typeOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { command, type TestOrders } from '../support/orders.ts';
import { byHand, sendRaw } from '../support/raw-signals.ts';
import { restoreTo } from '../support/restore.ts';
import { cancel, complete, create, fund, hold, outcomeOf, release, WITHOUT_END } from '../support/steps.ts';
import { until } from '../support/until.ts';

export type RecordingStage = Pick<TestOrders, 'db' | 'client' | 'taskQueue' | 'gateway' | 'logOf' | 'createOrder'> & {
  readonly admin: postgres.Sql;
};

export const SCENARIOS = { life, faults, periods };

/** Out of order, held, expired, withdrawn, repeated, malformed, completed, released, closed, over several runs. */
async function life(stage: RecordingStage): Promise<string> {
  const orderId = await stage.createOrder({ amount: '8.00' });
  const say = (one: Command) => hold(stage, orderId, one);
  const send = (...commands: [Command, ...Command[]]) =>
    sendRaw(stage, orderId, signalOf(commands[0].type), ...commands.map(byHand));
  const first = create(0);
  await send(create(3, WITHOUT_END), create(2, WITHOUT_END), first, create(1), first);
  await say(fund());
  const [late, withdrawn, held] = [create(6, { turnWaitMs: 300 }), create(7, WITHOUT_END), create(5, WITHOUT_END)];
  for (const one of [late, withdrawn, held]) await say(one);
  await send(held, first);
  await sendRaw(stage, orderId, 'createMilestone', { amount: 'plenty' });
  await sendRaw(stage, orderId, 'nonsense');
  await say(cancel(withdrawn.id));
  await outcomeOf(stage, orderId, late);
  for (const index of [4, 6, 7]) await say(create(index));
  await say(release(3, WITHOUT_END));
  for (const index of upTo(8)) {
    await say(complete(index));
    if (index !== 3) await say(release(index));
  }
  await until('the order to end', async () => {
    return (await historyOf(stage, orderId)).map(typeOf).at(-1) === 'workflowExecutionCompleted';
  });
  return orderId;
}

/** A database that is locked for long, refuses a command and is restored to an earlier state; a cancellation. */
async function faults(stage: RecordingStage): Promise<string> {
  const orderId = await stage.createOrder();
  const { admin } = stage;
  const say = (one: Command) => hold(stage, orderId, one);
  await say(create(0));
  await say(create(3, WITHOUT_END));

  let late: Promise<unknown> = Promise.resolve();
  await admin.begin(async (sql) => {
    await sql`SELECT FROM escrow_orders WHERE id = ${orderId} FOR UPDATE`;
    late = say(create(1));
    await until('a regular activity', async () => {
      return (await historyOf(stage, orderId)).map(typeOf).includes('activityTaskScheduled');
    });
  });
  await late;

  await admin`ALTER TABLE milestones ADD CONSTRAINT superstition CHECK (amount <> 13.00)`;
  const burst = [create(2, { amount: '13.00' }), create(2), fund()];
  await Promise.all(burst.map(say));
  await stage.client.workflow.getHandle(`escrow-order/${orderId}`).cancel();
  await say(create(4));

  await restoreTo(admin, orderId, (await stage.logOf(orderId)).length - 1);
  await say(complete(0));
  await say(create(4));
  await restingHistoryOf(stage, orderId);
  return orderId;
}

/** Inspections, a reminder, an extension, due dates, disputes of both kinds, the test clock, payouts and a batch. */
async function periods(stage: RecordingStage): Promise<string> {
  const day = 24 * 60 * 60;
  const orderId = await stage.createOrder({
    amount: '10.00',
    terms: {
      inspectionPeriodSeconds: 7 * day,
      releaseBy: 'merchant',
      onOverdue: 'refund',
      disputeDefault: 'BUYER_WON',
    },
  });
  const say = (one: Command) => hold(stage, orderId, one);
  const advance = (days: number) => say(command('order.advance_clock', { seconds: days * day }));
  const raise = (fields: { milestoneIndex?: number }) =>
    say(command('dispute.raise', { windowSeconds: 30 * day, details: { reason: 'x', raisedBy: 'y' }, ...fields }));
  const arbiter = { role: 'arbiter', id: 'arbiter_1' } as const;
  const dueAt = Math.ceil(Date.now() / 1_000) * 1_000 + 10 * day * 1_000;
  await say(fund());
  await say(
    command('milestone_batch.create', {
      items: [0, 1, 2, 3].map((milestoneIndex) => ({
        milestoneIndex,
        amount: '1.00',
        ...(milestoneIndex === 2 && { dueAt }),
      })),
    }),
  );
  for (const index of [0, 1]) await say(complete(index));
  await say(command('milestone.extend', { milestoneIndex: 1, seconds: day }));
  await advance(7);
  await raise({ milestoneIndex: 1 });
  await say(release(1, WITHOUT_END));
  await say(
    command('dispute.resolve', {
      resolution: 'PARTIAL_REFUND',
      merchantAmount: '0.60',
      buyerAmount: '0.40',
      actor: arbiter,
    }),
  );
  await advance(3);
  await say(command('order.refund', { amount: '2.00' }));
  await raise({});
  await say(complete(3, WITHOUT_END));
  await say(command('dispute.withdraw'));
  await raise({});
  await advance(30);
  await until('the order to end', async () => {
    return (await historyOf(stage, orderId)).map(typeOf).at(-1) === 'workflowExecutionCompleted';
  });
  return orderId;
}

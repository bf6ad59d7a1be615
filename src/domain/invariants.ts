/**
 * What must hold for every order at every version. Property tests call it after each step, the verifier on orders
 * it recomputes from their logs.
 */
import { MAX_HELD_COMMANDS } from './decisions.ts';
import { allocatable, type EscrowOrder, isClosed, isSettled, payoutOf } from './escrow-order.ts';
import { add, compare, subtract, sum } from './money.ts';

/** Sentences about what does not hold; empty for a sound order. */
export function violations(order: EscrowOrder): string[] {
  const found: string[] = [];
  const expect = (holds: boolean, sentence: string) => {
    if (!holds) found.push(`${order.id}@${order.version}: ${sentence}`);
  };
  const live = order.milestones.filter(({ status }) => status !== 'CANCELLED');
  const settledSum = sum(live.filter(isSettled).map(({ amount }) => amount));
  const paidOut = add(order.released, order.refunded);

  expect(order.allocated === sum(live.map(({ amount }) => amount)), 'allocated is not the sum of its milestones');
  expect(compare(paidOut, order.funded) <= 0, 'more was paid out than was funded');
  expect(
    compare(subtract(paidOut, order.paidUnallocated), settledSum) === 0,
    'what was paid out for milestones is not the sum of the settled ones',
  );
  expect(compare(allocatable(order), '0') >= 0, 'milestones and refunds exceed the order amount');
  expect(!isClosed(order) || compare(subtract(order.funded, paidOut), '0') === 0, 'closed with money left in escrow');
  expect(runsInOrder(order, isSettled), 'a milestone was settled before its predecessor');
  expect(
    runsInOrder(order, ({ status }) => status !== 'PENDING'),
    'a milestone was completed before its predecessor',
  );
  expect(order.held.length <= MAX_HELD_COMMANDS, 'too many held commands');
  expect(new Set(order.held.map(({ command }) => command.id)).size === order.held.length, 'a command is held twice');
  expect(!isClosed(order) || order.held.length === 0, 'closed with commands still held');
  expect(
    (order.status === 'DISPUTED') === (order.dispute !== null),
    'its status and its dispute contradict each other',
  );
  expect(
    order.milestones.every(({ status, payout }) => status === 'RELEASED' || payout === undefined),
    'a payout of a milestone that was not released',
  );
  const payouts = [...order.milestones.keys(), null].map((index) => payoutOf(order, index)?.amount ?? '0');
  expect(compare(sum(payouts), order.released) <= 0, 'more is paid out to the merchant than was released');
  return found;
}

/** Whether `done` never holds for a milestone while an earlier, uncancelled one is not done. */
function runsInOrder(order: EscrowOrder, done: (milestone: EscrowOrder['milestones'][number]) => boolean): boolean {
  const relevant = order.milestones.filter(({ status }) => status !== 'CANCELLED' && status !== 'REFUNDED').map(done);
  return relevant.every((isDone, position) => !isDone || position === 0 || relevant[position - 1] === true);
}

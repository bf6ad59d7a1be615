/** The commands of a milestone's life as tests send them, and what came of them in one word. */
import type { Submission } from '../../src/api/submission.ts';
import type { LogEntry } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { command, MERCHANT_ID, type TestOrders } from './orders.ts';
import { until } from './until.ts';

/** Of 1.00, refused when its turn has not come, unless said otherwise. */
export function create(milestoneIndex: number, fields: Partial<Command> & { amount?: string } = {}) {
  return command('milestone.create', { milestoneIndex, amount: '1.00', ...fields } as never);
}

export function complete(milestoneIndex: number, fields: Partial<Command> = {}) {
  return command('milestone.complete', { milestoneIndex, details: { completedBy: 'ann' }, ...fields } as never);
}

export function release(milestoneIndex: number, fields: Partial<Command> = {}) {
  return command('milestone.release', { milestoneIndex, ...fields } as never);
}

export const fund = () => command('order.fund');
export const cancel = (targetCommandId: string) => command('command.cancel', { targetCommandId });

/** Holds a command until its turn comes, however long. */
export const WITHOUT_END = { turnWaitMs: null } as const;

/** Submits a command and returns once it is held, or settled at once. */
export function hold({ gateway }: Pick<TestOrders, 'gateway'>, orderId: string, held: Command): Promise<Submission> {
  return gateway.submit(orderId, held, { merchantId: MERCHANT_ID, waitMs: 15_000, untilHeld: true, send: true });
}

/** The entry that settled a command, however it was sent. */
export function outcomeOf(
  orders: Pick<TestOrders, 'logOf'>,
  orderId: string,
  { id }: { id: string },
  timeoutMs?: number,
): Promise<LogEntry> {
  const find = async () =>
    (await orders.logOf(orderId)).find((entry) => entry.commandId === id && entry.outcome !== 'held');
  return until(`an outcome of ${id}`, find, timeoutMs);
}

/** "accepted", "held", the reason of a rejection, or why there is no outcome. */
export function wordFor(submission: Submission): string {
  if (submission.kind !== 'recorded') return submission.kind;
  const { outcome, reason } = submission.entry;
  return outcome === 'rejected' ? String(reason) : outcome;
}

/** How often each word was said. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

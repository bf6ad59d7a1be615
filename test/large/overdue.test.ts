/** Thousands of deadlines of one order pass at once, while hundreds of its commands wait: others are served all along. */
import { expect, test } from 'vitest';
import { BATCH_MAX_MILESTONES } from '../../src/domain/commands.ts';
import { DEFAULT_TERMS, type Terms } from '../../src/domain/terms.ts';
import { verify } from '../../src/verify/verify.ts';
import { command, testOrders } from '../support/orders.ts';
import { create, release, WITHOUT_END, wordFor } from '../support/steps.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();
/** The SDK ends the isolate, and with it the process, after five seconds. */
const ANSWERED_WITHIN_MS = 3_000;
const SIGNAL_COMMANDS = 50;

test.each<{ milestones: number; held: number } & Partial<Terms>>([
  { milestones: 2_000, held: 700, onOverdue: 'event' },
  { milestones: 2_000, held: 700, onOverdue: 'refund' },
  { milestones: 10_000, held: 0, onOverdue: 'refund' },
])(
  '$milestones milestones become overdue ($onOverdue), $held commands wait',
  async ({ milestones, held, ...terms }) => {
    const orderId = await orders.createOrder({ funded: true, terms: { ...DEFAULT_TERMS, ...terms } });
    const dueAt = Math.ceil(Date.now() / 1_000 + 5 + milestones / 100) * 1_000;
    for (let first = 0; first < milestones; first += BATCH_MAX_MILESTONES) {
      const items = Array.from({ length: BATCH_MAX_MILESTONES }, (_, position) => ({
        ...{ milestoneIndex: first + position, amount: '0.01', dueAt },
      }));
      const batch = command('milestone_batch.create', { items, details: { items: items.map(() => ({})) } });
      expect(wordFor(await orders.submit(orderId, batch))).toBe('accepted');
    }
    for (let sent = 0; sent < held; sent += SIGNAL_COMMANDS) {
      const [one, ...others] = Array.from({ length: SIGNAL_COMMANDS }, (_, position) =>
        release(milestones - 1 - sent - position, WITHOUT_END),
      );
      if (one) expect(await orders.signals.send(orderId, [one, ...others])).toBe('sent');
    }
    const neighbour = await orders.createOrder();
    let latest = 0;
    let index = 0;
    const overdue = async () => {
      const before = performance.now();
      expect(wordFor(await orders.submit(neighbour, create(index++, { amount: '0.01' })))).toBe('accepted');
      latest = Math.max(latest, performance.now() - before);
      const [row] = await orders.db.execute<{ count: number }>(
        `SELECT count(*)::integer AS count FROM order_log WHERE order_id = '${orderId}' AND command_type = 'milestone.expire'`,
      );
      return Date.now() > dueAt && row?.count === milestones;
    };
    await until('all to be overdue', overdue, 400_000);
    console.info(
      `${milestones} overdue in ${(Date.now() - dueAt) / 1_000} s; the latest other create took ${Math.round(latest)} ms`,
    );
    expect(latest).toBeLessThan(ANSWERED_WITHIN_MS);
    expect((await verify(orders.db)).violationCount).toBe(0);
  },
  500_000,
);

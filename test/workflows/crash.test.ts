import { expect, onTestFinished, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { complete, create, fund, hold, release, tally, upTo, WITHOUT_END, wordFor } from '../support/steps.ts';
import { shuffled, until } from '../support/until.ts';
import { startWorkerProcesses } from '../support/worker-processes.ts';

const ORDERS = 12;
const MILESTONES = 4;
const CLIENTS_PER_ORDER = 2;
const KILLS = 20;

const orders = await testOrders({ worker: false });

/** Everything in an order's life, shuffled, a fifth of it twice. */
function plan(): { commands: Command[]; queue: Command[] } {
  const commands = upTo(MILESTONES).flatMap((index) => [
    create(index, WITHOUT_END),
    complete(index, WITHOUT_END),
    release(index, WITHOUT_END),
  ]);
  const again = shuffled(commands).slice(0, Math.ceil(commands.length / 5));
  return { commands, queue: shuffled([...commands, ...again]) };
}

/**
 * What a dead worker had in hand waits five seconds for another. Clients that never rest would put every order into
 * the hands of the next one to die, and the test would wait instead of killing.
 */
function betweenCommands(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300));
}

/** Sends a command until the answer is clear, as the sweeper would. */
async function insist(orderId: string, one: Command): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const submission = await hold(orders, orderId, one);
    if (submission.kind === 'recorded') return wordFor(submission);
  }
  return 'unclear';
}

test('workers that die right after commits apply no command twice and lose none', { timeout: 300_000 }, async () => {
  const workers = startWorkerProcesses(orders, {
    count: 2,
    kills: KILLS,
    dieAfter: () => 1 + Math.floor(Math.random() * 3),
  });
  onTestFinished(() => workers.stop());
  const start = performance.now();
  const lives = await Promise.all(
    upTo(ORDERS).map(async () => ({ orderId: await orders.createOrder({ amount: `${MILESTONES}.00` }), ...plan() })),
  );

  const words: string[] = [];
  const client = async ({ orderId, queue }: { orderId: string; queue: Command[] }) => {
    for (let one = queue.pop(); one; one = queue.pop()) {
      words.push(await insist(orderId, one));
      await betweenCommands();
    }
  };
  await Promise.all(
    lives.map(async (life) => {
      expect(await insist(life.orderId, fund())).toBe('accepted');
      await Promise.all(upTo(CLIENTS_PER_ORDER).map(() => client(life)));
    }),
  );
  const sentMs = Math.round(performance.now() - start);

  await until('every order to be complete', async () => {
    const states = await Promise.all(lives.map(({ orderId }) => readOrder(orders.db, orderId)));
    return states.every((order) => order?.status === 'COMPLETED');
  });
  console.info(`${workers.kills} kills, ${words.length} commands sent to ${ORDERS} orders in ${sentMs} ms`);
  for (const { orderId, commands } of lives) {
    const settled = (await orders.logOf(orderId)).filter(({ outcome }) => outcome !== 'held');
    expect(tally(settled.map(({ reason, outcome }) => reason ?? outcome))).toEqual({ accepted: commands.length + 1 });
    expect(new Set(settled.map(({ commandId }) => commandId)).size).toBe(commands.length + 1);
    expect(await faultsOf(orders.db, orderId)).toEqual([]);
  }
  expect(Object.keys(tally(words)).sort()).toEqual(['accepted', 'held']);
  expect(workers.failure).toBeNull();
  expect(workers.kills).toBeGreaterThanOrEqual(KILLS);
});

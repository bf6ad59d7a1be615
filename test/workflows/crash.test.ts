import { expect, onTestFinished, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { complete, create, fund, hold, release, tally, WITHOUT_END, wordFor } from '../support/steps.ts';
import { shuffled, until } from '../support/until.ts';
import { startWorkerProcesses } from '../support/worker-processes.ts';

/** Orders under way at a time; each is followed by another until enough workers have died. */
const LANES = 12;
const CLIENTS_PER_ORDER = 2;
const MILESTONES = 4;
const KILLS = 20;

const orders = await testOrders({ worker: false });

interface Life {
  readonly orderId: string;
  readonly commands: readonly Command[];
}

/** Everything in an order's life. */
function lifeOf(orderId: string): Life {
  const steps = upTo(MILESTONES).flatMap((index) => [
    create(index, WITHOUT_END),
    complete(index, WITHOUT_END),
    release(index, WITHOUT_END),
  ]);
  return { orderId, commands: [fund(), ...steps] };
}

/** Sends a command until the answer is clear, as the sweeper would. */
async function insist(orderId: string, one: Command): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const submission = await hold(orders, orderId, one);
    if (submission.kind === 'recorded') return wordFor(submission);
  }
  return 'unclear';
}

/** Leads an order from its funding to its end, with its commands shuffled and a fifth of them sent twice. */
async function live({ orderId, commands: [funding, ...steps] }: Life): Promise<string[]> {
  const queue = shuffled([...steps, ...shuffled(steps).slice(0, Math.ceil(steps.length / 5))]);
  const words = [await insist(orderId, funding as Command)];
  const client = async () => {
    for (let one = queue.pop(); one; one = queue.pop()) {
      words.push(await insist(orderId, one));
      await betweenCommands();
    }
  };
  await Promise.all(upTo(CLIENTS_PER_ORDER).map(client));
  return words;
}

/**
 * What a dead worker had in hand waits five seconds for another. Clients that never rest would put every order into
 * the hands of the next one to die, and the test would wait instead of killing.
 */
function betweenCommands(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300));
}

async function expectSound({ orderId, commands }: Life): Promise<void> {
  await until('the order to be complete', async () => (await readOrder(orders.db, orderId))?.status === 'COMPLETED');
  const settled = (await orders.logOf(orderId)).filter(({ outcome }) => outcome !== 'held');
  expect(tally(settled.map(({ reason, outcome }) => reason ?? outcome))).toEqual({ accepted: commands.length });
  expect(new Set(settled.map(({ commandId }) => commandId))).toEqual(new Set(commands.map(({ id }) => id)));
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
}

test('workers that die right after commits apply no command twice and lose none', { timeout: 300_000 }, async () => {
  const dieAfter = () => 1 + Math.floor(Math.random() * 3);
  const workers = startWorkerProcesses(orders, { count: 2, kills: KILLS, dieAfter });
  onTestFinished(() => workers.stop());
  const start = performance.now();
  const lives: Life[] = [];
  const words: string[] = [];
  const lane = async () => {
    do {
      const life = lifeOf(await orders.createOrder({ amount: `${MILESTONES}.00` }));
      lives.push(life);
      words.push(...(await live(life)));
    } while (workers.kills < KILLS && workers.failure === null);
  };
  await Promise.all(upTo(LANES).map(lane));
  const seconds = Math.round((performance.now() - start) / 1_000);
  console.info(`${workers.kills} kills, ${words.length} commands sent to ${lives.length} orders in ${seconds} s`);

  for (const life of lives) await expectSound(life);
  expect(Object.keys(tally(words)).sort()).toEqual(['accepted', 'held']);
  expect(workers.failure).toBeNull();
  expect(workers.kills).toBeGreaterThanOrEqual(KILLS);
});

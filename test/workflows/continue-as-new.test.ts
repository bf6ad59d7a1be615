import { expect, test } from 'vitest';
import { readOrder } from '../../src/db/order-log.ts';
import type { Command } from '../../src/domain/commands.ts';
import { historyOf, runsOf, typeOf } from '../support/history.ts';
import { upTo } from '../support/numbers.ts';
import { faultsOf } from '../support/order-audit.ts';
import { testOrders } from '../support/orders.ts';
import { complete, create, hold, release, tally, WITHOUT_END, wordFor } from '../support/steps.ts';
import { shuffled, until } from '../support/until.ts';

const orders = await testOrders();
const CLIENTS = 12;
const MILESTONES = 120;

test('twelve clients sending shuffled commands across continue-as-new lose none and repeat none', async () => {
  const orderId = await orders.createOrder({ funded: true });
  const life = upTo(MILESTONES).flatMap((index) => [
    create(index, WITHOUT_END),
    complete(index, WITHOUT_END),
    release(index, WITHOUT_END),
  ]);
  const queue = shuffled(life);
  const start = performance.now();

  // Each client sends its next command as soon as the one before is held or settled.
  const words: string[] = [];
  const client = async () => {
    for (let one = queue.pop(); one; one = queue.pop()) words.push(wordFor(await hold(orders, orderId, one)));
  };
  await Promise.all(upTo(CLIENTS).map(client));
  const seconds = (performance.now() - start) / 1_000;

  const runs = await runsOf(orders, orderId);
  console.info(
    `${life.length} commands, ${CLIENTS} clients, ${runs.length} runs: ${Math.round(life.length / seconds)}/s`,
  );
  expect(Object.keys(tally(words)).sort()).toEqual(['accepted', 'held']);
  const settled = (await orders.logOf(orderId)).filter(({ outcome }) => outcome !== 'held');
  expect(tally(settled.map(({ outcome }) => outcome))).toEqual({ accepted: life.length + 1 });
  expect((await readOrder(orders.db, orderId))?.released).toBe(`${MILESTONES}.00`);
  expect(await faultsOf(orders.db, orderId)).toEqual([]);
  expect(runs.length).toBeGreaterThanOrEqual(3);
});

test('what arrives while a run ends is carried into the next one, and no run is much longer than suggested', async () => {
  const orderId = await orders.createOrder();
  // Ten lanes of lone signals keep the inbox from ever being empty for long.
  const commands = upTo(400).map((index) => create(index, WITHOUT_END));
  await Promise.all(
    upTo(10).map(async (lane) => {
      for (let index = lane; index < commands.length; index += 10) {
        await orders.signals.send(orderId, [commands[index] as Command]);
      }
    }),
  );
  await until('all to be created', async () => {
    return (await readOrder(orders.db, orderId))?.milestones.length === commands.length;
  });
  expect(await faultsOf(orders.db, orderId)).toEqual([]);

  const runs = await runsOf(orders, orderId);
  expect(runs.length).toBeGreaterThanOrEqual(2);
  for (const run of runs.slice(0, -1)) {
    const types = (await historyOf(orders, orderId, run)).map(typeOf);
    expect(types.at(-1)).toBe('workflowExecutionContinuedAsNew');
    // Signals come as they like; what the workflow adds itself ends soon after the suggestion.
    expect(types.filter((type) => type !== 'workflowExecutionSignaled').length).toBeLessThan(250);
  }
});

/**
 * Work of one order is bounded, so that no activation comes near the SDK's limit of five seconds. Should a fault in the
 * code make one endless all the same, the SDK ends it. From Node 24 on the worker lives on; before, Node ends the process,
 * because its hooks of promises do not survive that, and whoever watches the process starts another one. All other orders
 * are served either way.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { command, testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';
import { startWorkerProcesses } from '../support/worker-processes.ts';

const orders = await testOrders({ worker: false });
const WATCHED_MS = 40_000;
const BEGINNING = 'function decideCreate(order, command, at) {';

/** The workflows, only that a milestone of this description is never decided. */
async function plantedBundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tranche-endless-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const code = readFileSync(inject('workflowBundlePath'), 'utf8');
  expect(code.split(BEGINNING)).toHaveLength(2);
  const path = join(folder, 'bundle.js');
  await writeFile(
    path,
    code.replace(BEGINNING, `${BEGINNING} if (command.details.description === 'endless') for (;;) {}`),
  );
  return path;
}

/** Where AsyncLocalStorage works without hooks of promises: by itself from Node 24 on. */
const SURVIVES =
  Number(process.versions.node.split('.')[0]) >= 24 ||
  process.env.NODE_OPTIONS?.includes('async-context-frame') === true;

test(`an order whose code never ends holds up nothing for good, and its worker ${SURVIVES ? 'lives' : 'is replaced'}`, {
  timeout: 120_000,
}, async () => {
  const [wedged, other] = [await orders.createOrder(), await orders.createOrder()];
  const processes = startWorkerProcesses(orders, {
    ...{ count: 1, kills: 0, dieAfter: () => 0 },
    bundlePath: await plantedBundle(),
  });
  onTestFinished(() => processes.stop());
  const create = (index: number, description: string) =>
    command('milestone.create', { milestoneIndex: index, amount: '1.00', details: { description } });
  expect((await orders.submit(other, create(0, 'x'))).kind).toBe('recorded');
  void orders.submit(wedged, create(0, 'endless'));
  const waits: number[] = [];
  const endsAt = performance.now() + WATCHED_MS;
  for (let index = 1; performance.now() < endsAt; index++) {
    const begun = performance.now();
    const submission = await orders.submit(other, create(index, 'x'));
    waits.push(performance.now() - begun);
    // A client whose command waits for longer than that is answered 202.
    expect(['recorded', 'unclear']).toContain(submission.kind);
    await sleep(200);
  }
  console.info(
    `longest waits: ${waits
      .sort((a, b) => b - a)
      .slice(0, 8)
      .map(Math.round)
      .join(' ')} ms of ${waits.length}`,
  );
  if (SURVIVES) expect(processes.failure).toBeNull();
  // Tries come ever more rarely, so what is left is served between them.
  expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(1_000);
  await until('all others to be recorded', async () => (await orders.logOf(other)).length === waits.length + 1);
  expect(await orders.logOf(wedged)).toEqual([]);
});

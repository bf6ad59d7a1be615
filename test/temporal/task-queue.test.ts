import { describe, expect, onTestFinished, test } from 'vitest';
import { connectClient } from '../../src/temporal/connection.ts';
import { isPolled, type Pollers, workersPolling } from '../../src/temporal/task-queue.ts';
import { testOrders } from '../support/orders.ts';
import { until } from '../support/until.ts';

const { client, startWorker, taskQueue } = await testOrders({ worker: false });
const polling = (now?: number) => workersPolling(client, 'default', taskQueue, now);

const worker = await startWorker();
const [poller] = await until('the worker to poll', async () => {
  const pollers = await pollersOfQueue();
  return pollers.length > 0 && pollers;
});
const polledAt = Number(poller?.lastAccessTime?.seconds) * 1_000;

async function pollersOfQueue(): Promise<Pollers> {
  const taskQueueType = 1;
  const asked = { namespace: 'default', taskQueue: { name: taskQueue }, taskQueueType };
  return (await client.workflowService.describeTaskQueue(asked)).pollers;
}

/** The poller of a real server, with the time of its last poll moved. */
function polledSecondsAgo(seconds: number): Pollers[number] {
  const time = poller?.lastAccessTime;
  return { ...poller, lastAccessTime: { ...time, seconds: time?.seconds?.subtract(seconds) ?? null } };
}

describe('a task queue', () => {
  test.each<[string, number[], boolean]>([
    ['without pollers', [], false],
    ['polled just now', [0], true],
    ['polled a minute ago, as long as one poll takes', [60], true],
    ['whose only worker has been gone for a while', [75], false],
    ['with one worker that is gone and one that is not', [200, 30], true],
    ['on a server whose clock is ahead', [-20], true],
  ])('%s', (_title, secondsAgo, polled) => {
    expect(isPolled(secondsAgo.map(polledSecondsAgo), polledAt)).toBe(polled);
  });

  test('whose pollers have no time of a last poll is not polled', () => {
    expect(isPolled([{ ...poller, lastAccessTime: null }, {}], polledAt)).toBe(false);
  });
});

test('a worker that is gone is not taken for one that polls, though the server still lists it', async () => {
  expect(await polling()).toBe(true);
  await worker.stop();
  expect((await pollersOfQueue()).length).toBeGreaterThan(0);
  expect(await polling(Date.now() + 75_000)).toBe(false);
});

test('a queue counts as polled while Temporal itself is away', async () => {
  const away = connectClient('127.0.0.1:1', 'default');
  onTestFinished(() => away.connection.close());
  expect(await workersPolling(away, 'default', 'nobody')).toBe(true);
});

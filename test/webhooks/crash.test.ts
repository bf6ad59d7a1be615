import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, inject, test } from 'vitest';
import { SECRETS_TEXT } from '../support/secrets.ts';
import { until } from '../support/until.ts';
import { startSink } from './sink.ts';
import {
  deliveriesOf,
  expectSameBytes,
  outboxOf,
  subscribe,
  verified,
  WEBHOOK_ENV,
  webhookService,
} from './webhooks.ts';

const SCRIPT = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
const KILLS = 2;
const service = await webhookService({ roles: { worker: false } });
let worker: ChildProcess | null = null;
afterAll(() => worker?.kill('SIGKILL'));

async function startWorker(): Promise<ChildProcess> {
  const child = fork(SCRIPT, {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      ...WEBHOOK_ENV,
      SECRETS_KEY: SECRETS_TEXT,
      DATABASE_URL: service.url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_TASK_QUEUE: service.taskQueue,
      WORKFLOW_BUNDLE: inject('workflowBundlePath'),
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

test('a worker that is killed in the middle of deliveries loses none of them, and repeats are the same bytes', async () => {
  worker = await startWorker();
  let underWay = 0;
  const sink = await startSink((_, response) => {
    underWay++;
    setTimeout(() => {
      underWay--;
      response.writeHead(200).end();
    }, 100);
    return 0;
  });
  const endpoint = await subscribe(service.send, sink.url);
  const orders = await Promise.all(Array.from({ length: 6 }, () => service.createOrder()));
  await Promise.all(orders.map((order) => order.createAll('100.00', '200.00', '300.00')));
  for (let kill = 0; kill < KILLS; kill++) {
    const before = sink.received.length;
    await until('deliveries to be under way', () => underWay >= 2 && sink.received.length >= before + 3, 60_000);
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
    worker = await startWorker();
    // There is something to be in the middle of next time.
    await Promise.all(orders.map((order, position) => order.create(3 + kill, `${10 + position}.00`)));
  }
  const outbox = await outboxOf(service);
  await until(
    'every event to have arrived and to be recorded',
    async () => {
      const deliveries = await deliveriesOf(service, endpoint.id);
      return deliveries.length === outbox.length && deliveries.every(({ status }) => status === 'delivered');
    },
    90_000,
  );
  const { received } = sink;
  expect(new Set(received.map(({ event }) => event.id))).toEqual(new Set(outbox));
  expectSameBytes(received);
  for (const one of received) verified(one, endpoint.secret);
  console.info(`${outbox.length} events, ${received.length - outbox.length} sent twice over ${KILLS} kills`);
}, 180_000);

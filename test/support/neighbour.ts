/**
 * A merchant that does everything it may, and more, as fast as it can; in a process of its own so that it does not slow
 * down who measures. Run by test/e2e/neighbours.test.ts: gets a {@link Neighbourhood}, floods until it is told to stop,
 * and answers how often it got each status.
 */
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type Answer, exchange } from './http-client.ts';

export interface Neighbourhood {
  readonly port: number;
  /** Keys of the merchant in both modes, and those bound to one of its orders. */
  readonly liveKey: string;
  readonly testKey: string;
  readonly boundKeys: readonly string[];
  /** Paths of an order's milestones in each mode. */
  readonly liveMilestones: string;
  readonly testMilestones: string;
}

const SILENT_SOCKETS = 50;
const hanging = createServer(() => {});
await new Promise<void>((listening) => hanging.listen(0, '127.0.0.1', listening));
const hangingUrl = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;

process.on('disconnect', () => process.exit(1));
process.once('message', async (town: Neighbourhood) => {
  const { port, liveKey, testKey, boundKeys, liveMilestones, testMilestones } = town;
  const statuses: Record<number, number> = {};
  let isOver = false;
  process.once('message', () => {
    isOver = true;
  });
  const send = async (method: string, path: string, key: string | null, body?: unknown, prefer?: string) => {
    const headers = {
      ...(key !== null && { 'X-API-Key': key }),
      ...(prefer !== undefined && { Prefer: prefer }),
      'Content-Type': 'application/json',
    };
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const answer = await exchange(port, method, path, headers, text).catch(
      (): Pick<Answer, 'status'> => ({ status: 0 }),
    );
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
  };
  for (let count = 0; count < 5; count++) {
    await send('POST', '/v1/webhook-endpoints', testKey, { url: `${hangingUrl}/${count}` });
  }
  let index = 0;
  const loops: Readonly<Record<string, () => Promise<void>>> = {
    creates: () => send('POST', liveMilestones, liveKey, { milestoneIndex: index++, amount: '0.01' }),
    'creates with events': () => send('POST', testMilestones, testKey, { milestoneIndex: index, amount: '0.01' }),
    batches: () => send('POST', `${liveMilestones}/batch`, liveKey, { milestones: manyFrom(5_000) }),
    waits: () => send('POST', liveMilestones, liveKey, { milestoneIndex: 9_999, amount: '0.01' }, 'wait=30'),
    pages: () => send('GET', `${liveMilestones}?limit=100`, liveKey),
    intents: () => send('GET', '/v1/payment-intents?limit=100', liveKey),
    events: () => send('GET', '/v1/events?limit=100', testKey),
    timelines: () => send('GET', liveMilestones.replace('/milestones', '/timeline?limit=100'), liveKey),
    'wrong bodies': () => send('POST', liveMilestones, liveKey, '{"milestoneIndex":'),
    'large bodies': () => send('POST', liveMilestones, liveKey, { description: 'x'.repeat(90_000) }),
    'unknown keys': () => send('GET', '/v1/payment-intents', liveKey.replace(/.{6}$/, 'zzzzzz')),
    'no key': () => send('GET', '/v1/payment-intents', null),
    health: () => send('GET', '/readyz', null),
    documents: () => send('GET', '/openapi.json', null),
  };
  for (const [position, key] of boundKeys.entries()) {
    Object.assign(loops, { [`bound ${position}`]: () => send('GET', liveMilestones, key) });
  }
  const silent = Array.from({ length: SILENT_SOCKETS }, () => neverReading(port, liveKey));
  const waiting = Array.from({ length: 20 }, () => 'waits' as const);
  const running = [...Object.keys(loops), ...waiting].map(async (name) => {
    while (!isOver) {
      await loops[name]?.();
      // What is refused is refused at once; a hundred times a second is as fast as it gets from one client.
      await new Promise((next) => setTimeout(next, 10));
    }
  });
  process.send?.('flooding');
  await Promise.race([Promise.all(running), until(() => isOver)]);
  for (const socket of silent) socket.destroy();
  process.send?.(statuses);
});

function manyFrom(first: number) {
  return Array.from({ length: 50 }, (_, position) => ({ milestoneIndex: first + position, amount: '0.01' }));
}

function neverReading(port: number, key: string): net.Socket {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {}).pause();
  socket.write(`GET /openapi.json HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`.repeat(20));
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((next) => setTimeout(next, 50));
}

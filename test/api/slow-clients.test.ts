/** Clients that are slow, on purpose or not, take nothing from the others, and are not waited for without end. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-keys.ts';
import { apiKeys, merchants } from '../../src/db/schema.ts';
import { type ApiProcess, startApiProcess } from '../support/api-process.ts';
import { testDatabase } from '../support/database.ts';
import { provenKey } from '../support/secrets.ts';
import type { ClosedSocket, SlowSocketOrder } from '../support/slow-sockets.ts';
import { until } from '../support/until.ts';
import { startApi, unusedGateway } from './api-server.ts';
import { INTENT } from './edge.ts';

const SLOW_SOCKETS = fileURLToPath(new URL('../support/slow-sockets.ts', import.meta.url));
const KEEP_ALIVE_MS = 6_000;
/**
 * Times below these differ by chance on a busy machine: with ten others ready to run, the scheduler alone lets a process
 * wait for some time slices of 3 or 4 ms. A server that slow clients can hold up takes seconds.
 */
const NOISE_P99_MS = 30;
const NOISE_P50_MS = 5;

const { db, url } = await testDatabase();
const { key: apiKey, ...keyRow } = createApiKey('test', 'merchant');
await db.insert(merchants).values({ id: 'merchant_test', name: 'Test' });
await db.insert(apiKeys).values(provenKey({ ...keyRow, merchantId: 'merchant_test' }));
const api = await startApiProcess(url, { KEEP_ALIVE_TIMEOUT_MS: String(KEEP_ALIVE_MS) });
/** One that nobody is slow with. What slows it down as well, at the same moment, is the machine. */
const control = await startApiProcess(url);

/**
 * A healthy client: one request after the other, to each of these processes in turn, a write for every four reads.
 * Answers the times of each.
 */
async function measureWhile(goesOn: () => boolean, ...processes: ApiProcess[]): Promise<number[][]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = processes.map((): number[] => []);
  for (let round = 0; goesOn(); round++) {
    for (const [index, { port }] of processes.entries()) {
      const startedAt = performance.now();
      const status = await healthyRequest(port, agent, round % 5 === 0);
      times[index]?.push(performance.now() - startedAt);
      expect([200, 201]).toContain(status);
    }
  }
  agent.destroy();
  return times;
}

function measureFor(durationMs: number, ...processes: ApiProcess[]): Promise<number[][]> {
  const end = performance.now() + durationMs;
  return measureWhile(() => performance.now() < end, ...processes);
}

function healthyRequest(port: number, agent: Agent, writes: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-API-Key': apiKey, 'Content-Type': 'application/json' };
    const options = { host: '127.0.0.1', port, path: '/v1/payment-intents', agent, headers };
    const request = httpRequest({ ...options, method: writes ? 'POST' : 'GET' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(writes ? JSON.stringify(INTENT) : undefined);
  });
}

/** The time that so much of them, in percent, stay below. */
function percentile(times: readonly number[], percent: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length * percent) / 100)] ?? Number.NaN;
}

async function startSlowSockets(count: number): Promise<Promise<ClosedSocket[]>[]> {
  const child = fork(SLOW_SOCKETS, { execArgv: ['--import', 'tsx'] });
  const order: SlowSocketOrder = { port: api.port, count, apiKey };
  const connected = once(child, 'message');
  child.send(order);
  await connected;
  const closed = once(child, 'message').then(([sockets]) => {
    child.disconnect();
    return sockets as ClosedSocket[];
  });
  // In an array, or the caller's await would wait for it.
  return [closed];
}

describe('500 slow sockets', () => {
  test('do not slow down a healthy client, and are closed within 15 seconds', async () => {
    const quiet: number[] = [];
    const attacked: number[] = [];
    const controlled: number[] = [];
    const sockets: ClosedSocket[] = [];
    // Twice, one after the other, so that a machine which gets busier or idler meanwhile changes both alike.
    for (let round = 0; round < 2; round++) {
      quiet.push(...(await measureFor(6_000, api)).flat());
      const [closing] = await startSlowSockets(500);
      let closed = false;
      const watched = closing?.then((all) => {
        closed = true;
        sockets.push(...all);
      });
      const [times = [], controlTimes = []] = await measureWhile(() => !closed, api, control);
      attacked.push(...times);
      controlled.push(...controlTimes);
      await watched;
    }
    const before = percentile(quiet, 99);
    const meanwhile = percentile(controlled, 99);
    const underAttack = percentile(attacked, 99);
    const latest = Math.max(...sockets.map(({ closedAfterMs }) => closedAfterMs));
    console.info(
      `p99 ${before.toFixed(1)} ms (${quiet.length}) before, ${meanwhile.toFixed(1)} ms in a process without slow sockets, ${underAttack.toFixed(1)} ms (${attacked.length}) with 500 slow sockets; the last was closed after ${Math.round(latest)} ms`,
    );
    expect(quiet.length).toBeGreaterThan(200);
    expect(attacked.length).toBeGreaterThan(200);
    expect(underAttack).toBeLessThan(2 * Math.max(before, meanwhile, NOISE_P99_MS));
    expect(sockets.length).toBe(1_000);
    expect(latest).toBeLessThan(15_000);
    // Whoever still writes when the server closes may get a reset, which takes the last answer along.
    const answered = (kind: ClosedSocket['kind'], first: number) =>
      sockets.filter((one) => one.kind === kind && one.statuses[0] === first).length;
    expect(answered('idle', 408)).toBe(200);
    expect(answered('body without a key', 401)).toBe(200);
    for (const kind of ['headers', 'body', 'drip'] as const) expect(answered(kind, 408)).toBeGreaterThan(0);
  }, 180_000);
});

describe('300 idle connections', () => {
  test('cost nothing, and end at the keep-alive timeout without an error', async () => {
    const idle = async () => {
      const sockets = Array.from({ length: 300 }, () => openIdle());
      await until('all to be answered', () => sockets.every(({ state }) => state.answers === 1));
      return sockets;
    };
    const quiet: number[] = [];
    const crowded: number[] = [];
    const controlled: number[] = [];
    let heldBytes = 0;
    let idleProcessorMs = 0;
    for (let round = 0; round < 2; round++) {
      quiet.push(...(await measureFor(3_000, api)).flat());
      const before = await api.usage();
      const sockets = await idle();
      const [times = [], controlTimes = []] = await measureFor(3_000, api, control);
      crowded.push(...times);
      controlled.push(...controlTimes);
      const during = await api.usage();
      heldBytes = Math.max(heldBytes, during.heldBytes - before.heldBytes);
      const idleSince = performance.now();
      await until('all to be closed', () => sockets.every(({ state }) => state.closedAt > 0), 60_000);
      const after = await api.usage();
      // Of a second in which nothing is asked.
      idleProcessorMs = ((after.processorMs - during.processorMs) / (performance.now() - idleSince)) * 1_000;
      for (const { state } of sockets) {
        expect([state.error, state.ended, state.answers]).toEqual([null, true, 1]);
        expect(state.closedAt - state.answeredAt).toBeGreaterThan(KEEP_ALIVE_MS - 500);
        expect(state.closedAt - state.answeredAt).toBeLessThan(KEEP_ALIVE_MS + 20_000);
      }
    }
    const without = Math.max(percentile(quiet, 50), percentile(controlled, 50));
    const withThem = percentile(crowded, 50);
    console.info(
      `p50 ${without.toFixed(1)} ms without, ${withThem.toFixed(1)} ms with 300 idle connections, which hold ${Math.round(heldBytes / 300 / 1_024)} KiB each; idle: ${idleProcessorMs.toFixed(0)} ms of processor time a second`,
    );
    expect(withThem).toBeLessThan(1.5 * Math.max(without, NOISE_P50_MS));
    expect(heldBytes).toBeLessThan(300 * 50 * 1_024);
    expect(idleProcessorMs).toBeLessThan(100);
  }, 180_000);
});

/** A connection that asks once and then stays. */
function openIdle() {
  const state = { answers: 0, answeredAt: 0, closedAt: 0, ended: false, error: null as string | null };
  const socket = net.connect(api.port, '127.0.0.1', () => socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'));
  socket.on('data', (chunk) => {
    state.answers += String(chunk).split('HTTP/1.1 200').length - 1;
    state.answeredAt = performance.now();
  });
  socket.on('end', () => {
    state.ended = true;
  });
  socket.on('error', ({ message }) => {
    state.error = message;
  });
  socket.on('close', () => {
    state.closedAt = performance.now();
  });
  return { state };
}

test('clients that never read their answers are cut off, and hold up nobody meanwhile', async () => {
  const CLIENTS = 100;
  const server = await startApi(db, unusedGateway);
  // Many times the document, which is larger than what the system keeps for a connection.
  const requests = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20);
  // They do not notice that they are closed, because they do not read.
  const sockets = Array.from({ length: CLIENTS }, () => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(requests));
    return socket.pause().on('error', () => {});
  });
  await until('all to be connected', async () => (await server.connections()) === CLIENTS);
  const startedAt = performance.now();
  await until('all to be cut off', async () => (await server.connections()) === 0, 25_000);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect((await server.send('GET', '/livez')).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

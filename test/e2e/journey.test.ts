/**
 * The first hour with Tranche, on a real `npm start`: the example from the page, the money, a look behind the API, a
 * restart, and a crash. The tests follow each other on one home.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isStillRunning } from '../../src/embedded/process-identity.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { escrowOrderWorkflowId } from '../../src/workflows/messages.ts';
import type { OrderView } from '../../src/workflows/operator-view.ts';
import { httpClient, type Send } from '../support/http-client.ts';
import { newOrder } from '../support/http-order.ts';
import { type DevFile, type NpmStart, newHome, npmStart, processesOf } from '../support/npm-start.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const home = newHome();
let start: NpmStart;
let dev: DevFile;
let send: Send;
const milestonesPath = '/v1/payment-intents/intent_2xYz9AbC123/escrow/milestones';

async function bringUp(): Promise<void> {
  start = npmStart(home, 0);
  dev = await start.ready();
  send = httpClient(Number(new URL(dev.apiUrl).port), dev.apiKey);
}

const readOrder = async () => (await send('GET', '/v1/payment-intents/intent_2xYz9AbC123/escrow')).json.data;

/** The order once all its payouts are paid: until then it changes by itself. */
async function settledOrder() {
  const unpaid = async () => {
    const { milestones } = await readOrder();
    return milestones.filter(({ payout }: { payout?: { status: string } }) => payout && payout.status !== 'paid');
  };
  await expect.poll(unpaid, { timeout: 20_000 }).toEqual([]);
  return readOrder();
}

/** Sends the signal of Ctrl-C to one process or, as a terminal does, to a whole group. */
async function interrupt(target: number): Promise<void> {
  const processes = start.processes();
  // npm, node, PostgreSQL with its helpers, Temporal.
  expect(processes.length).toBeGreaterThan(5);
  process.kill(target, 'SIGINT');
  expect(await start.exitCode()).toBe(0);
  expect(processes.filter(isStillRunning)).toEqual([]);
  expect(processesOf(home)).toEqual([]);
  expect(existsSync(join(home, 'dev.json'))).toBe(false);
  await expect(fetch(`${dev.apiUrl}/livez`)).rejects.toThrow();
}

function paidOut(index: number): Promise<boolean> {
  return until(`milestone ${index} to be paid out`, async () => {
    const { milestones } = await readOrder();
    return milestones[index].payout.status === 'paid';
  });
}

/** A milestone's whole life over HTTP. */
async function releaseNext(index: number, amount: string): Promise<void> {
  const created = await send('POST', milestonesPath, { body: { milestoneIndex: index, amount } });
  expect([created.status, created.json?.data?.amount]).toEqual([201, amount]);
  const path = `${milestonesPath}/${created.json.id}`;
  expect((await send('POST', `${path}/complete`, { body: { completedBy: 'buyer-7' } })).status).toBe(200);
  expect((await send('POST', `${path}/release`)).json.data.status).toBe('RELEASED');
  await paidOut(index);
}

beforeAll(bringUp);

describe('the first start', () => {
  test('tells after how long it was ready, and says where everything is', async () => {
    const seconds = Number(/ready after ([\d.]+) s/.exec(start.output())?.[1]);
    console.log(`npm start was ready after ${seconds} s`);
    // On a busy machine it takes several times as long as on an idle one, and nothing is wrong then.
    expect(seconds).toBeLessThanOrEqual(60);
    expect(Object.keys(dev)).toEqual([
      ...['apiUrl', 'apiKey', 'otherApiKey', 'temporalUiUrl', 'temporalAddress', 'databaseUrl', 'intentId'],
    ]);
    expect(dev.intentId).toBe('intent_2xYz9AbC123');
    for (const url of [dev.apiUrl, dev.temporalUiUrl]) expect(start.output()).toContain(url);
    const [orders = '', order = ''] = [/Order book +(\S+)/, /This order +(\S+)/].map(
      (line) => line.exec(start.output())?.[1],
    );
    expect(new URL(orders).searchParams.get('query')).toBe("WorkflowType = 'escrowOrder'");
    expect(decodeURIComponent(order)).toBe(
      `${dev.temporalUiUrl}/namespaces/default/workflows/escrow-order/escrow_order_abc123`,
    );
    for (const page of [orders, order]) expect((await fetch(page)).status).toBe(200);
  });

  test('has a funded order of 1000.00 USDC, which the other merchant cannot see', async () => {
    expect(await readOrder()).toMatchObject({
      amount: '1000.00',
      currency: 'USDC',
      releaseType: 'MILESTONE_LOCKED',
      fundedAmount: '1000.00',
      milestones: [],
    });
    const foreign = await send('GET', '/v1/payment-intents/intent_2xYz9AbC123/escrow', { key: dev.otherApiKey });
    expect(foreign.status).toBe(403);
  });

  test('prints a curl that works as it is', async () => {
    const answer = await runPrintedCurl();
    const { id, escrowOrderId, createdAt } = JSON.parse(answer).data;
    expect(answer).toBe(
      `{"id":"${id}","object":"milestone","data":{"id":"${id}","escrowOrderId":"${escrowOrderId}",` +
        `"paymentIntentId":"intent_2xYz9AbC123","milestoneIndex":0,"description":"Initial payment - 30%",` +
        `"amount":"300.00","percentage":30,"status":"PENDING","createdAt":"${createdAt}"}}`,
    );
  });
});

describe('the milestone of the example', () => {
  test('is completed and released, and the order shows it', async () => {
    const [{ id }] = (await readOrder()).milestones;
    const completed = await send('POST', `${milestonesPath}/${id}/complete`, { body: { completedBy: 'buyer-7' } });
    expect(completed.text).toBe('{"object":"milestone","status":"completed"}');
    expect((await send('POST', `${milestonesPath}/${id}/release`)).status).toBe(200);
    await paidOut(0);
    expect(await readOrder()).toMatchObject({
      orderStatus: 'PENDING',
      settlementStatus: 'EXECUTED',
      releasedAmount: '300.00',
      remainingAmount: '700.00',
      milestones: [{ milestoneIndex: 0, status: 'RELEASED', releasedAmount: '300.00' }],
    });
  });

  test('is in the ledger and the log of the database that dev.json names', async () => {
    const sql = postgres(dev.databaseUrl, { max: 1 });
    onTestFinished(() => sql.end());
    const balances = async () => [
      ...(await sql`SELECT kind, trim_scale(balance)::text AS balance FROM ledger_accounts ORDER BY kind`),
    ];
    // The merchant's 300.00 go on to the settlement destination, soon.
    await expect.poll(balances, { timeout: 20_000 }).toEqual([
      { kind: 'escrow', balance: '700' },
      { kind: 'external', balance: '-700' },
      { kind: 'merchant', balance: '0' },
    ]);
    const log = await sql`SELECT version, command_type, outcome FROM order_log ORDER BY version`;
    expect(log.map(({ version, command_type, outcome }) => [version, command_type, outcome])).toEqual([
      [1, 'order.fund', 'accepted'],
      [2, 'milestone.create', 'accepted'],
      [3, 'milestone.complete', 'accepted'],
      [4, 'milestone.release', 'accepted'],
      [5, 'payout.settle', 'accepted'],
    ]);
  });

  test('is in the workflow of the order, and the Temporal UI answers', async () => {
    const order = await readOrder();
    const client = connectClient(dev.temporalAddress, 'default');
    onTestFinished(() => client.connection.close());
    const workflow = client.workflow.getHandle(`escrow-order/${order.id}`);
    expect((await workflow.describe()).status.name).toBe('RUNNING');
    const view = await workflow.query<OrderView>('order');
    expect(view).toMatchObject({
      status: order.orderStatus,
      version: order.version,
      amount: order.amount,
      funded: order.fundedAmount,
      allocated: order.allocatedAmount,
      released: order.releasedAmount,
      milestones: [{ index: 0, amount: '300.00', status: 'RELEASED' }],
    });
    const page = await fetch(
      `${dev.temporalUiUrl}/namespaces/default/workflows/${encodeURIComponent(escrowOrderWorkflowId(order.id))}`,
    );
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  });
});

describe('the seeded keys', () => {
  test('are the platform’s own: each may do what either party may', async () => {
    for (const key of [dev.apiKey, dev.otherApiKey]) {
      const order = await newOrder((method, path, sent) => send(method, path, { key, ...sent }), {
        milestoneTerms: { releaseBy: 'buyer' },
      });
      const [first = '', second = ''] = await order.createAll('400.00', '600.00');
      await order.complete(first);
      expect((await order.release(first)).status).toBe(200);
      const dispute = (path: string, body: object) =>
        send('POST', `${order.intentPath}/escrow/dispute${path}`, { key, body });
      expect((await dispute('', { reason: 'x', raisedBy: 'y', milestoneId: second })).status).toBe(200);
      expect((await dispute('/resolve', { resolution: 'MERCHANT_WON' })).status).toBe(200);
      expect(await order.read()).toMatchObject({ orderStatus: 'COMPLETED', releasedAmount: '1000.00' });
    }
  });
});

describe('stopping and starting again', () => {
  test('SIGINT to npm ends everything within its own time, and a restart keeps data, keys and addresses', async () => {
    const [before, known] = [await settledOrder(), dev];
    await interrupt(start.pid);
    await bringUp();
    // The port was left to chance; everything else stays.
    expect({ ...dev, apiUrl: known.apiUrl }).toEqual(known);
    expect(await readOrder()).toEqual(before);
    await releaseNext(1, '200.00');
  });

  test('kill -9 of all its processes loses nothing, and the next milestone works', async () => {
    const [before, known] = [await settledOrder(), dev];
    await start.killAll();
    await bringUp();
    expect({ ...dev, apiUrl: known.apiUrl }).toEqual(known);
    expect(await readOrder()).toEqual(before);
    await releaseNext(2, '500.00');
    expect(await readOrder()).toMatchObject({ orderStatus: 'COMPLETED', releasedAmount: '1000.00' });
  });

  test('Ctrl-C in a terminal, which reaches npm and the service at once, ends everything too', async () => {
    await interrupt(-start.pid);
    expect(start.output()).toContain('Stopped.');
  });
});

/** Runs the command as it was printed, or sends the same without curl. */
async function runPrintedCurl(): Promise<string> {
  const [command] = /^ *curl [^']*'[^']*'$/m.exec(start.output()) ?? [];
  if (command === undefined) throw new Error(`No curl in:\n${start.output()}`);
  try {
    return execFileSync('sh', ['-c', `${command} --silent --show-error --fail --noproxy '*'`], { encoding: 'utf8' });
  } catch (error) {
    // 127: the shell finds no curl.
    if ((error as { status?: number }).status !== 127) throw error;
  }
  const [url = '', key = '', type = '', body = ''] = [
    /http\S+/,
    /X-API-Key: ([^"]+)/,
    /Content-Type: ([^"]+)/,
    /'(.*)'/,
  ].map((pattern) => pattern.exec(command)?.at(-1));
  return (await fetch(url, { method: 'POST', headers: { 'X-API-Key': key, 'Content-Type': type }, body })).text();
}

/** An API that dies while it has money collected: the order is funded all the same, once, or the repeat says what was. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import type { FundingPort } from '../../src/settlement/ports.ts';
import { verify } from '../../src/verify/verify.ts';
import { httpClient } from '../support/http-client.ts';
import type { TestOrder } from '../support/http-order.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { type Failpoint, FUNDING_FAILPOINTS } from './failpoints.ts';
import { type Ask, attempt, insist, startProcess } from './support.ts';

/** Under which keys the processes that live on asked. */
const asked: string[] = [];
const port: FundingPort = {
  async collect({ key }) {
    asked.push(key);
  },
  async giveBack() {
    throw new Error('Nothing was to be given back');
  },
};
const service = await testService({ outside: { funding: { test: port } } });

afterEach(() => {
  asked.length = 0;
});

/** Confirms at an API that dies of it. */
async function crash(point: Failpoint, key: string | null): Promise<{ order: TestOrder; ask: Ask }> {
  const order = await service.createOrder({ funded: false });
  const ask = { path: `${order.intentPath}/confirm`, body: {}, effects: async () => (await fundings(order)).length };
  const api = await startProcess(service, 'api', point);
  expect(await attempt(httpClient(api.port, service.keys.own), ask, key)).toBeNull();
  expect(await api.ended).toBe('SIGKILL');
  return { order, ask };
}

/** The ids of the commands that funded it. */
async function fundings({ orderId }: TestOrder): Promise<string[]> {
  const rows = await service.db.execute<{ id: string }>(sql`
    SELECT command_id AS id FROM order_log WHERE order_id = ${orderId} AND command_type = 'order.fund'
      AND outcome = 'accepted'`);
  return rows.map(({ id }) => id);
}

/** Everything is where it belongs, and nobody was asked for money under another key. */
async function expectFundedOnce({ order, ask }: { order: TestOrder; ask: Ask }): Promise<void> {
  expect(await ask.effects()).toBe(1);
  expect((await order.read()).fundedAmount).toBe('1000.00');
  expect(asked.filter((key) => key !== order.intentId)).toEqual([]);
  const [record] = await service.db.execute(sql`SELECT status, open FROM fundings WHERE intent_id = ${order.intentId}`);
  expect(record).toEqual({ status: 'COLLECTED', open: false });
  expect((await verify(service.db)).violations).toEqual([]);
}

// Without a key nothing is claimed.
test.each(FUNDING_FAILPOINTS.filter((point) => !point.endsWith('before the claim')))(
  'an API that dies %s, and nobody asks again: the order is funded',
  async (point) => {
    const crashed = await crash(point, null);
    const { order } = crashed;
    await service.db.execute(sql`UPDATE fundings SET look_at = clock_timestamp() WHERE intent_id = ${order.intentId}`);
    const isFunded = async () => (await service.send('GET', order.intentPath)).json.status === 'SUCCEEDED';
    await until('the order to be funded', isFunded, 30_000);
    await expectFundedOnce(crashed);
  },
  60_000,
);

test.each(FUNDING_FAILPOINTS)(
  'an API that dies %s: a repeat funds the order and is answered as the first',
  async (point) => {
    const key = randomUUID();
    const crashed = await crash(point, key);
    const answer = await insist(service.send, crashed.ask, key);
    expect([answer.status, answer.json.status]).toEqual([200, 'SUCCEEDED']);
    expect(await fundings(crashed.order)).toEqual([answer.headers['command-id']]);
    await expectFundedOnce(crashed);
    expect((await insist(service.send, crashed.ask, key)).text).toBe(answer.text);
  },
  60_000,
);

test('an API that dies before it says that money is there, the order is funded, and a late repeat hears of it', async () => {
  const key = randomUUID();
  const crashed = await crash('after that is recorded, before the claim', key);
  const { intentId, intentPath } = crashed.order;
  await service.db.execute(sql`UPDATE fundings SET look_at = clock_timestamp() WHERE intent_id = ${intentId}`);
  const isFunded = async () => (await service.send('GET', intentPath)).json.status === 'SUCCEEDED';
  await until('the order to be funded', isFunded, 30_000);
  const answer = await insist(service.send, crashed.ask, key);
  expect([answer.status, answer.json.status]).toEqual([200, 'SUCCEEDED']);
  expect(await fundings(crashed.order)).toEqual([answer.headers['command-id']]);
  await expectFundedOnce(crashed);
}, 60_000);

/** Money that is on its way in while something happens: it ends in its order's escrow, or back with the buyer, once. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { type Funding, type FundingPort, PermanentPortError } from '../../src/settlement/ports.ts';
import { verify } from '../../src/verify/verify.ts';
import type { TestOrder } from '../support/http-order.ts';
import { sendRaw } from '../support/raw-signals.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';

/** The buyers' side: keeps what it collected, by key, as a port must. */
const held = new Map<string, Funding>();
const asked: string[] = [];
let beforeCollecting: () => Promise<void> = async () => {};
let afterCollecting: () => Promise<void> = async () => {};
const port: FundingPort = {
  async collect(funding) {
    asked.push(`collect ${funding.key}`);
    await beforeCollecting();
    held.set(funding.key, funding);
    await afterCollecting();
  },
  async giveBack(funding) {
    asked.push(`give back ${funding.key}`);
    held.delete(funding.key);
  },
};
const outside = { funding: { test: port } };
const service = await testService({ outside });

afterEach(() => {
  beforeCollecting = async () => {};
  afterCollecting = async () => {};
  asked.length = 0;
});

/** Something that happens when the test says so. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

async function recordOf({ intentId }: TestOrder) {
  const [row] = await service.db.execute<{ status: string; open: boolean; lastError: string | null }>(
    sql`SELECT status, open, last_error AS "lastError" FROM fundings WHERE intent_id = ${intentId}`,
  );
  return row ?? null;
}

/** As if the time had passed after which the sweeper takes it. */
function hurry({ intentId }: TestOrder) {
  return service.db.execute(sql`UPDATE fundings SET look_at = clock_timestamp() WHERE intent_id = ${intentId}`);
}

function reaches(order: TestOrder, status: string, open: boolean) {
  return until(`a funding that is ${status}`, async () => {
    const record = await recordOf(order);
    return record?.status === status && record.open === open;
  });
}

async function intentStatusOf(order: TestOrder): Promise<string> {
  return (await service.send('GET', order.intentPath)).json.status;
}

function cancelThroughTemporal({ orderId }: TestOrder) {
  const orders = { client: service.temporal, taskQueue: service.taskQueue };
  return sendRaw(orders, orderId, 'cancelOrder', {});
}

test('an order whose money is being collected is not cancelled, and says what to do', async () => {
  const order = await service.createOrder({ funded: false });
  const [there, answered] = [gate(), gate()];
  beforeCollecting = async () => {
    there.open();
    await answered.opened;
  };
  const confirming = order.confirm();
  await there.opened;
  expect(await recordOf(order)).toMatchObject({ status: 'SUBMITTED', open: true });
  for (const path of [`${order.intentPath}/cancel`, `${order.intentPath}/escrow/cancel`]) {
    const refused = await service.send('POST', path);
    expect([refused.status, refused.headers['error-reason'], refused.json.error.code]).toEqual([
      400,
      'funding_under_way',
      'invalid_status',
    ]);
  }
  answered.open();
  expect((await confirming).json.status).toBe('SUCCEEDED');
  expect(await recordOf(order)).toMatchObject({ status: 'COLLECTED', open: false });
  const cancelled = await service.send('POST', `${order.intentPath}/escrow/cancel`);
  expect([cancelled.status, cancelled.json.refundedAmount]).toEqual([200, '1000.00']);
});

test('money that is collected for an order that was cancelled meanwhile is given back, however late it comes', async () => {
  const order = await service.createOrder({ funded: false });
  const [there, answered] = [gate(), gate()];
  beforeCollecting = async () => {
    there.open();
    await answered.opened;
  };
  const confirming = order.confirm();
  await there.opened;
  await cancelThroughTemporal(order);
  await reaches(order, 'RETURNING', true);
  await hurry(order);
  await reaches(order, 'RETURNED', false);
  // Only now does the port collect, against what it was told.
  answered.open();
  const late = await confirming;
  expect([late.status, late.headers['error-reason']]).toEqual([400, 'order_closed']);
  await until('the money to be back', () => !held.has(order.intentId));
  await reaches(order, 'RETURNED', false);
  expect(asked.filter((what) => what === `give back ${order.intentId}`)).toHaveLength(2);
  expect(await intentStatusOf(order)).toBe('CANCELLED');
  expect((await verify(service.db)).violations).toEqual([]);
});

test('a collection without an answer is asked for again by itself, under the same key', async () => {
  const order = await service.createOrder({ funded: false });
  afterCollecting = async () => {
    throw new Error('socket hang up');
  };
  const unclear = await order.confirm();
  expect([unclear.status, unclear.headers['error-reason']]).toEqual([503, 'funding_unavailable']);
  expect(await recordOf(order)).toEqual({ status: 'SUBMITTED', open: true, lastError: 'Error: socket hang up' });
  afterCollecting = async () => {};
  await hurry(order);
  await until('the order to be funded', async () => (await intentStatusOf(order)) === 'SUCCEEDED');
  expect(await recordOf(order)).toEqual({ status: 'COLLECTED', open: false, lastError: null });
  expect(asked).toEqual([`collect ${order.intentId}`, `collect ${order.intentId}`]);
  expect((await order.confirm()).headers['error-reason']).toBe('order_already_funded');
});

test('a collection that is refused in the end leaves the order as it was, to be confirmed again or cancelled', async () => {
  const order = await service.createOrder({ funded: false });
  beforeCollecting = async () => {
    throw new Error('socket hang up');
  };
  expect((await order.confirm()).status).toBe(503);
  beforeCollecting = async () => {
    throw new PermanentPortError('The card was declined');
  };
  await hurry(order);
  await reaches(order, 'REFUSED', false);
  expect((await order.confirm()).headers['error-reason']).toBe('funding_refused');
  beforeCollecting = async () => {};
  const other = await service.createOrder({ funded: false });
  expect((await order.confirm()).json.status).toBe('SUCCEEDED');
  beforeCollecting = async () => {
    throw new PermanentPortError('The card was declined');
  };
  expect((await other.confirm()).status).toBe(400);
  expect((await service.send('POST', `${other.intentPath}/cancel`)).json.status).toBe('CANCELLED');
  expect(await recordOf(other)).toMatchObject({ status: 'REFUSED', open: false });
});

test.each([true, false])(
  'while Temporal is away collected money is accepted, and told later; with a key: %s',
  async (isKeyed) => {
    const order = await service.createOrder({ funded: false });
    const cutOff = await service.startAnother({ outside, roles: { worker: false }, temporalAddress: '127.0.0.1:1' });
    const headers = isKeyed ? { 'Idempotency-Key': randomUUID() } : {};
    const accepted = await cutOff.send('POST', `${order.intentPath}/confirm`, { headers });
    const id = accepted.headers['command-id'];
    expect([accepted.status, accepted.json.id]).toEqual([202, id]);
    expect((await cutOff.send('GET', `/v1/commands/${id}`)).status).toBe(200);
    await until('the order to be funded', async () => (await intentStatusOf(order)) === 'SUCCEEDED', 30_000);
    expect((await service.send('GET', `/v1/commands/${id}`)).json.data.status).toBe('ACCEPTED');
    await reaches(order, 'COLLECTED', false);
  },
);

test('what is given back is only what a cancelled intent was collected for, and no record is lost or altered', async () => {
  const order = await service.createOrder();
  const { intentId } = order;
  const refusal = (statement: ReturnType<typeof sql>) =>
    service.db.execute(statement).then(
      () => 'done',
      (error: { cause?: { constraint_name?: string; code?: string } }) =>
        error.cause?.constraint_name ?? error.cause?.code,
    );
  expect(await refusal(sql`UPDATE fundings SET status = 'RETURNING', open = true WHERE intent_id = ${intentId}`)).toBe(
    'L8_funding',
  );
  expect(await refusal(sql`UPDATE fundings SET status = 'REFUSED', open = false WHERE intent_id = ${intentId}`)).toBe(
    'L8_funding',
  );
  // 42501: no right to.
  expect(await refusal(sql`UPDATE fundings SET amount = 1 WHERE intent_id = ${intentId}`)).toBe('42501');
  expect(await refusal(sql`DELETE FROM fundings WHERE intent_id = ${intentId}`)).toBe('42501');
});

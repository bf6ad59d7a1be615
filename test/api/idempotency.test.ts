/**
 * What an idempotency key promises: one effect and one answer a key, whatever Temporal does and whoever dies.
 */
import { eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import type { OrderGateway, Submission } from '../../src/api/submission.ts';
import { commands, paymentIntents } from '../../src/db/schema.ts';
import type { Command } from '../../src/domain/commands.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';
import { type Sent, startApi } from './api-server.ts';

const { db, gateway, createOrder, submit, logOf } = await testOrders();

/** What the gateway answers next, instead of doing its work. */
const faults: Submission['kind'][] = [];
const sent: { command: Command; send: boolean }[] = [];
const faulty: OrderGateway = {
  ...gateway,
  submit: async (orderId, submitted, options) => {
    sent.push({ command: submitted, send: options.send });
    const fault = faults.shift();
    return fault && fault !== 'recorded' ? { kind: fault } : gateway.submit(orderId, submitted, options);
  },
};
const api = await startApi(db, faulty, { config: { turnWaitMs: 500, commandWaitMs: 5_000 } });

afterEach(() => {
  faults.length = 0;
  sent.length = 0;
});

let keys = 0;
const newKey = () => `key-${++keys}`;

async function newOrder() {
  const orderId = await createOrder({ merchantId: MERCHANT_ID });
  const path = `/v1/payment-intents/${orderId.replace('escrow_order', 'intent')}/escrow/milestones`;
  const create = (key: string | null, body: object = { milestoneIndex: 0, amount: '1.00' }, more: Sent = {}) =>
    api.send('POST', path, {
      body,
      ...more,
      headers: { ...more.headers, ...(key !== null && { 'Idempotency-Key': key }) },
    });
  return { orderId, path, create };
}

const claimOf = async (key: string) => (await db.select().from(commands).where(eq(commands.idempotencyKey, key)))[0];

/** Makes a claim look older than it is. */
const age = (key: string, interval: string) =>
  db
    .update(commands)
    .set({ createdAt: sql`clock_timestamp() - ${interval}::interval` })
    .where(eq(commands.idempotencyKey, key));

describe('repeats', () => {
  test('a repeat has the same bytes, and one entry is recorded', async () => {
    const { orderId, create } = await newOrder();
    const body = '{"milestoneIndex":0,"amount":"1.00","metadata":{"zz":"1","a":"2"}}';
    const key = newKey();
    const first = await create(key, JSON.parse(body));
    const again = await create(`"${key}"`, JSON.parse(body));
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers.location).toBe(first.headers.location);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect((await logOf(orderId)).length).toBe(1);
  });

  test('a refusal about the request itself is repeated, whatever has become of the order', async () => {
    const { create } = await newOrder();
    await create(null);
    const key = newKey();
    const first = await create(key, { milestoneIndex: 0, amount: '2.00' });
    expect([first.status, first.headers['error-reason']]).toEqual([400, 'milestone_index_taken']);
    await create(null, { milestoneIndex: 1, amount: '1.00' });
    const again = await create(key, { milestoneIndex: 0, amount: '2.00' });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([400, first.text, 'true']);
  });

  test('a refusal that another command lifts is asked anew, and its many repeats have one effect', async () => {
    const { create } = await newOrder();
    const key = newKey();
    const strict = { headers: { Prefer: 'handling=strict' } };
    const ask = () => create(key, { milestoneIndex: 1, amount: '1.00' }, strict);
    const first = await ask();
    expect([first.status, first.headers['error-reason']]).toEqual([400, 'previous_milestone_missing']);
    await create(null);
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await ask()).text).toBe(answers[0]?.text);
  });

  test('a 404 of the workflow is not kept', async () => {
    const { orderId, path, create } = await newOrder();
    await submit(orderId, command('order.fund'));
    const milestone = `milestone_${orderId.split('_').at(-1)}0000`;
    const complete = (key: string) =>
      api.send('POST', `${path}/${milestone}/complete`, {
        body: { completedBy: 'x' },
        headers: { 'Idempotency-Key': key },
      });
    const key = newKey();
    expect((await complete(key)).status).toBe(404);
    await create(null);
    const completed = await complete(key);
    expect([completed.status, completed.headers['idempotent-replayed']]).toEqual([200, undefined]);
    expect((await complete(key)).headers['idempotent-replayed']).toBe('true');
  });

  test('another body, path or method of asking under the same key is 422', async () => {
    const { create } = await newOrder();
    const key = newKey();
    await create(key);
    const other = await newOrder();
    for (const answer of [
      await create(key, { milestoneIndex: 0, amount: '2.00' }),
      await create(key, { milestoneIndex: 0, amount: '1.00', description: 'x' }),
      await other.create(key),
    ]) {
      expect([answer.status, answer.json.error.code]).toEqual([422, 'idempotency_key_reused']);
    }
    const unlike = await api.send('POST', '/v1/payment-intents', {
      body: {
        amount: '1',
        currency: 'USD',
        type: 'CONSENTED_PULL',
        settlementMethod: 'OFF_RAMP_MOCK',
        settlementDestination: 'x',
      },
      headers: { 'Idempotency-Key': key },
    });
    expect(unlike.status).toBe(422);
  });

  test('a key belongs to merchant, mode and role, not to the API key', async () => {
    const { create } = await newOrder();
    const key = newKey();
    const first = await create(key);
    expect((await create(key, undefined, { key: await api.addKey() })).text).toBe(first.text);
    const asOperator = await create(key, undefined, { key: await api.addKey({ role: 'operator' }) });
    expect(asOperator.headers['error-reason']).toBe('milestone_index_taken');
  });

  test('fifty twins at once have one effect and one body', async () => {
    const { orderId, create } = await newOrder();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length).toBe(1);
    expect((await logOf(orderId)).length).toBe(1);
    expect(sent.filter(({ send }) => send).length).toBe(1);
  });

  test('an intent is made once a key, by fifty twins too', async () => {
    const body = {
      amount: '5',
      currency: 'USD',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: newKey(),
    };
    const headers = { 'Idempotency-Key': newKey() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.send('POST', '/v1/payment-intents', { body, headers })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const made = await db
      .select()
      .from(paymentIntents)
      .where(eq(paymentIntents.settlementDestination, body.settlementDestination));
    expect(made.length).toBe(1);
    // What happened to the intent since does not show in the repeat.
    await api.send('POST', `/v1/payment-intents/${made[0]?.id}/confirm`);
    const again = await api.send('POST', '/v1/payment-intents', { body, headers });
    expect(again.text).toBe(answers[0]?.text);
  });

  test('a key older than thirty days may be used for something else', async () => {
    const { create } = await newOrder();
    const key = newKey();
    await create(key);
    await age(key, '29 days');
    expect((await create(key, { milestoneIndex: 1, amount: '1.00' })).status).toBe(422);
    await age(key, '31 days');
    const fresh = await create(key, { milestoneIndex: 1, amount: '1.00' });
    expect([fresh.status, fresh.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });
});

describe('when Temporal is not well', () => {
  test.each(['unreachable', 'overloaded'] as const)('%s is 503 and leaves nothing behind', async (fault) => {
    const { create } = await newOrder();
    const key = newKey();
    faults.push(fault);
    const refused = await create(key);
    expect([refused.status, refused.json.error.type]).toEqual([503, 'api_error']);
    expect(refused.headers['retry-after']).toMatch(/^[12]$/);
    expect(await claimOf(key)).toBeUndefined();
    const again = await create(key);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  test('an unclear send is 202 with the command stored, and a repeat gives the outcome once there is one', async () => {
    const { create } = await newOrder();
    const key = newKey();
    faults.push('unclear', 'unclear');
    const pending = await create(key);
    expect([pending.status, pending.json.data.status]).toEqual([202, 'PENDING']);
    expect(pending.headers.location).toBe(`/v1/commands/${pending.json.id}`);
    expect((await api.send('GET', pending.headers.location as string)).text).toBe(pending.text);
    expect(await claimOf(key)).toMatchObject({ commandId: pending.json.id, open: true });
    await age(key, '4 seconds');
    const stillPending = await create(key);
    expect([stillPending.status, stillPending.text]).toEqual([202, pending.text]);
    const done = await create(key);
    expect([done.status, done.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(sent.map(({ command: { id } }) => id)).toEqual([pending.json.id, pending.json.id, pending.json.id]);
    const shown = await api.send('GET', pending.headers.location as string);
    expect(shown.json.data).toMatchObject({
      status: 'ACCEPTED',
      createdAt: pending.json.data.createdAt,
      result: done.json,
    });
  });

  test('without a key an unclear command is stored before the 202', async () => {
    const { orderId, create } = await newOrder();
    faults.push('unclear');
    const pending = await create(null);
    expect(pending.status).toBe(202);
    const [row] = await db.select().from(commands).where(eq(commands.commandId, pending.json.id));
    expect(row).toMatchObject({ orderId, open: true, idempotencyKey: null, payload: { type: 'milestone.create' } });
    expect((await api.send('GET', pending.headers.location as string)).json).toEqual(pending.json);
  });

  test('a repeat waits for the command of a sender that died, then sends it itself', async () => {
    const { orderId, create } = await newOrder();
    const key = newKey();
    faults.push('unclear');
    const pending = await create(key);
    sent.length = 0;
    const startedAt = Date.now();
    const done = await create(key);
    expect([done.status, done.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(Date.now() - startedAt).toBeGreaterThan(2_000);
    expect(sent.map(({ command: { id }, send }) => [id, send])).toEqual([
      [pending.json.id, false],
      [pending.json.id, true],
    ]);
    expect((await logOf(orderId)).length).toBe(1);
  });

  test('a claim that others may have sent already is not withdrawn', async () => {
    const { create } = await newOrder();
    const key = newKey();
    faults.push('unclear');
    const pending = await create(key);
    await age(key, '4 seconds');
    for (const fault of ['unreachable', 'overloaded'] as const) {
      faults.push(fault);
      const answer = await create(key);
      expect([answer.status, answer.text]).toEqual([202, pending.text]);
    }
    expect(await claimOf(key)).toMatchObject({ commandId: pending.json.id });
  });

  test('a repeat that finds too much under way is 409 with Retry-After', async () => {
    const { create } = await newOrder();
    const key = newKey();
    faults.push('unclear', 'overloaded');
    await create(key);
    const busy = await create(key);
    expect([busy.status, busy.json.error.code, busy.headers['retry-after']]).toEqual([
      ...[409, 'idempotency_in_progress', '1'],
    ]);
  });
});

test('a refusal for want of room is not kept: a repeat tries again under a new command', async () => {
  const { orderId, create } = await newOrder();
  const hold = (index: number) =>
    gateway.submit(orderId, command('milestone.create', { milestoneIndex: index, amount: '0.01', turnWaitMs: null }), {
      ...{ merchantId: MERCHANT_ID, waitMs: 15_000, untilHeld: true, send: true },
    });
  for (let from = 1; from <= 1_000; from += 250) {
    await Promise.all(Array.from({ length: 250 }, (_, offset) => hold(from + offset)));
  }
  const key = newKey();
  const body = { milestoneIndex: 2_000, amount: '0.01' };
  const full = await create(key, body);
  expect([full.status, full.headers['error-reason'], full.headers['retry-after']]).toEqual([
    ...[503, 'held_commands_full', '5'],
  ]);
  const before = await claimOf(key);
  await create(null, { milestoneIndex: 0, amount: '0.01' });
  const again = await create(key, body);
  expect(again.headers['error-reason']).toBe('previous_milestone_missing');
  expect((await claimOf(key))?.commandId).not.toBe(before?.commandId);
});

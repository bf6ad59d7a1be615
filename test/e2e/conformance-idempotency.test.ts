/** One key, one effect, one answer: to the byte, whatever has happened since. */
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Sent } from '../support/http-client.ts';
import { testService } from '../support/service.ts';
import { expectRefused } from './expectations.ts';

const { createOrder, db, keys, send } = await testService();

let used = 0;
/** Headers with an idempotency key that no other test uses. */
const newKey = (more: Record<string, string> = {}) => ({ headers: { 'Idempotency-Key': `key-${++used}`, ...more } });

const entriesOf = async (orderId: string): Promise<number> =>
  (await db.execute(sql`SELECT FROM order_log WHERE order_id = ${orderId}`)).length;

describe('a repeat', () => {
  test('of anything that was done has the same bytes, and does nothing', async () => {
    const order = await createOrder({ funded: false });
    const [id = ''] = await order.createAll('1.00');
    const requests: [string, (sent: Sent) => ReturnType<typeof send>, number][] = [
      ['confirm', (sent) => order.confirm(sent), 200],
      ['create', (sent) => order.create(1, '2.00', sent), 201],
      ['complete', (sent) => order.complete(id, { body: { completedBy: 'x' }, ...sent }), 200],
      ['release', (sent) => order.release(id, sent), 200],
      ['a refusal', (sent) => order.create(1, '2.00', sent), 400],
    ];
    for (const [title, request, status] of requests) {
      const key = newKey();
      const first = await request(key);
      const entries = await entriesOf(order.orderId);
      const again = await request(key);
      expect([title, again.status, again.text]).toEqual([title, status, first.text]);
      expect(again.headers.location).toBe(first.headers.location);
      expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
      expect(await entriesOf(order.orderId)).toBe(entries);
    }
  });

  test('of an intent has the same bytes, and makes no second one', async () => {
    const body = {
      amount: '5.00',
      currency: 'USDC',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: `destination-${++used}`,
      metadata: { releaseType: 'MILESTONE_LOCKED', zed: '1', a: 'é' },
    };
    const key = newKey();
    const first = await send('POST', '/v1/payment-intents', { body, ...key });
    const again = await send('POST', '/v1/payment-intents', { body, ...key });
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const made = await db.execute(
      sql`SELECT FROM payment_intents WHERE settlement_destination = ${body.settlementDestination}`,
    );
    expect(made.length).toBe(1);
  });

  test('answers as it was, not as it is', async () => {
    const order = await createOrder();
    const [createKey, refusedKey] = [newKey(), newKey()];
    const created = await order.create(0, '1.00', createKey);
    const refused = await order.create(0, '2.00', refusedKey);
    await order.complete(created.json.id);
    await order.release(created.json.id);
    expect((await order.create(0, '1.00', createKey)).text).toBe(created.text);
    const again = await order.create(0, '2.00', refusedKey);
    expect([again.status, again.text]).toEqual([400, refused.text]);
    expect((await order.read()).milestones.length).toBe(1);
  });

  test('may write its body differently, as long as it says the same', async () => {
    const order = await createOrder();
    const key = newKey();
    const first = await order.post('{"milestoneIndex":0,"amount":"1.00"}', key);
    const again = await order.post('{ "amount": "1.00",\n "milestoneIndex": 0.0 }', key);
    expect([again.status, again.text]).toEqual([201, first.text]);
  });
});

describe('a key', () => {
  test('that was used for another request is 422', async () => {
    const [order, other] = [await createOrder(), await createOrder()];
    const key = newKey();
    await order.create(0, '1.00', key);
    for (const answer of [
      await order.create(0, '2.00', key),
      await order.create(1, '1.00', key),
      await order.post({ milestoneIndex: 0, amount: '1.00', description: 'x' }, key),
      await other.create(0, '1.00', key),
      await order.confirm(key),
    ]) {
      expectRefused(answer, 422, 'idempotency_key_reused');
    }
    expect((await order.read()).milestones.length).toBe(1);
    expect((await other.read()).milestones.length).toBe(0);
  });

  test('is not used up by a request that could not be read or was not allowed', async () => {
    const order = await createOrder();
    const key = newKey();
    expect((await order.post('{', key)).status).toBe(400);
    expect((await order.create(0, '1e3', key)).status).toBe(400);
    expect((await order.create(0, '1.00', { ...key, key: null })).status).toBe(401);
    expect((await order.create(0, '1.00', { ...key, key: keys.other })).status).toBe(403);
    const created = await order.create(0, '1.00', key);
    expect([created.status, created.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  test('of one merchant is not the key of another', async () => {
    const body = {
      amount: '5.00',
      currency: 'USDC',
      type: 'CONSENTED_PULL',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
    };
    const key = newKey();
    const ids = await Promise.all(
      [keys.own, keys.other, keys.live].map(
        async (apiKey) => (await send('POST', '/v1/payment-intents', { body, ...key, key: apiKey })).json.id,
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('sent by thirty twins at once has one effect and one answer', async () => {
    const order = await createOrder();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 30 }, () => order.create(0, '1.00', key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length).toBe(1);
    expect([answers[0]?.status, (await order.read()).version]).toEqual([201, 2]);
  });
});

describe('after a 202', () => {
  test('a repeat finds the same command while it is held, and then its outcome', async () => {
    const order = await createOrder();
    const key = newKey({ Prefer: 'handling=lenient' });
    const held = await order.create(1, '2.00', key);
    const stillHeld = await order.create(1, '2.00', key);
    expect([held.status, stillHeld.status, stillHeld.text]).toEqual([202, 202, held.text]);
    await order.createAll('1.00');
    const outcome = await order.create(1, '2.00', key);
    expect([outcome.status, outcome.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(outcome.headers.location).toBe(`${order.milestonesPath}/${outcome.json.id}`);
    expect((await send('GET', held.headers.location ?? '')).json.data.result).toEqual(outcome.json);
  });

  test('a repeat of what was cancelled meanwhile finds that', async () => {
    const order = await createOrder();
    const key = newKey({ Prefer: 'handling=lenient' });
    const { headers } = await order.create(1, '2.00', key);
    await send('POST', `${headers.location}/cancel`);
    const outcome = await order.create(1, '2.00', key);
    expect([outcome.status, outcome.headers['error-reason']]).toEqual([400, 'command_cancelled']);
  });
});

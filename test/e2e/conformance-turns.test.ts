/** What a command that is sent too early gets: held and answered in time, refused for good, or taken for later. */
import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/http-client.ts';
import type { TestOrder } from '../support/http-order.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { expectRefusal, INSTANT } from './expectations.ts';

const { createOrder, send } = await testService();

const GAP = 'Previous milestone (index 0) must be created first';
const lenient = { headers: { Prefer: 'handling=lenient' } };
const strict = { headers: { Prefer: 'handling=strict' } };

const versionOf = async (order: TestOrder): Promise<number> => (await order.read()).version;
const indexesOf = async (order: TestOrder): Promise<number[]> =>
  (await order.read()).milestones.map((one: { milestoneIndex: number }) => one.milestoneIndex);

/** Waits until the order has recorded that many more entries than funding. */
const untilRecorded = (order: TestOrder, entries: number) =>
  until(`${entries} more entries`, async () => (await versionOf(order)) === 1 + entries);

async function timed<Result>(work: Promise<Result>): Promise<[Result, number]> {
  const startedAt = performance.now();
  const result = await work;
  return [result, performance.now() - startedAt];
}

describe('a create with a gap below it', () => {
  test('is held, and answered 201 when its turn comes', async () => {
    const order = await createOrder();
    const early = [order.create(2, '3.00'), order.create(1, '2.00')];
    await untilRecorded(order, 2);
    const first = await order.create(0, '1.00');
    const answers = [first, ...(await Promise.all(early))];
    expect(answers.map(({ status, json }) => [status, json.data?.milestoneIndex, json.data?.amount])).toEqual([
      [201, 0, '1.00'],
      [201, 2, '3.00'],
      [201, 1, '2.00'],
    ]);
    expect(await indexesOf(order)).toEqual([0, 1, 2]);
    for (const { headers, text } of answers) expect((await send('GET', headers.location ?? '')).text).toBe(text);
  });

  test('is refused after two seconds, and then never happens', async () => {
    const order = await createOrder();
    const [refused, ms] = await timed(order.create(1, '2.00'));
    expectRefusal(refused, 400, 'invalid_request', GAP);
    expect(ms).toBeGreaterThanOrEqual(2_000);
    expect(ms).toBeLessThan(6_000);
    await order.createAll('1.00');
    // The next entry would have carried it out, were it still waiting.
    expect(await indexesOf(order)).toEqual([0]);
    const again = await order.create(1, '5.00');
    expect([again.status, again.json.data.amount]).toEqual([201, '5.00']);
  });

  test('waits as long as it prefers', async () => {
    const order = await createOrder();
    const [refused, ms] = await timed(order.create(1, '2.00', { headers: { Prefer: 'wait=3' } }));
    expectRefusal(refused, 400, 'invalid_request', GAP);
    expect(refused.headers['preference-applied']).toBe('wait=3');
    expect(ms).toBeGreaterThanOrEqual(3_000);
    const longest = order.create(1, '2.00', { headers: { Prefer: 'wait=31' } });
    await untilRecorded(order, 3);
    await order.createAll('1.00');
    expect([(await longest).status, (await longest).headers['preference-applied']]).toEqual([201, 'wait=30']);
  });

  test('is refused at once when it is strict', async () => {
    const order = await createOrder();
    const [refused, ms] = await timed(order.create(1, '2.00', strict));
    expectRefusal(refused, 400, 'invalid_request', GAP);
    expect(refused.headers['preference-applied']).toBe('handling=strict');
    expect(ms).toBeLessThan(2_000);
    await order.createAll('1.00');
    expect(await indexesOf(order)).toEqual([0]);
  });

  test('names its immediate predecessor', async () => {
    const order = await createOrder();
    const message = 'Previous milestone (index 6) must be created first';
    expectRefusal(await order.create(7, '1.00', strict), 400, 'invalid_request', message);
  });
});

describe('complete and release out of turn', () => {
  test('are refused at once unless they prefer to wait', async () => {
    const order = await createOrder();
    const [first = '', second = ''] = await order.createAll('1.00', '2.00');
    const [refused, ms] = await timed(order.complete(second));
    expect([refused.status, ms < 2_000]).toEqual([400, true]);
    const waiting = order.complete(second, { body: { completedBy: 'x' }, headers: { Prefer: 'wait=20' } });
    await untilRecorded(order, 4);
    await order.complete(first);
    expect((await waiting).text).toBe('{"object":"milestone","status":"completed"}');
  });

  test('happen when their turn comes where they are lenient', async () => {
    const order = await createOrder();
    const [first = '', second = ''] = await order.createAll('1.00', '2.00');
    const held = [
      await order.release(second, lenient),
      await order.release(first, lenient),
      await order.complete(second, { body: { completedBy: 'second' }, ...lenient }),
    ];
    expect(held.map(({ status, json }) => [status, json.data.type, json.data.waitingFor])).toEqual([
      [202, 'milestone.release', 'milestone 0 to be released'],
      [202, 'milestone.release', 'milestone 0 to be completed'],
      [202, 'milestone.complete', 'milestone 0 to be completed'],
    ]);
    await order.complete(first);
    const statuses = async () => (await order.read()).milestones.map(({ status }: { status: string }) => status);
    await until('both releases', async () => (await statuses()).join() === 'RELEASED,RELEASED');
    const outcomes = await Promise.all(held.map(({ headers }) => send('GET', headers.location ?? '')));
    expect(outcomes.map(({ json }) => json.data.status)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    expect(outcomes[2]?.json.data.result).toEqual({ object: 'milestone', status: 'completed' });
  });
});

describe('a lenient create', () => {
  test('is answered 202 with its command, to the byte, and the command can be read', async () => {
    const order = await createOrder();
    const answer = await order.create(2, '2.00', lenient);
    const { id, createdAt } = answer.json.data;
    expect([answer.status, answer.text]).toEqual([
      202,
      `{"id":"${id}","object":"command","data":{"id":"${id}","type":"milestone.create","status":"HELD",` +
        `"waitingFor":"milestone 1 to be created","escrowOrderId":"${order.orderId}",` +
        `"paymentIntentId":"${order.intentId}","createdAt":"${createdAt}"}}`,
    ]);
    expect([id, createdAt]).toEqual([expect.stringMatching(/^cmd_[0-9a-z]+$/), expect.stringMatching(INSTANT)]);
    expect([answer.headers.location, answer.headers['preference-applied']]).toEqual([
      `/v1/commands/${id}`,
      'handling=lenient',
    ]);
    const shown = await send('GET', `/v1/commands/${id}`);
    expect([shown.status, shown.text]).toEqual([200, answer.text]);
  });

  test('is answered 201 where its turn has come already', async () => {
    const order = await createOrder();
    expect((await order.create(0, '1.00', lenient)).status).toBe(201);
  });

  test('is ACCEPTED in the end, with what it would have been answered', async () => {
    const order = await createOrder();
    const { headers, json: held } = await order.create(1, '2.00', lenient);
    await order.createAll('1.00');
    const { json } = await send('GET', headers.location ?? '');
    expect(Object.keys(json.data)).toEqual([
      ...['id', 'type', 'status', 'escrowOrderId', 'paymentIntentId', 'createdAt', 'result'],
    ]);
    expect(json.data).toMatchObject({ id: held.id, status: 'ACCEPTED', createdAt: held.data.createdAt });
    const { milestones } = await order.read();
    expect(json.data.result).toEqual({ id: milestones[1].id, object: 'milestone', data: milestones[1] });
  });

  test('is REJECTED in the end, with the error it would have been answered', async () => {
    const order = await createOrder();
    const outcomeOf = async (held: Answer) => (await send('GET', held.headers.location ?? '')).json.data;
    const tooMuch = await order.create(1, '600.00', lenient);
    const twin = await order.create(2, '1.00', lenient);
    const other = await order.create(2, '2.00', lenient);
    await order.createAll('500.00', '1.00');
    expect(await outcomeOf(tooMuch)).toMatchObject({
      status: 'REJECTED',
      error: {
        code: 'invalid_request',
        message: 'Total milestone amounts exceed escrow order amount',
        type: 'invalid_request_error',
      },
      reason: 'total_exceeds_order',
    });
    expect(await outcomeOf(twin)).toMatchObject({ status: 'ACCEPTED' });
    expect((await outcomeOf(other)).error).toEqual({
      code: 'invalid_request',
      message: 'Milestone with index 2 already exists',
      type: 'invalid_request_error',
    });
  });
});

describe('a held command', () => {
  const cancel = (path: string) => send('POST', `${path}/cancel`);

  test('can be cancelled, and then never happens', async () => {
    const order = await createOrder();
    const held = await order.create(1, '2.00', lenient);
    const path = held.headers.location ?? '';
    const cancelled = await cancel(path);
    expect([cancelled.status, cancelled.json.data.id, cancelled.json.data.status]).toEqual([
      ...[200, held.json.id, 'REJECTED'],
    ]);
    expect((await send('GET', path)).text).toBe(cancelled.text);
    await order.createAll('1.00');
    expect(await indexesOf(order)).toEqual([0]);
    expect((await order.create(1, '9.00')).status).toBe(201);
  });

  test('cannot be cancelled twice, nor when it has happened', async () => {
    const order = await createOrder();
    const [cancelled, happened] = [await order.create(1, '2.00', lenient), await order.create(1, '3.00', lenient)];
    await cancel(cancelled.headers.location ?? '');
    await order.createAll('1.00');
    for (const { headers } of [cancelled, happened]) {
      const refused = await cancel(headers.location ?? '');
      expect([refused.status, refused.json.error.code, refused.headers['error-reason']]).toEqual([
        ...[400, 'invalid_status', 'command_not_held'],
      ]);
    }
    expect((await order.read()).milestones[1].amount).toBe('3.00');
    expectRefusal(await cancel('/v1/commands/cmd_unknown'), 404, 'resource_missing', 'Command not found');
  });
});

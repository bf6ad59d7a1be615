/** What a body may hold: every refusal names its field, and what could be read in two ways is not read at all. */
import { describe, expect, test } from 'vitest';
import { testService } from '../support/service.ts';
import { expectRefusal, expectRefused } from './expectations.ts';

const { createOrder, keys, send } = await testService();
const order = await createOrder();
const BODY = { milestoneIndex: 0, amount: '1.00' };

/** Sends the main route's body with `fields` in it, and expects that nothing came of it. */
async function expectFieldRefused(fields: object, param: string): Promise<void> {
  expectRefused(await order.post({ ...BODY, ...fields }), 400, 'invalid_request', param);
}

describe('amounts', () => {
  test.each([
    ...['', ' 1', '1 ', '+1', '-1', '-0', '.5', '5.', '00012', '1e3', '0x10', '1_000', '1,000.00', 'NaN', 'Infinity'],
    ...[
      '１２',
      '１.00',
      '١٢',
      '٣',
      '1٫5',
      '1.0000001',
      `1${'0'.repeat(18)}`,
      '1\n',
      '\t1',
      '1.2.3',
      '1 000',
      '$1',
      '1.00 USDC',
    ],
  ])('%j is refused', (amount) => expectFieldRefused({ amount }, 'amount'));

  test.each([300, 0.1, 1e21, -0, null, true, ['1.00'], { value: '1.00' }])('%j is refused: not a string', (amount) =>
    expectFieldRefused({ amount }, 'amount'),
  );

  test.each(['0', '0.00', '0.000000'])('%s is refused as published', async (amount) => {
    const answer = await order.post({ ...BODY, amount });
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"error":{"code":"invalid_request","message":"The amount must be greater than 0",' +
        '"type":"invalid_request_error","param":"amount"}}',
    ]);
  });

  test.each([
    ['USD', '1.001'],
    ['EUR', '1.001'],
    ['USDC', '1.0000001'],
    ['USDT', '1.0000001'],
    ['DAI', `1.${'0'.repeat(18)}1`],
  ])('of %s have no more decimals than it: %s is refused', async (currency, amount) => {
    const { create } = await createOrder({ currency, funded: false });
    expectRefused(await create(0, amount), 400, 'invalid_request', 'amount');
    // The same number of digits without the last one passes.
    expect((await create(0, amount.slice(0, -1))).status).toBe(201);
  });
});

describe('the other fields', () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

  test.each<[string, object, string]>([
    ['no index', { milestoneIndex: undefined }, 'milestoneIndex'],
    ['an index of null', { milestoneIndex: null }, 'milestoneIndex'],
    ['an index as text', { milestoneIndex: '0' }, 'milestoneIndex'],
    ['an index below 0', { milestoneIndex: -1 }, 'milestoneIndex'],
    ['half an index', { milestoneIndex: 0.5 }, 'milestoneIndex'],
    ['an index above 9 999', { milestoneIndex: 10_000 }, 'milestoneIndex'],
    ['no amount', { amount: undefined }, 'amount'],
    ['a number as description', { description: 1 }, 'description'],
    ['2 001 characters of description', { description: 'x'.repeat(2_001) }, 'description'],
    ['a percentage as text', { percentage: '30' }, 'percentage'],
    ['a percentage below 0', { percentage: -0.1 }, 'percentage'],
    ['a percentage above 100', { percentage: 100.1 }, 'percentage'],
    ['a day as dueAt', { dueAt: '2030-01-01' }, 'dueAt'],
    ['seconds as dueAt', { dueAt: 1_893_456_000 }, 'dueAt'],
    ['21 pairs of metadata', { metadata: pairs(21) }, 'metadata'],
    ['a list as metadata', { metadata: ['x'] }, 'metadata'],
    ['a number in metadata', { metadata: { key: 1 } }, 'metadata.key'],
    ['an unknown field', { milestoneindex: 0 }, 'milestoneindex'],
    ['a field that only answers have', { status: 'RELEASED' }, 'status'],
  ])('%s is refused with its name', (_title, fields, param) => expectFieldRefused(fields, param));

  test('a body that is no object is refused', async () => {
    for (const body of [
      '[]',
      '"text"',
      '1',
      'null',
      'true',
      '{',
      '{"milestoneIndex":0,}',
      "{'a':1}",
      '\ufeff\ufeff{}',
    ]) {
      expectRefused(await order.post(body), 400, 'invalid_request');
    }
  });

  test('completing asks who did it', async () => {
    const path = `${order.milestonesPath}/milestone_unknown/complete`;
    expectRefused(await send('POST', path, { body: {} }), 400, 'invalid_request', 'completedBy');
    expectRefused(await send('POST', path, { body: { completedBy: '' } }), 400, 'invalid_request', 'completedBy');
  });
});

describe('at the edge', () => {
  test.each<[string, string | Buffer]>([
    ['NUL in a text', '{"milestoneIndex":0,"amount":"1.00","description":"a\\u0000b"}'],
    ['NUL in a key', '{"milestoneIndex":0,"amount":"1.00","metadata":{"a\\u0000":"b"}}'],
    ['a high surrogate alone', '{"milestoneIndex":0,"amount":"1.00","description":"\\ud83d"}'],
    ['a low surrogate alone', '{"milestoneIndex":0,"amount":"1.00","description":"\\ude00x"}'],
    ['invalid UTF-8', Buffer.from('{"milestoneIndex":0,"amount":"1.00","description":"\xff"}', 'latin1')],
    ['UTF-16', Buffer.from('{"milestoneIndex":0,"amount":"1.00"}', 'utf16le')],
    ['six levels', '{"milestoneIndex":0,"amount":"1.00","metadata":{"a":{"b":{"c":{"d":{}}}}}}'],
    ['thirty thousand levels', `{"metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['a key twice', '{"milestoneIndex":0,"amount":"1.00","amount":"2.00"}'],
    ['__proto__', '{"milestoneIndex":0,"amount":"1.00","__proto__":{"percentage":30}}'],
  ])('%s is 400', async (_title, body) => {
    const answer = await order.post(body);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({ code: 'invalid_request', type: 'invalid_request_error' });
  });

  test('two Idempotency-Key headers are 400, though they are the same', async () => {
    for (const given of [
      ['a', 'b'],
      ['a', 'a'],
    ]) {
      expectRefused(await order.post(BODY, { headers: { 'Idempotency-Key': given } }), 400, 'invalid_request');
    }
  });

  test.each([
    ...[null, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'],
    ...['application/json; charset=utf-16', 'application/jsonx', 'text/json'],
  ])('a body of Content-Type %s is 415', async (type) => {
    expectRefused(await order.post(BODY, { headers: { 'Content-Type': type } }), 415, 'invalid_request');
  });

  test('a request without a body needs no Content-Type', async () => {
    const { confirm } = await createOrder({ funded: false });
    expect((await confirm()).status).toBe(200);
  });

  test('a body of 64 kB is read, one byte more is 413, with a length and without', async () => {
    const bodyOf = (bytes: number) => {
      const body = JSON.stringify(BODY);
      return body.replace('}', `${' '.repeat(bytes - body.length)}}`);
    };
    const { post } = await createOrder();
    expect((await post(bodyOf(65_536))).status).toBe(201);
    for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      expectRefused(await post(bodyOf(65_537), { headers }), 413, 'invalid_request');
    }
  });

  test('a path that PostgreSQL could not read is nothing that exists', async () => {
    const answer = await send('POST', '/v1/payment-intents/intent_%00/escrow/milestones', { body: BODY });
    expectRefusal(answer, 404, 'resource_missing', 'Payment intent not found');
  });
});

test('nothing of what was refused left a trace', async () => {
  expect(await order.read()).toMatchObject({ milestones: [], version: 1 });
  expect((await order.post(BODY, { key: keys.own })).status).toBe(201);
});

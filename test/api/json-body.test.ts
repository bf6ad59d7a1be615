/** Bodies that two parsers could read differently, and what passes. */
import { describe, expect, test } from 'vitest';
import { BODY_LIMIT_BYTES, MAX_DEPTH } from '../../src/api/json-body.ts';
import { expectError, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, createMilestone, intentId, milestonesPath, submitted } = await startEdge();

describe('reading the body', () => {
  const utf8 = (text: string) => Buffer.from(text, 'utf8');
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}1${']'.repeat(depth - 1)}}`;

  test.each<[string, string | Buffer, string | undefined]>([
    ['broken JSON', '{"milestoneIndex":', undefined],
    ['white space', '  ', undefined],
    ['JSON5', "{milestoneIndex:0,amount:'1'}", undefined],
    ['a trailing comma', '{"milestoneIndex":0,}', undefined],
    ['two documents', '{}{}', undefined],
    ['an array', '[]', undefined],
    ['null', 'null', undefined],
    ['a string', '"x"', undefined],
    ['invalid UTF-8', Buffer.concat([utf8('{"amount":"'), Buffer.from([0xff, 0xfe]), utf8('"}')]), undefined],
    ['overlong UTF-8', Buffer.concat([utf8('{"amount":"'), Buffer.from([0xc0, 0x80]), utf8('"}')]), undefined],
    ['a UTF-8 surrogate', Buffer.concat([utf8('{"amount":"'), Buffer.from([0xed, 0xa0, 0x80]), utf8('"}')]), undefined],
    ['UTF-16', Buffer.from('{"milestoneIndex":0}', 'utf16le'), undefined],
    ['NUL in a value', '{"milestoneIndex":0,"amount":"1","description":"a\\u0000b"}', 'description'],
    ['NUL in a nested value', '{"milestoneIndex":0,"amount":"1","metadata":{"k":"\\u0000"}}', 'metadata.k'],
    ['NUL in a key', '{"milestoneIndex":0,"amount":"1","metadata":{"\\u0000":"v"}}', 'metadata'],
    ['a lone surrogate', '{"milestoneIndex":0,"amount":"1","description":"\\ud800"}', 'description'],
    ['a reversed surrogate pair', '{"milestoneIndex":0,"amount":"1","description":"\\udc00\\ud800"}', 'description'],
    ['a key twice', '{"milestoneIndex":0,"amount":"1","amount":"2"}', 'amount'],
    ['a key twice, once escaped', '{"milestoneIndex":0,"amount":"1","\\u0061mount":"2"}', 'amount'],
    ['a nested key twice', '{"milestoneIndex":0,"amount":"1","metadata":{"k":"1","k":"2"}}', 'k'],
    ['__proto__', '{"milestoneIndex":0,"amount":"1","__proto__":{"x":1}}', '__proto__'],
    ['__proto__ in metadata', '{"milestoneIndex":0,"amount":"1","metadata":{"__proto__":"x"}}', '__proto__'],
    ['a number beyond all numbers', '{"milestoneIndex":1e400,"amount":"1"}', 'milestoneIndex'],
    ['a negative one', '{"milestoneIndex":-1e999999999999,"amount":"1"}', 'milestoneIndex'],
    ['a number next to nothing', '{"milestoneIndex":1e-400,"amount":"1"}', 'milestoneIndex'],
    ['an integer that a double cannot hold', '{"milestoneIndex":9007199254740993,"amount":"1"}', 'milestoneIndex'],
    ['an integer of 60 000 digits', `{"milestoneIndex":${'1'.repeat(60_000)},"amount":"1"}`, 'milestoneIndex'],
    ['a fraction that would be rounded', '{"milestoneIndex":0.99999999999999999999,"amount":"1"}', 'milestoneIndex'],
    [
      'a percentage that would be rounded',
      '{"milestoneIndex":0,"amount":"1","percentage":33.333333333333333333}',
      'percentage',
    ],
    ['a number inside another object', '{"metadata":{"n":[1,{"x":9007199254740993}]}}', 'metadata.n[1].x'],
    ['a number inside a list', '{"milestones":[{"a":1},{"milestoneIndex":1e400}]}', 'milestones[1].milestoneIndex'],
    ['six levels', nested(MAX_DEPTH + 1), undefined],
    ['30 000 levels', nested(30_000), undefined],
  ])('%s is 400', async (_title, body, param) => {
    const answer = await createMilestone(body);
    expectError(answer, 400, { code: 'invalid_request' });
    expect(answer.json.error.param).toBe(param);
    expect(answer.headers['error-reason']).toBe('body_malformed');
  });

  test('five levels, braces and repeated names within strings are no offence', async () => {
    expectError(await createMilestone(nested(MAX_DEPTH)), 400, { param: 'milestoneIndex' });
    const body = {
      ...MILESTONE,
      description: '"{[{[{[{[ amount: "amount":',
      metadata: { amount: '1', constructor: 'x' },
    };
    expect((await createMilestone(body)).status).toBe(PASSED);
    expect(submitted.at(-1)).toMatchObject({ details: { description: body.description, metadata: body.metadata } });
  });

  test('numbers that are kept as they are pass, however they are written', async () => {
    for (const [index, percentage] of [
      ['0', '33.333333333333336'],
      ['0.0', '1e2'],
      ['0e10', '0.1'],
      ['-0', '12.50'],
      // As serializers write them that write 17 digits of every double.
      ['0', '33.299999999999997'],
      ['0', '0.10000000000000001'],
    ]) {
      const answer = await createMilestone(`{"milestoneIndex":${index},"amount":"1","percentage":${percentage}}`);
      expect(answer.status).toBe(PASSED);
      expect(submitted.at(-1)).toMatchObject({ details: { percentage: Number(percentage) } });
    }
    const text = await createMilestone({ ...MILESTONE, description: '9007199254740993 and 1e400' });
    expect(text.status).toBe(PASSED);
  });

  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf'])(
    'what every object has is an unknown field: %s',
    async (name) => {
      const body = JSON.stringify(MILESTONE).replace('{', `{"${name}":{"prototype":{"polluted":"yes"}},`);
      expectError(await createMilestone(body), 400, { code: 'invalid_request', param: name });
      expectError(await api.send('GET', `/v1/payment-intents?${name}=1`), 400, { param: name });
      const named = await createMilestone({ ...MILESTONE, metadata: { [name]: 'x' } });
      expect([named.status, submitted.at(-1)]).toMatchObject([PASSED, { details: { metadata: { [name]: 'x' } } }]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test('__proto__ in a query is an unknown field', async () => {
    for (const name of ['__proto__', '__proto__[x]', 'constructor[prototype][x]']) {
      expectError(await api.send('GET', `/v1/payment-intents?${name}=1`), 400, { code: 'invalid_request' });
    }
  });

  test('a body without a content type, or of another one, is 415', async () => {
    const types = [
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonp',
    ];
    for (const type of types) {
      const answer = await createMilestone(JSON.stringify(MILESTONE), { headers: { 'Content-Type': type } });
      expectError(answer, 415, { code: 'invalid_request' });
    }
    const more = ['application/json, text/plain', 'text/json', 'application/json\t;charset=utf-7'];
    for (const type of [...more, 'multipart/form-data; boundary=x', 'application/merge-patch+json', '*/*']) {
      const answer = await createMilestone(JSON.stringify(MILESTONE), { headers: { 'Content-Type': type } });
      expectError(answer, 415, { code: 'invalid_request' });
    }
    const compressed = await createMilestone(JSON.stringify(MILESTONE), { headers: { 'Content-Encoding': 'gzip' } });
    expectError(compressed, 415, { code: 'invalid_request' });
  });

  test('application/json in any spelling passes', async () => {
    for (const type of [
      'application/json',
      'Application/JSON; charset=UTF-8',
      'application/json;charset="utf-8"',
      'application/json; charset=utf8',
      'application/json; version=1',
      'application/json;',
      'application/json; odata.metadata=minimal; charset=utf-8',
    ]) {
      const answer = await createMilestone(JSON.stringify(MILESTONE), { headers: { 'Content-Type': type } });
      expect(answer.status).toBe(PASSED);
    }
  });

  test('64 kB pass, one byte more is 413', async () => {
    const padded = (bytes: number) => JSON.stringify(MILESTONE).padEnd(bytes, ' ');
    expect((await createMilestone(padded(BODY_LIMIT_BYTES))).status).toBe(PASSED);
    expectError(await createMilestone(padded(BODY_LIMIT_BYTES + 1)), 413, { code: 'invalid_request' });
    const chunked = { headers: { 'Transfer-Encoding': 'chunked' } };
    expectError(await createMilestone(padded(200_000), chunked), 413, { code: 'invalid_request' });
  });

  test('a POST without a body is an empty one, and the first missing field is named', async () => {
    expectError(await api.send('POST', milestonesPath), 400, { param: 'milestoneIndex' });
    expectError(await api.send('POST', milestonesPath, { headers: { 'Content-Type': 'text/plain' } }), 400, {});
    expect((await api.send('POST', `/v1/payment-intents/${intentId}/confirm`)).status).toBe(202);
  });
});

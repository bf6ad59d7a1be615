/** What no client should send, and some will. */
import fc from 'fast-check';

const TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfff',
    '\u202Egnp.exe',
    '\u200B',
    '\uFEFF',
    'İ',
    '１２',
    '٣',
    '💰'.repeat(40),
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'null', 'undefined', 'true', '[object Object]', '{}', '[]'],
  ...[
    'NaN',
    'Infinity',
    '-1',
    '-0',
    '+1',
    '0',
    '0.00',
    '.5',
    '5.',
    '1e3',
    '0x10',
    '1_000',
    '1,000.00',
    ' 1',
    '1 ',
    '1\n',
  ],
  ...['0.0000000000000000001', '9'.repeat(18), '9'.repeat(400), `0.${'9'.repeat(300)}`, '999999999999999999.99'],
  ...[`'; DELETE FROM ledger; --`, '$1', '%s%n', '\\', '"', '#{7*7}', '<script>alert(1)</script>', '../../etc/passwd'],
  ...[
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-01-01',
    '+275760-09-13T00:00:00.000Z',
  ],
  ...['x'.repeat(256), 'x'.repeat(2_001), 'x'.repeat(60_000), 'x'.repeat(66_000), 'é'.repeat(32_000)],
];
const NUMBERS = [
  ...[0, -0, -1, 1.5, 0.1, 100.0000001, 1e21, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63],
  ...[9_999, 10_000, 316_224_000, 316_224_001, 3_155_760_001],
];

/** An array or object that is `depth` levels deep. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** An object with a key of its own that assignment would not make one. */
export function withKey(holder: object, key: string, value: unknown): object {
  return Object.defineProperty({ ...holder }, key, { value, enumerable: true, configurable: true, writable: true });
}

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS, true, false, null, [], {}, [[]], [null], { a: 1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[nested(4), nested(6), nested(3_000), Array(3_000).fill(0), withKey({}, '__proto__', { admin: true })],
      ...[withKey({}, 'toString', null), withKey({}, '', ''), withKey({}, '\u0000', 1), { length: -1 }],
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Bodies that no value becomes. */
export const hostileBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  fc.constantFrom<string | Buffer>(
    ...[
      '{',
      '[]',
      'null',
      '1',
      '"x"',
      '\uFEFF{}',
      '{"a":1}{"b":2}',
      '{"amount":"1.00","amount":"2.00"}',
      ' ',
      'amount=1',
    ],
    ...[
      '{"__proto__":{"amount":"1.00"}}',
      '{"\\u005f_proto__":1}',
      '{"a":1,"\\u0061":2}',
      '{"a":1e999}',
      '{"a":\\u0031}',
    ],
    ...['['.repeat(30_000), `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, `{"a":"${'x'.repeat(65_536)}"}`],
    ...[Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from('{"a":"\u00e9"}', 'latin1')],
    ...[Buffer.from('{}', 'utf16le'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), Buffer.alloc(70_000)],
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

/** Put into a path or a query as they are. */
export const hostileSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '%',
      '%zz',
      '%00',
      '%c0%ae%c0%ae',
      '%ff',
      '%ed%a0%80',
      '..%2f..%2f',
      '%2e%2e',
      '.',
      '..',
      '%252e',
      '%0d%0aX-A:1',
    ],
    ...[
      '__proto__',
      'constructor',
      '*',
      ':intentId',
      '{intentId}',
      '-1',
      '0',
      'null',
      '~',
      ';a=b',
      '@',
      'x'.repeat(3_000),
    ],
    ...['%F0%9F%92%B0', '%E2%80%AE', '%27%20OR%201=1', 'batch', 'escrow'],
  ),
  hostileText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 4_000)),
);

const PRINTABLE = [
  '',
  ' ',
  ',',
  '"',
  '""',
  '"x',
  'x'.repeat(256),
  'x'.repeat(17_000),
  '\u00e9',
  'a b',
  '\t',
  '0',
  '-1',
  '{}',
];

/** By name: headers that Node's client is willing to send. */
export const hostileHeaders: fc.Arbitrary<Record<string, string | string[]>> = fc.oneof(
  fc.record({
    'Content-Type': fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'APPLICATION/JSON', 'x', ''),
  }),
  fc.record({ 'Content-Encoding': fc.constantFrom('gzip', 'br', 'identity', 'x') }),
  fc.record({ 'Idempotency-Key': fc.oneof(fc.constantFrom(...PRINTABLE), fc.constant<string | string[]>(['a', 'b'])) }),
  fc.record({
    Prefer: fc.constantFrom(
      ...[
        'wait=0',
        'wait=1',
        'wait=-1',
        'wait=1e9',
        'wait=',
        'wait="1"',
        'wait=0, wait=1',
        'handling=strict',
        'handling=x',
      ],
      ...['handling=lenient', 'handling=lenient; wait=0', 'respond-async', '='.repeat(300), 'x'.repeat(5_000)],
    ),
  }),
  fc.record({ 'X-API-Key': fc.constantFrom(...PRINTABLE, 'sk_test_x', 'sk_live_operator_0_0', 'null') }),
  fc.record({
    Authorization: fc.constantFrom('Bearer', 'Bearer ', 'Bearer x y', 'Basic eDp5', 'bearer sk_test_x', 'x'),
  }),
  fc.record({ 'X-Request-Id': fc.constantFrom(...PRINTABLE, 'req_1', '../..', '{"a":1}') }),
  fc.record({ Accept: fc.constantFrom('text/html', 'application/xml', '*/*;q=0', 'x'.repeat(9_000)) }),
  fc.record({ 'X-HTTP-Method-Override': fc.constantFrom('DELETE', 'GET') }),
  fc.record({ Range: fc.constant('bytes=0-1'), 'If-None-Match': fc.constant('*') }),
  fc.record({ 'X-Forwarded-For': fc.constantFrom('127.0.0.1', 'x', '::1, 1.2.3.4', ','.repeat(500)) }),
  fc.record({ Origin: fc.constant('https://elsewhere.example'), Cookie: fc.constant('a=b; __proto__=c') }),
);

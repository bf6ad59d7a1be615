import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  CURRENCY_DECIMALS,
  type Currency,
  compare,
  formatAmount,
  isCurrency,
  isZero,
  parseAmount,
  subtract,
  sum,
} from '../../src/domain/money.ts';
import { SCALE, textOf, unitsOf } from './support/units.ts';

const CURRENCIES = Object.keys(CURRENCY_DECIMALS) as Currency[];

/** The canonical amount, or the problem. */
function read(value: unknown, currency: Currency): string {
  const result = parseAmount(value, CURRENCY_DECIMALS[currency]);
  return result.ok ? result.amount : result.problem;
}

describe('What is money in every currency, and how it is echoed', () => {
  it.each([
    ['300', '300.00'],
    ['300.0', '300.00'],
    ['300.00', '300.00'],
    ['0.5', '0.50'],
    ['0.01', '0.01'],
    ['1', '1.00'],
    ['10', '10.00'],
    ['100000', '100000.00'],
    ['999999999999999999', '999999999999999999.00'],
    ['999999999999999999.99', '999999999999999999.99'],
  ])('%j is %s', (text, canonical) => {
    for (const currency of CURRENCIES) expect(read(text, currency), currency).toBe(canonical);
  });
});

describe('What is never money, in any currency', () => {
  const REFUSED = ['', ' ', ' 1', '1 ', '1\n', '\t1', '1\u0000', '\ufeff1', '1\u00a0', '+1', '-1', '-0', '--1']
    .concat(['.5', '5.', '.', '5..0', '1.2.3', '00', '00012', '01', '00.5', '1e3', '1E3', '1e-3', '0x10', '0b1', '0o7'])
    .concat(['1_000', '1,000.00', '1.000,00', '1,5', "1'000", '1 000', 'NaN', 'Infinity', '-Infinity', 'null', 'abc'])
    .concat(['１００', '1００', '٣٠٠', '1.٠', '۱', '१', '𝟏', '1．00', '½', '$1', '1 USD', '1n', '1f', '1\u200b'])
    .concat(['1'.repeat(19), '9'.repeat(400), `1.${'1'.repeat(19)}`, `0.${'0'.repeat(5_000)}1`]);
  it.each(REFUSED.map((text) => [JSON.stringify(text).slice(0, 40), text]))('%s', (_, text) => {
    for (const currency of CURRENCIES) expect(read(text, currency), currency).toBe('not_a_decimal_string');
  });

  const NO_STRINGS: unknown[] = [300, 0.1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 300n, true, null, undefined]
    .concat([Symbol.iterator] as never)
    .concat([['300.00'], [], {}, new Date(0), new String('300.00'), { toString: () => '300.00' }] as never);
  it.each(NO_STRINGS.map((value) => [value]))('%o, which is not a string', (value) => {
    for (const currency of CURRENCIES) expect(read(value, currency), currency).toBe('not_a_decimal_string');
  });

  it.each(['0', '0.0', '0.00'])('%j, which is nothing', (text) => {
    for (const currency of CURRENCIES) expect(read(text, currency), currency).toBe('not_positive');
  });
});

describe('Each currency takes exactly as many decimals as it has', () => {
  it.each([
    ['USD', '0.01', '0.001', '1.000'],
    ['EUR', '12.34', '12.345', '12.340'],
    ['USDC', '0.000001', '0.0000001', '1.0000000'],
    ['USDT', '1.123456', '1.1234567', '1.1234560'],
  ] as const)('%s takes %s, not %s, and not %s though its last decimal is a zero', (currency, fits, tooFine, zero) => {
    expect(read(fits, currency)).toBe(fits);
    expect(read(tooFine, currency)).toBe('too_many_decimals');
    expect(read(zero, currency)).toBe('too_many_decimals');
  });
  it('DAI takes 18, and a 19th is no longer an amount at all', () => {
    expect(read('0.000000000000000001', 'DAI')).toBe('0.000000000000000001');
    expect(read('0.0000000000000000001', 'DAI')).toBe('not_a_decimal_string');
  });
  it('too many decimals are reported before a zero amount', () => {
    expect(read('0.000', 'USD')).toBe('too_many_decimals');
  });
});

describe('The canonical form', () => {
  it.each([
    ['0.1230', 'USDC', '0.123'],
    ['0.100000', 'USDC', '0.10'],
    ['1.20', 'USD', '1.20'],
    ['1.000001', 'USDT', '1.000001'],
    ['0.000000000000000010', 'DAI', '0.00000000000000001'],
  ] as const)('of %s %s is %s: two decimals at least, no trailing zeros beyond them', (text, currency, canonical) => {
    expect(read(text, currency)).toBe(canonical);
  });
  it('is also given to what the database returns', () => {
    const stored = ['300', '300.000000', '0', '0.000000000000000000', '0.000000000000000001', '1.50'];
    const shown = ['300.00', '300.00', '0.00', '0.00', '0.000000000000000001', '1.50'];
    expect(stored.map(formatAmount)).toEqual(shown);
  });
  it('never uses an exponent or a minus zero', () => {
    expect(add('0.000000000000000001', '0.00')).toBe('0.000000000000000001');
    expect(subtract('0.000000000000000003', '0.000000000000000002')).toBe('0.000000000000000001');
    expect(sum(Array.from({ length: 1_000 }, () => '999999999999999999.00'))).toBe('999999999999999999000.00');
    expect(subtract('5.00', '5.00')).toBe('0.00');
    expect(subtract('1.00', '1.50')).toBe('-0.50');
  });
});

describe('Sums are exact', () => {
  it('0.1 + 0.2 is 0.30', () => {
    expect(add('0.1', '0.2')).toBe('0.30');
    expect(compare(add('0.1', '0.2'), '0.30')).toBe(0);
  });
  it('to the last of 18 decimals beside 18 digits', () => {
    expect(add('999999999999999999.999999999999999999', '0.000000000000000001')).toBe('1000000000000000000.00');
    expect(compare('999999999999999999.999999999999999999', '999999999999999999.999999999999999998')).toBe(1);
  });
  it('after 10 000 additions of either end of the range', () => {
    const amounts: string[] = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 ? '0.000000000000000001' : '999999999999999999.00',
    );
    const total = '4999999999999999995000.000000000000005';
    expect(amounts.reduce(add)).toBe(total);
    expect(sum(amounts)).toBe(total);
    expect(Array.from({ length: 10_000 }, () => '0.10').reduce(add)).toBe('1000.00');
  });
  it("whatever another library does to decimal.js's global settings", () => {
    const { precision, toExpNeg, toExpPos } = Decimal;
    try {
      Decimal.set({ precision: 3, toExpNeg: -1, toExpPos: 1 });
      expect(add('123456.78', '0.01')).toBe('123456.79');
    } finally {
      Decimal.set({ precision, toExpNeg, toExpPos });
    }
  });
});

describe('Arithmetic agrees with integers, for every amount', () => {
  const units = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 36n - 1n }),
    fc.bigInt({ min: 0n, max: 10n ** 20n }),
    fc.integer({ min: 0, max: 100_000 }).map((cents) => BigInt(cents) * SCALE), // whole ones
  );
  const amount = units.map(textOf);

  it('what is echoed reads as itself, and keeps its value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 36n - 1n }), fc.nat(3), (value, zeros) => {
        const canonical = textOf(value);
        const padded = (canonical.split('.')[1]?.length ?? 0) + zeros <= 18 ? canonical + '0'.repeat(zeros) : canonical;
        expect(parseAmount(padded, 18)).toEqual({ ok: true, amount: canonical });
        expect(unitsOf(canonical)).toBe(value);
        expect(formatAmount(canonical)).toBe(canonical);
      }),
    );
  });
  it('add, subtract and sum', () => {
    fc.assert(
      fc.property(units, units, units, (a, b, c) => {
        expect(add(textOf(a), textOf(b))).toBe(textOf(a + b));
        expect(add(textOf(b), textOf(a))).toBe(textOf(a + b));
        expect(unitsOf(subtract(textOf(a), textOf(b)))).toBe(a - b);
        expect(sum([a, b, c].map(textOf))).toBe(textOf(a + b + c));
      }),
    );
  });
  it('compare and isZero', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const difference = unitsOf(a) - unitsOf(b);
        expect(compare(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
        expect(compare(a, b) + compare(b, a)).toBe(0);
        expect(compare(a, a)).toBe(0);
        expect(isZero(a)).toBe(unitsOf(a) === 0n);
      }),
    );
  });
});

it('A currency is one of the five, and no inherited property of an object', () => {
  expect(CURRENCIES).toEqual(['USD', 'EUR', 'USDC', 'USDT', 'DAI']);
  expect(CURRENCIES.every(isCurrency)).toBe(true);
  const others = ['usd', 'USD ', '', 'BTC', 'toString', 'constructor', '__proto__', 1, null, undefined, ['USD']];
  expect(others.filter(isCurrency)).toEqual([]);
});

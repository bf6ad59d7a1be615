/**
 * Money: canonical decimal strings outside, exact decimals inside.
 *
 * Owns the only parser of amounts in the project and the arithmetic on them. Nothing else may turn an amount into
 * a number: a JavaScript number loses cents above 2^53 and cannot hold 18 decimals.
 */
import { Decimal } from 'decimal.js';

/** How many decimals each currency has. The HTTP contract fixes the list. */
export const CURRENCY_DECIMALS = { USD: 2, EUR: 2, USDC: 6, USDT: 6, DAI: 18 } as const;

export type Currency = keyof typeof CURRENCY_DECIMALS;

/** A canonical amount: no sign, no exponent, at least two decimals, no trailing zeros beyond them ("300.00", "0.123"). */
export type Amount = string;

export const ZERO: Amount = '0.00';

/**
 * A clone, so that no other library's Decimal.set() can change our arithmetic. The widest amount has 18 + 18 digits;
 * 60 leave room to add up 10^24 of them without rounding.
 */
const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });

const WIDEST_AMOUNT = /^(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$/;

export type AmountProblem = 'not_a_decimal_string' | 'not_positive' | 'too_many_decimals';

/** Whether `value` names a currency that Tranche knows. */
export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && Object.hasOwn(CURRENCY_DECIMALS, value);
}

/**
 * Reads what a client sent as an amount. The syntax is checked before anything is parsed, so "1e3", "0x10", " 1",
 * "00012" and digits of other scripts never reach the decimal library.
 *
 * @param decimals the most decimals allowed: the currency's, or 18 where the currency is not known yet
 */
export function parseAmount(
  value: unknown,
  decimals: number,
): { ok: true; amount: Amount } | { ok: false; problem: AmountProblem } {
  if (typeof value !== 'string' || !WIDEST_AMOUNT.test(value)) return { ok: false, problem: 'not_a_decimal_string' };
  const fraction = value.split('.')[1] ?? '';
  if (fraction.length > decimals) return { ok: false, problem: 'too_many_decimals' };
  const amount = new Exact(value);
  if (amount.isZero()) return { ok: false, problem: 'not_positive' };
  return { ok: true, amount: canonical(amount) };
}

/** The canonical form of a decimal that the database or this module made ("300" becomes "300.00"). */
export function formatAmount(decimal: string): Amount {
  return canonical(new Exact(decimal));
}

export function add(a: Amount, b: Amount): Amount {
  return canonical(new Exact(a).plus(b));
}

/** a − b. The result may be negative; callers that must not go below zero compare first. */
export function subtract(a: Amount, b: Amount): Amount {
  return canonical(new Exact(a).minus(b));
}

export function sum(amounts: Iterable<Amount>): Amount {
  let total = new Exact(0);
  for (const amount of amounts) total = total.plus(amount);
  return canonical(total);
}

/** −1, 0 or 1, as a is less than, equal to or greater than b. */
export function compare(a: Amount, b: Amount): -1 | 0 | 1 {
  return new Exact(a).comparedTo(b) as -1 | 0 | 1;
}

export function isZero(amount: Amount): boolean {
  return new Exact(amount).isZero();
}

function canonical(value: Decimal): Amount {
  return value.toFixed(Math.max(2, value.decimalPlaces()));
}

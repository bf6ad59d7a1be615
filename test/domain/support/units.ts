/** Money as integers of 10^-18, written without the code under test and without its decimal library. */

const DECIMALS = 18;
export const SCALE = 10n ** BigInt(DECIMALS);

/** The integer that a plain decimal stands for. */
export function unitsOf(amount: string): bigint {
  const negative = amount.startsWith('-');
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  if (!/^[0-9]+$/.test(whole) || !/^[0-9]{0,18}$/.test(fraction)) throw new Error(`Not an amount: ${amount}`);
  const units = BigInt(whole) * SCALE + BigInt(fraction.padEnd(DECIMALS, '0'));
  return negative ? -units : units;
}

/** The canonical form of a positive amount: two decimals at least, no trailing zeros beyond them. */
export function textOf(units: bigint): string {
  const digits = String(units).padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

/** A corruption as only a superuser can plant it, and the rules that must name it: these and no others. */
import type { SQL } from 'drizzle-orm';
import type { Rule } from '../../src/verify/report.ts';
import type { VariedOrders } from './varied-orders.ts';

export interface Corruption {
  readonly title: string;
  /** The order it is planted in, and the only one that may be named; null: violations name no order. */
  readonly order: keyof VariedOrders | null;
  /** The order named instead, when the rows are given another. */
  readonly lost?: string;
  readonly rules: readonly Rule[];
  readonly statements: (orderId: string) => SQL[];
}

/** `rules` are all that may be named. */
export function corruption(
  title: string,
  order: Corruption['order'],
  rules: readonly Rule[],
  statements: (orderId: string) => SQL | SQL[],
  lost?: string,
): Corruption {
  const list = (orderId: string) => [statements(orderId)].flat();
  return { title: `${title} is found`, order, rules, statements: list, ...(lost !== undefined && { lost }) };
}

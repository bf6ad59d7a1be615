/**
 * The forms that answers have in common.
 */

/** ISO 8601, UTC, in whole seconds. */
export function renderInstant(instant: Date | number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The published success envelope. */
export function envelope<Data extends { readonly id: string }>(object: string, data: Data) {
  return { id: data.id, object, data };
}

export function listOf<Row, Item>(rows: readonly Row[], limit: number, render: (row: Row) => Item) {
  return { object: 'list', data: rows.slice(0, limit).map(render), hasMore: rows.length > limit };
}

/** One key, or none where there is nothing to show. */
export function given<Key extends string, Value, Shown = Value>(
  key: Key,
  value: Value | null | undefined,
  show?: (value: Value) => Shown,
): { [K in Key]?: Shown | Value } {
  if (value === null || value === undefined) return {};
  return { [key]: show ? show(value) : value } as { [K in Key]: Shown | Value };
}

/** PostgreSQL's jsonb keeps keys in an order of its own; replays must be byte-identical wherever an entry came from. */
export function sortedByKey<Value>(pairs: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

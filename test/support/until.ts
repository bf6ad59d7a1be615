/**
 * Waiting for facts instead of for time: a probe is repeated until it finds something, or its deadline fails the test
 * with what was waited for.
 */
const PROBE_INTERVAL_MS = 15;

/**
 * @param what completes "Waited in vain for …"
 * @param probe answers what was found; null, undefined and false mean: not yet
 */
export async function until<Found>(
  what: string,
  probe: () => Promise<Found | null | undefined | false> | Found | null | undefined | false,
  timeoutMs = 15_000,
): Promise<Found> {
  for (const deadlineAt = Date.now() + timeoutMs; ; ) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadlineAt) throw new Error(`Waited in vain for ${what} (${timeoutMs} ms)`);
    await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS));
  }
}

/** A copy in random order. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other] as Item, copy[last] as Item];
  }
  return copy;
}

/**
 * One reading for all who ask at the same time, kept for a moment: what costs something and needs no key is otherwise a
 * way to make the service slow.
 */

const FRESH_MS = 1_000;

/** `read`, at most once at a time and once per second. A reading that failed is not kept. */
export function sharedReading<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let reading: Promise<Result> | null = null;
  let endsAt = Number.POSITIVE_INFINITY;
  return () => {
    if (reading && performance.now() < endsAt) return reading;
    endsAt = Number.POSITIVE_INFINITY;
    const started = read();
    reading = started;
    started.then(
      () => {
        endsAt = performance.now() + FRESH_MS;
      },
      () => {
        reading = null;
      },
    );
    return started;
  };
}

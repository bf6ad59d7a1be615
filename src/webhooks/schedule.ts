/** When a failed delivery is tried again. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The waits between attempts: as published (1 min, 5 min, 30 min, 2 h, 6 h), then daily until three days have passed. */
export const RETRY_SCHEDULE_MS: readonly number[] = [
  ...[MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS],
  ...[24 * HOUR_MS, 24 * HOUR_MS, 15 * HOUR_MS],
];

/** Each wait is longer or shorter by up to this part, so that what failed together does not come back together. */
const JITTER = 0.1;
const RETRY_AFTER_MAX_MS = 24 * HOUR_MS;

/**
 * How long to wait after a failed attempt; null when it was the last.
 *
 * @param attempts how many there were, this one included
 * @param retryAfterMs what the receiver asked for; it makes a wait longer, never shorter
 */
export function retryDelay(
  schedule: readonly number[],
  attempts: number,
  retryAfterMs: number | null,
  random: () => number = Math.random,
): number | null {
  const waitMs = schedule[attempts - 1];
  if (waitMs === undefined) return null;
  const spreadMs = waitMs * (1 + JITTER * (2 * random() - 1));
  return Math.max(spreadMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}

/** The header `Retry-After` (RFC 9110: seconds or a date) as milliseconds from now; null when it says neither. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

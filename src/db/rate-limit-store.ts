/**
 * Counts of requests that all API processes share: a row each in `rate_limits`, kept by rate-limiter-flexible.
 */
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { connect } from './client.ts';

export interface RateLimitStore {
  /** The counter of one limit. Its windows last `durationMs` and begin with the first point. */
  counter(name: string, durationMs: number): RateLimitCounter;
  close(): Promise<void>;
}

export interface RateLimitCounter {
  add(subject: string, points: number): Promise<{ total: number; endsAt: number } | null>;
  isAway(): boolean;
}

/** After this long without an answer nobody waits for it any more, and nothing else is sent until it is there. */
const SLOW_AFTER_MS = 500;
/** After a failure it is tried again only then. */
const AWAY_FOR_MS = 5_000;

/**
 * Opens a connection of its own: counting then neither waits for the requests' connections nor takes one of them, and
 * statements are answered in the order in which they were sent.
 */
export function openRateLimitStore(databaseUrl: string): RateLimitStore {
  const { query, close } = connect(databaseUrl, { max: 1, applicationName: 'tranche-rate-limits' });
  const storeClient = { query: ({ text, values }: { text: string; values: unknown[] }) => query(text, values) };
  const unanswered = new Set<{ readonly sentAt: number }>();
  let awayUntil = 0;
  let tidies = false;
  const isAway = () => {
    const [oldest] = unanswered;
    const now = Date.now();
    return now < awayUntil || (oldest !== undefined && now - oldest.sentAt >= SLOW_AFTER_MS);
  };
  return {
    close,
    counter(name, durationMs) {
      const limiter = new RateLimiterPostgres({
        storeClient,
        storeType: 'client',
        tableName: 'rate_limits',
        // By our migration: the application's role may not create tables.
        tableCreated: true,
        keyPrefix: name,
        // Limits are judged by whoever counts; here points are only added up.
        points: Number.MAX_SAFE_INTEGER,
        duration: durationMs / 1_000,
        // Deletes what ended an hour ago, in all limits' rows: one limiter is enough for that.
        clearExpiredByTimeout: !tidies,
      });
      tidies = true;
      return {
        isAway,
        async add(subject, points) {
          const sent = { sentAt: Date.now() };
          unanswered.add(sent);
          try {
            const told = await limiter.penalty(subject, points);
            return { total: told.consumedPoints, endsAt: Date.now() + told.msBeforeNext };
          } catch {
            awayUntil = Date.now() + AWAY_FOR_MS;
            return null;
          } finally {
            unanswered.delete(sent);
          }
        },
      };
    },
  };
}

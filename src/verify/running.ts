/**
 * The verifier inside the service: every interval it checks the orders that changed. What it finds is logged and
 * counted; it repairs nothing, and nothing that goes wrong in it touches the service.
 */
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { connectForVerifying } from './connection.ts';
import type { Report, Violation } from './report.ts';
import { verify } from './verify.ts';

/** For metrics; changes as runs end. */
export interface VerificationCounts {
  /** Runs that came to their end in this process. */
  runs: number;
  /** Found by all of them. One that two runs look at is counted twice. */
  violations: number;
  lastRunAt: Date | null;
  /** Found by the last of them. */
  lastViolations: number;
}

export interface RunningVerifier {
  readonly counts: Readonly<VerificationCounts>;
  /** Ends the run under way between two orders' pages, at the latest after five seconds. */
  stop(): Promise<void>;
}

/** What was recorded around the start of a run may have been committed after it; the next run looks this far back. */
const OVERLAP_MS = 60_000;
/** What a process looks back at first: it does not know what others have verified. */
const FIRST_LOOK_BACK_MS = 10 * 60_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Lines for one run. All are counted, and `npm run verify` names all. */
const MOST_LINES = 100;
/** Of what was expected and found: it may be a whole event. */
const MOST_CHARACTERS = 500;
/** Any number that nobody else on this database locks: the letters "verify". */
const LOCK = 0x766572696679;

/**
 * Starts verifying, first after one interval, on a connection of its own: long statements are not for the service's.
 * Processes take turns; one that finds another verifying leaves it at that and catches up the next time.
 */
export function startVerifier(
  { databaseUrl, log }: { databaseUrl: string; log: Logger },
  intervalMs: number,
): RunningVerifier {
  const { db, close } = connectForVerifying(databaseUrl, STATEMENT_TIMEOUT_MS);
  const counts: VerificationCounts = { runs: 0, violations: 0, lastRunAt: null, lastViolations: 0 };
  const stopping = new AbortController();
  let lastStart: number | null = null;
  const round = async (): Promise<void> => {
    try {
      const run = await runOnce(db, lastStart, stopping.signal);
      if (run && !stopping.signal.aborted) {
        lastStart = run.startedAt;
        count(counts, run.report);
        write(log, run.report);
      }
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'could not verify, trying again');
    }
    if (!stopping.signal.aborted) timer = later();
  };
  const later = () => setTimeout(() => void round(), intervalMs);
  let timer = later();
  return {
    counts,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      // Not for the run itself: the driver cannot take back a statement that waits for a lock, and a run that is told
      // to stop neither writes nor goes on when that statement ends at last.
      await close();
    },
  };
}

/**
 * One run in one read-only transaction, which also holds the lock: both end together, whatever happens to this process.
 *
 * @returns null when another process is verifying
 */
function runOnce(
  db: Database,
  lastStart: number | null,
  signal: AbortSignal,
): Promise<{ startedAt: number; report: Report } | null> {
  return db.transaction(
    async (tx) => {
      const [row] = await tx.execute<{ locked: boolean; now: number }>(sql`
        SELECT pg_try_advisory_xact_lock(${LOCK}::bigint) AS locked,
          (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`);
      if (!row?.locked) return null;
      const from = lastStart === null ? row.now - FIRST_LOOK_BACK_MS : lastStart - OVERLAP_MS;
      // A page's own transaction becomes a savepoint in this one, which has the isolation that it asks for.
      const report = await verify(tx as unknown as Database, { since: new Date(from), signal });
      return { startedAt: row.now, report };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

function count(counts: VerificationCounts, { violationCount }: Report): void {
  counts.runs++;
  counts.violations += violationCount;
  counts.lastRunAt = new Date();
  counts.lastViolations = violationCount;
}

function write(log: Logger, { violations, violationCount, checked }: Report): void {
  for (const violation of violations.slice(0, MOST_LINES)) log.error(loggable(violation), 'invariant violated');
  const { orders } = checked;
  if (violationCount > 0) log.error({ violations: violationCount, orders }, 'verified: something does not hold');
  else log.debug({ orders }, 'verified');
}

function loggable({ rule, orderId, subject, expected, found }: Violation) {
  return { rule, orderId, subject, expected: cut(expected), found: cut(found) };
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}

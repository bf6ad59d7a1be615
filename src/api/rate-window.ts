/**
 * One limit, counted by several processes together, without a statement on a request's way.
 *
 * Each process counts for itself and reports what it counted to a shared store, which answers the total of all. What
 * a process let through and did not report yet is at most its chunk; a request beyond that is reported before it is
 * let through, together with all that arrived in the same turn of the event loop. So P processes let through at most
 *
 *   limit + P × chunk          where chunk = 5 % of the limit, at least 1
 *
 * and one process exactly the limit. Without the store, or while it is slow, each process goes on with its own count.
 */
import { LRUCache } from 'lru-cache';

/** What all processes counted for one subject, and when that starts again from zero. */
export interface SharedTotal {
  readonly total: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

export interface SharedStore {
  /** Adds points and resolves to the new total; null when it failed. Never rejects. */
  add(subject: string, points: number): Promise<SharedTotal | null>;
  /** While it is slow or broken: nothing is to be sent to it, and nobody is to wait for it. */
  isAway(): boolean;
}

const CHUNK_SHARE = 0.05;
/** What few requests counted is reported after this long, although it is not yet half a chunk. */
const REPORT_AFTER_MS = 1_000;
/** A request waits no longer for its report. */
const PATIENCE_MS = 500;
/** Clocks of processes differ by less; an end that moves by more is another window's. */
const SAME_END_MS = 1_000;
const SUBJECTS_MAX = 10_000;

/** A limit of so many requests in a window, for any number of subjects. */
export class RateWindow {
  readonly limit: number;
  private readonly durationMs: number;
  private readonly store: SharedStore | null;
  private readonly counts = new LRUCache<string, WindowCount>({ max: SUBJECTS_MAX });

  /** @param store null: this process counts alone */
  constructor(limit: number, durationMs: number, store: SharedStore | null) {
    this.limit = limit;
    this.durationMs = durationMs;
    this.store = store;
  }

  /** The count of the subject's current window, which begins with its first request. */
  countOf(subject: string): WindowCount {
    const known = this.counts.get(subject);
    if (known && known.endsAt > Date.now()) return known;
    const count = new WindowCount(subject, this.limit, Date.now() + this.durationMs, this.store);
    this.counts.set(subject, count);
    return count;
  }

  /** Reports everything that is not reported yet. */
  async flush(): Promise<void> {
    await Promise.all([...this.counts.values()].map((count) => count.report()));
  }
}

export class WindowCount {
  readonly limit: number;
  endsAt: number;
  private readonly subject: string;
  private readonly store: SharedStore | null;
  private readonly chunk: number;
  /** Of all processes, as last answered. */
  private total = 0;
  private unreported = 0;
  /** On their way to the store. */
  private reporting = 0;
  private hasReported = false;
  private scheduled: Promise<number | null> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(subject: string, limit: number, endsAt: number, store: SharedStore | null) {
    this.subject = subject;
    this.limit = limit;
    this.endsAt = endsAt;
    this.store = store;
    this.chunk = Math.max(1, Math.floor(limit * CHUNK_SHARE));
  }

  get used(): number {
    return this.total + this.unreported + this.reporting;
  }

  /** Counts one request. Null: it is let through at once; a promise: whether it is, once it is reported. */
  add(): Promise<boolean> | null {
    this.unreported += 1;
    if (this.store === null || this.store.isAway()) return null;
    if (this.unreported + this.reporting > this.chunk) {
      const position = this.unreported;
      return inTime(this.report()).then((before) => before === null || before + position <= this.limit);
    }
    if (!this.hasReported || this.unreported * 2 >= this.chunk) void this.report();
    else this.timer ??= setTimeout(() => void this.report(), REPORT_AFTER_MS).unref();
    return null;
  }

  /** Resolves to the total before what this reports; null when there was no answer. */
  report(): Promise<number | null> {
    this.hasReported = true;
    // Not at once: whatever else arrives in this turn of the event loop goes with it.
    this.scheduled ??= new Promise((resolve) => setImmediate(() => resolve(this.send())));
    return this.scheduled;
  }

  private async send(): Promise<number | null> {
    this.scheduled = null;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const points = this.unreported;
    // Points of a window that has ended would be counted in the next one.
    if (points === 0 || this.store === null || this.store.isAway() || this.endsAt <= Date.now()) return null;
    this.unreported = 0;
    this.reporting += points;
    const told = await this.store.add(this.subject, points);
    this.reporting -= points;
    if (told === null) {
      // Whether the store has them is unknown; this process at least remembers them.
      this.total += points;
      return null;
    }
    const sameWindow = told.endsAt <= this.endsAt + SAME_END_MS;
    this.total = sameWindow ? Math.max(this.total + points, told.total) : told.total;
    this.endsAt = told.endsAt;
    return told.total - points;
  }
}

/** Null for an answer that is late; it is heeded all the same when it comes. */
async function inTime(answer: Promise<number | null>): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Requests that wait for their command's outcome. A commit in this process wakes them at once; one shared poller
 * looks for the others' outcomes, and only while somebody waits.
 */
import type { Logger } from 'pino';
import type { LogEntry } from '../db/order-log.ts';

interface Waiter {
  readonly untilHeld: boolean;
  readonly since: number;
  readonly settle: (entry: LogEntry | null) => void;
}

const POLL_INTERVAL_MS = 25;
/** While all outcomes come from this process's own commits, looking for others' is a precaution. */
const POLL_IDLE_INTERVAL_MS = 200;
const POLL_AFTER_FAILURE_MS = 500;

export class OutcomeWaiters {
  /** Several requests may wait for one command: a twin with the same idempotency key, for example. */
  private readonly waiters = new Map<string, Set<Waiter>>();
  private poller: NodeJS.Timeout | null = null;
  private intervalMs = POLL_INTERVAL_MS;
  /** Whether a commit of this process answered somebody since the last look-up. */
  private answeredHere = false;
  private readonly find: (commandIds: readonly string[]) => Promise<LogEntry[]>;
  private readonly log: Logger;

  constructor(find: (commandIds: readonly string[]) => Promise<LogEntry[]>, log: Logger) {
    this.find = find;
    this.log = log;
  }

  /**
   * Waits for a command's outcome, or for its being held where `untilHeld`. Null when `timeoutMs` have passed.
   * `giveUp` ends the wait with null at once.
   */
  wait(
    commandId: string,
    { untilHeld, timeoutMs }: { untilHeld: boolean; timeoutMs: number },
  ): { readonly outcome: Promise<LogEntry | null>; giveUp(): void } {
    let giveUp = () => {};
    const outcome = new Promise<LogEntry | null>((resolve) => {
      const waiter: Waiter = {
        untilHeld,
        since: Date.now(),
        settle: (entry) => {
          clearTimeout(timer);
          this.forget(commandId, waiter);
          resolve(entry);
        },
      };
      const timer = setTimeout(() => waiter.settle(null), timeoutMs);
      giveUp = () => waiter.settle(null);
      const others = this.waiters.get(commandId);
      if (others) others.add(waiter);
      else this.waiters.set(commandId, new Set([waiter]));
      this.poller ??= setTimeout(() => void this.poll(), this.intervalMs);
    });
    return { outcome, giveUp };
  }

  /** Answers everybody who waits for one of these entries, which this process has just committed. */
  notify(entries: readonly LogEntry[]): void {
    if (this.answer(entries)) this.answeredHere = true;
  }

  private answer(entries: readonly LogEntry[]): boolean {
    let answered = false;
    for (const entry of entries) {
      for (const waiter of [...(this.waiters.get(entry.commandId) ?? [])]) {
        if (entry.outcome === 'held' && !waiter.untilHeld) continue;
        waiter.settle(entry);
        answered = true;
      }
    }
    return answered;
  }

  /** Ends all waiting and the poller. */
  close(): void {
    for (const waiters of [...this.waiters.values()]) for (const waiter of [...waiters]) waiter.settle(null);
    if (this.poller) clearTimeout(this.poller);
    this.poller = null;
  }

  private forget(commandId: string, waiter: Waiter): void {
    const waiters = this.waiters.get(commandId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(commandId);
  }

  private async poll(): Promise<void> {
    let nextMs: number | null = null;
    const latest = Date.now() - POLL_INTERVAL_MS;
    const due = [...this.waiters].filter(([, set]) => [...set].some(({ since }) => since <= latest)).map(([id]) => id);
    if (due.length > 0) {
      try {
        const found = this.answer(await this.find(due));
        const onlyHere = this.answeredHere && !found;
        this.intervalMs = onlyHere ? Math.min(this.intervalMs * 2, POLL_IDLE_INTERVAL_MS) : POLL_INTERVAL_MS;
        this.answeredHere = false;
      } catch (error) {
        this.log.warn({ err: error, waiting: due.length }, 'looking for outcomes failed');
        nextMs = POLL_AFTER_FAILURE_MS;
      }
    }
    this.poller = this.waiters.size > 0 ? setTimeout(() => void this.poll(), nextMs ?? this.intervalMs) : null;
  }
}

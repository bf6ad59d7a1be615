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
const POLL_AFTER_FAILURE_MS = 500;

export class OutcomeWaiters {
  /** Several requests may wait for one command: a twin with the same idempotency key, for example. */
  private readonly waiters = new Map<string, Set<Waiter>>();
  private poller: NodeJS.Timeout | null = null;
  private readonly find: (commandIds: readonly string[]) => Promise<LogEntry[]>;
  private readonly log: Logger;

  constructor(find: (commandIds: readonly string[]) => Promise<LogEntry[]>, log: Logger) {
    this.find = find;
    this.log = log;
  }

  /**
   * Waits for a command's outcome, or for its being held where `untilHeld`. Null when `timeoutMs` have passed.
   * Aborting `signal` ends the wait with null at once.
   */
  wait(
    commandId: string,
    { untilHeld, timeoutMs, signal }: { untilHeld: boolean; timeoutMs: number; signal?: AbortSignal },
  ): Promise<LogEntry | null> {
    return new Promise((resolve) => {
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
      signal?.addEventListener('abort', () => waiter.settle(null), { once: true });
      const others = this.waiters.get(commandId);
      if (others) others.add(waiter);
      else this.waiters.set(commandId, new Set([waiter]));
      this.poller ??= setTimeout(() => void this.poll(), POLL_INTERVAL_MS);
    });
  }

  /** Answers everybody who waits for one of these entries. */
  notify(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      for (const waiter of [...(this.waiters.get(entry.commandId) ?? [])]) {
        if (entry.outcome !== 'held' || waiter.untilHeld) waiter.settle(entry);
      }
    }
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
    let nextMs = POLL_INTERVAL_MS;
    const latest = Date.now() - POLL_INTERVAL_MS;
    const due = [...this.waiters].filter(([, set]) => [...set].some(({ since }) => since <= latest)).map(([id]) => id);
    if (due.length > 0) {
      try {
        this.notify(await this.find(due));
      } catch (error) {
        this.log.warn({ err: error, waiting: due.length }, 'looking for outcomes failed');
        nextMs = POLL_AFTER_FAILURE_MS;
      }
    }
    this.poller = this.waiters.size > 0 ? setTimeout(() => void this.poll(), nextMs) : null;
  }
}

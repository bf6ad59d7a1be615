/**
 * When keys were last used, noted in the background: no request waits for it, and none costs a statement more. A key
 * is noted once a minute at most, all processes together.
 */
import { LRUCache } from 'lru-cache';

const NOTED_FOR_MS = 60_000;
const NOTED_MAX = 10_000;
/** What is used meanwhile is written together. */
const WRITE_AFTER_MS = 1_000;

/** By key id: when it was used, in epoch milliseconds. */
export type Uses = ReadonlyMap<string, number>;

export class KeyUse {
  private readonly write: (uses: Uses) => Promise<void>;
  private readonly noted = new LRUCache<string, true>({ max: NOTED_MAX, ttl: NOTED_FOR_MS });
  private pending = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  /** @param write may fail: then what it was to note is noted with the next use that is a minute later */
  constructor(write: (uses: Uses) => Promise<void>) {
    this.write = write;
  }

  used(keyId: string): void {
    if (this.noted.has(keyId)) return;
    this.noted.set(keyId, true);
    this.pending.set(keyId, Date.now());
    this.timer ??= setTimeout(() => void this.flush(), WRITE_AFTER_MS).unref();
  }

  /** Writes what is not written yet. Never rejects. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const uses = this.pending;
    this.pending = new Map();
    if (uses.size > 0) await this.write(uses).catch(() => {});
  }
}

/**
 * Slows down whoever guesses keys: after so many failures within a minute, a network ({@link clientNetworkOf}) is
 * answered 429 and no more keys are looked up for it. Counted in memory by each process: a guesser gains nothing from
 * several.
 *
 * Many clients may share a network (a proxy, an office), so a key that has just worked is looked up all the same: a
 * bad neighbour stops nobody who is at work. Guessing stays hopeless either way, with 256 random bits.
 */
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { hashApiKey } from './api-keys.ts';
import { rateLimitExceeded } from './rate-limits.ts';

const WINDOW_SECONDS = 60;
const PROVEN_FOR_MS = 60 * 60 * 1_000;
const PROVEN_MAX = 10_000;

export class FailedAuthentication {
  private readonly failures: RateLimiterMemory;
  private readonly proven = new LRUCache<string, true>({ max: PROVEN_MAX, ttl: PROVEN_FOR_MS });

  constructor(failuresPerMinute: number) {
    this.failures = new RateLimiterMemory({ points: failuresPerMinute, duration: WINDOW_SECONDS });
  }

  /** @throws ApiError 429 when the network has failed too often and the key has not proven itself */
  async requirePatience(network: string, key: string): Promise<void> {
    const count = await this.failures.get(network);
    if (count === null || count.remainingPoints > 0 || this.proven.has(provenName(key))) return;
    throw rateLimitExceeded(Date.now() + count.msBeforeNext);
  }

  succeeded(key: string): void {
    this.proven.set(provenName(key), true);
  }

  async failed(network: string): Promise<void> {
    await this.failures.penalty(network);
  }
}

/** Of the whole key: its public id alone proves nothing. */
function provenName(key: string): string {
  return hashApiKey(key).toString('base64');
}

/**
 * Slows down whoever goes on asking after it was refused. A refusal costs the event loop nearly as much as an answer and
 * counts against no limit, so a client that repeats its request at once, on a thousand connections, would keep the
 * process from answering anybody else. A client waits for its answer before it asks again; so a late answer is what
 * holds it back, whether it heeds `Retry-After` or not.
 */
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';
import { clientNetworkOf } from './client-network.ts';
import type { ApiError } from './errors.ts';

/** Answered at once to one merchant, or to one network without a valid key; and how many more per second. */
const AT_ONCE = 100;
const INTERVAL_MS = 20;
/** The longest that a refusal waits. */
const DELAY_MAX_MS = 10_000;
const HOLDERS_MAX = 10_000;

export class RefusalPace {
  /** By holder: when the refusals it has got so far would be through, one per interval. */
  private readonly throughAt = new LRUCache<string, number>({ max: HOLDERS_MAX });

  /** How long this refusal is to wait. */
  delayOf(error: ApiError, request: Request, response: Response): number {
    const caller: Caller | undefined = response.locals.caller;
    const isUncounted = caller ? error.status === 429 || error.reason === 'service_overloaded' : true;
    // Without a caller it is everybody's: the process has too much to do, whoever asks.
    if (!isUncounted || (!caller && error.reason === 'service_overloaded')) return 0;
    return this.next(caller?.merchantId ?? clientNetworkOf(request), performance.now());
  }

  private next(holder: string, now: number): number {
    const delay = Math.max(0, (this.throughAt.get(holder) ?? now) - now - AT_ONCE * INTERVAL_MS);
    if (delay > DELAY_MAX_MS) return DELAY_MAX_MS;
    this.throughAt.set(holder, Math.max(this.throughAt.get(holder) ?? now, now) + INTERVAL_MS);
    return delay;
  }
}

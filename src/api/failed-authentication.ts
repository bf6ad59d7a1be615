/**
 * Slows down whoever guesses keys: after so many wrong ones within a minute, a network ({@link clientNetworkOf}) is
 * answered 429. Counted in memory by each process: a guesser gains nothing from several.
 *
 * Only a wrong key counts, and a right one always works: many clients share a network (a proxy, an office), and a
 * stranger there must not lock them out. Guessing is hopeless either way, with 256 random bits.
 */
import type { RequestHandler, Response } from 'express';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { clientNetworkOf } from './client-network.ts';
import type { ApiError } from './errors.ts';
import { rateLimitExceeded, tellWhatIsLeft } from './rate-limits.ts';

const WINDOW_SECONDS = 60;

export class FailedAuthentication {
  private readonly failures: RateLimiterMemory;
  private readonly limit: number;

  constructor(failuresPerMinute: number) {
    this.limit = failuresPerMinute;
    this.failures = new RateLimiterMemory({ points: failuresPerMinute, duration: WINDOW_SECONDS });
  }

  /** Tells each response how many wrong keys its network has left, until a caller's own limits take that place. */
  readonly tell: RequestHandler = async (request, response, next) => {
    this.tellCount(response, await this.failures.get(clientNetworkOf(request)));
    next();
  };

  /** Counts a wrong key; answers what its sender is told: `refusal`, or 429 when the network has sent too many. */
  async failed(network: string, response: Response, refusal: ApiError): Promise<ApiError> {
    const count = await this.failures.penalty(network);
    this.tellCount(response, count);
    return count.consumedPoints > this.limit ? rateLimitExceeded(Date.now() + count.msBeforeNext) : refusal;
  }

  private tellCount(response: Response, count: RateLimiterRes | null): void {
    tellWhatIsLeft(response, {
      limit: this.limit,
      remaining: Math.max(0, count?.remainingPoints ?? this.limit),
      resetsAt: Date.now() + (count?.msBeforeNext ?? WINDOW_SECONDS * 1_000),
    });
  }
}

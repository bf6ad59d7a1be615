/**
 * Sheds load when this process has too much of it: a quick 503 for some instead of a slow failure for all. Bounds what
 * all clients and orders have under way together; the gateway bounds each order.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { callerOf } from './auth.ts';
import { ApiError } from './errors.ts';

export interface OverloadLimits {
  /** Requests under way at the same time, those that wait for an outcome included. */
  readonly requestsInFlight: number;
  /** How late the event loop may be. */
  readonly eventLoopDelayMs: number;
}

/** The delay is judged anew each time this has passed, from what was measured since. */
const JUDGED_EVERY_MS = 1_000;
const MEASURED_EVERY_MS = 50;
const NANOSECONDS_PER_MS = 1e6;

/** Refuses what is beyond the limits. For everything that does work; health must be told even now. */
export function shedOverload(limits: OverloadLimits, eventLoop: { isLate(): boolean }): RequestHandler {
  let inFlight = 0;
  return (_request, response, next) => {
    if (inFlight >= limits.requestsInFlight || eventLoop.isLate()) throw new ApiError('service_overloaded');
    inFlight++;
    // Whether it was answered or its connection was lost: it closes once.
    response.once('close', () => inFlight--);
    next();
  };
}

/** How much of the places in flight one merchant may have, and one order's bound keys of what their merchant may have. */
const MERCHANT_SHARE = 1 / 4;
const BOUND_SHARE = 1 / 2;

/**
 * Refuses what one merchant has under way beyond its share of the places, so that no merchant's waiting requests take
 * the places of others; within that, what is bound to one order has a share.
 */
export function shareRequestsInFlight({ requestsInFlight }: Pick<OverloadLimits, 'requestsInFlight'>): RequestHandler {
  const merchantMax = Math.max(1, Math.floor(requestsInFlight * MERCHANT_SHARE));
  const boundMax = Math.max(1, Math.floor(merchantMax * BOUND_SHARE));
  const inFlight = new Map<string, number>();
  const take = (holder: string) => inFlight.set(holder, (inFlight.get(holder) ?? 0) + 1);
  const give = (holder: string) => {
    const left = (inFlight.get(holder) ?? 1) - 1;
    if (left === 0) inFlight.delete(holder);
    else inFlight.set(holder, left);
  };
  return (_request, response, next) => {
    const { merchantId, boundTo } = callerOf(response);
    const bound = boundTo && `${merchantId}/${boundTo.orderId}`;
    if ((inFlight.get(merchantId) ?? 0) >= merchantMax) throw shareUsedUp(`This merchant has ${merchantMax}`);
    if (bound && (inFlight.get(bound) ?? 0) >= boundMax) throw shareUsedUp(`Keys of this order have ${boundMax}`);
    for (const holder of bound ? [merchantId, bound] : [merchantId]) {
      take(holder);
      response.once('close', () => give(holder));
    }
    next();
  };
}

function shareUsedUp(who: string): ApiError {
  const message = `${who} requests under way, and may have no more. Nothing was done; try again when some are answered`;
  return new ApiError('service_overloaded', { message });
}

/**
 * Whether the event loop was late in most of its rounds within the last second. Asked by each request, so that nothing
 * has to run while there are none.
 */
export function watchEventLoop(maxDelayMs: number): { isLate(): boolean } {
  const delays: IntervalHistogram = monitorEventLoopDelay({ resolution: MEASURED_EVERY_MS });
  delays.enable();
  let judgedAt = performance.now();
  let late = false;
  return {
    isLate() {
      const now = performance.now();
      if (now - judgedAt >= JUDGED_EVERY_MS) {
        // The median: one long pause, of the garbage collector for example, is over when it is noticed.
        late = delays.percentile(50) / NANOSECONDS_PER_MS > maxDelayMs;
        delays.reset();
        judgedAt = now;
      }
      return late;
    },
  };
}

/**
 * Sheds load when this process has too much of it: a quick 503 for some instead of a slow failure for all. Bounds what
 * all clients and orders have under way together; the gateway bounds each order.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler, Response } from 'express';
import { type Caller, callerOf } from './caller.ts';
import { ApiError } from './errors.ts';
import { withdrawWait } from './turn-taking.ts';
import { BECOMES_WAITING_MS, WorkTurns } from './work-turns.ts';

export interface OverloadLimits {
  /** Requests under way at the same time, and as many again that only wait for an outcome. */
  readonly requestsInFlight: number;
  /** How late the event loop may be. */
  readonly eventLoopDelayMs: number;
}

/** The delay is judged anew each time this has passed, from what was measured since. */
const JUDGED_EVERY_MS = 1_000;
const MEASURED_EVERY_MS = 50;
const NANOSECONDS_PER_MS = 1e6;

/** How much of the places one merchant may have, and one order's bound keys of what their merchant may have. */
const MERCHANT_SHARE = 1 / 4;
const BOUND_SHARE = 1 / 2;

/** Requests of one kind that are under way: in all, and for each holder of a share. */
class Tally {
  private readonly byHolder = new Map<string, number>();
  total = 0;

  of(holder: string): number {
    return this.byHolder.get(holder) ?? 0;
  }

  add(holders: readonly string[], count: 1 | -1): void {
    this.total += count;
    for (const holder of holders) this.addTo(holder, count);
  }

  addTo(holder: string, count: 1 | -1): void {
    const sum = this.of(holder) + count;
    if (sum === 0) this.byHolder.delete(holder);
    else this.byHolder.set(holder, sum);
  }
}

interface Place {
  readonly response: Response;
  /** Where it is counted; null once its request is answered. */
  tally: Tally | null;
  readonly holders: string[];
  isAtWork: boolean;
}

/** Requests of one merchant that work at the same time, but for those that wait for an outcome. */
const AT_WORK_MAX = 2;

/**
 * The places for requests that are under way. Those that merely wait for an outcome have places of their own, as many
 * again: waiting costs nearly nothing and may last half a minute, and must not keep others from work.
 */
export class Places {
  private readonly working = new Tally();
  private readonly waiting = new Tally();
  private readonly turns = new WorkTurns<Place>(AT_WORK_MAX);
  private readonly ofCaller = new WeakMap<Caller, Place>();
  private readonly ofResponse = new WeakMap<Response, Place>();
  private readonly eventLoop: { isLate(): boolean };
  private readonly requestsMax: number;
  private readonly merchantMax: number;
  private readonly boundMax: number;

  constructor({ requestsInFlight, eventLoopDelayMs }: OverloadLimits) {
    this.eventLoop = watchEventLoop(eventLoopDelayMs);
    this.requestsMax = requestsInFlight;
    this.merchantMax = Math.max(1, Math.floor(requestsInFlight * MERCHANT_SHARE));
    this.boundMax = Math.max(1, Math.floor(this.merchantMax * BOUND_SHARE));
  }

  /** Refuses what is beyond the limits. For everything that does work; health must be told even now. */
  readonly shed: RequestHandler = (_request, response, next) => {
    if (this.working.total >= this.requestsMax || this.eventLoop.isLate()) throw new ApiError('service_overloaded');
    const place: Place = { response, tally: this.working, holders: [], isAtWork: false };
    this.working.add(place.holders, 1);
    this.ofResponse.set(response, place);
    // Whether it was answered or its connection was lost.
    response.once('close', () => this.leave(response));
    next();
  };

  /** Gives a request's place back before it is answered: there is nothing more to do for it. */
  leave(response: Response): void {
    const place = this.ofResponse.get(response);
    place?.tally?.add(place.holders, -1);
    if (place) place.tally = null;
  }

  /**
   * Refuses what one merchant has under way beyond its share of the places, so that no merchant takes those of others;
   * within that, what is bound to one order has a share.
   */
  readonly share: RequestHandler = (_request, response, next) => {
    const caller = callerOf(response);
    const [merchant, bound] = holdersOf(caller);
    if (this.working.of(merchant) >= this.merchantMax) throw shareUsedUp(`This merchant has ${this.merchantMax}`);
    if (bound && this.working.of(bound) >= this.boundMax) throw shareUsedUp(`Keys of this order have ${this.boundMax}`);
    const place = this.ofResponse.get(response);
    if (place) {
      place.holders.push(...holdersOf(caller));
      for (const holder of place.holders) this.working.addTo(holder, 1);
      response.locals.places = this;
      this.ofCaller.set(caller, place);
    }
    next();
  };

  /** Does a request's work when it is its merchant's turn; never, when its client has left by then. */
  async inTurn(response: Response, work: () => Promise<void> | void): Promise<void> {
    const place = this.ofResponse.get(response);
    const [merchant] = place?.holders ?? [];
    if (!place || merchant === undefined) return work();
    await this.turns.enter(merchant, place);
    place.isAtWork = true;
    try {
      if (!response.closed) await work();
    } finally {
      this.endWork(merchant, place);
    }
  }

  /**
   * Runs what may wait for long. Where it does, the place of the caller's request goes to another one meanwhile.
   *
   * @param work told to end when it may not wait, because the caller's share of the places for that is used up
   */
  async whileWaiting<Result>(caller: Caller, work: (patience: AbortSignal) => Promise<Result>): Promise<Result> {
    const place = this.ofCaller.get(caller);
    const patience = new AbortController();
    const timer = setTimeout(() => {
      if (!place || this.mayWait(caller)) move(place, this.waiting);
      else {
        // Its client is not waited with, whatever it preferred.
        withdrawWait(place.response);
        patience.abort();
      }
    }, BECOMES_WAITING_MS);
    const atWork = place?.isAtWork ? place : null;
    if (atWork) this.endWork(caller.merchantId, atWork);
    try {
      return await work(patience.signal);
    } finally {
      clearTimeout(timer);
      move(place, this.working);
      if (atWork) {
        this.turns.resume(caller.merchantId, atWork);
        atWork.isAtWork = true;
      }
    }
  }

  private endWork(merchantId: string, place: Place): void {
    place.isAtWork = false;
    this.turns.leave(merchantId, place);
  }

  private mayWait(caller: Caller): boolean {
    const [merchant, bound] = holdersOf(caller);
    if (bound !== undefined && this.waiting.of(bound) >= this.boundMax) return false;
    return this.waiting.total < this.requestsMax && this.waiting.of(merchant) < this.merchantMax;
  }
}

/** Its merchant, and the order that its key is bound to, where it is. */
function holdersOf({ merchantId, boundTo }: Caller): [merchant: string] | [merchant: string, bound: string] {
  return boundTo ? [merchantId, `${merchantId}/${boundTo.orderId}`] : [merchantId];
}

function move(place: Place | undefined, to: Tally): void {
  if (!place?.tally || place.tally === to) return;
  place.tally.add(place.holders, -1);
  place.tally = to;
  to.add(place.holders, 1);
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

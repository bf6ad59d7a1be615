/**
 * How many requests a caller may send: the published numbers, and the middleware that counts and refuses.
 *
 * Counted is what a merchant's keys of one mode and role send together. Counted by key, a merchant could have any
 * limit by making more keys. What is bound to one order may use half of that: no buyer uses up what all share.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { Mode } from '../domain/terms.ts';
import { type Caller, callerOf } from './caller.ts';
import { ApiError } from './errors.ts';
import { RateWindow, type SharedStore, type WindowCount } from './rate-window.ts';

/** Requests a mode's keys may send. */
export interface GeneralLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

/** A request that has a limit of its own, besides the general ones. */
export type Cost = 'create_intent' | 'confirm_intent';
/** What of a route says what a request to it costs. */
type Costing = { readonly method: string; readonly cost?: Cost };

/** Of the general limit a minute: published are 50 and 30 of 100 (test), 500 and 300 of 1 000 (live). */
export const COSTLY_SHARES: Readonly<Record<Cost, number>> = { create_intent: 0.5, confirm_intent: 0.3 };

/** What the keys of one role that are bound to one order may send, of the general limits. */
const BOUND_SHARE = 0.5;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface RateLimitOptions {
  readonly limits: Readonly<Record<Mode, GeneralLimits>>;
  /** The shared count of a limit; default: each process counts alone. */
  readonly openCounter?: (name: string, durationMs: number) => SharedStore;
}

/** What became of a request, by the window that leaves the least. */
export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

export interface RateLimits {
  /** Counts a request. A refused one costs nothing where its process knows that nothing is left. */
  take(caller: Pick<Caller, 'merchantId' | 'mode' | 'role' | 'boundTo'>, costly: Cost | null): Promise<Verdict>;
  /** Reports what is not reported yet. */
  flush(): Promise<void>;
}

export function createRateLimits({ limits, openCounter }: RateLimitOptions): RateLimits {
  const open = (name: string, limit: number, durationMs: number) =>
    new RateWindow(limit, durationMs, openCounter?.(name, durationMs) ?? null);
  const windowsOf = (mode: Mode) => {
    const { perMinute, perHour } = limits[mode];
    const costly = (name: Cost) => open(`${mode}/${name}`, Math.ceil(perMinute * COSTLY_SHARES[name]), MINUTE_MS);
    return {
      minute: open(`${mode}/minute`, perMinute, MINUTE_MS),
      hour: open(`${mode}/hour`, perHour, HOUR_MS),
      boundMinute: open(`${mode}/bound_minute`, Math.ceil(perMinute * BOUND_SHARE), MINUTE_MS),
      boundHour: open(`${mode}/bound_hour`, Math.ceil(perHour * BOUND_SHARE), HOUR_MS),
      create_intent: costly('create_intent'),
      confirm_intent: costly('confirm_intent'),
    };
  };
  const windows = { test: windowsOf('test'), live: windowsOf('live') };
  return {
    take({ merchantId, mode, role, boundTo }, costly) {
      const { minute, hour, boundMinute, boundHour } = windows[mode];
      const shared = costly === null ? [minute, hour] : [windows[mode][costly], minute, hour];
      const own = boundTo === undefined ? [] : [boundMinute, boundHour];
      return takeFrom([
        ...own.map((window) => window.countOf(`${boundTo?.orderId}/${role}`)),
        ...shared.map((window) => window.countOf(`${merchantId}/${role}`)),
      ]);
    },
    async flush() {
      const all = Object.values(windows).flatMap((ofMode) => Object.values(ofMode));
      await Promise.all(all.map((window) => window.flush()));
    },
  };
}

/** Refuses what is beyond a limit: 429. Every answer from here on tells what is left. */
export function limitRate(rateLimits: RateLimits, find: (request: Request) => Costing | undefined): RequestHandler {
  return async (request, response, next) => {
    const verdict = await rateLimits.take(callerOf(response), costOf(request, find(request)));
    tellWhatIsLeft(response, verdict);
    if (!verdict.allowed) throw rateLimitExceeded(verdict.resetsAt);
    next();
  };
}

/** The published 429. */
export function rateLimitExceeded(resetsAt: number): ApiError {
  const retryAfterSeconds = Math.max(1, Math.ceil((resetsAt - Date.now()) / 1_000));
  const message = `Rate limit exceeded. Retry after ${retryAfterSeconds} seconds.`;
  return new ApiError('rate_limit_exceeded', { message, retryAfterSeconds });
}

/** The published headers, of the window that leaves the least. */
export function tellWhatIsLeft(response: Response, { limit, remaining, resetsAt }: Omit<Verdict, 'allowed'>): void {
  response.set({
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(Math.ceil(resetsAt / 1_000)),
  });
}

/** What is tried on a path with another method costs what any request does. */
function costOf({ method }: Request, route: Costing | undefined): Cost | null {
  return (method.toLowerCase() === route?.method && route.cost) || null;
}

async function takeFrom(counts: readonly WindowCount[]): Promise<Verdict> {
  if (counts.some(isUsedUp)) return verdictOn(counts, false);
  // All at once, so that a request that has to wait waits for one round trip, not for one a window.
  const waits = counts.map((count) => count.add()).filter((wait) => wait !== null);
  const allowed = waits.length === 0 || (await Promise.all(waits)).every((isWithin) => isWithin);
  return verdictOn(counts, allowed);
}

function isUsedUp({ used, limit }: WindowCount): boolean {
  return used >= limit;
}

/** The tighter window is the one that leaves less; of those that leave nothing, the one that ends last. */
function verdictOn(counts: readonly WindowCount[], allowed: boolean): Verdict {
  const left = ({ limit, used }: WindowCount) => Math.max(0, limit - used);
  const [tightest] = [...counts].sort((a, b) => left(a) - left(b) || b.endsAt - a.endsAt);
  if (!tightest) throw new Error('A request is counted in no window');
  return { allowed, limit: tightest.limit, remaining: left(tightest), resetsAt: tightest.endsAt };
}

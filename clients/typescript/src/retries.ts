/**
 * A fetch that sends a request again when that may help. That is safe, because nothing that changes something leaves
 * here without an idempotency key.
 *
 * Between two tries lies what Retry-After asks for, and on top of it a random time that doubles; without the latter,
 * clients that were refused together would come back together.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { retryAfterSeconds, TrancheError } from './errors.ts';

export interface RetryPolicy {
  /** How often a request is sent at most. Default: 6 */
  readonly tries: number;
  /** How long all tries and the time between them may take together. Default: 90 000 */
  readonly totalMs: number;
  /** Between the first two tries, times 1 to 2 at random; doubles each time, up to 10 s. Default: 250 */
  readonly backoffMs: number;
  /** How long one try may take. The longest wait for a turn that can be asked for is 30 s. Default: 45 000 */
  readonly timeoutMs: number;
}

export const DEFAULT_POLICY: RetryPolicy = { tries: 6, totalMs: 90_000, backoffMs: 250, timeoutMs: 45_000 };

const BACKOFF_MAX_MS = 10_000;
/** 502 and 504 are a proxy's words for no answer. */
const NOT_NOW = [429, 502, 503, 504];

/** An answer that may be another one next time. */
class TryAgain extends Error {
  readonly response: Response;
  constructor(response: Response) {
    super(`Answered ${response.status}`);
    this.response = response;
  }
}

/** A try without an answer. */
class NoAnswer extends Error {
  readonly timedOut: boolean;
  constructor(cause: unknown) {
    super('No answer', { cause });
    this.timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  }
}

/**
 * Answers with the last answer, whatever its status.
 *
 * @throws TrancheError when there was none: `connection_failed`, `timed_out`
 * @throws the signal's reason when the caller aborts
 */
export async function sendWithRetries(request: Request, policy: RetryPolicy, fetch: Fetch): Promise<Response> {
  const { tries, totalMs, backoffMs } = policy;
  const deadline = performance.now() + totalMs;
  const body = request.body === null ? null : await request.arrayBuffer();
  if (request.method !== 'GET' && !request.headers.has('idempotency-key')) {
    request.headers.set('idempotency-key', crypto.randomUUID());
  }
  const idempotencyKey = request.headers.get('idempotency-key');
  const mayHelp = async ({ error }: { error: Error }): Promise<boolean> => {
    if (!(error instanceof TryAgain)) return error instanceof NoAnswer && !request.signal.aborted;
    const waitMs = (retryAfterSeconds(error.response) ?? 0) * 1_000;
    if (performance.now() + waitMs >= deadline) return false;
    await pause(waitMs, request.signal);
    return true;
  };
  const send = () => sendOnce(request, body, Math.min(policy.timeoutMs, deadline - performance.now()), fetch);
  try {
    return await pRetry(send, {
      retries: tries - 1,
      minTimeout: backoffMs,
      maxTimeout: BACKOFF_MAX_MS,
      randomize: true,
      maxRetryTime: totalMs,
      signal: request.signal,
      shouldRetry: mayHelp,
    });
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof TryAgain) return error.response;
    if (!(error instanceof NoAnswer)) throw error;
    throw new TrancheError({
      reason: error.timedOut ? 'timed_out' : 'connection_failed',
      message: `${request.method} ${request.url} was not answered${error.timedOut ? ' in time' : ''}`,
      idempotencyKey,
      cause: error.cause,
    });
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The answer with its whole body: a connection that breaks within it is a try that failed, too. Redirects are not
 * followed: they would take the API key along.
 */
async function sendOnce(
  request: Request,
  body: ArrayBuffer | null,
  timeoutMs: number,
  fetch: Fetch,
): Promise<Response> {
  const { method, url, headers, signal } = request;
  const patience = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  let response: Response;
  let bytes: ArrayBuffer;
  try {
    response = await fetch(url, {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, patience]),
    });
    bytes = await response.arrayBuffer();
  } catch (cause) {
    throw new NoAnswer(cause);
  }
  const { status, statusText, headers: answered } = response;
  const whole = new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers: answered });
  if (NOT_NOW.includes(status) || answered.get('error-reason') === 'idempotency_in_progress') throw new TryAgain(whole);
  return whole;
}

/** @throws the signal's reason, as it was given */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

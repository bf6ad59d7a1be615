/**
 * Sends one webhook. The receiver is a stranger: it gets ten seconds, is followed nowhere, and of what it answers only
 * the status and `Retry-After` are looked at. node:http and node:https do as told: they follow no redirect, unpack
 * nothing, and ask no proxy.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AddressRefused } from './addresses.ts';
import { readRetryAfter } from './schedule.ts';

/** What an attempt came to. */
export interface PostResult {
  /** Null: there was no answer. */
  readonly statusCode: number | null;
  /** For the merchant to read; null when it was taken. */
  readonly error: string | null;
  readonly durationMs: number;
  /** What the receiver asked for; null when it did not. */
  readonly retryAfterMs: number | null;
}

export interface Post {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly lookup: LookupFunction;
  /** Ends it early; then it rejects, because nothing is known about the receiver. */
  readonly signal?: AbortSignal;
}

/** Of the answer's body, which nobody reads: it is let arrive, within limits, so that receivers see no broken connection. */
const BODY_MAX_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 1_000;

/** @throws when `signal` is aborted, and then alone */
export async function post({ url, body, headers, timeoutMs, lookup, signal }: Post): Promise<PostResult> {
  const startedAt = performance.now();
  const late = AbortSignal.timeout(timeoutMs);
  const ended = signal ? AbortSignal.any([signal, late]) : late;
  const done = (result: Omit<PostResult, 'durationMs'>): PostResult => ({
    ...result,
    durationMs: Math.round(performance.now() - startedAt),
  });
  let isConnected = false;
  try {
    const response = await exchange(url, body, headers, lookup, ended, () => {
      isConnected = true;
    });
    const statusCode = response.statusCode ?? 0;
    const retryAfterMs = readRetryAfter(response.headers['retry-after'], Date.now());
    const answered = done({ statusCode, error: faultOf(statusCode), retryAfterMs });
    await discard(response);
    return answered;
  } catch (error) {
    if (signal?.aborted) throw error;
    const said = late.aborted ? `No answer within ${timeoutMs / 1_000} s` : wordsFor(error, isConnected);
    return done({ statusCode: null, error: said, retryAfterMs: null });
  }
}

function exchange(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  lookup: LookupFunction,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const bytes = Buffer.from(body);
    const request = send(url, {
      method: 'POST',
      // A connection for each: none is kept to a receiver, so the next one is checked again.
      agent: false,
      lookup,
      signal,
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': bytes.length },
    });
    request.on('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected));
    request.on('response', resolve);
    request.on('error', reject);
    request.end(bytes);
  });
}

async function discard(response: IncomingMessage): Promise<void> {
  let left = BODY_MAX_BYTES;
  await new Promise<void>((ended) => {
    const timer = setTimeout(ended, BODY_TIMEOUT_MS);
    const end = () => {
      clearTimeout(timer);
      ended();
    };
    response.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) end();
    });
    response.on('close', end);
    response.on('error', end);
  });
  response.destroy();
}

function faultOf(statusCode: number): string | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  if (statusCode >= 300 && statusCode < 400) return `Answered ${statusCode}; redirects are not followed`;
  return `Answered ${statusCode}`;
}

/**
 * The kind of failure; messages of the system name addresses. Whoever was connected may have got the event, and answered
 * it in a way that cannot be read.
 */
function wordsFor(error: unknown, isConnected: boolean): string {
  if (error instanceof AddressRefused) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected error';
  if (code === 'HPE_HEADER_OVERFLOW') return 'The answer could not be read: its headers are larger than 16 kB';
  if (code.startsWith('HPE_')) return `The answer could not be read: it is not HTTP as it should be (${code})`;
  if (!isConnected) return `Could not connect (${code})`;
  return `The connection was closed before an answer (${code})`;
}

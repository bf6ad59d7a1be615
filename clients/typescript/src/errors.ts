/** What a call throws when it did not do what was asked. */
import type { components } from './generated/api.ts';
import type { ERROR_REASONS } from './generated/reasons.ts';
import type { Command } from './types.ts';

/** Why the service refuses: stable, and meant to be switched on. */
export type ServiceReason = (typeof ERROR_REASONS)[number];

/** Why there is no answer, in this client's own words. */
export type ClientReason =
  /** No connection, or one that broke before its answer was complete, as often as it was tried. */
  | 'connection_failed'
  /** No answer in time, as often as it was tried. */
  | 'timed_out'
  /** The command waits still, or its outcome is not known yet; `error.command` tells which. It may still happen. */
  | 'command_unsettled'
  /** An answer that says no reason: somebody between here and the service gave it. */
  | 'answer_not_understood';

export type TrancheReason = ServiceReason | ClientReason;

type ErrorBody = components['schemas']['Error']['error'];

export interface TrancheErrorFields {
  /** One of {@link TrancheReason}, or a newer service's word. */
  readonly reason: string;
  readonly message: string;
  /** Of the HTTP answer; null when there was none. */
  readonly status?: number | null;
  readonly code?: string | null;
  readonly type?: ErrorBody['type'] | null;
  readonly param?: string | null;
  readonly requestId?: string | null;
  /** Seconds. */
  readonly retryAfter?: number | null;
  readonly idempotencyKey?: string | null;
  readonly command?: Command | null;
  readonly cause?: unknown;
}

/**
 * A refusal by the service, or no answer from it. Told apart by `reason`, with {@link isTrancheError}.
 *
 * What may have happened although this was thrown has the reason `connection_failed`, `timed_out`, `command_unsettled`
 * or `outcome_unknown`: repeat the call with `idempotencyKey`, and it is done once.
 */
export class TrancheError<Reason extends string = TrancheReason | (string & {})> extends Error {
  override readonly name = 'TrancheError';
  readonly reason: Reason;
  /** Of the HTTP answer; null when there was none. */
  readonly status: number | null;
  readonly code: string | null;
  readonly type: ErrorBody['type'] | null;
  /** The field at fault. */
  readonly param: string | null;
  /** Quote it when you report something. */
  readonly requestId: string | null;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | null;
  /** What the request was sent with; a repeat with it has no second effect. */
  readonly idempotencyKey: string | null;
  /** The command that was refused after it had waited, or that waits still. */
  readonly command: Command | null;

  constructor(fields: TrancheErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.reason = fields.reason as Reason;
    this.status = fields.status ?? null;
    this.code = fields.code ?? null;
    this.type = fields.type ?? null;
    this.param = fields.param ?? null;
    this.requestId = fields.requestId ?? null;
    this.retryAfter = fields.retryAfter ?? null;
    this.idempotencyKey = fields.idempotencyKey ?? null;
    this.command = fields.command ?? null;
  }
}

/**
 * Whether something that was thrown is a TrancheError, of one of these reasons if any are named.
 *
 *     if (isTrancheError(error, 'milestone_index_taken')) …
 */
export function isTrancheError(error: unknown): error is TrancheError;
export function isTrancheError<Reason extends TrancheReason>(
  error: unknown,
  ...reasons: readonly [Reason, ...Reason[]]
): error is TrancheError<Reason>;
export function isTrancheError(error: unknown, ...reasons: readonly string[]): boolean {
  return error instanceof TrancheError && (reasons.length === 0 || reasons.includes(error.reason));
}

/** What an answer that is no success says. */
export function errorOfAnswer(response: Response, body: unknown, idempotencyKey: string | null): TrancheError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as { error?: Partial<ErrorBody> };
  const { status, headers } = response;
  return new TrancheError({
    reason: headers.get('error-reason') ?? 'answer_not_understood',
    message: error?.message ?? `The answer ${status} is not one of Tranche's`,
    status,
    code: error?.code ?? null,
    type: error?.type ?? null,
    param: error?.param ?? null,
    requestId: headers.get('x-request-id'),
    retryAfter: retryAfterSeconds(response),
    idempotencyKey,
  });
}

/** What the header Retry-After asks for (RFC 9110: seconds, or a date); null without one. */
export function retryAfterSeconds({ headers }: Response): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

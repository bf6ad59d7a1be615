/**
 * Everything an error answer is made of. One table turns a reason into status, code and type; nothing else in the
 * API chooses a status for a refusal.
 */
import { LIFTED_LATER, type Reason } from '../domain/outcomes.ts';

export const ERROR_TYPES = ['invalid_request_error', 'authentication_error', 'rate_limit_error', 'api_error'] as const;
type ErrorType = (typeof ERROR_TYPES)[number];

export const ERROR_CODES = [
  'authentication_required',
  'forbidden',
  'invalid_request',
  'invalid_request_error',
  'invalid_status',
  'invalid_state_transition',
  'resource_missing',
  'rate_limit_exceeded',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'service_unavailable',
  'internal_error',
] as const;
type ErrorCode = (typeof ERROR_CODES)[number];

interface ErrorForm {
  readonly status: number;
  readonly code: ErrorCode;
  readonly type: ErrorType;
  /** Where it is always the same; the others say what was given. Lines marked published are fixed by the contract. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

const request = (status: number, code: ErrorCode, message?: string): ErrorForm => ({
  status,
  code,
  type: 'invalid_request_error',
  ...(message !== undefined && { message }),
});
const authentication = (status: number, code: ErrorCode, message: string): ErrorForm => ({
  status,
  code,
  type: 'authentication_error',
  message,
});
/** Whatever was asked was surely not carried out, and may be asked again as it is. */
const unavailable = (retryAfterSeconds: number, message?: string): ErrorForm => ({
  status: 503,
  code: 'service_unavailable',
  type: 'api_error',
  retryAfterSeconds,
  ...(message !== undefined && { message }),
});

/** What the domain refuses. Messages come from `rejectionMessage`. */
const DOMAIN_FORMS: Record<Reason, ErrorForm> = {
  invalid_command: request(400, 'invalid_request'),
  role_not_allowed: { status: 403, code: 'forbidden', type: 'authentication_error' },
  test_mode_only: request(400, 'invalid_request'),
  order_not_milestone_locked: request(400, 'invalid_request'),
  order_closed: request(400, 'invalid_status'),
  order_already_funded: request(400, 'invalid_state_transition'),
  order_not_funded: request(400, 'invalid_status'),
  nothing_to_refund: request(400, 'invalid_request'),
  refund_exceeds_unallocated: request(400, 'invalid_request'),
  dispute_already_raised: request(400, 'invalid_request'),
  dispute_missing: request(400, 'invalid_status'),
  dispute_decided: request(400, 'invalid_status'),
  dispute_window_refused: request(400, 'invalid_request'),
  split_mismatch: request(400, 'invalid_request'),
  payout_missing: request(404, 'resource_missing'),
  payout_not_pending: request(400, 'invalid_status'),
  payout_not_failed: request(400, 'invalid_status'),
  order_disputed: request(400, 'invalid_status'),
  milestone_disputed: request(400, 'invalid_status'),
  inspection_not_running: request(400, 'invalid_status'),
  extension_too_long: request(400, 'invalid_request'),
  deadline_not_reached: request(400, 'invalid_status'),
  command_not_held: request(400, 'invalid_status'),
  milestone_index_taken: request(400, 'invalid_request'),
  total_exceeds_order: request(400, 'invalid_request'),
  due_date_passed: request(400, 'invalid_request'),
  milestone_missing: request(404, 'resource_missing'),
  milestone_already_released: request(400, 'invalid_request'),
  milestone_already_completed: request(400, 'invalid_request'),
  milestone_cancelled: request(400, 'invalid_request'),
  milestone_refunded: request(400, 'invalid_request'),
  milestone_amended: request(400, 'invalid_request'),
  later_milestone_completed: request(400, 'invalid_request'),
  release_exceeds_milestone: request(400, 'invalid_request'),
  milestone_not_completed: request(400, 'invalid_request'),
  previous_milestone_missing: request(400, 'invalid_request'),
  previous_milestone_open: request(400, 'invalid_request'),
  previous_milestone_unreleased: request(400, 'invalid_request'),
  held_commands_full: unavailable(5),
  command_cancelled: request(400, 'invalid_status'),
  // A bug of ours, yet not 500: that leaves open whether something happened, and here surely nothing did. A repeat
  // with the same idempotency key is a new attempt. An operator has to act first, hence the long wait.
  internal_conflict: unavailable(60),
};

/** What the API refuses before, or instead of, asking the workflow. */
const API_FORMS = {
  authentication_required: authentication(401, 'authentication_required', 'API key is required'), // published
  invalid_api_key: authentication(403, 'forbidden', 'Invalid API key'), // published
  intent_not_owned: authentication(403, 'forbidden', 'You do not have access to this payment intent'), // published
  rate_limit_exceeded: { status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' }, // published
  key_bound_to_order: authentication(403, 'forbidden', 'This API key is bound to one escrow order'),
  api_key_missing: request(404, 'resource_missing', 'API key not found'),
  api_key_role_not_allowed: { status: 403, code: 'forbidden', type: 'authentication_error' },
  api_key_ended: request(400, 'invalid_status'),
  api_keys_differ: request(400, 'invalid_request', 'X-API-Key and Authorization hold different API keys. Send one.'),
  payment_intent_missing: request(404, 'resource_missing', 'Payment intent not found'), // published
  escrow_order_missing: request(404, 'resource_missing', 'Escrow order not found for this payment intent'), // published
  /** Ours to refuse: the order's release type needs no proof of delivery. */
  delivery_proof_not_needed: request(
    400,
    'invalid_request',
    'Cannot submit delivery proof for order with release type: MILESTONE_LOCKED',
  ),
  release_type_not_executed: request(400, 'invalid_request'),
  command_missing: request(404, 'resource_missing', 'Command not found'),
  webhook_endpoint_missing: request(404, 'resource_missing', 'Webhook endpoint not found'),
  event_missing: request(404, 'resource_missing', 'Event not found'),
  webhook_role_not_allowed: { status: 403, code: 'forbidden', type: 'authentication_error' },
  webhook_url_refused: request(400, 'invalid_request'),
  webhook_endpoints_full: request(400, 'invalid_request'),
  webhook_endpoint_disabled: request(
    400,
    'invalid_status',
    'Webhook endpoint is disabled: nothing is delivered to it. Enable it first.',
  ),
  webhooks_unavailable: unavailable(
    60,
    'Webhooks are not available: the service has no SECRETS_KEY to keep their secrets with. Its operator has to set one.',
  ),
  route_missing: request(404, 'resource_missing'),
  method_not_allowed: request(405, 'invalid_request'),
  not_delivery_versus_payment: request(
    400,
    'invalid_request',
    'Payment intent is not of type DELIVERY_VS_PAYMENT', // published
  ),
  intent_not_confirmable: request(
    400,
    'invalid_request',
    'Only payment intents of type DELIVERY_VS_PAYMENT can be confirmed: Tranche does not pull payments of type CONSENTED_PULL',
  ),
  live_funding_unavailable: request(
    400,
    'invalid_request',
    'Payment intents cannot be confirmed in live mode: no funding adapter is configured. Use a test key.',
  ),
  funding_refused: request(400, 'invalid_request'),
  funding_unavailable: unavailable(
    5,
    'It is not known whether the money was collected. Tranche goes on asking; or confirm again: it is collected once.',
  ),
  funding_under_way: request(
    400,
    'invalid_status',
    'The money is being collected, so this cannot be cancelled now. Read the payment intent until it is SUCCEEDED and cancel its escrow order, or cancel again when the collection was refused.',
  ),
  field_invalid: request(400, 'invalid_request'),
  payment_intent_invalid: request(400, 'invalid_request_error'), // published code
  body_malformed: request(400, 'invalid_request'),
  header_repeated: request(400, 'invalid_request'),
  headers_too_large: request(431, 'invalid_request'),
  request_too_slow: request(408, 'invalid_request', 'The request took too long to arrive'),
  http_malformed: request(400, 'invalid_request', 'This is not a valid HTTP request'),
  url_malformed: request(400, 'invalid_request', 'The URL is not valid: its percent-encoding cannot be read'),
  request_aborted: request(400, 'invalid_request', 'The request ended before its body was complete'),
  body_too_large: request(413, 'invalid_request', 'The body is too large: at most 64 kB are allowed'),
  content_type_unsupported: request(415, 'invalid_request'),
  idempotency_key_invalid: request(400, 'invalid_request'),
  idempotency_key_refused: request(
    400,
    'invalid_request',
    'Idempotency-Key is not possible here: an API key is shown once and not stored, and without SECRETS_KEY the service cannot show it again to a repeat. Send the request without it, or have SECRETS_KEY set.',
  ),
  idempotency_key_reused: request(
    422,
    'idempotency_key_reused',
    'This Idempotency-Key was used for a different request. Repeat that request exactly, or use a new key.',
  ),
  idempotency_in_progress: {
    ...request(
      409,
      'idempotency_in_progress',
      'A request with this Idempotency-Key is still in progress. Repeat it in a moment.',
    ),
    retryAfterSeconds: 1,
  },
  workflow_unreachable: unavailable(2, 'The order cannot be reached right now. Nothing was done; try again.'),
  service_overloaded: unavailable(1, 'The service has too much to do right now. Nothing was done; try again.'),
  order_overloaded: unavailable(1, 'Too many commands are pending on this order. Nothing was done; try again.'),
  outcome_unknown: unavailable(
    2,
    'It is not known whether this was carried out. Read the order before sending it again, or repeat it with its Idempotency-Key.',
  ),
  database_unavailable: unavailable(2, 'The service cannot answer right now. Try again.'),
  internal_error: {
    status: 500,
    code: 'internal_error',
    type: 'api_error',
    message: 'Something went wrong on our side. Quote the X-Request-Id header when you report it.',
  },
} as const satisfies Record<string, ErrorForm>;

/** By reason: everything a refusal is made of. */
export const ERROR_FORMS: Readonly<Record<ErrorReason, ErrorForm>> = { ...DOMAIN_FORMS, ...API_FORMS };

/** Stable: clients switch on it (header Error-Reason). Add, never rename. */
export type ErrorReason = Reason | keyof typeof API_FORMS;

/**
 * Whether a repeat with the same idempotency key gets this refusal again. A 404, a 503 and what is lifted by time or by
 * another command are not kept: by then it may be possible.
 */
export function isFinalRefusal(reason: Reason): boolean {
  const { status } = ERROR_FORMS[reason];
  return status !== 404 && status < 500 && !LIFTED_LATER[reason];
}

/** The published error body. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly type: string;
    readonly param?: string;
    readonly retryAfter?: number;
  };
}

export interface ApiErrorOptions {
  /** For the client, where the reason has no fixed message, or a route has a published one of its own. */
  readonly message?: string;
  /** The field at fault. */
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the reason has no fixed one; shown in the body, too. */
  readonly retryAfterSeconds?: number;
  /** For the log only: what happened, in our own terms. */
  readonly internal?: string;
  readonly cause?: unknown;
}

/** A refusal on its way to the client. `message` is for the log; only {@link body} leaves the house. */
export class ApiError extends Error {
  readonly reason: ErrorReason;
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(reason: ErrorReason, options: ApiErrorOptions = {}) {
    const { status, code, type, message: fixedMessage, retryAfterSeconds: fixedSeconds } = ERROR_FORMS[reason];
    const { param, retryAfterSeconds: retryAfter } = options;
    const retryAfterSeconds = fixedSeconds ?? retryAfter;
    const message = options.message ?? fixedMessage ?? code;
    super(options.internal ?? message, { cause: options.cause });
    this.name = 'ApiError';
    this.reason = reason;
    this.status = status;
    this.body = {
      error: {
        code,
        message,
        type,
        ...(param !== undefined && { param }),
        ...(retryAfter !== undefined && { retryAfter }),
      },
    };
    this.headers = {
      ...options.headers,
      'Error-Reason': reason,
      ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    };
  }
}

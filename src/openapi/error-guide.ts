/**
 * Everything there is to say about each refusal, joined from the tables that answer: the pages below /docs/errors and
 * docs/ERRORS.md are this list.
 */
import { ERROR_FORMS, type ErrorReason } from '../api/errors.ts';
import { ROUTES } from '../api/routes.ts';
import { rejectionMessage } from '../domain/outcome-messages.ts';
import { REASONS, type RejectionDetail } from '../domain/outcomes.ts';
import { reasonsOf, templateOf } from './operations.ts';
import { REFUSAL_GUIDE } from './refusal-guide.ts';

/** An operation as the pages name it. */
export interface OperationName {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly method: string;
  readonly path: string;
}

export interface ErrorEntry {
  readonly reason: ErrorReason;
  readonly status: number;
  readonly code: string;
  readonly type: string;
  /** An example, where it depends on the request. */
  readonly message: string;
  readonly meaning: string;
  readonly remedy: string;
  /** What the header Retry-After says; null where there is none. */
  readonly retryAfterSeconds: number | null;
  /** Empty for what is no operation, or what only Tranche itself asks. */
  readonly operations: readonly OperationName[];
}

/** Where a refusal is explained. */
export function pageOf(reason: ErrorReason): string {
  return `/docs/errors/${reason}`;
}

/** Every refusal, by status and then by name. */
export function errorGuide(): ErrorEntry[] {
  const reasons = Object.keys(ERROR_FORMS) as ErrorReason[];
  return reasons.map(entryOf).sort((a, b) => a.status - b.status || a.reason.localeCompare(b.reason));
}

function entryOf(reason: ErrorReason): ErrorEntry {
  const { status, code, type } = ERROR_FORMS[reason];
  const { meaning, remedy } = REFUSAL_GUIDE[reason];
  const operations = ROUTES.filter((operation) => reasonsOf(operation).includes(reason)).map(
    ({ operationId, tag, summary, method, path }) => ({
      operationId,
      tag,
      summary,
      method: method.toUpperCase(),
      path: templateOf(path),
    }),
  );
  const message = exampleMessage(reason);
  return { reason, status, code, type, message, meaning, remedy, retryAfterSeconds: retryAfterOf(reason), operations };
}

/** @returns seconds; null where a refusal has none */
export function retryAfterOf(reason: ErrorReason): number | null {
  return reason === 'rate_limit_exceeded' ? 60 : (ERROR_FORMS[reason].retryAfterSeconds ?? null);
}

const EXAMPLE_DETAIL: RejectionDetail = {
  index: 0,
  releaseType: 'DELIVERY_PROOF',
  orderStatus: 'COMPLETED',
  role: 'buyer',
  available: '300.00',
};

/** What a refusal's message looks like. */
export function exampleMessage(reason: ErrorReason): string {
  const known = REFUSAL_GUIDE[reason].message ?? ERROR_FORMS[reason].message;
  const ofDomain = REASONS.find((one) => one === reason);
  if (ofDomain && ofDomain !== 'invalid_command') return rejectionMessage('milestone.create', ofDomain, EXAMPLE_DETAIL);
  if (known === undefined) throw new Error(`${reason} has no message to show as an example`);
  return known;
}

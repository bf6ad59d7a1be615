/**
 * What follows from a route's fields: what it may be refused for, who may call it, its path.
 */
import { API_KEY_ROLES } from '../api/api-keys.ts';
import type { ErrorReason } from '../api/errors.ts';
import { PATHS } from '../api/paths.ts';
import { isKeyed, type Operation } from '../api/route.ts';
import { rolesFor } from '../domain/permissions.ts';
import { OF_ANY_COMMAND, OF_WAITING_COMMANDS, REFUSALS } from '../domain/refusals.ts';

/** What any route may be refused for. */
const EVERYWHERE: readonly ErrorReason[] = [
  // At the least of a query parameter that there is not.
  'field_invalid',
  'http_malformed',
  'header_repeated',
  'headers_too_large',
  'request_too_slow',
  'internal_error',
];
const WITH_KEY: readonly ErrorReason[] = [
  'authentication_required',
  'invalid_api_key',
  'api_keys_differ',
  'rate_limit_exceeded',
  'url_malformed',
  'database_unavailable',
  'service_overloaded',
];
const OF_AN_INTENT: readonly ErrorReason[] = ['payment_intent_missing', 'intent_not_owned'];
const OF_AN_ORDER: readonly ErrorReason[] = ['escrow_order_missing'];
const WITH_BODY: readonly ErrorReason[] = [
  'body_malformed',
  'body_too_large',
  'content_type_unsupported',
  'request_aborted',
];
const KEYED: readonly ErrorReason[] = ['idempotency_key_invalid', 'idempotency_key_reused', 'idempotency_in_progress'];
/** What keeps a command from its order, or its answer from whoever asked. */
const ON_THE_WAY: readonly ErrorReason[] = ['workflow_unreachable', 'order_overloaded', 'outcome_unknown'];

/** Everything an operation may be refused for. */
export function reasonsOf(operation: Operation): ErrorReason[] {
  if (operation.isPublic) return [...EVERYWHERE];
  return [
    ...new Set([
      ...EVERYWHERE,
      ...WITH_KEY,
      ...(operation.openToBoundKeys ? [] : (['key_bound_to_order'] as const)),
      ...(operation.access ? [operation.access.reason] : []),
      ...(operation.path.includes(':intentId') ? OF_AN_INTENT : []),
      ...(operation.path.startsWith(PATHS.escrow) ? OF_AN_ORDER : []),
      ...(operation.body ? WITH_BODY : []),
      ...(isKeyed(operation) ? KEYED : []),
      ...(operation.command ? [...OF_ANY_COMMAND, ...ON_THE_WAY, ...REFUSALS[operation.command]] : []),
      ...(operation.takesTurns ? OF_WAITING_COMMANDS : []),
      ...(operation.reasons ?? []),
    ]),
  ];
}

/** The roles of the keys that may call an operation. */
export function rolesOf({ access, command: type }: Operation): readonly string[] {
  return access?.roles ?? (type ? rolesFor(type) : API_KEY_ROLES);
}

/** The path as OpenAPI writes it: `/v1/payment-intents/{intentId}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

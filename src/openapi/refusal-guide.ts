/**
 * What each refusal means and what to do about it, for the pages of the reference. Every reason has a line here:
 * the type says so.
 */
import type { ErrorReason } from '../api/errors.ts';

interface Advice {
  readonly meaning: string;
  readonly remedy: string;
  /** An example of the message, where it depends on the request. */
  readonly message?: string;
}

const advice = (meaning: string, remedy: string, message?: string): Advice => ({
  meaning,
  remedy,
  ...(message !== undefined && { message }),
});
const READ_ORDER = 'Read the escrow order to see where it stands.';
const REPEAT = 'Send the request again after the seconds of Retry-After, with the same Idempotency-Key.';

export const REFUSAL_GUIDE: Readonly<Record<ErrorReason, Advice>> = {
  // Who asks
  authentication_required: advice('The request has no API key.', 'Send it in X-API-Key, or as Authorization: Bearer.'),
  invalid_api_key: advice(
    'The API key does not exist, is misspelled, was revoked or has expired.',
    'Use a key that is in force. Keys are shown once, when they are made.',
  ),
  api_keys_differ: advice('X-API-Key and Authorization hold different keys.', 'Send one of them.'),
  intent_not_owned: advice(
    'The payment intent belongs to another merchant, or to another order than the one this key is bound to.',
    'Use a key of the merchant that made the intent.',
  ),
  key_bound_to_order: advice(
    'The API key is bound to one escrow order, and the route is not about that order.',
    'Use a key of the merchant.',
  ),
  role_not_allowed: advice(
    'A key of this role may not do this.',
    'The reference lists the roles of each route. Under some terms of an order they are fewer.',
    'A key of role buyer may not complete milestone',
  ),
  api_key_role_not_allowed: advice(
    'A key of this role, or without the scope `keys`, may not manage API keys of that role, other than itself.',
    'Use a key of the operator, or a merchant’s with the scope `keys`, which `npm run keys` makes.',
    'An API key of role buyer may not manage API keys',
  ),
  webhook_role_not_allowed: advice(
    'A key of this role may not read events and manage webhook endpoints: they tell of all orders.',
    'Use a key of the merchant.',
    'An API key of role buyer may not read events and manage webhook endpoints',
  ),
  webhook_endpoint_missing: advice(
    'The webhook endpoint does not exist any more, or it is another merchant’s or of the other mode.',
    'List the webhook endpoints.',
  ),
  event_missing: advice(
    'The event does not exist, or it is another merchant’s or of the other mode.',
    'List the events.',
  ),
  webhook_url_refused: advice(
    'Webhooks may not be sent to this URL. Only public hosts on https and port 443 or 8443 are allowed.',
    'Use a URL that the public internet can reach.',
    'url must begin with https://',
  ),
  webhook_endpoints_full: advice(
    'The merchant has as many webhook endpoints of this mode as are allowed.',
    'Delete one that is not needed any more.',
    'There are 20 webhook endpoints already. Delete one first.',
  ),
  webhook_endpoint_disabled: advice('Nothing is delivered to a disabled endpoint.', 'Enable it, then ask again.'),
  webhooks_unavailable: advice(
    'The service has no SECRETS_KEY, and without one it cannot keep the secrets of endpoints.',
    'Its operator has to set SECRETS_KEY.',
  ),
  rate_limit_exceeded: advice(
    'The merchant’s keys of this role and mode have sent more requests than they may.',
    'Wait for the seconds of Retry-After. X-RateLimit-Remaining tells on every answer what is left.',
    'Rate limit exceeded. Retry after 60 seconds.',
  ),

  // How it is asked
  field_invalid: advice(
    'A field of the body, or a parameter of the query, is missing, unknown or not of the form that is allowed.',
    'Correct the field that `param` names.',
    'milestoneIndex must be an integer from 0 to 9999, got "0"',
  ),
  payment_intent_invalid: advice(
    'A field of the payment intent is missing, unknown or not of the form that is allowed.',
    'Correct the field that `param` names.',
    'Amount must be a positive number',
  ),
  invalid_command: advice('The command makes no sense for this order.', READ_ORDER, 'The command is malformed'),
  body_malformed: advice(
    'The body is not JSON, not UTF-8, nested too deeply, or not an object.',
    'Send a JSON object.',
    'The body is not valid JSON',
  ),
  body_too_large: advice('The body is larger than 64 kB.', 'Send less, for example a batch in parts.'),
  content_type_unsupported: advice(
    'The body is not declared as JSON, or is encoded in a way that is not understood.',
    'Send Content-Type: application/json.',
    'Content-Type must be application/json',
  ),
  url_malformed: advice('The percent-encoding of the URL cannot be read.', 'Encode the ids in the path.'),
  http_malformed: advice('The bytes sent are not an HTTP request.', 'Use an HTTP client, on the right port.'),
  header_repeated: advice(
    'A header that says who asks, or what the body is, came more than once.',
    'Send it once.',
    'Send one X-API-Key header, got 2',
  ),
  headers_too_large: advice('The headers are too many or too large.', 'Send fewer.', 'The headers are too large'),
  request_too_slow: advice('The request did not arrive in time.', 'Send it again, without pauses.'),
  request_aborted: advice('The request ended before its body was complete.', 'Send it again.'),
  method_not_allowed: advice(
    'The path exists, the method is not among what can be done to it.',
    'The header Allow lists the methods.',
    'DELETE is not allowed here. Allowed: GET, HEAD, POST',
  ),
  route_missing: advice('There is no such path.', 'Compare it with the reference.', 'There is no GET /v1/nothing'),
  idempotency_key_invalid: advice(
    'The Idempotency-Key is not 1 to 255 visible ASCII characters, or there are two.',
    'Send one, for example a UUID.',
    'Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in double quotes',
  ),
  idempotency_key_refused: advice(
    'The route cannot answer a repeat with the same bytes, or another API key asked first and what it was shown is secret.',
    'Send the request without Idempotency-Key, or repeat it with the key that asked first.',
  ),
  idempotency_key_reused: advice(
    'The same Idempotency-Key came with another request within 30 days.',
    'Repeat that request exactly, or use a new key.',
  ),
  idempotency_in_progress: advice('The first request with this Idempotency-Key is still at work.', REPEAT),

  // What it is about
  payment_intent_missing: advice(
    'There is no such payment intent in the mode of the key.',
    'Check the id, and whether the key is of the mode that made it.',
  ),
  escrow_order_missing: advice(
    'The payment intent has no escrow order: it does not deliver versus payment.',
    'Make an intent of type DELIVERY_VS_PAYMENT.',
  ),
  milestone_missing: advice('The order has no such milestone.', 'List the order’s milestones.'),
  payout_missing: advice('There is no such payout in the mode of the key.', 'List the payouts.'),
  command_missing: advice('There is no such command of this merchant in the mode of the key.', 'Check the id.'),
  api_key_missing: advice('There is no such API key of this merchant and mode.', 'List the keys.'),
  api_key_ended: advice(
    'The key was revoked, has expired, or was rotated already.',
    'List the keys to see which one took its place.',
    'Only an API key that is in force can be rotated: this one has ended or was rotated already',
  ),

  // Payment intents and funding
  not_delivery_versus_payment: advice(
    'The payment intent has no escrow by its type.',
    'Make an intent of type DELIVERY_VS_PAYMENT.',
  ),
  intent_not_confirmable: advice('Tranche does not pull payments.', 'Make an intent of type DELIVERY_VS_PAYMENT.'),
  live_funding_unavailable: advice(
    'In live mode money can be collected only through an adapter, and none is configured.',
    'Use a test key, or configure a funding adapter.',
  ),
  funding_refused: advice(
    'The funding adapter refused to collect the money.',
    'The message says why.',
    'The payer’s bank refused the payment',
  ),
  funding_unavailable: advice(
    'The funding adapter did not answer.',
    'Confirm again, or wait: Tranche goes on asking, and money is collected once.',
  ),
  funding_under_way: advice(
    'The payment intent’s money is being collected, or was and the order is about to be told.',
    'Read the payment intent until it is SUCCEEDED, then cancel its escrow order; the money goes back to the buyer.',
  ),
  order_already_funded: advice('The payment intent was confirmed already.', READ_ORDER),
  test_mode_only: advice('The clock can be advanced in test mode only.', 'Use a test key.'),

  // The order's state
  order_not_milestone_locked: advice(
    'Milestones are for orders of release type MILESTONE_LOCKED.',
    'Give metadata.releaseType when the intent is made.',
  ),
  delivery_proof_not_needed: advice(
    'An order that is locked by milestones is proven milestone by milestone.',
    'Complete its milestones.',
  ),
  release_type_not_executed: advice(
    'Orders of this release type are stored and shown, and Tranche does not carry them out.',
    'Use MILESTONE_LOCKED.',
    'Cannot submit delivery proof: orders with release type DELIVERY_PROOF are stored, but Tranche executes MILESTONE_LOCKED only',
  ),
  order_closed: advice('The order is completed or cancelled, and changes no more.', READ_ORDER),
  order_not_funded: advice('No money lies in escrow for the order.', 'Confirm its payment intent.'),
  nothing_to_refund: advice('All of the order’s money is allocated to milestones, or gone.', READ_ORDER),
  refund_exceeds_unallocated: advice(
    'More was to be refunded than is unallocated.',
    'Refund less, or cancel milestones first.',
  ),
  order_disputed: advice('A dispute about the whole order is open.', 'Resolve or withdraw it.'),

  // Milestones
  milestone_index_taken: advice('The index is in use, or was.', 'Use the next free index.'),
  total_exceeds_order: advice(
    'The milestones together would be worth more than the order.',
    'Use at most what is left to allocate: amount less allocatedAmount less refundedAmount.',
  ),
  due_date_passed: advice(
    'The due date has passed, and the order’s terms refund what is overdue: the money would be gone at once.',
    'Give a date that is still to come on the order’s clock, or none.',
  ),
  milestone_already_released: advice('The milestone was released before.', 'Nothing is left to be done.'),
  milestone_already_completed: advice('The milestone was completed before.', 'Release or reopen it.'),
  milestone_cancelled: advice('The milestone was cancelled.', READ_ORDER),
  milestone_refunded: advice('The milestone’s money went back to the buyer.', READ_ORDER),
  milestone_amended: advice(
    'The release waited for its turn, and the milestone’s amount was changed meanwhile.',
    'Read the milestone, and release it again if that still holds.',
  ),
  later_milestone_completed: advice('A later milestone is completed.', 'Reopen that one first.'),
  release_exceeds_milestone: advice('More was to be released than the milestone is worth.', 'Release less.'),
  milestone_not_completed: advice('The milestone is not completed.', 'Complete it first.'),
  milestone_disputed: advice('A dispute about the milestone, or one before it, is open.', 'Resolve or withdraw it.'),
  inspection_not_running: advice('No inspection period runs for the milestone.', READ_ORDER),
  extension_too_long: advice(
    'The inspection would be extended by more than 90 days in all.',
    'Extend it by at most what the message says, or raise a dispute.',
  ),
  deadline_not_reached: advice('A deadline was to be carried out before its time.', READ_ORDER),
  previous_milestone_missing: advice(
    'The milestone before it was not created in time.',
    'Create the milestones in order, or let the request wait longer: Prefer: wait=30.',
  ),
  previous_milestone_open: advice(
    'The milestone before it is not completed.',
    'Complete that first, or send Prefer: handling=lenient to wait for it.',
  ),
  previous_milestone_unreleased: advice(
    'The milestone before it is not released.',
    'Release that first, or send Prefer: handling=lenient to wait for it.',
  ),

  // Disputes, payouts, commands
  dispute_already_raised: advice('A dispute is open already.', 'Resolve or withdraw it first.'),
  dispute_missing: advice('No dispute is open.', READ_ORDER),
  dispute_decided: advice(
    'The arbiter or the operator has decided the dispute, and the decision waits until the milestones before are settled.',
    'Settle those, or ask whoever decided to cancel the decision.',
  ),
  dispute_window_refused: advice(
    'The window asked for is shorter than the order’s own, or longer than 90 days.',
    'Leave disputeWindow out, or give one within the bounds that the message names. The order shows its own as milestoneTerms.disputeWindowSeconds.',
  ),
  split_mismatch: advice(
    'The two amounts do not add up to what is disputed.',
    'The message says what they must add up to.',
  ),
  payout_not_pending: advice('The payout is paid or has failed.', 'Read the payout.'),
  payout_not_failed: advice('The payout is paid, or still being tried.', 'Read the payout.'),
  command_not_held: advice('The command is not waiting for its turn.', 'Read the command: it may have its outcome.'),
  command_cancelled: advice('The command was cancelled while it waited for its turn.', 'Send it again.'),

  // Not now
  held_commands_full: advice(
    'A thousand commands wait for their turn on this order already.',
    'Send the ones that are missing, then this one again.',
  ),
  internal_conflict: advice(
    'The database refused to record what was decided. Nothing was done, and operators have been alerted.',
    REPEAT,
  ),
  service_overloaded: advice('The service has too much to do. Nothing was done.', REPEAT),
  workflow_unreachable: advice('The order’s workflow cannot be reached. Nothing was done.', REPEAT),
  order_overloaded: advice('Too many commands are under way on this order. Nothing was done.', REPEAT),
  outcome_unknown: advice(
    'The command may or may not have been carried out, and could not be stored.',
    'Read the order before sending it again, or repeat it with its Idempotency-Key.',
  ),
  database_unavailable: advice('The database does not answer.', REPEAT),
  internal_error: advice('A fault of ours.', 'Report it with the X-Request-Id.'),
};

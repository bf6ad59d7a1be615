/**
 * Webhooks: whether one came from Tranche, and what it says. Needs the package `standardwebhooks`, which only whoever
 * imports this file has to install.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Milestone } from './types.ts';

export { WebhookVerificationError } from 'standardwebhooks';

interface EventOf<Type extends string, Subject> {
  /** The same in every delivery: what was seen before may be ignored. */
  readonly id: string;
  readonly object: 'event';
  readonly type: Type;
  readonly data: { readonly object: Subject };
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Counts the events of an order, 1, 2, 3 …; null where the event belongs to none. */
  readonly sequence: number | null;
  readonly escrowOrderId: string | null;
}

export type MilestoneEventType =
  `milestone.${'created' | 'completed' | 'released' | 'refunded' | 'cancelled' | 'reopened' | 'amended' | 'extended' | 'inspection_ending' | 'overdue'}`;
export type OtherEventType =
  | `payout.${'created' | 'retried' | 'paid' | 'failed'}`
  | `escrow_order.${'created' | 'funded' | 'completed' | 'cancelled' | 'refunded'}`
  | `dispute.${'raised' | 'resolved'}`
  | `payment_intent.${'created' | 'status_changed'}`
  | `webhook_endpoint.${'disabled' | 'test'}`;

/** Switch on `type`; ignore types that you do not know: there may be more of them some day. */
export type TrancheEvent =
  | EventOf<MilestoneEventType, Milestone>
  | EventOf<OtherEventType, Readonly<Record<string, unknown>>>;

/** One secret, or while it is rotated the new and the old one. */
export type Secrets = string | readonly string[];

/** Of Node's `request.headers`, of a `Headers`, or of anything in between. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The event that a request brings (Standard Webhooks 1.0).
 *
 * @param rawBody exactly as it arrived, before anything parsed it
 * @param secrets `whsec_…`, as the endpoint's creation showed it
 * @throws WebhookVerificationError when it is not Tranche's, or older than five minutes
 */
export function verifyWebhook(rawBody: string | Uint8Array, headers: WebhookHeaders, secrets: Secrets): TrancheEvent {
  const body = textOf(rawBody);
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, headerOf(headers, name)]),
  );
  const refusals: WebhookVerificationError[] = [];
  for (const secret of listOf(secrets)) {
    try {
      return new Webhook(secret).verify(body, signed) as TrancheEvent;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      refusals.push(error);
    }
  }
  throw refusals[0] ?? new WebhookVerificationError('There is no secret to verify with');
}

/**
 * The event that a request brings, by the published header `finternet-signature`. It is no proof of when it was sent:
 * prefer {@link verifyWebhook}, which refuses what somebody recorded and sends again.
 *
 * @throws WebhookVerificationError when it is not Tranche's
 */
export function verifyFinternetSignature(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: Secrets,
): TrancheEvent {
  const given = Buffer.from(headerOf(headers, 'finternet-signature'));
  const isOurs = listOf(secrets).some((secret) => {
    const expected = Buffer.from(createHmac('sha256', secret).update(rawBody).digest('hex'));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs) throw new WebhookVerificationError('No matching signature found');
  return JSON.parse(textOf(rawBody)) as TrancheEvent;
}

function textOf(rawBody: string | Uint8Array): string {
  return typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8');
}

function listOf(secrets: Secrets): readonly string[] {
  return typeof secrets === 'string' ? [secrets] : secrets;
}

/** Empty without it; names are compared as HTTP does. */
function headerOf(headers: WebhookHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const [, value = ''] = Object.entries(headers).find(([given]) => given.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : (value[0] ?? '');
}

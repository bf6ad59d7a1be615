/**
 * One attempt to deliver one event to one endpoint, and what follows from it.
 */
import type { Logger } from 'pino';
import { typeid } from 'typeid-js';
import type { Database } from '../db/client.ts';
import { hasOnlyFailed, recordDelivered, recordFailed } from '../db/webhook-deliveries.ts';
import { disableEndpoint, type EndpointRow } from '../db/webhook-endpoints.ts';
import type { SecretsKey } from '../secrets-key.ts';
import type { Resolve } from '../webhooks/addresses.ts';
import type { WebhookCounts } from '../webhooks/counts.ts';
import type { PostResult } from '../webhooks/post.ts';
import { retryDelay } from '../webhooks/schedule.ts';
import { openSecret } from '../webhooks/secrets.ts';
import { sendWebhook } from '../webhooks/send.ts';
import { signatureHeaders } from '../webhooks/signatures.ts';

export interface WebhookSettings {
  /** The waits between attempts. */
  readonly scheduleMs: readonly number[];
  /** How long a receiver may take to answer. */
  readonly timeoutMs: number;
  /** Test mode may send to this machine, in plain http. Live mode never. */
  readonly allowsPrivate: boolean;
  readonly userAgent: string;
}

export interface AttemptDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly secretsKey: SecretsKey;
  readonly settings: WebhookSettings;
  readonly resolve: Resolve;
  readonly counts: WebhookCounts;
}

const GONE = 410;

/** The secrets to sign with, the newest first. @throws when SECRETS_KEY is not the one they were sealed with */
export function secretsOf(key: SecretsKey, endpoint: EndpointRow): readonly [string, ...string[]] {
  const { id, secret, previousSecret, previousSecretEndsAt } = endpoint;
  if (!secret) throw new Error(`Webhook endpoint ${id} has no secret`);
  const isOverlapping = previousSecret !== null && previousSecretEndsAt !== null && previousSecretEndsAt > new Date();
  return [openSecret(key, id, secret), ...(isOverlapping ? [openSecret(key, id, previousSecret)] : [])];
}

/**
 * Sends an event's bytes, and records what came of it.
 *
 * @param signal ends it when the worker stops; nothing is recorded then, and another worker tries again
 */
export async function attempt(
  deps: AttemptDependencies,
  endpoint: EndpointRow,
  delivery: { readonly eventId: string; readonly attempts: number; readonly body: string },
  signal: AbortSignal,
): Promise<'delivered' | 'missed' | 'disabled'> {
  const { db, counts } = deps;
  const key = { endpointId: endpoint.id, eventId: delivery.eventId };
  const result = await send(deps, endpoint, delivery, signal);
  if (result.error === null) {
    await recordDelivered(db, key, result);
    counts.delivered++;
    return 'delivered';
  }
  counts.missed++;
  const isGone = result.statusCode === GONE;
  const delayMs = isGone ? null : retryDelay(deps.settings.scheduleMs, delivery.attempts + 1, result.retryAfterMs);
  await recordFailed(db, key, result, delayMs);
  if (delayMs !== null) return 'missed';
  counts.deadLetters++;
  if (isGone) return disable(deps, endpoint, 'gone');
  return (await hasOnlyFailed(db, key)) ? disable(deps, endpoint, 'failing') : 'missed';
}

function send(
  { secretsKey, settings, resolve }: AttemptDependencies,
  endpoint: EndpointRow,
  { eventId, body }: { readonly eventId: string; readonly body: string },
  signal: AbortSignal,
): Promise<PostResult> {
  const signatures = signatureHeaders(secretsOf(secretsKey, endpoint), eventId, body, Date.now());
  const headers = { 'User-Agent': settings.userAgent, ...signatures };
  const policy = { allowsPrivate: settings.allowsPrivate && endpoint.mode === 'test' };
  return sendWebhook({ url: endpoint.url, body, headers, timeoutMs: settings.timeoutMs, signal }, policy, resolve);
}

async function disable(
  { db, log, counts }: AttemptDependencies,
  { id, merchantId, mode, url }: EndpointRow,
  reason: 'gone' | 'failing',
): Promise<'disabled'> {
  const event = {
    ...{ id: typeid('evt').toString(), orderId: null, sequence: null, version: null, createdAt: new Date() },
    ...{ merchantId, mode, type: 'webhook_endpoint.disabled', data: { endpointId: id, url, reason } },
  };
  if (await disableEndpoint(db, id, reason, event)) {
    counts.disabled++;
    log.warn({ endpointId: id, merchantId, mode, reason }, 'webhook endpoint disabled');
  }
  return 'disabled';
}

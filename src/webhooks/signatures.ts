/**
 * How a receiver knows that a webhook is ours: Standard Webhooks 1.0 by its official library, and the header of the
 * published API.
 */
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/**
 * @param secrets the endpoint's: the newest first, and the one before it while it is still good
 * @param sentAtMs this attempt, not the event: receivers refuse what is older than a few minutes
 */
export function signatureHeaders(
  secrets: readonly [string, ...string[]],
  eventId: string,
  body: string,
  sentAtMs: number,
): Record<string, string> {
  const sentAt = new Date(sentAtMs);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(sentAtMs / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, sentAt, body)).join(' '),
    // One value, as published, so it can be made with one secret only.
    'finternet-signature': createHmac('sha256', secrets[0]).update(body).digest('hex'),
  };
}

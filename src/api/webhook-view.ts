/** Webhook endpoints and deliveries as clients see them. A secret is added where it is shown, and nowhere else. */
import type { DeliveryView } from '../db/webhook-deliveries.ts';
import type { EndpointRow } from '../db/webhook-endpoints.ts';
import { publishedType } from '../domain/published-events.ts';
import { envelope, renderInstant } from './envelope.ts';

export function endpointEnvelope(row: EndpointRow) {
  const { previousSecretEndsAt: endsAt } = row;
  return envelope('webhook_endpoint', {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.eventTypes ?? ['*'],
    mode: row.mode,
    status: row.status,
    disabledReason: row.disabledReason,
    disabledAt: row.disabledAt && renderInstant(row.disabledAt),
    failingSince: row.failingSince && renderInstant(row.failingSince),
    lastError: row.lastError,
    previousSecretEndsAt: endsAt && endsAt > new Date() ? renderInstant(endsAt) : null,
    createdAt: renderInstant(row.createdAt),
    updatedAt: renderInstant(row.updatedAt),
  });
}

/** The id of a delivery: of an endpoint and an event, so that both can be read off it. */
export function deliveryId(endpointId: string, eventId: string): string {
  return `delivery_${suffixOf(endpointId)}_${suffixOf(eventId)}`;
}

/** The inverse of {@link deliveryId}: the event, or null when the id is not one of this endpoint's. */
export function eventOfDelivery(endpointId: string, id: string): string | null {
  const prefix = deliveryId(endpointId, 'evt_');
  return id.startsWith(prefix) ? `evt_${id.slice(prefix.length)}` : null;
}

export function deliveryEnvelope(row: DeliveryView) {
  return envelope('webhook_delivery', {
    id: deliveryId(row.endpointId, row.eventId),
    webhookEndpointId: row.endpointId,
    eventId: row.eventId,
    eventType: publishedType(row.type),
    escrowOrderId: row.orderId,
    sequence: row.sequence,
    status: row.status,
    attempts: row.attempts,
    replays: row.replays,
    lastStatusCode: row.lastStatusCode,
    lastError: row.lastError,
    lastDurationMs: row.lastDurationMs,
    lastAttemptAt: row.lastAttemptAt && renderInstant(row.lastAttemptAt),
    nextAttemptAt: row.nextAttemptAt && renderInstant(row.nextAttemptAt),
    deliveredAt: row.deliveredAt && renderInstant(row.deliveredAt),
    createdAt: renderInstant(row.createdAt),
  });
}

function suffixOf(id: string): string {
  return id.slice(id.lastIndexOf('_') + 1);
}

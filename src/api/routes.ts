/**
 * Every route of the API, in the order in which the reference shows them. Whatever has to know routes reads this array.
 */
import { API_KEY_ROUTES } from './api-key-routes.ts';
import { COMMAND_ROUTES } from './commands.ts';
import { DISPUTE_ROUTES } from './disputes.ts';
import { DOCUMENT_ROUTE } from './document-route.ts';
import { ESCROW_ORDER_ROUTES } from './escrow-orders.ts';
import { EVENT_ROUTES } from './events.ts';
import { HEALTH_ROUTES } from './health.ts';
import { MILESTONE_ROUTES } from './milestones.ts';
import { PAYMENT_INTENT_ROUTES } from './payment-intents.ts';
import { PAYOUT_ROUTES } from './payouts.ts';
import type { Route } from './route.ts';
import { WEBHOOK_DELIVERY_ROUTES } from './webhook-deliveries.ts';
import { WEBHOOK_ENDPOINT_ROUTES } from './webhook-endpoints.ts';

/** Those that need a key. */
export const KEYED_ROUTES: readonly Route[] = [
  ...PAYMENT_INTENT_ROUTES,
  ...ESCROW_ORDER_ROUTES,
  ...DISPUTE_ROUTES,
  ...COMMAND_ROUTES,
  ...MILESTONE_ROUTES,
  ...EVENT_ROUTES,
  ...WEBHOOK_ENDPOINT_ROUTES,
  ...WEBHOOK_DELIVERY_ROUTES,
  ...PAYOUT_ROUTES,
  ...API_KEY_ROUTES,
];

export const ROUTES: readonly Route[] = [...KEYED_ROUTES, ...HEALTH_ROUTES, DOCUMENT_ROUTE];

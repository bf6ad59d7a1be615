/**
 * The addresses of the API, each written here alone.
 */

const INTENT = '/v1/payment-intents/:intentId';
const ESCROW = `${INTENT}/escrow`;
const MILESTONE = `${ESCROW}/milestones/:milestoneId`;
const ENDPOINT = '/v1/webhook-endpoints/:endpointId';

/** As Express mounts them. */
export const PATHS = {
  intents: '/v1/payment-intents',
  intent: INTENT,
  confirmIntent: `${INTENT}/confirm`,
  cancelIntent: `${INTENT}/cancel`,
  escrow: ESCROW,
  refund: `${ESCROW}/refund`,
  cancelOrder: `${ESCROW}/cancel`,
  timeline: `${ESCROW}/timeline`,
  ledger: `${ESCROW}/ledger`,
  advanceClock: `${ESCROW}/advance-clock`,
  deliveryProof: `${ESCROW}/delivery-proof`,
  dispute: `${ESCROW}/dispute`,
  resolveDispute: `${ESCROW}/dispute/resolve`,
  withdrawDispute: `${ESCROW}/dispute/withdraw`,
  milestones: `${ESCROW}/milestones`,
  milestoneBatch: `${ESCROW}/milestones/batch`,
  milestone: MILESTONE,
  completeMilestone: `${MILESTONE}/complete`,
  releaseMilestone: `${MILESTONE}/release`,
  cancelMilestone: `${MILESTONE}/cancel`,
  reopenMilestone: `${MILESTONE}/reopen`,
  extendMilestone: `${MILESTONE}/extend`,
  command: '/v1/commands/:commandId',
  cancelCommand: '/v1/commands/:commandId/cancel',
  payouts: '/v1/payouts',
  payout: '/v1/payouts/:payoutId',
  retryPayout: '/v1/payouts/:payoutId/retry',
  balance: '/v1/balance',
  apiKeys: '/v1/api-keys',
  rotateKey: '/v1/api-keys/:keyId/rotate',
  revokeKey: '/v1/api-keys/:keyId/revoke',
  events: '/v1/events',
  event: '/v1/events/:eventId',
  replayEvent: '/v1/events/:eventId/replay',
  endpoints: '/v1/webhook-endpoints',
  endpoint: ENDPOINT,
  rotateSecret: `${ENDPOINT}/rotate-secret`,
  testEndpoint: `${ENDPOINT}/test`,
  deliveries: `${ENDPOINT}/deliveries`,
  replayTo: `${ENDPOINT}/replay`,
} as const;

/** The address of something, for the header `Location` and for pages. */
export function pathTo(template: string, ids: Readonly<Record<string, string>>): string {
  return template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name] ?? ''));
}

/** The workflow bundle's entry: what a worker can run. */
export { escrowOrder } from './escrow-order.ts';
export { payout } from './payout.ts';
export { webhookEndpoint } from './webhook-endpoint.ts';

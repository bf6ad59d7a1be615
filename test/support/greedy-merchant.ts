/**
 * A merchant that does everything it may, and much that it may not, on all routes at once and at the full rate that its
 * limits allow, in a process of its own so that it does not slow down who measures. Run by `startGreedyMerchant`.
 */
import { Agent, request as httpRequest } from 'node:http';

export interface GreedyOrder {
  readonly port: number;
  readonly keys: Readonly<Record<'merchant' | 'buyer' | 'arbiter' | 'operator' | 'bound', string>>;
  /** Its intents with an order; the first one is large. */
  readonly intentIds: readonly string[];
  /** Loops that each send one request after the other, per key and without one. */
  readonly loops: number;
}

/** How often each status was answered; 0: the connection was lost. */
export type Answered = Readonly<Record<number, number>>;

const BATCH = 100;
const PADDING = 'x'.repeat(400);

type Draw = (order: GreedyOrder) => readonly [method: string, path: string, body?: unknown, prefer?: string];

const any = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item;
const escrowOf = ({ intentIds }: GreedyOrder) => `/v1/payment-intents/${any(intentIds)}/escrow`;
const INTENT = {
  amount: '100000.00',
  currency: 'USDC',
  type: 'DELIVERY_VS_PAYMENT',
  metadata: { releaseType: 'MILESTONE_LOCKED' },
};
let next = 0;

/** What costs a service most, each as often as the others. */
const DRAWS: readonly Draw[] = [
  ({ intentIds: [large] }) => ['GET', `/v1/payment-intents/${large}/escrow`],
  (order) => ['GET', `${escrowOf(order)}/milestones?limit=100`],
  () => ['GET', '/v1/payment-intents?limit=100'],
  () => ['GET', '/v1/events?limit=100'],
  () => ['GET', '/v1/events?limit=100&order=asc&types=milestone.completed'],
  () => ['GET', '/v1/balance'],
  () => ['GET', '/v1/payouts?limit=100'],
  () => ['POST', '/v1/payment-intents', { ...INTENT, settlementMethod: 'OFF_RAMP_MOCK', settlementDestination: 'x' }],
  // One after the other, and many out of turn, which wait as long as they may.
  (order) => ['POST', `${escrowOf(order)}/milestones`, { milestoneIndex: next++, amount: '0.01' }, 'wait=30'],
  (order) => ['POST', `${escrowOf(order)}/milestones`, { milestoneIndex: 5_000 + next++, amount: '0.01' }, 'wait=30'],
  (order) => {
    const milestones = Array.from({ length: BATCH }, (_, at) => ({
      milestoneIndex: next + at,
      amount: '0.01',
      description: PADDING,
    }));
    next += BATCH;
    return ['POST', `${escrowOf(order)}/milestones/batch`, { milestones }];
  },
  (order) => {
    const milestones = Array.from({ length: BATCH }, (_, at) => ({ milestoneIndex: at, amount: '0.01' }));
    return ['POST', `${escrowOf(order)}/milestones/batch`, { milestones, dryRun: true }];
  },
  (order) => ['POST', `${escrowOf(order)}/dispute`, { reason: PADDING, raisedBy: 'b' }],
  (order) => ['POST', `${escrowOf(order)}/cancel`, {}],
  (order) => ['GET', `${escrowOf(order)}/timeline?limit=100`],
  (order) => ['POST', `${escrowOf(order)}/milestones`, `{"milestoneIndex": [${'['.repeat(5_000)}`],
  (order) => ['POST', `${escrowOf(order)}/milestones`, { milestoneIndex: null, amount: 'x', [PADDING]: PADDING }],
  () => ['GET', '/nowhere'],
  () => ['GET', '/healthz'],
  () => ['GET', '/readyz'],
  () => ['GET', '/openapi.json'],
  () => ['GET', '/docs'],
];

const answered: Record<number, number> = {};

process.once('message', (order: GreedyOrder) => {
  const agent = new Agent({ keepAlive: true });
  for (const key of [...Object.values(order.keys), null, 'sk_test_wrong']) {
    for (let loop = 0; loop < order.loops; loop++) void goOn(order, key, agent);
  }
  process.once('message', () => {
    process.send?.(answered);
    process.disconnect();
  });
});
process.on('disconnect', () => process.exit(0));

async function goOn(order: GreedyOrder, key: string | null, agent: Agent): Promise<never> {
  for (;;) {
    const status = await send(order, key, agent);
    answered[status] = (answered[status] ?? 0) + 1;
    // A lost connection would otherwise be answered in the same turn, for ever.
    await new Promise(setImmediate);
  }
}

function send(order: GreedyOrder, key: string | null, agent: Agent): Promise<number> {
  const [method, path, body, prefer] = any(DRAWS)(order);
  const headers = {
    ...(key !== null && { 'X-API-Key': key }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(prefer !== undefined && { Prefer: prefer }),
  };
  return new Promise((resolve) => {
    const request = httpRequest({ host: '127.0.0.1', port: order.port, method, path, headers, agent }, (response) => {
      response.on('error', () => resolve(0));
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', () => resolve(0));
    request.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * Tranche as its clients see it: every order is made and funded, and every milestone created, by HTTP requests.
 */
import { randomUUID } from 'node:crypto';
import { WrongAnswer } from '../support/wrong-answer.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { Target } from './target.ts';

export interface TrancheOrder {
  readonly intentId: string;
  readonly orderId: string;
}

export interface TrancheTarget extends Target<TrancheOrder> {
  /** Makes an order without funding it: its workflow does not run yet. */
  makeOrder(): Promise<TrancheOrder>;
}

const PREPARED_AT_ONCE = 16;
const ORDER_AMOUNT = '1000000.00';
const MILESTONE_AMOUNT = '1.00';

/** @param options.keyed whether every create has an Idempotency-Key of its own */
export function trancheTarget(http: HttpClient, options: { keyed: boolean }): TrancheTarget {
  const makeOrder = async (): Promise<TrancheOrder> => {
    const created = expectStatus(201, await http.post('/v1/payment-intents', intentBody()));
    const intentId = idOf(created);
    const order = expectStatus(200, await http.get(`/v1/payment-intents/${intentId}/escrow`));
    return { intentId, orderId: idOf(order) };
  };
  return {
    makeOrder,
    async prepare(count) {
      const orders: TrancheOrder[] = [];
      const maker = async () => {
        while (orders.length < count) {
          const place = orders.push({ intentId: '', orderId: '' }) - 1;
          const order = await makeOrder();
          expectStatus(200, await http.post(`/v1/payment-intents/${order.intentId}/confirm`, {}));
          orders[place] = order;
        }
      };
      await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, maker));
      return orders;
    },
    async create({ intentId, orderId }, milestoneIndex) {
      const answer = await http.post(
        `/v1/payment-intents/${intentId}/escrow/milestones`,
        { milestoneIndex, amount: MILESTONE_AMOUNT, description: `Milestone ${milestoneIndex}` },
        options.keyed ? { 'Idempotency-Key': randomUUID() } : {},
      );
      const { data } = expectStatus(201, answer).body as { data: Record<string, unknown> };
      if (data.milestoneIndex !== milestoneIndex || data.escrowOrderId !== orderId || data.status !== 'PENDING') {
        throw new WrongAnswer(`Milestone ${milestoneIndex} of ${orderId} was answered by ${JSON.stringify(data)}`);
      }
    },
  };
}

function expectStatus(expected: number, answer: HttpAnswer): HttpAnswer {
  if (answer.status === expected) return answer;
  throw new WrongAnswer(`Expected status ${expected}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

function idOf({ body }: HttpAnswer): string {
  return (body as { id: string }).id;
}

function intentBody() {
  return {
    amount: ORDER_AMOUNT,
    currency: 'USDC',
    type: 'DELIVERY_VS_PAYMENT',
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    description: 'Bench',
    metadata: { releaseType: 'MILESTONE_LOCKED' },
  };
}

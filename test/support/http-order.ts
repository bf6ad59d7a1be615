/**
 * An escrow order as a client of the API meets it. It knows no more than a client does: ids come from answers.
 */
import type { Answer, Send, Sent } from './http-client.ts';

export interface OrderOptions {
  readonly amount?: string;
  readonly currency?: string;
  /** Null leaves it to the default. */
  readonly releaseType?: string | null;
  readonly autoRelease?: boolean;
  readonly funded?: boolean;
  /** Says how the mock settlement behaves: src/settlement/mock.ts. */
  readonly settlementDestination?: string;
  /** Of an API key; default: the client's own. */
  readonly key?: string;
  readonly milestoneTerms?: object;
}

export interface TestOrder {
  readonly intentId: string;
  readonly orderId: string;
  /** `/v1/payment-intents/:intentId` */
  readonly intentPath: string;
  /** `/v1/payment-intents/:intentId/escrow/milestones` */
  readonly milestonesPath: string;
  confirm(sent?: Sent): Promise<Answer>;
  /** The main route. */
  post(body: unknown, sent?: Sent): Promise<Answer>;
  create(milestoneIndex: number, amount: string, sent?: Sent): Promise<Answer>;
  complete(milestoneId: string, sent?: Sent): Promise<Answer>;
  release(milestoneId: string, sent?: Sent): Promise<Answer>;
  /** The order's data as it is now. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  read(): Promise<any>;
  /** Creates milestones 0, 1, 2 … of these amounts and answers their ids. */
  createAll(...amounts: string[]): Promise<string[]>;
}

/** @throws Error with the answer when the order cannot be made as asked */
export async function newOrder(client: Send, options: OrderOptions = {}): Promise<TestOrder> {
  const { key } = options;
  const send: Send = (method, path, sent) => client(method, path, { ...(key !== undefined && { key }), ...sent });
  const { amount = '1000.00', currency = 'USDC', releaseType = 'MILESTONE_LOCKED' } = options;
  const { autoRelease = false, funded = true, settlementDestination = 'bank_account_123', milestoneTerms } = options;
  const made = await send('POST', '/v1/payment-intents', {
    body: {
      amount,
      currency,
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination,
      ...(releaseType !== null && { metadata: { releaseType } }),
      ...(autoRelease && { autoRelease }),
      ...(milestoneTerms && { milestoneTerms }),
    },
  });
  const intentPath = `/v1/payment-intents/${required(made, 201).json.id}`;
  const milestonesPath = `${intentPath}/escrow/milestones`;
  const post: TestOrder['post'] = (body, sent) => send('POST', milestonesPath, { body, ...sent });
  const order: TestOrder = {
    intentId: made.json.id,
    orderId: required(await send('GET', `${intentPath}/escrow`), 200).json.id,
    intentPath,
    milestonesPath,
    confirm: (sent) => send('POST', `${intentPath}/confirm`, sent),
    post,
    create: (milestoneIndex, milestoneAmount, sent) => post({ milestoneIndex, amount: milestoneAmount }, sent),
    complete: (id, sent) =>
      send('POST', `${milestonesPath}/${id}/complete`, { body: { completedBy: 'buyer-7' }, ...sent }),
    release: (id, sent) => send('POST', `${milestonesPath}/${id}/release`, sent),
    read: async () => required(await send('GET', `${intentPath}/escrow`), 200).json.data,
    async createAll(...amounts) {
      const ids: string[] = [];
      for (const [index, each] of amounts.entries()) ids.push(required(await order.create(index, each), 201).json.id);
      return ids;
    },
  };
  if (funded) required(await order.confirm(), 200);
  return order;
}

function required(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`);
}

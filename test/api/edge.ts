/**
 * The application before a Temporal that cannot be reached: what is refused at the edge never gets there, and what
 * gets there is on record.
 */
import { expect } from 'vitest';
import type { OrderGateway } from '../../src/api/submission.ts';
import type { Command } from '../../src/domain/commands.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type ApiAnswer, type ApiServer, type Sent, startApi, unusedGateway } from './api-server.ts';

export const INTENT = {
  amount: '1000.00',
  currency: 'USDC',
  type: 'DELIVERY_VS_PAYMENT',
  settlementMethod: 'OFF_RAMP_MOCK',
  settlementDestination: 'bank_account_123',
  metadata: { releaseType: 'MILESTONE_LOCKED' },
};
export const MILESTONE = { milestoneIndex: 0, amount: '300.00' };
/** The status of what passed the edge: there was nothing left to refuse it but the workflow. */
export const PASSED = 503;

export interface Edge extends TestDatabase {
  readonly api: ApiServer;
  /** The commands that passed the edge. */
  readonly submitted: readonly Command[];
  /** A MILESTONE_LOCKED intent of the test merchant, and the path of its milestones. */
  readonly intentId: string;
  readonly milestonesPath: string;
  createIntent(values?: object, key?: string): Promise<string>;
  createMilestone(body: unknown, sent?: Sent): Promise<ApiAnswer>;
  /** The id that a milestone has, or would have. */
  milestoneIdOf(index: number, intentId?: string): Promise<string>;
}

export async function startEdge(): Promise<Edge> {
  const database = await testDatabase();
  const submitted: Command[] = [];
  const unreachable: OrderGateway = {
    ...unusedGateway,
    submit: async (_orderId, command) => {
      submitted.push(command);
      return { kind: 'unreachable' };
    },
  };
  const api = await startApi(database.db, unreachable);
  const createIntent: Edge['createIntent'] = async (values = {}, key = api.keys.own) => {
    const answer = await api.send('POST', '/v1/payment-intents', { body: { ...INTENT, ...values }, key });
    expect(answer.status).toBe(201);
    return answer.json.id;
  };
  const intentId = await createIntent();
  const milestonesPath = `/v1/payment-intents/${intentId}/escrow/milestones`;
  return {
    ...database,
    api,
    submitted,
    intentId,
    milestonesPath,
    createIntent,
    createMilestone: (body, sent = {}) => api.send('POST', milestonesPath, { body, ...sent }),
    async milestoneIdOf(index, intent = intentId) {
      const { json } = await api.send('GET', `/v1/payment-intents/${intent}/escrow`);
      return `milestone_${json.id.slice('escrow_order_'.length)}${String(index).padStart(4, '0')}`;
    },
  };
}

/** Expects the published error shape, with no key more than it has. */
export function expectError(
  answer: ApiAnswer,
  status: number,
  error: { code?: string; message?: string; param?: string },
): void {
  expect(answer.json?.error).toMatchObject(error);
  expect(answer.status).toBe(status);
  const allowed = ['code', 'message', 'type', ...(answer.json.error.param === undefined ? [] : ['param'])];
  expect(Object.keys(answer.json)).toEqual(['error']);
  expect(Object.keys(answer.json.error)).toEqual(allowed);
  expect(answer.headers['error-reason']).toMatch(/^[a-z_]+$/);
}

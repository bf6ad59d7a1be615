/**
 * An escrow order as a client of the API sees it.
 */
import { expect } from 'vitest';
import type { ApiAnswer, ApiServer, Sent } from './api-server.ts';

/** A MILESTONE_LOCKED order of 1000.00 USDC with a client for its routes. */
export async function newOrder(api: ApiServer, options: { funded?: boolean; autoRelease?: boolean } = {}) {
  const { funded = true, autoRelease = false } = options;
  const created = await api.send('POST', '/v1/payment-intents', {
    body: {
      amount: '1000',
      currency: 'USDC',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
      autoRelease,
      metadata: { releaseType: 'MILESTONE_LOCKED' },
    },
  });
  const intentPath = `/v1/payment-intents/${created.json.id}`;
  const milestones = `${intentPath}/escrow/milestones`;
  const order = {
    intentId: created.json.id as string,
    confirm: () => api.send('POST', `${intentPath}/confirm`),
    intent: () => api.send('GET', intentPath),
    escrow: () => api.send('GET', `${intentPath}/escrow`),
    list: (query = '') => api.send('GET', `${milestones}${query}`),
    create: (milestoneIndex: number, amount = '100.00', sent: Sent = {}) =>
      api.send('POST', milestones, { body: { milestoneIndex, amount }, ...sent }),
    send: (body: object) => api.send('POST', milestones, { body }),
    complete: async (index: number, sent: Sent = {}) =>
      api.send('POST', `${milestones}/${await idOf(index)}/complete`, { body: { completedBy: 'buyer-7' }, ...sent }),
    release: async (index: number, sent: Sent = {}) =>
      api.send('POST', `${milestones}/${await idOf(index)}/release`, sent),
    show: async (index: number) => api.send('GET', `${milestones}/${await idOf(index)}`),
  };
  const orderId: string = (await order.escrow()).json.id;
  const idOf = async (index: number) => `milestone_${orderId.split('_').at(-1)}${String(index).padStart(4, '0')}`;
  if (funded) expect((await order.confirm()).status).toBe(200);
  return order;
}

/** Expects exactly the published body, byte for byte. */
export function expectRefusal(answer: ApiAnswer, status: number, code: string, message: string, reason: string) {
  expect(answer.text).toBe(JSON.stringify({ error: { code, message, type: 'invalid_request_error' } }));
  expect([answer.status, answer.headers['error-reason']]).toEqual([status, reason]);
}

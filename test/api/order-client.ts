/**
 * An escrow order as a client of the API sees it.
 */
import { expect } from 'vitest';
import type { ApiAnswer, ApiServer, Sent } from './api-server.ts';

export interface NewOrderOptions {
  readonly funded?: boolean;
  readonly autoRelease?: boolean;
  readonly releaseType?: string;
  readonly milestoneTerms?: object;
}

/** An order of 1000.00 USDC, MILESTONE_LOCKED unless told otherwise, with a client for its routes. */
export async function newOrder(api: ApiServer, options: NewOrderOptions = {}) {
  const { funded = true, autoRelease = false, releaseType = 'MILESTONE_LOCKED', milestoneTerms } = options;
  const created = await api.send('POST', '/v1/payment-intents', {
    body: {
      amount: '1000',
      currency: 'USDC',
      type: 'DELIVERY_VS_PAYMENT',
      settlementMethod: 'OFF_RAMP_MOCK',
      settlementDestination: 'bank_account_123',
      autoRelease,
      metadata: { releaseType },
      ...(milestoneTerms && { milestoneTerms }),
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
      api.send('POST', `${milestones}/${idOf(index)}/complete`, { body: { completedBy: 'buyer-7' }, ...sent }),
    release: async (index: number, sent: Sent = {}) => api.send('POST', `${milestones}/${idOf(index)}/release`, sent),
    /** POST to a path under the order's own, such as `/dispute`. */
    post: (path: string, body?: object, sent: Sent = {}) =>
      api.send('POST', `${intentPath}/escrow${path}`, { ...(body && { body }), ...sent }),
    extend: async (index: number, seconds: unknown, sent: Sent = {}) =>
      api.send('POST', `${milestones}/${idOf(index)}/extend`, { body: { seconds }, ...sent }),
    advance: async (seconds: number) => {
      const answer = await api.send('POST', `${intentPath}/escrow/advance-clock`, { body: { seconds } });
      expect([answer.status, answer.json.status]).toEqual([200, 'advanced']);
    },
    /** Each milestone's status, in index order. */
    statuses: async (): Promise<string> => {
      const { data } = (await api.send('GET', `${intentPath}/escrow`)).json;
      return data.milestones.map(({ status }: { status: string }) => status).join(' ');
    },
    /** How many entries the order's log has: a refused field adds none. */
    version: async (): Promise<number> => (await api.send('GET', `${intentPath}/escrow`)).json.data.version,
    show: async (index: number) => api.send('GET', `${milestones}/${idOf(index)}`),
  };
  const orderId: string = (await order.escrow()).json.id;
  const idOf = (index: number) => `milestone_${orderId.split('_').at(-1)}${String(index).padStart(4, '0')}`;
  if (funded) expect((await order.confirm()).status).toBe(200);
  return { ...order, orderId, milestoneId: idOf };
}

/** Expects exactly the published body, byte for byte. */
export function expectRefusal(
  answer: ApiAnswer,
  status: number,
  code: string,
  message: string,
  reason: string,
  param?: string,
) {
  const error = { code, message, type: 'invalid_request_error', ...(param !== undefined && { param }) };
  expect(answer.text).toBe(JSON.stringify({ error }));
  expect([answer.status, answer.headers['error-reason']]).toEqual([status, reason]);
}

/** Expects the refusal of a key whose role may not do this. */
export function expectForbidden(answer: ApiAnswer, role: string, what: string) {
  const message = `A key of role ${role} may not ${what}`;
  expect(answer.text).toBe(JSON.stringify({ error: { code: 'forbidden', message, type: 'authentication_error' } }));
  expect([answer.status, answer.headers['error-reason']]).toEqual([403, 'role_not_allowed']);
}

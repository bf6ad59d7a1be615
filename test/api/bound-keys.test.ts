/** A buyer's or an arbiter's key that is bound to one escrow order: it meets nothing else. */
import { describe, expect, test } from 'vitest';
import { apiKeyIdOf } from '../../src/api/api-keys.ts';
import { readKeyedRequest } from '../../src/api/idempotency.ts';
import { findApiKey } from '../../src/db/api-keys.ts';
import { storeCommand } from '../../src/db/queries.ts';
import { MERCHANT } from './api-server.ts';
import { expectError, INTENT, MILESTONE, PASSED, startEdge } from './edge.ts';

const { api, createIntent, db, intentId, submitted } = await startEdge();
const otherIntentId = await createIntent();
const INTENTS = '/v1/payment-intents';
const orderIdOf = async (id: string) => (await api.send('GET', `${INTENTS}/${id}/escrow`)).json.id as string;
const orderId = await orderIdOf(intentId);
const otherOrderId = await orderIdOf(otherIntentId);
const bound = await api.addKey({ role: 'buyer', escrowOrderId: orderId });
const DENIED = 'You do not have access to this payment intent';

/** A pending command to an order, by whomever. */
async function pendingCommand(id: string, order: string): Promise<string> {
  const payload = {
    id,
    type: 'milestone.create' as const,
    actor: { role: 'merchant' as const, id: MERCHANT },
    receivedAt: Date.now(),
    turnWaitMs: 0,
    milestoneIndex: 0,
    amount: '1',
    details: {},
  };
  const owner = { merchantId: MERCHANT, mode: 'test', role: 'merchant' } as const;
  await storeCommand(db, { commandId: id, ...owner, orderId: order, payload, open: true });
  return `/v1/commands/${id}`;
}

describe('a bound key', () => {
  test('sees its order, its intent and its milestones', async () => {
    for (const path of ['', '/escrow', '/escrow/milestones']) {
      expect((await api.send('GET', `${INTENTS}/${intentId}${path}`, { key: bound })).status).toBe(200);
    }
  });

  test('finds nothing else in the list of intents', async () => {
    const ids = async (query: string, key: string) => {
      const { json } = await api.send('GET', `${INTENTS}${query}`, { key });
      return json.data.map(({ id }: { id: string }) => id);
    };
    expect(await ids('', api.keys.own)).toHaveLength(2);
    expect(await ids('', bound)).toEqual([intentId]);
    expect(await ids(`?starting_after=${otherIntentId}`, bound)).toEqual([intentId]);
  });

  test("meets its merchant's other orders as it would meet another merchant's", async () => {
    const other = `${INTENTS}/${otherIntentId}`;
    // By the merchant first, so that the order is remembered: what is remembered must not let anybody in.
    await api.send('POST', `${other}/escrow/milestones`, { body: MILESTONE });
    const requests = [
      ['GET', ''],
      ['GET', '/escrow'],
      ['GET', '/escrow/milestones'],
      ['POST', '/confirm'],
      ['POST', '/cancel'],
      ['POST', '/escrow/cancel'],
      ['POST', '/escrow/refund'],
    ] as const;
    for (const [method, path] of requests) {
      expectError(await api.send(method, `${other}${path}`, { key: bound }), 403, { message: DENIED });
    }
    const create = await api.send('POST', `${other}/escrow/milestones`, { key: bound, body: MILESTONE });
    expectError(create, 403, { message: DENIED });
    expectError(await api.send('GET', `${INTENTS}/intent_nope`, { key: bound }), 404, {});
  });

  test('sends commands to its order, and the workflow judges what its role may do', async () => {
    const before = submitted.length;
    // Accepted although the order is not reached: the money is there.
    expect((await api.send('POST', `${INTENTS}/${intentId}/confirm`, { key: bound })).status).toBe(202);
    expect(submitted.slice(before).map(({ type, actor }) => [type, actor.role])).toEqual([['order.fund', 'buyer']]);
  });

  test('sees the commands of its order only, and cancels no others', async () => {
    const own = await pendingCommand('cmd_own', orderId);
    const others = await pendingCommand('cmd_others', otherOrderId);
    expect((await api.send('GET', own, { key: bound })).status).toBe(200);
    expect((await api.send('POST', `${own}/cancel`, { key: bound })).status).toBe(PASSED);
    const before = submitted.length;
    for (const [method, path] of [
      ['GET', others],
      ['POST', `${others}/cancel`],
    ] as const) {
      expectError(await api.send(method, path, { key: bound }), 404, { message: 'Command not found' });
    }
    expect(submitted.length).toBe(before);
    expect((await api.send('GET', others)).status).toBe(200);
  });

  test('may neither make intents nor ask for anything that is not about its order', async () => {
    const requests = [
      ['POST', INTENTS],
      ['POST', `${INTENTS}/`],
      ['GET', '/v1/api-keys'],
      ['GET', '/v1/balance'],
      ['GET', '/v1/payouts'],
      ['GET', '/v1/events'],
      ['GET', '/v1/whatever-comes-later'],
    ] as const;
    for (const [method, path] of requests) {
      const answer = await api.send(method, path, { key: bound, ...(method === 'POST' && { body: INTENT }) });
      expectError(answer, 403, { message: 'This API key is bound to one escrow order' });
    }
  });
});

test('the idempotency keys of two bound keys of one role do not meet; those of a rotated key do', async () => {
  const other = await api.addKey({ role: 'buyer', escrowOrderId: otherOrderId });
  const boundScope = await scopeOf(bound);
  const otherScope = await scopeOf(other);
  const freeScope = await scopeOf(await api.addKey({ role: 'buyer' }));
  const rotatedScope = await scopeOf(await api.addKey({ role: 'buyer', escrowOrderId: orderId }));
  expect(new Set([boundScope, otherScope, freeScope]).size).toBe(3);
  expect(rotatedScope).toBe(boundScope);
});

/** The scope of an idempotency key that a request with this API key would claim. */
async function scopeOf(apiKey: string): Promise<string> {
  const row = await findApiKey(db, apiKeyIdOf(apiKey) ?? '');
  if (!row) throw new Error('There is no such key');
  const { merchantId, mode, role, escrowOrderId, boundIntentId, scopes, expiresAt } = row;
  const boundTo = escrowOrderId && boundIntentId ? { orderId: escrowOrderId, intentId: boundIntentId } : null;
  const request = { method: 'POST', params: {}, headersDistinct: { 'idempotency-key': ['same'] } };
  const key = { keyId: row.id, scopes, keyExpiresAt: expiresAt };
  const caller = { merchantId, mode, role, ...key, ...(boundTo && { boundTo }) };
  return JSON.stringify(readKeyedRequest(request as never, caller, '/', {})?.scope);
}

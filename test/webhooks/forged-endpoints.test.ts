/** Endpoints as somebody writes them who holds the application's own login, but not the service's secret: nothing is sent. */
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { webhookEndpoints } from '../../src/db/schema.ts';
import { until } from '../support/until.ts';
import { startSink } from './sink.ts';
import { deliveriesOf, outboxOf, subscribe, untilTaken, webhookService } from './webhooks.ts';

const service = await webhookService();
const { db } = service;
const app = postgres(service.url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
const [mine, forged] = [await startSink(), await startSink()];
const endpoint = await subscribe(service.send, mine.url);
const [row] = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, endpoint.id));

test.each([
  ['a secret of one’s own', 'webhook_endpoint_bare', Buffer.from('whsec_of_my_own')],
  ['no bytes at all', 'webhook_endpoint_none', Buffer.alloc(0)],
  ['another endpoint’s sealed secret', 'webhook_endpoint_copy', row?.secret ?? null],
])('an endpoint with %s is fed, and sent nothing', async (_, id, secret) => {
  await app`INSERT INTO webhook_endpoints (id, merchant_id, mode, url, secret, cursor_xid)
    SELECT ${id}, merchant_id, mode, ${forged.url}, ${secret}, cursor_xid FROM webhook_endpoints WHERE id = ${endpoint.id}`;
  const before = await outboxOf(service);
  await service.createOrder();
  const made = (await outboxOf(service)).filter((one) => !before.includes(one));
  expect(made.length).toBeGreaterThan(0);
  await untilTaken(mine, made);
  await until(
    'the forged endpoint to have been looked after',
    async () => (await deliveriesOf(service, id)).length > 0,
  );
  // Its round has failed and is repeated, again and again: what was tried would show.
  await until('all of its events to be listed', async () => (await deliveriesOf(service, id)).length >= made.length);
  expect((await deliveriesOf(service, id)).filter(({ attempts }) => attempts > 0)).toEqual([]);
  expect(forged.received).toEqual([]);
});

test.each([
  ['another merchant’s', '42501', `UPDATE webhook_endpoints SET merchant_id = 'merchant_other'`],
  ['of live mode', '42501', `UPDATE webhook_endpoints SET mode = 'live'`],
  ['one that is gone', '42501', 'DELETE FROM webhook_endpoints'],
])('an endpoint does not become %s (%s)', async (_, code, statement) => {
  await expect(app.unsafe(statement)).rejects.toMatchObject({ code });
});

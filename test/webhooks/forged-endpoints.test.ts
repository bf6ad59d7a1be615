/** Endpoints as somebody writes them who holds the application's own login, but not the service's secret: nothing is sent. */
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { webhookEndpoints } from '../../src/db/schema.ts';
import { findEndpoint } from '../../src/db/webhook-endpoints.ts';
import { EndpointProofs } from '../../src/proofs/endpoint-proofs.ts';
import { SECRETS_KEY } from '../support/secrets.ts';
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

/** An endpoint of the merchant's own, which is sent nothing at `forged` while `change` holds; its id. */
async function withoutProof(change: (id: string) => Promise<unknown>): Promise<string> {
  const before = forged.received.length;
  const { id } = await subscribe(service.send, mine.url);
  await change(id);
  const refused = await refusals();
  await service.createOrder();
  await until('the endpoint to have been fed', async () => (await deliveriesOf(service, id)).length > 0);
  await until('its rounds to have been refused', async () => (await refusals()) > refused + 1);
  expect((await deliveriesOf(service, id)).filter(({ attempts }) => attempts > 0)).toEqual([]);
  expect(forged.received).toHaveLength(before);
  return id;
}

async function refusals(): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text();
  return Number(/^tranche_unproven_rows_total (\d+)$/m.exec(metrics)?.[1]);
}

const redirect = (id: string) => app`UPDATE webhook_endpoints SET url = ${forged.url} WHERE id = ${id}`;

test.each([
  ['alone', redirect],
  [
    'with the proof of another endpoint that goes there',
    async (id: string) => {
      const other = await subscribe(service.send, forged.url, { events: ['dispute.raised'] });
      await app`UPDATE webhook_endpoints SET url = ${forged.url},
        proof = (SELECT proof FROM webhook_endpoints WHERE id = ${other.id}) WHERE id = ${id}`;
    },
  ],
  [
    'with no proof',
    (id: string) => app`UPDATE webhook_endpoints SET url = ${forged.url}, proof = NULL WHERE id = ${id}`,
  ],
])('an endpoint whose address somebody changed, %s, is sent nothing', async (_, change) => {
  await withoutProof(change);
});

test('an address is sent to again once its owner sets it, or the owner of the database believes it', async () => {
  const set = await withoutProof(redirect);
  expect((await service.send('PATCH', `/v1/webhook-endpoints/${set}`, { body: { description: 'x' } })).status).toBe(
    200,
  );
  expect((await deliveriesOf(service, set)).filter(({ attempts }) => attempts > 0)).toEqual([]);
  await service.send('PATCH', `/v1/webhook-endpoints/${set}`, { body: { url: mine.url } });
  await until('all of it to be delivered', async () =>
    (await deliveriesOf(service, set)).every(({ status }) => status === 'delivered'),
  );
  const kept = await withoutProof((id) => app`UPDATE webhook_endpoints SET proof = NULL WHERE id = ${id}`);
  await migrate(service.adminUrl, service.url, ['webhook-endpoints']);
  await until('what is believed to be delivered', async () =>
    (await deliveriesOf(service, kept)).every(({ status }) => status === 'delivered'),
  );
  await redirect(kept);
  const stored = await findEndpoint(db, kept);
  expect(stored && new EndpointProofs(SECRETS_KEY).prove(stored)).toBe(false);
});

test.each([
  ['another merchant’s', '42501', `UPDATE webhook_endpoints SET merchant_id = 'merchant_other'`],
  ['of live mode', '42501', `UPDATE webhook_endpoints SET mode = 'live'`],
  ['one that is gone', '42501', 'DELETE FROM webhook_endpoints'],
  ['one from before proofs', '42501', `INSERT INTO adopted_webhook_endpoints VALUES ('x', '[]')`],
])('an endpoint does not become %s (%s)', async (_, code, statement) => {
  await expect(app.unsafe(statement)).rejects.toMatchObject({ code });
});

/**
 * Claims of idempotency keys, stored commands and collections as somebody writes them who holds the application's own
 * login, but not the service's secret: nobody is answered from them, and nothing is sent or collected for them.
 */
import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { sweepFundings } from '../../src/activities/funding-sweep.ts';
import { claimFunding, recordCollected } from '../../src/db/fundings.ts';
import { openCommandsOf } from '../../src/db/queries.ts';
import { commands, escrowOrders, fundings } from '../../src/db/schema.ts';
import type { FundOrder } from '../../src/domain/commands.ts';
import { type FundingPort, PermanentPortError } from '../../src/settlement/ports.ts';
import { MERCHANT, OTHER_MERCHANT, startApi } from '../api/api-server.ts';
import { adminOf } from '../support/admin.ts';
import { command, testOrders } from '../support/orders.ts';

const orders = await testOrders();
const { db, proofs } = orders;
const admin = adminOf(orders);
const app = postgres(orders.url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
const api = await startApi(db, orders.gateway, { proofs });

const intentBody = {
  type: 'DELIVERY_VS_PAYMENT',
  amount: '1000.00',
  currency: 'USDC',
  settlementMethod: 'OFF_RAMP_MOCK',
  settlementDestination: 'bank_account_123',
  metadata: { releaseType: 'MILESTONE_LOCKED' },
};
const newIntent = async (key?: string) => {
  const made = await api.send('POST', '/v1/payment-intents', { body: intentBody, ...(key !== undefined && { key }) });
  expect(made.status).toBe(201);
  return made.json.id as string;
};
const mine = await newIntent();
const theirs = await newIntent(api.keys.other);
expect((await api.send('POST', `/v1/payment-intents/${mine}/confirm`)).status).toBe(200);
const milestones = `/v1/payment-intents/${mine}/escrow/milestones`;
const first = await api.send('POST', milestones, {
  body: { milestoneIndex: 0, amount: '100.00', description: 'Work' },
});
expect(first.status).toBe(201);
const recorded = first.headers['command-id'] as string;

let nextIndex = 1;
let serial = 0;
/** Requests that are claimed in each of the three ways. */
const REQUESTS: Record<string, () => { path: string; body: object }> = {
  command: () => ({ path: milestones, body: { milestoneIndex: nextIndex++, amount: '10.00', description: 'Work' } }),
  intent: () => ({ path: '/v1/payment-intents', body: intentBody }),
  answer: () => ({ path: '/v1/api-keys', body: { role: 'merchant' } }),
};

/** name | what was claimed | what is done to the claim of the key :key: */
const SWAPS = `
another’s intent                        | intent  | UPDATE commands SET payload = '{"paymentIntentId": "${theirs}"}' WHERE idempotency_key = :key:
an answer of one’s own                  | answer  | UPDATE commands SET payload = jsonb_set(payload, '{answer,body}', '"{}"') WHERE idempotency_key = :key:
another one that asked                  | answer  | UPDATE commands SET payload = jsonb_set(payload, '{askedBy}', '"key_x"') WHERE idempotency_key = :key:
an id that another secret is made from  | answer  | UPDATE commands SET command_id = 'cmd_of_another' WHERE idempotency_key = :key:
no proof                                | answer  | UPDATE commands SET claim_proof = NULL WHERE idempotency_key = :key:
no proof of an intent                   | intent  | UPDATE commands SET claim_proof = NULL WHERE idempotency_key = :key:
no proof of a command                   | command | UPDATE commands SET claim_proof = NULL WHERE idempotency_key = :key:
the proof of a command for a claim’s    | command | UPDATE commands SET claim_proof = proof WHERE idempotency_key = :key:
an outcome of another command           | command | UPDATE commands SET command_id = '${recorded}', payload = payload || '{"id": "${recorded}"}' WHERE idempotency_key = :key:
another proven claim’s proof            | intent  | UPDATE commands SET claim_proof = (SELECT claim_proof FROM commands WHERE idempotency_key = 'other-1') WHERE idempotency_key = :key:
taken away, and there for another role  | intent  | WITH gone AS (DELETE FROM commands WHERE idempotency_key = :key: RETURNING *) INSERT INTO commands (command_id, merchant_id, mode, role, idempotency_key, fingerprint, payload, open, claim_proof) SELECT 'cmd_' || idempotency_key, merchant_id, mode, role, idempotency_key, fingerprint, '{"paymentIntentId": "${theirs}"}', false, claim_proof FROM gone
`;

const other = { headers: { 'Idempotency-Key': 'other-1' }, body: intentBody };
expect((await api.send('POST', '/v1/payment-intents', other)).status).toBe(201);

test.each(
  SWAPS.trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim())),
)('a claim with %s is answered to nobody (%s)', async (_, kind = '', statement = '') => {
  const { path, body } = REQUESTS[kind]?.() ?? { path: '', body: {} };
  const key = `swap-${++serial}`;
  const ask = () => api.send('POST', path, { body, headers: { 'Idempotency-Key': key } });
  const asked = await ask();
  expect(asked.status).toBe(201);
  expect(await ask()).toMatchObject({ status: 201, text: asked.text });
  const { count } = await app.unsafe(statement.replaceAll(':key:', `'${key}'`));
  expect(count).toBe(1);
  const answer = await ask();
  expect(answer.status).toBe(422);
  expect(answer.json.error.code).toBe('idempotency_key_reused');
  expect(answer.text).toContain('what came of it is not known');
  expect(answer.text).not.toContain(asked.json.id);
});

test('a claim that lies in wait for another’s request answers nothing and takes nothing', async () => {
  const ask = () =>
    api.send('POST', '/v1/payment-intents', { body: intentBody, headers: { 'Idempotency-Key': 'wait' } });
  await app`INSERT INTO commands (command_id, merchant_id, mode, role, idempotency_key, fingerprint, payload, open)
    SELECT 'cmd_wait', merchant_id, mode, role, 'wait', fingerprint, ${app.json({ paymentIntentId: theirs })}, false
    FROM commands WHERE idempotency_key = 'other-1'`;
  const answer = await ask();
  expect([answer.status, answer.text.includes(theirs)]).toEqual([422, false]);
});

test('claims from before proofs are answered as they are', async () => {
  const key = `before-${++serial}`;
  const ask = () => api.send('POST', '/v1/payment-intents', { body: intentBody, headers: { 'Idempotency-Key': key } });
  const asked = await ask();
  await app`UPDATE commands SET claim_proof = NULL WHERE idempotency_key = ${key}`;
  expect((await ask()).status).toBe(422);
  await admin`INSERT INTO adopted_commands
    SELECT command_id, 'null', stored_command_digest(c) FROM commands c WHERE idempotency_key = ${key}`;
  expect(await ask()).toMatchObject({ status: 201, text: asked.text });
  await app`UPDATE commands SET payload = ${app.json({ paymentIntentId: theirs })} WHERE idempotency_key = ${key}`;
  expect((await ask()).status).toBe(422);
});

const create = () => command('milestone.create', { milestoneIndex: 50, amount: '1.00' });
const store = async (orderId: string, stored = create()) => {
  await db.insert(commands).values({
    ...{ commandId: stored.id, merchantId: MERCHANT, mode: 'test', role: 'merchant', orderId, payload: stored },
    ...{ open: true, proof: proofs.of(orderId, stored), lookAt: new Date(Date.now() + 3_600_000) },
  });
  return stored;
};

const [orderId, otherOrder] = [await orders.createOrder(), await orders.createOrder()];
const withdrawn = await store(orderId);
const saved = await app`SELECT * FROM commands WHERE command_id = ${withdrawn.id}`;
await db.delete(commands).where(eq(commands.commandId, withdrawn.id));
const waiting = await store(orderId);

const COLUMNS = 'command_id, merchant_id, mode, role, order_id, payload, open, proof';
/** name | rule | SQLSTATE | statement */
const REFUSED = `
a command that was taken back          | K3_withdrawn | 23514 | INSERT INTO commands (${COLUMNS}) SELECT ${COLUMNS} FROM saved
the same for another order             | K3_withdrawn | 23514 | INSERT INTO commands (${COLUMNS}) SELECT command_id, merchant_id, mode, role, '${otherOrder}', payload, open, proof FROM saved
the same in a row of another name      | K3_command   | 23514 | INSERT INTO commands (${COLUMNS}) SELECT 'cmd_other', merchant_id, mode, role, order_id, payload, open, proof FROM saved
the same in the row of another command | K3_withdrawn | 23514 | UPDATE commands c SET command_id = s.command_id, payload = s.payload, proof = s.proof FROM saved s WHERE c.command_id = '${waiting.id}'
the same under another one’s name      | K3_command   | 23514 | UPDATE commands c SET payload = s.payload, proof = s.proof FROM saved s WHERE c.command_id = '${waiting.id}'
one that was received long ago         | K3_stale     | 23514 | INSERT INTO commands (${COLUMNS}) SELECT 'cmd_old', merchant_id, mode, role, order_id, payload || '{"id": "cmd_old", "receivedAt": 1}', open, proof FROM saved
that it was taken back, forgotten      |              | 42501 | DELETE FROM withdrawn_commands
the same, by another name              |              | 42501 | UPDATE withdrawn_commands SET command_id = 'x'
one’s own command, taken back          |              | 42501 | INSERT INTO withdrawn_commands (command_id) VALUES ('${waiting.id}')
a command moved to another order       |              | 42501 | UPDATE commands SET order_id = '${otherOrder}' WHERE command_id = '${waiting.id}'
a command in another role              |              | 42501 | UPDATE commands SET role = 'operator' WHERE command_id = '${waiting.id}'
another fingerprint                    |              | 42501 | UPDATE commands SET fingerprint = 'x' WHERE idempotency_key = 'other-1'
a claim moved to another merchant      |              | 42501 | UPDATE commands SET merchant_id = '${OTHER_MERCHANT}' WHERE idempotency_key = 'other-1'
a command that was there before proofs |              | 42501 | UPDATE adopted_commands SET digest = NULL
`;

test.each(
  REFUSED.trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim())),
)('%s is refused (%s %s)', async (_, rule = '', code, statement = '') => {
  const row = JSON.stringify(saved.map((one) => ({ ...one, proof: `\\x${one.proof.toString('hex')}` })));
  const source = `jsonb_populate_recordset(NULL::commands, '${row.replaceAll("'", "''")}')`;
  const error = await app
    .unsafe(statement.replace('FROM saved', `FROM ${source}`))
    .then(() => ({ code: 'it was not' }))
    .catch((thrown) => thrown);
  expect(error.code).toBe(code);
  if (rule !== '') expect(error.constraint_name).toBe(rule);
});

test('an adopted command is believed for its own order alone', async () => {
  const adopted = await store(otherOrder);
  await admin`UPDATE commands SET proof = NULL WHERE command_id = ${adopted.id}`;
  await admin`INSERT INTO adopted_commands
    SELECT command_id, payload, stored_command_digest(c) FROM commands c WHERE command_id = ${adopted.id}`;
  expect(await openCommandsOf(db, otherOrder)).toMatchObject([{ isAdopted: true }]);
  // The application may not; but what if it could.
  await admin`UPDATE commands SET order_id = ${orderId} WHERE command_id = ${adopted.id}`;
  const found = (await openCommandsOf(db, orderId)).filter(({ payload }) => payload.id === adopted.id);
  expect(found).toMatchObject([{ isAdopted: false }]);
});

test('a stored command that the service did not store is not shown as pending', async () => {
  const show = (id: string) => api.send('GET', `/v1/commands/${id}`);
  expect((await show(waiting.id)).json.data.status).toBe('PENDING');
  const forged = create();
  await store(orderId, forged);
  await app`UPDATE commands SET proof = NULL WHERE command_id = ${forged.id}`;
  expect((await show(forged.id)).status).toBe(404);
  expect((await api.send('POST', `/v1/commands/${forged.id}/cancel`)).status).toBe(404);
});

/** A port that says what it was asked, and knows of no money unless told. */
function portThat(refuses: boolean) {
  const asked: string[] = [];
  const port: FundingPort = {
    async collect({ key }) {
      asked.push(key);
      if (refuses) throw new PermanentPortError('Nothing was collected');
    },
    giveBack: async () => {},
  };
  return { asked, sweep: () => sweepFundings({ ...orders, proofs }, { test: port, live: null }) };
}

async function unfunded() {
  const id = await orders.createOrder();
  const [row] = await db.select().from(escrowOrders).where(eq(escrowOrders.id, id));
  return { id, intentId: row?.paymentIntentId ?? '' };
}

const fund = (): FundOrder => command('order.fund');
const hurry = () => app`UPDATE fundings SET look_at = now() - interval '1 second'`;
const storedFor = (id: string) => db.select().from(commands).where(eq(commands.orderId, id));

test('a collection that the service did not ask for is not made, and its order is told nothing', async () => {
  const { id, intentId } = await unfunded();
  await app`INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at)
    SELECT i.id, ${id}, i.mode, i.currency, i.amount, 'SUBMITTED', ${app.json(fund() as never)}, true, now()
    FROM payment_intents i WHERE i.id = ${intentId}`;
  for (const status of ['SUBMITTED', 'COLLECTED']) {
    await app`UPDATE fundings SET status = ${status} WHERE intent_id = ${intentId}`;
    await hurry();
    const { asked, sweep } = portThat(false);
    await sweep();
    expect(asked).toEqual([]);
  }
  expect(await storedFor(id)).toEqual([]);
  // A confirm that meets it does not carry out what it says.
  const [before] = await db.select().from(fundings).where(eq(fundings.intentId, intentId));
  const confirmed = await api.send('POST', `/v1/payment-intents/${intentId}/confirm`);
  expect(confirmed.status).toBe(200);
  expect(confirmed.headers['command-id']).not.toBe(before?.command.id);
});

test.each([
  ['another command', sql`command = command || '{"id": "cmd_another"}'`],
  ['another actor', sql`command = jsonb_set(command, '{actor,role}', '"operator"')`],
  ['another’s idempotency key', sql`idempotency_key = 'other-2', fingerprint = 'x'`],
  ['no proof', sql`proof = NULL`],
])('a collection with %s is left alone', async (_, change) => {
  const { id, intentId } = await unfunded();
  const told = fund();
  const facts = { intentId, orderId: id, command: told, idempotencyKey: null, fingerprint: null };
  await claimFunding(db, intentId, told, null, proofs.ofFunding(facts));
  await db.execute(sql`UPDATE fundings SET ${change} WHERE intent_id = ${intentId}`);
  await hurry();
  const { asked, sweep } = portThat(false);
  await sweep();
  expect([asked.includes(intentId), await storedFor(id)]).toEqual([false, []]);
});

test('money that a row says is there, and the port does not know of, is told to no order', async () => {
  const { id, intentId } = await unfunded();
  const told = fund();
  const facts = { intentId, orderId: id, command: told, idempotencyKey: null, fingerprint: null };
  await claimFunding(db, intentId, told, null, proofs.ofFunding(facts));
  await app`UPDATE fundings SET status = 'COLLECTED' WHERE intent_id = ${intentId}`;
  await hurry();
  const refusing = portThat(true);
  await refusing.sweep();
  expect([refusing.asked.includes(intentId), await storedFor(id)]).toEqual([true, []]);
  await recordCollected(db, intentId);
  await hurry();
  await portThat(false).sweep();
  expect(await storedFor(id)).toMatchObject([{ commandId: told.id, orderId: id }]);
});

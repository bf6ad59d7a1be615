/**
 * The plans that PostgreSQL follows for what sweepers and lists ask, on a database with very many rows. Connections plan
 * without parameters (src/db/client.ts): a condition of a partial index that comes as a parameter reads everything.
 *
 * `npm run test:large` has 200 000 orders, 2 000 000 commands and as many events; the default is a tenth.
 */
import { beforeAll, expect, test } from 'vitest';
import { listApiKeys } from '../../src/db/api-keys.ts';
import type { Database } from '../../src/db/client.ts';
import { ALWAYS, listEvents } from '../../src/db/events.ts';
import { takeDueFundings } from '../../src/db/fundings.ts';
import { readGauges } from '../../src/db/gauges.ts';
import { findIntentWithMilestones, listMilestones } from '../../src/db/milestone-reads.ts';
import { listEntries, listLedger } from '../../src/db/order-history.ts';
import { balancesOf, listPayouts } from '../../src/db/payouts.ts';
import { listIntents, withdrawClaim } from '../../src/db/queries.ts';
import { countToForget, forgetCommands, forgetDeliveries, tableSizes } from '../../src/db/retention.ts';
import {
  closeRecorded,
  countDue,
  forgetBackOff,
  forgetWakes,
  lookAgainSoon,
  ordersWithDeadline,
  pendingPayouts,
  takeLateOrders,
  takePendingCommands,
} from '../../src/db/sweeps.ts';
import {
  backlogOf,
  claimEndpoints,
  dueDeliveries,
  feedEndpoint,
  listDeliveries,
} from '../../src/db/webhook-deliveries.ts';
import { deleteEndpoint, listEndpoints } from '../../src/db/webhook-endpoints.ts';
import { adminOf } from '../support/admin.ts';
import { testDatabase } from '../support/database.ts';
import { fillLargely, LARGE_ENDPOINT, LARGE_MERCHANT, LARGE_ORDER, OPEN } from '../support/large-database.ts';
import { costOf, type Statement, statementsOf } from '../support/plans.ts';

const ORDERS = Number(process.env.LARGE_ORDERS ?? 20_000);
const FILL_MS = 590_000;
const admin = adminOf(await testDatabase());

beforeAll(() => fillLargely(admin, ORDERS), FILL_MS);

const owner = { merchantId: LARGE_MERCHANT, mode: 'test' } as const;
const first = { limit: 100, cursor: null };
const anyIntent = { ...first, intentId: null, status: null, createdFrom: null, createdBefore: null };
const anyEvent = { ...first, types: null, orderId: null, intentId: null, created: ALWAYS, recorded: ALWAYS };
const ids = (prefix: string) => Array.from({ length: 10 }, (_, n) => `${prefix}_${n + 1}`);

/** What is called, and how many rows it is about where it does not answer with them. */
type Call = readonly [name: string, call: (db: Database) => PromiseLike<unknown>, about?: number];

const SWEEPS: readonly Call[] = [
  ['commands to be sent', (db) => takePendingCommands(db, 500)],
  ['a few of them', (db) => takePendingCommands(db, 10)],
  ['commands that were sent and have an outcome', (db) => closeRecorded(db, 100), 200],
  ['commands that did not arrive', (db) => lookAgainSoon(db, ids('cmd')), 10],
  ['late orders', (db) => takeLateOrders(db, 30_000, 100)],
  ['no late orders', (db) => takeLateOrders(db, 86_400_000, 100)],
  ['wakes that did not arrive', (db) => forgetWakes(db, ids('order')), 10],
  ['orders with a deadline', (db) => ordersWithDeadline(db, { at: '-infinity', id: '' }, 100)],
  ['their last page', (db) => ordersWithDeadline(db, { at: '2100-01-01', id: '' }, 100)],
  [
    'pending payouts',
    (db) => pendingPayouts(db, { after: { at: '-infinity', id: '' }, pendingMs: 10_000, limit: 500 }),
  ],
  [
    'their last page',
    (db) => pendingPayouts(db, { after: { at: '2100-01-01', id: '' }, pendingMs: 10_000, limit: 500 }),
  ],
  ['fundings', (db) => takeDueFundings(db, 16)],
  ['back-off forgotten', (db) => forgetBackOff(db, 30_000), OPEN],
  ...(['commands', 'orders', 'payouts', 'fundings'] as const).map(
    (kind): Call => [`how many ${kind} are due`, (db) => countDue(db, kind), OPEN],
  ),
  ['gauges', (db) => readGauges(db), 2 * OPEN],
  ['endpoints with something to do', (db) => claimEndpoints(db, 5_000, 200), 20],
  ['deliveries due', (db) => dueDeliveries(db, LARGE_ENDPOINT, 200)],
  ['the backlog of an endpoint', (db) => backlogOf(db, LARGE_ENDPOINT), 2 * OPEN],
  ['events for an endpoint', (db) => feedEndpoint(db, LARGE_ENDPOINT, null, 200), 200],
  ['the end of an endpoint', (db) => deleteEndpoint(db, LARGE_ENDPOINT), 2 * OPEN],
  ['commands to be forgotten', (db) => forgetCommands(db, 200, 500), 500],
  ['deliveries to be forgotten', (db) => forgetDeliveries(db, 200, 500), 500],
  ['how much is to be forgotten', (db) => countToForget(db, { commandDays: 363, deliveryDays: 363 }), 20_000],
  ['sizes of tables', (db) => tableSizes(db), 1_000],
  ['a claim taken back', (db) => withdrawClaim(db, 'cmd_1', 2_500), 1],
];

const LISTS: readonly Call[] = [
  ['intents', (db) => listIntents(db, owner, anyIntent)],
  ['rare intents', (db) => listIntents(db, owner, { ...anyIntent, status: 'INITIATED' })],
  ['intents of no status', (db) => listIntents(db, owner, { ...anyIntent, status: 'CANCELLED' })],
  ['payouts', (db) => listPayouts(db, owner, { ...first, status: null })],
  ['failed payouts', (db) => listPayouts(db, owner, { ...first, status: 'FAILED' })],
  ['events', (db) => listEvents(db, owner, { ...anyEvent, order: 'desc' })],
  ['events as recorded', (db) => listEvents(db, owner, { ...anyEvent, order: 'asc' })],
  ['endpoints', (db) => listEndpoints(db, owner, first)],
  ...([null, 'pending', 'failed', 'delivered'] as const).map(
    (status): Call => [`deliveries, ${status}`, (db) => listDeliveries(db, LARGE_ENDPOINT, { ...first, status })],
  ),
  ['API keys', (db) => listApiKeys(db, { ...owner, merchantId: 'merchant_small' }, first)],
  ['a balance', (db) => balancesOf(db, owner)],
  ['milestones', (db) => listMilestones(db, 'order_7', { limit: 100, afterIndex: -1, status: null })],
  [
    'a page of very many milestones',
    (db) => listMilestones(db, LARGE_ORDER, { limit: 100, afterIndex: -1, status: null }),
  ],
  ['an order', (db) => findIntentWithMilestones(db, 'intent_7', 100)],
  ['an order with very many milestones', (db) => findIntentWithMilestones(db, 'intent_large', 100), 100],
  ['a timeline', (db) => listEntries(db, 'order_7', { limit: 100, afterVersion: 0, showsPayouts: true })],
  ['a ledger', (db) => listLedger(db, 'order_7', { limit: 100, after: null, showsPayouts: true })],
];

/** Tables that stay small: the endpoints of a merchant are at most twenty, and held commands are open ones. */
const SMALL = ['webhook_endpoints', 'held_commands', 'merchants'];

async function expectCheap(statement: Statement, about: number): Promise<void> {
  const { returned, read, scanned, plan } = await costOf(admin, statement);
  expect(
    scanned.filter((table) => !SMALL.includes(table) && !table.startsWith('pg_')),
    `read from end to end: ${statement.text}\n${plan}`,
  ).toEqual([]);
  const most = 3 * Math.max(returned, about) + 100;
  for (const [table, rows] of Object.entries(read)) {
    expect(rows, `rows of ${table}: ${statement.text}\n${plan}`).toBeLessThanOrEqual(most);
  }
}

for (const [name, call, about = 0] of [...SWEEPS, ...LISTS]) {
  test(`${name}: reads about as many rows as it answers`, async () => {
    const statements = await statementsOf(call);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) await expectCheap(statement, about);
  });
}

test('a condition of an index that comes as a parameter is noticed', async () => {
  const [statement] = await statementsOf((db) => countDue(db, 'commands'));
  const text = statement?.text.replace('open AND', 'open = $1::boolean AND') ?? '';
  await expect(expectCheap({ text, params: [true] }, OPEN)).rejects.toThrow(/read from end to end|rows of commands/);
});

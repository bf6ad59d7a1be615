/** What reading events costs when there are many of them, by the plans that PostgreSQL follows. */
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { ALWAYS, listEvents, type Period } from '../../src/db/events.ts';
import { milestoneEntries } from '../../src/db/order-log.ts';
import { adminOf } from '../support/admin.ts';
import { MERCHANT_ID, testOrders } from '../support/orders.ts';
import { create, fund, wordFor } from '../support/steps.ts';

const orders = await testOrders();
const { db } = orders;
const admin = adminOf(orders);
const ORDERS = 20_000;
const ENTRIES_OF_ONE = 5_000;
const INDEX = 7;
let orderId = '';

beforeAll(async () => {
  orderId = await orders.createOrder({});
  for (const step of [fund(), create(INDEX - 7, { amount: '1.00' })]) {
    expect(wordFor(await orders.submit(orderId, step))).toBe('accepted');
  }
  // As a restore would write it: the guards were asked when it was recorded first.
  await admin.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`
      INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode, xid, recorded_at)
      SELECT 'evt_' || o || '_' || e, 'escrow_order_many' || o, e, 'milestone.created', e,
        jsonb_build_object('index', e, 'amount', '1.00'), now(), ${MERCHANT_ID}, 'test', (1 + o / 20)::text::xid8,
        now() - (${ORDERS} - 20 * (o / 20)) * interval '1 minute'
      FROM generate_series(1, ${ORDERS}) o, generate_series(1, 10) e`;
    await tx`
      INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode)
      SELECT 'evt_long_' || e, ${orderId}, 1000 + e, 'milestone.amended', 100 + e,
        jsonb_build_object('index', e, 'amount', '1.00'), now(), ${MERCHANT_ID}, 'test'
      FROM generate_series(1, ${ENTRIES_OF_ONE}) e`;
    await tx`
      INSERT INTO order_log (order_id, version, command_id, command_type, actor_role, actor_id, outcome, events, at,
        recorded_at, hash)
      SELECT ${orderId}, 100 + e, 'cmd_' || e, 'milestone.amend', 'merchant', ${MERCHANT_ID}, 'accepted',
        jsonb_build_array(jsonb_build_object('type', 'milestone.amended', 'index', e, 'amount', '1.00')), now(), now(), 'x'
      FROM generate_series(1, ${ENTRIES_OF_ONE}) e`;
  });
  await admin`ANALYZE events, order_log, escrow_orders`;
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

/** How many rows a statement looked at, and how. */
async function costOf(query: unknown): Promise<{ rows: number; nodes: string[] }> {
  const { sql: text, params } = (query as { toSQL(): { sql: string; params: never[] } }).toSQL();
  const [row] = await admin.unsafe(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, params);
  const nodes: Plan[] = [];
  const walk = (plan: Plan): void => {
    nodes.push(plan);
    plan.Plans?.forEach(walk);
  };
  walk(row?.['QUERY PLAN'][0].Plan);
  const rows = nodes.reduce((sum, node) => {
    const passed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
    return sum + node['Actual Loops'] * (node['Actual Rows'] + passed);
  }, 0);
  return { rows, nodes: nodes.map((node) => `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim()) };
}

test('what a milestone was is folded from its own entries, however long its order’s log is', async () => {
  const version = 100 + ENTRIES_OF_ONE;
  const entries = await milestoneEntries(db, orderId, INDEX, version);
  expect(entries.map((entry) => entry.version)).toEqual([100 + INDEX]);
  const { rows, nodes } = await costOf(milestoneEntries(db, orderId, INDEX, version));
  for (const table of ['events', 'order_log']) expect(nodes).not.toContain(`Seq Scan ${table}`);
  expect(rows).toBeLessThan(20);
});

const middle = Date.now() - (ORDERS / 2) * 60_000;

test.each<{ what: string; recorded?: Period; order: 'asc' | 'desc' }>([
  { what: 'of the latest', order: 'desc' },
  { what: 'of the first', order: 'asc' },
  { what: 'recorded from an instant on', recorded: { from: Date.now() - 3_600_000, before: null }, order: 'desc' },
  { what: 'recorded before an instant', recorded: { from: null, before: middle }, order: 'desc' },
  { what: 'recorded between two', recorded: { from: middle, before: middle + 600_000 }, order: 'desc' },
  { what: 'recorded between two, the first of them first', recorded: { from: middle, before: null }, order: 'asc' },
])('a page of events $what reads as many rows as it shows', async ({ recorded = ALWAYS, order }) => {
  const filter = { types: null, orderId: null, intentId: null, created: ALWAYS, recorded };
  const page = listEvents(
    db,
    { merchantId: MERCHANT_ID, mode: 'test' },
    { ...filter, order, limit: 100, cursor: null },
  );
  const events = (await page).map(({ event }) => event.recordedAt?.getTime() ?? 0);
  expect(events.length).toBeGreaterThan(recorded === ALWAYS ? 99 : 10);
  const { from, before } = recorded;
  for (const at of events) expect(at >= (from ?? 0) && at < (before ?? Number.POSITIVE_INFINITY)).toBe(true);
  const { rows, nodes } = await costOf(page);
  for (const table of ['events', 'order_log']) expect(nodes).not.toContain(`Seq Scan ${table}`);
  expect(rows).toBeLessThan(100 * nodes.length + 100);
});

test('the outbox has an event for each thing that happened to a milestone', async () => {
  const [row] = await db.execute<{ missing: string }>(sql`
    SELECT count(*) AS missing FROM order_log l, jsonb_array_elements(l.events) e
    WHERE e ? 'index' AND NOT EXISTS (
      SELECT FROM events o WHERE o.order_id = l.order_id AND o.version = l.version AND o.data -> 'index' = e -> 'index')`);
  expect(Number(row?.missing)).toBe(0);
});

/**
 * Rows beside an order's log as somebody writes them who holds the application's own login: what the log does not say is
 * refused, whether or not an entry is there to be named.
 */
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { faultsOf } from '../support/order-audit.ts';
import { command, testOrders } from '../support/orders.ts';
import { committer, filledIn, soundWorld } from '../support/sound-world.ts';

const orders = await testOrders({ worker: false });
const app = postgres(orders.url, { max: 1, onnotice: () => {} });
afterAll(() => app.end({ timeout: 5 }));
const admin = adminOf(orders);
const world = await soundWorld(orders);
const commit = committer(orders);

/** An order under dispute. */
const disputed = await orders.createOrder();
await commit(disputed, command('order.fund'));
await commit(disputed, command('milestone.create', { milestoneIndex: 0, amount: '100.00' }));
await commit(disputed, command('milestone.complete', { milestoneIndex: 0 }));
await commit(
  disputed,
  command('dispute.raise', {
    milestoneIndex: 0,
    windowSeconds: 604_800,
    actor: { role: 'buyer', id: 'b' },
  }),
);
const [dispute] = await admin`SELECT version FROM disputes WHERE order_id = ${disputed}`;
expect(dispute).toBeDefined();

const EVENT = 'INSERT INTO events (id, order_id, sequence, type, version, data, created_at, merchant_id, mode)';
/** An event of the order :order: with the next number, at the version `at`. */
const event = (type: string, at: string, data: string) =>
  `${EVENT} SELECT 'evt_x', id, 999, '${type}', ${at}, '${data}', now(), merchant_id, mode FROM escrow_orders WHERE id = ':order:'`;
const set = (changes: string, id = ':order:') => `UPDATE escrow_orders SET ${changes} WHERE id = '${id}'`;
const milestone = (changes: string) =>
  `UPDATE milestones SET version = :version:, ${changes} WHERE order_id = ':order:' AND milestone_index = 2`;
const raised = (version: string, changes = '') =>
  `INSERT INTO disputes SELECT (jsonb_populate_record(d, jsonb_build_object('order_id', ':order:', 'version', ${version})${changes})).* FROM disputes d WHERE order_id = '${disputed}'`;
const ended = (changes: string) =>
  `UPDATE disputes SET ended_at = now(), resolved_by = 'me', ${changes} WHERE order_id = '${disputed}'`;
const payout = (changes: string) => `UPDATE payouts SET ${changes} WHERE order_id = ':order:'`;

const ATTACKS: readonly (readonly [string, string, string])[] = [
  ['an order that is disputed without an entry', 'L8_version', set(`status = 'DISPUTED'`)],
  ['an order that ends without an entry', 'L8_version', set(`status = 'CANCELLED'`, ':empty:')],
  ['a deadline put off', 'L8_version', set(`next_deadline = now() + interval '10 years'`)],
  ['a deadline put forward', 'L8_version', set('next_deadline = now()')],
  ['a clock that runs ahead', 'L8_version', set('clock_offset_ms = 86400000')],
  ['event numbers left out', 'L8_version', set('event_sequence = event_sequence + 1')],
  ['an order younger than it is', 'L8_version', set('last_at = now(), updated_at = now()')],
  ['an order of another time', 'L8_version', set('updated_at = now()')],
  ['a closed order with a deadline', 'L8_version', set('next_deadline = now()', ':closed:')],
  ['money in an order without an entry', 'L8_version', set('funded_amount = 500', ':empty:')],
  [
    'an intent that succeeds by itself',
    'L8_intent',
    `UPDATE payment_intents SET status = 'SUCCEEDED' WHERE id = (SELECT payment_intent_id FROM escrow_orders WHERE id = ':empty:')`,
  ],
  [
    'an intent that is cancelled by itself',
    'L8_intent',
    `UPDATE payment_intents SET status = 'CANCELLED' WHERE id = (SELECT payment_intent_id FROM escrow_orders WHERE id = ':empty:')`,
  ],
  [
    'an intent that is born succeeded',
    'L8_intent',
    `INSERT INTO payment_intents SELECT (jsonb_populate_record(i, '{"id": "intent_x"}')).* FROM payment_intents i WHERE status = 'SUCCEEDED' LIMIT 1`,
  ],
  ['a milestone due earlier', 'L10_milestone', milestone('due_at = now()')],
  ['an inspection that has ended', 'L10_milestone', milestone('inspection_ends_at = now()')],
  ['a milestone that is worth more', 'L10_milestone', milestone('amount = 200')],
  [
    'a milestone of a version that changed another one',
    'L10_milestone',
    `UPDATE milestones SET version = (SELECT version FROM milestones WHERE order_id = ':order:' AND milestone_index = 0), due_at = now() WHERE order_id = ':order:' AND milestone_index = 3`,
  ],
  ['a milestone that is completed', 'L10_milestone', milestone(`status = 'COMPLETED', completed_at = now()`)],
  [
    'a milestone that nobody created',
    'L10_milestone',
    `INSERT INTO milestones (id, order_id, milestone_index, currency, amount, status, version, created_at) VALUES ('m4', ':order:', 4, 'USDC', 1, 'PENDING', :version:, now())`,
  ],
  ['a dispute that nobody raised', 'L10_dispute', raised(':version:')],
  [
    'a dispute of another window than its entry has',
    'L10_dispute',
    `${set('version = version + 1')}; INSERT INTO order_log VALUES (':order:', :version: + 1, 'cmd_x', 'dispute.raise', 'buyer',
      'b', 'accepted', NULL, NULL, '[{"type": "dispute.raised", "milestoneIndex": 0, "windowSeconds": 604800, "endsAt": 1}]',
      NULL, now(), now(), ''); ${raised(':version: + 1', ` || '{"window_seconds": 1}'`)}`,
  ],
  ['a dispute of the order in place of a milestone’s', 'L10_dispute', raised('1')],
  ['a dispute that is withdrawn by itself', 'L10_dispute', ended(`resolution = 'WITHDRAWN'`)],
  [
    'a dispute that is decided by itself',
    'L10_dispute',
    ended(`resolution = 'BUYER_WON', merchant_amount = 0, buyer_amount = 100`),
  ],
  ['a payout that has failed', 'L8_version', payout(`status = 'FAILED'`)],
  [
    'a payout that has failed by an entry that does not say so',
    'L10_payout',
    payout(`status = 'FAILED', version = :version:`),
  ],
  ['a payout of another entry', 'L10_payout', payout('version = :version:')],
  ['a payout of an earlier entry', 'L8_version', payout('version = 1')],
  ['an event that the entry does not have', 'L10_event', event('milestone.released', ':version:', '{"index": 1}')],
  ['an event with other facts', 'L10_event', event('escrow_order.funded', '1', '{"amount": "9.00"}')],
  ['an event of another type', 'L10_event', event('payout.paid', '1', '{}')],
  [
    'an event of an intent that was not cancelled',
    'L10_event',
    event('payment_intent.status_changed', '1', '{"status": "CANCELLED", "previousStatus": "INITIATED"}'),
  ],
  ['an event of no entry', 'L10_event', event('milestone.released', 'NULL', '{"index": 1}')],
  ['an order’s beginning told again', 'L10_event', event('payment_intent.created', 'NULL', '{}')],
  [
    'an event of no order',
    'L10_event',
    `${EVENT} SELECT 'evt_x', NULL, NULL, 'payout.paid', NULL, '{}', now(), merchant_id, mode FROM escrow_orders WHERE id = ':order:'`,
  ],
  [
    'a held command for another deadline',
    'L10_held',
    `INSERT INTO held_commands (order_id, command_id, version, command, reason, detail, held_at) VALUES (':order:', 'cmd_x', :version:, '{"id": "cmd_x", "type": "milestone.release"}', 'milestone_not_completed', '{}', now())`,
  ],
];

test.each(ATTACKS)('the database refuses %s (%s)', async (_, rule, statements) => {
  const refusal = await app
    .begin(async (sql) => {
      await sql.unsafe(filledIn(world, statements));
      await sql`SET CONSTRAINTS ALL IMMEDIATE`;
      throw new Error('the attack succeeded');
    })
    .catch((error: Partial<postgres.PostgresError>) => [error.code ?? error.message, error.constraint_name ?? '']);
  expect(refusal).toEqual(['23514', rule]);
  for (const id of [world.order, world.closed, world.empty, disputed])
    expect(await faultsOf(orders.db, id)).toEqual([]);
});

/** Corruptions of orders, logs and outbox, and with those of the ledger all there are. */
import { type SQL, sql } from 'drizzle-orm';
import { type Corruption, corruption } from './corruption.ts';
import { LEDGER_CORRUPTIONS } from './ledger-corruptions.ts';
import { PAYOUT_CORRUPTIONS } from './payout-corruptions.ts';
import { HELD_WITHOUT_END } from './varied-orders.ts';

const FORGED = 'escrow_order_forged';

const rows: Corruption[] = [
  corruption(
    'a changed status of a milestone',
    'underWay',
    ['V4_milestone'],
    (id) =>
      sql`UPDATE milestones SET status = 'COMPLETED', completed_at = now() WHERE order_id = ${id} AND milestone_index = 2`,
  ),
  corruption(
    'a changed amount of a milestone',
    'underWay',
    ['V4_milestone'],
    (id) => sql`UPDATE milestones SET amount = 260 WHERE order_id = ${id} AND milestone_index = 2`,
  ),
  corruption(
    'a changed due date of a milestone',
    'underWay',
    ['V4_milestone'],
    (id) => sql`UPDATE milestones SET due_at = now() WHERE order_id = ${id} AND milestone_index = 0`,
  ),
  corruption(
    'a milestone released in its row alone, before its predecessor',
    'underWay',
    ['V4_milestone', 'V5_release_order'],
    (id) =>
      sql`UPDATE milestones SET status = 'RELEASED', completed_at = now(), released_at = now(), released_amount = amount,
      refunded_amount = 0 WHERE order_id = ${id} AND milestone_index = 2`,
  ),
  corruption(
    'a deleted milestone',
    'underWay',
    ['V4_milestone', 'V5_no_gap'],
    (id) => sql`DELETE FROM milestones WHERE order_id = ${id} AND milestone_index = 1`,
  ),
  corruption(
    'a forged milestone',
    'underWay',
    ['V4_milestone'],
    (id) =>
      sql`INSERT INTO milestones (id, order_id, milestone_index, currency, amount, status, version, created_at)
      VALUES ('milestone_forged', ${id}, 4, 'USDC', 1, 'PENDING', 1, now())`,
  ),
  corruption(
    'a changed released amount of an order',
    'underWay',
    ['V2_escrow', 'V4_order'],
    (id) => sql`UPDATE escrow_orders SET released_amount = released_amount + 1 WHERE id = ${id}`,
  ),
  corruption(
    'an order that paid out more than it was funded with',
    'underWay',
    ['V2_escrow', 'V2_paid_out', 'V4_order'],
    (id) => [
      sql`ALTER TABLE escrow_orders DROP CONSTRAINT "V2_paid_out"`,
      sql`UPDATE escrow_orders SET refunded_amount = 801 WHERE id = ${id}`,
    ],
  ),
  corruption('an order closed with money in escrow', 'underWay', ['V2_closed', 'V4_order'], (id) => [
    sql`ALTER TABLE escrow_orders DROP CONSTRAINT "V2_closed"`,
    sql`UPDATE escrow_orders SET status = 'COMPLETED' WHERE id = ${id}`,
  ]),
  corruption(
    'a changed allocated amount',
    'underWay',
    ['V4_order'],
    (id) => sql`UPDATE escrow_orders SET allocated_amount = allocated_amount - 1 WHERE id = ${id}`,
  ),
  corruption(
    'a deadline taken away',
    'waiting',
    ['V4_order'],
    (id) => sql`UPDATE escrow_orders SET next_deadline = NULL WHERE id = ${id}`,
  ),
  corruption(
    'an order of another amount than its intent',
    'untouched',
    ['L8_identity'],
    (id) => sql`UPDATE escrow_orders SET amount = 1001 WHERE id = ${id}`,
  ),
  corruption(
    'a collection of another amount than its intent',
    'underWay',
    ['L8_funding'],
    (id) => sql`INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at)
      SELECT payment_intent_id, id, mode, currency, amount - 1, 'COLLECTED', '{}', false, now()
      FROM escrow_orders WHERE id = ${id}`,
  ),
  corruption(
    'a collection that was given back although its order is funded',
    'underWay',
    ['L8_funding'],
    (id) => sql`INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at)
      SELECT payment_intent_id, id, mode, currency, amount, 'RETURNED', '{}', false, now()
      FROM escrow_orders WHERE id = ${id}`,
  ),
  corruption(
    'a held command removed',
    'waiting',
    ['V4_held'],
    (id) => sql`DELETE FROM held_commands WHERE order_id = ${id} AND command_id = ${HELD_WITHOUT_END}`,
  ),
  corruption(
    'a held command changed',
    'waiting',
    ['V4_held'],
    (id) =>
      sql`UPDATE held_commands SET command = jsonb_set(command, '{amount}', '"9.00"')
      WHERE order_id = ${id} AND command_id = ${HELD_WITHOUT_END}`,
  ),
  corruption(
    'a changed end of an inspection',
    'disputed',
    ['V4_milestone'],
    (id) =>
      sql`UPDATE milestones SET inspection_ends_at = inspection_ends_at + interval '1 s'
      WHERE order_id = ${id} AND milestone_index = 0`,
  ),
  corruption(
    'another resolution of a dispute',
    'disputed',
    ['V4_dispute'],
    (id) => sql`UPDATE disputes SET resolution = 'BUYER_WON' WHERE order_id = ${id} AND resolution = 'PARTIAL_REFUND'`,
  ),
  corruption('a deleted dispute', 'settled', ['V4_dispute'], (id) => sql`DELETE FROM disputes WHERE order_id = ${id}`),
  corruption('a deleted order', null, ['L5_append_only'], (id) => [
    sql`DELETE FROM escrow_orders WHERE id = (SELECT id FROM escrow_orders o WHERE o.version = 0 AND o.id <> ${id})`,
  ]),
];

const log: Corruption[] = [
  corruption(
    'the last log entry deleted',
    'underWay',
    ['L9_version'],
    (id) =>
      sql`DELETE FROM order_log WHERE order_id = ${id} AND version = (SELECT version FROM escrow_orders WHERE id = ${id})`,
  ),
  corruption(
    'a log entry deleted from the middle',
    'underWay',
    ['L9_chain', 'L9_version', 'V6_event'],
    (id) => sql`DELETE FROM order_log WHERE order_id = ${id} AND version = 6`,
  ),
  corruption(
    'an edited amount in a log entry',
    'underWay',
    ['L6_transaction', 'L7_payout_released', 'L9_chain', 'V4_invariants', 'V4_milestone', 'V4_order', 'V6_event'],
    (id) =>
      sql`UPDATE order_log SET events = jsonb_set(events, '{0,amount}', '"250.00"') WHERE order_id = ${id}
      AND events @> '[{"type": "milestone.released"}]'`,
  ),
  corruption(
    'a reworded text in a log entry',
    'cancelled',
    ['L9_chain', 'V6_event'],
    (id) =>
      sql`UPDATE order_log SET events = jsonb_set(events, '{2,details,reason}', '"other"') WHERE order_id = ${id}
      AND events @> '[{"type": "escrow_order.cancelled"}]'`,
  ),
  corruption(
    'another actor in a log entry',
    'underWay',
    ['L9_chain'],
    (id) => sql`UPDATE order_log SET actor_id = 'somebody' WHERE order_id = ${id} AND version = 3`,
  ),
  corruption(
    'an edited hash',
    'underWay',
    ['L9_chain'],
    (id) => sql`UPDATE order_log SET hash = sha256('x') WHERE order_id = ${id} AND version = 4`,
  ),
  corruption(
    'a forged release, chained',
    'underWay',
    [
      'L7_payout_released',
      'L7_release_posted',
      'L9_version',
      'V4_invariants',
      'V4_milestone',
      'V4_order',
      'V5_release_order',
      'V6_event',
    ],
    (id) => [
      sql`INSERT INTO order_log SELECT order_id, version + 1, 'cmd_forged', 'milestone.release', actor_role, actor_id, 'accepted',
        NULL, NULL, '[{"type": "milestone.released", "index": 2, "amount": "250.00"}]', NULL, at, recorded_at, ''
        FROM order_log WHERE order_id = ${id} ORDER BY version DESC LIMIT 1`,
      sql`UPDATE order_log l SET hash = order_log_hash(p.hash, l) FROM order_log p
        WHERE l.command_id = 'cmd_forged' AND p.order_id = l.order_id AND p.version = l.version - 1`,
    ],
  ),
];

/** A log that was rewritten with its hashes: only what follows from it tells. */
const rewritten: Corruption[] = [
  corruption('a log that changes a milestone before it creates it', 'automatic', ['V4_log', 'V6_event'], (id) => [
    sql`UPDATE order_log SET events = '[{"type": "milestone.completed", "index": 7}]' WHERE order_id = ${id} AND version = 2`,
    ...rehashed(id),
  ]),
  corruption(
    'a log in which a milestone is released twice',
    'paid',
    [
      'L6_transaction',
      'L7_payout_released',
      'L7_release_posted',
      'V4_invariants',
      'V4_milestone',
      'V5_release_order',
      'V6_event',
    ],
    (id) => [
      sql`UPDATE order_log SET events = jsonb_set(events, '{0,index}', '0') WHERE order_id = ${id}
        AND events @> '[{"type": "milestone.released", "index": 1}]'`,
      ...rehashed(id),
    ],
  ),
];

/** Hashes the order's entries again, one by one. */
function rehashed(orderId: string): SQL[] {
  return [...Array(20).keys()].map(
    (position) => sql`UPDATE order_log l SET hash = order_log_hash(coalesce((SELECT p.hash FROM order_log p
      WHERE p.order_id = l.order_id AND p.version = l.version - 1), ''), l)
      WHERE l.order_id = ${orderId} AND l.version = ${position + 1}`,
  );
}

const outbox: Corruption[] = [
  corruption(
    'a removed event',
    'underWay',
    ['V6_event', 'V6_sequence'],
    (id) => sql`DELETE FROM events WHERE order_id = ${id} AND sequence = 5`,
  ),
  corruption(
    'the last event removed',
    'paid',
    ['V6_event', 'V6_sequence'],
    (id) =>
      sql`DELETE FROM events WHERE order_id = ${id} AND sequence = (SELECT event_sequence FROM escrow_orders WHERE id = ${id})`,
  ),
  corruption('two events with their sequences swapped', 'underWay', ['V6_event'], (id) => [
    sql`UPDATE events SET sequence = -4 WHERE order_id = ${id} AND sequence = 4`,
    sql`UPDATE events SET sequence = 4 WHERE order_id = ${id} AND sequence = 5`,
    sql`UPDATE events SET sequence = 5 WHERE order_id = ${id} AND sequence = -4`,
  ]),
  corruption(
    'an event of another type',
    'underWay',
    ['V6_event'],
    (id) => sql`UPDATE events SET type = 'milestone.released' WHERE order_id = ${id} AND sequence = 5`,
  ),
  corruption(
    'an event that says another amount',
    'underWay',
    ['V6_event'],
    (id) =>
      sql`UPDATE events SET data = jsonb_set(data, '{amount}', '"9.00"') WHERE order_id = ${id} AND type = 'milestone.released'`,
  ),
  corruption(
    'an event of no order',
    'underWay',
    ['L5_append_only'],
    (id) =>
      sql`INSERT INTO events SELECT 'evt_forged', ${FORGED}, sequence, type, version, data, created_at, merchant_id, mode FROM events
      WHERE order_id = ${id} AND sequence = 3`,
    FORGED,
  ),
];

export const CORRUPTIONS: readonly Corruption[] = [
  ...LEDGER_CORRUPTIONS,
  ...PAYOUT_CORRUPTIONS,
  ...rows,
  ...log,
  ...rewritten,
  ...outbox,
];

/** Very many rows, of which few are open: what a service has after years. */
import type postgres from 'postgres';

export const LARGE_MERCHANT = 'merchant_large';
export const LARGE_ENDPOINT = 'endpoint_1';
/** An order with very many milestones: all were released and paid but the last, and the first was disputed again and again. */
export const LARGE_ORDER = 'order_large';
const LARGE_ORDER_MILESTONES = 10_000;
const LARGE_ORDER_DISPUTES = 1_000;

/**
 * Fills a migrated, empty database, as a restore would: without the guards. Of each kind that sweepers take, `OPEN` rows
 * are due and as many will be later.
 *
 * @param orders ten times as many commands, events and deliveries
 */
export async function fillLargely(admin: postgres.Sql, orders: number): Promise<void> {
  const year = (n: string) => `now() - interval '1 year' + ${n} * interval '1 second'`;
  const connection = await admin.reserve();
  // Not one transaction: webhooks of every database on the server wait for it.
  try {
    await connection`SET session_replication_role = replica`;
    for (const statement of [
      `INSERT INTO merchants (id, name) VALUES ('${LARGE_MERCHANT}', 'Large'), ('merchant_small', 'Small')`,
      `INSERT INTO payment_intents (id, merchant_id, mode, type, status, amount, currency, settlement_method,
         settlement_destination, metadata, created_at, updated_at)
       SELECT 'intent_' || n, CASE WHEN n % 10 = 0 THEN 'merchant_small' ELSE '${LARGE_MERCHANT}' END, 'test',
         'DELIVERY_VS_PAYMENT', CASE WHEN n % 1000 = 1 THEN 'INITIATED' ELSE 'SUCCEEDED' END, 1, 'USDC', 'OFF_RAMP_MOCK',
         'x', '{}', ${year('n')}, ${year('n')}
       FROM generate_series(1, ${orders}) n`,
      `INSERT INTO escrow_orders (id, payment_intent_id, merchant_id, mode, currency, amount, release_type,
         auto_release_on_proof, terms, status, version, last_at, next_deadline, created_at, updated_at)
       SELECT 'order_' || n, 'intent_' || n, CASE WHEN n % 10 = 0 THEN 'merchant_small' ELSE '${LARGE_MERCHANT}' END,
         'test', 'USDC', 1, 'MILESTONE_LOCKED', false, '{}', 'PENDING', 10, now(),
         CASE WHEN n % 10 = 3 THEN now() + n * interval '1 minute' WHEN n <= ${OPEN} THEN now() - interval '1 hour' END,
         ${year('n')}, ${year('n')}
       FROM generate_series(1, ${orders}) n`,
      `INSERT INTO merchant_balances (merchant_id, mode, currency, in_escrow, payout_pending, paid_out)
       SELECT 'merchant_' || n, 'test', 'USDC', 1, 1, 1 FROM generate_series(1, ${orders}) n`,
      `INSERT INTO merchant_balances VALUES ('${LARGE_MERCHANT}', 'test', 'USDC', 1, 1, 1)`,
      // Every other of what is due has an outcome.
      `INSERT INTO commands (command_id, merchant_id, mode, role, idempotency_key, fingerprint, order_id, payload,
         created_at, open, look_at)
       SELECT 'cmd_' || n, '${LARGE_MERCHANT}', 'test', 'merchant', 'key_' || n, 'x', 'order_' || 1 + n % ${orders},
         '{"type": "milestone.create"}', ${year('n')}, n <= ${2 * OPEN},
         CASE WHEN n <= ${OPEN} THEN now() - interval '1 minute' ELSE now() + interval '1 day' END
       FROM generate_series(1, ${10 * orders}) n`,
      `INSERT INTO adopted_commands SELECT command_id, payload FROM commands WHERE command_id LIKE 'cmd_1%'`,
      `INSERT INTO order_log (order_id, version, command_id, command_type, actor_role, actor_id, outcome, events, at, hash)
       SELECT 'order_' || 1 + n % ${orders}, n / ${orders}, 'cmd_' || n, 'milestone.create', 'merchant',
         '${LARGE_MERCHANT}', 'accepted', '[{"type": "milestone.created"}]', now(), 'x' FROM generate_series(1, ${10 * orders}) n WHERE n % 2 = 0`,
      `INSERT INTO events (id, order_id, sequence, type, version, data, created_at, recorded_at, merchant_id, mode, xid)
       SELECT 'evt_' || n, 'order_' || 1 + n % ${orders}, 1 + n / ${orders}, 'milestone.created', 1 + n / ${orders},
         jsonb_build_object('index', n / ${orders}), ${year('n')}, ${year('n')},
         CASE WHEN n % 10 = 0 THEN 'merchant_small' ELSE '${LARGE_MERCHANT}' END, 'test', (n / 10)::text::xid8
       FROM generate_series(1, ${10 * orders}) n`,
      `INSERT INTO milestones (id, order_id, milestone_index, currency, amount, status, version, created_at)
       SELECT 'milestone_' || n, 'order_' || 1 + n % ${orders}, n / ${orders}, 'USDC', 1, 'PENDING', 1, now()
       FROM generate_series(0, ${2 * orders - 1}) n`,
      `INSERT INTO disputes (order_id, version, milestone_index, reason, raised_by, window_seconds, raised_at, ends_at)
       SELECT 'order_' || n, 1, 0, 'r', 'b', 604800, now(), now() + interval '7 days' FROM generate_series(1, ${orders}) n`,
      `INSERT INTO payment_intents SELECT (jsonb_populate_record(i, '{"id": "intent_large"}')).* FROM payment_intents i
       WHERE id = 'intent_1'`,
      `INSERT INTO escrow_orders SELECT (jsonb_populate_record(o, '{"id": "${LARGE_ORDER}", "payment_intent_id": "intent_large"}')).*
       FROM escrow_orders o WHERE id = 'order_1'`,
      `INSERT INTO milestones (id, order_id, milestone_index, currency, amount, status, version, created_at,
         completed_at, released_at, released_amount, refunded_amount)
       SELECT 'milestone_large_' || n, '${LARGE_ORDER}', n, 'USDC', 1,
         CASE WHEN last THEN 'COMPLETED' ELSE 'RELEASED' END, 1, now(), now(), CASE WHEN NOT last THEN now() END,
         CASE WHEN NOT last THEN 1 END, CASE WHEN NOT last THEN 0 END
       FROM generate_series(0, ${LARGE_ORDER_MILESTONES - 1}) n, LATERAL (SELECT n = ${LARGE_ORDER_MILESTONES - 1} AS last)`,
      `INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at,
         updated_at, paid_at)
       SELECT 'payout_large_' || n, '${LARGE_ORDER}', n, '${LARGE_MERCHANT}', 'test', 'USDC', 1, 'PAID', 1, now(), now(), now()
       FROM generate_series(0, ${LARGE_ORDER_MILESTONES - 2}) n`,
      `INSERT INTO disputes (order_id, version, milestone_index, reason, raised_by, window_seconds, raised_at, ends_at, ended_at,
         resolution)
       SELECT '${LARGE_ORDER}', n, 0, 'r', 'b', 604800, now(), now() + interval '7 days', now(), 'WITHDRAWN'
       FROM generate_series(1, ${LARGE_ORDER_DISPUTES}) n`,
      `INSERT INTO webhook_bodies (event_id, body) SELECT 'evt_' || n, '{}' FROM generate_series(1, ${10 * orders}) n`,
      `INSERT INTO payouts (id, order_id, milestone_index, merchant_id, mode, currency, amount, status, version, created_at,
         updated_at, paid_at)
       SELECT 'payout_' || n, 'order_' || n, 0, CASE WHEN n % 10 = 0 THEN 'merchant_small' ELSE '${LARGE_MERCHANT}' END,
         'test', 'USDC', 1, CASE WHEN n <= ${OPEN} THEN 'PENDING' WHEN n <= ${2 * OPEN} THEN 'FAILED' ELSE 'PAID' END, 1,
         ${year('n')}, ${year('n')}, CASE WHEN n > ${2 * OPEN} THEN now() END FROM generate_series(1, ${orders}) n`,
      `INSERT INTO fundings (intent_id, order_id, mode, currency, amount, status, command, open, look_at)
       SELECT 'intent_' || n, 'order_' || n, 'test', 'USDC', 1, CASE WHEN n <= ${2 * OPEN} THEN 'SUBMITTED' ELSE 'COLLECTED' END,
         '{"id": "cmd_x"}', n <= ${2 * OPEN}, CASE WHEN n <= ${OPEN} THEN now() - interval '1 hour' ELSE now() + interval '1 day' END
       FROM generate_series(1, ${orders}) n`,
      `INSERT INTO webhook_endpoints (id, merchant_id, mode, url, secret, cursor_xid, cursor_event_id)
       SELECT 'endpoint_' || n, '${LARGE_MERCHANT}', 'test', 'https://example.com', 'x', '${orders - 10}', 'evt'
       FROM generate_series(1, 20) n`,
      `INSERT INTO webhook_deliveries (endpoint_id, event_id, status, next_attempt_at, delivered_at, created_at)
       SELECT '${LARGE_ENDPOINT}', 'evt_' || n, CASE WHEN n <= ${2 * OPEN} THEN 'pending' WHEN n <= ${3 * OPEN} THEN 'failed'
         ELSE 'delivered' END,
         CASE WHEN n <= ${OPEN} THEN now() - interval '1 hour' WHEN n <= ${2 * OPEN} THEN now() + interval '1 day' END,
         CASE WHEN n > ${3 * OPEN} THEN now() END, ${year('n')}
       FROM generate_series(1, ${10 * orders}) n`,
      `INSERT INTO ledger_accounts (id, kind, owner_id, mode, currency)
       SELECT 'escrow/order_' || n, 'escrow', 'order_' || n, 'test', 'USDC' FROM generate_series(1, ${orders}) n`,
      `INSERT INTO ledger_transactions (key, order_id, version, kind, mode, currency, at)
       SELECT 'fund/' || n, 'order_' || n, 1, 'fund', 'test', 'USDC', now() FROM generate_series(1, ${orders}) n`,
      `INSERT INTO postings (transaction_key, leg, account_id, mode, currency, direction, amount)
       SELECT 'fund/' || n, leg, 'escrow/order_' || n, 'test', 'USDC', 'debit', 1
       FROM generate_series(1, ${orders}) n, generate_series(1, 2) leg`,
      `INSERT INTO api_keys (id, merchant_id, mode, role, hash, last_four)
       SELECT 'key_' || n, 'merchant_small', 'test', 'buyer', 'x', 'xxxx' FROM generate_series(1, ${orders}) n`,
    ]) {
      await connection.unsafe(statement);
    }
    await connection`RESET session_replication_role`;
  } finally {
    connection.release();
  }
  await admin`ANALYZE`;
}

export const OPEN = 200;

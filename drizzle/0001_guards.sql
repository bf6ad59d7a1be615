-- What the ORM cannot say: the second guard of every rule, for whoever holds the application's own SQL role.
-- Rules are named as in docs/ARCHITECTURE.md (L1 … L9, V5); each refusal is class 23 and carries the rule's name as
-- its constraint, so that the application reads it as a permanent conflict and people can look it up.

-- L3: finite, not negative, at most 18 decimals. `numeric` alone takes NaN, which is greater than every number,
-- and numeric(p, s) rounds what does not fit instead of refusing it.
CREATE DOMAIN money_amount AS numeric
  CONSTRAINT "L3_amount" CHECK (VALUE >= 0 AND VALUE < 1e38 AND scale(trim_scale(VALUE)) <= 18);
--> statement-breakpoint
CREATE FUNCTION currency_decimals(currency text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT CASE currency WHEN 'USD' THEN 2 WHEN 'EUR' THEN 2 WHEN 'USDC' THEN 6 WHEN 'USDT' THEN 6 WHEN 'DAI' THEN 18 END $$;
--> statement-breakpoint
ALTER TABLE payment_intents
  ALTER COLUMN amount TYPE money_amount,
  ADD CONSTRAINT "L3_positive" CHECK (amount > 0),
  ADD CONSTRAINT "L3_decimals" CHECK (coalesce(scale(trim_scale(amount)) <= currency_decimals(currency), false)),
  ADD CONSTRAINT payment_intent_mode CHECK (mode IN ('test', 'live')),
  ADD CONSTRAINT payment_intent_status CHECK (status IN ('INITIATED', 'SUCCEEDED', 'CANCELLED'));
--> statement-breakpoint
ALTER TABLE escrow_orders
  ALTER COLUMN amount TYPE money_amount,
  ALTER COLUMN funded_amount TYPE money_amount,
  ALTER COLUMN allocated_amount TYPE money_amount,
  ALTER COLUMN released_amount TYPE money_amount,
  ALTER COLUMN refunded_amount TYPE money_amount,
  ADD CONSTRAINT "L3_positive" CHECK (amount > 0),
  ADD CONSTRAINT "L3_decimals" CHECK (coalesce(scale(trim_scale(amount)) <= currency_decimals(currency), false)),
  ADD CONSTRAINT "L7_sum_of_milestones" CHECK (allocated_amount <= amount),
  ADD CONSTRAINT "V2_paid_out" CHECK (released_amount + refunded_amount <= funded_amount AND funded_amount <= amount),
  ADD CONSTRAINT "V2_closed" CHECK (
    status IN ('PENDING', 'DISPUTED') OR released_amount + refunded_amount = funded_amount),
  ADD CONSTRAINT escrow_order_mode CHECK (mode IN ('test', 'live')),
  ADD CONSTRAINT "L8_status" CHECK (status IN ('PENDING', 'DISPUTED', 'COMPLETED', 'CANCELLED'));
--> statement-breakpoint
ALTER TABLE milestones
  ALTER COLUMN amount TYPE money_amount,
  ALTER COLUMN released_amount TYPE money_amount,
  ALTER COLUMN refunded_amount TYPE money_amount,
  ADD CONSTRAINT "L3_positive" CHECK (amount > 0),
  ADD CONSTRAINT "L3_decimals" CHECK (coalesce(scale(trim_scale(amount)) <= currency_decimals(currency), false)),
  ADD CONSTRAINT milestone_index_range CHECK (milestone_index BETWEEN 0 AND 9999),
  ADD CONSTRAINT percentage_range CHECK (percentage >= 0 AND percentage <= 100),
  -- A status without the facts of the steps before it is a skipped step.
  ADD CONSTRAINT "L8_status" CHECK (CASE status
    WHEN 'PENDING' THEN completed_at IS NULL AND released_at IS NULL AND released_amount IS NULL
    WHEN 'COMPLETED' THEN completed_at IS NOT NULL AND released_at IS NULL AND released_amount IS NULL
    WHEN 'RELEASED' THEN completed_at IS NOT NULL AND released_at IS NOT NULL
      AND coalesce(released_amount + refunded_amount = amount, false)
    -- Completed ones too: the resolution of a dispute about the whole order ends them.
    WHEN 'CANCELLED' THEN cancelled_at IS NOT NULL AND released_at IS NULL AND released_amount IS NULL
    WHEN 'REFUNDED' THEN released_at IS NULL AND coalesce(refunded_amount = amount, false)
    ELSE false END),
  ADD CONSTRAINT milestone_version FOREIGN KEY (order_id, version) REFERENCES order_log (order_id, version)
    DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE disputes
  ALTER COLUMN merchant_amount TYPE money_amount,
  ALTER COLUMN buyer_amount TYPE money_amount,
  ADD CONSTRAINT dispute_window CHECK (window_seconds > 0 AND ends_at > raised_at),
  ADD CONSTRAINT dispute_end CHECK (CASE resolution
    WHEN 'WITHDRAWN' THEN ended_at IS NOT NULL AND merchant_amount IS NULL AND buyer_amount IS NULL
    WHEN 'MERCHANT_WON' THEN ended_at IS NOT NULL AND merchant_amount IS NOT NULL AND buyer_amount IS NOT NULL
    WHEN 'BUYER_WON' THEN ended_at IS NOT NULL AND merchant_amount IS NOT NULL AND buyer_amount IS NOT NULL
    WHEN 'PARTIAL_REFUND' THEN ended_at IS NOT NULL AND merchant_amount IS NOT NULL AND buyer_amount IS NOT NULL
    ELSE resolution IS NULL AND ended_at IS NULL END),
  ADD CONSTRAINT dispute_version FOREIGN KEY (order_id, version) REFERENCES order_log (order_id, version)
    DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE payouts
  ALTER COLUMN amount TYPE money_amount,
  ADD CONSTRAINT "L3_positive" CHECK (amount > 0),
  ADD CONSTRAINT "L3_decimals" CHECK (coalesce(scale(trim_scale(amount)) <= currency_decimals(currency), false)),
  ADD CONSTRAINT payout_mode CHECK (mode IN ('test', 'live')),
  ADD CONSTRAINT "L8_status" CHECK (CASE status
    WHEN 'PAID' THEN paid_at IS NOT NULL WHEN 'PENDING' THEN paid_at IS NULL WHEN 'FAILED' THEN paid_at IS NULL
    ELSE false END),
  ADD CONSTRAINT payout_version FOREIGN KEY (order_id, version) REFERENCES order_log (order_id, version)
    DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE order_log
  ADD CONSTRAINT outcome_known CHECK (CASE outcome
    WHEN 'accepted' THEN reason IS NULL AND held IS NULL AND coalesce(jsonb_array_length(events) >= 1, false)
    WHEN 'rejected' THEN reason IS NOT NULL AND held IS NULL AND events IS NULL
    WHEN 'held' THEN reason IS NOT NULL AND held IS NOT NULL AND events IS NULL
    ELSE false END);
--> statement-breakpoint
ALTER TABLE ledger_accounts
  ADD CONSTRAINT account_kind CHECK (kind IN ('external', 'escrow', 'merchant')),
  ADD CONSTRAINT account_mode CHECK (mode IN ('test', 'live')),
  -- An account's id says what it is, so that nobody can make an escrow account that may go below zero.
  ADD CONSTRAINT "L2_account" CHECK (id = CASE kind
    WHEN 'external' THEN 'external/' || mode || '/' || currency
    WHEN 'escrow' THEN 'escrow/' || owner_id
    WHEN 'merchant' THEN 'merchant/' || owner_id || '/' || mode || '/' || currency END),
  ADD CONSTRAINT account_currency CHECK (currency_decimals(currency) IS NOT NULL),
  -- L2: NaN would pass ">= 0", because PostgreSQL sorts it above every number.
  ADD CONSTRAINT "L2_balance" CHECK (balance < 1e38 AND balance > -1e38 AND (balance >= 0 OR kind = 'external'));
--> statement-breakpoint
ALTER TABLE ledger_transactions
  ADD CONSTRAINT transaction_kind CHECK (kind IN ('fund', 'release', 'refund', 'payout'));
--> statement-breakpoint
ALTER TABLE postings
  ALTER COLUMN amount TYPE money_amount,
  ADD CONSTRAINT "L3_positive" CHECK (amount > 0),
  ADD CONSTRAINT "L3_decimals" CHECK (coalesce(scale(trim_scale(amount)) <= currency_decimals(currency), false)),
  ADD CONSTRAINT posting_direction CHECK (direction IN ('debit', 'credit'));
--> statement-breakpoint

-- Refuses with the rule's name as the constraint.
CREATE FUNCTION refuse(rule text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;
--> statement-breakpoint

-- L5: append-only.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'L5_append_only';
END $$;
--> statement-breakpoint
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['order_log', 'ledger_transactions', 'postings', 'events'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
  -- Orders and milestones change, but never go away.
  FOREACH kept IN ARRAY ARRAY['payment_intents', 'escrow_orders', 'milestones', 'disputes', 'payouts', 'ledger_accounts'] LOOP
    EXECUTE format('CREATE TRIGGER never_deleted BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END $$;
--> statement-breakpoint

-- L9: each row of an order's log hashes the one before it, and follows it without a gap. A volatile function called
-- from a row trigger sees the rows that the same statement inserted before, so a batch chains like single rows.
CREATE FUNCTION order_log_hash(previous bytea, entry order_log) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(previous || convert_to(jsonb_build_array(
    entry.order_id, entry.version, entry.command_id, entry.command_type, entry.actor_role, entry.actor_id,
    entry.outcome, entry.reason, entry.detail, entry.events, entry.held,
    (extract(epoch FROM entry.at) * 1000)::bigint)::text, 'UTF8'))
$$;
--> statement-breakpoint
CREATE FUNCTION chain_order_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous bytea := '';
BEGIN
  IF NEW.version <> 1 THEN
    SELECT hash INTO previous FROM order_log WHERE order_id = NEW.order_id AND version = NEW.version - 1;
    IF NOT FOUND THEN
      PERFORM refuse('L9_chain', format('Entry %s of %s has no predecessor', NEW.version, NEW.order_id));
    END IF;
  END IF;
  NEW.hash := order_log_hash(previous, NEW);
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER chain BEFORE INSERT ON order_log FOR EACH ROW EXECUTE FUNCTION chain_order_log();
--> statement-breakpoint

-- The order's version is the length of its log, at commit.
CREATE FUNCTION check_order_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  order_version integer;
  log_version integer;
BEGIN
  SELECT version INTO order_version FROM escrow_orders WHERE id = NEW.id;
  SELECT max(version) INTO log_version FROM order_log WHERE order_id = NEW.id AND version >= order_version;
  IF coalesce(log_version, 0) <> order_version THEN
    PERFORM refuse('L9_version', format('Version %s of %s is not the length of its log', order_version, NEW.id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER version_is_log_length AFTER INSERT OR UPDATE OF version ON escrow_orders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_version();
--> statement-breakpoint
-- The log's last row of a batch speaks for all: the chain has no gap.
CREATE FUNCTION check_log_length() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT order_id, max(version) AS version FROM added GROUP BY order_id) last
    JOIN escrow_orders o ON o.id = last.order_id WHERE o.version <> last.version) THEN
    PERFORM refuse('L9_version', 'A log entry was added without its order''s version');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER length_is_version AFTER INSERT ON order_log REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_log_length();
--> statement-breakpoint

-- L8: statuses move along the transition table of src/domain/escrow-order.ts. A batch writes a milestone's final
-- state once, so the pairs here are the table's transitive closure; the facts of skipped steps are checked above.
CREATE FUNCTION check_milestone_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.order_id, NEW.milestone_index, NEW.currency, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.milestone_index, OLD.currency, OLD.created_at) THEN
    PERFORM refuse('L8_identity', 'A milestone keeps its id, order, index, currency and creation time');
  END IF;
  IF NEW.version <= OLD.version THEN
    PERFORM refuse('L8_version', 'A milestone changes only with a newer entry of its order''s log');
  END IF;
  IF OLD.status IN ('RELEASED', 'CANCELLED', 'REFUNDED') THEN
    PERFORM refuse('L8_settled', format('Milestone %s is %s and changes no more', OLD.id, OLD.status));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_change BEFORE UPDATE ON milestones FOR EACH ROW EXECUTE FUNCTION check_milestone_change();
--> statement-breakpoint
CREATE FUNCTION check_order_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.payment_intent_id, NEW.merchant_id, NEW.mode, NEW.currency, NEW.amount, NEW.release_type, NEW.terms,
    NEW.created_at) IS DISTINCT FROM
    (OLD.id, OLD.payment_intent_id, OLD.merchant_id, OLD.mode, OLD.currency, OLD.amount, OLD.release_type, OLD.terms,
    OLD.created_at) THEN
    PERFORM refuse('L8_identity', 'An escrow order keeps its id, intent, merchant, mode, currency, amount and terms');
  END IF;
  IF NEW.clock_offset_ms < OLD.clock_offset_ms OR NEW.mode = 'live' AND NEW.clock_offset_ms <> 0 THEN
    PERFORM refuse('L8_clock', 'An order''s clock runs ahead in test mode only, and never goes back');
  END IF;
  IF NEW.version < OLD.version OR NEW.event_sequence < OLD.event_sequence OR NEW.funded_amount < OLD.funded_amount
    OR NEW.released_amount < OLD.released_amount OR NEW.refunded_amount < OLD.refunded_amount THEN
    PERFORM refuse('L8_backwards', 'Version, sequence and paid amounts of an escrow order never go back');
  END IF;
  IF OLD.status IN ('COMPLETED', 'CANCELLED')
    AND (NEW.status, NEW.funded_amount, NEW.released_amount, NEW.refunded_amount)
    IS DISTINCT FROM (OLD.status, OLD.funded_amount, OLD.released_amount, OLD.refunded_amount) THEN
    PERFORM refuse('L8_closed', format('Escrow order %s is %s and changes no more', OLD.id, OLD.status));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_change BEFORE UPDATE ON escrow_orders FOR EACH ROW EXECUTE FUNCTION check_order_change();
--> statement-breakpoint
-- A dispute ends once; nothing else of it changes. A payout is paid once, and may be tried again when it failed.
CREATE FUNCTION check_dispute_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR (NEW.order_id, NEW.version, NEW.milestone_index, NEW.reason, NEW.raised_by,
      NEW.window_seconds, NEW.raised_at, NEW.ends_at)
    IS DISTINCT FROM (OLD.order_id, OLD.version, OLD.milestone_index, OLD.reason, OLD.raised_by, OLD.window_seconds,
      OLD.raised_at, OLD.ends_at) THEN
    PERFORM refuse('L8_dispute', 'Of a dispute only its end is added, once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_change BEFORE UPDATE ON disputes FOR EACH ROW EXECUTE FUNCTION check_dispute_change();
--> statement-breakpoint
CREATE FUNCTION check_payout_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.order_id, NEW.milestone_index, NEW.merchant_id, NEW.mode, NEW.currency, NEW.amount, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.milestone_index, OLD.merchant_id, OLD.mode, OLD.currency, OLD.amount,
      OLD.created_at) THEN
    PERFORM refuse('L8_identity', 'A payout keeps its id, order, milestone, merchant, mode, currency and amount');
  END IF;
  IF OLD.status = 'PAID' AND (NEW.status, NEW.paid_at, NEW.reference) IS DISTINCT FROM (OLD.status, OLD.paid_at, OLD.reference)
    OR OLD.status = 'FAILED' AND NEW.status = 'PAID' THEN
    PERFORM refuse('L8_payout', format('Payout %s is %s and cannot become %s', OLD.id, OLD.status, NEW.status));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_change BEFORE UPDATE ON payouts FOR EACH ROW EXECUTE FUNCTION check_payout_change();
--> statement-breakpoint
-- A payout is of what was released, and paid by its own ledger transaction.
CREATE FUNCTION check_payout_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE release_key text := 'release/' || NEW.order_id;
BEGIN
  IF NEW.milestone_index IS NOT NULL THEN
    SELECT 'release/' || id INTO release_key FROM milestones
    WHERE order_id = NEW.order_id AND milestone_index = NEW.milestone_index;
  END IF;
  IF NOT EXISTS (SELECT FROM postings p
    WHERE p.transaction_key = release_key AND p.account_id LIKE 'merchant/%' AND p.direction = 'credit'
      AND p.amount = NEW.amount) THEN
    PERFORM refuse('L7_payout_released', format('Payout %s is of money that was not released', NEW.id));
  END IF;
  IF NEW.status = 'PAID' AND NOT EXISTS (SELECT FROM postings p
    WHERE p.transaction_key = 'payout/' || NEW.id AND p.direction = 'debit' AND p.amount = NEW.amount) THEN
    PERFORM refuse('L7_payout_posted', format('Payout %s is paid without its ledger transaction', NEW.id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER posted AFTER INSERT OR UPDATE OF status ON payouts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payout_posted();
--> statement-breakpoint
CREATE FUNCTION check_new_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'PENDING' OR NEW.version <> 0 OR NEW.funded_amount <> 0 OR NEW.allocated_amount <> 0
    OR NEW.released_amount <> 0 OR NEW.refunded_amount <> 0 THEN
    PERFORM refuse('L8_new_order', 'An escrow order begins pending, at version 0, without money');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_new BEFORE INSERT ON escrow_orders FOR EACH ROW EXECUTE FUNCTION check_new_order();
--> statement-breakpoint
CREATE FUNCTION check_intent_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'INITIATED' AND NEW.status <> OLD.status THEN
    PERFORM refuse('L8_intent', format('Payment intent %s is %s and changes no more', OLD.id, OLD.status));
  END IF;
  IF (NEW.id, NEW.merchant_id, NEW.mode, NEW.type, NEW.amount, NEW.currency)
    IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.mode, OLD.type, OLD.amount, OLD.currency) THEN
    PERFORM refuse('L8_identity', 'A payment intent keeps its id, merchant, mode, type, amount and currency');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER check_change BEFORE UPDATE ON payment_intents FOR EACH ROW EXECUTE FUNCTION check_intent_change();
--> statement-breakpoint

-- L7: the sum of an order's milestones, kept as a running total so that its cost does not grow with the order.
-- SECURITY DEFINER: the application's role has no right to write the column.
CREATE FUNCTION allocate_inserted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE escrow_orders o SET allocated_amount = o.allocated_amount + c.delta
  FROM (SELECT order_id, sum(amount) AS delta FROM added WHERE status <> 'CANCELLED' GROUP BY order_id) c
  WHERE o.id = c.order_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION allocate_updated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE escrow_orders o SET allocated_amount = o.allocated_amount + c.delta
  FROM (SELECT n.order_id, sum(CASE WHEN n.status = 'CANCELLED' THEN 0 ELSE n.amount END
          - CASE WHEN p.status = 'CANCELLED' THEN 0 ELSE p.amount END) AS delta
        FROM added n JOIN removed p ON p.id = n.id
        WHERE (n.status = 'CANCELLED') <> (p.status = 'CANCELLED') OR n.amount <> p.amount
        GROUP BY n.order_id) c
  WHERE o.id = c.order_id AND c.delta <> 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER allocate_inserted AFTER INSERT ON milestones REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION allocate_inserted();
--> statement-breakpoint
CREATE TRIGGER allocate_updated AFTER UPDATE ON milestones REFERENCING NEW TABLE AS added OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION allocate_updated();
--> statement-breakpoint

-- V5 and L7: indexes without gap, and no release before its predecessor is settled. Only the immediate predecessor
-- is looked at; by induction it speaks for all before it, and the cost does not grow with the order.
CREATE FUNCTION check_milestone_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE predecessor text;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = 'COMPLETED' AND NEW.amount <> OLD.amount AND NOT EXISTS (
    SELECT FROM order_log l, jsonb_array_elements(l.events) event
    WHERE l.order_id = NEW.order_id AND l.version > OLD.version AND l.version <= NEW.version
      AND event ->> 'type' = 'milestone.reopened' AND (event ->> 'index')::integer = NEW.milestone_index) THEN
    PERFORM refuse('L8_amount', 'Only a pending milestone''s amount can change');
  END IF;
  IF NEW.milestone_index = 0 THEN
    predecessor := 'RELEASED';
  ELSE
    SELECT status INTO predecessor FROM milestones
    WHERE order_id = NEW.order_id AND milestone_index = NEW.milestone_index - 1;
  END IF;
  IF predecessor IS NULL THEN
    PERFORM refuse('V5_no_gap', format('Milestone %s of %s has no predecessor', NEW.milestone_index, NEW.order_id));
  END IF;
  IF NEW.status = 'RELEASED' THEN
    IF predecessor NOT IN ('RELEASED', 'CANCELLED', 'REFUNDED') THEN
      PERFORM refuse('V5_release_order', format('Milestone %s of %s was released before its predecessor',
        NEW.milestone_index, NEW.order_id));
    END IF;
    IF NOT EXISTS (SELECT FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
      WHERE p.transaction_key = 'release/' || NEW.id AND a.kind = 'merchant' AND p.direction = 'credit'
        AND p.amount = NEW.released_amount) THEN
      PERFORM refuse('L7_release_posted', format('Milestone %s is released without its ledger transaction', NEW.id));
    END IF;
  END IF;
  IF NEW.status = 'REFUNDED' AND NOT EXISTS (
    SELECT FROM postings p
    WHERE p.transaction_key = 'refund/' || NEW.id AND p.direction = 'debit' AND p.amount = NEW.refunded_amount) THEN
    PERFORM refuse('L7_refund_posted', format('Milestone %s is refunded without its ledger transaction', NEW.id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER in_index_order AFTER INSERT OR UPDATE OF status, amount ON milestones
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_milestone_order();
--> statement-breakpoint

-- Balances follow postings. SECURITY DEFINER: the application's role has no right to write the column.
-- Accounts are locked in the order of their ids, so that no two transactions wait for each other.
CREATE FUNCTION add_to_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE moved record;
BEGIN
  FOR moved IN
    SELECT account_id, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS delta
    FROM added GROUP BY account_id ORDER BY account_id
  LOOP
    UPDATE ledger_accounts SET balance = balance + moved.delta WHERE id = moved.account_id;
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER add_to_balances AFTER INSERT ON postings REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_to_balances();
--> statement-breakpoint

-- Where each kind of transaction takes money from and where it brings it. What a release leaves goes to the buyer,
-- who is outside.
CREATE FUNCTION ledger_movement(kind text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE kind
    WHEN 'fund' THEN ARRAY['debit external', 'credit escrow']
    WHEN 'release' THEN ARRAY['debit escrow', 'credit merchant', 'credit external']
    WHEN 'refund' THEN ARRAY['debit escrow', 'credit external']
    WHEN 'payout' THEN ARRAY['debit merchant', 'credit external'] END
$$;
--> statement-breakpoint
-- L1: at least two legs, adding up to zero, when the transaction commits. L4: between the accounts of its kind.
CREATE FUNCTION check_transaction_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked text := coalesce(to_jsonb(NEW) ->> 'transaction_key', to_jsonb(NEW) ->> 'key');
  legs bigint;
  total numeric;
  allowed text[];
BEGIN
  SELECT count(*), sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) INTO legs, total
  FROM postings WHERE transaction_key = checked;
  IF legs < 2 OR total <> 0 THEN
    PERFORM refuse('L1_balanced', format('Ledger transaction %s has %s legs that sum to %s', checked, legs, total));
  END IF;
  SELECT ledger_movement(kind) INTO allowed FROM ledger_transactions WHERE key = checked;
  -- The account by a sub-query, not a join: whatever the planner thinks of the sizes, it is looked up by its key.
  IF EXISTS (
    SELECT FROM postings p
    WHERE p.transaction_key = checked AND NOT coalesce(
      p.direction || ' ' || (SELECT kind FROM ledger_accounts a WHERE a.id = p.account_id) = ANY (allowed), false)) THEN
    PERFORM refuse('L4_movement', format('Ledger transaction %s moves money between the wrong accounts', checked));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_balance();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON postings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_balance();
--> statement-breakpoint

-- V2: what the order says was funded and paid out is what its escrow account holds.
CREATE FUNCTION check_escrow_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Of an order's row, or of a posting to its account.
  order_id text := coalesce(to_jsonb(NEW) ->> 'id', substr(to_jsonb(NEW) ->> 'account_id', length('escrow/') + 1));
  expected numeric;
  held numeric;
BEGIN
  SELECT funded_amount - released_amount - refunded_amount INTO expected FROM escrow_orders WHERE id = order_id;
  SELECT coalesce(sum(balance), 0) INTO held FROM ledger_accounts WHERE id = 'escrow/' || order_id;
  IF held IS DISTINCT FROM expected THEN
    PERFORM refuse('V2_escrow', format('Escrow order %s says %s is in escrow, its account holds %s', order_id, expected, held));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER escrow_balance AFTER UPDATE ON escrow_orders DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN ((NEW.funded_amount, NEW.released_amount, NEW.refunded_amount)
    IS DISTINCT FROM (OLD.funded_amount, OLD.released_amount, OLD.refunded_amount))
  EXECUTE FUNCTION check_escrow_balance();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER escrow_balance AFTER INSERT ON postings DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.account_id LIKE 'escrow/%') EXECUTE FUNCTION check_escrow_balance();
--> statement-breakpoint

-- The application's role. Roles belong to the cluster, so another database may have made it already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tranche_app') THEN
    CREATE ROLE tranche_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public, drizzle TO tranche_app;
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA public, drizzle TO tranche_app;
--> statement-breakpoint
GRANT INSERT ON merchants, api_keys, payment_intents, escrow_orders, order_log, milestones, disputes, payouts, held_commands,
  commands, ledger_transactions, postings, events TO tranche_app;
--> statement-breakpoint
GRANT INSERT (id, kind, owner_id, mode, currency) ON ledger_accounts TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, version, last_at, event_sequence, funded_amount, released_amount, refunded_amount, next_deadline,
  clock_offset_ms, updated_at) ON escrow_orders TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, updated_at) ON payment_intents TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (ended_at, resolution, resolved_by, merchant_amount, buyer_amount) ON disputes TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, version, attempts, last_error, reference, updated_at, paid_at) ON payouts TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, version, amount, description, percentage, due_at, overdue_at, completed_at, completed_by,
  completion_proof, completion_proof_uri, inspection_ends_at, reminded_at, cancelled_at, released_at, released_by, released_amount, refunded_amount) ON milestones TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (revoked_at, expires_at) ON api_keys TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (command_id, payload, open, created_at) ON commands TO tranche_app;
--> statement-breakpoint
GRANT DELETE ON held_commands, commands TO tranche_app;

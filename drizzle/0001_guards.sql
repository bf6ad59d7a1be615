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
    WHEN 'CANCELLED' THEN cancelled_at IS NOT NULL AND completed_at IS NULL AND released_at IS NULL
      AND released_amount IS NULL
    WHEN 'REFUNDED' THEN released_at IS NULL AND coalesce(refunded_amount = amount, false)
    ELSE false END),
  ADD CONSTRAINT milestone_version FOREIGN KEY (order_id, version) REFERENCES order_log (order_id, version)
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
  ADD CONSTRAINT transaction_kind CHECK (kind IN ('fund', 'release', 'refund'));
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
  FOREACH kept IN ARRAY ARRAY['payment_intents', 'escrow_orders', 'milestones', 'ledger_accounts'] LOOP
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
DECLARE order_version integer;
BEGIN
  SELECT version INTO order_version FROM escrow_orders WHERE id = NEW.id;
  IF order_version > 0 AND NOT EXISTS (SELECT FROM order_log WHERE order_id = NEW.id AND version = order_version)
    OR EXISTS (SELECT FROM order_log WHERE order_id = NEW.id AND version = order_version + 1) THEN
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
  IF (NEW.id, NEW.payment_intent_id, NEW.merchant_id, NEW.mode, NEW.currency, NEW.amount, NEW.release_type, NEW.created_at)
    IS DISTINCT FROM
    (OLD.id, OLD.payment_intent_id, OLD.merchant_id, OLD.mode, OLD.currency, OLD.amount, OLD.release_type, OLD.created_at) THEN
    PERFORM refuse('L8_identity', 'An escrow order keeps its id, intent, merchant, mode, currency, amount and release type');
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
CREATE FUNCTION add_allocation(changes jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE escrow_orders o SET allocated_amount = o.allocated_amount + c.delta
  FROM (SELECT order_id, sum(delta) AS delta FROM jsonb_to_recordset(changes) AS c(order_id text, delta numeric)
        GROUP BY order_id HAVING sum(delta) <> 0) c
  WHERE o.id = c.order_id
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION add_allocation(jsonb) FROM PUBLIC;
--> statement-breakpoint
CREATE FUNCTION allocate_inserted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM add_allocation((SELECT jsonb_agg(jsonb_build_object('order_id', order_id, 'delta', amount))
    FROM added WHERE status <> 'CANCELLED'));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION allocate_updated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM add_allocation((SELECT jsonb_agg(jsonb_build_object('order_id', n.order_id, 'delta',
      CASE WHEN n.status = 'CANCELLED' THEN 0 ELSE n.amount END - CASE WHEN o.status = 'CANCELLED' THEN 0 ELSE o.amount END))
    FROM added n JOIN removed o ON o.id = n.id
    WHERE (n.status = 'CANCELLED') <> (o.status = 'CANCELLED') OR n.amount <> o.amount));
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
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER in_index_order AFTER INSERT OR UPDATE OF status, amount ON milestones
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_milestone_order();
--> statement-breakpoint

-- Balances follow postings. SECURITY DEFINER: the application's role has no right to write the column.
-- Accounts are locked in the order of their ids, so that no two transactions wait for each other.
CREATE FUNCTION add_to_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM ledger_accounts WHERE id IN (SELECT account_id FROM added) ORDER BY id FOR NO KEY UPDATE;
  UPDATE ledger_accounts a SET balance = a.balance + moved.delta
  FROM (SELECT account_id, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS delta
        FROM added GROUP BY account_id) moved
  WHERE a.id = moved.account_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER add_to_balances AFTER INSERT ON postings REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_to_balances();
--> statement-breakpoint

-- L1: at least two legs, adding up to zero, when the transaction commits.
CREATE FUNCTION check_transaction_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked text := coalesce(to_jsonb(NEW) ->> 'transaction_key', to_jsonb(NEW) ->> 'key');
  legs bigint;
  total numeric;
BEGIN
  SELECT count(*), sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) INTO legs, total
  FROM postings WHERE transaction_key = checked;
  IF legs < 2 OR total <> 0 THEN
    PERFORM refuse('L1_balanced', format('Ledger transaction %s has %s legs that sum to %s', checked, legs, total));
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
CREATE CONSTRAINT TRIGGER escrow_balance AFTER INSERT OR UPDATE OF funded_amount, released_amount, refunded_amount
  ON escrow_orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_escrow_balance();
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
GRANT INSERT ON merchants, api_keys, payment_intents, escrow_orders, order_log, milestones, held_commands, commands,
  ledger_transactions, postings, events TO tranche_app;
--> statement-breakpoint
GRANT INSERT (id, kind, owner_id, mode, currency) ON ledger_accounts TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, version, last_at, event_sequence, funded_amount, released_amount, refunded_amount, next_deadline,
  updated_at) ON escrow_orders TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, updated_at) ON payment_intents TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, version, amount, description, percentage, due_at, completed_at, completed_by, completion_proof,
  completion_proof_uri, cancelled_at, released_at, released_by, released_amount, refunded_amount) ON milestones TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (revoked_at, expires_at) ON api_keys TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (command_id, payload, open, created_at) ON commands TO tranche_app;
--> statement-breakpoint
GRANT DELETE ON held_commands, commands TO tranche_app;

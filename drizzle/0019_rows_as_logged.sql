-- What is kept beside an order's log follows from it, whoever writes: a row changes only with an entry that says so. Only
-- the catalogue changes; each table is locked for a moment. Versions before write nothing else.
--
-- L8: an order changes with a newer entry of its log. What the sweeper notes of its wakes is no fact of the order.
CREATE OR REPLACE FUNCTION check_order_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
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
  IF NEW.version = OLD.version AND
    (NEW.status, NEW.event_sequence, NEW.funded_amount, NEW.released_amount, NEW.refunded_amount, NEW.next_deadline,
      NEW.clock_offset_ms, NEW.last_at, NEW.updated_at) IS DISTINCT FROM
    (OLD.status, OLD.event_sequence, OLD.funded_amount, OLD.released_amount, OLD.refunded_amount, OLD.next_deadline,
      OLD.clock_offset_ms, OLD.last_at, OLD.updated_at) THEN
    PERFORM refuse('L8_version', format('Escrow order %s changes only with a newer entry of its log', OLD.id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- L8: so does a payout's status. Its version never goes back to an entry that has been acted on.
CREATE OR REPLACE FUNCTION check_payout_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
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
  IF (NEW.status, NEW.version) IS DISTINCT FROM (OLD.status, OLD.version) AND NEW.version <= OLD.version THEN
    PERFORM refuse('L8_version', format('Payout %s changes only with a newer entry of its order''s log', OLD.id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- L8: an intent succeeds with the money in its order's escrow, and is cancelled with its order.
CREATE FUNCTION check_intent_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM escrow_orders WHERE payment_intent_id = NEW.id AND CASE NEW.status
      WHEN 'SUCCEEDED' THEN funded_amount > 0
      ELSE status = 'CANCELLED' END) THEN
    PERFORM refuse('L8_intent', format('Payment intent %s is %s without its order', NEW.id, NEW.status));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER decided_with_order AFTER INSERT OR UPDATE OF status ON payment_intents
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'INITIATED') EXECUTE FUNCTION check_intent_decided();
--> statement-breakpoint
-- The events of an entry; none of one that was not accepted, or is not there.
CREATE FUNCTION logged_events(of_order text, at_version integer) RETURNS jsonb LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN l.outcome = 'accepted' THEN l.events END FROM order_log l
  WHERE l.order_id = of_order AND l.version = at_version;
END;
--> statement-breakpoint
-- L10: a milestone is what the entry of its version made it. Sets are compared, not joined: a plan that was made for one
-- row would be kept for ten thousand.
CREATE FUNCTION check_milestones_logged() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong record;
BEGIN
  SELECT * INTO wrong FROM (
    SELECT order_id, version, milestone_index FROM added
    EXCEPT
    SELECT entry.order_id, entry.version, (event ->> 'index')::integer
    FROM (SELECT DISTINCT order_id, version FROM added) entry,
      jsonb_array_elements(logged_events(entry.order_id, entry.version)) event) AS missing
  LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('L10_milestone', format('Entry %s of %s says nothing of milestone %s', wrong.version, wrong.order_id,
      wrong.milestone_index));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER logged_inserted AFTER INSERT ON milestones REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_milestones_logged();
--> statement-breakpoint
CREATE TRIGGER logged_updated AFTER UPDATE ON milestones REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_milestones_logged();
--> statement-breakpoint
-- L10: a dispute was raised by the entry of its version, and ended by a later one, or the same.
CREATE FUNCTION check_dispute_logged() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM jsonb_array_elements(logged_events(NEW.order_id, NEW.version)) event
    WHERE event ->> 'type' = 'dispute.raised'
      AND (event ->> 'milestoneIndex')::integer IS NOT DISTINCT FROM NEW.milestone_index
      AND (event ->> 'windowSeconds')::bigint = NEW.window_seconds
      AND (event ->> 'endsAt')::bigint = (extract(epoch FROM NEW.ends_at) * 1000)::bigint) THEN
    PERFORM refuse('L10_dispute', format('Entry %s of %s raises no such dispute', NEW.version, NEW.order_id));
  END IF;
  IF NEW.ended_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM order_log l, jsonb_array_elements(l.events) event
    WHERE l.order_id = NEW.order_id AND l.version >= NEW.version AND l.outcome = 'accepted' AND l.at = NEW.ended_at
      AND CASE NEW.resolution WHEN 'WITHDRAWN' THEN event ->> 'type' = 'dispute.withdrawn'
        ELSE event ->> 'type' = 'dispute.resolved' AND event ->> 'resolution' = NEW.resolution
          AND (event ->> 'merchantAmount')::numeric = NEW.merchant_amount
          AND (event ->> 'buyerAmount')::numeric = NEW.buyer_amount END) THEN
    PERFORM refuse('L10_dispute', format('No entry of %s ends its dispute so', NEW.order_id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON disputes FOR EACH ROW EXECUTE FUNCTION check_dispute_logged();
--> statement-breakpoint
-- L10: a payout is what the entry of its version made it. Tries under way are no fact of the log.
CREATE FUNCTION check_payout_logged() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM jsonb_array_elements(logged_events(NEW.order_id, NEW.version)) event
    WHERE event ->> 'type' = ANY (CASE NEW.status
        WHEN 'PENDING' THEN ARRAY['payout.created', 'payout.retried']
        WHEN 'PAID' THEN ARRAY['payout.paid']
        ELSE ARRAY['payout.failed'] END)
      AND (event ->> 'milestoneIndex')::integer IS NOT DISTINCT FROM NEW.milestone_index
      AND (event ->> 'amount')::numeric = NEW.amount) THEN
    PERFORM refuse('L10_payout', format('Entry %s of %s does not say that payout %s is %s', NEW.version, NEW.order_id,
      NEW.id, NEW.status));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- After what is said about its money, which says more.
CREATE CONSTRAINT TRIGGER posted_as_logged AFTER INSERT OR UPDATE OF status, version ON payouts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payout_logged();
--> statement-breakpoint
-- L10: an event of the outbox is one of its entry, or what follows from it. Those without an entry are of the order's
-- beginning, or of a webhook endpoint.
CREATE FUNCTION check_events_logged() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong record;
BEGIN
  SELECT * INTO wrong FROM (
    SELECT order_id, version, type, data FROM added
    WHERE version IS NOT NULL AND type <> 'payment_intent.status_changed'
    EXCEPT
    SELECT entry.order_id, entry.version, event ->> 'type', event - 'type'
    FROM (SELECT DISTINCT order_id, version FROM added WHERE version IS NOT NULL) entry,
      jsonb_array_elements(logged_events(entry.order_id, entry.version)) event) AS missing
  UNION ALL
  SELECT order_id, version, type, data FROM added
  WHERE version IS NOT NULL AND type = 'payment_intent.status_changed' AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(logged_events(added.order_id, added.version)) event
    WHERE data = jsonb_build_object('previousStatus', 'INITIATED', 'status', CASE event ->> 'type'
      WHEN 'escrow_order.funded' THEN 'SUCCEEDED' WHEN 'escrow_order.cancelled' THEN 'CANCELLED' END))
  UNION ALL
  SELECT order_id, version, type, data FROM added
  WHERE version IS NULL AND NOT (CASE WHEN order_id IS NULL THEN type IN ('webhook_endpoint.disabled', 'webhook_endpoint.test')
    ELSE sequence <= 2 AND type IN ('payment_intent.created', 'escrow_order.created') END)
  LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('L10_event', format('Entry %s of %s has no event %s like this', wrong.version, wrong.order_id, wrong.type));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER logged AFTER INSERT ON events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_events_logged();

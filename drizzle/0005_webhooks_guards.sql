-- Events and webhooks as the database guards them. L5: events and the bytes they were sent as are only ever added to.
-- V10: what is delivered to an endpoint is of its own merchant and mode. W1: an endpoint stays whose it is, and a
-- deleted one stays deleted and keeps no secret.
ALTER TABLE events
  ADD CONSTRAINT event_sequence_of_order CHECK ((order_id IS NULL) = (sequence IS NULL));
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON webhook_bodies FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON webhook_bodies EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
ALTER TABLE webhook_endpoints
  ADD CONSTRAINT webhook_endpoint_mode CHECK (mode IN ('test', 'live')),
  ADD CONSTRAINT webhook_endpoint_status CHECK (CASE status
    WHEN 'enabled' THEN disabled_reason IS NULL AND disabled_at IS NULL
    WHEN 'disabled' THEN disabled_reason IN ('request', 'gone', 'failing') AND disabled_at IS NOT NULL
    ELSE false END),
  ADD CONSTRAINT "W1_secret" CHECK (CASE WHEN deleted_at IS NULL THEN secret IS NOT NULL
    ELSE secret IS NULL AND previous_secret IS NULL END);
--> statement-breakpoint
CREATE FUNCTION guard_webhook_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.merchant_id, NEW.mode, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.mode, OLD.created_at)
  THEN
    PERFORM refuse('W1_identity', format('Webhook endpoint %s keeps its merchant and mode', OLD.id));
  END IF;
  IF OLD.deleted_at IS NOT NULL THEN
    PERFORM refuse('W1_deleted', format('Webhook endpoint %s is deleted', OLD.id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard BEFORE UPDATE ON webhook_endpoints FOR EACH ROW EXECUTE FUNCTION guard_webhook_endpoint();
--> statement-breakpoint
CREATE TRIGGER never_deleted BEFORE DELETE ON webhook_endpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON webhook_endpoints EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
ALTER TABLE webhook_deliveries
  ADD CONSTRAINT webhook_delivery_status CHECK (CASE status
    WHEN 'pending' THEN next_attempt_at IS NOT NULL
    WHEN 'delivered' THEN next_attempt_at IS NULL AND delivered_at IS NOT NULL
    WHEN 'failed' THEN next_attempt_at IS NULL
    ELSE false END);
--> statement-breakpoint
CREATE FUNCTION guard_webhook_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM refuse('W1_delivery', format('The delivery of %s to %s keeps both', OLD.event_id, OLD.endpoint_id));
  END IF;
  IF NOT EXISTS (SELECT FROM webhook_endpoints e JOIN events v ON v.id = NEW.event_id
    WHERE e.id = NEW.endpoint_id AND e.merchant_id = v.merchant_id AND e.mode = v.mode) THEN
    PERFORM refuse('V10_delivery', format('Event %s is none of the owner of %s', NEW.event_id, NEW.endpoint_id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard BEFORE INSERT ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION guard_webhook_delivery();
--> statement-breakpoint
CREATE TRIGGER guard_change BEFORE UPDATE OF endpoint_id, event_id ON webhook_deliveries
  FOR EACH ROW EXECUTE FUNCTION guard_webhook_delivery();
--> statement-breakpoint
-- All columns of an event but the number of the transaction that writes it, which readers rely on.
REVOKE INSERT ON events FROM tranche_app;
--> statement-breakpoint
GRANT INSERT (id, order_id, sequence, type, version, data, created_at, merchant_id, mode) ON events TO tranche_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON webhook_endpoints, webhook_deliveries, webhook_bodies TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (url, description, event_types, status, disabled_reason, disabled_at, secret, previous_secret,
  previous_secret_ends_at, cursor_xid, cursor_event_id, failing_since, last_error, paused_until, dispatched_until, updated_at,
  deleted_at) ON webhook_endpoints TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, attempts, replays, first_attempt_at, last_attempt_at, last_status_code, last_error,
  last_duration_ms, next_attempt_at, delivered_at) ON webhook_deliveries TO tranche_app;

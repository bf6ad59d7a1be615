-- Keys as the database guards them: K1 what a key is never changes, and it only ever ends earlier; K2 a key that is
-- bound is bound to an order of its own merchant and mode.
ALTER TABLE api_keys
  ADD CONSTRAINT api_key_mode CHECK (mode IN ('test', 'live')),
  ADD CONSTRAINT api_key_role CHECK (role IN ('merchant', 'buyer', 'arbiter', 'operator')),
  ADD CONSTRAINT "K2_bound_role" CHECK (escrow_order_id IS NULL OR role IN ('buyer', 'arbiter'));
--> statement-breakpoint
CREATE FUNCTION guard_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.escrow_order_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM escrow_orders WHERE id = NEW.escrow_order_id AND merchant_id = NEW.merchant_id AND mode = NEW.mode)
    THEN
      PERFORM refuse('K2_bound_order', format('API key %s is bound to an order of somebody else', NEW.id));
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.merchant_id, NEW.mode, NEW.role, NEW.hash, NEW.last_four, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.mode, OLD.role, OLD.hash, OLD.last_four, OLD.created_at)
    OR NEW.escrow_order_id IS DISTINCT FROM OLD.escrow_order_id
  THEN
    PERFORM refuse('K1_identity', format('What API key %s is cannot change', OLD.id));
  END IF;
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at
    OR OLD.replaced_by IS NOT NULL AND NEW.replaced_by IS DISTINCT FROM OLD.replaced_by
    OR OLD.expires_at IS NOT NULL AND coalesce(NEW.expires_at > OLD.expires_at, true)
  THEN
    PERFORM refuse('K1_end', format('API key %s only ever ends earlier', OLD.id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION guard_api_key();
--> statement-breakpoint

-- Counts of the last hour need not survive a crash, and without the write-ahead log they cost less.
ALTER TABLE rate_limits SET UNLOGGED;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (replaced_by) ON api_keys TO tranche_app;

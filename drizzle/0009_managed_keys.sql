ALTER TABLE "api_keys" ADD COLUMN "scopes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_api_keys_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- All of it locks api_keys alone, which is small, and rewrites nothing. K1 also holds of what is new: who made a key and
-- what it may do beyond its role never change, and its last use only moves on.
ALTER TABLE api_keys
  ADD CONSTRAINT api_key_scopes CHECK (scopes <@ ARRAY['keys'] AND (scopes = '{}' OR role = 'merchant'));
--> statement-breakpoint
CREATE OR REPLACE FUNCTION guard_api_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.escrow_order_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM escrow_orders WHERE id = NEW.escrow_order_id AND merchant_id = NEW.merchant_id AND mode = NEW.mode)
    THEN
      PERFORM refuse('K2_bound_order', format('API key %s is bound to an order of somebody else', NEW.id));
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.merchant_id, NEW.mode, NEW.role, NEW.hash, NEW.last_four, NEW.created_at, NEW.scopes)
      IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.mode, OLD.role, OLD.hash, OLD.last_four, OLD.created_at, OLD.scopes)
    OR NEW.escrow_order_id IS DISTINCT FROM OLD.escrow_order_id
    OR NEW.created_by IS DISTINCT FROM OLD.created_by
  THEN
    PERFORM refuse('K1_identity', format('What API key %s is cannot change', OLD.id));
  END IF;
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at
    OR OLD.replaced_by IS NOT NULL AND NEW.replaced_by IS DISTINCT FROM OLD.replaced_by
    OR OLD.expires_at IS NOT NULL AND coalesce(NEW.expires_at > OLD.expires_at, true)
  THEN
    PERFORM refuse('K1_end', format('API key %s only ever ends earlier', OLD.id));
  END IF;
  IF OLD.last_used_at IS NOT NULL AND coalesce(NEW.last_used_at < OLD.last_used_at, true) THEN
    PERFORM refuse('K1_last_use', format('The last use of API key %s only moves on', OLD.id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
GRANT UPDATE (last_used_at) ON api_keys TO tranche_app;

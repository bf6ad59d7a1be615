CREATE TABLE "withdrawn_commands" (
	"command_id" text PRIMARY KEY NOT NULL,
	"withdrawn_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adopted_api_keys" (
	"key_id" text PRIMARY KEY NOT NULL,
	"facts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "adopted_commands" ADD COLUMN "digest" "bytea";--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "claim_proof" "bytea";--> statement-breakpoint
ALTER TABLE "fundings" ADD COLUMN "proof" "bytea";--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "proof" "bytea";--> statement-breakpoint
-- What gives power carries a proof that its writer had the service's secret: API keys, claims of idempotency keys, and
-- collections. The columns are of the catalogue alone, and versions before name theirs. What is there already has no
-- proof; it is kept here as it is, where only the owner writes. That takes one reading of api_keys and one of commands,
-- some seconds per million rows.
CREATE FUNCTION api_key_facts(key api_keys) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_array(key.id, key.merchant_id, key.mode, key.role, encode(key.hash, 'hex'), key.escrow_order_id, key.scopes);
--> statement-breakpoint
CREATE FUNCTION stored_command_digest(stored commands) RETURNS bytea LANGUAGE sql STABLE
RETURN sha256(convert_to(jsonb_build_array(stored.command_id, stored.merchant_id, stored.mode, stored.role,
  stored.idempotency_key, encode(stored.fingerprint, 'hex'), stored.order_id, stored.payload)::text, 'UTF8'));
--> statement-breakpoint
INSERT INTO adopted_api_keys SELECT k.id, api_key_facts(k) FROM api_keys k;
--> statement-breakpoint
UPDATE adopted_commands a SET digest = stored_command_digest(c)
FROM commands c WHERE c.command_id = a.command_id AND c.payload = a.payload;
--> statement-breakpoint
-- Older claims are forgotten when they are next asked for.
INSERT INTO adopted_commands (command_id, payload, digest)
SELECT c.command_id, 'null', stored_command_digest(c) FROM commands c
WHERE c.idempotency_key IS NOT NULL AND c.created_at > now() - interval '31 days'
ON CONFLICT DO NOTHING;
--> statement-breakpoint
GRANT SELECT ON adopted_api_keys, withdrawn_commands TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (proof) ON api_keys TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (claim_proof) ON commands TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (proof) ON fundings TO tranche_app;
--> statement-breakpoint
-- K3: a command that was taken back, so that its client was told that nothing was done, keeps a proof that would serve
-- again. One that has an outcome needs no remembering: the log refuses a second one.
CREATE FUNCTION remember_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM order_log
      WHERE order_id = OLD.order_id AND command_id = OLD.command_id AND outcome <> 'held') THEN
    INSERT INTO withdrawn_commands (command_id) VALUES (OLD.command_id) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER remember_withdrawn AFTER DELETE ON commands
  FOR EACH ROW WHEN (OLD.order_id IS NOT NULL) EXECUTE FUNCTION remember_withdrawn();
--> statement-breakpoint
-- The command's own id, too: otherwise it could come again in the row of another one.
CREATE FUNCTION guard_stored_command() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.order_id IS NOT NULL AND NEW.payload ->> 'id' <> NEW.command_id THEN
    PERFORM refuse('K3_command', format('Command %s is stored as %s', NEW.payload ->> 'id', NEW.command_id));
  END IF;
  IF EXISTS (SELECT FROM withdrawn_commands WHERE command_id = NEW.command_id) THEN
    PERFORM refuse('K3_withdrawn', format('Command %s was taken back', NEW.command_id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OF command_id, payload ON commands
  FOR EACH ROW EXECUTE FUNCTION guard_stored_command();

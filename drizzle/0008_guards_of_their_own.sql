-- Guards look at our tables and use PostgreSQL's operators, whatever the session that sets them off has made for itself.
-- A function without a search path of its own finds a temporary table before ours. Only the catalogue changes; nothing
-- is locked but the functions.
DO $$
DECLARE guard regprocedure;
BEGIN
  FOR guard IN
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', guard);
  END LOOP;
END $$;
--> statement-breakpoint
-- These look at no table. Their bodies are parsed here and now, so they need no search path and can still be inlined.
CREATE OR REPLACE FUNCTION currency_decimals(currency text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
RETURN CASE currency WHEN 'USD' THEN 2 WHEN 'EUR' THEN 2 WHEN 'USDC' THEN 6 WHEN 'USDT' THEN 6 WHEN 'DAI' THEN 18 END;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION ledger_movement(kind text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT
RETURN CASE kind
  WHEN 'fund' THEN ARRAY['debit external', 'credit escrow']
  WHEN 'release' THEN ARRAY['debit escrow', 'credit merchant', 'credit external']
  WHEN 'refund' THEN ARRAY['debit escrow', 'credit external']
  WHEN 'payout' THEN ARRAY['debit merchant', 'credit external'] END;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION order_log_hash(previous bytea, entry order_log) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(previous || convert_to(jsonb_build_array(
  entry.order_id, entry.version, entry.command_id, entry.command_type, entry.actor_role, entry.actor_id,
  entry.outcome, entry.reason, entry.detail, entry.events, entry.held,
  (extract(epoch FROM entry.at) * 1000)::bigint)::text, 'UTF8'));

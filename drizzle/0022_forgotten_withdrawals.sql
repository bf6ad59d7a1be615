CREATE INDEX "withdrawn_commands_at" ON "withdrawn_commands" USING btree ("withdrawn_at");--> statement-breakpoint
-- K3: a command is stored when it is received, or soon after; one that is 40 days old comes from somebody who kept its
-- proof. The collection of a buyer's money may take longer, and its command is never taken back. So what was taken back
-- 45 days ago need not be remembered.
CREATE OR REPLACE FUNCTION guard_stored_command() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.order_id IS NOT NULL AND NEW.payload ->> 'id' <> NEW.command_id THEN
    PERFORM refuse('K3_command', format('Command %s is stored as %s', NEW.payload ->> 'id', NEW.command_id));
  END IF;
  IF NEW.order_id IS NOT NULL AND NEW.payload ->> 'type' <> 'order.fund'
    AND (NEW.payload ->> 'receivedAt')::numeric < extract(epoch FROM now() - interval '40 days') * 1000 THEN
    PERFORM refuse('K3_stale', format('Command %s was received more than 40 days ago', NEW.command_id));
  END IF;
  IF EXISTS (SELECT FROM withdrawn_commands WHERE command_id = NEW.command_id) THEN
    PERFORM refuse('K3_withdrawn', format('Command %s was taken back', NEW.command_id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- SECURITY DEFINER: the application may not take anything away here but by age.
CREATE FUNCTION forget_withdrawn(portion integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE forgotten integer;
BEGIN
  DELETE FROM withdrawn_commands WHERE command_id = ANY(ARRAY(
    SELECT command_id FROM withdrawn_commands WHERE withdrawn_at < now() - interval '45 days'
    ORDER BY withdrawn_at LIMIT portion FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

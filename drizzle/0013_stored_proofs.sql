CREATE TABLE "adopted_commands" (
	"command_id" text PRIMARY KEY NOT NULL,
	"payload" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "proof" "bytea";--> statement-breakpoint
-- What is sent for a stored command counts as the service's own, so it is sent only with a proof that the service stored
-- it. Commands of before have none; they are kept here as they are, where only the owner can write. All of this is of the
-- catalogue, but for reading the open commands, which are few.
INSERT INTO adopted_commands SELECT command_id, payload FROM commands WHERE open AND order_id IS NOT NULL;
--> statement-breakpoint
GRANT SELECT ON adopted_commands TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (proof) ON commands TO tranche_app;
--> statement-breakpoint
-- L10: what waits for its turn is what the order's log holds, and waits until the log says what became of it.
CREATE FUNCTION check_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong text;
BEGIN
  SELECT h.command_id INTO wrong FROM changed h WHERE NOT EXISTS (
    SELECT FROM order_log l
    WHERE l.order_id = h.order_id AND l.version = h.version AND l.command_id = h.command_id AND l.outcome = 'held'
      AND l.held -> 'command' = h.command
      AND (l.held ->> 'until')::bigint IS NOT DISTINCT FROM (extract(epoch FROM h.until) * 1000)::bigint)
  LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('L10_held', format('The log does not hold command %s as it is given', wrong));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER as_the_log_holds AFTER INSERT ON held_commands REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION check_holds();
--> statement-breakpoint
CREATE FUNCTION check_ended_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong text;
BEGIN
  SELECT h.command_id INTO wrong FROM changed h WHERE NOT EXISTS (
    SELECT FROM order_log l
    WHERE l.order_id = h.order_id AND l.command_id = h.command_id AND l.outcome <> 'held')
  LIMIT 1;
  IF FOUND THEN
    PERFORM refuse('L10_held', format('The log has no outcome of command %s, which waits for its turn', wrong));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER as_the_log_ends AFTER DELETE ON held_commands REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION check_ended_holds();

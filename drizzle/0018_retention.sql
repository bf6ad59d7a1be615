-- What no promise needs any more can be forgotten: commands that are closed, deliveries that are done, and an event's bytes
-- once no delivery of it is left. Each index locks its table against writing for as long as one reading of it takes.
CREATE INDEX "commands_closed" ON "commands" USING btree ("created_at") WHERE NOT open;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_done" ON "webhook_deliveries" USING btree (coalesce(last_attempt_at, created_at)) WHERE status <> 'pending';--> statement-breakpoint
DROP TRIGGER append_only ON webhook_bodies;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE ON webhook_bodies FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- An event's deliveries are looked up by its merchant's endpoints: an index of them by event would be written by each.
CREATE FUNCTION guard_forgotten() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'webhook_deliveries' THEN
    IF OLD.status = 'pending' THEN
      PERFORM refuse('W1_forgotten', format('The delivery of %s to %s is not done', OLD.event_id, OLD.endpoint_id));
    END IF;
  ELSIF EXISTS (SELECT FROM events v
      JOIN webhook_endpoints e ON e.merchant_id = v.merchant_id AND e.mode = v.mode
      JOIN webhook_deliveries d ON d.endpoint_id = e.id AND d.event_id = v.id
    WHERE v.id = OLD.event_id) THEN
    PERFORM refuse('W1_forgotten', format('The bytes of %s belong to a delivery', OLD.event_id));
  END IF;
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard_forgotten BEFORE DELETE ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION guard_forgotten();
--> statement-breakpoint
CREATE TRIGGER guard_forgotten BEFORE DELETE ON webhook_bodies FOR EACH ROW EXECUTE FUNCTION guard_forgotten();
--> statement-breakpoint
GRANT DELETE ON webhook_deliveries, webhook_bodies TO tranche_app;
--> statement-breakpoint
-- What was adopted is only ever asked for together with the command. SECURITY DEFINER: the application may not write there.
CREATE FUNCTION forget_adopted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM adopted_commands WHERE command_id = OLD.command_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_adopted AFTER DELETE ON commands FOR EACH ROW EXECUTE FUNCTION forget_adopted();

CREATE INDEX "events_of_milestone" ON "events" USING btree ("order_id",(data ->> 'index'),"version") WHERE data ? 'index';--> statement-breakpoint
-- Building the index locks events against writing for as long as one reading of it takes, some seconds per million rows;
-- reads go on. What follows locks webhook_endpoints alone, for a moment.
--
-- A merchant's endpoints in a mode are at most 20, however many requests ask at once: each counts after the one before.
CREATE FUNCTION limit_webhook_endpoints() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(format('webhook_endpoints/%s/%s', NEW.merchant_id, NEW.mode), 0));
  IF (SELECT count(*) FROM webhook_endpoints
      WHERE merchant_id = NEW.merchant_id AND mode = NEW.mode AND deleted_at IS NULL) >= 20
  THEN
    PERFORM refuse('webhook_endpoints_full', format('Merchant %s has 20 webhook endpoints', NEW.merchant_id));
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER limit_endpoints BEFORE INSERT ON webhook_endpoints FOR EACH ROW EXECUTE FUNCTION limit_webhook_endpoints();

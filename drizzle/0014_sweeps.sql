-- What the sweeper took, and when it looks again, so that workers share it. The columns are of the catalogue alone: their
-- defaults are the same for all rows that are there. Each index locks its table against writing for as long as one
-- reading of it takes, some seconds per million rows; reads go on. Versions before name their columns.
ALTER TABLE "commands" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "look_at" timestamp (3) with time zone DEFAULT now() + interval '5 seconds' NOT NULL;--> statement-breakpoint
ALTER TABLE "escrow_orders" ADD COLUMN "wakes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escrow_orders" ADD COLUMN "wake_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "commands_due" ON "commands" USING btree ("look_at") WHERE open;--> statement-breakpoint
CREATE INDEX "escrow_orders_due" ON "escrow_orders" USING btree (coalesce(wake_at, next_deadline),"id") WHERE coalesce(wake_at, next_deadline) is not null;--> statement-breakpoint
CREATE INDEX "payment_intents_by_status" ON "payment_intents" USING btree ("merchant_id","mode","status","created_at","id");--> statement-breakpoint
CREATE INDEX "payouts_by_status" ON "payouts" USING btree ("merchant_id","mode","status","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_open" ON "webhook_deliveries" USING btree ("endpoint_id","status","created_at","event_id") WHERE status <> 'delivered';--> statement-breakpoint
-- A trigger, so that it holds for commits of versions before as well.
CREATE FUNCTION forget_wakes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.wakes := 0;
  NEW.wake_at := NULL;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_wakes BEFORE UPDATE OF next_deadline ON escrow_orders
  FOR EACH ROW WHEN (OLD.wakes > 0 AND OLD.next_deadline IS DISTINCT FROM NEW.next_deadline) EXECUTE FUNCTION forget_wakes();
--> statement-breakpoint
GRANT UPDATE (attempts, look_at) ON commands TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (wakes, wake_at) ON escrow_orders TO tranche_app;

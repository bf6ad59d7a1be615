CREATE TABLE "fundings" (
	"intent_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"amount" numeric NOT NULL,
	"status" text NOT NULL,
	"command" jsonb NOT NULL,
	"idempotency_key" text,
	"fingerprint" "bytea",
	"open" boolean DEFAULT true NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"look_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "fundings" ADD CONSTRAINT "fundings_intent_id_payment_intents_id_fk" FOREIGN KEY ("intent_id") REFERENCES "public"."payment_intents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fundings" ADD CONSTRAINT "fundings_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "fundings_open" ON "fundings" USING btree ("look_at") WHERE open;--> statement-breakpoint
-- A collection of a buyer's money is recorded before the funding port is asked, so that no crash and no cancelled intent
-- leaves money behind that nobody knows of. The table is new. payment_intents and escrow_orders are locked for the moment
-- that the foreign keys and the trigger take; version 0.3.0 neither reads nor writes the table, and its commits move it
-- through the trigger.
ALTER TABLE fundings
  ALTER COLUMN amount TYPE money_amount,
  ADD CONSTRAINT funding_status CHECK (CASE status
    WHEN 'SUBMITTED' THEN open
    WHEN 'COLLECTED' THEN true
    WHEN 'REFUSED' THEN NOT open
    WHEN 'RETURNING' THEN open
    WHEN 'RETURNED' THEN NOT open
    ELSE false END);
--> statement-breakpoint
-- L8: what is collected is what the intent is of. Only money of a cancelled intent is given back.
CREATE FUNCTION guard_funding() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE intent payment_intents;
BEGIN
  SELECT * INTO intent FROM payment_intents WHERE id = NEW.intent_id;
  IF (NEW.mode, NEW.currency, NEW.amount) IS DISTINCT FROM (intent.mode, intent.currency, intent.amount::numeric)
    OR NOT EXISTS (SELECT FROM escrow_orders WHERE id = NEW.order_id AND payment_intent_id = NEW.intent_id) THEN
    PERFORM refuse('L8_funding', format('The funding of %s is of its order, mode, currency and amount', NEW.intent_id));
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'SUBMITTED' THEN
      PERFORM refuse('L8_funding', format('The funding of %s begins submitted', NEW.intent_id));
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status <> OLD.status AND NOT (CASE OLD.status
    WHEN 'SUBMITTED' THEN NEW.status IN ('COLLECTED', 'REFUSED', 'RETURNING')
    WHEN 'REFUSED' THEN NEW.status IN ('SUBMITTED', 'COLLECTED', 'RETURNING')
    WHEN 'COLLECTED' THEN NEW.status = 'RETURNING'
    WHEN 'RETURNING' THEN NEW.status = 'RETURNED'
    ELSE NEW.status = 'RETURNING' END) THEN
    PERFORM refuse('L8_funding', format('The funding of %s is %s and cannot be %s', NEW.intent_id, OLD.status, NEW.status));
  END IF;
  IF NEW.status = 'RETURNING' AND intent.status <> 'CANCELLED' THEN
    PERFORM refuse('L8_funding', format('Payment intent %s is %s: its money is not given back', NEW.intent_id, intent.status));
  END IF;
  IF NEW.status <> OLD.status THEN
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON fundings FOR EACH ROW EXECUTE FUNCTION guard_funding();
--> statement-breakpoint
CREATE TRIGGER never_deleted BEFORE DELETE ON fundings FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON fundings EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- In the transaction that decides the intent: what was collected is done with, or on its way back. A port that is being
-- asked gets time to answer before it is asked to give back.
CREATE FUNCTION follow_intent() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.status = 'SUCCEEDED' THEN
    UPDATE fundings SET open = false WHERE intent_id = NEW.id AND status = 'COLLECTED';
  ELSIF NEW.status = 'CANCELLED' THEN
    UPDATE fundings SET status = 'RETURNING', open = true, attempts = 0,
      look_at = clock_timestamp() + CASE status WHEN 'COLLECTED' THEN interval '0' ELSE interval '15 seconds' END
    WHERE intent_id = NEW.id AND status IN ('SUBMITTED', 'COLLECTED');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER follow AFTER UPDATE OF status ON payment_intents
  FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION follow_intent();
--> statement-breakpoint
GRANT SELECT, INSERT ON fundings TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (status, command, idempotency_key, fingerprint, open, attempts, last_error, look_at, updated_at) ON fundings TO tranche_app;

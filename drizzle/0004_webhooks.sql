CREATE TABLE "webhook_bodies" (
	"event_id" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"endpoint_id" text NOT NULL,
	"event_id" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"replays" integer DEFAULT 0 NOT NULL,
	"first_attempt_at" timestamp (3) with time zone,
	"last_attempt_at" timestamp (3) with time zone,
	"last_status_code" integer,
	"last_error" text,
	"last_duration_ms" integer,
	"next_attempt_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_endpoint_id_event_id_pk" PRIMARY KEY("endpoint_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"url" text NOT NULL,
	"description" text,
	"event_types" jsonb,
	"status" text DEFAULT 'enabled' NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp (3) with time zone,
	"secret" "bytea",
	"previous_secret" "bytea",
	"previous_secret_ends_at" timestamp (3) with time zone,
	"cursor_xid" "xid8" NOT NULL,
	"cursor_event_id" text DEFAULT '' NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"last_error" text,
	"paused_until" timestamp (3) with time zone,
	"dispatched_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "events" DROP CONSTRAINT "events_order_id_escrow_orders_id_fk";
--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "order_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "sequence" DROP NOT NULL;--> statement-breakpoint
-- Changed by hand from here to the next comment: events that are there already get their order's owner, and the xid 0.
ALTER TABLE "events" ADD COLUMN "merchant_id" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "mode" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "xid" "xid8" DEFAULT '0' NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "xid" SET DEFAULT pg_current_xact_id();--> statement-breakpoint
ALTER TABLE "events" DISABLE TRIGGER "append_only";--> statement-breakpoint
UPDATE "events" SET "merchant_id" = o."merchant_id", "mode" = o."mode" FROM "escrow_orders" o WHERE o."id" = "events"."order_id";--> statement-breakpoint
ALTER TABLE "events" ENABLE TRIGGER "append_only";--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "merchant_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "mode" SET NOT NULL;--> statement-breakpoint
-- As generated again.
ALTER TABLE "webhook_bodies" ADD CONSTRAINT "webhook_bodies_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("endpoint_id","next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_endpoint" ON "webhook_deliveries" USING btree ("endpoint_id","created_at","event_id");--> statement-breakpoint
CREATE INDEX "webhook_endpoints_by_merchant" ON "webhook_endpoints" USING btree ("merchant_id","mode","created_at","id");--> statement-breakpoint
ALTER TABLE "escrow_orders" ADD CONSTRAINT "escrow_orders_owner" UNIQUE("id","merchant_id","mode");--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_order" FOREIGN KEY ("order_id","merchant_id","mode") REFERENCES "public"."escrow_orders"("id","merchant_id","mode") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_by_merchant" ON "events" USING btree ("merchant_id","mode","xid","id");
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"role" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"last_four" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"command_id" text PRIMARY KEY NOT NULL,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"role" text NOT NULL,
	"idempotency_key" text,
	"fingerprint" "bytea",
	"order_id" text,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"open" boolean NOT NULL,
	CONSTRAINT "idempotency_key_claimed" UNIQUE("merchant_id","mode","role","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"order_id" text NOT NULL,
	"version" integer NOT NULL,
	"milestone_index" integer,
	"reason" text NOT NULL,
	"raised_by" text NOT NULL,
	"window_seconds" bigint NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"resolution" text,
	"resolved_by" text,
	"merchant_amount" numeric,
	"buyer_amount" numeric,
	CONSTRAINT "disputes_order_id_version_pk" PRIMARY KEY("order_id","version")
);
--> statement-breakpoint
CREATE TABLE "escrow_orders" (
	"id" text PRIMARY KEY NOT NULL,
	"payment_intent_id" text NOT NULL,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"amount" numeric NOT NULL,
	"release_type" text NOT NULL,
	"auto_release_on_proof" boolean NOT NULL,
	"terms" jsonb NOT NULL,
	"status" text DEFAULT 'PENDING' NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"event_sequence" integer DEFAULT 0 NOT NULL,
	"funded_amount" numeric DEFAULT '0' NOT NULL,
	"allocated_amount" numeric DEFAULT '0' NOT NULL,
	"released_amount" numeric DEFAULT '0' NOT NULL,
	"refunded_amount" numeric DEFAULT '0' NOT NULL,
	"next_deadline" timestamp (3) with time zone,
	"clock_offset_ms" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "escrow_orders_payment_intent_id_unique" UNIQUE("payment_intent_id"),
	CONSTRAINT "escrow_orders_currency" UNIQUE("id","currency")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"type" text NOT NULL,
	"version" integer,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "events_sequence" UNIQUE("order_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "held_commands" (
	"order_id" text NOT NULL,
	"command_id" text NOT NULL,
	"version" integer NOT NULL,
	"command" jsonb NOT NULL,
	"reason" text NOT NULL,
	"detail" jsonb NOT NULL,
	"until" timestamp (3) with time zone,
	"held_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "held_commands_order_id_command_id_pk" PRIMARY KEY("order_id","command_id")
);
--> statement-breakpoint
CREATE TABLE "ledger_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"owner_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"balance" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "ledger_accounts_kind" UNIQUE("id","mode","currency")
);
--> statement-breakpoint
CREATE TABLE "ledger_transactions" (
	"key" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_transactions_currency" UNIQUE("key","mode","currency")
);
--> statement-breakpoint
CREATE TABLE "merchants" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "milestones" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"milestone_index" integer NOT NULL,
	"currency" text NOT NULL,
	"description" text,
	"amount" numeric NOT NULL,
	"percentage" double precision,
	"due_at" timestamp (3) with time zone,
	"overdue_at" timestamp (3) with time zone,
	"metadata" jsonb,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"completed_by" text,
	"completion_proof" text,
	"completion_proof_uri" text,
	"inspection_ends_at" timestamp (3) with time zone,
	"reminded_at" timestamp (3) with time zone,
	"cancelled_at" timestamp (3) with time zone,
	"released_at" timestamp (3) with time zone,
	"released_by" text,
	"released_amount" numeric,
	"refunded_amount" numeric,
	CONSTRAINT "milestone_index_taken" UNIQUE("order_id","milestone_index")
);
--> statement-breakpoint
CREATE TABLE "order_log" (
	"order_id" text NOT NULL,
	"version" integer NOT NULL,
	"command_id" text NOT NULL,
	"command_type" text NOT NULL,
	"actor_role" text NOT NULL,
	"actor_id" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"detail" jsonb,
	"events" jsonb,
	"held" jsonb,
	"at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "order_log_order_id_version_pk" PRIMARY KEY("order_id","version")
);
--> statement-breakpoint
CREATE TABLE "payment_intents" (
	"id" text PRIMARY KEY NOT NULL,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"type" text NOT NULL,
	"status" text DEFAULT 'INITIATED' NOT NULL,
	"amount" numeric NOT NULL,
	"currency" text NOT NULL,
	"settlement_method" text NOT NULL,
	"settlement_destination" text NOT NULL,
	"description" text,
	"metadata" jsonb NOT NULL,
	"delivery_period" bigint,
	"expected_delivery_hash" text,
	"delivery_oracle" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payouts" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"milestone_index" integer,
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"amount" numeric NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"reference" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone,
	CONSTRAINT "payout_of_release" UNIQUE NULLS NOT DISTINCT("order_id","milestone_index")
);
--> statement-breakpoint
CREATE TABLE "postings" (
	"transaction_key" text NOT NULL,
	"leg" integer NOT NULL,
	"account_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"direction" text NOT NULL,
	"amount" numeric NOT NULL,
	CONSTRAINT "postings_transaction_key_leg_pk" PRIMARY KEY("transaction_key","leg")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escrow_orders" ADD CONSTRAINT "escrow_orders_payment_intent_id_payment_intents_id_fk" FOREIGN KEY ("payment_intent_id") REFERENCES "public"."payment_intents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escrow_orders" ADD CONSTRAINT "escrow_orders_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "held_commands" ADD CONSTRAINT "held_commands_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_order_id_version_order_log_order_id_version_fk" FOREIGN KEY ("order_id","version") REFERENCES "public"."order_log"("order_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_order_id_currency_escrow_orders_id_currency_fk" FOREIGN KEY ("order_id","currency") REFERENCES "public"."escrow_orders"("id","currency") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_log" ADD CONSTRAINT "order_log_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_intents" ADD CONSTRAINT "payment_intents_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_order_id_escrow_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."escrow_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_transaction_key_mode_currency_ledger_transactions_key_mode_currency_fk" FOREIGN KEY ("transaction_key","mode","currency") REFERENCES "public"."ledger_transactions"("key","mode","currency") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_account_id_mode_currency_ledger_accounts_id_mode_currency_fk" FOREIGN KEY ("account_id","mode","currency") REFERENCES "public"."ledger_accounts"("id","mode","currency") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "commands_open" ON "commands" USING btree ("created_at") WHERE open;--> statement-breakpoint
CREATE UNIQUE INDEX "dispute_open" ON "disputes" USING btree ("order_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "escrow_orders_by_deadline" ON "escrow_orders" USING btree ("next_deadline") WHERE next_deadline is not null;--> statement-breakpoint
CREATE INDEX "ledger_transactions_by_order" ON "ledger_transactions" USING btree ("order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "order_log_one_outcome" ON "order_log" USING btree ("command_id","order_id",(outcome = 'held'));--> statement-breakpoint
CREATE INDEX "order_log_by_recording" ON "order_log" USING brin ("recorded_at");--> statement-breakpoint
CREATE INDEX "payment_intents_by_merchant" ON "payment_intents" USING btree ("merchant_id","mode","created_at","id");--> statement-breakpoint
CREATE INDEX "payouts_by_merchant" ON "payouts" USING btree ("merchant_id","mode","created_at","id");--> statement-breakpoint
CREATE INDEX "payouts_pending" ON "payouts" USING btree ("updated_at") WHERE status = 'PENDING';--> statement-breakpoint
CREATE INDEX "postings_by_account" ON "postings" USING btree ("account_id");
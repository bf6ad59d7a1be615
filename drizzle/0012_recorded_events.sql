-- Rows that are there keep no time of recording: a default given with the column would rewrite the whole table under its
-- lock. Both statements are of the catalogue alone. Versions before name their columns, and so get the default.
ALTER TABLE "events" ADD COLUMN "recorded_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "recorded_at" SET DEFAULT clock_timestamp();--> statement-breakpoint
-- Finds no row yet, and so takes one reading of the table.
CREATE INDEX "events_by_recording" ON "events" USING btree ("merchant_id","mode","recorded_at") WHERE recorded_at IS NOT NULL;

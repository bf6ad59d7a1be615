-- By how much an inspection was extended by hand. Nullable and without a default, so no row is rewritten; milestones are
-- locked for the moment that it takes to change the catalogue. Version 0.3.0 neither reads nor writes it.
ALTER TABLE "milestones" ADD COLUMN "extended_seconds" bigint;--> statement-breakpoint
GRANT UPDATE (extended_seconds) ON milestones TO tranche_app;

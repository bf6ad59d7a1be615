CREATE TABLE "adopted_webhook_endpoints" (
	"endpoint_id" text PRIMARY KEY NOT NULL,
	"facts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "proof" "bytea";--> statement-breakpoint
-- The address that an endpoint's events go to carries a proof that its writer had the service's secret. The column is of
-- the catalogue alone, and versions before name theirs. Endpoints that are there already are kept here as they are, where
-- only the owner writes.
CREATE FUNCTION webhook_endpoint_facts(endpoint webhook_endpoints) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_array(endpoint.id, endpoint.merchant_id, endpoint.mode, endpoint.url);
--> statement-breakpoint
INSERT INTO adopted_webhook_endpoints SELECT e.id, webhook_endpoint_facts(e) FROM webhook_endpoints e;
--> statement-breakpoint
GRANT SELECT ON adopted_webhook_endpoints TO tranche_app;
--> statement-breakpoint
GRANT UPDATE (proof) ON webhook_endpoints TO tranche_app;

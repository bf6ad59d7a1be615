-- Reads of large orders: a milestone's latest dispute, and whether all of an order's payouts are paid. Each index locks its
-- table against writing for as long as one reading of it takes; reads go on.
CREATE INDEX "disputes_by_milestone" ON "disputes" USING btree ("order_id","milestone_index","version");--> statement-breakpoint
CREATE INDEX "payouts_unpaid" ON "payouts" USING btree ("order_id") WHERE status <> 'PAID';
-- What a batch changes of an order's milestones adds up without a join: its plan was made for a batch of one row and kept,
-- and took minutes for ten thousand. Only the catalogue changes.
CREATE OR REPLACE FUNCTION allocate_updated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE escrow_orders o SET allocated_amount = o.allocated_amount + c.delta
  FROM (SELECT order_id, sum(amount) AS delta FROM (
          SELECT order_id, amount FROM added WHERE status <> 'CANCELLED'
          UNION ALL
          SELECT order_id, -amount FROM removed WHERE status <> 'CANCELLED') changes
        GROUP BY order_id) c
  WHERE o.id = c.order_id AND c.delta <> 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- What is stored for an order, and was received before one of its deadlines, is looked for when that has passed.
CREATE INDEX "commands_open_of_order" ON "commands" USING btree ("order_id") WHERE open;

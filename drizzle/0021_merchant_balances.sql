CREATE TABLE "merchant_balances" (
	"merchant_id" text NOT NULL,
	"mode" text NOT NULL,
	"currency" text NOT NULL,
	"in_escrow" numeric NOT NULL,
	"payout_pending" numeric NOT NULL,
	"paid_out" numeric NOT NULL,
	CONSTRAINT "merchant_balances_merchant_id_mode_currency_pk" PRIMARY KEY("merchant_id","mode","currency")
);

--> statement-breakpoint
-- A merchant's balance is read from one row for each currency, however many orders and payouts there are. Filling the
-- table reads the ledger's accounts and the payouts once; commits wait meanwhile, some seconds per million orders.
GRANT SELECT ON merchant_balances TO tranche_app;
--> statement-breakpoint
LOCK TABLE postings IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
INSERT INTO merchant_balances (merchant_id, mode, currency, in_escrow, payout_pending, paid_out)
SELECT merchant_id, mode, currency, sum(in_escrow), sum(payout_pending), sum(paid_out) FROM (
  SELECT o.merchant_id, a.mode, a.currency, a.balance AS in_escrow, 0 AS payout_pending, 0 AS paid_out
  FROM ledger_accounts a JOIN escrow_orders o ON o.id = a.owner_id WHERE a.kind = 'escrow'
  UNION ALL
  SELECT owner_id, mode, currency, 0, balance, 0 FROM ledger_accounts WHERE kind = 'merchant'
  UNION ALL
  SELECT merchant_id, mode, currency, 0, 0, amount FROM payouts WHERE status = 'PAID') AS money
GROUP BY merchant_id, mode, currency;
--> statement-breakpoint
-- The accounts' rows first, in the order of their names, and then the merchants', so that no two commits wait for each
-- other.
CREATE OR REPLACE FUNCTION add_to_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE moved record;
BEGIN
  FOR moved IN
    SELECT account_id, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS delta
    FROM added GROUP BY account_id ORDER BY account_id
  LOOP
    UPDATE ledger_accounts SET balance = balance + moved.delta WHERE id = moved.account_id;
  END LOOP;
  INSERT INTO merchant_balances AS b (merchant_id, mode, currency, in_escrow, payout_pending, paid_out)
  SELECT m.merchant_id, m.mode, m.currency, sum(CASE m.kind WHEN 'escrow' THEN m.delta ELSE 0 END),
    sum(CASE m.kind WHEN 'merchant' THEN m.delta ELSE 0 END), sum(CASE m.kind WHEN 'merchant' THEN m.debits ELSE 0 END)
  FROM (
    SELECT a.kind, a.mode, a.currency, p.delta, p.debits,
      CASE a.kind WHEN 'merchant' THEN a.owner_id
        ELSE (SELECT o.merchant_id FROM escrow_orders o WHERE o.id = a.owner_id) END AS merchant_id
    FROM (
      SELECT account_id, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS delta,
        sum(CASE direction WHEN 'debit' THEN amount ELSE 0 END) AS debits
      FROM added GROUP BY account_id) p,
      LATERAL (SELECT kind, mode, currency, owner_id FROM ledger_accounts WHERE id = p.account_id) a
    WHERE a.kind <> 'external') m
  WHERE m.merchant_id IS NOT NULL
  GROUP BY m.merchant_id, m.mode, m.currency
  ORDER BY m.merchant_id, m.mode, m.currency
  ON CONFLICT (merchant_id, mode, currency) DO UPDATE SET in_escrow = b.in_escrow + excluded.in_escrow,
    payout_pending = b.payout_pending + excluded.payout_pending, paid_out = b.paid_out + excluded.paid_out;
  RETURN NULL;
END $$;

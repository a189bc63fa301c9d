-- Wallets that hold dollars are somebody else's: a Galoy upstream keeps the money and says what each movement was in cents. There are no books of
-- ours in dollars.
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_currency" CHECK ("currency" = 'BTC' OR ("currency" = 'USD' AND "balance_kind" = 'node'));

-- What a client asked to pay in cents, for a request without an amount.
ALTER TABLE "payments" ADD COLUMN "amount_cents" BIGINT;

-- Not null: the movement is of a wallet that holds dollars; 0 until upstream has said how many.
ALTER TABLE "transactions" ADD COLUMN "amount_cents" BIGINT;
ALTER TABLE "transactions" ADD COLUMN "fee_cents" BIGINT;
-- What a movement in cents counts against the limits of its key, which are in satoshis.
ALTER TABLE "transactions" ADD COLUMN "counted_msat" BIGINT;

-- As before, but what is sent in cents counts with its `counted_msat`, and is refused where nobody could reckon that and the key has a limit.
CREATE OR REPLACE FUNCTION "key_within_limits"() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  k "api_keys"%ROWTYPE;
  spent RECORD;
  "exceeded" TEXT;
  "remaining" BIGINT;
BEGIN
  SELECT * INTO k FROM "api_keys" WHERE "id" = NEW."key_id";
  IF coalesce(k."daily_limit_sats", k."weekly_limit_sats", k."monthly_limit_sats", k."annual_limit_sats") IS NULL THEN
    RETURN NULL;
  END IF;
  IF NEW."amount_cents" IS NOT NULL AND NEW."counted_msat" IS NULL THEN
    RAISE EXCEPTION 'key % has a limit, and nobody knows what so many cents count', NEW."key_id"
      USING ERRCODE = 'check_violation', CONSTRAINT = 'key_limits', DETAIL = 'uncounted 0';
  END IF;
  SELECT * INTO k FROM "api_keys" WHERE "id" = NEW."key_id" FOR NO KEY UPDATE;
  SELECT
    coalesce(sum(coalesce("counted_msat", "amount_msat" + "fee_msat")) FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '24 hours'), 0)::bigint AS "daily",
    coalesce(sum(coalesce("counted_msat", "amount_msat" + "fee_msat")) FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '7 days'), 0)::bigint AS "weekly",
    coalesce(sum(coalesce("counted_msat", "amount_msat" + "fee_msat")) FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '30 days'), 0)::bigint AS "monthly",
    coalesce(sum(coalesce("counted_msat", "amount_msat" + "fee_msat")), 0)::bigint AS "annual"
  INTO spent FROM "transactions"
  WHERE "key_id" = NEW."key_id" AND "direction" = 'send' AND "status" <> 'failure' AND "created_at" > NEW."created_at" - CASE
    WHEN k."annual_limit_sats" IS NOT NULL THEN INTERVAL '365 days'
    WHEN k."monthly_limit_sats" IS NOT NULL THEN INTERVAL '30 days'
    WHEN k."weekly_limit_sats" IS NOT NULL THEN INTERVAL '7 days'
    ELSE INTERVAL '24 hours' END;
  SELECT w."name", w."limit_sats" * 1000 - w."spent_msat" + coalesce(NEW."counted_msat", NEW."amount_msat" + NEW."fee_msat") INTO "exceeded", "remaining"
  FROM (VALUES
    (1, 'daily', k."daily_limit_sats"::bigint, spent."daily"), (2, 'weekly', k."weekly_limit_sats"::bigint, spent."weekly"),
    (3, 'monthly', k."monthly_limit_sats"::bigint, spent."monthly"), (4, 'annual', k."annual_limit_sats"::bigint, spent."annual")
  ) AS w("rank", "name", "limit_sats", "spent_msat")
  WHERE w."spent_msat" > w."limit_sats" * 1000 ORDER BY w."rank" LIMIT 1;
  IF "exceeded" IS NOT NULL THEN
    RAISE EXCEPTION 'key % is over its % limit', NEW."key_id", "exceeded"
      USING ERRCODE = 'check_violation', CONSTRAINT = 'key_limits', DETAIL = "exceeded" || ' ' || "remaining";
  END IF;
  RETURN NULL;
END $$;

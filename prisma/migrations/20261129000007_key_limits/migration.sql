-- What a key may spend, and which movement was asked for by which key. A key's spending is the sum of its outgoing movements that have not
-- failed: whatever writes a movement reserves, and whatever marks it as failed gives back, in that very statement.
ALTER TABLE "api_keys" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "api_keys" ADD COLUMN "daily_limit_sats" INTEGER;
ALTER TABLE "api_keys" ADD COLUMN "weekly_limit_sats" INTEGER;
ALTER TABLE "api_keys" ADD COLUMN "monthly_limit_sats" INTEGER;
ALTER TABLE "api_keys" ADD COLUMN "annual_limit_sats" INTEGER;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_limits" CHECK (
  "daily_limit_sats" > 0 AND "weekly_limit_sats" > 0 AND "monthly_limit_sats" > 0 AND "annual_limit_sats" > 0);

ALTER TABLE "transactions" ADD COLUMN "key_id" UUID;
UPDATE "transactions" AS t SET "key_id" = p."key_id" FROM "payments" AS p WHERE t."subject_id" = p."id" AND t."wallet_id" = p."wallet_id";

-- No column that changes is in it: a movement that ends costs no new index entry.
CREATE INDEX "transactions_spent_by" ON "transactions" ("key_id", "created_at") WHERE "key_id" IS NOT NULL AND "direction" = 'send';

-- Refuses a movement that takes its key over one of its limits. The row of the key is locked, so that of any number of sends at once, on
-- any number of replicas, each sees those before it (a function that is VOLATILE sees what was committed before each of its queries).
CREATE FUNCTION "key_within_limits"() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
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
  SELECT * INTO k FROM "api_keys" WHERE "id" = NEW."key_id" FOR NO KEY UPDATE;
  SELECT
    coalesce(sum("amount_msat" + "fee_msat") FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '24 hours'), 0)::bigint AS "daily",
    coalesce(sum("amount_msat" + "fee_msat") FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '7 days'), 0)::bigint AS "weekly",
    coalesce(sum("amount_msat" + "fee_msat") FILTER (WHERE "created_at" > NEW."created_at" - INTERVAL '30 days'), 0)::bigint AS "monthly",
    coalesce(sum("amount_msat" + "fee_msat"), 0)::bigint AS "annual"
  INTO spent FROM "transactions"
  WHERE "key_id" = NEW."key_id" AND "direction" = 'send' AND "status" <> 'failure' AND "created_at" > NEW."created_at" - CASE
    WHEN k."annual_limit_sats" IS NOT NULL THEN INTERVAL '365 days'
    WHEN k."monthly_limit_sats" IS NOT NULL THEN INTERVAL '30 days'
    WHEN k."weekly_limit_sats" IS NOT NULL THEN INTERVAL '7 days'
    ELSE INTERVAL '24 hours' END;
  SELECT w."name", w."limit_sats" * 1000 - w."spent_msat" + NEW."amount_msat" + NEW."fee_msat" INTO "exceeded", "remaining"
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
CREATE TRIGGER "key_limits" AFTER INSERT ON "transactions" FOR EACH ROW
  WHEN (NEW."key_id" IS NOT NULL AND NEW."direction" = 'send' AND NEW."status" <> 'failure') EXECUTE FUNCTION "key_within_limits"();

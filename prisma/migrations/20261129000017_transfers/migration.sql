-- Transfers between two ledger wallets, by wallet id: written once, by the statement that posts both sides.
CREATE TABLE "transfers" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "recipient_wallet_id" UUID NOT NULL,
    "key_id" UUID,
    "amount_msat" BIGINT NOT NULL,
    "memo" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" UUID,
    "asked_key" TEXT,
    "asked_digest" TEXT,

    CONSTRAINT "transfers_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "transfers_amount" CHECK ("amount_msat" > 0),
    CONSTRAINT "transfers_two_wallets" CHECK ("wallet_id" <> "recipient_wallet_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "transfers_asked_by_asked_key_key" ON "transfers"("asked_by", "asked_key");

-- Handles are looked up in lower case, as Galoy folds them. One that somebody else has in lower case already stays as it is.
UPDATE "accounts" AS a SET "username" = lower(a."username")
WHERE a."username" <> lower(a."username") AND NOT EXISTS (SELECT 1 FROM "accounts" AS b WHERE b."id" <> a."id" AND lower(b."username") = lower(a."username"));

-- Money on the chain: addresses of wallets, what came to them, what is sent, and up to where each backend was listed.

-- CreateTable
CREATE TABLE "addresses" (
    "address" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "asked_by" UUID,
    "asked_key" TEXT,
    "asked_digest" TEXT,

    CONSTRAINT "addresses_pkey" PRIMARY KEY ("address")
);

-- CreateTable
CREATE TABLE "deposits" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "txid" TEXT NOT NULL,
    "vout" INTEGER NOT NULL,
    "amount_msat" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "confirmations" INTEGER NOT NULL,
    "since_height" INTEGER,
    "watched" BOOLEAN NOT NULL DEFAULT true,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "deposits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chain_watches" (
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "height" INTEGER,
    "next_check_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_watches_pkey" PRIMARY KEY ("backend_id","backend_identity")
);

-- CreateTable
CREATE TABLE "payouts" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "key_id" UUID,
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'sending',
    "disproved" BOOLEAN NOT NULL DEFAULT false,
    "taken" BOOLEAN NOT NULL DEFAULT false,
    "address" TEXT NOT NULL,
    "amount_msat" BIGINT NOT NULL,
    "sends_all" BOOLEAN NOT NULL DEFAULT false,
    "max_fee_msat" BIGINT NOT NULL,
    "speed" TEXT NOT NULL,
    "target_confirmations" INTEGER NOT NULL,
    "memo" TEXT,
    "since_height" INTEGER,
    "send_by" TIMESTAMPTZ(3) NOT NULL,
    "txid" TEXT,
    "vout" INTEGER,
    "paid_msat" BIGINT,
    "fee_msat" BIGINT,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),
    "checks" INTEGER NOT NULL DEFAULT 0,
    "asked_by" UUID,
    "asked_key" TEXT,
    "asked_digest" TEXT,

    CONSTRAINT "payouts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "addresses_wallet_id_seq_idx" ON "addresses"("wallet_id", "seq" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "addresses_asked_by_asked_key_key" ON "addresses"("asked_by", "asked_key");

-- CreateIndex
CREATE UNIQUE INDEX "deposits_txid_vout_key" ON "deposits"("txid", "vout");

-- CreateIndex
CREATE INDEX "payouts_wallet_id_id_idx" ON "payouts"("wallet_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payouts_asked_by_asked_key_key" ON "payouts"("asked_by", "asked_key");

-- Guards that keep the money rules when code does not.
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_state" CHECK ("state" IN ('pending', 'credited', 'vanished'));
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_state" CHECK ("state" IN ('sending', 'sent', 'confirmed', 'failed'));

-- A transaction that is believed to be there has a name, and what it cost is known.
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_sent" CHECK ("state" NOT IN ('sent', 'confirmed') OR ("txid" IS NOT NULL AND "fee_msat" IS NOT NULL));

-- What waits is found without reading what does not.
CREATE INDEX "payouts_waiting" ON "payouts" ("next_check_at") WHERE "next_check_at" IS NOT NULL;
CREATE INDEX "deposits_pending" ON "deposits" ("wallet_id", "id" DESC) WHERE "state" = 'pending';
CREATE INDEX "deposits_watched" ON "deposits" ("backend_id") WHERE "watched";
CREATE INDEX "transactions_address" ON "transactions" ("wallet_id", "address", "id" DESC) WHERE "address" IS NOT NULL;

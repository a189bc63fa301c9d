-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "username" TEXT,
    "display_currency" TEXT NOT NULL DEFAULT 'USD',
    "default_wallet_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "wallets" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'BTC',
    "balance_kind" TEXT NOT NULL,
    "available_msat" BIGINT NOT NULL DEFAULT 0,
    "receive_route" TEXT[],
    "pay_route" TEXT[],
    "accept_fixed_amount" BOOLEAN NOT NULL DEFAULT true,
    "keyless_create" BOOLEAN NOT NULL DEFAULT false,
    "default_expiry_seconds" INTEGER,
    "default_fee_limit_ppm" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "wait_seconds" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'plain',
    "state" TEXT NOT NULL DEFAULT 'open',
    "payment_hash" TEXT NOT NULL,
    "bolt11" TEXT NOT NULL,
    "payment_secret" TEXT NOT NULL,
    "preimage" TEXT,
    "amount_msat" BIGINT,
    "received_msat" BIGINT,
    "memo" TEXT,
    "description_hash" TEXT,
    "external_id" TEXT NOT NULL,
    "settled_by" TEXT,
    "held_handle" TEXT,
    "deadline_height" INTEGER,
    "deadline_at" TIMESTAMPTZ(3),
    "on_deadline" TEXT,
    "longest_hold_seconds" INTEGER,
    "webhook_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "held_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "canceled_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),
    "checks" INTEGER NOT NULL DEFAULT 0,
    "asked_by" UUID,
    "asked_key" TEXT,
    "asked_digest" TEXT,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "key_id" UUID,
    "payment_hash" TEXT NOT NULL,
    "bolt11" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "amount_msat" BIGINT NOT NULL,
    "amountless" BOOLEAN NOT NULL,
    "max_fee_msat" BIGINT NOT NULL,
    "memo" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" UUID,
    "asked_key" TEXT,
    "asked_digest" TEXT,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "payment_hash" TEXT NOT NULL,
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'sending',
    "disproved" BOOLEAN NOT NULL DEFAULT false,
    "amount_msat" BIGINT NOT NULL,
    "max_fee_msat" BIGINT NOT NULL,
    "floor" BIGINT,
    "ref" BIGINT,
    "send_by" TIMESTAMPTZ(3) NOT NULL,
    "seen_in_flight" BOOLEAN NOT NULL DEFAULT false,
    "preimage" TEXT,
    "proof" TEXT,
    "fee_msat" BIGINT,
    "failure" TEXT,
    "routes" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),
    "checks" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactions" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "direction" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "amount_msat" BIGINT NOT NULL,
    "fee_msat" BIGINT NOT NULL DEFAULT 0,
    "payment_hash" TEXT,
    "bolt11" TEXT,
    "preimage" TEXT,
    "address" TEXT,
    "txid" TEXT,
    "vout" INTEGER,
    "memo" TEXT,
    "external_id" TEXT,
    "subject_id" UUID NOT NULL,
    "counterparty_wallet_id" UUID,
    "price_base" BIGINT,
    "price_currency" TEXT NOT NULL DEFAULT 'USD',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "transactions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "journals" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "journals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entries" (
    "id" BIGSERIAL NOT NULL,
    "journal_id" UUID NOT NULL,
    "account" TEXT NOT NULL,
    "amount_msat" BIGINT NOT NULL,

    CONSTRAINT "entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "seq" BIGSERIAL NOT NULL,
    "xid" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    "topic" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "account_id" UUID,
    "wallet_id" UUID,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "backend_pins" (
    "backend_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "identity_key" TEXT NOT NULL,
    "cursor" TEXT,
    "pinned_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "backend_pins_pkey" PRIMARY KEY ("backend_id")
);

-- CreateTable
CREATE TABLE "incidents" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" TEXT,

    CONSTRAINT "incidents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_name_key" ON "accounts"("name");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_username_key" ON "accounts"("username");

-- CreateIndex
CREATE UNIQUE INDEX "wallets_account_id_name_key" ON "wallets"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "api_keys_account_id_idx" ON "api_keys"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_payment_hash_key" ON "invoices"("payment_hash");

-- CreateIndex
CREATE INDEX "invoices_wallet_id_id_idx" ON "invoices"("wallet_id", "id" DESC);

-- CreateIndex
CREATE INDEX "invoices_account_id_id_idx" ON "invoices"("account_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "invoices_account_id_external_id_key" ON "invoices"("account_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_asked_by_asked_key_key" ON "invoices"("asked_by", "asked_key");

-- CreateIndex
CREATE INDEX "payments_payment_hash_idx" ON "payments"("payment_hash");

-- CreateIndex
CREATE INDEX "payments_wallet_id_id_idx" ON "payments"("wallet_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payments_asked_by_asked_key_key" ON "payments"("asked_by", "asked_key");

-- CreateIndex
CREATE INDEX "attempts_payment_id_idx" ON "attempts"("payment_id");

-- CreateIndex
CREATE INDEX "transactions_wallet_id_id_idx" ON "transactions"("wallet_id", "id" DESC);

-- CreateIndex
CREATE INDEX "transactions_account_id_id_idx" ON "transactions"("account_id", "id" DESC);

-- CreateIndex
CREATE INDEX "transactions_payment_hash_idx" ON "transactions"("payment_hash");

-- CreateIndex
CREATE UNIQUE INDEX "transactions_subject_id_wallet_id_key" ON "transactions"("subject_id", "wallet_id");

-- CreateIndex
CREATE UNIQUE INDEX "journals_kind_subject_id_key" ON "journals"("kind", "subject_id");

-- CreateIndex
CREATE INDEX "entries_journal_id_idx" ON "entries"("journal_id");

-- CreateIndex
CREATE INDEX "entries_account_idx" ON "entries"("account");

-- CreateIndex
CREATE INDEX "outbox_xid_seq_idx" ON "outbox"("xid", "seq");

-- CreateIndex
CREATE INDEX "outbox_subject_xid_seq_idx" ON "outbox"("subject", "xid", "seq");

-- CreateIndex
CREATE INDEX "incidents_created_at_idx" ON "incidents"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "incidents_kind_subject_key" ON "incidents"("kind", "subject");

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journals"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- Guards that keep the money rules when code does not.

-- States and kinds are closed lists.
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_state" CHECK ("state" IN ('open', 'held', 'claimed', 'settling', 'canceling', 'settled', 'canceled'));
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_kind" CHECK ("kind" IN ('plain', 'hold'));
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_hash" CHECK ("payment_hash" ~ '^[0-9a-f]{64}$');
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_settled" CHECK ("state" <> 'settled' OR ("received_msat" IS NOT NULL AND "settled_at" IS NOT NULL));
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_state" CHECK ("state" IN ('sending', 'succeeded', 'failed'));
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_status" CHECK ("status" IN ('pending', 'success', 'failure'));
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_direction" CHECK ("direction" IN ('send', 'receive'));
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_kind" CHECK ("kind" IN ('lightning', 'intraledger', 'onchain'));
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_balance_kind" CHECK ("balance_kind" IN ('node', 'ledger'));

-- A ledger wallet is never below zero.
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_available" CHECK ("balance_kind" = 'node' OR "available_msat" >= 0);

-- Succeeded needs proof: the preimage, or the word of a backend that gives none.
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_proof" CHECK ("state" <> 'succeeded' OR "preimage" IS NOT NULL OR "proof" = 'backendWord');

-- At most one attempt for a hash is on its way, and none beside one that succeeded. A success that comes after a written failure
-- (disproved) must stay writable, because proof wins; the insert checks for those itself.
CREATE UNIQUE INDEX "attempts_one_live" ON "attempts" ("payment_hash") WHERE "state" IN ('sending', 'succeeded') AND NOT "disproved";

-- What waits is found by the sweep without reading what does not.
CREATE INDEX "invoices_waiting" ON "invoices" ("next_check_at") WHERE "next_check_at" IS NOT NULL;
CREATE INDEX "attempts_waiting" ON "attempts" ("next_check_at") WHERE "next_check_at" IS NOT NULL;

-- The entries of one journal sum to zero when its transaction ends.
CREATE FUNCTION "journal_sums_to_zero"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum("amount_msat") FROM "entries" WHERE "journal_id" = NEW."journal_id") <> 0 THEN
    RAISE EXCEPTION 'entries of journal % do not sum to zero', NEW."journal_id" USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "entries_sum_to_zero" AFTER INSERT OR UPDATE ON "entries" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "journal_sums_to_zero"();

-- Cash-outs: a hold invoice and a machine that dispenses, as one story; refunds for what was not dispensed.
ALTER TABLE "invoices" ADD COLUMN "settle_after_seconds" INTEGER;

-- CreateTable
CREATE TABLE "cash_outs" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "amount_msat" BIGINT NOT NULL,
    "start_seconds" INTEGER NOT NULL,
    "dispense_seconds" INTEGER NOT NULL,
    "refund_seconds" INTEGER NOT NULL,
    "dispensed_msat" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "report_by" TIMESTAMPTZ(3),
    "reported_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "cash_outs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cash_out_events" (
    "seq" BIGSERIAL NOT NULL,
    "cash_out_id" UUID NOT NULL,
    "about" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "from_state" TEXT,
    "to_state" TEXT,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cash_out_events_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "cash_out_refunds" (
    "id" UUID NOT NULL,
    "cash_out_id" UUID NOT NULL,
    "amount_msat" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cash_out_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voucher_uses" (
    "voucher_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "payment_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    -- The guard against paying twice: a use is written by the statement that writes its payment, and the next number is free only
    -- after the payment of the one before has failed.
    CONSTRAINT "voucher_uses_pkey" PRIMARY KEY ("voucher_id", "number")
);

-- CreateIndex
CREATE INDEX "cash_outs_wallet_id_id_idx" ON "cash_outs"("wallet_id", "id" DESC);

-- CreateIndex
CREATE INDEX "cash_out_events_cash_out_id_seq_idx" ON "cash_out_events"("cash_out_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "cash_out_refunds_cash_out_id_key" ON "cash_out_refunds"("cash_out_id");

-- CreateIndex
CREATE UNIQUE INDEX "voucher_uses_payment_id_key" ON "voucher_uses"("payment_id");

-- AddForeignKey
ALTER TABLE "cash_outs" ADD CONSTRAINT "cash_outs_id_fkey" FOREIGN KEY ("id") REFERENCES "invoices"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cash_out_events" ADD CONSTRAINT "cash_out_events_cash_out_id_fkey" FOREIGN KEY ("cash_out_id") REFERENCES "cash_outs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cash_out_refunds" ADD CONSTRAINT "cash_out_refunds_cash_out_id_fkey" FOREIGN KEY ("cash_out_id") REFERENCES "cash_outs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voucher_uses" ADD CONSTRAINT "voucher_uses_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- States are a closed list; whatever was reported says how much; a refund is of something.
ALTER TABLE "cash_outs" ADD CONSTRAINT "cash_outs_state" CHECK ("state" IN ('waiting', 'dispensing', 'silent', 'dispensed', 'partial', 'notDispensed', 'canceled'));
ALTER TABLE "cash_outs" ADD CONSTRAINT "cash_outs_reported" CHECK ("state" NOT IN ('dispensed', 'partial', 'notDispensed') OR ("dispensed_msat" IS NOT NULL AND "reported_at" IS NOT NULL));
ALTER TABLE "cash_out_refunds" ADD CONSTRAINT "cash_out_refunds_amount" CHECK ("amount_msat" > 0);

-- What the guard of cash-outs watches, without reading what is over.
CREATE INDEX "cash_outs_live" ON "cash_outs" ("id") WHERE "state" IN ('waiting', 'dispensing');

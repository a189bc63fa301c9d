-- The invoice that an LNURL or a Lightning address gave for an ask, as long as it may be paid: whoever repeats the ask pays this one.
CREATE TABLE "lnurl_invoices" (
    "ask" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "bolt11" TEXT NOT NULL,
    "payment_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lnurl_invoices_pkey" PRIMARY KEY ("ask")
);

-- CreateIndex
CREATE INDEX "lnurl_invoices_expires_at_idx" ON "lnurl_invoices"("expires_at");

-- Hold invoices: the preimage that the gateway guards, sealed under a key from a file, and the window of wallets that settle late.
ALTER TABLE "invoices" ADD COLUMN "sealed_preimage" TEXT;
ALTER TABLE "invoices" ADD COLUMN "settle_at" TIMESTAMPTZ(3);
ALTER TABLE "wallets" ADD COLUMN "settle_after_seconds" INTEGER;

-- A cash-out or a deadline acts once, by what is due; nothing else is a deadline's end.
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_on_deadline" CHECK ("on_deadline" IS NULL OR "on_deadline" IN ('settle', 'cancel'));

-- The deadline guard finds what it watches without reading what is over.
CREATE INDEX "invoices_held" ON "invoices" ("backend_id") WHERE "state" IN ('held', 'claimed');

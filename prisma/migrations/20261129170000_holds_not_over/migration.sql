-- What is held, or may be, is summed up for every new hold, without reading what is over.
CREATE INDEX "invoices_holds_not_over" ON "invoices" ("backend_identity") WHERE "kind" = 'hold' AND "state" NOT IN ('settled', 'canceled');

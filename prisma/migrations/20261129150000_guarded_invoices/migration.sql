-- The deadline guard also watches what was decided and is not done yet.
CREATE INDEX "invoices_guarded" ON "invoices" ("id") WHERE "state" IN ('held', 'claimed', 'settling', 'canceling');
DROP INDEX "invoices_held";

-- Pages of a wallet are ranges of (wallet_id, id), compared as rows: whatever the planner believes of how movements are spread over wallets, no
-- other index gives that order, and a quiet wallet's page never walks through a busy one's history.
CREATE INDEX "transactions_of_wallet" ON "transactions" ("wallet_id", "id");
DROP INDEX "transactions_wallet_id_id_idx";
CREATE INDEX "invoices_of_wallet" ON "invoices" ("wallet_id", "id");
DROP INDEX "invoices_wallet_id_id_idx";

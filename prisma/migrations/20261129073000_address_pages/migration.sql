-- Pages of one address are ranges of (wallet_id, address, id), compared as rows like those of a wallet: the index gives the order, and nothing
-- else does, whatever the planner believes of how many movements an address has.
CREATE INDEX "transactions_of_address" ON "transactions" ("wallet_id", "address", "id") WHERE "address" IS NOT NULL;
DROP INDEX "transactions_address";

-- What a node has paid once is the success of one attempt: of those at that node for the hash, two never stand for the same payment (its index, or
-- none where the backend gives none and pays a hash only once).
CREATE UNIQUE INDEX "attempts_one_success" ON "attempts" ("payment_hash", "backend_identity", coalesce("ref", -1)) WHERE "state" = 'succeeded';

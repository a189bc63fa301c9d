-- Sends on the chain that a restored database has forgotten: the payout's id, which their label at the node has, and where they went.
ALTER TABLE "forgotten" ADD COLUMN "payout_id" UUID, ADD COLUMN "address" TEXT;

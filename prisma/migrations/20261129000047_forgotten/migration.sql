-- What a backend remembers and a database that was restored to an earlier moment does not.
CREATE TABLE "forgotten" (
    "backend_id" TEXT NOT NULL,
    "backend_identity" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "payment_hash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "is_hold" BOOLEAN NOT NULL,
    "amount_msat" BIGINT,
    "bolt11" TEXT,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" TEXT,

    CONSTRAINT "forgotten_pkey" PRIMARY KEY ("backend_identity","about","payment_hash")
);

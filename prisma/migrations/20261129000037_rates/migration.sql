-- How often somebody asked for what is limited, counted for all replicas. Unlogged: after a crash of the server counting begins anew.
CREATE UNLOGGED TABLE "rates" (
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "most" INTEGER NOT NULL,
    "over_at" TIMESTAMPTZ(3) NOT NULL,
    "block_over_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rates_pkey" PRIMARY KEY ("subject")
);

-- CreateIndex
CREATE INDEX "rates_over_at_idx" ON "rates"("over_at");

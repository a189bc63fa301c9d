-- Whom an account wants to be called, what each is to be told, and how far the outbox was read for it.
CREATE TABLE "callback_endpoints" (
    "id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "callback_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "callback_endpoints_account_id_idx" ON "callback_endpoints"("account_id");

CREATE TABLE "callback_deliveries" (
    "id" UUID NOT NULL,
    "about" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "endpoint_id" TEXT,
    "url" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "body" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "give_up_at" TIMESTAMPTZ(3) NOT NULL,
    "next_attempt_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "callback_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "callback_deliveries_about_key" ON "callback_deliveries"("about");

-- CreateIndex
CREATE INDEX "callback_deliveries_account_id_created_at_idx" ON "callback_deliveries"("account_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "callback_deliveries_endpoint_id_idx" ON "callback_deliveries"("endpoint_id");

-- CreateIndex
CREATE INDEX "callback_deliveries_ended_at_idx" ON "callback_deliveries"("ended_at");

CREATE TABLE "callback_progress" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "xid" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "callback_progress_pkey" PRIMARY KEY ("id")
);

-- One row. Nobody could register before, so what happened before is told to nobody.
ALTER TABLE "callback_progress" ADD CONSTRAINT "callback_progress_one" CHECK ("id" = 1);
INSERT INTO "callback_progress" ("id", "xid", "seq") VALUES (1, pg_current_xact_id()::text::bigint, 0);

ALTER TABLE "callback_deliveries" ADD CONSTRAINT "callback_deliveries_state" CHECK ("state" IN ('waiting', 'delivered', 'givenUp', 'dropped'));
-- What waits has a time, and nothing else has.
ALTER TABLE "callback_deliveries" ADD CONSTRAINT "callback_deliveries_waiting" CHECK (("state" = 'waiting') = ("next_attempt_at" IS NOT NULL));
CREATE INDEX "callback_deliveries_due" ON "callback_deliveries" ("next_attempt_at") WHERE "next_attempt_at" IS NOT NULL;

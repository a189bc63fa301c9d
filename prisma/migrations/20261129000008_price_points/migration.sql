-- What a satoshi was worth, once an hour: the graph of prices.
CREATE TABLE "price_points" (
    "currency" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "base" BIGINT NOT NULL,

    CONSTRAINT "price_points_pkey" PRIMARY KEY ("currency", "at"),
    CONSTRAINT "price_points_positive" CHECK ("base" > 0)
);

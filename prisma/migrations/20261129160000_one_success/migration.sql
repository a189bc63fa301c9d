-- What a node has paid once is the success of one attempt: of those at that node for the hash, two never stand for the same payment (its index, or
-- none where the backend gives none and pays a hash only once).
CREATE UNIQUE INDEX "attempts_one_success" ON "attempts" ("payment_hash", "backend_identity", coalesce("ref", -1)) WHERE "state" = 'succeeded';

-- Nothing goes on, with another backend, about what has been paid. That a first attempt asks for the same is in its own statement, which answers;
-- a further one that comes too late is an error, and its payment ends by what its backend says.
CREATE FUNCTION "attempt_is_needed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "attempts" WHERE "payment_hash" = NEW."payment_hash" AND "state" = 'succeeded') THEN
    RAISE EXCEPTION 'the payment % has succeeded', NEW."payment_hash" USING ERRCODE = 'unique_violation', CONSTRAINT = 'attempts_needed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "attempts_needed" BEFORE INSERT ON "attempts" FOR EACH ROW WHEN (NEW."state" = 'sending') EXECUTE FUNCTION "attempt_is_needed"();

-- Every send, fact and look asks for the attempts of a hash.
CREATE INDEX "attempts_of_hash" ON "attempts" ("payment_hash", "id");

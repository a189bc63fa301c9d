// The database that all seeds of a process stand on, one after the other: emptied in between, with the same wallets, and with triggers that
// write down every change of a state, whoever makes it.

import { systemClock } from '../../src/platform/clock.ts';
import { type Database, sql } from '../../src/platform/db.ts';
import { createWalletStore, type NewWallet } from '../../src/wallets/store.ts';

/** Wallet ids by what they are for. */
export interface Wallets {
  /** Balance kind node, receives and pays by `one`. */
  readonly atm: string;
  /** Balance kind node, receives and pays by `one`, then `two`. */
  readonly both: string;
  /** Balance kind ledger, on `one`. */
  readonly ann: string;
  readonly ben: string;
  /** Ledger, pays by `two`, then `one`. */
  readonly far: string;
  /** Ledger, settles late. */
  readonly late: string;
  /** Ledger, receives on `mux`, which holds everything until we settle it, and gives up after a minute. */
  readonly mux: string;
}
export type WalletName = keyof Wallets;

const plan: { readonly [N in WalletName]: Partial<NewWallet> } = {
  atm: {},
  both: { receiveRoute: ['one', 'two'], payRoute: ['one', 'two'] },
  ann: { balanceKind: 'ledger' },
  ben: { balanceKind: 'ledger' },
  far: { balanceKind: 'ledger', payRoute: ['two', 'one'] },
  late: { balanceKind: 'ledger', settleAfterSeconds: 40 },
  mux: { balanceKind: 'ledger', receiveRoute: ['mux'] },
};
export const walletNames = ['atm', 'both', 'ann', 'ben', 'far', 'late', 'mux'] as const satisfies readonly WalletName[];
const ledgerNames = ['ann', 'ben', 'far', 'late', 'mux'] as const;

/** Less than the clients of one seed like to spend. */
export const limitSats = 60_000;

/** What each ledger wallet has at the start, in msat. */
export const funds = 200_000_000n;

export interface Ground {
  readonly db: Database;
  readonly accountId: string;
  readonly wallets: Wallets;
  /** An API key that may spend `limitSats` a day. */
  readonly limitedKeyId: string;
  /** Forgets what the last seed left. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const triggers = `
  CREATE TABLE sim_moves (seq bigserial PRIMARY KEY, what text, id uuid, hash text, was text, now text, disproved boolean);
  CREATE FUNCTION sim_note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' OR NEW.state IS DISTINCT FROM OLD.state THEN
      INSERT INTO sim_moves (what, id, hash, was, now, disproved) VALUES (TG_TABLE_NAME, NEW.id, to_jsonb(NEW) ->> 'payment_hash',
        CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.state END, NEW.state, (to_jsonb(NEW) ->> 'disproved')::boolean);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER sim_note AFTER INSERT OR UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION sim_note();
  CREATE TRIGGER sim_note AFTER INSERT OR UPDATE ON attempts FOR EACH ROW EXECUTE FUNCTION sim_note();
  CREATE TRIGGER sim_note AFTER INSERT OR UPDATE ON cash_outs FOR EACH ROW EXECUTE FUNCTION sim_note();
  -- The same plan whatever ran before: the order of rows that nobody ordered follows from it. And nobody reads what a crash of the computer
  -- would leave. Of the database, so that a new connection has it too.
  DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database());
    EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
  END $$;
  SET plan_cache_mode = force_generic_plan;
  SET synchronous_commit = off`;

const emptied =
  'voucher_uses, addresses, deposits, chain_watches, payouts, transfers, cash_out_refunds, cash_out_events, cash_outs, invoices, attempts, payments, transactions, journals, entries, outbox, incidents, settings, backend_pins, sim_moves';

export const layGround = async (db: Database): Promise<Ground> => {
  await db.pool.query(triggers);
  const store = createWalletStore(db, systemClock);
  const accountId = await store.ensureAccount('operator', null);
  const usual = { balanceKind: 'node', receiveRoute: ['one'], payRoute: ['one'], acceptFixedAmount: true, keylessCreate: false } as const;
  const ids: Partial<Record<WalletName, string>> = {};
  for (const name of walletNames) {
    const terms = { ...usual, defaultExpirySeconds: null, defaultFeeLimitPpm: null, ...plan[name], name };
    ids[name] = await store.ensureWallet(accountId, terms);
  }
  const wallets = ids as Wallets;
  const { view } = await store.createKey({
    accountId,
    walletId: null,
    name: 'limited',
    scopes: ['WRITE'],
    expiresAt: null,
    waitSeconds: null,
  });
  await store.setLimit(view.id, 'daily', limitSats);
  let turn = 0;
  return { db, accountId, wallets, limitedKeyId: view.id, clear: () => clear(db, { wallets, turn: turn++ }), close: () => db.close() };
};

// One statement: its parts run side by side, and entries need their journals, so the triggers that look for them run at its end.
const funded = {
  name: 'sim_funded',
  text: `WITH given AS (UPDATE wallets SET available_msat = CASE WHEN id = ANY($1::uuid[]) THEN $2::bigint ELSE 0 END RETURNING id),
    booked AS (INSERT INTO journals (id, kind, subject_id, created_at) SELECT id, 'sim.funds', id, now() FROM unnest($1::uuid[]) AS id RETURNING id)
    INSERT INTO entries (journal_id, account, amount_msat)
    SELECT one.id, e.account, e.msat FROM unnest($1::uuid[]) WITH ORDINALITY AS one(id, turn),
      LATERAL (VALUES ('wallet:' || one.id, $2::bigint), ('sim', -$2::bigint)) AS e(account, msat) ORDER BY one.turn`,
} as const;

const truncated = `TRUNCATE ${emptied} RESTART IDENTITY CASCADE`;
// TRUNCATE makes new files and throws away every plan that was made: a fifth of a seed's time. Deleted rows leave theirs where they lie, which
// takes ever longer, so every so many seeds the tables are made new. The order of rows must not hang on it (no statement may count on one).
const deleted = [
  'SET session_replication_role = replica',
  ...emptied.split(', ').map((table) => `DELETE FROM ${table}`),
  'SET session_replication_role = origin',
  `SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`,
].join('; ');
const seedsPerTruncate = 20;

const clear = async (db: Database, { wallets, turn }: { readonly wallets: Wallets; readonly turn: number }): Promise<void> => {
  await db.pool.query(turn % seedsPerTruncate === 0 ? truncated : deleted);
  await sql(db, funded, [ledgerNames.map((name) => wallets[name]), funds]);
};

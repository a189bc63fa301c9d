// Addresses, deposits and how far each backend was listed, as they are stored. A deposit comes in by one statement with all that its first
// sight brings, and changes through `advance` alone; one output of one transaction is one row, for good.
import type { Address, ChainWatch, Deposit } from '../generated/prisma/client.ts';
import { advance } from '../platform/advance.ts';
import { type Database, sql } from '../platform/db.ts';
import { type Effects, effectClauses, effectValues, toJson } from '../platform/effects.ts';
import type { DepositState } from './states.ts';
import type { DepositView } from './view.ts';

export type DepositRow = Omit<Deposit, 'state'> & { readonly state: DepositState };
export type AddressRow = Omit<Address, 'seq'>;
export type WatchRow = ChainWatch;

/** Keys are columns, for the statement reads them as jsonb. */
export interface NewDeposit {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly address: string;
  readonly backend_id: string;
  readonly backend_identity: string;
  readonly txid: string;
  readonly vout: number;
  readonly amount_msat: bigint;
  readonly state: DepositState;
  readonly confirmations: number;
  readonly since_height: number | null;
  readonly watched: boolean;
  readonly seen_at: Date;
  readonly ended_at: Date | null;
}

const addressFields = `address, account_id AS "accountId", wallet_id AS "walletId", backend_id AS "backendId", backend_identity AS "backendIdentity",
  created_at AS "createdAt", asked_by AS "askedBy", asked_key AS "askedKey", asked_digest AS "askedDigest"`;
const depositFields = `id, account_id AS "accountId", wallet_id AS "walletId", address, backend_id AS "backendId", backend_identity AS "backendIdentity",
  txid, vout, amount_msat AS "amountMsat", state, confirmations, since_height AS "sinceHeight", watched, seen_at AS "seenAt", ended_at AS "endedAt"`;
const newColumns =
  'id, account_id, wallet_id, address, backend_id, backend_identity, txid, vout, amount_msat, state, confirmations, since_height, watched, seen_at, ended_at';

const insertAddressText = {
  name: 'address_insert',
  // The first address on a backend makes it one that is listed.
  text: `WITH address AS (
      INSERT INTO addresses (address, account_id, wallet_id, backend_id, backend_identity, created_at, asked_by, asked_key, asked_digest)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING backend_id, backend_identity, created_at)
    INSERT INTO chain_watches (backend_id, backend_identity, height, next_check_at)
    SELECT backend_id, backend_identity, $10::int, created_at FROM address ON CONFLICT DO NOTHING`,
};
const addressByAsk = { name: 'address_by_ask', text: `SELECT ${addressFields} FROM addresses WHERE asked_by = $1 AND asked_key = $2` };
const newestAddress = {
  name: 'address_newest',
  text: `SELECT ${addressFields} FROM addresses WHERE wallet_id = $1 ORDER BY seq DESC LIMIT 1`,
};
const addressesKnown = { name: 'addresses_known', text: `SELECT ${addressFields} FROM addresses WHERE address = ANY($1::text[])` };
const insertDepositText = {
  name: 'deposit_insert',
  text: `WITH deposit AS (
    INSERT INTO deposits (${newColumns})
    SELECT ${newColumns.replaceAll(/\b([a-z_0-9]+)\b/g, 'd.$1')} FROM jsonb_populate_record(null::deposits, $1::jsonb) AS d
    ON CONFLICT (txid, vout) DO NOTHING RETURNING id),
  ${effectClauses('deposit', 2)}
  SELECT count(*)::int AS inserted FROM deposit`,
};
const byOutput = { name: 'deposit_by_output', text: `SELECT ${depositFields} FROM deposits WHERE txid = $1 AND vout = $2` };
const byId = { name: 'deposit_by_id', text: `SELECT ${depositFields} FROM deposits WHERE id = $1` };
const watched = {
  name: 'deposits_watched',
  text: `SELECT ${depositFields} FROM deposits WHERE backend_id = $1 AND backend_identity = $2 AND watched AND state <> 'vanished'`,
};
const pending = {
  name: 'deposits_pending',
  text: `SELECT ${depositFields} FROM deposits WHERE state = 'pending' AND wallet_id = ANY($1::uuid[]) AND ($2::text IS NULL OR address = $2)
    ORDER BY id DESC LIMIT 1000`,
};
const pendingSums = {
  name: 'deposits_pending_sums',
  text: `SELECT wallet_id AS "walletId", sum(amount_msat)::bigint AS msat FROM deposits WHERE state = 'pending' AND wallet_id = ANY($1::uuid[]) GROUP BY wallet_id`,
};
const claimWatches = {
  name: 'chain_watches_claim',
  text: `UPDATE chain_watches AS w SET next_check_at = $2
    WHERE (w.backend_id, w.backend_identity) IN (
      SELECT backend_id, backend_identity FROM chain_watches WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING backend_id AS "backendId", backend_identity AS "backendIdentity", height, next_check_at AS "nextCheckAt"`,
};
const keepWatch = {
  name: 'chain_watch_keep',
  text: `UPDATE chain_watches SET next_check_at = $3, height = coalesce($4::int, height) WHERE backend_id = $1 AND backend_identity = $2`,
};
const hasten = {
  name: 'chain_watches_hasten',
  text: 'UPDATE chain_watches SET next_check_at = $2 WHERE backend_id = $1 AND next_check_at > $2',
};

/** Throws a unique violation when the address is known already, or the idempotency key taken. `height`: nothing came to it before. */
export const insertAddress = async (db: Database, row: AddressRow, height: number | null): Promise<void> => {
  const { address, accountId, walletId, backendId, backendIdentity, createdAt, askedBy, askedKey, askedDigest } = row;
  await sql(db, insertAddressText, [
    ...[address, accountId, walletId, backendId, backendIdentity, createdAt, askedBy, askedKey, askedDigest],
    height,
  ]);
};

const first = async <T extends object>(rows: Promise<readonly T[]>): Promise<T | null> => (await rows)[0] ?? null;

export const addressAsked = (db: Database, asked: { readonly by: string; readonly key: string }): Promise<AddressRow | null> =>
  first(sql<AddressRow>(db, addressByAsk, [asked.by, asked.key]));
export const newestAddressOf = (db: Database, walletId: string): Promise<AddressRow | null> =>
  first(sql<AddressRow>(db, newestAddress, [walletId]));
/** Those of these addresses that were given out. */
export const knownAddresses = (db: Database, addresses: readonly string[]): Promise<readonly AddressRow[]> =>
  sql<AddressRow>(db, addressesKnown, [[...addresses]]);

/** False when there is a row for this output already; then nothing of the effects is written. */
export const insertDeposit = async (db: Database, row: NewDeposit, effects: Effects): Promise<boolean> =>
  (await sql<{ inserted: number }>(db, insertDepositText, [toJson(row), ...effectValues(effects)]))[0]?.inserted === 1;

export const depositOf = (db: Database, txid: string, output: number): Promise<DepositRow | null> =>
  first(sql<DepositRow>(db, byOutput, [txid, output]));

/** Those of a backend that may still change. */
export const watchedDeposits = (db: Database, of: Pick<WatchRow, 'backendId' | 'backendIdentity'>): Promise<readonly DepositRow[]> =>
  sql<DepositRow>(db, watched, [of.backendId, of.backendIdentity]);

export interface DepositMove {
  readonly id: string;
  readonly from: DepositState;
  readonly set: {
    readonly state: DepositState;
    readonly confirmations?: number;
    readonly watched?: boolean;
    readonly ended_at?: Date;
  };
  readonly effects: Effects;
}

/** True when this call moved it (compare-and-swap on the state). */
export const advanceDeposit = (db: Database, move: DepositMove): Promise<boolean> => advance(db, { table: 'deposits', ...move });

const toView = (row: DepositRow): DepositView => ({
  id: row.id,
  accountId: row.accountId,
  walletId: row.walletId,
  state: row.state,
  address: row.address,
  txid: row.txid,
  output: row.vout,
  amountMsat: row.amountMsat,
  confirmations: row.confirmations,
  seenAt: row.seenAt,
});

export const depositById = async (db: Database, id: string): Promise<DepositView | null> => {
  const row = await first(sql<DepositRow>(db, byId, [id]));
  return row && toView(row);
};

/** Not credited yet, newest first, at most 1000; `address` null: of any. */
export const pendingDeposits = async (
  db: Database,
  walletIds: readonly string[],
  address: string | null,
): Promise<readonly DepositView[]> => (await sql<DepositRow>(db, pending, [[...walletIds], address])).map(toView);

/** What is not credited yet in each of these wallets, in msat and in the order asked. */
export const pendingBalances = async (db: Database, walletIds: readonly string[]): Promise<readonly bigint[]> => {
  const rows = await sql<{ walletId: string; msat: bigint }>(db, pendingSums, [[...walletIds]]);
  const found = new Map(rows.map((row) => [row.walletId, row.msat]));
  return walletIds.map((id) => found.get(id) ?? 0n);
};

/** Backends whose chain is to be listed now; claimed until `until`. */
export const claimDueWatches = (db: Database, now: Date, until: Date): Promise<readonly WatchRow[]> =>
  sql<WatchRow>(db, claimWatches, [now, until]);

const listed = {
  name: 'chain_watch_height',
  text: 'SELECT height FROM chain_watches WHERE backend_id = $1 AND backend_identity = $2',
};

/** Everything below was seen; null: nobody knows. */
export const listedHeight = async (db: Database, of: Pick<WatchRow, 'backendId' | 'backendIdentity'>): Promise<number | null> =>
  (await sql<{ height: number | null }>(db, listed, [of.backendId, of.backendIdentity]))[0]?.height ?? null;

/** `height`: everything below was seen; null: as before. */
export const keepChainWatch = async (
  db: Database,
  of: Pick<WatchRow, 'backendId' | 'backendIdentity'>,
  next: { readonly at: Date; readonly height: number | null },
): Promise<void> => {
  await sql(db, keepWatch, [of.backendId, of.backendIdentity, next.at, next.height]);
};

/** This backend's chain is listed now: it has just come back. */
export const hastenChainWatch = async (db: Database, backendId: string, now: Date): Promise<void> => {
  await sql(db, hasten, [backendId, now]);
};

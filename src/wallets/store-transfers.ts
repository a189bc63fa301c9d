// Transfers as they are stored: one statement writes the transfer, both sides of its journal, both movements and both events, or nothing.
import { type Database, type Statement, sql } from '../platform/db.ts';
import { type Effects, effectClauses, effectValues, toJson } from '../platform/effects.ts';

/** Keys are columns, for the statement reads them as jsonb. */
export interface TransferRow {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly recipient_wallet_id: string;
  readonly key_id: string | null;
  readonly amount_msat: bigint;
  readonly memo: string | null;
  readonly created_at: Date;
  readonly asked_by: string | null;
  readonly asked_key: string | null;
  readonly asked_digest: string | null;
}

const columns = 'id, account_id, wallet_id, recipient_wallet_id, key_id, amount_msat, memo, created_at, asked_by, asked_key, asked_digest';

const insert: Statement = {
  name: 'transfer_insert',
  // Both wallets are locked in the order of their ids before either changes: transfers there and back at once never wait for each other.
  text: `WITH both_there AS MATERIALIZED (
    SELECT id FROM wallets WHERE id = ANY($2::uuid[]) AND balance_kind = 'ledger' ORDER BY id FOR NO KEY UPDATE),
  transfer AS (
    INSERT INTO transfers (${columns})
    SELECT ${columns.replaceAll(/\b([a-z_0-9]+)\b/g, 't.$1')} FROM jsonb_populate_record(null::transfers, $1::jsonb) AS t
    WHERE (SELECT count(*) FROM both_there) = 2 RETURNING id),
  ${effectClauses('transfer', 3)}
  SELECT count(*)::int AS inserted FROM transfer`,
};

/**
 * False when the two are not both ledger wallets. Throws a check violation (`wallets_available`, `key_limits`) or a unique violation
 * (asked_by, asked_key); then nothing is written.
 */
export const insertTransfer = async (db: Database, row: TransferRow, effects: Effects): Promise<boolean> => {
  const values = [toJson(row), [row.wallet_id, row.recipient_wallet_id], ...effectValues(effects)];
  return (await sql<{ inserted: number }>(db, insert, values))[0]?.inserted === 1;
};

export interface AskedTransfer {
  readonly id: string;
  readonly walletId: string;
  readonly digest: string;
}

const byAsk: Statement = {
  name: 'transfer_by_ask',
  text: 'SELECT id, wallet_id AS "walletId", asked_digest AS digest FROM transfers WHERE asked_by = $1 AND asked_key = $2',
};

/** The transfer that was made under an idempotency key; null when there is none. */
export const transferByAsk = async (db: Database, asked: { readonly by: string; readonly key: string }): Promise<AskedTransfer | null> =>
  (await sql<AskedTransfer>(db, byAsk, [asked.by, asked.key]))[0] ?? null;

// What one change of state takes along: rows that the same statement writes, so that nobody ever sees one without the other.
// Keys are the columns' names, because the statements of `advance` read them as jsonb.
import type { CashEffects } from './effects-cash.ts';

/** Upserted by (subject_id, wallet_id): the movement as a user sees it. */
export interface TransactionRow {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly direction: 'send' | 'receive';
  readonly status: 'pending' | 'success' | 'failure';
  readonly kind: 'lightning' | 'intraledger' | 'onchain';
  readonly amount_msat: bigint;
  readonly fee_msat: bigint;
  /** Set: the wallet holds dollars. By upstream's word, 0 until it has said how many. */
  readonly amount_cents?: bigint;
  readonly fee_cents?: bigint;
  /** What it counts against the limits of its key instead of amount and fee; of a movement in cents that nobody can reckon it is absent. */
  readonly counted_msat?: bigint;
  readonly payment_hash: string | null;
  readonly bolt11: string | null;
  readonly preimage: string | null;
  readonly address: string | null;
  readonly txid: string | null;
  readonly vout: number | null;
  readonly memo: string | null;
  readonly external_id: string | null;
  readonly subject_id: string;
  readonly counterparty_wallet_id: string | null;
  /**
   * The API key that asked for it. Of a `send` it counts amount and fee against the key's limits as long as it has not failed: the insert is
   * refused when that is too much (wallets/spending.ts, `limitRefusal`), and a status of `failure` gives it back. Null: no key, no limit.
   */
  readonly key_id: string | null;
  readonly price_base: bigint | null;
  readonly price_currency: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** One booking; `entries` sum to zero, `available` is what it does to ledger wallets. At most one per (kind, subject). */
export interface JournalRow {
  readonly id: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly created_at: Date;
  readonly entries: readonly { readonly account: string; readonly amount_msat: bigint }[];
  readonly available: readonly { readonly wallet_id: string; readonly delta_msat: bigint }[];
}

export interface OutboxRow {
  readonly topic: 'payment' | 'invoice' | 'cashOut' | 'transfer' | 'deposit' | 'payout';
  /** Payment hash; of a cash-out, a payout, a deposit and of a transfer (a row for each of its wallets), its id. */
  readonly subject: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
}

/**
 * One for each kind and subject. Written again by a statement that moves a state it opens one that a person has put away: it has happened again.
 * Written again where nothing moves, it is an old fact that is still told or a doubt that still stands, and what is put away stays so.
 */
export interface IncidentRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
}

export interface Effects extends CashEffects {
  readonly transactions?: readonly TransactionRow[];
  readonly journals?: readonly JournalRow[];
  readonly events?: readonly OutboxRow[];
  readonly incidents?: readonly IncidentRow[];
  /** A further attempt of the same payment, in the statement that ends the one before. */
  readonly attempts?: readonly AttemptRow[];
}

/** A new attempt as it is inserted; all else has its default. */
export interface AttemptRow {
  readonly id: string;
  readonly payment_id: string;
  readonly payment_hash: string;
  readonly backend_id: string;
  readonly backend_identity: string;
  readonly amount_msat: bigint;
  readonly max_fee_msat: bigint;
  readonly floor: bigint | null;
  readonly send_by: Date;
  readonly created_at: Date;
  readonly next_check_at: Date;
}

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** JSON in which a bigint is its decimal text; PostgreSQL reads it back exactly. */
export const toJson = (value: unknown): string => JSON.stringify(value, plain);

/** The effects as the five jsonb parameters that `effectClauses` names, in order. */
export const effectValues = (effects: Effects): string[] => [
  toJson(effects.transactions ?? []),
  toJson(effects.journals ?? []),
  toJson(effects.events ?? []),
  toJson(effects.incidents ?? []),
  toJson(effects.attempts ?? []),
];

const transactionColumns =
  'id, account_id, wallet_id, direction, status, kind, amount_msat, fee_msat, amount_cents, fee_cents, counted_msat, payment_hash, bolt11, preimage, address, txid, vout, memo, external_id, subject_id, counterparty_wallet_id, key_id, price_base, price_currency, created_at, ended_at';
const attemptColumns =
  'id, payment_id, payment_hash, backend_id, backend_identity, amount_msat, max_fee_msat, floor, send_by, created_at, next_check_at';
/** What becomes of an incident that is there already: one that was put away is open again, as new; an open one stays as it is. */
export const openAgain = `ON CONFLICT (kind, subject) DO UPDATE
      SET detail = excluded.detail, created_at = excluded.created_at, resolved_at = NULL, resolution = NULL WHERE incidents.resolved_at IS NOT NULL`;

const prefixed = (columns: string, alias: string): string => columns.replaceAll(/\b([a-z_0-9]+)\b/g, `${alias}.$1`);

/**
 * The CTEs that write the effects when the CTE `source` has a row, with their parameters from `$first` on.
 * Every clause reads `source` first: without its row nothing is written. `moves`: the condition under which a state moves.
 */
export const effectClauses = (source: string, first: number, moves = 'true'): string => `
  effect_transactions AS (
    INSERT INTO transactions (${transactionColumns})
    SELECT ${prefixed(transactionColumns, 't')} FROM ${source}, jsonb_populate_recordset(null::transactions, $${first}::jsonb) AS t
    ON CONFLICT (subject_id, wallet_id) DO UPDATE SET status = excluded.status, amount_msat = excluded.amount_msat,
      fee_msat = excluded.fee_msat, amount_cents = excluded.amount_cents, fee_cents = excluded.fee_cents, preimage = excluded.preimage, txid = excluded.txid, vout = excluded.vout, kind = excluded.kind, ended_at = excluded.ended_at),
  effect_journals AS (
    INSERT INTO journals (id, kind, subject_id, created_at)
    SELECT j.id, j.kind, j.subject_id, j.created_at FROM ${source}, jsonb_populate_recordset(null::journals, $${first + 1}::jsonb) AS j),
  effect_entries AS (
    INSERT INTO entries (journal_id, account, amount_msat)
    SELECT j.id, e.account, e.amount_msat
    FROM ${source}, jsonb_to_recordset($${first + 1}::jsonb) AS j(id uuid, entries jsonb),
      jsonb_to_recordset(j.entries) AS e(account text, amount_msat bigint)),
  effect_wallets AS (
    UPDATE wallets AS w SET available_msat = w.available_msat + d.delta
    FROM (SELECT a.wallet_id, sum(a.delta_msat)::bigint AS delta
      FROM ${source}, jsonb_to_recordset($${first + 1}::jsonb) AS j(available jsonb),
        jsonb_to_recordset(j.available) AS a(wallet_id uuid, delta_msat bigint)
      GROUP BY a.wallet_id) AS d
    WHERE w.id = d.wallet_id),
  effect_events AS (
    INSERT INTO outbox (topic, subject, account_id, wallet_id, payload, created_at)
    SELECT e.topic, e.subject, e.account_id, e.wallet_id, e.payload, e.created_at
    FROM ${source}, jsonb_to_recordset($${first + 2}::jsonb)
      AS e(topic text, subject text, account_id uuid, wallet_id uuid, payload jsonb, created_at timestamptz)),
  effect_incidents AS (
    INSERT INTO incidents (id, kind, subject, detail, created_at)
    SELECT DISTINCT ON (i.kind, i.subject) i.id, i.kind, i.subject, i.detail, i.created_at
    FROM ${source}, jsonb_populate_recordset(null::incidents, $${first + 3}::jsonb) AS i
    ${openAgain} AND (${moves})),
  effect_attempts AS (
    INSERT INTO attempts (${attemptColumns})
    SELECT ${prefixed(attemptColumns, 'n')} FROM ${source}, jsonb_populate_recordset(null::attempts, $${first + 4}::jsonb) AS n)`;

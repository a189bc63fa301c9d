// Payouts as they are stored. One comes in by one statement with its reservation and its transaction row, `sending`, before any byte leaves;
// it changes through `advance` alone.
import type { ChainFailure } from '../backends/port.ts';
import type { Payout } from '../generated/prisma/client.ts';
import { advance } from '../platform/advance.ts';
import { type Database, sql } from '../platform/db.ts';
import { type Effects, effectClauses, effectValues, toJson } from '../platform/effects.ts';
import type { PayoutState } from './states.ts';
import type { PayoutView, Speed } from './view.ts';

export type PayoutRow = Omit<Payout, 'state' | 'speed'> & { readonly state: PayoutState; readonly speed: Speed };

/** Keys are columns, for the statement reads them as jsonb. */
export interface NewPayout {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly key_id: string | null;
  readonly backend_id: string;
  readonly backend_identity: string;
  readonly address: string;
  readonly amount_msat: bigint;
  readonly sends_all: boolean;
  readonly max_fee_msat: bigint;
  readonly speed: Speed;
  readonly target_confirmations: number;
  readonly memo: string | null;
  readonly since_height: number | null;
  readonly send_by: Date;
  readonly created_at: Date;
  readonly next_check_at: Date;
  readonly asked_by: string | null;
  readonly asked_key: string | null;
  readonly asked_digest: string | null;
}

const fields = `id, account_id AS "accountId", wallet_id AS "walletId", key_id AS "keyId", backend_id AS "backendId", backend_identity AS "backendIdentity",
  state, disproved, taken, address, amount_msat AS "amountMsat", sends_all AS "sendsAll", max_fee_msat AS "maxFeeMsat", speed,
  target_confirmations AS "targetConfirmations", memo, since_height AS "sinceHeight", send_by AS "sendBy", txid, vout, paid_msat AS "paidMsat",
  fee_msat AS "feeMsat", failure, created_at AS "createdAt", ended_at AS "endedAt", next_check_at AS "nextCheckAt", checks, asked_by AS "askedBy",
  asked_key AS "askedKey", asked_digest AS "askedDigest"`;
const newColumns =
  'id, account_id, wallet_id, key_id, backend_id, backend_identity, address, amount_msat, sends_all, max_fee_msat, speed, target_confirmations, memo, since_height, send_by, created_at, next_check_at, asked_by, asked_key, asked_digest';

const insert = {
  name: 'payout_insert',
  text: `WITH payout AS (
    INSERT INTO payouts (${newColumns})
    SELECT ${newColumns.replaceAll(/\b([a-z_0-9]+)\b/g, 'p.$1')} FROM jsonb_populate_record(null::payouts, $1::jsonb) AS p RETURNING id),
  ${effectClauses('payout', 2)}
  SELECT count(*)::int AS inserted FROM payout`,
};
const byId = { name: 'payout_by_id', text: `SELECT ${fields} FROM payouts WHERE id = $1` };
const byAsk = { name: 'payout_by_ask', text: `SELECT ${fields} FROM payouts WHERE asked_by = $1 AND asked_key = $2` };
const claimDue = {
  name: 'payout_claim_due',
  text: `UPDATE payouts AS r SET next_check_at = $2, checks = r.checks + 1
    WHERE r.id IN (SELECT id FROM payouts WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING ${fields}`,
};
const hasten = { name: 'payouts_hasten', text: 'UPDATE payouts SET next_check_at = $2 WHERE backend_id = $1 AND next_check_at > $2' };
const hastenSent = { name: 'payouts_hasten_sent', text: `${hasten.text} AND state = 'sent'` };
const reschedule = {
  name: 'payout_reschedule',
  text: 'UPDATE payouts SET next_check_at = $2 WHERE id = $1 AND next_check_at IS NOT NULL',
};

/**
 * Writes the payout, its reservation and its transaction. Throws a unique violation (asked_by/asked_key) and a check violation
 * (`wallets_available`, `key_limits`); then nothing is written.
 */
export const insertPayout = async (db: Database, row: NewPayout, effects: Effects): Promise<void> => {
  await sql(db, insert, [toJson(row), ...effectValues(effects)]);
};

export interface PayoutMove {
  readonly id: string;
  readonly from: PayoutState;
  readonly set: {
    readonly state: PayoutState;
    readonly disproved?: boolean;
    readonly taken?: boolean;
    readonly txid?: string;
    readonly vout?: number | null;
    readonly paid_msat?: bigint;
    readonly fee_msat?: bigint;
    readonly failure?: string | null;
    readonly ended_at?: Date | null;
    readonly next_check_at?: Date | null;
  };
  readonly effects: Effects;
}

/** True when this call moved it (compare-and-swap on the state). */
export const advancePayout = (db: Database, move: PayoutMove): Promise<boolean> => advance(db, { table: 'payouts', ...move });

const first = async <T extends object>(rows: Promise<readonly T[]>): Promise<T | null> => (await rows)[0] ?? null;

export const payoutById = (db: Database, id: string): Promise<PayoutRow | null> => first(sql<PayoutRow>(db, byId, [id]));
export const payoutByAsk = (db: Database, asked: { readonly by: string; readonly key: string }): Promise<PayoutRow | null> =>
  first(sql<PayoutRow>(db, byAsk, [asked.by, asked.key]));

export const claimDuePayouts = (
  db: Database,
  now: Date,
  claim: { readonly until: Date; readonly most: number },
): Promise<readonly PayoutRow[]> => sql<PayoutRow>(db, claimDue, [now, claim.until, claim.most]);

const waiting = {
  name: 'payouts_waiting',
  text: `SELECT ${fields}, EXISTS (SELECT 1 FROM incidents AS i WHERE i.subject = payouts.id::text) AS "isInDoubt"
    FROM payouts WHERE state IN ('sending', 'sent') ORDER BY id LIMIT 1000`,
};

/** Those that have not ended, oldest first, at most 1000. In doubt: an incident was made of it. */
export const waitingPayouts = (db: Database): Promise<readonly (PayoutRow & { readonly isInDoubt: boolean })[]> => sql(db, waiting);

/** Everything that waits on this backend is asked about now: it has just come back. */
export const hastenPayouts = async (db: Database, backendId: string, now: Date): Promise<void> => {
  await sql(db, hasten, [backendId, now]);
};

/** What waits for a block is asked about now: there is one. */
export const hastenSentPayouts = async (db: Database, backendId: string, now: Date): Promise<void> => {
  await sql(db, hastenSent, [backendId, now]);
};

export const reschedulePayout = async (db: Database, id: string, at: Date): Promise<void> => {
  await sql(db, reschedule, [id, at]);
};

const failures: Readonly<Record<ChainFailure | 'notSent', true>> = {
  insufficientBalance: true,
  dust: true,
  address: true,
  feeLimit: true,
  other: true,
  notSent: true,
};
const isFailure = (text: string): text is ChainFailure | 'notSent' => text in failures;
const failureOf = (text: string | null): ChainFailure | 'notSent' => (text !== null && isFailure(text) ? text : 'other');

export const toPayoutView = (row: PayoutRow): PayoutView => ({
  id: row.id,
  accountId: row.accountId,
  walletId: row.walletId,
  state: row.state,
  isTaken: row.taken || row.state === 'sent' || row.state === 'confirmed',
  address: row.address,
  amountMsat: row.paidMsat ?? row.amountMsat,
  maxFeeMsat: row.maxFeeMsat,
  feeMsat: row.feeMsat,
  txid: row.txid,
  output: row.vout,
  failure: row.state === 'failed' ? failureOf(row.failure) : null,
  memo: row.memo,
  createdAt: row.createdAt,
  endedAt: row.endedAt,
});

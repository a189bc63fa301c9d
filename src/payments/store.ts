// Payments and their attempts as they are stored. A payment comes in by one statement with its first attempt `sending`, its reservation
// and its transaction row, before any byte leaves; attempts change through `advance` alone.
import type { PayFailure, Route } from '../backends/port.ts';
import type { Attempt, Payment } from '../generated/prisma/client.ts';
import { advance } from '../platform/advance.ts';
import { type Database, type Statement, sql } from '../platform/db.ts';
import { type Effects, effectClauses, effectValues, type AttemptRow as NewAttempt, toJson } from '../platform/effects.ts';
import { cashClauses, cashValue, hasCash } from '../platform/effects-cash.ts';
import { type AttemptState, byPerson } from './states.ts';
import { type AttemptView, type PaymentView, paymentState } from './view.ts';

export type AttemptRow = Omit<Attempt, 'state' | 'routes'> & { readonly state: AttemptState; readonly routes: readonly Route[] };
export type PaymentRow = Payment;

/** Keys are columns, for the statement reads them as jsonb. */
export interface NewPayment {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly key_id: string | null;
  readonly payment_hash: string;
  readonly bolt11: string;
  readonly destination: string;
  readonly amount_msat: bigint;
  readonly amount_cents: bigint | null;
  readonly amountless: boolean;
  readonly max_fee_msat: bigint;
  readonly memo: string | null;
  readonly created_at: Date;
  readonly asked_by: string | null;
  readonly asked_key: string | null;
  readonly asked_digest: string | null;
}
export type { NewAttempt };

const paymentColumns =
  'id, account_id, wallet_id, key_id, payment_hash, bolt11, destination, amount_msat, amount_cents, amountless, max_fee_msat, memo, created_at, asked_by, asked_key, asked_digest';

const insertion = (cash: boolean): Statement => ({
  name: `payment_insert${cash ? '_cash' : ''}`,
  // `allowed` sees the successes that were committed before. That no other attempt is on its way is the index attempts_one_live's word alone: it
  // sees also what another process commits at the same moment.
  // A floor that was asked before another attempt ended at the same backend is too low: what that attempt did would be taken for ours.
  text: `WITH allowed AS (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE payment_hash = $1 AND state = 'succeeded')
      AND NOT EXISTS (SELECT 1 FROM attempts AS a, jsonb_populate_recordset(null::attempts, $7::jsonb) AS n
        WHERE a.payment_hash = $1 AND a.backend_id = n.backend_id AND a.ref > coalesce(n.floor, -1))),
  payment AS (
    INSERT INTO payments (${paymentColumns})
    SELECT ${paymentColumns.replaceAll(/\b([a-z_0-9]+)\b/g, 'p.$1')} FROM allowed, jsonb_populate_record(null::payments, $2::jsonb) AS p RETURNING id),
  ${effectClauses('payment', 3)}${cash ? `,${cashClauses('payment', 8)}` : ''}
  SELECT count(*)::int AS inserted FROM payment`,
});
const insert = { plain: insertion(false), cash: insertion(true) };

const attemptFields = `id, payment_id AS "paymentId", payment_hash AS "paymentHash", backend_id AS "backendId", backend_identity AS "backendIdentity", state,
  disproved, amount_msat AS "amountMsat", max_fee_msat AS "maxFeeMsat", floor, ref, send_by AS "sendBy", seen_in_flight AS "seenInFlight", preimage, proof,
  fee_msat AS "feeMsat", failure, routes, created_at AS "createdAt", ended_at AS "endedAt", next_check_at AS "nextCheckAt", checks`;
const paymentFields = `id, account_id AS "accountId", wallet_id AS "walletId", key_id AS "keyId", payment_hash AS "paymentHash", bolt11, destination,
  amount_msat AS "amountMsat", amount_cents AS "amountCents", amountless, max_fee_msat AS "maxFeeMsat", memo, created_at AS "createdAt", asked_by AS "askedBy", asked_key AS "askedKey", asked_digest AS "askedDigest"`;

const byId = { name: 'payment_by_id', text: `SELECT ${paymentFields} FROM payments WHERE id = $1` };
const byAsk = { name: 'payment_by_ask', text: `SELECT ${paymentFields} FROM payments WHERE asked_by = $1 AND asked_key = $2` };
const byHash = {
  name: 'payments_by_hash',
  text: `SELECT ${paymentFields} FROM payments WHERE payment_hash = $1 ORDER BY id DESC LIMIT 100`,
};
const attemptsOf = {
  name: 'attempts_of_payments',
  text: `SELECT ${attemptFields} FROM attempts WHERE payment_id = ANY($1::uuid[]) ORDER BY id`,
};
const attemptById = { name: 'attempt_by_id', text: `SELECT ${attemptFields} FROM attempts WHERE id = $1` };
const attemptsByHash = { name: 'attempts_by_hash', text: `SELECT ${attemptFields} FROM attempts WHERE payment_hash = $1 ORDER BY id` };
const succeeded = {
  name: 'attempts_succeeded',
  text: `SELECT DISTINCT payment_hash AS "paymentHash" FROM attempts WHERE payment_hash = ANY($1::text[]) AND state = 'succeeded'`,
};
const claimDue = {
  name: 'attempt_claim_due',
  text: `UPDATE attempts AS r SET next_check_at = $2, checks = r.checks + 1
    WHERE r.id IN (SELECT id FROM attempts WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING ${attemptFields}`,
};
const hasten = { name: 'attempts_hasten', text: 'UPDATE attempts SET next_check_at = $2 WHERE backend_id = $1 AND next_check_at > $2' };
const reschedule = {
  name: 'attempt_reschedule',
  text: 'UPDATE attempts SET next_check_at = $2 WHERE id = $1 AND next_check_at IS NOT NULL',
};

/**
 * Writes the payment, its first attempt (in `effects.attempts`), reservation and transaction. False when a success for this hash exists.
 * Throws a unique violation (`attempts_one_live`: one is on its way; asked_by/asked_key) and a check violation (`wallets_available`).
 */
export const insertPayment = async (db: Database, row: NewPayment, effects: Effects): Promise<boolean> => {
  const values = [row.payment_hash, toJson(row), ...effectValues(effects)];
  const [said] = hasCash(effects)
    ? await sql<{ inserted: number }>(db, insert.cash, [...values, toJson(cashValue(effects))])
    : await sql<{ inserted: number }>(db, insert.plain, values);
  return said?.inserted === 1;
};

const sending = { name: 'attempts_sending', text: `SELECT count(*)::int AS sending FROM attempts WHERE state = 'sending'` };

/** How many attempts wait for their end. */
export const sendingAttempts = async (db: Database): Promise<number> => (await sql<{ sending: number }>(db, sending, []))[0]?.sending ?? 0;

export interface AttemptMove {
  readonly id: string;
  readonly from: AttemptState;
  readonly set: {
    readonly state: AttemptState;
    readonly disproved?: boolean;
    readonly ref?: bigint;
    readonly seen_in_flight?: boolean;
    readonly preimage?: string;
    readonly proof?: 'preimage' | 'backendWord';
    readonly fee_msat?: bigint;
    readonly failure?: string | null;
    readonly routes?: readonly Route[];
    readonly ended_at?: Date;
    readonly next_check_at?: Date | null;
  };
  readonly effects: Effects;
}

/** True when this call moved it (compare-and-swap on the state). */
export const advanceAttempt = (db: Database, move: AttemptMove): Promise<boolean> => advance(db, { table: 'attempts', ...move });

const first = async <T extends object>(rows: Promise<readonly T[]>): Promise<T | null> => (await rows)[0] ?? null;

export const paymentById = (db: Database, id: string): Promise<PaymentRow | null> => first(sql<PaymentRow>(db, byId, [id]));
export const paymentByAsk = (db: Database, asked: { readonly by: string; readonly key: string }): Promise<PaymentRow | null> =>
  first(sql<PaymentRow>(db, byAsk, [asked.by, asked.key]));
export const paymentsByHash = (db: Database, hash: string): Promise<readonly PaymentRow[]> => sql<PaymentRow>(db, byHash, [hash]);
export const attemptsOfPayment = (db: Database, paymentId: string): Promise<readonly AttemptRow[]> =>
  sql<AttemptRow>(db, attemptsOf, [[paymentId]]);
export const attempt = (db: Database, id: string): Promise<AttemptRow | null> => first(sql<AttemptRow>(db, attemptById, [id]));
export const attemptsForHash = (db: Database, hash: string): Promise<readonly AttemptRow[]> => sql<AttemptRow>(db, attemptsByHash, [hash]);

/** Those of the hashes that we have paid. */
export const paidHashes = async (db: Database, hashes: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set((await sql<{ paymentHash: string }>(db, succeeded, [[...hashes]])).map((row) => row.paymentHash));

export const claimDueAttempts = (
  db: Database,
  now: Date,
  claim: { readonly until: Date; readonly most: number },
): Promise<readonly AttemptRow[]> => sql<AttemptRow>(db, claimDue, [now, claim.until, claim.most]);

/** Everything that waits on this backend is asked about now: it has just come back. */
export const hastenAttempts = async (db: Database, backendId: string, now: Date): Promise<void> => {
  await sql(db, hasten, [backendId, now]);
};

/** Null: never again. */
export const rescheduleAttempt = async (db: Database, id: string, at: Date | null): Promise<void> => {
  await sql(db, reschedule, [id, at]);
};

export const viewOfPayment = async (db: Database, row: PaymentRow): Promise<PaymentView> =>
  toPaymentView(row, await attemptsOfPayment(db, row.id));

/** What may be seen of a payment and its attempts, oldest attempt first. */
export const toPaymentView = (row: PaymentRow, attempts: readonly AttemptRow[]): PaymentView => {
  const state = paymentState(attempts.map((one) => one.state));
  const winner = attempts.find((one) => one.state === 'succeeded');
  const last = attempts.at(-1);
  return {
    id: row.id,
    accountId: row.accountId,
    walletId: row.walletId,
    paymentHash: row.paymentHash,
    bolt11: row.bolt11,
    destination: row.destination,
    amountMsat: row.amountMsat,
    amountCents: row.amountCents,
    maxFeeMsat: row.maxFeeMsat,
    feeMsat: winner?.feeMsat ?? null,
    memo: row.memo,
    state,
    preimage: winner?.preimage ?? null,
    failure: state === 'failed' ? failureOf(last?.failure ?? null) : null,
    createdAt: row.createdAt,
    endedAt: state === 'pending' ? null : ((winner ?? last)?.endedAt ?? null),
    attempts: attempts.map(toAttemptView),
  };
};

const toAttemptView = (row: AttemptRow): AttemptView => ({
  id: row.id,
  backendId: row.backendId,
  state: row.state,
  feeMsat: row.feeMsat,
  failure: row.state === 'failed' ? failureOf(row.failure) : null,
  // What has failed by proof waits for nothing, and a person who gave it up has looked. Read off the row: its backend may be gone.
  isDoubted: row.state === 'failed' && row.nextCheckAt !== null && row.failure !== byPerson,
  routes: row.routes,
  createdAt: row.createdAt,
  endedAt: row.endedAt,
});

const failures: Readonly<Record<PayFailure | 'notSent', true>> = {
  noRoute: true,
  feeLimit: true,
  insufficientBalance: true,
  invoiceExpired: true,
  rejectedByPayee: true,
  selfPayment: true,
  attemptsExhausted: true,
  canceled: true,
  other: true,
  notSent: true,
};
const isFailure = (text: string): text is PayFailure | 'notSent' => text in failures;
const failureOf = (text: string | null): PayFailure | 'notSent' => (text !== null && isFailure(text) ? text : 'other');

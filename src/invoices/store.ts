// Invoices as they are stored. Rows come in by one insert after the backend's answer and change through `advance` alone.
import type { Invoice } from '../generated/prisma/client.ts';
import { advance, type Swap } from '../platform/advance.ts';
import { type Database, sql } from '../platform/db.ts';
import { type Effects, toJson } from '../platform/effects.ts';
import { type CashEffects, cashClauses, cashValue } from '../platform/effects-cash.ts';
import { gathered } from '../platform/gather.ts';
import type { InvoiceState } from './states.ts';
import type { HoldView, InvoiceView } from './view.ts';

export type InvoiceRow = Omit<Invoice, 'state' | 'kind'> & { readonly state: InvoiceState; readonly kind: 'plain' | 'hold' };

export type NewInvoice = Pick<
  InvoiceRow,
  | 'id'
  | 'accountId'
  | 'walletId'
  | 'backendId'
  | 'backendIdentity'
  | 'kind'
  | 'paymentHash'
  | 'bolt11'
  | 'paymentSecret'
  | 'preimage'
  | 'amountMsat'
  | 'memo'
  | 'descriptionHash'
  | 'externalId'
  | 'webhookUrl'
  | 'sealedPreimage'
  | 'longestHoldSeconds'
  | 'onDeadline'
  | 'settleAfterSeconds'
  | 'createdAt'
  | 'expiresAt'
  | 'nextCheckAt'
  | 'askedBy'
  | 'askedKey'
  | 'askedDigest'
>;

/** Every column of a row, under its name in `InvoiceRow`. */
export const invoiceColumns = `id, account_id AS "accountId", wallet_id AS "walletId", backend_id AS "backendId", backend_identity AS "backendIdentity", kind, state,
  payment_hash AS "paymentHash", bolt11, payment_secret AS "paymentSecret", preimage, amount_msat AS "amountMsat", received_msat AS "receivedMsat",
  memo, description_hash AS "descriptionHash", external_id AS "externalId", settled_by AS "settledBy", held_handle AS "heldHandle",
  deadline_height AS "deadlineHeight", deadline_at AS "deadlineAt", on_deadline AS "onDeadline", longest_hold_seconds AS "longestHoldSeconds",
  webhook_url AS "webhookUrl", sealed_preimage AS "sealedPreimage", settle_at AS "settleAt",
  settle_after_seconds AS "settleAfterSeconds", created_at AS "createdAt", expires_at AS "expiresAt", held_at AS "heldAt", settled_at AS "settledAt",
  canceled_at AS "canceledAt", next_check_at AS "nextCheckAt", checks, asked_by AS "askedBy", asked_key AS "askedKey", asked_digest AS "askedDigest"`;

// Raw because it is the hot path: one prepared statement instead of Prisma's planning for each creation.
const insertedColumns = `id, account_id, wallet_id, backend_id, backend_identity, kind, payment_hash, bolt11, payment_secret, preimage,
    amount_msat, memo, description_hash, external_id, webhook_url, created_at, expires_at, next_check_at, asked_by, asked_key, asked_digest, sealed_preimage, longest_hold_seconds, on_deadline,
    settle_after_seconds`;
const inserted = `INSERT INTO invoices (${insertedColumns})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`;
const insert = { name: 'invoice_insert', text: inserted };
// As JSON, so that one prepared statement serves any number of rows.
const insertMany = {
  name: 'invoice_insert_many',
  text: `INSERT INTO invoices (${insertedColumns}) SELECT ${insertedColumns} FROM json_populate_recordset(null::invoices, $1::json)`,
};
const insertAlong = {
  name: 'invoice_insert_along',
  text: `WITH invoice AS (${inserted} RETURNING id), ${cashClauses('invoice', 26)} SELECT id FROM invoice`,
};
const byId = { name: 'invoice_by_id', text: `SELECT ${invoiceColumns} FROM invoices WHERE id = $1` };
const byHash = { name: 'invoice_by_hash', text: `SELECT ${invoiceColumns} FROM invoices WHERE payment_hash = $1` };
const byAsk = { name: 'invoice_by_ask', text: `SELECT ${invoiceColumns} FROM invoices WHERE asked_by = $1 AND asked_key = $2` };
const byHashes = {
  name: 'invoice_status_by_hashes',
  text: `SELECT payment_hash AS "paymentHash", state, bolt11, preimage, expires_at AS "expiresAt", settle_after_seconds IS NOT NULL AS "paidWhenHeld" FROM invoices WHERE payment_hash = ANY($1::text[])`,
};
const claimDue = {
  name: 'invoice_claim_due',
  // A claim pushes the row ahead, so that a replica that dies with it leaves it to the next one.
  text: `UPDATE invoices AS r SET next_check_at = $2, checks = r.checks + 1
    WHERE r.id IN (SELECT id FROM invoices WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING ${invoiceColumns}`,
};
// Open plain ones are told by the stream from its cursor on; asking about each of perhaps 100,000 would only be load. No stream of LND's repeats
// that an open hold was accepted while nobody looked.
const hasten = {
  name: 'invoices_hasten',
  text: `UPDATE invoices SET next_check_at = $2 WHERE backend_id = $1 AND next_check_at > $2 AND (state <> 'open' OR kind = 'hold')`,
};
const reschedule = {
  name: 'invoice_reschedule',
  text: 'UPDATE invoices SET next_check_at = $2 WHERE id = $1 AND state = $3 AND next_check_at IS NOT NULL',
};
const lateness = {
  name: 'invoice_waiting',
  text: `SELECT count(*)::int AS waiting, min(next_check_at) AS oldest FROM invoices WHERE next_check_at IS NOT NULL`,
};

/** Throws a unique violation when the hash, the external id or the idempotency key is taken; then nothing of `along` is written either. */
export const insertInvoice = async (db: Database, row: NewInvoice, along: CashEffects | null = null): Promise<void> => {
  if (along === null) await inserting(db)(row);
  else await sql(db, insertAlong, [...valuesOf(row), toJson(cashValue(along))]);
};

// What is gathered is of one database; a process may have several (tests).
const gatherers = new WeakMap<Database, (row: NewInvoice) => Promise<void>>();
const inserting = (db: Database): ((row: NewInvoice) => Promise<void>) => {
  const known = gatherers.get(db);
  if (known) return known;
  const made = gathered<NewInvoice>({
    one: async (row) => void (await sql(db, insert, valuesOf(row))),
    many: async (rows) => void (await sql(db, insertMany, [toJson(rows.map(namedValuesOf))])),
  });
  gatherers.set(db, made);
  return made;
};

const columnNames = insertedColumns.split(',').map((name) => name.trim());
const namedValuesOf = (row: NewInvoice): object => Object.fromEntries(valuesOf(row).map((value, index) => [columnNames[index], value]));

const valuesOf = (row: NewInvoice): readonly unknown[] => [
  row.id,
  row.accountId,
  row.walletId,
  row.backendId,
  row.backendIdentity,
  row.kind,
  row.paymentHash,
  row.bolt11,
  row.paymentSecret,
  row.preimage,
  row.amountMsat,
  row.memo,
  row.descriptionHash,
  row.externalId,
  row.webhookUrl,
  row.createdAt,
  row.expiresAt,
  row.nextCheckAt,
  row.askedBy,
  row.askedKey,
  row.askedDigest,
  row.sealedPreimage,
  row.longestHoldSeconds,
  row.onDeadline,
  row.settleAfterSeconds,
];

export const invoiceByHash = async (db: Database, hash: string): Promise<InvoiceRow | null> => {
  const [row] = await sql<InvoiceRow>(db, byHash, [hash]);
  return row ?? null;
};

export const invoiceById = async (db: Database, id: string): Promise<InvoiceRow | null> => {
  const [row] = await sql<InvoiceRow>(db, byId, [id]);
  return row ?? null;
};

/** The invoice that an earlier request with this idempotency key made. */
export const invoiceByAsk = async (db: Database, asked: { readonly by: string; readonly key: string }): Promise<InvoiceRow | null> => {
  const [row] = await sql<InvoiceRow>(db, byAsk, [asked.by, asked.key]);
  return row ?? null;
};

export type InvoiceStatusRow = Pick<InvoiceRow, 'paymentHash' | 'state' | 'bolt11' | 'preimage' | 'expiresAt'> & {
  readonly paidWhenHeld: boolean;
};

/** What the status poll needs, for many hashes in one round trip. */
export const invoiceStatuses = (db: Database, hashes: readonly string[]): Promise<readonly InvoiceStatusRow[]> =>
  sql<InvoiceStatusRow>(db, byHashes, [[...hashes]]);

/** Takes up to `most` rows that are due and gives them a next time, for the caller alone to ask about. */
export const claimDueInvoices = (
  db: Database,
  now: Date,
  claim: { readonly until: Date; readonly most: number },
): Promise<readonly InvoiceRow[]> => sql<InvoiceRow>(db, claimDue, [now, claim.until, claim.most]);

/** What is held, settling or canceling on this backend, and every open hold, is asked about now: it has just come back. */
export const hastenInvoices = async (db: Database, backendId: string, now: Date): Promise<void> => {
  await sql(db, hasten, [backendId, now]);
};

/** Unless it has moved since it was claimed: then it has a time of its own. */
export const rescheduleInvoice = async (db: Database, { id, state }: Pick<InvoiceRow, 'id' | 'state'>, at: Date): Promise<void> => {
  await sql(db, reschedule, [id, at, state]);
};

export const waitingInvoices = async (db: Database): Promise<{ readonly waiting: number; readonly oldest: Date | null }> => {
  const [row] = await sql<{ waiting: number; oldest: Date | null }>(db, lateness, []);
  return row ?? { waiting: 0, oldest: null };
};

export interface InvoiceMove {
  readonly id: string;
  readonly from: InvoiceState;
  readonly set: {
    readonly state: InvoiceState;
    readonly preimage?: string;
    readonly received_msat?: bigint;
    readonly settled_by?: 'backend' | 'inside';
    readonly held_handle?: string | null;
    readonly deadline_height?: number | null;
    readonly deadline_at?: Date | null;
    readonly on_deadline?: 'settle' | 'cancel';
    readonly settle_at?: Date | null;
    readonly sealed_preimage?: string | null;
    readonly held_at?: Date | null;
    readonly settled_at?: Date;
    readonly canceled_at?: Date;
    readonly next_check_at?: Date | null;
    /** How often it was asked about in this state: the pauses grow with it. */
    readonly checks?: number;
  };
  readonly effects: Effects;
  /** Moves with it, or neither does. */
  readonly cashOut?: Swap;
}

/** True when this call moved it (compare-and-swap on the state). */
export const advanceInvoice = (db: Database, move: InvoiceMove): Promise<boolean> => advance(db, { table: 'invoices', ...move });

/** What may be seen of a row; the preimage only once it is no secret any more. */
export const toInvoiceView = (row: InvoiceRow): InvoiceView => ({
  id: row.id,
  accountId: row.accountId,
  walletId: row.walletId,
  kind: row.kind,
  state: row.state,
  paymentHash: row.paymentHash,
  bolt11: row.bolt11,
  paymentSecret: row.paymentSecret,
  amountMsat: row.amountMsat,
  receivedMsat: row.receivedMsat,
  memo: row.memo,
  externalId: row.externalId,
  preimage: row.state === 'settled' ? row.preimage : null,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  settledAt: row.settledAt,
  paidWhenHeld: row.settleAfterSeconds !== null,
  hold: row.kind === 'hold' ? toHoldView(row) : null,
});

const toHoldView = (row: InvoiceRow): HoldView => ({
  backendId: row.backendId,
  longestHoldSeconds: row.longestHoldSeconds ?? 0,
  onDeadline: row.onDeadline === 'settle' ? 'settle' : 'cancel',
  guardsPreimage: row.sealedPreimage !== null,
  heldAt: row.heldAt,
  canceledAt: row.canceledAt,
  settleAt: row.settleAt,
  deadlineHeight: row.deadlineHeight,
  deadlineAt: row.deadlineAt,
});

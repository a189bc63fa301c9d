// The list that a user sees. Rows are written by `advance` alone; here they are read, by keyset so that a page costs the same however
// long the history is.
import { type Database, sql } from '../platform/db.ts';
import type { TransactionRow } from '../platform/effects.ts';
import { isUuid } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { beforeAll, behindAll, keysetPages, pageOf } from './page.ts';
import type { Page, PageAsk, TransactionView } from './view.ts';

// The other side of a movement inside: kept with a transfer; of an invoice that was paid inside it is whoever else moved by its hash.
const shown = (
  source: string,
): string => `SELECT t.id, t.account_id AS "accountId", t.wallet_id AS "walletId", t.direction, t.status, t.kind,
  t.amount_msat AS "amountMsat", t.fee_msat AS "feeMsat", t.amount_cents AS "amountCents", t.fee_cents AS "feeCents", t.payment_hash AS "paymentHash", t.bolt11, t.preimage, t.address, t.txid, t.vout, t.memo,
  t.external_id AS "externalId", t.subject_id AS "subjectId", other.id AS "counterpartyWalletId",
  CASE WHEN t.kind = 'intraledger' THEN (
    SELECT a.username FROM wallets w JOIN accounts a ON a.id = w.account_id WHERE w.id = other.id) END AS "counterpartyUsername",
  t.price_base AS "priceBase", t.price_currency AS "priceCurrency", t.created_at AS "createdAt", t.ended_at AS "endedAt"
  FROM ${source} AS t, LATERAL (SELECT CASE WHEN t.kind = 'intraledger' THEN coalesce(t.counterparty_wallet_id, (
    SELECT o.wallet_id FROM transactions o WHERE o.payment_hash = t.payment_hash AND o.wallet_id <> t.wallet_id AND o.kind = 'intraledger'
      AND o.status = 'success' LIMIT 1)) END AS id) AS other`;

const transactionPages = keysetPages({
  name: 'transactions',
  text: (rows) => `${shown(rows.source)} ORDER BY t.id ${rows.order}`,
  table: 'transactions',
});
const addressPages = keysetPages({
  name: 'transactions_of_address',
  text: (rows) => `${shown(rows.source)} ORDER BY t.id ${rows.order}`,
  table: 'transactions',
  of: 'address',
});
const byHash = {
  name: 'transactions_by_hash',
  text: `${shown('transactions')} WHERE t.payment_hash = $1 AND t.wallet_id = ANY($2::uuid[]) ORDER BY t.id DESC LIMIT 100`,
};
const byId = { name: 'transactions_by_id', text: `${shown('transactions')} WHERE t.id = $1 AND t.wallet_id = ANY($2::uuid[])` };
const bySubject = { name: 'transactions_by_subject', text: `${shown('transactions')} WHERE t.subject_id = $1 AND t.wallet_id = $2` };

/** For whoever looks at their plans. */
export const transactionStatements = { page: transactionPages, pageOfAddress: addressPages, byHash } as const;

const cursorId = (text: string | null, field: string): string | null => {
  if (text !== null && !isUuid(text)) return refuse({ is: 'invalidInput', field, rule: 'cursor', given: text.slice(0, 100) });
  return text;
};

/**
 * One page of the wallets' movements, or of those that came to or went to one address; the cursor is the transaction's id.
 * Throws Refused `invalidInput` for a bad cursor.
 */
export const transactionPage = async (
  db: Database,
  walletIds: readonly string[],
  ask: PageAsk,
  address: string | null = null,
): Promise<Page<TransactionView>> => {
  const [older, newer] = [cursorId(ask.after, 'after') ?? behindAll, cursorId(ask.before, 'before') ?? beforeAll];
  const values = [[...new Set(walletIds)], older, newer];
  const rows =
    address === null
      ? await sql<TransactionView>(db, transactionPages(ask), values)
      : await sql<TransactionView>(db, addressPages(ask), [...values, address]);
  return pageOf(rows, ask, (row) => row.id);
};

/** All movements of these wallets that carry this payment hash, newest first, at most 100. */
export const transactionsByHash = (db: Database, walletIds: readonly string[], hash: string): Promise<readonly TransactionView[]> =>
  sql<TransactionView>(db, byHash, [hash, [...walletIds]]);

export const transactionById = async (db: Database, walletIds: readonly string[], id: string): Promise<TransactionView | null> => {
  if (!isUuid(id)) return null;
  const [row] = await sql<TransactionView>(db, byId, [id, [...walletIds]]);
  return row ?? null;
};

/** A movement as it is written, as it will be read: of one that has nobody of ours on the other side. */
export const viewOfMovement = (row: TransactionRow): TransactionView => ({
  id: row.id,
  accountId: row.account_id,
  walletId: row.wallet_id,
  direction: row.direction,
  status: row.status,
  kind: row.kind,
  amountMsat: row.amount_msat,
  feeMsat: row.fee_msat,
  amountCents: row.amount_cents ?? null,
  feeCents: row.fee_cents ?? null,
  paymentHash: row.payment_hash,
  bolt11: row.bolt11,
  preimage: row.preimage,
  address: row.address,
  txid: row.txid,
  vout: row.vout,
  memo: row.memo,
  externalId: row.external_id,
  subjectId: row.subject_id,
  counterpartyWalletId: null,
  counterpartyUsername: null,
  priceBase: row.price_base,
  priceCurrency: row.price_currency,
  createdAt: row.created_at,
  endedAt: row.ended_at,
});

/** The movement that an invoice, a payment or a transfer made in this wallet. */
export const transactionOf = async (db: Database, subjectId: string, walletId: string): Promise<TransactionView | null> => {
  const [row] = await sql<TransactionView>(db, bySubject, [subjectId, walletId]);
  return row ?? null;
};

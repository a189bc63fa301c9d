// The list that a user sees. Rows are written by `advance` alone; here they are read, by keyset so that a page costs the same however
// long the history is.
import { type Database, sql } from '../platform/db.ts';
import { isUuid } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { pageOf } from './page.ts';
import type { Page, PageAsk, TransactionView } from './view.ts';

const columns = `id, account_id AS "accountId", wallet_id AS "walletId", direction, status, kind, amount_msat AS "amountMsat", fee_msat AS "feeMsat",
  payment_hash AS "paymentHash", bolt11, preimage, address, txid, vout, memo, external_id AS "externalId", subject_id AS "subjectId",
  counterparty_wallet_id AS "counterpartyWalletId", price_base AS "priceBase", price_currency AS "priceCurrency",
  created_at AS "createdAt", ended_at AS "endedAt"`;

// One index range a wallet and a merge of their heads: an IN list over one index would read and sort all of their history.
const page = (order: 'ASC' | 'DESC'): string => `SELECT ${columns} FROM (
  SELECT t.* FROM unnest($1::uuid[]) AS w(id), LATERAL (
    SELECT * FROM transactions WHERE wallet_id = w.id AND ($2::uuid IS NULL OR id < $2) AND ($3::uuid IS NULL OR id > $3)
    ORDER BY id ${order} LIMIT $4) AS t) AS t ORDER BY id ${order} LIMIT $4`;
const newest = { name: 'transactions_newest', text: page('DESC') };
const oldest = { name: 'transactions_oldest', text: page('ASC') };
const byHash = {
  name: 'transactions_by_hash',
  text: `SELECT ${columns} FROM transactions WHERE payment_hash = $1 AND wallet_id = ANY($2::uuid[]) ORDER BY id DESC LIMIT 100`,
};
const byId = { name: 'transactions_by_id', text: `SELECT ${columns} FROM transactions WHERE id = $1 AND wallet_id = ANY($2::uuid[])` };
const bySubject = { name: 'transactions_by_subject', text: `SELECT ${columns} FROM transactions WHERE subject_id = $1 AND wallet_id = $2` };

const cursorId = (text: string | null, field: string): string | null => {
  if (text !== null && !isUuid(text)) return refuse({ is: 'invalidInput', field, rule: 'cursor', given: text.slice(0, 100) });
  return text;
};

/** One page of the wallets' movements; the cursor is the transaction's id. Throws Refused `invalidInput` for a bad cursor. */
export const transactionPage = async (db: Database, walletIds: readonly string[], ask: PageAsk): Promise<Page<TransactionView>> => {
  const values = [[...walletIds], cursorId(ask.after, 'after'), cursorId(ask.before, 'before'), ask.take + 1];
  const rows = await sql<TransactionView>(db, ask.fromEnd ? oldest : newest, values);
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

/** The movement that an invoice or a payment made in this wallet. */
export const transactionOf = async (db: Database, subjectId: string, walletId: string): Promise<TransactionView | null> => {
  const [row] = await sql<TransactionView>(db, bySubject, [subjectId, walletId]);
  return row ?? null;
};

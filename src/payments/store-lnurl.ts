// Which invoice an LNURL ask was given. Written before anything is sent, and replaced only by who has seen the one before.
import { type Database, type Statement, sql } from '../platform/db.ts';

export interface AskedInvoice {
  readonly ask: string;
  readonly digest: string;
  readonly bolt11: string;
  readonly paymentHash: string;
  readonly expiresAt: Date;
}

const fields = 'ask, digest, bolt11, payment_hash AS "paymentHash", expires_at AS "expiresAt"';
const byAsk: Statement = { name: 'lnurl_invoice', text: `SELECT ${fields} FROM lnurl_invoices WHERE ask = $1` };
const keep: Statement = {
  name: 'lnurl_invoice_keep',
  text: `INSERT INTO lnurl_invoices AS l (ask, digest, bolt11, payment_hash, expires_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ask) DO UPDATE SET digest = excluded.digest, bolt11 = excluded.bolt11, payment_hash = excluded.payment_hash, expires_at = excluded.expires_at
    WHERE l.payment_hash = $6 RETURNING ${fields}`,
};
// An expired one that is not on its way binds nobody: whoever asks again is given another, so it need not be kept.
const forget: Statement = {
  name: 'lnurl_invoices_forget',
  text: `DELETE FROM lnurl_invoices AS l WHERE l.expires_at < $1
    AND NOT EXISTS (SELECT 1 FROM attempts AS a WHERE a.payment_hash = l.payment_hash AND a.state = 'sending')`,
};

export const askedInvoice = async (db: Database, ask: string): Promise<AskedInvoice | null> =>
  (await sql<AskedInvoice>(db, byAsk, [ask]))[0] ?? null;

const keptMs = 3_600_000;

/** Keeps this invoice for the ask, unless somebody else has kept one meanwhile (another than `replaces`): then that one is the answer. */
export const keepAskedInvoice = async (
  db: Database,
  one: AskedInvoice,
  { replaces, now }: { readonly replaces: string | null; readonly now: Date },
): Promise<AskedInvoice> => {
  await sql(db, forget, [new Date(now.getTime() - keptMs)]);
  const [kept] = await sql<AskedInvoice>(db, keep, [one.ask, one.digest, one.bolt11, one.paymentHash, one.expiresAt, replaces]);
  const winner = kept ?? (await askedInvoice(db, one.ask));
  if (winner === null) throw new Error('the invoice of an ask vanished while it was kept');
  return winner;
};

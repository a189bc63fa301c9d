// Lists of invoices: pages as clients turn them, what is held now, and under which keys secrets are sealed.
import { type Database, sql } from '../platform/db.ts';
import { isUuid } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { beforeAll, behindAll, keysetPages, pageOf } from '../wallets/page.ts';
import type { Page, PageAsk } from '../wallets/view.ts';
import { type InvoiceRow, invoiceColumns } from './store.ts';

const invoicePages = (kind: 'any' | 'hold') =>
  keysetPages({
    name: `invoices_${kind}`,
    table: 'invoices',
    text: ({ source, order }) => `SELECT ${invoiceColumns} FROM ${source} AS i ORDER BY id ${order}`,
    ...(kind === 'hold' ? { where: "kind = 'hold'" } : {}),
  });
const pages = { any: invoicePages('any'), hold: invoicePages('hold') };
const idOfHash = { name: 'invoice_id_of_hash', text: 'SELECT id FROM invoices WHERE payment_hash = $1' };

/** One page of the wallets' invoices, newest first; the cursor is the payment hash (contract §5.10). Throws Refused `invalidInput` for a bad cursor. */
export const invoicePage = async (
  db: Database,
  of: { readonly walletIds: readonly string[]; readonly kind: 'hold' | null },
  ask: PageAsk,
): Promise<Page<InvoiceRow>> => {
  const values = [
    [...new Set(of.walletIds)],
    (await cursorId(db, ask.after, 'after')) ?? behindAll,
    (await cursorId(db, ask.before, 'before')) ?? beforeAll,
  ];
  const rows = await sql<InvoiceRow>(db, pages[of.kind ?? 'any'](ask), values);
  return pageOf(rows, ask, (row) => row.paymentHash);
};

const cursorId = async (db: Database, hash: string | null, field: string): Promise<string | null> => {
  if (hash === null) return null;
  const [row] = await sql<{ id: string }>(db, idOfHash, [hash]);
  if (!row || !isUuid(row.id)) return refuse({ is: 'invalidInput', field, rule: 'cursor', given: hash.slice(0, 100) });
  return row.id;
};

const held = {
  name: 'invoices_held_msat',
  text: `SELECT backend_identity AS identity, sum(greatest(amount_msat, received_msat))::bigint AS node,
    coalesce(sum(greatest(amount_msat, received_msat)) FILTER (WHERE wallet_id = $1), 0)::bigint AS wallet
    FROM invoices WHERE kind = 'hold' AND state NOT IN ('settled', 'canceled') AND (state <> 'open' OR expires_at > $2)
    GROUP BY backend_identity`,
};

export interface HeldNow {
  readonly wallet: bigint;
  readonly gateway: bigint;
  /** By the node's key, however many of our backends are that node; absent: nothing. */
  readonly nodes: ReadonlyMap<string, bigint>;
}

/** What hold invoices ask for or hold now, whichever is more (some pay more than was asked), in msat: of one wallet, of all, and of all at each node. */
export const heldMsat = async (db: Database, walletId: string, now: Date): Promise<HeldNow> => {
  const rows = await sql<{ identity: string; node: bigint; wallet: bigint }>(db, held, [walletId, now]);
  return {
    wallet: rows.reduce((sum, row) => sum + row.wallet, 0n),
    gateway: rows.reduce((sum, row) => sum + row.node, 0n),
    nodes: new Map(rows.map((row) => [row.identity, row.node])),
  };
};

const sealing = {
  name: 'invoices_sealing_keys',
  text: `SELECT DISTINCT split_part(sealed_preimage, '.', 1) AS id FROM invoices WHERE sealed_preimage IS NOT NULL AND (canceled_at IS NULL OR canceled_at > $1)`,
};

/** Ids of the keys under which preimages are sealed, but for holds that were canceled before `since`. */
export const sealingKeys = async (db: Database, since: Date): Promise<readonly string[]> =>
  (await sql<{ id: string }>(db, sealing, [since])).map((row) => row.id);

const guarded = {
  name: 'invoices_guarded',
  text: `SELECT ${invoiceColumns} FROM invoices WHERE state IN ('held', 'claimed', 'settling', 'canceling')`,
};

/** Everything that is held, or was, and is not at its end: what the deadline guard watches. */
export const guardedInvoices = (db: Database): Promise<readonly InvoiceRow[]> => sql<InvoiceRow>(db, guarded);

const known = {
  name: 'invoices_known',
  text: 'SELECT payment_hash AS "paymentHash" FROM invoices WHERE payment_hash = ANY($1::text[]) AND backend_identity = $2',
};

/** Those of the hashes under which no invoice of ours was made on this node. */
export const unknownHashes = async (db: Database, identityKey: string, hashes: readonly string[]): Promise<ReadonlySet<string>> => {
  const ours = new Set((await sql<{ paymentHash: string }>(db, known, [[...hashes], identityKey])).map((row) => row.paymentHash));
  return new Set(hashes.filter((hash) => !ours.has(hash)));
};

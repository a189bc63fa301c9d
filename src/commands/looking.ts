// The reads over the stored truth: scoped to the asker's wallets, and batched where many ask the same kind of question at once.
import DataLoader from 'dataloader';
import type { Registry } from '../backends/registry.ts';
import { invoicePage } from '../invoices/lists.ts';
import { type InvoiceStatusRow, invoiceByHash, invoiceStatuses, toInvoiceView } from '../invoices/store.ts';
import { statusOf } from '../invoices/view.ts';
import { decodeBolt11, peekPaymentHash } from '../lightning/bolt11.ts';
import { paidHashes } from '../payments/store.ts';
import { listIncidents } from '../platform/incidents.ts';
import { refuse } from '../platform/refusal.ts';
import { balanceReader } from '../wallets/balances.ts';
import { spentByKeys } from '../wallets/spending.ts';
import { transactionById, transactionPage, transactionsByHash } from '../wallets/transactions.ts';
import type { Page } from '../wallets/view.ts';
import { callbacksOf } from './callbacks.ts';
import { ownCashOut } from './cashing.ts';
import type { CommandDeps } from './deps.ts';
import { watchHold } from './holdwatch.ts';
import { keysOf } from './keys.ts';
import { onChainReads } from './onchain.ts';
import { backendViews } from './overview.ts';
import { paymentFor, watchPayment } from './paymentwatch.ts';
import { priceReads } from './pricing.ts';
import type { GlobalsView, Reads } from './reads.ts';
import { walletsOf } from './scope.ts';
import { watchStatus } from './statuswatch.ts';
import type { StatusView } from './table.ts';
import { updateReads } from './updates.ts';

/** The reads over these parts. */
export const createReads = (deps: CommandDeps): Reads => {
  const { db, clock } = deps.invoices;
  const status = statusReader(deps);
  const mapPage = <A, B>(page: Page<A>, map: (row: A) => B): Page<B> => ({
    ...page,
    rows: page.rows.map((row) => ({ cursor: row.cursor, node: map(row.node) })),
  });
  return {
    authenticate: deps.wallets.authenticate,
    account: async (who) => {
      const account = await deps.wallets.account(who.accountId);
      if (!account) return refuse({ is: 'notFound', what: 'account', given: who.accountId });
      // A key that is bound to one wallet sees it as its default.
      return who.walletId === null ? account : { ...account, defaultWalletId: who.walletId };
    },
    wallets: (who) => walletsOf(deps, who),
    wallet: async (who, walletId) =>
      (await walletsOf(deps, who)).find((one) => one.id === walletId.toLowerCase()) ??
      refuse({ is: 'notFound', what: 'wallet', given: walletId }),
    publicWallet: deps.wallets.publicWallet,
    isNameTaken: deps.wallets.isNameTaken,
    balances: balanceReader(deps.wallets, deps.invoices.registry),
    transactions: (walletIds, page) => transactionPage(db, walletIds, page),
    transactionsByHash: (walletIds, hash) => transactionsByHash(db, walletIds, hash.toLowerCase()),
    transactionById: (walletIds, id) => transactionById(db, walletIds, id),
    invoices: async (walletIds, page) => mapPage(await invoicePage(db, { walletIds, kind: null }, page), toInvoiceView),
    holdInvoices: async (walletIds, page) => mapPage(await invoicePage(db, { walletIds, kind: 'hold' }, page), toInvoiceView),
    cashOut: (who, id) => ownCashOut(deps, who, id),
    callbackEndpoints: (who) => callbacksOf(deps, who),
    blockHeight: deps.invoices.heights.of,
    watchHoldInvoice: (who, hash, signal) => watchHold(deps, { who, hash: hash.toLowerCase() }, signal),
    invoiceByHash: async (walletIds, hash) => {
      const row = await invoiceByHash(db, hash.toLowerCase());
      return row && walletIds.includes(row.walletId) ? toInvoiceView(row) : null;
    },
    ...status,
    ...priceReads(deps.payments),
    ...updateReads(deps),
    ...onChainReads(deps),
    transactionsByAddress: (walletIds, address, page) => transactionPage(db, walletIds, page, address),
    payment: (who, hash) => paymentFor(deps, who, hash.toLowerCase()),
    watchStatus: (of, signal) => watchStatus({ feed: deps.payments.feed, clock, ...status }, of, signal),
    watchPayment: (who, hash, after, signal) => watchPayment(deps, { who, hash: hash.toLowerCase(), after }, signal),
    apiKeys: (who) => keysOf(deps, who),
    spentByKeys: (keyIds) => spentByKeys(db, keyIds, clock.now()),
    backends: () => backendViews(deps),
    incidents: (all) => listIncidents(db, all),
    globals: () => globals(deps, deps.invoices.registry),
  };
};

export interface StatusReads {
  readonly statusByRequest: (bolt11: string) => Promise<StatusView>;
  readonly statusByHash: (paymentHash: string) => Promise<StatusView | null>;
}

/** Requests of one turn of the event loop share one round trip; nothing is remembered, so that a settlement shows in the very next poll. */
const shared = <V>(load: (hashes: readonly string[]) => Promise<ReadonlyMap<string, V>>): ((hash: string) => Promise<V | null>) => {
  const loader = new DataLoader<string, V | null>(
    async (hashes) => {
      const found = await load([...new Set(hashes)]);
      return hashes.map((hash) => found.get(hash) ?? null);
    },
    { cache: false, batchScheduleFn: (run) => void setImmediate(run), maxBatchSize: 500 },
  );
  return (hash) => loader.load(hash);
};

const statusReader = (deps: CommandDeps): StatusReads => {
  const { db, clock } = deps.invoices;
  const invoice = shared(async (hashes) => new Map((await invoiceStatuses(db, hashes)).map((row) => [row.paymentHash, row])));
  const paid = shared(async (hashes) => new Map([...(await paidHashes(db, hashes))].map((hash) => [hash, true])));

  const ofInvoice = (row: InvoiceStatusRow): StatusView => {
    const status = statusOf(row, clock.now());
    return {
      status,
      paymentHash: row.paymentHash,
      bolt11: row.bolt11,
      preimage: status === 'PAID' ? row.preimage : null,
      expiresAt: row.expiresAt,
    };
  };

  const statusByRequest = async (bolt11: string): Promise<StatusView> => {
    // Our own requests, the ones that machines poll, are told by a look and one comparison instead of a signature check.
    const peeked = peekPaymentHash(bolt11);
    const row = peeked === null ? null : await invoice(peeked);
    if (row?.bolt11 === bolt11.toLowerCase()) return ofInvoice(row);
    const decoding = decodeBolt11(bolt11);
    if (decoding.is === 'undecodable')
      return refuse({ is: 'invalidInvoice', why: decoding.why === 'checksum' ? 'checksum' : 'undecodable' });
    const { hash, expiresAt } = decoding.invoice;
    const seen = { paymentHash: hash, bolt11: decoding.invoice.bolt11, preimage: null, expiresAt };
    // PAID for what we have paid too: a machine asks so about its own payout (contract §10).
    if (await paid(hash)) return { ...seen, status: 'PAID' };
    return { ...seen, status: expiresAt <= clock.now() ? 'EXPIRED' : 'PENDING' };
  };

  const statusByHash = async (paymentHash: string): Promise<StatusView | null> => {
    const hash = paymentHash.toLowerCase();
    const row = await invoice(hash);
    if (row) return ofInvoice(row);
    return (await paid(hash)) ? { status: 'PAID', paymentHash: hash, bolt11: null, preimage: null, expiresAt: null } : null;
  };
  return { statusByRequest, statusByHash };
};

const globals = async (deps: CommandDeps, registry: Registry): Promise<GlobalsView> => ({
  ...deps.about,
  network: deps.payments.network,
  nodeIds: registry.all.flatMap((one) => one.identity()?.key ?? []).filter((key) => /^0[23][0-9a-f]{64}$/.test(key)),
  blockHeight: null,
  blockHash: null,
});

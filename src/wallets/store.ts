// Accounts and wallets as they are stored. Settings of a wallet are read through a short cache, because every request needs
// one; the ledger balance never is.
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { cached } from './cache.ts';
import { createDisplayStore, type DisplayStore } from './store-display.ts';
import { createHandleStore, type HandleStore } from './store-handles.ts';
import { createKeyStore, type KeyStore } from './store-keys.ts';
import { toAccount, toWallet } from './store-rows.ts';
import type { AccountView, WalletView } from './view.ts';

export interface NewWallet {
  readonly name: string;
  /** Absent: bitcoin. */
  readonly currency?: 'BTC' | 'USD';
  readonly balanceKind: 'node' | 'ledger';
  readonly receiveRoute: readonly string[];
  readonly payRoute: readonly string[];
  readonly acceptFixedAmount: boolean;
  readonly keylessCreate: boolean;
  readonly defaultExpirySeconds: number | null;
  readonly defaultFeeLimitPpm: number | null;
  /** Absent or null: invoices are settled at once. */
  readonly settleAfterSeconds?: number | null;
}

export interface WalletStore extends KeyStore, HandleStore, DisplayStore {
  /** Creates the account when there is none of that name; the id either way. */
  ensureAccount(name: string, username: string | null): Promise<string>;
  /** Creates the wallet when the account has none of that name (what the database holds wins over the config); the id either way. */
  ensureWallet(accountId: string, wallet: NewWallet): Promise<string>;
  /** Other replicas go by the old routes for up to `cacheMs`; what is in flight stays where it is. */
  setRoutes(id: string, routes: { readonly receiveRoute: readonly string[]; readonly payRoute: readonly string[] }): Promise<WalletView>;
  account(id: string): Promise<AccountView | null>;
  wallet(id: string): Promise<WalletView | null>;
  walletsOf(accountId: string): Promise<readonly WalletView[]>;
  allWallets(): Promise<readonly WalletView[]>;
  /** Ledger balances, read now. */
  available(ids: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
}

export const createWalletStore = (db: Database, clock: Clock): WalletStore => {
  const { prisma } = db;
  const walletCache = cached(clock, async (id: string) => {
    const row = await prisma.wallet.findUnique({ where: { id } });
    return row && toWallet(row);
  });

  const setRoutes: WalletStore['setRoutes'] = async (id, { receiveRoute, payRoute }) => {
    const row = await prisma.wallet.update({ where: { id }, data: { receiveRoute: [...receiveRoute], payRoute: [...payRoute] } });
    walletCache.forget();
    return toWallet(row);
  };

  return {
    ...accounts(db, clock),
    ...createKeyStore(db, clock),
    ...createHandleStore(db),
    ...createDisplayStore(db, clock),
    setRoutes,
    wallet: walletCache.read,
  };
};

type AccountParts = Pick<WalletStore, 'ensureAccount' | 'ensureWallet' | 'account' | 'walletsOf' | 'allWallets' | 'available'>;

const accounts = ({ prisma }: Database, clock: Clock): AccountParts => ({
  ensureAccount: async (name, given) => {
    const username = given?.toLowerCase() ?? null;
    const row = await prisma.account.upsert({
      where: { name },
      create: { id: newId(clock.now()), name, username, createdAt: clock.now() },
      update: {},
    });
    return row.id;
  },
  ensureWallet: async (accountId, wallet) => {
    const routes = { receiveRoute: [...wallet.receiveRoute], payRoute: [...wallet.payRoute] };
    // Random, not time-ordered: a wallet id is the UUID v4 that Galoy's WalletId pattern allows.
    const row = await prisma.wallet.upsert({
      where: { accountId_name: { accountId, name: wallet.name } },
      create: { ...wallet, ...routes, id: crypto.randomUUID(), accountId, createdAt: clock.now() },
      update: {},
    });
    return row.id;
  },
  account: async (id) => {
    const row = await prisma.account.findUnique({
      where: { id },
      include: { wallets: { orderBy: { createdAt: 'asc' }, take: 1, select: { id: true } } },
    });
    return row && toAccount(row);
  },
  walletsOf: async (accountId) =>
    (await prisma.wallet.findMany({ where: { accountId }, orderBy: [{ createdAt: 'asc' }, { name: 'asc' }] })).map(toWallet),
  allWallets: async () => (await prisma.wallet.findMany({ orderBy: [{ createdAt: 'asc' }, { name: 'asc' }] })).map(toWallet),
  available: async (ids) => {
    const rows = await prisma.wallet.findMany({ where: { id: { in: [...ids] } }, select: { id: true, availableMsat: true } });
    return new Map(rows.map((row) => [row.id, row.availableMsat]));
  },
});

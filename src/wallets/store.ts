// Accounts, wallets and API keys as they are stored. Settings of a wallet are read through a short cache, because every request needs
// one; the ledger balance never is.
import { createHash, randomBytes } from 'node:crypto';
import type { Account, ApiKey, Wallet } from '../generated/prisma/client.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import type { AccountView, Principal, Scope, WalletView } from './view.ts';

/** How long a revoked key or a changed route may still be served by another replica, in milliseconds. */
export const cacheMs = 2_000;

export interface NewWallet {
  readonly name: string;
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

export interface NewKey {
  readonly accountId: string;
  readonly walletId: string | null;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly waitSeconds: number | null;
}

export interface KeyView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string | null;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface WalletStore {
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
  publicWallet(username: string): Promise<WalletView | null>;
  /** Ledger balances, read now. */
  available(ids: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
  /** The key's text is in the answer and nowhere else. */
  createKey(key: NewKey): Promise<{ readonly key: string; readonly view: KeyView }>;
  keys(): Promise<readonly KeyView[]>;
  /** By id or by the shown prefix; null when there is none. */
  revokeKey(idOrPrefix: string): Promise<KeyView | null>;
  authenticate(key: string): Promise<Principal | null>;
}

const scopeNames: ReadonlySet<string> = new Set(['READ', 'RECEIVE', 'WRITE', 'ADMIN']);
const isScope = (text: string): text is Scope => scopeNames.has(text);

const toWallet = (row: Wallet): WalletView => ({
  ...row,
  currency: row.currency === 'USD' ? 'USD' : 'BTC',
  balanceKind: row.balanceKind === 'ledger' ? 'ledger' : 'node',
});

const toKey = (row: ApiKey): KeyView => ({
  id: row.id,
  accountId: row.accountId,
  walletId: row.walletId,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes.filter(isScope),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  revokedAt: row.revokedAt,
});

const toAccount = (row: Account & { readonly wallets: readonly { readonly id: string }[] }): AccountView | null => {
  const defaultWalletId = row.defaultWalletId ?? row.wallets[0]?.id;
  if (defaultWalletId === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    username: row.username,
    displayCurrency: row.displayCurrency,
    defaultWalletId,
    createdAt: row.createdAt,
  };
};

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

// 48 letters of 62: 285 bits; a byte modulo 62 leans a little and is still far beyond guessing. The pattern is Galoy's.
const newKeyText = (): string => `blink_${Array.from(randomBytes(48), (byte) => alphabet[byte % alphabet.length]).join('')}`;

interface Cached<T> {
  readonly until: number;
  readonly value: T;
}

const cached = <T>(clock: Clock, load: (id: string) => Promise<T>) => {
  const kept = new Map<string, Cached<Promise<T>>>();
  const read = (id: string): Promise<T> => {
    const now = clock.now().getTime();
    const hit = kept.get(id);
    if (hit && hit.until > now) return hit.value;
    if (kept.size > 10_000) kept.clear();
    const value = load(id);
    kept.set(id, { until: now + cacheMs, value });
    value.catch(() => kept.delete(id));
    return value;
  };
  return { read, forget: () => kept.clear() };
};

export const createWalletStore = (db: Database, clock: Clock): WalletStore => {
  const { prisma } = db;
  const walletCache = cached(clock, async (id: string) => {
    const row = await prisma.wallet.findUnique({ where: { id } });
    return row && toWallet(row);
  });
  const keyCache = cached(clock, (keyHash: string) => prisma.apiKey.findUnique({ where: { keyHash } }));

  const authenticate = async (key: string): Promise<Principal | null> => {
    const row = await keyCache.read(digest(key));
    if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= clock.now())) return null;
    return {
      accountId: row.accountId,
      keyId: row.id,
      walletId: row.walletId,
      scopes: new Set(row.scopes.filter(isScope)),
      waitSeconds: row.waitSeconds,
    };
  };

  const createKey = async (key: NewKey): Promise<{ readonly key: string; readonly view: KeyView }> => {
    const text = newKeyText();
    const row = await prisma.apiKey.create({
      data: {
        ...key,
        scopes: [...key.scopes],
        id: newId(clock.now()),
        prefix: text.slice(0, 12),
        keyHash: digest(text),
        createdAt: clock.now(),
      },
    });
    return { key: text, view: toKey(row) };
  };

  const revokeKey = async (idOrPrefix: string): Promise<KeyView | null> => {
    const rows = await prisma.apiKey.findMany({ where: { revokedAt: null } });
    const found = rows.filter((row) => row.id === idOrPrefix || row.prefix === idOrPrefix);
    const [only] = found;
    if (!only || found.length > 1) return null;
    keyCache.forget();
    return toKey(await prisma.apiKey.update({ where: { id: only.id }, data: { revokedAt: clock.now() } }));
  };

  const setRoutes: WalletStore['setRoutes'] = async (id, { receiveRoute, payRoute }) => {
    const row = await prisma.wallet.update({ where: { id }, data: { receiveRoute: [...receiveRoute], payRoute: [...payRoute] } });
    walletCache.forget();
    return toWallet(row);
  };

  return {
    ...accounts(db, clock),
    setRoutes,
    wallet: walletCache.read,
    authenticate,
    createKey,
    revokeKey,
    keys: async () => (await prisma.apiKey.findMany({ orderBy: { id: 'asc' } })).map(toKey),
  };
};

type AccountParts = Pick<
  WalletStore,
  'ensureAccount' | 'ensureWallet' | 'account' | 'walletsOf' | 'allWallets' | 'publicWallet' | 'available'
>;

const accounts = ({ prisma }: Database, clock: Clock): AccountParts => ({
  ensureAccount: async (name, username) => {
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
  publicWallet: async (username) => {
    const row = await prisma.account.findFirst({
      where: { OR: [{ username }, { name: username }] },
      include: { wallets: { orderBy: { createdAt: 'asc' } } },
    });
    const found = row?.wallets.find((wallet) => wallet.id === row.defaultWalletId) ?? row?.wallets[0];
    return found ? toWallet(found) : null;
  },
  available: async (ids) => {
    const rows = await prisma.wallet.findMany({ where: { id: { in: [...ids] } }, select: { id: true, availableMsat: true } });
    return new Map(rows.map((row) => [row.id, row.availableMsat]));
  },
});

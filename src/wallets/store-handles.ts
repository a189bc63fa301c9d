// Who answers to a name, and to which wallet: what Lightning addresses and transfers by username go by. A handle is in lower case, unique, and
// stays; an account's name is a second way to the same account, and never one to somebody else's.
import { type Database, isUniqueViolation, type Statement, sql } from '../platform/db.ts';
import { refuse } from '../platform/refusal.ts';
import { toWallet } from './store-rows.ts';
import type { WalletView } from './view.ts';

export interface HandleStore {
  /** The default wallet of the account that answers to this name; with `currency`, its default or else first one in it. Null: there is none. */
  publicWallet(username: string, currency?: WalletView['currency'] | null): Promise<WalletView | null>;
  /** True when an account answers to it. */
  isNameTaken(username: string): Promise<boolean>;
  /** Gives the account its handle, once and for all; the same one again is fine. Throws Refused usernameTaken, usernameIsSet. */
  setUsername(accountId: string, username: string): Promise<void>;
  /** Makes this wallet of the account the one that its handle leads to. */
  setDefaultWallet(accountId: string, walletId: string): Promise<void>;
}

// Whose handle it is goes before whose name it is.
const byName: Statement = {
  name: 'account_by_handle',
  text: `SELECT id, default_wallet_id AS "defaultWalletId" FROM accounts WHERE username = $1 OR lower(name) = $1
    ORDER BY (username = $1) DESC NULLS LAST, created_at LIMIT 1`,
};
const take: Statement = {
  name: 'account_take_handle',
  text: `UPDATE accounts SET username = $2 WHERE id = $1 AND (username IS NULL OR username = $2)
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE id <> $1 AND lower(name) = $2) RETURNING id`,
};

interface Named {
  readonly id: string;
  readonly defaultWalletId: string | null;
}

export const createHandleStore = (db: Database): HandleStore => {
  const { prisma } = db;
  const named = async (username: string): Promise<Named | null> => (await sql<Named>(db, byName, [username.toLowerCase()]))[0] ?? null;
  return {
    publicWallet: async (username, currency = null) => {
      const account = await named(username);
      if (!account) return null;
      const wallets = await prisma.wallet.findMany({
        where: { accountId: account.id, ...(currency === null ? {} : { currency }) },
        orderBy: [{ createdAt: 'asc' }, { name: 'asc' }],
      });
      const found = wallets.find((wallet) => wallet.id === account.defaultWalletId) ?? wallets[0];
      return found ? toWallet(found) : null;
    },
    isNameTaken: async (username) => (await named(username)) !== null,
    setUsername: async (accountId, given) => {
      const username = given.toLowerCase();
      try {
        if ((await sql(db, take, [accountId, username])).length > 0) return;
      } catch (error) {
        if (isUniqueViolation(error)) return refuse({ is: 'usernameTaken' });
        throw error;
      }
      const own = await prisma.account.findUnique({ where: { id: accountId }, select: { username: true } });
      return refuse({ is: own?.username && own.username !== username ? 'usernameIsSet' : 'usernameTaken' });
    },
    setDefaultWallet: async (accountId, walletId) => {
      await prisma.account.update({ where: { id: accountId, wallets: { some: { id: walletId } } }, data: { defaultWalletId: walletId } });
    },
  };
};

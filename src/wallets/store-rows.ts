// Rows of accounts and wallets as views: no row leaves a store.
import type { Account, Wallet } from '../generated/prisma/client.ts';
import type { AccountView, WalletView } from './view.ts';

export const toWallet = (row: Wallet): WalletView => ({
  ...row,
  currency: row.currency === 'USD' ? 'USD' : 'BTC',
  balanceKind: row.balanceKind === 'ledger' ? 'ledger' : 'node',
});

export const toAccount = (row: Account & { readonly wallets: readonly { readonly id: string }[] }): AccountView | null => {
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

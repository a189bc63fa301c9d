// Finds the wallet that a person names: by id, by name, or by `account/wallet` when a name is not enough.
import type { WalletRow } from './answers.ts';
import { UsageError } from './verb.ts';

/** @throws UsageError when there is none or more than one. */
export const findWallet = (named: string, wallets: readonly WalletRow[]): WalletRow => {
  const found = wallets.filter(
    (wallet) => wallet.id === named || wallet.name === named || `${wallet.accountName}/${wallet.name}` === named,
  );
  const names = (rows: readonly WalletRow[]): string => rows.map((wallet) => `${wallet.accountName}/${wallet.name}`).join(', ');
  const [only] = found;
  if (!only) throw new UsageError(`there is no wallet "${named}"; there are: ${names(wallets) || 'none'}`);
  if (found.length > 1) throw new UsageError(`several wallets are called "${named}": name one of ${names(found)}`);
  return only;
};

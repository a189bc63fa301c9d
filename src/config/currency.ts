// What a wallet holds: what its backends do. Dollars are one upstream wallet's, in whose books they stand: no second backend, and no books of ours.
import type { BackendConfig } from './types.ts';

type Currency = BackendConfig['currency'];

/** What a backend's wallet holds, by its settings. */
export const currencyIn = (settings: unknown): Currency =>
  typeof settings === 'object' && settings !== null && 'currency' in settings && settings.currency === 'USD' ? 'USD' : 'BTC';

export type WalletCurrency =
  | { readonly is: 'holds'; readonly currency: Currency }
  | { readonly is: 'wrong'; readonly key: string; readonly holds: string; readonly expected: string };

export const walletCurrency = (
  route: readonly string[],
  { balance, backends }: { readonly balance: 'node' | 'ledger'; readonly backends: readonly BackendConfig[] },
): WalletCurrency => {
  const ids = [...new Set(route)];
  const hasDollars = backends.some(({ id, currency }) => currency === 'USD' && ids.includes(id));
  if (hasDollars && ids.length > 1)
    return { is: 'wrong', key: 'pay', holds: ids.join(', '), expected: 'one backend alone, where it holds dollars' };
  if (hasDollars && balance === 'ledger')
    return { is: 'wrong', key: 'balance', holds: 'ledger', expected: 'node: dollars are in the books of their upstream alone' };
  return { is: 'holds', currency: hasDollars ? 'USD' : 'BTC' };
};

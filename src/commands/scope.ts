// Which wallets a principal may see: those of its account, or the one that its key is bound to.
import type { WalletStore } from '../wallets/store.ts';
import type { Principal, WalletView } from '../wallets/view.ts';

/** The wallets that this principal may see, oldest first. */
export const walletsOf = async (deps: { readonly wallets: WalletStore }, who: Principal): Promise<readonly WalletView[]> => {
  const wallets = await deps.wallets.walletsOf(who.accountId);
  return who.walletId === null ? wallets : wallets.filter((one) => one.id === who.walletId);
};

// Who may see what, and be paid what: a principal's wallets are those of its account, or the one that its key is bound to; all others do not exist for it.
import { refuse } from '../platform/refusal.ts';
import type { WalletStore } from '../wallets/store.ts';
import type { Principal, WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import type { Asking } from './table.ts';

/** The wallets that this principal may see, oldest first. */
export const walletsOf = async (deps: { readonly wallets: WalletStore }, who: Principal): Promise<readonly WalletView[]> => {
  const wallets = await deps.wallets.walletsOf(who.accountId);
  return who.walletId === null ? wallets : wallets.filter((one) => one.id === who.walletId);
};

/** Throws Refused unauthenticated. */
export const principal = (asking: Asking): Principal => asking.who ?? refuse({ is: 'unauthenticated' });

/** The asker's wallet. Throws Refused notFound for one of another account, or outside the key's binding. */
export const ownWallet = async (deps: { readonly wallets: WalletStore }, asking: Asking, walletId: string): Promise<WalletView> => {
  const who = principal(asking);
  const wallet = await deps.wallets.wallet(walletId.toLowerCase());
  const visible = wallet && wallet.accountId === who.accountId && (who.walletId === null || who.walletId === wallet.id);
  return visible ? wallet : refuse({ is: 'notFound', what: 'wallet', given: walletId });
};

/** The same, of a wallet that holds bitcoin. Throws Refused wrongCurrency too. */
export const ownBitcoin = async (deps: { readonly wallets: WalletStore }, asking: Asking, walletId: string): Promise<WalletView> => {
  const wallet = await ownWallet(deps, asking, walletId);
  return wallet.currency === 'BTC' ? wallet : refuse({ is: 'wrongCurrency' });
};

/**
 * A wallet that somebody wants to be paid into: the asker's own, or one whose owner lets anybody make invoices, within the limits of that. Throws
 * Refused notFound, tooManyRequests.
 */
export const recipientWallet = async (
  deps: Pick<CommandDeps, 'wallets' | 'limits'>,
  asking: Asking,
  walletId: string,
): Promise<WalletView> => {
  const wallet = await deps.wallets.wallet(walletId.toLowerCase());
  if (!wallet) return refuse({ is: 'notFound', what: 'wallet', given: walletId });
  const { who } = asking;
  const own = who?.accountId === wallet.accountId && (who.walletId === null || who.walletId === wallet.id);
  if (own) {
    // By the way that needs no key nobody gets round the limits of theirs.
    await deps.limits.keyed('invoices', who);
  } else {
    // A stranger may make nobody's node sign invoices unless its owner said so.
    if (!wallet.keylessCreate) return refuse({ is: 'notFound', what: 'wallet', given: walletId });
    await deps.limits.keyless(wallet.accountId, asking.from);
  }
  return wallet;
};

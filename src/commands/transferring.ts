// Transfers by wallet id, and what makes a wallet known by a name. Whose money leaves is the asker's; where it goes is anybody's wallet.
import { refuse } from '../platform/refusal.ts';
import { transfer } from '../wallets/transfer.ts';
import type { AccountView, Principal, WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { ownWallet, principal } from './scope.ts';
import type { Asking, CommandName, CommandTypes, Transfer } from './table.ts';

type Names = Extract<CommandName, 'transfer' | 'setDefaultWallet' | 'setUsername'>;
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

interface Shared {
  readonly askedUnder: (asking: Asking, name: CommandName, input: object) => { by: string; key: string; digest: string } | null;
}

export const transferHandlers = (deps: CommandDeps, { askedUnder }: Shared): Handlers => ({
  transfer: async (input, asking) => {
    const { from, to } = await bothWallets(deps, input, asking);
    // Nothing changes its currency here.
    if (from.currency !== 'BTC' || to.currency !== 'BTC') return refuse({ is: 'wrongCurrency' });
    const { db, clock, prices, feed, halted } = deps.payments;
    const available = async (id: string): Promise<bigint> => (await deps.wallets.available([id])).get(id) ?? 0n;
    const { keyId } = principal(asking);
    const order = { from, to, amountMsat: input.amountMsat, memo: input.memo, keyId, asked: askedUnder(asking, 'transfer', input) };
    return transfer({ db, clock, prices, poke: feed.poke, available, halted, displayCurrency: deps.wallets.displayCurrency }, order);
  },
  setDefaultWallet: async ({ walletId }, asking) => {
    const wallet = await ownWallet(deps, asking, walletId);
    const who = wholeAccount(principal(asking));
    await deps.wallets.setDefaultWallet(who.accountId, wallet.id);
    return account(deps, who);
  },
  setUsername: async ({ username }, asking) => {
    const who = wholeAccount(principal(asking));
    await deps.wallets.setUsername(who.accountId, username);
    return account(deps, who);
  },
});

type Pair = Pick<Transfer, 'walletId' | 'recipientWalletId'>;

const bothWallets = async (
  deps: CommandDeps,
  { walletId, recipientWalletId }: Pair,
  asking: Asking,
): Promise<{ readonly from: WalletView; readonly to: WalletView }> => {
  const from = await ownWallet(deps, asking, walletId);
  const to = await deps.wallets.wallet(recipientWalletId.toLowerCase());
  return to ? { from, to } : refuse({ is: 'notFound', what: 'recipient', given: recipientWalletId });
};

/** What concerns the account is not for a key that sees one wallet of it. */
export const wholeAccount = (who: Principal): Principal =>
  who.walletId === null ? who : refuse({ is: 'forbidden', needs: 'WRITE', kind: 'write' });

const account = async (deps: CommandDeps, { accountId }: Principal): Promise<AccountView> =>
  (await deps.wallets.account(accountId)) ?? refuse({ is: 'notFound', what: 'account', given: accountId });

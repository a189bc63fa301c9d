// A wallet with its routes, for those who set them.
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from './Error.ts';
import { Wallet } from './Wallet.ts';

interface AdminWallet {
  readonly errors: readonly ErrorView[];
  readonly wallet: WalletView | null;
}

export const adminWallet = (errors: readonly ErrorView[], wallet: WalletView | null): AdminWallet => ({ errors, wallet });

export const WalletPayload = builder.objectRef<AdminWallet>('WalletPayload').implement({
  description: 'A wallet as it is set up now.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    payRoute: t.stringList({ nullable: true, resolve: ({ wallet }) => (wallet === null ? null : [...wallet.payRoute]) }),
    receiveRoute: t.stringList({ nullable: true, resolve: ({ wallet }) => (wallet === null ? null : [...wallet.receiveRoute]) }),
    wallet: t.field({ type: Wallet, nullable: true, resolve: ({ wallet }) => wallet }),
  }),
});

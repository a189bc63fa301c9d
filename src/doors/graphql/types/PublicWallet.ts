// What anybody may know of a wallet.
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { WalletCurrency } from './enums.ts';

export const PublicWallet = builder.objectRef<WalletView>('PublicWallet').implement({
  description: 'What anybody may know of a wallet: where to send.',
  fields: (t) => ({
    currency: t.expose('currency', { type: WalletCurrency }),
    id: t.exposeID('id'),
    walletCurrency: t.expose('currency', { type: WalletCurrency, deprecationReason: "Shifting property to 'currency'" }),
  }),
});

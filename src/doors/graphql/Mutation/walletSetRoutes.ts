// Another route for a wallet (additive); what is in flight stays where it is.
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { adminWallet, WalletPayload } from '../types/WalletPayload.ts';

const WalletSetRoutesInput = builder.inputType('WalletSetRoutesInput', {
  fields: (t) => ({
    payRoute: t.stringList({ required: true, description: 'Backend ids in the order in which they are tried.' }),
    receiveRoute: t.stringList({ required: true, description: 'Backend ids in the order in which they are tried.' }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('walletSetRoutes', (t) =>
  t.field({
    type: WalletPayload,
    description: 'Which backends a wallet receives and pays by, from now on. Needs ADMIN.',
    args: { input: t.arg({ type: WalletSetRoutesInput, required: true }) },
    resolve: payloadMutation({
      command: 'setWalletRoutes',
      input: ({ walletId, receiveRoute, payRoute }) => ({ walletId, receiveRoute, payRoute }),
      answer: (wallet: WalletView) => adminWallet([], wallet),
      trouble: ({ errors }) => adminWallet(errors, null),
    }),
  }),
);

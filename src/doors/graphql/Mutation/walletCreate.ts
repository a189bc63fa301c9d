// A further wallet of the account (additive).
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { adminWallet, WalletPayload } from '../types/WalletPayload.ts';

const BalanceKind = builder.enumType('BalanceKind', {
  description: 'NODE: the balance is what its backends can spend. LEDGER: a sub-account with its own books.',
  values: { LEDGER: { value: 'ledger' }, NODE: { value: 'node' } } as const,
});

const WalletCreateInput = builder.inputType('WalletCreateInput', {
  fields: (t) => ({
    balanceKind: t.field({ type: BalanceKind, required: true, defaultValue: 'node' }),
    name: t.string({ required: true }),
    payRoute: t.stringList({ required: true, description: 'Backend ids in the order in which they are tried.' }),
    receiveRoute: t.stringList({ required: true, description: 'Backend ids in the order in which they are tried.' }),
  }),
});

builder.mutationField('walletCreate', (t) =>
  t.field({
    type: WalletPayload,
    description: 'Makes a wallet in the account of the key. Needs ADMIN.',
    args: { input: t.arg({ type: WalletCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createWallet',
      input: ({ name, balanceKind, receiveRoute, payRoute }) => ({ name, balanceKind, receiveRoute, payRoute }),
      answer: (wallet: WalletView) => adminWallet([], wallet),
      trouble: ({ errors }) => adminWallet(errors, null),
    }),
  }),
);

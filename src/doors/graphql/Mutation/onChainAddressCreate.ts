// A new address of a wallet: what comes to it is the wallet's.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { addressAnswer, noAddress, OnChainAddressPayload } from '../types/OnChain.ts';

const OnChainAddressCreateInput = builder.inputType('OnChainAddressCreateInput', {
  fields: (t) => ({ walletId: t.field({ type: 'WalletId', required: true, description: 'Where the money goes.' }) }),
});

builder.mutationField('onChainAddressCreate', (t) =>
  t.field({
    type: OnChainAddressPayload,
    description: 'A new address of a wallet, each time. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: OnChainAddressCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createAddress',
      input: ({ walletId }) => ({ walletId }),
      answer: addressAnswer,
      trouble: noAddress,
    }),
  }),
);

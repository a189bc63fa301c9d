// The newest address of a wallet: what comes to it is the wallet's.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { addressAnswer, noAddress, OnChainAddressPayload } from '../types/OnChain.ts';

const OnChainAddressCurrentInput = builder.inputType('OnChainAddressCurrentInput', {
  fields: (t) => ({ walletId: t.field({ type: 'WalletId', required: true, description: 'Where the money goes.' }) }),
});

builder.mutationField('onChainAddressCurrent', (t) =>
  t.field({
    type: OnChainAddressPayload,
    description: 'The newest address of a wallet; it is made when there is none. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: OnChainAddressCurrentInput, required: true }) },
    resolve: payloadMutation({
      command: 'currentAddress',
      input: ({ walletId }) => ({ walletId }),
      answer: addressAnswer,
      trouble: noAddress,
    }),
  }),
);

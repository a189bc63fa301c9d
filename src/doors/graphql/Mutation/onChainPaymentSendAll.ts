// Sends all that a wallet has, less the fee, to a Bitcoin address.

import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, payoutAnswer } from '../map/sends.ts';
import { speedField } from '../types/OnChain.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const OnChainPaymentSendAllInput = builder.inputType('OnChainPaymentSendAllInput', {
  fields: (t) => ({
    address: t.field({ type: 'OnChainAddress', required: true, description: 'Who gets it.' }),
    memo: t.field({ type: 'Memo', description: 'A note to keep with it; nobody else sees it.' }),
    speed: t.field(speedField),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('onChainPaymentSendAll', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Sends all that the wallet has on the chain, less the fee: of a wallet of kind ledger its balance. Needs WRITE.',
    args: { input: t.arg({ type: OnChainPaymentSendAllInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendOnChain',
      input: ({ walletId, address, speed, memo }) => ({ walletId, address, amount: 'all' as const, speed, memo: memo ?? null }),
      answer: payoutAnswer,
      trouble: noSend,
    }),
  }),
);

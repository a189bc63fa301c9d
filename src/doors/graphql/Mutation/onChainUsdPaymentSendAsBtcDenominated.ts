// Sends from a dollar wallet an amount in satoshis. There is none here yet: a bitcoin wallet is refused.

import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, payoutAnswer } from '../map/sends.ts';
import { speedField } from '../types/OnChain.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const OnChainUsdPaymentSendAsBtcDenominatedInput = builder.inputType('OnChainUsdPaymentSendAsBtcDenominatedInput', {
  fields: (t) => ({
    address: t.field({ type: 'OnChainAddress', required: true, description: 'Who gets it.' }),
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the address gets.' }),
    memo: t.field({ type: 'Memo', description: 'A note to keep with it; nobody else sees it.' }),
    speed: t.field(speedField),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('onChainUsdPaymentSendAsBtcDenominated', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Sends from a dollar wallet an amount in satoshis. Needs WRITE.',
    args: { input: t.arg({ type: OnChainUsdPaymentSendAsBtcDenominatedInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendOnChainUsd',
      input: ({ walletId }) => ({ walletId }),
      answer: payoutAnswer,
      trouble: noSend,
    }),
  }),
);

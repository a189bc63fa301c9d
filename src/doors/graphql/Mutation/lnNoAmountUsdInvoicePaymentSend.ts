// Pays an amount of dollars from a wallet that holds them.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const LnNoAmountUsdInvoicePaymentInput = builder.inputType('LnNoAmountUsdInvoicePaymentInput', {
  fields: (t) => ({
    amount: t.field({ type: 'CentAmount', required: true, description: 'US cents.' }),
    memo: t.field({ type: 'Memo' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnNoAmountUsdInvoicePaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Pays an amount of dollars from a wallet that holds them. PENDING ends later, by the word of its upstream. Needs WRITE.',
    args: { input: t.arg({ type: LnNoAmountUsdInvoicePaymentInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendUsd',
      input: ({ walletId, amount, paymentRequest, memo }) => ({ walletId, amount, bolt11: paymentRequest, memo: memo ?? null }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);

// Pays an invoice the amount that stands in it.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { maxFeeMsat, maxFeeWords, noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const LnInvoicePaymentInput = builder.inputType('LnInvoicePaymentInput', {
  fields: (t) => ({
    maxFee: t.field({ type: 'SatAmount', description: maxFeeWords }),
    memo: t.field({ type: 'Memo', description: 'A note to keep with the payment; the payee does not see it.' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true, description: 'The invoice to pay.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('lnInvoicePaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Pays an invoice the amount that stands in it. PENDING ends later, by the word of the node that pays. Needs WRITE.',
    args: { input: t.arg({ type: LnInvoicePaymentInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendPayment',
      input: ({ walletId, paymentRequest, memo, maxFee }) => ({
        walletId,
        bolt11: paymentRequest,
        amount: 'inInvoice' as const,
        memo: memo ?? null,
        maxFeeMsat: maxFeeMsat(maxFee),
      }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);
